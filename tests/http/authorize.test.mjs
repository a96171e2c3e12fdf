// The authorization endpoint, where a browser comes from a platform and where it leaves for it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ask, collect, decide, numberNow, request } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { PIN, person, platform, setPin } from '../harness/people.mjs';
import { codeOf, scan } from '../harness/scan.mjs';

let instance;
let shop;
before(async () => {
  instance = await sharedInstance();
  shop = await platform(instance);
});

const open = (parameters, from = shop) => new Client(instance).get(request(from, parameters).path, { crossSite: true });

test('API-1: before client and redirect URI are trusted nothing is redirected: 400 says what is wrong', async () => {
  for (const [parameters, title] of [
    [{ client_id: undefined }, '交易平台没有登记'],
    [{ client_id: `${shop.client}x` }, '交易平台没有登记'],
    [{ redirect_uri: undefined }, '返回地址没有登记'],
    [{ redirect_uri: `${shop.redirect}/` }, '返回地址没有登记'],
    [{ redirect_uri: shop.redirect.slice(0, -1) }, '返回地址没有登记'],
    [{ redirect_uri: shop.redirect.replace('callback', 'Callback') }, '返回地址没有登记'],
    [{ redirect_uri: `${shop.redirect}?a=1` }, '返回地址没有登记'],
    [{ redirect_uri: shop.redirect.replace('http:', 'https:') }, '返回地址没有登记'],
    [{ request_uri: 'urn:ietf:params:oauth:request_uri:nothing' }, '这个请求不能再用'],
  ]) {
    const answer = await open(parameters);
    assert.equal(answer.status, 400, JSON.stringify(parameters));
    assert.equal(answer.location, undefined);
    assert.match(answer.text, new RegExp(title));
  }
  const twice = await new Client(instance).get(`${request(shop).path}&client_id=${shop.client}`);
  assert.equal(twice.status, 400);
});

test('API-1: any other fault goes back to the platform with error, state and iss', async () => {
  for (const [parameters, error] of [
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: undefined }, 'invalid_request'],
    [{ code_challenge: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge: 'short' }, 'invalid_request'],
    [{ scope: 'everything' }, 'invalid_scope'],
    [{ prompt: 'none' }, 'interaction_required'],
    [{ request: 'eyJ' }, 'request_not_supported'],
    [{ scope: 'credential' }, 'invalid_request'],
  ]) {
    const answer = await open({ ...parameters, state: 'a b&c=中' });
    assert.equal(answer.status, 303, JSON.stringify(parameters));
    const url = new URL(answer.location);
    assert.equal(url.origin + url.pathname, shop.redirect);
    assert.deepEqual([url.searchParams.get('error'), url.searchParams.get('state'), url.searchParams.get('iss')],
      [error, 'a b&c=中', instance.url]);
  }
});

test('API-1: a request may come as a form: it leads to the same by GET, sets no cookie and keeps the browser’s own', async () => {
  const browser = new Client(instance);
  await browser.open('/login'); // has a pre-session
  const cookies = () => browser.cookies.map(({ name, value }) => [name, value]), before = cookies();
  for (const path of ['/oauth2/authorize', '/csc/oauth2/authorize']) {
    const asked = request(shop, { state: 'a b&c=中' });
    const parameters = Object.fromEntries(new URL(asked.path, instance.url).searchParams);
    const answer = await browser.post(path, parameters, { crossSite: true });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers['set-cookie'], undefined);
    const followed = new URL(answer.location, instance.url);
    assert.deepEqual([followed.origin, followed.pathname], [instance.origin, path]);
    assert.deepEqual(Object.fromEntries(followed.searchParams), parameters);
    const waiting = await browser.get(followed.pathname + followed.search, { crossSite: true });
    assert.match(waiting.location, /^\/tickets\/\d+\/wait$/);
    assert.equal((await browser.get(waiting.location)).status, 200, 'bound to this browser');
    assert.deepEqual(cookies(), before);
    const long = await browser.post(path, { ...parameters, state: 'x'.repeat(13_000) }, { crossSite: true });
    assert.equal(long.status, 413);
    assert.equal(long.location, undefined);
  }
});

test('API-1: the same page answers below /csc, where CSC clients look for it', async () => {
  const asked = request(shop);
  const answer = await new Client(instance).get(asked.path.replace('/oauth2', '/csc/oauth2'), { crossSite: true });
  assert.match(answer.location, /^\/tickets\/\d+\/wait$/);
});

test('API-1: the ticket is bound to the browser that asked; no other sees page, state, code or outcome', async () => {
  const desk = new Client(instance);
  const { id } = await ask(desk, shop);
  const other = new Client(instance);
  for (const path of [`/tickets/${id}/wait`, `/tickets/${id}/state`, `/tickets/${id}/qr.svg`, `/collect/${id}`]) {
    assert.equal((await other.get(path)).status, 404, path);
  }
  const form = desk.form((await desk.get(`/tickets/${id}/wait`)).text, `/tickets/${id}/cancel`).fields;
  await other.get('/login');
  const csrf = other.form((await other.get('/login')).text, '/login').fields.csrf;
  assert.equal((await other.post(`/tickets/${id}/cancel`, { csrf })).status, 404);
  assert.equal((await other.post(`/tickets/${id}/cancel`, form)).status, 403);
  assert.equal((await desk.get(`/tickets/${id}/wait`)).status, 200);
});

test('API-1: collecting hands the code out once, with state and iss, and only when it is decided', async () => {
  const who = await person(instance);
  await setPin(who);
  const desk = new Client(instance);
  const { id, state } = await ask(desk, shop);
  assert.equal((await desk.get(`/collect/${id}`)).location, `/tickets/${id}/wait`);
  const page = await scan(who.client, await codeOf(desk, id));
  assert.equal((await desk.get(`/collect/${id}`)).location, `/tickets/${id}/wait`);
  const number = await numberNow(desk, id);
  assert.equal((await decide(who.client, page, { number, pin: PIN, trust_platform: '1' })).status, 303);
  assert.equal((await desk.request(`/collect/${id}`, { method: 'HEAD' })).status, 204, 'a look takes nothing');
  const back = await collect(desk, id);
  assert.deepEqual([back.to, back.state, back.iss], [shop.redirect, state, instance.url]);
  assert.ok(back.code.length >= 43);
  const again = await collect(desk, id);
  assert.equal(again.status, 409);
  assert.match(again.answer.text, /每个结果只交一次/);
});

test('API-1: a refused or cancelled request goes back as access_denied, by a link and not from a form', async () => {
  const desk = new Client(instance);
  const { id, state } = await ask(desk, shop);
  const cancelled = await desk.submit(`/tickets/${id}/wait`, `/tickets/${id}/cancel`);
  assert.equal(cancelled.location, `/tickets/${id}/wait`);
  assert.match((await desk.follow(cancelled)).text, /已取消/);
  const back = await collect(desk, id);
  assert.deepEqual([back.error, back.state, back.iss], ['access_denied', state, instance.url]);
});
