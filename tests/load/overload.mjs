// overload.mjs: more at once than the portal can serve, and clients that dawdle. What must hold: no answer is wrong, the worst is
// a 503 that says when to come again; pages still answer while the keys pool is full of wrong passwords and while slow bodies and
// slow readers hang on; sessions and metrics are right afterwards. Exit status 1 where a promise is broken.
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import { Client } from '../harness/client.mjs';
import { value } from '../harness/database.mjs';
import { installCert, person, PIN, setPin, takeCert } from '../harness/people.mjs';
import { Promises, shown, spread } from './figures.mjs';
import { addRecords, headersOf, openStage, waitingTicket } from './stage.mjs';

const CLIENTS = 1024, ROUNDS = 6, PEOPLE = 12, TRIES_AT_ONCE = 16, SLOW = 400, READERS = 64, RECORDS = 40000;
const promises = new Promises();
const FROM_HERE = { 'X-Forwarded-For': '127.0.0.1' }; // passes the front's own limits: the programs are loaded, not that net

// One request on a connection of the agent: { status, text, retry, ms }; status 0: no whole answer.
function ask(instance, agent, path, headers) {
  const began = performance.now();
  return new Promise((resolve) => {
    const done = (answer) => resolve({ ...answer, ms: performance.now() - began });
    const request = http.get(instance.url + path, { agent, headers: { ...FROM_HERE, ...headers } }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part)).on('error', () => done({ status: 0, text: '' }));
      response.on('end', () => done({ status: response.statusCode, retry: response.headers['retry-after'], text: Buffer.concat(parts).toString() }));
    });
    request.on('error', (error) => done({ status: 0, text: error.message }));
  });
}

// An answer is right, or the client is told when to come again.
function judge(tally, answer, isRight) {
  const kind = isRight(answer) ? 'right' : answer.status === 503 && Number(answer.retry) > 0 ? 'again' : 'wrong';
  tally[kind] = (tally[kind] ?? 0) + 1;
  if (kind === 'wrong') tally.first ??= `${answer.status}: ${answer.text.slice(0, 300)}`;
  tally.ms.push(answer.ms);
}
const newTally = () => ({ right: 0, again: 0, wrong: 0, ms: [] });
const p99 = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length * 0.99)];

function report(what, tally) {
  console.log(`${what}: ${tally.right} right, ${tally.again} told to come again, ${tally.wrong} wrong; ` +
    `ms ${shown(spread(tally.ms))}, p99 ${p99(tally.ms).toFixed(0)}`);
  if (tally.first) console.log(`  the first wrong one: ${tally.first}`);
}

// ---- what everybody must get of each page, and nobody else's

async function pagesOf(stage, people) {
  const ticket = await waitingTicket(stage);
  const names = people.map((who) => who.name);
  const homes = people.map((who) => ({ family: 'home', path: '/home', headers: headersOf(who.client),
    isRight: ({ status, text }) => status === 200 && text.includes(`我的：${who.name}<`) &&
      names.every((name) => name === who.name || !text.includes(`我的：${name}<`)) }));
  const login = { family: 'login', path: '/login', headers: headersOf(stage.desktop),
    isRight: ({ status, text }) => status === 200 && text.includes('name="phone"') && text.trimEnd().endsWith('</html>') };
  const poll = { family: 'tickets', path: ticket.state, headers: headersOf(stage.desktop), isRight: ({ status }) => status === 204 };
  return { homes, login, poll };
}

async function crowd(instance, { homes, login, poll }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
  const tallies = { home: newTally(), login: newTally(), tickets: newTally() };
  const began = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, async (_, i) => {
    for (let round = 0; round < ROUNDS; round++) {
      const one = [homes[i % homes.length], login, poll][(i + round) % 3];
      judge(tallies[one.family], await ask(instance, agent, one.path, one.headers), one.isRight);
    }
  }));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  console.log(`\n### ${CLIENTS} clients at once, ${ROUNDS} requests each: ${(CLIENTS * ROUNDS / seconds).toFixed(0)} requests/s\n`);
  for (const [name, tally] of Object.entries(tallies)) report(name, tally);
  return tallies;
}

// Pages one after another until `until` is settled, and at least 20.
async function pagesUntil(instance, pages, until) {
  let settled = false;
  const end = until.finally(() => { settled = true; });
  const agent = new http.Agent({ keepAlive: true }), tally = newTally(), during = newTally();
  const all = [...pages.homes, pages.login, pages.poll];
  for (let i = 0; !settled || i < 20; i++) {
    const one = all[i % all.length], answer = await ask(instance, agent, one.path, one.headers);
    judge(tally, answer, one.isRight);
    if (!settled) judge(during, answer, one.isRight);
  }
  agent.destroy();
  await end;
  return { tally, during };
}

