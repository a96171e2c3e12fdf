// rules.mjs: writes docs/rules.md from deploy/rules.txt and the names of the tests. A rule that is said to be there though no
// test names it makes it fail, and so does a test that names a rule the list lacks.
import { readFileSync, writeFileSync } from 'node:fs';
import { files, finding, lineOf } from './lint/files.mjs';

const LIST = 'deploy/rules.txt', STATES = ['whole', 'part', 'later'];
const RULE = /\b(?:LOGIN|RN|HOME|SET|PIN|HELP|LOG|ORG|PAYOUT|CHG|ADM|MEM|REV|MSG|WAIT|SEAL|DRAW|SIG|CERT|QUOTA|ORD|PAY|INV|SCAN|PLAT|API|BO|OPS|SEC|CON)-\d{1,2}\b/g;

function readList() {
  return readFileSync(LIST, 'utf8').split('\n').flatMap((line, at) => {
    if (!line || line.startsWith('#')) return [];
    const [rule, state, what, missing = ''] = line.split('|').map((part) => part.trim());
    if (!what || !STATES.includes(state) || (state === 'whole') !== !missing && state !== 'later') {
      finding(LIST, at + 1, 'not "rule | whole, part or later | what | what is missing"');
    }
    return [{ rule, state, what, missing, line: at + 1 }];
  });
}

// Names of tests: TEST("…") of the C suites, TEST_POSTGRES("…") and its like among them, test('…') of the others.
function* testNames() {
  for (const { name, text } of files(/^tests\/(unit\/.*\.c|(http|browser|machines)\/.*\.test\.mjs)$/)) {
    const pattern = name.endsWith('.c') ? /^TEST(?:_[A-Z]+)?\(\s*"((?:[^"\\]|\\.)*)"/gm : /^\s*test\((['"`])((?:(?!\1)[^\\]|\\.)*)\1/gm;
    for (const match of text.matchAll(pattern)) yield { file: name, line: lineOf(text, match.index), title: match[2] ?? match[1] };
  }
}

function collect(list) {
  const known = new Set(list.map(({ rule }) => rule)), tests = new Map();
  for (const { file, line, title } of testNames()) {
    for (const rule of new Set(title.match(RULE) ?? [])) {
      if (!known.has(rule)) finding(file, line, `the test names ${rule}, which ${LIST} lacks`);
      const of = tests.get(rule) ?? tests.set(rule, new Map()).get(rule);
      of.set(file, (of.get(file) ?? 0) + 1);
    }
  }
  return tests;
}

const row = (...cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function page(list, tests) {
  const count = (state) => list.filter((one) => one.state === state).length;
  const lines = ['# What of the rules is there', '',
    `Written by \`make rules-doc\` from \`${LIST}\` and the tests' names: ${count('whole')} rules are whole, ${count('part')} in part, ` +
    `${count('later')} follow. A number behind a test's file is how many of its tests name the rule.`, '',
    row('rule', 'what it asks for', 'state', 'what is missing', 'tests'), row('---', '---', '---', '---', '---')];
  for (const { rule, state, what, missing, line } of list) {
    const named = [...(tests.get(rule) ?? [])].sort().map(([file, times]) => `${file.replace(/^tests\//, '')} ${times}`);
    if (!named.length && state !== 'later') finding(LIST, line, `no test names ${rule}`);
    lines.push(row(rule, what, state, missing, named.join(', ')));
  }
  return `${lines.join('\n')}\n`;
}

const list = readList();
writeFileSync('docs/rules.md', page(list, collect(list)));
