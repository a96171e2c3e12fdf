// Signing in and out, through the pages: LOGIN-1 to LOGIN-3, LOGIN-5, LOGIN-7, SET-6.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../harness/client.mjs';
import { rows, value } from '../harness/database.mjs';
import { startInstance } from '../harness/instance.mjs';
import { mobile, person, signIn } from '../harness/people.mjs';

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

// An installation of our own: these tests move its clock.
let instance;
before(async () => { instance = await startInstance(); });
after(() => instance.stop());

const typed = (phone, more) => ({ role: 'legal_rep', region: '86', phone, agree: '1', ...more });
const send = (client, phone, more) => client.submit('/login', '/login', typed(phone, { act: 'send', ...more }));
const enter = (client, phone, code, more) => client.submit('/login', '/login', typed(phone, { act: 'enter', code, ...more }));
const held = async (phone) => (await instance.outbox()).filter((job) => job.to === `+86${phone}`).length;
const wrong = (code) => (code === '000000' ? '111111' : '000000');
const isSignedIn = async (client) => (await client.get('/home')).status === 200;
const clientWith = (cookie) => Object.assign(new Client(instance), { cookies: [{ ...cookie }] });

// The code that asking brings: asks by ask(), answers what arrives after it.
async function codeFor(client, phone, ask = () => send(client, phone)) {
  const before = (await instance.outbox()).filter((job) => job.to === `+86${phone}`).map(({ id }) => BigInt(id));
  const sent = await ask();
  assert.equal(sent.status, 303, sent.text);
  return (await instance.sms(`+86${phone}`, { after: before.reduce((a, b) => (a > b ? a : b), 0n) })).code;
}

// ---- LOGIN-1

test('LOGIN-1: the page offers both roles, +86 first, and an unticked consent with both agreements one click away', async () => {
  const client = new Client(instance);
  const page = await client.open('/login');
  const regions = [...page.text.matchAll(/<option value="(\d+)"/g)].map(([, code]) => code);
  assert.deepEqual(regions.slice(0, 4), ['86', '852', '853', '886']);
  assert.ok(regions.length > 10, 'others follow');
  const form = client.form(page.text, '/login');
  assert.ok(!('agree' in form.fields), 'the consent is not ticked beforehand');
  assert.equal(form.fields.role, 'legal_rep');
  assert.match(page.text, /value="standard"/);
  for (const kind of ['user', 'privacy']) {
    assert.match(page.text, new RegExp(`href="/agreements/${kind}"`));
    assert.equal((await client.get(`/agreements/${kind}`)).status, 200);
  }
});

test('LOGIN-1: the agreements use the pages’ words, and promise nothing that no page does', async () => {
  const client = new Client(instance);
  for (const kind of ['user', 'privacy', 'certificate']) {
    const { text } = await client.get(`/agreements/${kind}`);
    for (const word of ['账号', '企业', '申领', '重新签发', '颁发', '凭证', '“客户服务”', '撤销', '申请注销', '修改证书密码、', '重新设置'])
      assert.ok(!text.includes(word), `${kind}: ${word}`);
  }
  for (const kind of ['user', 'certificate'])
    assert.match((await client.get(`/agreements/${kind}`)).text, /目前不能修改或者重设证书密码/);
});

test('LOGIN-1: without the tick neither the code nor the form is sent', async () => {
  const client = new Client(instance), phone = mobile();
  const refused = await send(client, phone, { agree: [] });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /id="agree-e"/);
  assert.equal(client.form(refused.text, '/login').fields.phone, phone, 'what was typed stays');
  assert.equal(await held(phone), 0);
  const code = await codeFor(client, phone);
  const unticked = await enter(client, phone, code, { agree: [] });
  assert.equal(unticked.status, 422);
  assert.match(unticked.text, /id="agree-e"/);
  assert.ok(!client.cookie('session'));
  assert.equal((await enter(client, phone, code)).status, 303, 'the refusal cost no try and used no code');
});

