// make fuzz: every target for FUZZ_SECONDS, JOBS at once, then one table. make fuzz-keep: what BUILD/corpus has grown to is
// merged into tests/fuzz/corpus, without what reaches nothing new. Inputs written by hand have names, not hashes, and stay.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const { BUILD = 'build-fuzz', FUZZ_SECONDS = '600', JOBS = '2', ONLY = '' } = process.env;
const here = 'tests/fuzz';
const keptMost = 200 * 1024; // of one target, bytes
const memoryMost = 1024; // MB
const inputSeconds = 60; // an input that takes longer is a finding
const names = readdirSync(here).filter((name) => name.endsWith('.c')).map((name) => basename(name, '.c'))
  .filter((name) => !ONLY || name === ONLY);

const kept = (name) => join(here, 'corpus', name);
const grown = (name) => join(BUILD, 'corpus', name);
const crashes = (name) => join(here, 'crash', name);
const list = (folder) => (existsSync(folder) ? readdirSync(folder) : []);
const bytesOf = (folder) => list(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

// A target's program; what it prints goes to BUILD/fuzz/NAME.log.
function run(name, args) {
  const env = {
    ...process.env,
    ASAN_OPTIONS: 'detect_leaks=1:detect_container_overflow=0:allocator_may_return_null=0',
    UBSAN_OPTIONS: 'print_stacktrace=1',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(join(BUILD, 'fuzz', name), args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (piece) => { text += piece; });
    child.on('error', reject);
    child.on('close', (code) => {
      writeFileSync(join(BUILD, 'fuzz', `${name}.log`), text);
      resolve({ code, text });
    });
  });
}

const last = (text, pattern) => [...text.matchAll(pattern)].at(-1)?.[1] ?? '-';

async function fuzz(name) {
  const before = new Set(list(crashes(name)));
  const dict = join(here, 'dict', `${name}.dict`);
  for (const folder of [kept(name), grown(name), crashes(name)]) mkdirSync(folder, { recursive: true });
  const { code, text } = await run(name, [
    `-max_total_time=${FUZZ_SECONDS}`, `-timeout=${inputSeconds}`, `-report_slow_units=${inputSeconds}`, `-rss_limit_mb=${memoryMost}`, `-malloc_limit_mb=${memoryMost / 4}`,
    `-artifact_prefix=${crashes(name)}/`, '-print_final_stats=1', '-use_value_profile=1', ...(existsSync(dict) ? [`-dict=${dict}`] : []),
    grown(name), kept(name), crashes(name),
  ]);
  const found = list(crashes(name)).filter((file) => !before.has(file));
  if (!list(crashes(name)).length) rmSync(crashes(name), { recursive: true });
  if (code) console.error(`${name}: ended with ${code}; ${BUILD}/fuzz/${name}.log`);
  return {
    target: name,
    runs: last(text, /number_of_executed_units: (\d+)/g),
    'exec/s': last(text, /average_exec_per_sec: +(\d+)/g),
    corpus: last(text, / corp: (\d+)\//g),
    edges: last(text, / cov: (\d+)/g),
    findings: Math.max(found.length, code ? 1 : 0),
  };
}

const isNamed = (file) => !/^[0-9a-f]{40}$/.test(file);

// The merged set is small already; if it is not, the largest inputs go first.
function cut(folder) {
  const files = list(folder).filter((file) => !isNamed(file)).map((file) => ({ file, size: statSync(join(folder, file)).size })).sort((a, b) => b.size - a.size);
  let sum = files.reduce((all, { size }) => all + size, 0);
  for (const { file, size } of files) {
    if (sum <= keptMost) return;
    rmSync(join(folder, file));
    sum -= size;
  }
}

async function keep(name) {
  const fresh = join(BUILD, 'merged', name);
  rmSync(fresh, { recursive: true, force: true });
  for (const folder of [fresh, kept(name), grown(name)]) mkdirSync(folder, { recursive: true });
  const { code } = await run(name, ['-set_cover_merge=1', `-timeout=${inputSeconds}`, `-report_slow_units=${inputSeconds}`, '-max_len=65536', fresh, kept(name), grown(name)]);
  if (code || !list(fresh).length) {
    console.error(`${name}: merging ended with ${code}; ${BUILD}/fuzz/${name}.log`);
    return { target: name, findings: 1 };
  }
  cut(fresh);
  for (const file of list(kept(name)).filter(isNamed)) cpSync(join(kept(name), file), join(fresh, file));
  rmSync(kept(name), { recursive: true });
  renameSync(fresh, kept(name));
  return { target: name, inputs: list(kept(name)).length, bytes: bytesOf(kept(name)), findings: 0 };
}

// JOBS at a time; a line as each ends.
async function all(step) {
  const rows = [];
  const waiting = [...names];
  const lane = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      const row = await step(name);
      rows.push(row);
      console.log(`fuzz: ${name} done, ${row.findings ? `${row.findings} FOUND` : 'nothing found'}`);
    }
  };
  await Promise.all(Array.from({ length: Number(JOBS) }, lane));
  return rows.sort((a, b) => names.indexOf(a.target) - names.indexOf(b.target));
}

function table(rows) {
  const columns = Object.keys(rows[0]);
  const width = (column) => Math.max(column.length, ...rows.map((row) => String(row[column] ?? '').length));
  const cell = (text, column, i) => (i ? String(text ?? '').padStart(width(column)) : String(text).padEnd(width(column)));
  for (const row of [Object.fromEntries(columns.map((column) => [column, column])), ...rows]) {
    console.log(columns.map((column, i) => cell(row[column], column, i)).join('  '));
  }
}

mkdirSync(join(BUILD, 'merged'), { recursive: true });
if (!names.length) throw new Error(`there is no target ${ONLY}`);
const rows = await all(process.argv[2] === 'fuzz-keep' ? keep : fuzz);
table(rows);
process.exitCode = rows.some((row) => row.findings) ? 1 : 0;
