// Sessions, how long they live and how they end, and one's devices. A second sign-in waits for the next code, so the clock is this suite's own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../harness/client.mjs';
import { holds } from '../harness/database.mjs';
import { unescape } from '../harness/form.mjs';
import { startInstance } from '../harness/instance.mjs';
import { legalRep, mobile, person, signIn } from '../harness/people.mjs';

let instance;
before(async () => { instance = await startInstance(); });
after(() => instance.stop());

async function again(who, options) {
  await instance.clock.advance(61_000);
  const client = new Client(instance, options);
  await signIn(client, who.phone);
  return client;
}

const SECOND = 1000, MINUTE = 60 * SECOND;
const isSignedIn = async (client) => (await client.get('/home')).status === 200;
const clientWith = (cookie) => Object.assign(new Client(instance), { cookies: [{ ...cookie }] });
const ids = (html) => [...html.matchAll(/action="\/me\/sessions\/(\d+)\/end"/g)].map(([, id]) => id);

// ---- how long one lives

test('LOGIN-5: the session cookie is 256 random bits, HttpOnly, Lax, of this browser session, and stored only hashed', async () => {
  const client = new Client(instance);
  await signIn(client, mobile());
  const cookie = client.cookie('session');
  assert.match(cookie.value, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, 'lax');
  assert.equal(cookie.path, '/');
  assert.equal(cookie.maxAge, undefined);
  assert.ok(!cookie.secure, 'plain http on loopback');
  for (const encoding of ['utf8', 'base64url']) assert.equal(await holds(instance, Buffer.from(cookie.value, encoding)), false, encoding);
});

test('LOGIN-5: a session ends after 30 idle minutes, and lives on while it is used', async () => {
  const client = new Client(instance);
  await signIn(client, mobile());
  await instance.clock.advance(30 * MINUTE - 5 * SECOND);
  assert.ok(await isSignedIn(client));
  await instance.clock.advance(30 * MINUTE - 5 * SECOND);
  assert.ok(await isSignedIn(client));
  await instance.clock.advance(30 * MINUTE);
  const answer = await client.get('/home');
  assert.equal(answer.status, 303);
  assert.equal(answer.location, '/login?next=%2Fhome');
});

test('LOGIN-5: no session lives longer than 12 hours, however busy', async () => {
  const client = new Client(instance);
  await signIn(client, mobile());
  for (let i = 1; i < 24; i++) {
    await instance.clock.advance(30 * MINUTE - 5 * SECOND);
    assert.ok(await isSignedIn(client), `${i / 2} h`);
  }
  await instance.clock.advance(25 * MINUTE);
  assert.ok(await isSignedIn(client), 'shortly before 12 h');
  await instance.clock.advance(7 * MINUTE);
  assert.ok(!(await isSignedIn(client)), '12 h');
});

test('LOGIN-5: a session cookie that somebody planted is never taken over', async () => {
  const planted = { name: 'session', value: 'A'.repeat(43), path: '/', sameSite: 'lax' };
  const client = clientWith(planted), phone = mobile();
  await signIn(client, phone);
  assert.notEqual(client.cookie('session').value, planted.value);
  assert.ok(await isSignedIn(client));
  assert.ok(!(await isSignedIn(clientWith(planted))));
  const visit = client.cookie('visit');
  assert.ok(!(await isSignedIn(clientWith({ ...visit, name: 'session' }))), 'nor is the pre-session one');
});

