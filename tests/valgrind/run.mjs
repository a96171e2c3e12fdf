// make valgrind: the unit suites and HTTP suites under memcheck, then one table. Fails at an error, a leak, a failed test, or a
// program that was cut off before memcheck had looked for leaks. (Unit tests kill children of their own on purpose.)
import { copyFile, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { openFolder, runCommand, unitSuites, wrapPrograms } from '../harness/wrapped.mjs';

const { BUILD = 'build', ONLY = '' } = process.env;
const here = 'tests/valgrind';
const began = Date.now();

// Every page, form and address is knocked at by the walk; the others go through what stands behind the doors.
const http = 'walk,sign-flow,oauth,csc,published,seals,consents,records,messages,home,orgs';

const folder = await openFolder('valgrind');
await copyFile(path.join(here, 'suppressions.txt'), path.join(folder, 'suppressions'));
// kinds: of leaks. The children of unit tests end with their database open, whose pages SQLite finds by their middle: possibly lost.
const options = (kinds) => ['--leak-check=full', `--show-leak-kinds=${kinds}`, `--errors-for-leak-kinds=${kinds}`, '--num-callers=24',
  '--vgdb=no', `--suppressions=${folder}/suppressions`, `--log-file=${folder}/%p.log`].join(' ');

const minutes = () => `${((Date.now() - began) / 60_000).toFixed(1)} min`;
let failed = 0;

async function unit() {
  const waiting = (await unitSuites(BUILD)).filter((suite) => !ONLY || ONLY === path.basename(suite));
  const next = async () => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift()) {
      const { code, text } = await runCommand('valgrind', [suite], { env: { VALGRIND_OPTS: options('definite,indirect') } });
      if (code) {
        failed++;
        console.log(text.split('\n').filter((line) => /FAILED|ERROR/.test(line)).join('\n'));
      }
      console.log(`${path.basename(suite)} ${code ? 'FAILED' : 'passed'}, after ${minutes()}`);
    }
  };
  await Promise.all([next(), next()]);
}

// One process's log: what it was, errors, bytes lost, and its words where there is something to say.
async function read(file) {
  const text = await readFile(path.join(folder, file), 'utf8');
  const command = path.basename(text.match(/Command: (\S+)/)?.[1] ?? '?');
  const summary = text.match(/ERROR SUMMARY: ([\d,]+) errors.*\(suppressed: ([\d,]+)/);
  const number = (found) => Number((found ?? '0').replaceAll(',', ''));
  const lost = [...text.matchAll(/(?:definitely|indirectly) lost: ([\d,]+) bytes/g)].reduce((sum, [, n]) => sum + number(n), 0);
  return { text, command, ended: Boolean(summary), errors: number(summary?.[1]), suppressed: number(summary?.[2]), lost };
}

function table(logs) {
  const rows = {};
  for (const { command, errors, lost, suppressed, ended } of logs) {
    const row = rows[command] ??= { processes: 0, errors: 0, 'lost bytes': 0, suppressed: 0, 'cut off': 0 };
    row.processes++;
    row.errors += errors;
    row['lost bytes'] += lost;
    row.suppressed += suppressed;
    row['cut off'] += ended ? 0 : 1;
  }
  console.table(rows);
}

if (!ONLY || ONLY.startsWith('unit-')) await unit();
if (!ONLY.startsWith('unit-')) {
  const build = await wrapPrograms(BUILD, 'valgrind', path.join(here, 'program'));
  const { code } = await runCommand(process.execPath, ['tests/harness/run.mjs', 'http'],
    { env: { BUILD: build, ONLY: ONLY || http, SLOW: '30', VALGRIND_OPTS: options('definite,indirect,possible') }, aloud: true });
  failed += code ? 1 : 0;
}
const logs = await Promise.all((await readdir(folder)).filter((name) => name.endsWith('.log')).map(read));
const bad = logs.filter(({ command, errors, ended }) => errors || (!ended && !command.startsWith('unit-')));
for (const { text } of bad) console.log(text);
table(logs);
console.log(`${bad.length} of ${logs.length} processes with findings, ${failed} failed runs, ${minutes()}`);
await rm(folder, { recursive: true });
process.exit(bad.length || failed || !logs.length ? 1 : 0);
