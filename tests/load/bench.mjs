// bench.mjs ROWS ROUNDS: what pages, acts and parts cost, side by side in one run. Rounds go over all targets by turns, so that
// a slow minute of the machine falls on all; figures are ratios to the bare FastCGI program behind the same nginx, with their
// spread. Two installations, one with 1,000 records and one with ROWS, are asked in the same rounds. Exit status 1 where a promise
// is missed.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { promisify } from 'node:util';
import { Client } from '../harness/client.mjs';
import { median, Promises, shown, spread, table } from './figures.mjs';
import { approvals } from './approvals.mjs';
import { addRecords, headersOf, openStage, program, waitingTicket } from './stage.mjs';
import { wrk } from './wrk.mjs';

const run = promisify(execFile);
const [ROWS, ROUNDS] = process.argv.slice(2).map(Number);
const CONNECTIONS = 64;
const promises = new Promises();

async function targetsOf(stage) {
  const { who, desktop } = stage, ticket = await waitingTicket(stage);
  return {
    'static file': ['/bench/static', {}],
    'bare FastCGI hello': ['/bench/hello', {}],
    'login page': ['/login', headersOf(desktop)],
    'home, signed in': ['/home', headersOf(who.client)],
    'list of records': ['/me/records', headersOf(who.client)],
    'ticket state poll': [ticket.state, headersOf(desktop)],
  };
}

// For each stage { target: [round] }. Each target of one is followed by the same of the others.
async function pageRounds(stages, rounds) {
  const targets = await Promise.all(stages.map(targetsOf));
  const measured = targets.map((one) => Object.fromEntries(Object.keys(one).map((name) => [name, []])));
  for (let round = 0; round < rounds; round++)
    for (const name of Object.keys(targets[0]))
      for (const [i, { instance }] of stages.entries()) {
        const [path, headers] = targets[i][name];
        const one = await wrk(instance.url + path, { headers, connections: CONNECTIONS });
        if (one.bad) throw new Error(`${name}: ${one.bad} wrong answers`);
        measured[i][name].push(one);
      }
  return measured;
}

const perHello = (measured, name) => measured[name].map((one, i) => one.rate / measured['bare FastCGI hello'][i].rate);
const rates = (list) => list.map((one) => one.rate);

function printPages(measured, rows) {
  console.log(`\n### Pages, ${CONNECTIONS} clients, ${rows.toLocaleString('en')} records\n`);
  console.log(table(['what', 'requests/s', '× hello', 'p50 ms', 'p99 ms'], Object.entries(measured).map(([name, list]) => [name,
    shown(spread(rates(list))), shown(spread(perHello(measured, name))), shown(spread(list.map((one) => one.p50))),
    shown(spread(list.map((one) => one.p99)))])));
}

// Private memory of each portal worker after the load, in MB: what it wrote. Unchanged pages of files belong to the system's cache,
// also those that only one process has mapped at the moment (a library that draws, a font).
async function memory(instance) {
  const { stdout } = await run('pgrep', ['-f', `^[^ ]*/bin/portal --workers [0-9]* --config ${instance.data}/yinxin.conf$`]);
  const sizes = await Promise.all(stdout.trim().split('\n').map(async (pid) => {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    return [...text.matchAll(/^Private_Dirty:\s+(\d+)/gm)].reduce((sum, [, kb]) => sum + Number(kb), 0) / 1024;
  }));
  const seen = sizes.filter((size) => size > 0.1);
  return seen.length ? spread(seen) : { min: NaN, median: NaN, max: NaN }; // root alone sees it: no promise holds then
}

