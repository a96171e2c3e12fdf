// Holds the C tree against docs/architecture.md: which layer includes which, sizes, banned calls, leftovers. Works on text.
import { execFileSync } from 'node:child_process';
import { every, files, finding, lineOf } from './files.mjs';

const below = {
  base: ['base'],
  store: ['store', 'base'], trust: ['trust', 'base'], picture: ['picture', 'base'], connect: ['connect', 'base'],
  web: ['web', 'base'],
  core: ['core', 'store', 'trust', 'picture', 'connect', 'base'],
  'cgi-bin': ['web', 'core', 'base'],
  bin: ['core', 'trust', 'picture', 'base'],
};
const layers = new Set(['base', 'store', 'trust', 'picture', 'connect', 'web', 'core']);
const lines = 600;
const functionLines = 60;
const banned = ['strcpy', 'strcat', 'strncpy', 'sprintf', 'vsprintf', 'strtok', 'gets', 'atoi', 'atol', 'localtime', 'gmtime', 'asctime',
  'ctime', 'tmpnam', 'rand', 'system', 'popen'];
// Written so that this file does not hold them.
const leftovers = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'];
const excuses = ['not ' + 'implemented', '暂未' + '开放', '敬请' + '期待'];

function layerOf(name) {
  const [top, second] = name.split('/');
  return top === 'src' ? second : top;
}

// src/core/seal.c may include "core/…", "trust/…"; cgi-bin/portal/x.c "web/…", its own folder and cgi-bin/site.
function checkIncludes({ name, text }) {
  const layer = layerOf(name);
  const program = name.split('/').slice(0, 2).join('/');
  for (const match of text.matchAll(/^#include "(?:src\/)?([^"]+)"/gm)) {
    const [top, second] = match[1].split('/');
    const wrongLayer = layers.has(top) && below[layer] && !below[layer].includes(top);
    const folder = `${top}/${second}`;
    const wrongProgram = ['cgi-bin', 'bin'].includes(top) && folder !== program && folder !== 'cgi-bin/site';
    if (wrongLayer || wrongProgram) finding(name, lineOf(text, match.index), `${layer} may not include ${match[1]}`);
  }
}

// Comments and strings out, lines kept.
function code(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"/g, (part) => part.replace(/[^\n]/g, ' '));
}

function checkFunctions(names) {
  if (!names.length) return;
  const listed = execFileSync('ctags', ['-x', '--c-kinds=f', '--_xformat=%F %N %n %e', ...names], { encoding: 'utf8', maxBuffer: 1 << 26 });
  for (const row of listed.split('\n').filter(Boolean)) {
    const [name, fn, start, end] = row.split(' ');
    if (end && end - start >= functionLines) finding(name, start, `${fn}() has ${end - start + 1} lines, ${functionLines} at most`);
  }
}

const sources = files(/^(src|cgi-bin|bin)\/.*\.(c|h|cc)$/);
for (const file of sources) {
  checkIncludes(file);
  if (file.name !== 'src/base/banned.h') {
    every({ ...file, text: code(file.text) }, new RegExp(`\\b(${banned.join('|')})\\s*\\(`, 'g'), 'banned call');
  }
}
checkFunctions(files(/\.c$/).map(({ name }) => name));
for (const { name, text } of files(/\.(c|h|cc|mjs|js|bash|mk)$|^deploy\/[^./]+$/)) {
  const count = text.split('\n').length - 1;
  if (count > lines) finding(name, count, `${count} lines, ${lines} at most`);
}
for (const file of files(/^(?!docs\/|.*package-lock\.json$).*\.(c|h|cc|mjs|js|css|tpl|sql|mk|md|html|conf)$|(^|\/)Makefile$|^deploy\/[^./]+$/)) {
  every(file, new RegExp(`\\b(${leftovers.join('|')})\\b|${excuses.join('|')}`, 'g'), 'left over');
}
for (const file of files(/^tests\/(?!harness\/).*\.(mjs|js|c)$/)) {
  every(file, /\b(sleep|usleep|nanosleep|setTimeout|waitForTimeout)\(/g, 'waits by the clock (waitFor of tests/harness waits for what must come)');
}
every(files(/^package-lock\.json$/)[0] ?? { name: '', text: '' }, /"resolved": *"https?:/g, 'download address recorded');
