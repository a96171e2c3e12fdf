// run.mjs: plants each hole of holes.mjs in a throw-away copy of the tree and asks the lints and the walk of SEC-1 whether they
// find it. The copy without a hole must pass them all. ONLY=text takes the holes whose name holds it. Exit status 1 where one
// is not found.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { table } from '../load/figures.mjs';
import { holes } from './holes.mjs';

const { BUILD = 'build', ONLY = '' } = process.env;
const env = { ...process.env, BUILD, ONLY: '' };
for (const name of ['MAKEFLAGS', 'MAKELEVEL', 'MFLAGS', 'NODE_TEST_CONTEXT']) delete env[name];

// What git knows or would take in, as it stands here, and what is built of it, with their times: a hole builds its own file anew.
function copyTree(to) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const names = listed.split('\0').filter((name) => name && existsSync(name));
  const built = ['bin', 'cgi-bin', 'lib', 'programs', 'src', 'deps'].map((name) => path.join(BUILD, name)).filter(existsSync);
  for (const name of [...names, 'static/build', ...built])
    cpSync(name, path.join(to, name), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  symlinkSync(path.resolve('node_modules'), path.join(to, 'node_modules'));
  execFileSync('git', ['init', '-q'], { cwd: to }); // the lints ask git for the files
}

function run(tree, program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: tree, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { passed: status === 0, said: `${stdout}\n${stderr}` };
}

const lints = ['templates', 'queries', 'house'].map((name) => ({
  name: `deploy/lint/${name}.mjs`, check: (tree) => run(tree, process.execPath, [`deploy/lint/${name}.mjs`]) }));
const walk = (tree) => run(tree, process.execPath, ['tests/harness/run.mjs', 'http']);

function build(tree) {
  const { passed, said } = run(tree, 'make', ['-s', `BUILD=${BUILD}`, 'all']);
  if (!passed) throw new Error(`it does not build:\n${said}`);
}

// Plants the edits; answers what takes them out again.
function plant(tree, edits) {
  const before = new Map();
  for (const [name, from, to] of edits) {
    const file = path.join(tree, name), text = readFileSync(file, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${name} holds ${text.split(from).length - 1} times: ${from}`);
    if (!before.has(file)) before.set(file, text);
    writeFileSync(file, text.replace(from, () => to));
  }
  return () => { for (const [file, text] of before) writeFileSync(file, text); };
}

// What the walk says of its failed tests, behind the list of all and before the logs.
const report = (said) => (said.split('failing tests:')[1] ?? '').split(/^--- /m)[0];

// The failed test whose words show the hole.
function failedTest(said, shows) {
  return report(said).split(/^(?=✖ )/m).find((part) => shows.test(part))?.match(/^✖ (.*?)(?: \([\d.]+ms\))?$/m)?.[1];
}

// The name of the check that finds the hole, or undefined.
function find(tree, { edits, shows, code }) {
  const takeOut = plant(tree, edits);
  try {
    for (const { name, check } of lints) {
      const { passed, said } = check(tree);
      if (!passed && shows.test(said)) return name;
    }
    if (!code) return undefined;
    build(tree);
    const { passed, said } = walk(tree);
    if (!passed && !report(said)) throw new Error(`the walk did not run:\n${said.slice(-6000)}`);
    const test = !passed && failedTest(said, shows);
    if (!test) console.log(report(said).slice(0, 6000));
    return test && `walk: ${test}`;
  } finally {
    takeOut();
  }
}

function withoutHoles(tree) {
  for (const { name, check } of lints) {
    const { passed, said } = check(tree);
    if (!passed) throw new Error(`${name} finds without a hole:\n${said}`);
  }
  build(tree);
  const { passed, said } = walk(tree);
  if (!passed) throw new Error(`the walk fails without a hole:\n${report(said).slice(0, 6000) || said.slice(-3000)}`);
  const counts = [...said.matchAll(/^ℹ (.*(?:knocks|forged forms).*)$/gm)].map(([, line]) => line);
  if (!counts.length) throw new Error(`the walk does not tell what it tried:\n${said}`);
  return counts;
}

env.ONLY = 'walk.test.mjs';
const chosen = holes.filter(({ what }) => what.includes(ONLY));
if (!chosen.length) throw new Error(`no hole is named ${ONLY}`);
const tree = mkdtempSync(path.join(os.tmpdir(), 'yinxin-attack-'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(tree, { recursive: true, force: true }));
chmodSync(tree, 0o755);
copyTree(tree);
const counts = withoutHoles(tree);
const found = [];
for (const hole of chosen) {
  const by = find(tree, hole);
  console.log(`${hole.what}: ${by ?? 'NOT FOUND'}`);
  found.push([hole.what, by || '**not found**']);
}
console.log(`\nThe walk without holes:\n${counts.map((line) => `- ${line}`).join('\n')}\n`);
console.log(table(['planted hole', 'found by'], found).replaceAll('---:', ':---'));
const missed = found.filter(([, by]) => by === '**not found**').length;
console.log(`\n${found.length - missed} of ${found.length} holes found`);
process.exitCode = missed ? 1 : 0;