// So many pages one after another; a promise for pagesUntil to wait for.
async function pagesFor(instance, pages, count) {
  const agent = new http.Agent({ keepAlive: true });
  for (let i = 0; i < count; i++) await ask(instance, agent, pages.login.path, pages.login.headers);
  agent.destroy();
}

// ---- wrong passwords

async function wrongPasswords(instance, pages) {
  const people = [];
  for (let i = 0; i < PEOPLE; i++) {
    const who = await person(instance);
    await setPin(who);
    who.cert = await takeCert(who);
    who.client.address = '127.0.0.1';
    who.path = `/keys/certs/${who.cert}/install`;
    who.fields = who.client.form((await who.client.open(`/certs/${who.cert}/install`)).text, who.path).fields;
    people.push(who);
  }
  const careful = people.pop();
  const statuses = {}, refusals = newTally();
  const flood = Promise.all(people.flatMap((who) => Array.from({ length: TRIES_AT_ONCE }, async () => {
    const began = performance.now();
    const { status, headers, text } = await who.client.post(who.path, { ...who.fields, pin: 'ganz-falsch-2026' });
    statuses[status] = (statuses[status] ?? 0) + 1;
    judge(refusals, { status, text, retry: headers['retry-after'], ms: performance.now() - began }, (answer) => [422, 429].includes(answer.status));
  })));
  const { tally, during } = await pagesUntil(instance, pages, flood);
  console.log(`\n### ${people.length * TRIES_AT_ONCE} wrong passwords at once\n`);
  report('wrong passwords', refusals);
  console.log(`answers: ${JSON.stringify(statuses)}`);
  report('pages meanwhile', during);
  await installCert(careful, careful.cert, PIN);
  const guess = () => people[0].client.post(people[0].path, { ...people[0].fields, pin: 'ganz-falsch-2026' });
  for (let i = 0; i < 5; i++) await guess(); // turned away or not before: now there is room
  const locked = await people[0].client.post(people[0].path, { ...people[0].fields, pin: PIN });
  promises.atMost('wrong passwords: wrong answers', refusals.wrong, 0);
  promises.atLeast('wrong passwords: turned away by a full keys pool', refusals.again, 1);
  promises.atMost('wrong passwords: wrong pages meanwhile', tally.wrong + tally.again, 0);
  promises.atLeast('wrong passwords: pages answered before the last of them', during.right, 20);
  promises.check('afterwards: the right password of another', 'installed', 'installed', true);
  promises.check('afterwards: the right password of one who is locked', locked.status, '429', locked.status === 429);
}

// ---- clients that dawdle

// A connection that sends its head and then a byte of its body each second; stop() answers whether it was still open.
function slowBody(instance) {
  const socket = net.connect(instance.port, '127.0.0.1');
  let open = true, timer;
  socket.on('error', () => { open = false; }).on('close', () => { open = false; });
  const ready = new Promise((resolve) => socket.once('connect', () => {
    socket.write(`POST ${instance.base}/login HTTP/1.1\r\nHost: localhost:${instance.port}\r\nX-Forwarded-For: 127.0.0.1\r\n` +
      'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na', resolve);
    timer = setInterval(() => socket.write('a'), 1000);
  }));
  return { ready, stop: () => {
    const was = open;
    clearInterval(timer);
    socket.destroy();
    return was;
  } };
}

async function slowBodies(instance, pages) {
  const slow = Array.from({ length: SLOW }, () => slowBody(instance));
  await Promise.all(slow.map(({ ready }) => ready));
  const { tally } = await pagesUntil(instance, pages, pagesFor(instance, pages, 300));
  const open = slow.map(({ stop }) => stop()).filter(Boolean).length;
  console.log(`\n### ${SLOW} bodies of a byte a second\n`);
  report('pages meanwhile', tally);
  promises.atMost('slow bodies: wrong pages meanwhile', tally.wrong + tally.again, 0);
  promises.atLeast('slow bodies: still open behind the pages', open, SLOW);
}

// A reader of a long list that takes its answer's first bytes and then none until it is told to.
function slowReader(instance, headers) {
  let response;
  const began = new Promise((resolve, reject) => {
    http.get(`${instance.url}/me/records.csv`, { agent: false, headers: { ...FROM_HERE, ...headers } }, (got) => {
      response = got;
      response.pause();
      resolve({ status: got.statusCode, retry: got.headers['retry-after'] });
    }).on('error', reject);
  });
  return { began, ended: () => response.complete, read: () => new Promise((resolve) => {
    const parts = [];
    response.on('data', (part) => parts.push(part)).on('error', () => resolve(undefined)).on('end', () => resolve(Buffer.concat(parts)));
    response.resume();
  }) };
}

