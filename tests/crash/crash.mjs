// crash.mjs N: what is killed, filled and locked while N people sign in and N requests are approved. After each phase
// everything that was acknowledged is there, nothing is half done, the log holds, and each SMS that was due went out by one key.
// SEED=… repeats a run's choices; below 1,000 acts the waits are a tenth (the quick form). Exit status 1 where a promise is broken.
import { table } from '../load/figures.mjs';
import { everything } from './checks.mjs';
import { disk } from './disk.mjs';
import { absence, clock, kills, locked, nginx } from './phases.mjs';
import { chooser } from './random.mjs';
import { openStage } from './stage.mjs';

const N = Number(process.argv[2]), SEED = Number(process.env.SEED || Date.now() % 1_000_000_000);
const quick = N < 1000, seconds = (n) => (quick ? n / 10 : n) * 1000;
const only = process.env.ONLY ?? '';

const phases = {
  kills: (stage) => kills(stage, N, chooser(SEED)),
  nginx,
  absence: (stage) => absence(stage, seconds(60)),
  locked: (stage) => locked(stage, seconds(30)),
  clock: (stage) => clock(stage, Math.max(20, N / 50)),
  disk: (stage) => disk(stage, () => everything(stage)),
};

const lines = [];
async function run(stage, name) {
  const before = { ...stage.tally }, began = performance.now();
  const end = await phases[name](stage).catch((error) => stage.finding(`${name}: ${error.stack}`));
  const log = await everything(stage);
  const grown = (what) => stage.tally[what] - before[what];
  lines.push([end === 'skipped' ? `${name} (SKIPPED)` : name, ...['logins', 'approvals', 'installs', 'lost', 'putOff', 'cut', 'kills'].map(grown),
    ((performance.now() - began) / 1000).toFixed(0), stage.findings.length ? '**broken**' : 'held']);
  console.log(`${name}: ${lines.at(-1).slice(1).join(' · ')} · ${log}`);
}

console.log(`SEED=${SEED}, ${N} sign-ins and ${N} approvals under kill -9${quick ? '; quick form' : ''}`);
const stage = await openStage();
try {
  for (const name of Object.keys(phases).filter((one) => one.includes(only)))
    if (!stage.findings.length) await run(stage, name);
} finally {
  if (stage.findings.length) console.log(await stage.instance.logs());
  await stage.close();
}
const sent = [...stage.sms.keys.values()], twice = sent.filter(({ times }) => times > 1).length;
console.log(`\n${table(['phase', 'sign-ins', 'approvals', 'certs', 'answers lost', 'put off', 'cut off', 'kills', 's', ''], lines)}`);
console.log(`\n${sent.length} SMS by as many keys; ${twice} of them were sent again by the same key.`);
for (const what of stage.findings) console.log(`BROKEN: ${what}`);
console.log(`SEED=${SEED}: ${stage.findings.length ? `${stage.findings.length} promises broken` : 'all promises held'}`);
process.exit(stage.findings.length || !lines.length ? 1 : 0);