test('LOGIN-5: one sees one\'s sessions and ends the others; their cookies are worth nothing from then on', async () => {
  const here = new Client(instance, { agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0' }), phone = mobile();
  await signIn(here, phone);
  await instance.clock.advance(MINUTE);
  const there = new Client(instance, { agent: 'Mozilla/5.0 (Windows NT 10.0) Firefox/128.0' });
  await signIn(there, phone);
  const list = await here.open('/me/sessions');
  assert.match(list.text, /Firefox/);
  assert.equal((await here.submit(list, '/me/sessions/end-others')).status, 303);
  assert.match((await there.follow(await there.get('/home'))).text, /登录已结束，请重新登录。/, 'whose session was ended is told so');
  assert.ok(!(await isSignedIn(there)));
  assert.ok(await isSignedIn(here));
  const stranger = new Client(instance);
  assert.doesNotMatch((await stranger.follow(await stranger.get('/home'))).text, /登录已结束/);
});

// ---- the list

test('LOGIN-5: sessions are listed with address and browser, this one marked and not to be ended here', async () => {
  const who = await person(instance, { client: new Client(instance, { address: '203.0.113.9' }) });
  await again(who, { address: '198.51.100.4', agent: 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36' });
  const { text, status } = await who.client.get('/me/sessions');
  assert.equal(status, 200);
  assert.equal(ids(text).length, 1);
  assert.ok(text.indexOf('203.0.113.9') < text.indexOf('198.51.100.4'), 'this one first');
  assert.equal(text.match(/本浏览器/g).length, 1);
  assert.match(text, /Windows/);
});

test('LOGIN-5: another session ends at once; the one that ends it goes on', async () => {
  const who = await person(instance), other = await again(who);
  const [id] = ids((await who.client.get('/me/sessions')).text);
  const ended = await who.client.submit('/me/sessions', `/me/sessions/${id}/end`);
  assert.equal(ended.status, 303);
  assert.match((await who.client.follow(ended)).text, /那个登录已结束/);
  assert.equal((await other.get('/home')).status, 303);
  assert.equal((await who.client.get('/home')).status, 200);
});

test('LOGIN-5: all others end together', async () => {
  const who = await person(instance), second = await again(who), third = await again(who);
  assert.equal((await who.client.submit('/me/sessions', '/me/sessions/end-others')).status, 303);
  assert.deepEqual([(await second.get('/home')).status, (await third.get('/home')).status], [303, 303]);
  const page = await who.client.open('/me/sessions');
  assert.equal(page.status, 200);
  assert.deepEqual(ids(page.text), []);
});

test('SEC-1: another person’s session is not found and lives on', async () => {
  const who = await person(instance), second = await again(who), stranger = await person(instance);
  const [id] = ids((await who.client.get('/me/sessions')).text);
  const form = stranger.client.form((await stranger.client.get('/me')).text, '/edition');
  const { csrf, edition } = form.fields;
  assert.equal((await stranger.client.post(`/me/sessions/${id}/end`, { csrf, edition })).status, 404);
  assert.equal((await stranger.client.post('/me/sessions/x/end', { csrf, edition })).status, 404);
  assert.equal((await second.get('/home')).status, 200);
});

test('SEC-2: a form without its token, with another’s, or from another site ends nothing', async () => {
  const who = await person(instance), second = await again(who), stranger = await person(instance);
  const page = await who.client.get('/me/sessions');
  const { action, fields } = who.client.form(page.text, `/me/sessions/${ids(page.text)[0]}/end`);
  const others = stranger.client.form((await stranger.client.get('/me')).text, '/edition').fields.csrf;
  for (const sent of [{ ...fields, csrf: '' }, { ...fields, csrf: others }, { edition: fields.edition }])
    assert.equal((await who.client.post(action, sent)).status, 403);
  assert.equal((await who.client.post(action, fields, { headers: { origin: 'https://elsewhere.example' } })).status, 403);
  assert.equal((await who.client.post(action, fields, { crossSite: true })).status, 401, 'a Lax cookie stays home');
  assert.equal((await second.get('/home')).status, 200);
});

test('CERT-7: a device that holds keys is named by its owner, and keeps its name where the new one can’t be used', async () => {
  const who = await legalRep(instance, { personal: true });
  const page = await who.client.get('/me/sessions');
  const [, id] = page.text.match(/action="\/me\/devices\/(\d+)\/name"/);
  const path = `/me/devices/${id}/name`;
  const rename = (device_name) => who.client.submit('/me/sessions', path, { device_name });
  const renamed = await rename('  办公室的电脑 <1> ');
  assert.equal(renamed.status, 303, renamed.text);
  assert.match((await who.client.follow(renamed)).text, /<b class="yx-b">办公室的电脑 &lt;1&gt;<\/b>/);

  for (const [bad, message] of [['', '请填写这一项'], ['名'.repeat(41), '太长了，最多 40 个字'], ['a\u0007b', '不能使用的字符'],
    ['abc\u202etxt', '不能使用的字符'], ['一\n二', '不能使用的字符']]) {
    const refused = await rename(bad);
    assert.equal(refused.status, 422, JSON.stringify(bad));
    assert.ok(refused.text.includes(message), `${JSON.stringify(bad)}: ${message}`);
    assert.match(refused.text, /<details class="yx-fold" open>/);
    assert.match(refused.text, /办公室的电脑/);
  }
  const kept = await rename('名'.repeat(41));
  assert.equal(unescape(kept.text.match(/name="device_name"[^>]* value="([^"]*)"/)[1]), '名'.repeat(41), 'what was typed stays');

  const { fields } = who.client.form(page.text, path);
  const broken = `${new URLSearchParams({ csrf: fields.csrf, edition: fields.edition })}&device_name=%ff%fe`;
  assert.equal((await who.client.post(path, broken)).status, 400);
  const huge = await who.client.post(path, { ...fields, device_name: 'a'.repeat(5 << 20) });
  assert.equal(huge.status, 413);
  const stranger = await person(instance);
  const token = stranger.client.form((await stranger.client.get('/me')).text, '/edition').fields;
  assert.equal((await stranger.client.post(path, { csrf: token.csrf, edition: token.edition, device_name: 'mine' })).status, 404);
  assert.match((await who.client.get('/me/sessions')).text, /办公室的电脑/);
});

const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1';

test('LOGIN-5: a phone that holds a cert stays signed in for approvals and messages; for settings one signs in again', async () => {
  const who = await legalRep(instance, { client: new Client(instance, { agent: iphone }) });
  const before = who.client.cookie('session').value;
  const kept = await who.client.submit('/me/sessions', '/me/sessions/keep', { keep: 'yes' });
  assert.equal(kept.status, 303);
  const cookie = who.client.cookie('session');
  assert.notEqual(cookie.value, before);
  assert.ok(cookie.maxAge > 29 * 86400 && cookie.maxAge <= 30 * 86400, `${cookie.maxAge} seconds`);
  await instance.clock.advance(13 * 3_600_000);
  assert.equal((await who.client.get('/messages')).status, 200);
  assert.equal((await who.client.get('/scan')).status, 200);
  const settings = await who.client.get('/me/consents');
  assert.equal(settings.status, 303);
  assert.match((await who.client.follow(settings)).text, /action="\/login"/);
  const left = await who.client.submit('/me/sessions', '/me/sessions/keep', { keep: 'no' });
  assert.equal(left.status, 303);
  assert.equal((await who.client.get('/messages')).status, 303);
});

test('LOGIN-5: no desktop is offered to stay signed in, and none can ask for it', async () => {
  const who = await legalRep(instance);
  const page = await who.client.open('/me/sessions');
  assert.doesNotMatch(page.text, /\/me\/sessions\/keep/);
  const { fields } = who.client.form(page.text, '/edition');
  const asked = await who.client.post('/me/sessions/keep', { ...fields, keep: 'yes' });
  assert.equal(asked.status, 403);
});
