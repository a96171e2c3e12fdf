// engines.mjs ROWS ROUNDS: pages, acts and commits on SQLite and on PostgreSQL, then on one and on two machines with one PostgreSQL,
// all in one run beside tests/harness/postgres (SYNC=1: both engines wait for the disk). Exit status 1 where a promise is missed.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';
import { Client } from '../harness/client.mjs';
import { mobile } from '../harness/people.mjs';
import { folderOf, processIn } from '../harness/postgres_process.mjs';
import { openCluster } from '../machines/cluster.mjs';
import { openNetwork } from '../machines/network.mjs';
import { approvals } from './approvals.mjs';
import { median, Promises, shown, spread, table } from './figures.mjs';
import { holdTo } from './share.mjs';
import { addRecords, headersOf, openStage, program } from './stage.mjs';
import { wrk } from './wrk.mjs';

const run = promisify(execFile);
const [ROWS, ROUNDS] = process.argv.slice(2).map(Number);
const CONNECTIONS = 64, SIGN_INS = 40, AT_ONCE = 4, SHARE = 0.3, TICK_MS = 10;
const promises = new Promises();

// ---- CPU time

const server = processIn(folderOf(process.env.YINXIN_POSTGRES));

// ms of CPU that our programs (all but nginx) and the database have used.
async function used() {
  let ticks = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')[0];
    const [parent, ...fields] = stat.replace(/^.*\) \S /s, '').split(' ').map(Number);
    if (/\/bin\/(portal|openapi|worker)$/.test(command) || parent === server || Number(pid) === server) ticks += fields[9] + fields[10];
  }
  return ticks * TICK_MS;
}

// ---- pages

const targetsOf = ({ who, desktop }) => ({
  'login page': ['/login', headersOf(desktop)],
  'home, signed in': ['/home', headersOf(who.client)],
  'list of records': ['/me/records', headersOf(who.client)],
});

// One round at one stage: { rate, p50, p99, cpu } with cpu in ms a page of programs and database together.
async function round({ instance }, [where, headers], more = {}) {
  const before = await used(), seconds = 3;
  const one = await wrk(instance.url + where, { headers: { ...headers, ...more }, connections: CONNECTIONS, seconds });
  if (one.bad) throw new Error(`${where}: ${one.bad} wrong answers`);
  return { ...one, cpu: (await used() - before) / (one.rate * seconds) };
}

// ways: { name: { stage, headers } }, by turns. { target: { name: [round] } }.
async function pages(ways, rounds) {
  const names = Object.keys(targetsOf(Object.values(ways)[0].stage));
  const measured = Object.fromEntries(names.map((name) => [name, Object.fromEntries(Object.keys(ways).map((way) => [way, []]))]));
  for (let i = 0; i < rounds; i++)
    for (const name of names)
      for (const [way, { stage, headers }] of Object.entries(ways)) measured[name][way].push(await round(stage, targetsOf(stage)[name], headers));
  return measured;
}

const over = (list, what) => spread(list.map((one) => one[what]));
const ratio = (one, other, what) => median(one.map((each, i) => each[what] / other[i][what]));

// ---- acts

// The last step of signing in: the code is entered. ms of each.
async function signIns({ instance }) {
  const waiting = [], took = [];
  for (let i = 0; i < SIGN_INS; i++) {
    const client = new Client(instance), phone = mobile(); // an address of its own: limits of others don't reach it
    const typed = { role: 'legal_rep', region: '86', phone, agree: '1' }, form = await client.open('/login');
    const sent = await client.submit(form, '/login', { ...typed, act: 'send' });
    if (sent.status !== 303) throw new Error(`no code: ${sent.status}`);
    waiting.push({ client, form, typed });
  }
  for (const one of waiting) one.code = (await instance.sms(`+86${one.typed.phone}`)).code;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (waiting.length) {
      const { client, form, typed, code } = waiting.shift(), began = performance.now();
      const { status } = await client.submit(form, '/login', { ...typed, code, act: 'enter' });
      took.push(performance.now() - began);
      client.close();
      if (status !== 303) throw new Error(`not signed in: ${status}`);
    }
  }));
  return took;
}

