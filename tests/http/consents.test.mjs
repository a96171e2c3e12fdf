// What platforms may read of a person, and taking it back.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ask } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { legalRep, person, platform } from '../harness/people.mjs';
import { approve, codeOf, collect, scan, shownNumber } from '../harness/scan.mjs';

let instance;
before(async () => { instance = await sharedInstance(); });

// Signs in at the platform by QR code: the tokens that it gets.
async function signInAt(asker, who) {
  const desktop = new Client(instance);
  const asked = await ask(desktop, asker, { scope: 'openid profile phone' });
  const page = await scan(who.client, await codeOf(desktop, asked.id));
  const approved = await approve(who.client, page, { number: await shownNumber(desktop, asked.id) });
  assert.equal(approved.status, 303, approved.text);
  const back = await collect(desktop, asked.id);
  const code = back.searchParams.get('code');
  const answer = await new Client(instance).post('/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: asker.redirect,
    code_verifier: asked.verifier, client_id: asker.client, client_secret: asker.secret });
  assert.equal(answer.status, 200, answer.text);
  return answer.json();
}

const userinfo = (token) => new Client(instance).get('/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } });

test('SET-2: a platform stands there with what it may read; taking it back asks first and ends its tokens at once', async () => {
  const who = await legalRep(instance, { personal: true });
  assert.match((await who.client.get('/me/consents')).text, /还没有授权/);
  const asker = await platform(instance);
  const tokens = await signInAt(asker, who);
  assert.equal((await userinfo(tokens.access_token)).status, 200);

  const list = await who.client.get('/me/consents');
  assert.ok(list.text.includes(asker.name));
  assert.match(list.text, /登录身份、姓名、手机号/);
  assert.match(list.text, /最近使用 刚刚/);
  const path = list.text.match(/href="(\/me\/consents\/\d+\/revoke)"/)[1];

  const stranger = await person(instance);
  const { csrf, edition } = stranger.client.form((await stranger.client.get('/me')).text, '/edition').fields;
  assert.equal((await stranger.client.get(path)).status, 404);
  assert.equal((await stranger.client.post(path, { csrf, edition })).status, 404);
  assert.equal((await who.client.post(path, { edition: 'legal_rep' })).status, 403);
  const question = await who.client.get(path);
  assert.match(question.text, new RegExp(`收回${asker.name}的授权？`));
  assert.equal((await userinfo(tokens.access_token)).status, 200, 'asking ends nothing');

  const done = await who.client.submit(question, path);
  assert.equal(done.location, '/me/consents');
  const after = await who.client.follow(done);
  assert.match(after.text, /授权已收回/);
  assert.ok(!after.text.includes(asker.name));
  assert.equal((await userinfo(tokens.access_token)).status, 401);
  assert.equal((await who.client.get(path)).status, 404);
  const records = await who.client.get('/me/records');
  assert.match(records.text, /收回授权/);
  assert.match(records.text, /扫码登录/);
});
