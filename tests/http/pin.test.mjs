// Setting the certificate password, and its lock as the page tells it. The lock's edges need a clock of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startInstance } from '../harness/instance.mjs';
import { PIN, person, setPin, takeCert } from '../harness/people.mjs';

const MINUTE = 60_000;
let instance;
before(async () => { instance = await startInstance(); });
after(() => instance.stop());

const set = (who, pin, again = pin, more = {}) => who.client.submit('/me/pin', '/keys/pin', { pin, again, ...more });

test('PIN-1: a password is refused at its edges, each with its reason, and nothing of it comes back', async () => {
  const who = await person(instance);
  for (const [pin, reason, again] of [
    ['Kd72-h9', '太短了，证书密码至少 8 个字符'],
    ['k4'.repeat(33), '太长了，证书密码最多 64 个字符'],
    ['12345678', '不能是连续的字符'],
    ['hgfedcba', '不能是连续的字符'],
    ['88888888', '不能全是同一个字符'],
    [who.phone, '不能是手机号的一部分'],
    [who.doc.slice(6, 14), '不能是证件号码的一部分'],
    ['Qinghe-2026', '两次输入的不一样', 'Qinghe-2027'],
    ['', '请输入证书密码'],
  ]) {
    const refused = await set(who, pin, again ?? pin);
    assert.equal(refused.status, 422, pin);
    assert.ok(refused.text.includes(reason), `${pin}: ${reason}`);
    assert.doesNotMatch(refused.text, /type="password"[^>]*value=/);
    if (pin) assert.ok(!refused.text.replace(/data-own="[^"]*"/, '').includes(`"${pin}"`));
  }
  assert.match((await who.client.get('/me/pin')).text, /name="pin"/, 'none is set');
});

test('PIN-1: 8 and 64 characters of any script will do; it is set once, goes on to where it was needed, and is told', async () => {
  const shortest = await person(instance);
  assert.equal((await set(shortest, '印信9-kQzp')).status, 303);
  const longest = await person(instance);
  assert.equal((await set(longest, '长密码9'.repeat(16))).status, 303);

  const who = await person(instance);
  const page = await who.client.get('/me/pin?next=/certs/new');
  const done = await who.client.submit(page, '/keys/pin', { pin: PIN, again: PIN });
  assert.equal(done.location, '/certs/new');
  const state = await who.client.get('/me/pin');
  assert.match(state.text, /已设置/);
  assert.match(state.text, /还可试 5 次/);
  assert.doesNotMatch(state.text, /name="pin"/);
  assert.match(state.text, /btn-primary" href="\/orgs">单位的证书和印章/, 'a legal representative goes on to the org');
  assert.match((await who.client.get('/messages')).text, /证书密码已设置/);
  const { csrf, edition } = who.client.form((await who.client.get('/me')).text, '/edition').fields;
  assert.equal((await who.client.post('/keys/pin', { pin: 'Another-2026', again: 'Another-2026', csrf, edition })).status, 409);
});

test('PIN-1: it leads nowhere outside, and needs a verified real name', async () => {
  const who = await person(instance);
  const page = await who.client.get('/me/pin');
  const done = await who.client.submit(page, '/keys/pin', { pin: PIN, again: PIN, next: '//elsewhere.example' });
  assert.equal(done.location, '/me/pin');
  const nobody = await person(instance, { verified: false });
  const refused = await nobody.client.get('/me/pin');
  assert.equal(refused.status, 403);
  assert.match(refused.text, /“证书密码”需先实名/);
  const { csrf, edition } = nobody.client.form((await nobody.client.get('/me')).text, '/edition').fields;
  assert.equal((await nobody.client.post('/keys/pin', { pin: PIN, again: PIN, csrf, edition })).status, 403);
});

test('SEC-2: the password is not set by a form without its token, nor below /me', async () => {
  const who = await person(instance);
  const { fields } = who.client.form((await who.client.get('/me/pin')).text, '/keys/pin');
  assert.equal((await who.client.post('/keys/pin', { ...fields, csrf: '', pin: PIN, again: PIN })).status, 403);
  assert.equal((await who.client.post('/me/pin', { ...fields, pin: PIN, again: PIN })).status, 405);
  assert.match((await who.client.get('/me/pin')).text, /name="pin"/);
});

test('PIN-3: as long as nobody can change or reset it, the pages say so: before it is set, when it is set and when it is locked', async () => {
  const who = await person(instance);
  assert.match((await who.client.get('/me/pin')).text, /设置之后还不能修改或重设/);
  await setPin(who);
  const cert = await takeCert(who);
  const told = async () => assert.match((await who.client.get('/me/pin')).text, /忘记了证书密码.*还不能修改或重设证书密码.*补发证书、领取新的证书都要输入同一个密码/s);
  await told();
  for (let i = 0; i < 5; i++) await who.client.submit(`/certs/${cert}/install`, `/keys/certs/${cert}/install`, { pin: 'Wrong-9-wrong' });
  assert.match((await who.client.get('/me/pin')).text, /已锁定/);
  await told();
  assert.equal((await who.client.submit(`/certs/${cert}/revoke`, `/certs/${cert}/revoke`, { reason: 'other' })).status, 303,
    'what the page says is left to do works without it');
});

test('PIN-4: the fifth wrong entry locks for 15 minutes; page and message say so; then it opens again', async () => {
  const who = await person(instance);
  await setPin(who);
  const cert = await takeCert(who);
  const install = (pin) => who.client.submit(`/certs/${cert}/install`, `/keys/certs/${cert}/install`, { pin });
  for (const left of [4, 3, 2, 1]) assert.match((await install('Wrong-9-wrong')).text, new RegExp(`还可试 ${left} 次`));
  assert.match((await who.client.get('/me/pin')).text, /还可试 1 次/);
  assert.equal((await install('Wrong-9-wrong')).status, 429);

  const locked = await who.client.get('/me/pin');
  assert.match(locked.text, /已锁定/);
  const seconds = Number(locked.text.match(/data-seconds="(\d+)"/)[1]);
  assert.ok(seconds > 880 && seconds <= 900, `${seconds} seconds`);
  const home = await who.client.get('/home');
  assert.match(home.text, /<span class="wait">已锁定/);
  assert.match((await who.client.get('/messages')).text, /证书密码已锁定 15 分钟/);
  assert.match((await who.client.get('/me/records')).text, /证书密码输错，已锁定/);

  await instance.clock.advance(14 * MINUTE);
  assert.match((await who.client.get('/me/pin')).text, /已锁定/);
  await instance.clock.advance(MINUTE);
  assert.match((await who.client.get('/me/pin')).text, /还可试 5 次/);
});
