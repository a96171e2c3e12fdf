// ways.mjs ROUNDS: the ways in which PostgreSQL can run writers, by turns on one server: each is a throw-away build of this tree
// with the edits of its row, racing as `make race` does. What a way gets wrong is part of its figures.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { median, shown, spread, table } from '../load/figures.mjs';
import { race } from './figures.mjs';

const rounds = Number(process.argv[2] ?? 3);
const engine = 'src/store/postgres.c';
const beside = 'WRITER("SERIALIZABLE", "ROW SHARE")', alone = 'WRITER("REPEATABLE READ", "EXCLUSIVE")';
const ways = [
  { name: 'as kept: serializable, the third run alone', edits: [] },
  { name: 'serializable, nobody runs alone', edits: [[engine, alone, beside]] },
  { name: 'all writers in a row', edits: [[engine, beside, alone]] },
  { name: 'read committed, conditions in the rows', edits: [[engine, beside, 'WRITER("READ COMMITTED", "ROW SHARE")']] },
];

function copyTree(to) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', 'Makefile', 'deploy', 'src', 'tests/unit', 'tests/race', 'schema.sql'],
    { encoding: 'utf8', maxBuffer: 1 << 26 });
  for (const name of [...listed.split('\0').filter(existsSync), 'build/lib', 'build/src', 'build/tests', 'build/deps'])
    cpSync(name, path.join(to, name), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
}

// Builds the way in the copy; answers its program.
function build(tree, { name, edits }, number) {
  const before = new Map();
  for (const [file, from, to] of edits) {
    const at = path.join(tree, file), text = readFileSync(at, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${name}: ${file} holds ${text.split(from).length - 1} times: ${from}`);
    before.set(at, text);
    writeFileSync(at, text.replace(from, () => to));
  }
  const env = { ...process.env, MAKEFLAGS: '', MAKELEVEL: '' };
  execFileSync('make', ['-s', 'BUILD=build', 'build/race/race'], { cwd: tree, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const program = path.join(tree, `race-${number}`);
  cpSync(path.join(tree, 'build/race/race'), program);
  for (const [at, text] of before) writeFileSync(at, text);
  return program;
}

const tree = mkdtempSync(path.join(os.tmpdir(), 'yinxin-race-'));
process.once('exit', () => rmSync(tree, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
copyTree(tree);
const programs = ways.map((way, number) => build(tree, way, number));
const figures = ways.map(() => new Map()), wrong = ways.map(() => new Map());
for (let round = 0; round < rounds; round++) {
  for (const [number, program] of programs.entries()) {
    const { races, failed } = race(program, tree);
    for (const one of races) figures[number].set(one.what, [...(figures[number].get(one.what) ?? []), one]);
    for (const test of failed) wrong[number].set(test, (wrong[number].get(test) ?? 0) + 1);
  }
}

const [cpu] = os.cpus();
console.log(`${new Date().toISOString().slice(0, 10)}: ${os.cpus().length} × ${cpu.model}, load ${os.loadavg()[0].toFixed(1)}, ${rounds} rounds\n`);
const rows = [];
for (const what of figures[0].keys()) {
  for (const [number, { name }] of ways.entries()) {
    const list = figures[number].get(what) ?? [];
    if (!list.length) continue;
    const of = (value) => shown(spread(list.map(value)));
    const middle = (value) => median(list.map(value));
    rows.push([what, name, of((one) => one.requests / one.seconds), of((one) => 100 * one.aborted / one.transactions),
      middle((one) => one.third), middle((one) => one.gave_up), of((one) => one.longest_ms)]);
  }
}
console.log(table(['race', 'way', 'requests/s', 'aborted, of 100 transactions', 'three times or more', 'gave up', 'longest ms'], rows));
for (const [number, { name }] of ways.entries())
  for (const [test, times] of wrong[number]) console.log(`\n${name}: wrong in ${times} of ${rounds} rounds: ${test}`);
process.exitCode = wrong[0].size ? 1 : 0;