test('LOGIN-1: all that is missing or wrong is told at once, each at its field, and costs no try', async () => {
  const client = new Client(instance), phone = mobile();
  const told = (answer) => {
    assert.equal(answer.status, 422);
    const at = [...answer.text.matchAll(/id="(\w+)-e"/g)].map(([, field]) => field);
    assert.deepEqual([...answer.text.matchAll(/href="#(\w+)">/g)].map(([, field]) => field), ['main', ...at], 'summed up in the same order');
    return at.join();
  };
  assert.equal(told(await client.submit('/login', '/login', { act: 'enter', agree: [] })), 'phone,agree,code');
  assert.equal(told(await send(client, '12345', { agree: [] })), 'phone,agree', 'a code is what is asked for');
  assert.equal(told(await send(client, '', { region: '999' })), 'region,phone');
  const code = await codeFor(client, phone);
  assert.equal(told(await enter(client, '1390', code.slice(1), { agree: [] })), 'phone,agree,code');
  assert.equal(told(await enter(client, phone, wrong(code), { agree: [] })), 'agree');
  assert.match((await enter(client, phone, wrong(code))).text, /还可试 4 次/);
});

test('LOGIN-1: the consent stands before the code that needs it', async () => {
  const { text } = await new Client(instance).open('/login');
  const order = ['id="phone"', 'id="agree"', 'id="code"', 'value="send"', '先勾选同意协议，再获取验证码'].map((what) => text.indexOf(what));
  assert.ok(order[0] > 0);
  assert.deepEqual(order, order.toSorted((a, b) => a - b));
});

test('LOGIN-1: the versions agreed to are stored with their time; a new version is asked for at the next login', async () => {
  const agreed = (since) => rows(instance, 'SELECT agreement.kind AS kind, version, yes.made > 0 AS timed FROM agreement_yes AS yes ' +
    `JOIN agreement ON agreement.id = agreement WHERE account > ${since} ORDER BY yes.made, kind`);
  const before = (await value(instance, 'SELECT CAST(max(id) AS TEXT) FROM account')) ?? '0';
  const client = new Client(instance), phone = mobile();
  await signIn(client, phone);
  assert.deepEqual((await agreed(before)).map(({ kind, timed }) => [kind, timed]), [[0, 1], [1, 1]]);
  const text = path.join(path.dirname(instance.data), 'agreement.txt');
  await writeFile(text, '# 用户协议\n第二版的全文。\n');
  await instance.ctl('agreement', 'add', '--kind', 'user', '--version', '2027-01', '--title', '用户协议', '--file', text);
  assert.match((await client.get('/agreements/user')).text, /第二版的全文/);
  await instance.clock.advance(MINUTE + SECOND);
  const again = new Client(instance);
  assert.ok(!('agree' in again.form((await again.open('/login')).text, '/login').fields), 'nobody ticks for the person');
  assert.equal((await send(again, phone, { agree: [] })).status, 422);
  await signIn(again, phone);
  assert.deepEqual((await agreed(before)).map(({ kind, version }) => `${kind} ${version}`).slice(2), ['0 2027-01'],
    'the new version beside the old one, the unchanged one once');
});

// ---- LOGIN-2

test('LOGIN-2: a new number is registered by its first login, gets the message and the first-steps page, later the home page', async () => {
  const client = new Client(instance), phone = mobile();
  const entered = await enter(client, phone, await codeFor(client, phone));
  assert.equal(entered.location, '/welcome');
  assert.equal((await client.follow(entered)).status, 200);
  assert.match((await client.get('/messages')).text, /账户已注册/);
  await instance.clock.advance(MINUTE);
  const again = new Client(instance);
  assert.equal((await enter(again, phone, await codeFor(again, phone))).location, '/home');
});

// ---- LOGIN-3

test('LOGIN-3: a code has 6 digits, serves once, and only the number it was sent to', async () => {
  const a = new Client(instance), b = new Client(instance), phoneA = mobile(), phoneB = mobile();
  const [codeA, codeB] = [await codeFor(a, phoneA), await codeFor(b, phoneB)];
  assert.match(codeA, /^\d{6}$/);
  if (codeA !== codeB) assert.equal((await enter(b, phoneB, codeA)).status, 422);
  assert.equal((await enter(a, phoneA, codeA)).status, 303);
  const again = await enter(new Client(instance), phoneA, codeA);
  assert.equal(again.status, 422);
  assert.match(again.text, /已经用过/);
});

test('LOGIN-3: no code was asked for, five digits, seven digits, letters: each is told so and changes nothing', async () => {
  const client = new Client(instance), phone = mobile();
  assert.match((await enter(client, phone, '123456')).text, /请先获取验证码/);
  const code = await codeFor(client, phone);
  for (const bad of ['', code.slice(1), `${code}1`, 'abcdef', '１２３４５６']) {
    const answer = await enter(client, phone, bad);
    assert.equal(answer.status, 422, bad);
    assert.match(answer.text, /id="code-e"/);
  }
  assert.equal((await enter(client, phone, code)).status, 303, 'none of them cost a try');
});

