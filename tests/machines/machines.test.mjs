// Two portal machines on one PostgreSQL (OPS-9): what one knows the other knows; each lane works on one of them, and on the other
// within five seconds after the first is gone; whatever vanishes or starts again under load, what was acknowledged stays.
// ACTS=N: sign-ins and approvals that a machine's end falls into.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { everything, settled } from '../crash/checks.mjs';
import { openStage, workDuring } from '../crash/stage.mjs';
import { ask, collect, decide, numberNow } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { value } from '../harness/database.mjs';
import { installCert, legalRep, mobile, person, PIN, platform, setPin, takeCert } from '../harness/people.mjs';
import { endServer, folderOf, startServer } from '../harness/postgres_process.mjs';
import { LANES } from '../harness/processes.mjs';
import { codeOf, scan } from '../harness/scan.mjs';
import { waitFor } from '../harness/wait.mjs';
import { openCluster } from './cluster.mjs';
import { openNetwork } from './network.mjs';

const TAKEN_OVER = 5000; // ms, after which another machine does what one did that is gone
const ACTS = Number(process.env.ACTS || 40);

let stage, cluster, a, b;
before(async () => {
  const network = await openNetwork();
  stage = await openStage({ listen: network.services, open: ({ settings }) => openCluster(network, settings) });
  cluster = stage.instance;
  [a, b] = cluster.machines;
});
after(() => stage.close());

// The client's next requests go to this machine. They say who answered.
const at = (client, { name }) => Object.assign(client, { headers: { 'x-machine': name } });
const answered = (answer, { address, port }) => assert.equal(answer.headers['x-answered-by'], `${address}:${port}`);

const typed = (phone, more) => ({ role: 'legal_rep', region: '86', phone, agree: '1', ...more });

async function statuses(one, other) {
  const answers = await Promise.all([one, other]);
  return answers.map(({ status }) => status).sort((x, y) => x - y);
}

// ---- under load

async function held(t) {
  await everything(stage);
  assert.deepEqual(stage.findings, []);
  t.diagnostic(JSON.stringify(stage.tally));
}

const further = () => {
  const wanted = stage.tally.logins + ACTS, approvals = stage.tally.approvals + ACTS;
  return waitFor(() => stage.findings.length || (stage.tally.logins >= wanted && stage.tally.approvals >= approvals),
    { what: `${ACTS} further acts of each kind`, timeout: 240_000 });
};

test('OPS-9: one machine after the other vanishes under load and comes back, and nothing that was acknowledged is lost', async (t) => {
  await workDuring(stage, async () => {
    for (const machine of [a, b]) {
      await further();
      await machine.vanish();
      await further();
      await machine.start();
    }
    await further();
  });
  await held(t);
});

for (const [how, signal] of [['in order', 'SIGINT'], ['at once, without finishing anything', 'SIGQUIT']])
  test(`OPS-9: the database ends ${how} and starts again under load: who asks is told so, nobody is told wrong, all go on by themselves`, async (t) => {
    const folder = folderOf(process.env.YINXIN_POSTGRES);
    await workDuring(stage, async () => {
      for (let round = 0; round < 2; round++) {
        await further();
        await endServer(folder, signal);
        startServer(folder);
      }
      await further();
    });
    await held(t);
  });

// ---- what one knows the other knows

test('OPS-9, LOGIN-5: who signs in at one machine is signed in at the other, and signed out at both', async () => {
  const client = at(new Client(cluster), a);
  await person(cluster, { client });
  const there = await at(client, b).get('/home');
  assert.equal(there.status, 200);
  answered(there, b);
  assert.equal((await client.submit('/logout', '/logout')).status, 303);
  const back = await at(client, a).get('/home');
  answered(back, a);
  assert.equal(back.status, 303);
  assert.match(back.location, /\/login/);
});

test('OPS-9, LOGIN-1: a code that was sent by one machine is good at the other, once, though both are asked at once', async () => {
  const phone = mobile(), one = at(new Client(cluster), a);
  const form = await one.open('/login');
  assert.equal((await one.submit(form, '/login', typed(phone, { act: 'send' }))).status, 303);
  const { code } = await stage.sms.newest(`+86${phone}`);
  const other = at(Object.assign(new Client(cluster), { cookies: [...one.cookies] }), b);
  assert.deepEqual(await statuses(one.submit(form, '/login', typed(phone, { code, act: 'enter' })),
    other.submit(form, '/login', typed(phone, { code, act: 'enter' }))), [303, 422]);
});

test('OPS-9, LOGIN-4: a second code within the minute is refused by the other machine too', async () => {
  const phone = mobile(), one = at(new Client(cluster), a), other = at(new Client(cluster), b);
  assert.equal((await one.submit('/login', '/login', typed(phone, { act: 'send' }))).status, 303);
  assert.equal((await other.submit('/login', '/login', typed(phone, { act: 'send' }))).status, 429);
});