const commits = async ({ instance }, writers) => JSON.parse((await run(program('commits'), ['--data', instance.data, '--writers',
  String(writers), '--seconds', '4'])).stdout);

// ---- two machines

async function openMachines({ within }) {
  const network = await openNetwork();
  network.machines.forEach((machine, i) => { machine.within = within[i]; });
  return openStage({ open: ({ settings }) => openCluster(network, settings) });
}

async function measureMachines(machines) {
  await addRecords(machines, ROWS);
  const measured = await pages({ one: { stage: machines, headers: { 'X-Machine': 'a' } }, two: { stage: machines } }, ROUNDS);
  console.log(`\n### One machine and two, each of ${SHARE} of a core, on one PostgreSQL\n`);
  console.log(table(['what', 'one, requests/s', 'two, requests/s', 'two ÷ one'], Object.entries(measured).map(([name, { one, two }]) =>
    [name, shown(over(one, 'rate')), shown(over(two, 'rate')), ratio(two, one, 'rate').toFixed(2)])));
  for (const name of ['home, signed in', 'list of records'])
    promises.atLeast(`${name}: two machines ÷ one`, ratio(measured[name].two, measured[name].one, 'rate'), 1.6);
}

// ----

const sqlite = await openStage({ engine: 'sqlite' }), postgres = await openStage({ engine: 'postgres' });
try {
  console.log(`## ${new Date().toISOString().slice(0, 10)}: ${os.cpus().length} × ${os.cpus()[0].model}, load ${os.loadavg()[0].toFixed(1)}`);
  for (const stage of [sqlite, postgres]) await addRecords(stage, ROWS);
  const measured = await pages({ SQLite: { stage: sqlite }, PostgreSQL: { stage: postgres } }, ROUNDS);
  console.log(`\n### Pages, ${CONNECTIONS} clients, ${ROWS.toLocaleString('en')} records\n`);
  console.log(table(['what', 'SQLite, requests/s', 'PostgreSQL, requests/s', 'SQLite, CPU ms', 'PostgreSQL, CPU ms', 'PostgreSQL ÷ SQLite'],
    Object.entries(measured).map(([name, { SQLite, PostgreSQL }]) => [name, shown(over(SQLite, 'rate')), shown(over(PostgreSQL, 'rate')),
      shown(over(SQLite, 'cpu')), shown(over(PostgreSQL, 'cpu')), ratio(PostgreSQL, SQLite, 'cpu').toFixed(2)])));
  console.log('\nCPU ms: of programs and database together, for one page.\n\n### Acts, 4 at once, without the password\'s KDF: ms each\n');
  const acts = {};
  for (const [name, stage] of Object.entries({ SQLite: sqlite, PostgreSQL: postgres })) acts[name] = { 'sign-in': await signIns(stage), ...await approvals(stage) };
  console.log(table(['what', ...Object.keys(acts)], Object.keys(acts.SQLite).map((act) => [act, ...Object.values(acts).map((one) => shown(spread(one[act])))])));
  console.log('\n### Durable commits a second (longest wait, ms)\n');
  const lines = [];
  for (const writers of [1, 4, 8]) {
    const each = [];
    for (const stage of [sqlite, postgres]) each.push(await commits(stage, writers));
    lines.push([writers, ...each.map(({ rate, longest_ms: longest }) => `${rate} (${longest})`)]);
  }
  console.log(table(['writers', 'SQLite', 'PostgreSQL'], lines));
  for (const name of ['home, signed in', 'list of records'])
    promises.atMost(`${name}: cost on PostgreSQL ÷ SQLite`, ratio(measured[name].PostgreSQL, measured[name].SQLite, 'cpu'), 1.5);
} finally {
  await sqlite.close();
  await postgres.close();
}

const held = await holdTo(SHARE, ['a', 'b']).catch((error) => {
  console.log(`\nTwo machines: NOT MEASURED, for nothing here holds a program to a share of a core: ${error.message}`);
});
if (held)
  try {
    const machines = await openMachines(held);
    await measureMachines(machines).finally(() => machines.close());
  } finally {
    await held.close();
  }
console.log(`\n### Promises\n\n${promises.table()}`);
process.exit(promises.broken ? 1 : 0);
