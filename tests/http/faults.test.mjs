// What goes wrong around the programs, and what people and programs then see: a worker killed, the database locked, the disk full,
// bodies that lie; and that no log holds anybody's data (OPS-5, OPS-8, OPS-15, HELP-3, SEC-3, SEC-5).
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ask } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { lockDatabase, rows, value } from '../harness/database.mjs';
import { startInstance } from '../harness/instance.mjs';
import { legalRep, mobile, person, PIN, platform } from '../harness/people.mjs';
import { nginxWorkers } from '../harness/processes.mjs';
import { approve, codeOf, scan, scanAndApprove, shownNumber } from '../harness/scan.mjs';
import { onSmallDisk } from '../harness/small_disk.mjs';
import { waitFor } from '../harness/wait.mjs';

let instance;
before(async () => { instance = await startInstance({ settings: { 'store.busy_ms': '400' } }); });
after(() => instance.stop());

const typed = (phone, more) => ({ role: 'legal_rep', region: '86', phone, agree: '1', ...more });

// Our installation's processes of a pool: only those whose command line names its configuration. The first is the one that keeps
// the others, the workers.
function processes(pool) {
  const conf = path.join(instance.data, 'yinxin.conf');
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const [program, ...rest] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (!/\/portal$/.test(program) || !rest.includes(conf) || rest.includes('keys') !== (pool === 'keys')) return [];
      return [{ pid: Number(pid), parent: Number(readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\) \S (\d+)/)[1]) }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}
const workers = (pool, all = processes(pool)) => all.filter(({ parent }) => all.some(({ pid }) => pid === parent)).map(({ pid }) => pid);
const keepers = (pool, all = processes(pool)) => all.filter(({ pid }) => all.some(({ parent }) => pid === parent)).map(({ pid }) => pid);

// ---- OPS-5

test('OPS-5: a worker that is killed takes at most its own request with it, and another takes its place', async () => {
  await waitFor(() => workers('pages').length >= 4, { what: 'all workers' });
  const client = new Client(instance), before = workers('pages');
  const running = Array.from({ length: 60 }, () => client.get('/login'));
  process.kill(before[0], 'SIGKILL');
  const statuses = (await Promise.all(running)).map(({ status }) => status);
  const lost = statuses.filter((status) => status !== 200);
  assert.ok(lost.length <= 1 && lost.every((status) => status === 503), statuses.join());
  await waitFor(() => workers('pages').length === before.length, { what: 'another worker' });
  assert.ok(!workers('pages').includes(before[0]));
  assert.equal((await client.get('/login')).status, 200);
});

test('OPS-5: the process that keeps the workers is killed: they finish what they have in hand, and others take their places', async () => {
  const client = new Client(instance), before = workers('pages'), [keeper] = keepers('pages');
  const running = Array.from({ length: 60 }, () => client.get('/login'));
  process.kill(keeper, 'SIGKILL');
  assert.deepEqual((await Promise.all(running)).map(({ status }) => status).filter((status) => status !== 200), []);
  await waitFor(() => workers('pages').length === before.length && !workers('pages').some((pid) => before.includes(pid)), { what: 'other workers' });
  assert.equal(keepers('pages').length, 1);
  assert.equal((await client.get('/login')).status, 200);
});

test('OPS-5: every program is replaced without a dropped request, and no worker that hangs keeps the others away', async () => {
  const client = new Client(instance, { address: '127.0.0.1' }), before = [...processes('pages'), ...processes('keys')].map(({ pid }) => pid);
  const oldWorkers = workers('pages'), oldFront = nginxWorkers(instance).children, [keeper] = keepers('pages'), [stuck] = oldWorkers, statuses = [];
  let serving = true;
  process.kill(stuck, 'SIGSTOP'); // with nothing in hand
  const served = (async () => {
    while (serving) statuses.push(...await Promise.all(Array.from({ length: 8 }, async () => (await client.get('/login')).status)));
  })();
  try {
    instance.replace();
    await waitFor(() => workers('pages').filter((pid) => !oldWorkers.includes(pid)).length === oldWorkers.length, { what: 'new workers' });
    assert.deepEqual(keepers('pages'), [keeper], 'in the same place, so what keeps the keeper saw no death');
    await waitFor(() => workers('keys').length > 0 && !workers('keys').some((pid) => before.includes(pid)), { what: 'the other pool too' });
  } finally {
    process.kill(stuck, 'SIGCONT');
    serving = false;
    await served;
  }
  assert.ok(statuses.length >= 16, `${statuses.length} requests`);
  assert.deepEqual(statuses.filter((status) => status !== 200), []);
  await waitFor(() => !processes('pages').some(({ pid }) => pid === stuck), { what: 'the one that hung to end' });
  assert.equal(workers('pages').length, oldWorkers.length);
  await waitFor(() => !nginxWorkers(instance).children.some((pid) => oldFront.includes(pid)), { what: 'the front too' });
});