test('OPS-9, PIN-4: wrong passwords count on both machines together, and the fifth locks both', async () => {
  const who = await person(cluster, { client: at(new Client(cluster), a) });
  await setPin(who);
  const cert = await takeCert(who), path = `/certs/${cert}/install`;
  const wrong = () => who.client.submit(path, `/keys${path}`, { pin: 'Wrong-9-wrong' });
  for (const [left, machine] of [[4, b], [3, a], [2, b], [1, a]]) {
    at(who.client, machine);
    assert.match((await wrong()).text, new RegExp(`还可试 ${left} 次`));
  }
  const forms = await Promise.all([a, b].map((machine) => at(who.client, machine).open(path)));
  const other = at(Object.assign(new Client(cluster), { cookies: [...who.client.cookies] }), b);
  at(who.client, a);
  assert.deepEqual(await statuses(who.client.submit(forms[0], `/keys${path}`, { pin: 'Wrong-9-wrong' }),
    other.submit(forms[1], `/keys${path}`, { pin: 'Wrong-9-wrong' })), [429, 429]);
  assert.equal((await at(who.client, a).submit(forms[0], `/keys${path}`, { pin: PIN })).status, 429, 'locked also for who knows it');
});

test('OPS-9, SCAN-4: asked for at one machine, approved at both at once: one approval, whose outcome both hand out once', async () => {
  const who = await legalRep(cluster, { seal: true, client: at(new Client(cluster), a) }), shop = await platform(cluster);
  const desk = at(new Client(cluster), a);
  const { id } = await ask(desk, shop, { scope: 'openid service' });
  const page = await scan(at(who.client, b), await codeOf(desk, id));
  const instance = page.text.match(/name="instance" value="(\d+)"(?![^>]*disabled)/)?.[1];
  const fields = { number: await numberNow(desk, id), pin: PIN, trust_platform: '1', ...(instance && { instance }) };
  const other = at(Object.assign(new Client(cluster), { cookies: [...who.client.cookies] }), a);
  const answers = await Promise.all([decide(who.client, page, fields), decide(other, page, fields)]);
  assert.ok(answers.some(({ status }) => status === 303), answers.map(({ status }) => status).join());
  assert.equal(await value(cluster, `SELECT count(*) FROM oplog WHERE ticket = ${id} AND result = 0`), 1);
  const elsewhere = at(Object.assign(new Client(cluster), { cookies: [...desk.cookies] }), b);
  const codes = (await Promise.all([collect(desk, id), collect(elsewhere, id)])).map(({ code }) => code).filter(Boolean);
  assert.equal(new Set(codes).size, 1);
  const picture = await at(who.client, b).get(`/orgs/${who.org.id}/seals/${who.seal}/picture.svg`);
  assert.equal(picture.status, 200, 'what one machine stored the other shows');
});

// ---- lanes

// What the newest process of each lane has said of itself: started, lane-led, lane-left.
const lastWords = (machine) => LANES.map((lane) => {
  const said = readFileSync(path.join(machine.data, `log/worker-${lane}.log`), 'utf8').split('\n');
  return said.map((line) => line.match(/"event":"(lane-led|lane-left|started)"/)?.[1]).filter(Boolean);
});
const ledBy = (machine) => LANES.filter((lane, i) => lastWords(machine)[i].at(-1) === 'lane-led');
const startsOf = (machine) => lastWords(machine).map((words) => words.filter((word) => word === 'started').length);

test('OPS-9, OPS-5: of each lane one works; when its machine vanishes without a word, the other\'s does within five seconds', async (t) => {
  await waitFor(() => ledBy(a).length + ledBy(b).length === LANES.length, { what: 'one leader a lane' });
  assert.deepEqual([...ledBy(a), ...ledBy(b)].sort(), [...LANES].sort());
  const gone = ledBy(a).length >= ledBy(b).length ? a : b, left = gone === a ? b : a;
  const began = performance.now(), before = startsOf(gone);
  await gone.vanish();
  await waitFor(() => ledBy(left).length === LANES.length, { what: 'all lanes on the machine that is left', timeout: TAKEN_OVER });
  t.diagnostic(`taken over within ${Math.round(performance.now() - began)} ms`);
  const who = await person(cluster); // an SMS goes out
  await setPin(who);
  await installCert(who, await takeCert(who)); // a cert is issued
  await gone.start();
  await waitFor(() => startsOf(gone).every((count, i) => count > before[i]), { what: 'its lanes' });
  await installCert(who, await takeCert(who)); // by which time each has asked whether it leads
  assert.deepEqual(ledBy(gone), [], 'who comes back waits its turn');
});

test('OPS-9, LOG-3: after all this the log holds, and each machine\'s command says so', async () => {
  await settled(stage);
  for (const { data } of [a, b]) assert.match((await cluster.ctl.call({ data }, 'verify-log')).stdout, /^The log holds/);
});