// What a browser loads for its first home page, compressed so; KB.
async function firstLoad(client, encoding) {
  const get = (path) => client.get(path, { headers: { 'accept-encoding': encoding } });
  const plain = await client.get('/home');
  const parts = [...plain.text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(([, path]) => path.replaceAll('&amp;', '&'));
  const answers = [await get('/home'), ...await Promise.all([...new Set(parts)].map(get))];
  return answers.reduce((sum, one) => sum + one.bytes.length, 0) / 1024;
}

async function commits(instance) {
  const lines = [];
  for (const writers of [1, 4, 8]) {
    const { stdout } = await run(program('commits'), ['--data', instance.data, '--writers', String(writers), '--seconds', '4']);
    lines.push({ writers, ...JSON.parse(stdout) });
  }
  return lines;
}

const over = (list, what) => spread(list.map((one) => one[what]));

// Of each kind, [{ ours, bare (signatures a second), ratio }], a round each.
async function signingRounds(rounds) {
  const all = { 'P-256': [], SM2: [] };
  for (let i = 0; i < rounds; i++) {
    const { stdout } = await run(program('approval'), []);
    const found = [...stdout.matchAll(/^(\S+)\s+1000 hashes: .*?, (\d+) a second; bare: .*?, (\d+) a second; ratio ([\d.]+)/gm)];
    if (found.length !== 2) throw new Error(`approval did not measure P-256 and SM2:\n${stdout}`);
    for (const [, kind, ...numbers] of found) all[kind].push({ ours: Number(numbers[0]), bare: Number(numbers[1]), ratio: Number(numbers[2]) });
  }
  return all;
}

async function restart(instance) {
  await instance.end();
  const began = performance.now();
  await instance.start();
  const client = new Client(instance);
  const { status } = await client.get('/login');
  client.close();
  if (status !== 200) throw new Error(`the first page answered ${status}`);
  return performance.now() - began;
}

const small = await openStage(), stage = await openStage();
try {
  const [cpu] = os.cpus();
  console.log(`## ${new Date().toISOString().slice(0, 10)}: ${os.cpus().length} × ${cpu.model}, load ${os.loadavg()[0].toFixed(1)}`);
  await addRecords(small, 1000);
  await addRecords(stage, ROWS);
  const [few, many] = await pageRounds([small, stage], ROUNDS);
  printPages(few, 1000);
  printPages(many, ROWS);
  const acts = [await approvals(small), await approvals(stage)];

  console.log('\n### Acts by HTTP, 4 at once, without the password\'s KDF: ms each\n');
  console.log(table(['what', '1,000 records', `${ROWS.toLocaleString('en')} records`],
    Object.keys(acts[0]).map((name) => [name, ...acts.map((one) => shown(spread(one[name])))])));
  const written = await commits(stage.instance);
  console.log('\n### Durable commits\n');
  console.log(table(['writers', 'commits/s', 'longest wait ms'], written.map((one) => [one.writers, one.rate, one.longest_ms])));
  const private_ = await memory(stage.instance);
  const [br, gzip] = [await firstLoad(stage.who.client, 'br'), await firstLoad(stage.who.client, 'gzip')];
  const start = await restart(stage.instance);
  const signing = await signingRounds(ROUNDS);
  const pictures = JSON.parse((await run(program('pictures'), [])).stdout);

  console.log('\n### Parts\n');
  console.log(table(['what', 'measured'], [['private memory a worker, MB', shown(private_)], ['start to first page, ms', start.toFixed(0)],
    ['first load of home, KB: br / gzip', `${br.toFixed(1)} / ${gzip.toFixed(1)}`],
    ...Object.entries(signing).map(([kind, list]) => [`${kind} signatures/s a core: in a 1,000-hash approval / bare`,
      `${shown(over(list, 'ours'))} / ${shown(over(list, 'bare'))}`]),
    ...Object.entries(pictures).map(([name, ms]) => [`${name}, ms`, String(ms)])]));

  const growth = (name) => median(few[name].map((one, i) => one.rate / many[name][i].rate));
  promises.atLeast('home × hello', median(perHello(many, 'home, signed in')), 0.6);
  promises.atLeast('poll × hello', median(perHello(many, 'ticket state poll')), 0.85);
  promises.atMost('home: p99 ÷ p50', median(many['home, signed in'].map((one) => one.p99 / one.p50)), 5);
  for (const name of ['home, signed in', 'list of records', 'ticket state poll'])
    promises.atMost(`${name}: growth to ${ROWS.toLocaleString('en')} records`, growth(name), 1.1);
  for (const [kind, list] of Object.entries(signing)) promises.atLeast(`${kind} × bare, 1,000 hashes`, over(list, 'ratio').median, 0.9);
  promises.atMost('private memory a worker, MB', private_.max, 3);
  promises.atMost('start to first page, ms', start, 1000);
  const four = written.find((one) => one.writers === 4);
  promises.atLeast('durable commits/s, 4 writers', four.rate, 2000);
  promises.atMost('longest wait, 4 writers, ms', four.longest_ms, 1000);
  promises.atMost('first load by brotli, KB', br, 60);
  promises.atMost('first load by gzip, KB', gzip, 75);
  promises.atMost('seal preview, ms', pictures.seal_svg, 100);
  console.log(`\n### Promises\n\n${promises.table()}`);
} finally {
  await small.close();
  await stage.close();
}
process.exitCode = promises.broken ? 1 : 0;