test('LOGIN-3: a code is taken shortly before 5 minutes have passed, not at 5 minutes', async () => {
  const early = new Client(instance), late = new Client(instance), phoneE = mobile(), phoneL = mobile();
  const codeL = await codeFor(late, phoneL), codeE = await codeFor(early, phoneE);
  const page = await early.open('/login');
  await instance.clock.advance(5 * MINUTE - 4 * SECOND);
  assert.equal((await early.submit(page, '/login', typed(phoneE, { act: 'enter', code: codeE }))).status, 303);
  await instance.clock.advance(4 * SECOND);
  const expired = await enter(late, phoneL, codeL);
  assert.equal(expired.status, 422);
  assert.match(expired.text, /已过 5 分钟/);
});

test('LOGIN-3: another code after 60 seconds, not before, and the page counts down', async () => {
  const client = new Client(instance), phone = mobile();
  const first = await codeFor(client, phone);
  const waiting = await client.open('/login');
  const seconds = Number(waiting.text.match(/data-seconds="(\d+)"/)[1]);
  assert.ok(seconds > 40 && seconds <= 60, `${seconds} s`);
  await instance.clock.advance(55 * SECOND);
  const soon = await client.submit(waiting, '/login', typed(phone, { act: 'send' }));
  assert.equal(soon.status, 429);
  assert.ok(Number(soon.headers['retry-after']) >= 1 && Number(soon.headers['retry-after']) <= 5, soon.headers['retry-after']);
  assert.match(soon.text, /秒后可重发/);
  await instance.clock.advance(5 * SECOND);
  const code = await codeFor(client, phone);
  if (code !== first) assert.equal((await enter(client, phone, first)).status, 422, 'the former code is void');
  assert.equal((await enter(client, phone, code)).status, 303);
});

test('LOGIN-3: where the clock was set back, the page counts no hour down and another code leaves at once', async () => {
  const client = new Client(instance), phone = mobile();
  await codeFor(client, phone);
  await instance.clock.advance(-HOUR);
  try {
    assert.doesNotMatch((await client.open('/login')).text, /data-seconds/);
    assert.equal((await send(client, phone)).status, 303);
    assert.match((await client.open('/login')).text, /data-seconds/);
  } finally {
    await instance.clock.advance(HOUR);
  }
});

test('LOGIN-3: at most 5 codes an hour and 10 a day for a phone, whatever address asks', async () => {
  const phone = mobile();
  const ask = () => send(new Client(instance), phone);
  const sendFive = async () => {
    for (let i = 0; i < 5; i++) {
      assert.equal((await ask()).status, 303, `code ${i + 1}`);
      await instance.clock.advance(MINUTE);
    }
  };
  await sendFive();
  const sixth = await ask();
  assert.equal(sixth.status, 429);
  const wait = Number(sixth.headers['retry-after']);
  assert.ok(wait > 50 * 60 && wait <= 55 * 60, `${wait} s`);
  await instance.clock.advance(HOUR);
  await sendFive();
  await instance.clock.advance(HOUR);
  const eleventh = await ask();
  assert.equal(eleventh.status, 429);
  assert.match(eleventh.text, /明天/);
  assert.ok(Number(eleventh.headers['retry-after']) > 20 * 3600);
  await instance.clock.advance(DAY);
  assert.equal((await ask()).status, 303);
});

test('LOGIN-3: the 31st code an hour of an address is refused with the time to wait, another address is not', async () => {
  const client = new Client(instance);
  const page = await client.open('/login');
  const statuses = [];
  let last;
  for (let i = 0; i < 31; i++) {
    last = await client.submit(page, '/login', typed(mobile(), { act: 'send' }));
    statuses.push(last.status);
  }
  assert.deepEqual(statuses, [...Array(30).fill(303), 429]);
  assert.ok(Number(last.headers['retry-after']) > 50 * 60);
  assert.match(last.text, /所在的网络/);
  assert.equal((await send(new Client(instance), mobile())).status, 303);
});