test('OPS-5, LOG-3: killed in the middle of an approval, either nothing of it happened or all of it', async (t) => {
  const who = await legalRep(instance), shop = await platform(instance), desktop = new Client(instance);
  const ends = {};
  const claimed = async () => {
    const asked = await ask(desktop, shop, { scope: 'openid service' });
    const page = await scan(who.client, await codeOf(desktop, asked.id));
    return { asked, page, number: await shownNumber(desktop, asked.id) };
  };
  const undisturbed = await claimed();
  let began = performance.now();
  assert.equal((await approve(who.client, undisturbed.page, { number: undisturbed.number })).status, 303);
  const whole = performance.now() - began;
  for (let round = 0; round < 10; round++) { // from its beginning to past its end
    const { asked, page, number } = await claimed();
    began = performance.now();
    const answer = approve(who.client, page, { number });
    while (performance.now() - began < whole * round / 3) await new Promise(setImmediate);
    const killed = workers('keys');
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    const { status } = await answer;
    await waitFor(() => workers('keys').length >= killed.length && workers('keys').every((pid) => !killed.includes(pid)));
    const [{ state }] = await rows(instance, `SELECT state FROM ticket WHERE id = ${asked.id}`);
    const records = await value(instance, `SELECT count(*) FROM oplog WHERE ticket = ${asked.id}`);
    const wanted = { 2: 0, 3: 1 }[state];
    assert.equal(records, wanted, `state ${state}, ${records} records`);
    assert.ok(status === 503 || (status === 303 && state === 3), `${status} in state ${state}`);
    ends[state] = (ends[state] ?? 0) + 1;
    if (state === 2) assert.equal((await approve(who.client, await who.client.open(`/tickets/${asked.id}`), { number })).status, 303, 'and it can be approved still');
  }
  t.diagnostic(`states after the kill: ${JSON.stringify(ends)}`);
  assert.match((await instance.ctl('verify-log')).stdout, /^The log holds/);
});

// ---- the database

test('SEC-5: while the database is locked an act is told to come again, changes nothing, and pages still open', async () => {
  const who = await person(instance);
  const client = new Client(instance), phone = mobile();
  const page = await client.open('/login');
  const leave = await who.client.open('/logout');
  const lock = await lockDatabase(instance);
  try {
    const refused = await client.submit(page, '/login', typed(phone, { act: 'send' }));
    assert.equal(refused.status, 503);
    assert.match(refused.text, /请.*再试/);
    assert.ok(refused.text.includes(refused.headers['x-request-id']));
    assert.ok(Number(refused.headers['retry-after']) > 0, 'when to come again');
    assert.equal((await who.client.submit(leave, '/logout')).status, 503);
    assert.equal((await who.client.get('/home')).status, 200, 'reading goes on');
    assert.equal((await client.get('/readyz')).status, 200);
  } finally {
    await lock.release();
  }
  assert.equal((await instance.outbox()).filter((job) => job.to === `+86${phone}`).length, 0, 'nothing was sent');
  assert.equal((await who.client.get('/home')).status, 200, 'nobody was signed out');
  assert.equal((await client.submit(page, '/login', typed(phone, { act: 'send' }))).status, 303, 'the same form a moment later');
});

