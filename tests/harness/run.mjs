// run.mjs http|browser…: runs the suites of tests/http and tests/browser side by side on one shared installation. ONLY=text
// takes the suites whose file name holds it (or one of several, ONLY=a,b), or else the tests whose name does. A suite that runs
// nothing fails.
import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { onPostgres } from './database.mjs';
import { startInstance } from './instance.mjs';

const tests = fileURLToPath(new URL('../', import.meta.url));
const only = process.env.ONLY ?? '';

async function suites(folder) {
  const names = await readdir(path.join(tests, folder)).catch(() => []);
  return names.filter((name) => name.endsWith('.test.mjs')).sort().map((name) => path.join(tests, folder, name));
}

async function runSuites(files, testNamePatterns) {
  const ran = new Map(files.map((file) => [file, 0]));
  let failed = 0;
  const stream = run({ files, concurrency: Math.min(os.availableParallelism() + 1, 4), timeout: 600_000 * Number(process.env.SLOW || 1), testNamePatterns });
  stream.on('test:fail', () => { failed++; });
  stream.on('test:pass', ({ file, name, skip, details }) => {
    if (skip === undefined && details.type !== 'suite' && ran.has(file) && path.resolve(name) !== file) ran.set(file, ran.get(file) + 1);
  });
  stream.compose(new spec()).pipe(process.stdout);
  await new Promise((resolve) => stream.once('end', resolve));
  return { failed, ran };
}

// What is about one engine.
const alone = onPostgres ? { 'demo.test.mjs': 'make demo starts an installation on SQLite' }
  : { 'postgres.test.mjs': 'it is about a server that may be away', 'unsure.test.mjs': 'a COMMIT of SQLite is always answered' };
function leftOut(file) {
  const why = alone[path.basename(file)];
  if (why) console.log(`left out on ${onPostgres ? 'PostgreSQL' : 'SQLite'}: ${path.basename(file)}: ${why}`);
  return why;
}

const folders = process.argv.slice(2);
const all = (await Promise.all(folders.map(suites))).flat().filter((file) => !leftOut(file));
const byName = all.filter((file) => only && only.split(',').some((part) => path.basename(file).includes(part)));
const files = byName.length ? byName : all;
const pattern = only && !byName.length ? only : undefined;
if (!files.length) {
  console.error(`no suite in ${folders.join(', ')}`);
  process.exit(1);
}

const instance = await startInstance();
process.env.YINXIN_INSTANCE = instance.describe();
let stopping = false;
const stop = async (code) => {
  stopping = true;
  await instance.stop();
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop(1));
const { failed, ran } = await runSuites(files, pattern);
if (stopping) await new Promise(() => {});
const total = [...ran.values()].reduce((sum, one) => sum + one, 0);
const empty = pattern ? [] : [...ran].filter(([, count]) => !count).map(([file]) => path.relative(tests, file));
if (failed) console.error(`\n${await instance.logs()}`);
for (const file of empty) console.error(`${file} ran no test that passed`);
if (!total) console.error('nothing was run');
console.log(`${total} tests passed in ${files.length} suites`);
await stop(failed || empty.length || !total ? 1 : 0);