test('LOGIN-3: the fifth wrong try voids the code, also for who then knows it', async () => {
  const client = new Client(instance), phone = mobile(), code = await codeFor(client, phone);
  for (const left of [4, 3, 2, 1]) {
    const answer = await enter(client, phone, wrong(code));
    assert.equal(answer.status, 422);
    assert.match(answer.text, new RegExp(`还可试 ${left} 次`));
  }
  assert.equal((await enter(client, phone, wrong(code))).status, 429);
  const right = await enter(client, phone, code);
  assert.equal(right.status, 429);
  assert.match(right.text, /已作废/);
  assert.ok(!client.cookie('session'));
});

// Eight browsers that stand ready at the login page.
async function ready(count) {
  const clients = Array.from({ length: count }, () => new Client(instance));
  return Promise.all(clients.map(async (client) => ({ client, page: await client.open('/login') })));
}

test('LOGIN-3: of eight wrong tries at once five count, and the sixth is refused before it is compared', async () => {
  const phone = mobile(), code = await codeFor(new Client(instance), phone);
  const crowd = await ready(8);
  const answers = await Promise.all(crowd.map(({ client, page }) =>
    client.submit(page, '/login', typed(phone, { act: 'enter', code: wrong(code) }))));
  assert.equal(answers.filter(({ status }) => status === 422).length, 4, answers.map(({ status }) => status).join());
  assert.equal(answers.filter(({ status }) => status === 429).length, 4);
  assert.equal(await value(instance, 'SELECT tries FROM sms_code ORDER BY id DESC LIMIT 1'), 5);
  assert.equal((await enter(new Client(instance), phone, code)).status, 429);
});

test('LOGIN-3: after four wrong tries eight at once, one of them right: at most that one comes in', async () => {
  const phone = mobile(), first = new Client(instance), code = await codeFor(first, phone);
  for (let i = 0; i < 4; i++) assert.equal((await enter(first, phone, wrong(code))).status, 422);
  const crowd = await ready(8);
  const answers = await Promise.all(crowd.map(({ client, page }, i) =>
    client.submit(page, '/login', typed(phone, { act: 'enter', code: i === 3 ? code : wrong(code) }))));
  answers.forEach(({ status }, i) => assert.ok(status === 429 || (i === 3 && status === 303), `${i}: ${status}`));
  assert.equal(await value(instance, 'SELECT tries FROM sms_code ORDER BY id DESC LIMIT 1'), 5);
});

test('LOGIN-3: two logins with one code at once are one account and one session', async () => {
  const phone = mobile(), code = await codeFor(new Client(instance), phone);
  const count = async () => [await value(instance, 'SELECT count(*) FROM session'), await value(instance, 'SELECT count(*) FROM account')];
  const [sessions, accounts] = await count();
  const crowd = await ready(4);
  const answers = await Promise.all(crowd.map(({ client, page }) =>
    client.submit(page, '/login', typed(phone, { act: 'enter', code }))));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 422, 422, 422]);
  assert.deepEqual(await count(), [sessions + 1, accounts + 1]);
});