test('OPS-15: with the disk full writing stops and says so, reading goes on, and all is well once there is room', async (t) => {
  if (process.getuid() !== 0) return t.skip('only root can make a small disk');
  await instance.end();
  const disk = await onSmallDisk(instance);
  if (!disk) {
    await instance.start();
    return t.skip('no small disk can be mounted here');
  }
  try {
    await instance.start();
    const client = new Client(instance), who = await person(instance);
    const page = await client.open('/login');
    await disk.fill();
    const asked = [];
    let refused;
    for (let i = 0; i < 200 && refused?.status !== 503; i++) { // what is left in the last pages is used up first
      asked.push(mobile());
      refused = await client.submit(page, '/login', typed(asked.at(-1), { act: 'send' }), { headers: { 'x-forwarded-for': `198.51.100.${i}` } });
    }
    assert.equal(refused.status, 503);
    assert.match(refused.text, /请.*再试/);
    assert.equal((await who.client.get('/home')).status, 200, 'reading goes on');
    assert.match(await readFile(path.join(instance.data, 'log/portal.log'), 'utf8'), /full/);
    await disk.empty();
    assert.equal((await client.submit(page, '/login', typed(asked.at(-1), { act: 'send' }), { headers: { 'x-forwarded-for': '203.0.113.9' } })).status, 303);
    assert.match((await instance.ctl('verify-log')).stdout, /^The log holds/);
  } finally {
    await instance.end();
    await disk.back();
    await instance.start();
  }
});

// ---- HELP-3

test('HELP-3: the reference on an error page finds its log line', async () => {
  const who = await person(instance);
  for (const target of ['/nothing-here', '/certs/1', '/orgs/1', '/keys/nothing']) {
    const answer = await who.client.get(target);
    assert.equal(answer.status, 404);
    const reference = answer.headers['x-request-id'];
    assert.match(reference, /^[0-9a-f]{32}$/);
    assert.ok(answer.text.includes(reference), `${target} shows no reference`);
    for (const heading of [/<h1/, /href="\/home"/]) assert.match(answer.text, heading);
    const log = path.join(instance.data, 'log', target.startsWith('/keys/') ? 'keys.log' : 'portal.log');
    const line = (await waitFor(async () => (await readFile(log, 'utf8')).split('\n').filter((one) => one.includes(reference)).at(-1)));
    assert.equal(JSON.parse(line).status, 404);
  }
});

// ---- bodies that lie

// Raw bytes to the portal, and the first line of what comes back; half: the connection is then half closed.
function raw(bytes, { half = true } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(instance.port, '127.0.0.1');
    let got = '';
    socket.setEncoding('latin1').on('data', (part) => {
      got += part;
      if (got.includes('\r\n')) socket.destroy();
    }).on('error', reject).on('close', () => resolve(Number(got.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? 0)));
    socket.write(bytes);
    if (half) socket.end();
  });
}
const head = (...lines) => [...lines, `Host: localhost:${instance.port}`, `Origin: ${instance.origin}`, '', ''].join('\r\n');

test('SEC-5: a form of 5 MB is refused in our look, before anything looks at it', async () => {
  const client = new Client(instance);
  for (const body of [Buffer.alloc(5_000_000, 'a'), `phone=${'1'.repeat(5_000_000)}`, `${'a=1&'.repeat(20_000)}`]) {
    const answer = await client.post('/login', body.toString());
    assert.ok([400, 413].includes(answer.status), `${answer.status}`);
    assert.match(answer.text, /<h1/);
    assert.ok(answer.headers['content-security-policy']);
  }
  assert.equal((await client.post('/login', Buffer.alloc(9_000_000, 'a').toString())).status, 413, 'nginx\'s own limit');
  assert.equal((await client.get('/login')).status, 200);
});

