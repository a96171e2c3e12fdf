// make cover: the unit suites and the HTTP suites with a build that counts, then what they reached, folder by folder. Fails
// where a test fails or a folder falls below its floor. Every process counts below a folder of its user's (tests/cover/program);
// what all of them counted is put together by gcov-tool, and read by gcovr.
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openFolder, runCommand, unitSuites, wrapPrograms } from '../harness/wrapped.mjs';

const { BUILD = 'build-cover', ONLY } = process.env;
// A half reaches less, and is for looking.
const floors = ONLY ? {} : { 'src/core': 90, 'src/trust': 90, 'src/store': 85, 'src/web': 90, 'cgi-bin/portal': 90, 'cgi-bin/openapi': 90, 'cgi-bin/site': 90 };
const here = 'tests/cover';
const folder = await openFolder('cover');
const at = (name) => path.join(folder, name);
let failed = 0;

async function wanted(command, args, options) {
  const { code, text } = await runCommand(command, args, options);
  if (code) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${text}`);
  return text;
}

const find = async (below, pattern) => (await readdir(below, { withFileTypes: true, recursive: true }))
  .filter((entry) => pattern.test(entry.name)).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));

async function unit() {
  for (const suite of await unitSuites(BUILD)) {
    const { code, text } = await runCommand(suite, [], { env: { GCOV_PREFIX: at('unit') } });
    if (code) console.log(text);
    failed += code ? 1 : 0;
    console.log(`${path.basename(suite)} ${code ? 'FAILED' : 'passed'}`);
  }
}

// The installations are kept until they have been asked: their programs count in their own run folders.
async function http() {
  await mkdir(at('installed'), { mode: 0o755 });
  await mkdir(at('own'), { mode: 0o755 });
  await wanted('chmod', ['1777', at('own')]);
  const env = { BUILD: await wrapPrograms(BUILD, 'wrapped', path.join(here, 'program')), COVER: at('own'), TMPDIR: at('installed'),
    KEEP: '1', SLOW: '10' };
  failed += (await runCommand(process.execPath, ['tests/harness/run.mjs', 'http'], { env, aloud: true })).code ? 1 : 0;
}

// All trees of counts as one, laid beside the objects.
async function collect() {
  const users = await readdir(at('own')).catch(() => []);
  const installed = await find(folder, /^cover-\d+$/).catch(() => []);
  let sum;
  for (const tree of [at('unit'), ...users.map((user) => path.join(at('own'), user)), ...installed]) {
    const counts = path.join(tree, path.resolve(BUILD));
    if (!(await find(counts, /\.gcda$/).catch(() => [])).length) continue;
    const next = at(`sum-${path.basename(tree)}-${Math.random()}`);
    if (sum) await wanted('gcov-tool', ['merge', '-o', next, sum, counts]);
    sum = sum ? next : counts;
  }
  for (const old of await find(BUILD, /\.gcda$/)) await rm(old);
  await cp(sum, BUILD, { recursive: true });
}

const reached = (lines) => lines.filter(({ count }) => count > 0).length;
const percent = (lines) => (lines.length ? 100 * reached(lines) / lines.length : 100);

// "12-14 20": the lines that nothing reached.
function ranges(lines) {
  const missed = lines.filter(({ count }) => !count).map(({ line_number }) => line_number);
  const known = lines.map(({ line_number }) => line_number);
  const parts = [];
  for (const line of missed) {
    const last = parts.at(-1);
    if (last && known.indexOf(line) === known.indexOf(last[1]) + 1) last[1] = line;
    else parts.push([line, line]);
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(' ');
}

const uncalled = ({ functions }) => functions.filter(({ execution_count }) => !execution_count).map(({ name }) => name);

function report(files) {
  const folders = {};
  for (const one of files) (folders[path.dirname(one.file)] ??= []).push(...one.lines);
  const rows = Object.entries(folders).sort().map(([name, lines]) => ({ folder: name, lines: lines.length, reached: reached(lines),
    '%': percent(lines).toFixed(1), floor: floors[name] ?? '' }));
  const all = files.flatMap(({ lines }) => lines);
  rows.push({ folder: 'all', lines: all.length, reached: reached(all), '%': percent(all).toFixed(1), floor: '' });
  for (const one of files) {
    for (const name of uncalled(one)) console.log(`never called: ${one.file} ${name}`);
  }
  console.table(rows);
  return Object.entries(floors).filter(([name, floor]) => !(percent(folders[name] ?? [{ count: 0 }]) >= floor));
}

if (ONLY !== 'http') await unit();
if (ONLY !== 'unit') await http();
await collect();
const counted = path.join(BUILD, 'lines.json');
await wanted('gcovr', ['-r', '.', '-j', '2', '--json', counted, '-f', 'src/', '-f', 'cgi-bin/', '-f', 'bin/',
  ...['src', 'cgi-bin', 'programs'].map((part) => path.join(BUILD, part))]);
const files = JSON.parse(await readFile(counted, 'utf8')).files.sort((a, b) => (a.file < b.file ? -1 : 1))
  .map((one) => ({ ...one, lines: one.lines.filter((line) => !line['gcovr/noncode']) }));
const below = report(files);
await writeFile(path.join(BUILD, 'uncovered.txt'), files.filter(({ lines }) => reached(lines) < lines.length)
  .map(({ file, lines }) => `${percent(lines).toFixed(1).padStart(5)}  ${file}  ${ranges(lines)}\n`).join(''));
for (const [name, floor] of below) console.log(`${name} is below ${floor} %`);
console.log(`${failed} failed runs; the lines that nothing reached: ${BUILD}/uncovered.txt`);
await rm(folder, { recursive: true });
process.exit(failed || below.length ? 1 : 0);