test('LOGIN-3: no answer tells whether the number has an account', async () => {
  const known = mobile(), unknown = mobile();
  await signIn(new Client(instance), known);
  await instance.clock.advance(MINUTE);
  const bare = ({ status, text, headers, location }, phone) => {
    const same = { ...headers, date: '', 'x-request-id': '' };
    if ('retry-after' in same) same['retry-after'] = 'seconds';
    same['set-cookie'] = (headers['set-cookie'] ?? []).map((line) => line.replace(/=[^;]*/, (all) => `=${'x'.repeat(all.length)}`));
    return { status, location, headers: same,
      text: text.replaceAll(phone, 'PHONE').replace(/name="csrf" value="[^"]*"/g, '').replace(/data-seconds="\d+"|\d+ 秒/g, '') };
  };
  const told = async (phone) => {
    const client = new Client(instance, { address: '2001:db8::77' });
    let sent;
    const code = await codeFor(client, phone, async () => (sent = await send(client, phone)));
    const page = await client.follow(sent);
    return [sent, page, await send(client, phone), await enter(client, phone, wrong(code))].map((answer) => bare(answer, phone));
  };
  assert.deepEqual(await told(unknown), await told(known));
});

test('LOGIN-3: a region or number that does not exist is told at its field, and nothing is sent', async () => {
  const client = new Client(instance), before = new Set((await instance.outbox()).map(({ id }) => id));
  for (const [region, phone, field] of [['999', '13900000000', 'region'], ['0', '13900000000', 'region'], ['', '13900000000', 'region'],
    ['86', '12345', 'phone'], ['86', '1390000000a', 'phone'], ['86', '', 'phone'], ['852', '13900000000', 'phone']]) {
    const answer = await send(client, phone, { region });
    assert.equal(answer.status, 422, `${region} ${phone}`);
    assert.match(answer.text, new RegExp(`id="${field}-e"`), `${region} ${phone}`);
  }
  assert.deepEqual((await instance.outbox()).filter(({ id }) => !before.has(id)), []); // old ones are tidied away meanwhile
});

test('LOGIN-3, SEC-5: broken UTF-8, NUL, control and bidi characters in any field are refused and change nothing', async () => {
  const client = new Client(instance, { address: '127.0.0.1' }), phone = mobile(); // beyond the front server's limit of requests
  const page = await client.open('/login');
  const { fields } = client.form(page.text, '/login');
  const encode = (pairs) => Object.entries(pairs).map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
  const tried = [];
  for (const [what, bytes] of [['broken', '%FF%FE'], ['overlong', '%C0%AF'], ['surrogate', '%ED%A0%80'], ['NUL', '%00'], ['control', '%07'],
    ['escape', '%1B'], ['bidi', '%E2%80%AE'], ['isolate', '%E2%81%A6']]) {
    for (const name of ['role', 'region', 'phone', 'code', 'act', 'next', 'csrf', 'edition', 'agree']) {
      if (name === 'agree' && ['control', 'escape', 'bidi', 'isolate'].includes(what)) continue; // a tick's value is nobody's text
      if (name === 'edition') continue; // no session yet: not looked at
      const all = typed(phone, { ...fields, act: 'send', code: '', phone });
      const body = encode(all).filter((pair) => !pair.startsWith(`${name}=`));
      body.push(`${name}=${encodeURIComponent(all[name] ?? '')}${bytes}`);
      const answer = await client.post('/login', body.join('&'));
      tried.push([what, name, answer.status]);
      assert.ok([400, 403, 422].includes(answer.status), `${what} in ${name}: ${answer.status}`);
      assert.ok(!answer.text.includes('\u202e') && !answer.text.includes('\u0007') && !answer.text.includes('\u001b'), `${what} in ${name} comes back`);
    }
  }
  assert.ok(tried.length > 50);
  assert.equal(await held(phone), 0);
  assert.equal((await client.submit(page, '/login', typed(phone, { act: 'send' }))).status, 303, 'the same form, clean, is taken');
});

// ---- LOGIN-5

test('LOGIN-5: a login makes a new session and ends the one this browser had', async () => {
  const client = new Client(instance), phone = mobile();
  await signIn(client, phone);
  const old = client.cookie('session');
  await instance.clock.advance(MINUTE);
  const page = await client.open('/logout'); // a signed-in browser whose person signs in again by hand
  const csrf = client.form(page.text, '/logout').fields.csrf;
  const code = await codeFor(client, phone, () => client.post('/login', typed(phone, { act: 'send', csrf })));
  assert.equal((await client.post('/login', typed(phone, { act: 'enter', code, csrf }))).status, 303);
  assert.notEqual(client.cookie('session').value, old.value);
  assert.ok(await isSignedIn(client));
  assert.ok(!(await isSignedIn(clientWith(old))), 'the old cookie is worth nothing');
});

// ---- LOGIN-7

test('LOGIN-7: the edition is switched without a new login and stays', async () => {
  const client = new Client(instance);
  await signIn(client, mobile(), { role: 'legal_rep' });
  const before = client.cookie('session').value;
  const edition = async () => client.form((await client.open('/logout')).text, '/logout').fields.edition;
  assert.equal(await edition(), 'legal_rep');
  const switched = await client.submit('/home', '/edition', { to: 'standard' });
  assert.equal(switched.status, 303);
  assert.equal(client.cookie('session').value, before);
  assert.equal(await edition(), 'standard');
  assert.equal(await edition(), 'standard');
});

test('LOGIN-7: a form of the other edition is refused with 409 and changes nothing', async () => {
  const client = new Client(instance), phone = mobile();
  await signIn(client, phone, { role: 'legal_rep' });
  await instance.clock.advance(MINUTE);
  const other = new Client(instance);
  await signIn(other, phone);
  const list = await client.open('/me/sessions');
  await client.submit('/home', '/edition', { to: 'standard' });
  const refused = await client.submit(list, '/me/sessions/end-others');
  assert.equal(refused.status, 409);
  assert.ok(await isSignedIn(other));
  assert.equal((await client.submit('/me/sessions', '/me/sessions/end-others')).status, 303);
});

// ---- where a login leads

test('SEC-2: next leads only inside the portal', async () => {
  const who = await person(instance);
  const bad = ['//evil.example/', '/\\evil.example', '\\\\evil.example', 'https://evil.example/', 'javascript:alert(1)', 'evil', '/%0d%0aX-Evil: 1',
    '/\r\nX-Evil: 1', '/\tevil', '///evil.example', '/\u202eevil', `/${'a'.repeat(400)}`];
  for (const next of bad) {
    const signedIn = await who.client.get(`/login?next=${encodeURIComponent(next)}`);
    assert.equal(signedIn.status, 303, next);
    const inside = new URL(signedIn.location, instance.origin);
    assert.equal(inside.origin, instance.origin, next);
    assert.ok(signedIn.location === '/home' || next === '/%0d%0aX-Evil: 1', `${next} leads to ${signedIn.location}`);
    assert.ok(!signedIn.headers['x-evil'], next);
    const client = new Client(instance), phone = mobile();
    const code = await codeFor(client, phone);
    const entered = await enter(client, phone, code, { next });
    if (entered.status === 422) continue; // the field itself was refused, and says so
    assert.equal(entered.status, 303, next);
    assert.ok(entered.location === '/welcome' || next === '/%0d%0aX-Evil: 1', `${next} leads to ${entered.location}`);
  }
});

test('LOGIN-3: a page that needs a login leads there, and the login back to it', async () => {
  const client = new Client(instance);
  const asked = await client.get('/me/records?days=30');
  assert.equal(asked.status, 303);
  assert.equal(asked.location, '/login?next=%2Fme%2Frecords');
  const phone = mobile(), code = await codeFor(client, phone);
  const form = await client.open(asked.location);
  const entered = await client.submit(form, '/login', typed(phone, { act: 'enter', code }));
  assert.equal(entered.location, '/me/records');
});

test('SET-6: a login leads neither back to leaving nor to itself', async () => {
  const client = new Client(instance);
  await signIn(client, mobile());
  await client.submit('/logout', '/logout');
  assert.equal((await client.get('/logout')).location, '/login');
  for (const next of ['/logout', '/login?next=%2Flogout']) {
    const phone = mobile(), code = await codeFor(client, phone);
    const form = await client.open(`/login?next=${encodeURIComponent(next)}`);
    const entered = await client.submit(form, '/login', typed(phone, { act: 'enter', code }));
    assert.equal(entered.location, '/welcome', next);
    assert.equal((await client.get(`/login?next=${encodeURIComponent(next)}`)).location, '/home', next);
    await client.submit('/logout', '/logout');
  }
});

test('LOGIN-3: a refused form says what to mend, and a browser’s Back finds it again', async () => {
  const client = new Client(instance);
  const refused = await send(client, mobile(), { agree: [] });
  assert.match(refused.text, /没有提交成功：/);
  assert.equal(refused.headers['cache-control'], 'private, no-cache');
  assert.equal((await client.get('/login')).headers['cache-control'], 'no-store');
});

// ---- SET-6

test('SET-6: leaving asks first; then the cookie is gone and worth nothing', async () => {
  const client = new Client(instance);
  await signIn(client, mobile());
  const old = client.cookie('session');
  const asked = await client.open('/logout');
  assert.equal(asked.status, 200);
  assert.ok(await isSignedIn(client), 'asking ends nothing');
  const left = await client.submit(asked, '/logout');
  assert.equal(left.status, 303);
  assert.equal(left.location, '/login');
  assert.ok(!client.cookie('session'));
  assert.ok(!(await isSignedIn(clientWith(old))));
  assert.match((await client.follow(left)).text, /已退出登录/);
});

test('HOME-1: a second login tells when and where the one before it was', async () => {
  const { phone } = await person(instance, { client: new Client(instance, { address: '203.0.113.9' }) });
  const again = new Client(instance, { address: '203.0.113.10' });
  await instance.clock.advance(MINUTE + SECOND);
  await signIn(again, phone);
  const home = await again.get('/home');
  assert.match(home.text, /上次登录：1 分钟前，203\.0\.113\.9，/);
  assert.doesNotMatch(home.text, /您是第一次登录/);
});