test('SEC-3: multipart where a form is wanted, with a wrong length, or without an end, is refused and leaves the workers standing', async () => {
  const client = new Client(instance), running = workers('pages').sort();
  const part = '--x\r\nContent-Disposition: form-data; name="phone"; filename="../../etc/passwd"\r\n\r\n1\r\n';
  for (const body of [`${part}--x--\r\n`, part, '--x', '', part.repeat(2000)]) {
    const answer = await client.post('/login', body, { headers: { 'content-type': 'multipart/form-data; boundary=x' } });
    assert.ok([400, 413, 415].includes(answer.status), `${answer.status}`);
  }
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const lies = {
    'more promised than sent': [head('POST /login HTTP/1.1', type, 'Content-Length: 1000') + 'phone=1', {}],
    'less promised than sent': [head('POST /login HTTP/1.1', type, 'Content-Length: 3') + 'phone=13900000000', {}],
    'a negative length': [head('POST /login HTTP/1.1', type, 'Content-Length: -5') + 'phone', {}],
    'a length beyond numbers': [head('POST /login HTTP/1.1', type, 'Content-Length: 99999999999999999999') + 'phone', {}],
    'two lengths': [head('POST /login HTTP/1.1', type, 'Content-Length: 5', 'Content-Length: 6') + 'phone=', {}],
    'length and chunks': [head('POST /login HTTP/1.1', type, 'Content-Length: 5', 'Transfer-Encoding: chunked') + '0\r\n\r\n', {}],
    'chunks without an end': [head('POST /login HTTP/1.1', type, 'Transfer-Encoding: chunked') + '5\r\nphone\r\n', {}],
    'a chunk of no size': [head('POST /login HTTP/1.1', type, 'Transfer-Encoding: chunked') + 'zz\r\nphone\r\n', {}],
    'no host': ['GET /login HTTP/1.1\r\n\r\n', {}],
    'a NUL in the path': [head('GET /log\0in HTTP/1.1'), {}],
    'a path that climbs out': [head('GET /static/../../yinxin.conf HTTP/1.1'), {}],
    'a long header': [head('GET /login HTTP/1.1', `X-A: ${'a'.repeat(40_000)}`), {}],
  };
  for (const [what, [bytes, options]] of Object.entries(lies)) {
    const status = await raw(bytes, options);
    assert.ok(status === 0 || (status >= 400 && status < 500) || status === 501, `${what}: ${status}`);
  }
  assert.equal((await client.get('/login', { headers: { cookie: Array.from({ length: 60 }, (_, i) => `c${i}=1`).join('; ') } })).status, 400);
  assert.equal((await client.get('/login', { headers: { cookie: 'session="; =; ;;; session; visit=x' } })).status, 200, 'an odd cookie is left out');
  assert.equal((await client.get(`/login?${'a=1&'.repeat(300)}`)).status, 400);
  assert.deepEqual(workers('pages').sort(), running, 'nobody died of it');
});

// ---- logs

test('OPS-8, SEC-4: after all this no log holds a phone, a name, a document, a code, a password, a cookie, a token or an address', async () => {
  const client = new Client(instance, { address: '203.0.113.201' });
  const who = await legalRep(instance, { client, seal: true });
  const shop = await platform(instance), desktop = new Client(instance, { address: '203.0.113.202' });
  const asked = new URLSearchParams({ response_type: 'code', client_id: shop.client, redirect_uri: shop.redirect, scope: 'openid phone', state: 'in-the-state',
    nonce: 'in-the-nonce', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' });
  const { back } = await scanAndApprove(desktop, client, `/oauth2/authorize?${asked}`);
  await client.submit('/certs', '/logout').catch(() => {});
  await client.get('/records/1?name=in-the-query');
  await client.post('/login', { phone: who.phone, pin: 'in-the-form' });
  const codes = (await instance.outbox()).filter((job) => job.to === `+86${who.phone}`).map(({ code }) => code);
  const secrets = { phone: who.phone, 'full phone': `+86${who.phone}`, name: who.name, document: who.doc, password: PIN, session: client.cookie('session').value,
    'device secret': client.cookie('device-secret').value, device: client.cookie('device').value, visit: desktop.cookie('visit').value, 'client secret': shop.secret,
    'authorization code': back.searchParams.get('code'), state: 'in-the-state', nonce: 'in-the-nonce', query: 'in-the-query', form: 'in-the-form',
    address: '203.0.113.20', 'platform name': shop.name, 'org name': who.org.name };
  await waitFor(async () => (await readFile(path.join(instance.data, 'log/access.log'), 'utf8')).includes('/records/1'));
  let lines = 0;
  for (const file of readdirSync(path.join(instance.data, 'log'))) {
    const text = await readFile(path.join(instance.data, 'log', file), 'utf8');
    lines += text.split('\n').length;
    for (const [what, secret] of Object.entries(secrets)) assert.ok(!text.includes(secret), `${file} holds the ${what}`);
    for (const code of codes) assert.ok(!new RegExp(`["' ]${code}["' ]`).test(text), `${file} holds a code`);
    if (file.endsWith('.log') && !/^(init|nginx)\.log$/.test(file)) {
      for (const line of text.split('\n').filter((one) => one && !/^(Child|Spawning child)\[/.test(one))) assert.doesNotThrow(() => JSON.parse(line), `${file}: ${line}`);
    }
  }
  assert.ok(lines > 200, 'there were logs to look at');
});