async function slowReaders(stage, pages) {
  const { instance, who } = stage, headers = headersOf(who.client);
  await addRecords(stage, RECORDS, 10);
  const whole = (await who.client.get('/me/records.csv')).bytes;
  const readers = Array.from({ length: READERS }, () => slowReader(instance, headers));
  const heads = await Promise.all(readers.map(({ began }) => began));
  const again = heads.filter(({ status, retry }) => status === 503 && Number(retry) > 0).length;
  const { tally } = await pagesUntil(instance, pages, pagesFor(instance, pages, 100));
  const hanging = readers.filter(({ ended }) => !ended()).length;
  const answers = await Promise.all(readers.map(({ read }) => read()));
  const other = answers.find((one, i) => heads[i].status !== 503 && one && !one.equals(whole));
  const right = answers.filter((one) => one?.equals(whole)).length, cut = answers.filter((one) => !one).length;
  console.log(`\n### ${READERS} readers of ${(whole.length / 1024).toFixed(0)} KB that stop reading\n`);
  report('pages meanwhile', tally);
  console.log(`${hanging} hung behind the pages; then ${right} read it whole, ${cut} were cut off by the front, ${again} were told to come again`);
  if (other) console.log(`  another text: ${other.length} bytes, ${other.subarray(-200).toString()}`);
  promises.atMost('slow readers: wrong pages meanwhile', tally.wrong + tally.again, 0);
  promises.atLeast('slow readers: still hanging behind the pages', hanging + again, READERS);
  promises.atMost('slow readers: another text than the right one', READERS - right - cut - again, 0);
}

// ---- what is left behind

async function counted(instance) {
  const client = new Client(instance, { address: '127.0.0.1' });
  const { text } = await client.get('/metrics');
  client.close();
  const of = (pattern) => [...text.matchAll(pattern)].reduce((sum, [, number]) => sum + Number(number), 0);
  return {
    pages: (family) => of(new RegExp(`^yinxin_requests_total\\{program="portal",family="${family}",status="2xx"\\} (\\d+)`, 'gm')),
    failed: of(/^yinxin_requests_total\{(?!.*family="(?:readyz|keys)").*status="5xx"\} (\d+)/gm),
    jobs: of(/^yinxin_jobs_failed (\d+)/gm),
  };
}
const sessions = (instance) => value(instance, 'SELECT count(*) FROM session');

async function crowdAndWhatIsLeft(stage, people) {
  const { instance } = stage, pages = await pagesOf(stage, people);
  const before = await counted(instance), rows = await sessions(instance);
  const tallies = await crowd(instance, pages);
  const after = await counted(instance);
  const all = Object.values(tallies);
  promises.atMost(`${CLIENTS} at once: wrong answers`, all.reduce((sum, { wrong }) => sum + wrong, 0), 0);
  promises.atLeast(`${CLIENTS} at once: right answers`, all.reduce((sum, { right }) => sum + right, 0), CLIENTS);
  for (const [family, { right }] of Object.entries(tallies)) {
    const grew = after.pages(family) - before.pages(family);
    promises.check(`metrics: answers of ${family}`, grew, `= ${right}`, grew === right);
  }
  const left = await sessions(instance);
  promises.check('sessions afterwards', left, `= ${rows}`, left === rows);
}

// Everybody is still who they were; one who leaves is gone, the others stay.
async function sessionsStand(stage, people) {
  const { instance } = stage, rows = await sessions(instance);
  const [leaves, ...stay] = people;
  for (const who of people) who.before = (await who.client.get('/home')).status;
  await leaves.client.submit('/logout', '/logout');
  const gone = await leaves.client.get('/home');
  const there = await Promise.all(stay.map(async ({ client }) => (await client.get('/home')).status));
  const left = await sessions(instance);
  const same = people.filter(({ before }) => before === 200).length;
  promises.check('sessions: everybody is still signed in', same, `= ${people.length}`, same === people.length);
  promises.check('sessions: who leaves is gone, alone', left, `= ${rows - 1}`,
    left === rows - 1 && gone.status === 303 && there.every((one) => one === 200));
}

const stage = await openStage({ settings: { 'pin.kdf_cost': '15' } }); // what a password costs in earnest
try {
  const [cpu] = os.cpus();
  console.log(`## ${new Date().toISOString().slice(0, 10)}: ${os.cpus().length} × ${cpu.model}, load ${os.loadavg()[0].toFixed(1)}`);
  const { instance } = stage, people = [];
  for (let i = 0; i < 8; i++) people.push(await person(instance));
  const fresh = () => pagesOf(stage, people); // its ticket lives for minutes only
  await crowdAndWhatIsLeft(stage, people);
  await wrongPasswords(instance, await fresh());
  await slowBodies(instance, await fresh());
  await slowReaders(stage, await fresh());
  await sessionsStand(stage, people);
  const end = await counted(instance);
  promises.atMost('answers 5xx of the programs, beside the keys pool and readiness', end.failed, 0);
  promises.atMost('jobs given up', end.jobs, 0);
  for (const { client } of people) client.close();
  console.log(`\n### Promises\n\n${promises.table()}`);
} finally {
  await stage.close();
}
process.exitCode = promises.broken ? 1 : 0;
