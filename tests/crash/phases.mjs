// What is done to the installation while people work, one function a phase. Each leaves it as it was found.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Client } from '../harness/client.mjs';
import { value } from '../harness/database.mjs';
import { waitFor } from '../harness/wait.mjs';
import { acknowledged, settled } from './checks.mjs';
import { kill, KINDS, LANES, nginxWorkers, processes, whole } from '../harness/processes.mjs';
import { work, workDuring } from './stage.mjs';

const EACH = 250; // acts of each kind between two looks at the database
const GAP = 8;    // acts at most between two kills
const SHARE = 25; // sign-ins for each cert that is installed and revoked
const HOUR = 3600_000;

const passed = (ms) => {
  const end = Date.now() + ms;
  return waitFor(() => Date.now() >= end, { timeout: ms + 10_000, what: 'time to pass' });
};

// kill -9 on random workers and lanes: the seed says which, and after how many acts.
export async function kills(stage, n, random) {
  const begun = { login: 0, approval: 0, install: 0 };
  let until = 1 + random.below(GAP);
  const strike = () => {
    if (--until > 0) return;
    until = 1 + random.below(GAP);
    const kind = random.pick(KINDS), place = random.below(1 << 16);
    const pids = processes(stage.instance)[kind];
    if (pids.length && kill(pids[place % pids.length])) stage.tally.kills++;
  };
  for (let round = EACH; begun.login < n; round += EACH) {
    const most = { login: Math.min(round, n), approval: Math.min(round, n), install: Math.ceil(Math.min(round, n) / SHARE) };
    await work(stage, (kind) => begun[kind] < most[kind] && ++begun[kind], strike);
    await acknowledged(stage);
    if (stage.findings.length) return;
  }
  await whole(stage.instance, stage.usual);
}

// The front's workers killed, then all of them replaced as an operator does it.
export async function nginx(stage) {
  await workDuring(stage, async () => {
    for (let i = 0; i < 3; i++) {
      const { children } = nginxWorkers(stage.instance);
      for (const pid of children) kill(pid);
      await waitFor(() => {
        const now = nginxWorkers(stage.instance).children;
        return now.length >= children.length && now.every((pid) => !children.includes(pid));
      }, { what: 'new workers of nginx' });
    }
    const { master, children } = nginxWorkers(stage.instance);
    kill(master, 'SIGHUP');
    await waitFor(() => nginxWorkers(stage.instance).children.every((pid) => !children.includes(pid)), { what: 'nginx reloaded', timeout: 60_000 });
  });
}

// A lane ended, and nobody who starts it again, for so long; the others work on. One lane after the other.
export async function absence(stage, ms) {
  for (const lane of LANES) {
    const [keeper] = processes(stage.instance, { keepers: true })[lane];
    await workDuring(stage, async () => {
      kill(keeper, 'SIGSTOP');
      try {
        for (const pid of processes(stage.instance)[lane]) kill(pid);
        await passed(ms);
        if (processes(stage.instance)[lane].some((pid) => !kill(pid, 0))) stage.finding(`the lane ${lane} was not absent`);
      } finally {
        kill(keeper, 'SIGCONT');
      }
      await whole(stage.instance, stage.usual);
    });
    await acknowledged(stage); // values are kept for minutes
  }
}

// Another program holds the database to itself for so long: nothing is written, pages open all the same.
export async function locked(stage, ms) {
  const reader = new Client(stage.instance);
  await workDuring(stage, async () => {
    const child = spawn('sqlite3', [path.join(stage.instance.data, 'db/yinxin.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.write('.timeout 60000\nBEGIN EXCLUSIVE;\nSELECT \'locked\';\n');
    await once(child.stdout, 'data');
    const written = await value(stage.instance, 'SELECT count(*) FROM oplog');
    const end = Date.now() + ms, { putOff } = stage.tally;
    while (Date.now() < end) {
      const { status } = await reader.get('/login');
      if (status !== 200) stage.finding(`the login page answers ${status} while the database is locked`);
      await passed(200);
    }
    if (await value(stage.instance, 'SELECT count(*) FROM oplog') !== written) stage.finding('something was written while the database was locked');
    if (stage.tally.putOff === putOff) stage.finding('nobody was told to come again while the database was locked');
    child.stdin.end('ROLLBACK;\n');
    await once(child, 'close');
  });
  reader.close();
}

const further = (stage, acts) => {
  const wanted = { logins: stage.tally.logins + acts, approvals: stage.tally.approvals + acts };
  return waitFor(() => stage.findings.length || Object.keys(wanted).every((kind) => stage.tally[kind] >= wanted[kind]),
    { what: `${acts} further acts of each kind`, timeout: 240_000 });
};

// The clock set back an hour in the middle of the work, and set right when it is done: what lives for minutes has ended by then.
// Who signed in before signs in again after it, but for those left over when it is set right: their codes are seconds old by
// then. The installation is two hours old: certificates hold from their making on.
export async function clock(stage, acts) {
  await stage.instance.clock.advance(2 * HOUR);
  await workDuring(stage, async () => {
    await further(stage, acts);
    await stage.instance.clock.advance(-HOUR);
    stage.knownPhones.push(...stage.logins.map(({ phone }) => phone));
    await further(stage, acts);
  });
  await settled(stage);
  await acknowledged(stage);
  stage.knownPhones.length = 0;
  await stage.instance.clock.advance(HOUR);
  await workDuring(stage, () => {});
}
