// The home page and one's own page.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { orgOf, person, setPin, takeCert } from '../harness/people.mjs';

let instance;
before(async () => { instance = await sharedInstance(); });

const tile = (html, path) => html.match(new RegExp(`<a class="yx-tile[^"]*" href="${path.replace('?', '\\?')}">.*?</b><span[^>]*>(.*?)</span>`, 's'))?.[1];

test('HOME-1: without a real name everything stands there, and what needs one says so', async () => {
  const { client, phone } = await person(instance, { verified: false });
  const home = await client.get('/home');
  assert.equal(home.status, 200);
  for (const path of ['/scan', '/certs', '/me/pin']) assert.match(tile(home.text, path), /需先实名/, path);
  assert.equal(tile(home.text, '/orgs'), '还没有');
  assert.equal(tile(home.text, '/messages?unread=1'), '1 条');
  assert.match(home.text, /未实名/);
  assert.match(home.text, new RegExp(`${phone.slice(0, 3)}\\*\\*\\*\\*${phone.slice(7)}，(早上|上午|下午|晚上)好`));
  assert.ok(!home.text.includes(phone), 'the whole number stands nowhere');
  assert.match(home.text, /您是第一次登录/);
  assert.match(home.text, /运营方还没有填写名称<br>客服电话还没有公布/, 'what the operator has not said is said so');
  assert.match(home.text, /请带身份证件联系运营人员，核验后录入/);
});

test('HOME-1: certificate, password, orgs and unread messages are told with their state', async () => {
  const who = await person(instance);
  const org = await orgOf(instance, who);
  let home = await who.client.get('/home');
  assert.match(home.text, new RegExp(`${who.name}，`));
  assert.equal(tile(home.text, '/certs'), '还没有');
  assert.equal(tile(home.text, '/me/pin'), '未设置');
  assert.match(home.text, /第一次使用：先<a href="[^"]*\/me\/pin">设置证书密码<\/a>/);
  assert.equal(tile(home.text, '/orgs'), '1 个');
  assert.match(home.text, new RegExp(`href="/orgs/${org.id}"`));
  await setPin(who);
  await takeCert(who);
  home = await who.client.get('/home');
  assert.equal(tile(home.text, '/me/pin'), '已设置');
  assert.doesNotMatch(home.text, /第一次使用/);
  assert.equal(tile(home.text, '/certs'), '未安装');
  assert.match(home.text, /<span class="wait">未安装/);
});

test('SET-7: one’s own page masks phone and document', async () => {
  const who = await person(instance);
  const me = await who.client.get('/me');
  assert.equal(me.status, 200);
  assert.ok(!me.text.includes(who.phone) && !me.text.includes(who.doc));
  assert.match(me.text, new RegExp(`居民身份证 ${who.doc.slice(0, 4)}\\*{10}${who.doc.slice(-4)}`));
  assert.match(me.text, /版本 \d+\.\d+\.\d+/);
});

test('SEC-1: none of these pages opens without a session', async () => {
  const stranger = new Client(instance);
  for (const path of ['/home', '/me', '/me/sessions', '/me/consents', '/me/pin', '/me/records', '/me/records.csv', '/records/1',
    '/messages', '/workbench', '/orgs', '/orgs/1', '/orgs/1/records', '/certs/1/records', '/orgs/1/seals/1/records']) {
    const answer = await stranger.get(path);
    assert.equal(answer.status, 303, path);
    assert.equal(answer.location, `/login?next=${encodeURIComponent(path)}`);
  }
  for (const path of ['/me/sessions/1/end', '/me/sessions/end-others', '/me/devices/1/name', '/me/consents/1/revoke', '/keys/pin',
    '/messages/1/read', '/messages/read-all']) {
    assert.equal((await stranger.post(path, {})).status, 401, path);
  }
});

test('SET-6: leaving asks first', async () => {
  const { client } = await person(instance);
  assert.match((await client.get('/logout')).text, /action="\/logout"/);
  assert.equal((await client.get('/home')).status, 200, 'asking ends nothing');
  assert.equal((await client.submit('/logout', '/logout')).location, '/login');
  assert.equal((await client.get('/home')).status, 303);
});
