// The back channel of OAuth and OpenID Connect as a program meets it: discovery, clients, pushed requests, the token endpoint's
// refusals word for word, tokens, userinfo, the device grant (API-1, API-3, API-6).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { basic, bearer, programOf, refused } from '../harness/program.mjs';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
let instance, shop, rival, who; // two platforms, and a legal representative with an installed cert
let program, form, json, code, granted;
before(async () => {
  instance = await sharedInstance();
  [shop, rival, who] = await Promise.all([platform(instance), platform(instance), legalRep(instance)]);
  ({ client: program, form, json, code, granted } = programOf(instance, who));
});
after(() => program.close());

// ---- discovery and keys

test('API-1: discovery names what there is, under both well-known names, and each address answers', async () => {
  const answer = await program.get('/.well-known/openid-configuration');
  const found = answer.json();
  assert.equal(found.issuer, instance.url);
  assert.deepEqual((await program.get('/.well-known/oauth-authorization-server')).json(), found);
  assert.deepEqual(found.response_types_supported, ['code']);
  assert.deepEqual(found.code_challenge_methods_supported, ['S256']);
  assert.deepEqual(found.subject_types_supported, ['pairwise']);
  assert.deepEqual(found.id_token_signing_alg_values_supported, ['RS256', 'ES256']);
  assert.equal(found.authorization_response_iss_parameter_supported, true);
  for (const [name, url] of Object.entries(found).filter(([key]) => /_endpoint$|_uri$/.test(key))) {
    assert.ok(url.startsWith(`${instance.url}/`), name);
    const got = name === 'jwks_uri' || name === 'authorization_endpoint' ? await program.get(url) : await form(url, {});
    assert.ok([200, 400, 401].includes(got.status), `${name}: ${got.status}`);
  }
});

test('API-1: the JWKS holds one key for each algorithm, and of each only the public half', async () => {
  const { keys } = (await program.get('/oauth2/jwks')).json();
  assert.deepEqual(keys.map(({ alg }) => alg).sort(), ['ES256', 'RS256']);
  for (const key of keys) {
    assert.equal(key.use, 'sig');
    assert.ok(key.kid);
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(secret in key), secret);
  }
});

test('API-1: ES256 where the token endpoint is asked for it', async () => {
  const { id_token } = await granted(shop, { scope: 'openid' }, { id_token_signed_response_alg: 'ES256' });
  const head = JSON.parse(Buffer.from(id_token.split('.')[0], 'base64url'));
  const { keys } = (await new Client(instance).get('/oauth2/jwks')).json();
  assert.equal(head.alg, 'ES256');
  assert.equal(keys.find(({ kid }) => kid === head.kid).crv, 'P-256');
  assert.equal(Buffer.from(id_token.split('.')[2], 'base64url').length, 64);
});

// ---- clients and pushed requests

test('API-1: a client proves itself by Basic, form-encoded inside, or in the form; not by both, not by less', async () => {
  const { client, secret } = shop;
  const introspect = (fields, headers) => program.post('/oauth2/introspect', { token: 'x', ...fields }, { headers });
  assert.equal((await introspect({}, basic(shop))).status, 200);
  const escaped = { client: client.replace(/./, (c) => `%${c.charCodeAt(0).toString(16)}`), secret };
  assert.equal((await introspect({}, basic(escaped))).status, 200);
  assert.equal((await introspect({ client_id: client, client_secret: secret })).status, 200);
  for (const [fields, headers] of [[{}, {}], [{ client_id: client }, {}], [{ client_id: client, client_secret: `${secret}x` }, {}],
    [{ client_secret: secret }, basic(shop)], [{ client_id: rival.client }, basic(shop)], [{}, basic({ client, secret: rival.secret })],
    [{}, { authorization: 'Basic ???' }], [{}, { authorization: 'Basic' }]]) {
    const answer = await introspect(fields, headers);
    refused(answer, 401, 'invalid_client');
    assert.match(answer.headers['www-authenticate'], /^Basic/);
  }
});

test('API-1: a public client has no secret and needs none', async () => {
  const open = await platform(instance, { flags: ['--public'] });
  const { id_token } = await granted({ ...open, secret: '' }, { scope: 'openid' }, { client_id: open.client });
  assert.ok(id_token);
});

test('API-1: a pushed request is taken, opened once by one browser, and worthless for another platform', async () => {
  const { path } = request(shop, { scope: 'openid', state: 's' });
  const fields = Object.fromEntries(new URLSearchParams(path.split('?')[1]));
  const answer = await form('/oauth2/par', fields, shop);
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const pushed = answer.json();
  assert.match(pushed.request_uri, /^urn:ietf:params:oauth:request_uri:/);
  assert.equal(pushed.expires_in, 600);
  const go = (client, by) => client.get(`/oauth2/authorize?${new URLSearchParams({ client_id: by.client, request_uri: pushed.request_uri })}`);
  assert.equal((await go(new Client(instance), rival)).status, 400, 'another platform\'s');
  assert.match((await go(new Client(instance), shop)).location, /\/tickets\/\d+\/wait$/);
  assert.equal((await go(new Client(instance), shop)).status, 400, 'another browser');
});

test('API-1: a push is refused as a program understands it, and makes no request', async () => {
  const fields = (more) => ({ ...Object.fromEntries(new URLSearchParams(request(shop, more).path.split('?')[1])) });
  refused(await form('/oauth2/par', fields()), 401, 'invalid_client', 'Client authentication failed');
  refused(await form('/oauth2/par', fields(), { ...shop, secret: `${shop.secret}x` }), 401, 'invalid_client');
  refused(await form('/oauth2/par', fields({ client_id: rival.client }), shop), 401, 'invalid_client');
  refused(await form('/oauth2/par', fields({ redirect_uri: `${shop.redirect}x` }), shop), 400, 'invalid_request');
  refused(await form('/oauth2/par', fields({ code_challenge: undefined }), shop), 400, 'invalid_request');
  refused(await form('/oauth2/par', fields({ scope: 'everything' }), shop), 400, 'invalid_scope');
  refused(await form('/oauth2/par', fields({ request_uri: 'urn:ietf:params:oauth:request_uri:x' }), shop), 400, 'invalid_request');
  refused(await form('/oauth2/par', `${new URLSearchParams(fields())}&state=again`, shop), 400, 'invalid_request');
});

// ---- the token endpoint

test('API-1: what the token endpoint misses or does not know, it says in RFC 6749\'s words', async () => {
  const ask = (fields, by = shop) => form('/oauth2/token', fields, by);
  refused(await ask({}), 400, 'invalid_request', 'Missing (or invalid type) string parameter grant_type');
  refused(await ask({ grant_type: 'password', username: 'a', password: 'b' }), 400, 'unsupported_grant_type');
  refused(await ask({ grant_type: 'client_credentials' }), 400, 'unsupported_grant_type');
  refused(await ask({ grant_type: 'authorization_code' }), 400, 'invalid_request', 'Missing (or invalid type) string parameter code');
  refused(await ask({ grant_type: 'authorization_code', code: 'x' }), 400, 'invalid_grant');
  refused(await ask({ grant_type: 'refresh_token' }), 400, 'invalid_request', 'Missing (or invalid type) string parameter refresh_token');
  refused(await ask({ grant_type: 'refresh_token', refresh_token: 'x' }), 400, 'invalid_grant');
  refused(await ask({ grant_type: DEVICE_GRANT }), 400, 'invalid_request', 'Missing (or invalid type) string parameter device_code');
  refused(await ask({ grant_type: DEVICE_GRANT, device_code: 'x' }), 400, 'invalid_grant');
  const twoWays = await form('/oauth2/token', { grant_type: 'authorization_code', client_id: shop.client, client_secret: shop.secret }, shop);
  refused(twoWays, 401, 'invalid_client');
  assert.match(twoWays.headers['www-authenticate'], /^Basic/);
});

test('API-1: a code opens only for its client, redirect URI and verifier; off by one character it does not', async () => {
  for (const [what, change, by] of [
    ['a verifier that does not fit', (fields) => ({ ...fields, code_verifier: fields.code_verifier.slice(0, -1) + (fields.code_verifier.endsWith('A') ? 'B' : 'A') })],
    ['no verifier', ({ code_verifier: _, ...fields }) => fields],
    ['another redirect URI', (fields) => ({ ...fields, redirect_uri: `${fields.redirect_uri}/` })],
    ['no redirect URI', ({ redirect_uri: _, ...fields }) => fields],
    ["another client's", (fields) => fields, rival],
    ['a code with one character changed', (fields) => ({ ...fields, code: (fields.code[0] === 'A' ? 'B' : 'A') + fields.code.slice(1) })],
  ]) {
    const answer = await form('/oauth2/token', change(await code(shop, { scope: 'openid' })), by ?? shop);
    refused(answer, 400, 'invalid_grant');
    assert.ok(!answer.text.includes('access_token'), what);
  }
});

test('API-1: refresh tokens rotate; one used again ends all that came of it; a scope only narrows', async () => {
  const first = await granted(shop, { scope: 'openid profile offline_access' });
  const refresh = (token, more) => form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: token, ...more }, shop);
  refused(await refresh(first.refresh_token, { scope: 'openid profile phone' }), 400, 'invalid_scope', 'The scope is wider than the one granted');
  refused(await form('/oauth2/token', { grant_type: 'refresh_token', refresh_token: first.refresh_token }, rival), 400, 'invalid_grant');
  const second = await refresh(first.refresh_token, { scope: 'openid' });
  assert.equal(second.status, 200, second.text);
  assert.equal(second.json().scope, 'openid');
  assert.notEqual(second.json().refresh_token, first.refresh_token);
  assert.equal((await program.get('/oauth2/userinfo', { headers: bearer(second.json().access_token) })).status, 200);
  refused(await refresh(first.refresh_token), 400, 'invalid_grant');
  refused(await refresh(second.json().refresh_token), 400, 'invalid_grant');
  refused(await program.get('/oauth2/userinfo', { headers: bearer(second.json().access_token) }), 401, 'invalid_token');
});

test('API-1: a token is looked at and ended by its own client alone', async () => {
  const { access_token: token, refresh_token: refresh } = await granted(shop, { scope: 'openid profile offline_access' });
  const look = async (client, text) => (await form('/oauth2/introspect', { token: text }, client)).json();
  const seen = await look(shop, token);
  assert.equal(seen.active, true);
  assert.equal(seen.client_id, shop.client);
  assert.equal(seen.scope, 'openid profile offline_access');
  assert.equal(seen.exp - seen.iat, 3600);
  assert.deepEqual(await look(rival, token), { active: false });
  assert.equal((await look(shop, refresh)).token_type, 'refresh_token');

  assert.equal((await form('/oauth2/revoke', { token }, rival)).status, 200);
  assert.equal((await look(shop, token)).active, true);
  assert.equal((await form('/csc/oauth2/revoke', { token }, shop)).status, 204);
  assert.deepEqual(await look(shop, token), { active: false });
  assert.equal((await form('/oauth2/revoke', { token }, shop)).status, 200);
  assert.deepEqual(await look(shop, 'x'), { active: false });
  refused(await form('/oauth2/introspect', {}, shop), 400, 'invalid_request', 'Missing (or invalid type) string parameter token');
  refused(await form('/oauth2/revoke', {}, shop), 400, 'invalid_request', 'Missing (or invalid type) string parameter token');
  const short = await granted(shop, { scope: 'openid' });
  assert.equal((await form('/oauth2/revoke', { token: short.access_token }, shop)).status, 200);
  refused(await program.get('/oauth2/userinfo', { headers: bearer(short.access_token) }), 401, 'invalid_token');
});

// ---- userinfo, devices, errors

test('SCAN-5: userinfo tells what the scopes open and nothing else', async () => {
  const bare = await granted(shop, { scope: 'openid' });
  const claims = (await program.get('/oauth2/userinfo', { headers: bearer(bare.access_token) })).json();
  assert.deepEqual(Object.keys(claims), ['sub']);
  const rich = await granted(shop, { scope: 'openid profile phone orgs' });
  const told = (await program.get('/oauth2/userinfo', { headers: bearer(rich.access_token) })).json();
  assert.equal(told.sub, claims.sub, 'the same person for the same platform');
  assert.equal(told.name, who.name);
  assert.equal(told.phone_number, `+86${who.phone}`);
  assert.equal(told.orgs[0].uscc, who.org.uscc);
  const other = await granted(rival, { scope: 'openid' });
  const theirs = (await program.get('/oauth2/userinfo', { headers: bearer(other.access_token) })).json();
  assert.notEqual(theirs.sub, claims.sub, 'another name for another platform');
});

test('API-1: userinfo by GET and POST; without a token, with a dead one, and with one that was not granted openid', async () => {
  const { access_token: token, id_token } = await granted(shop, { scope: 'openid phone orgs' });
  const client = new Client(instance);
  const headers = { authorization: `Bearer ${token}` };
  for (const method of ['GET', 'POST']) {
    const claims = (await client.request('/oauth2/userinfo', { method, headers })).json();
    assert.deepEqual(Object.keys(claims).sort(), ['orgs', 'phone_number', 'phone_number_verified', 'sub']);
    assert.equal(claims.sub, JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url')).sub);
    assert.deepEqual(claims.orgs, [{ uscc: who.org.uscc, name: who.org.name, role: 'legal_rep' }]);
  }
  const none = await client.get('/oauth2/userinfo');
  refused(none, 401, 'invalid_token');
  assert.equal(none.headers['www-authenticate'], 'Bearer');
  const dead = await client.get('/oauth2/userinfo', { headers: { authorization: 'Bearer x' } });
  refused(dead, 401, 'invalid_token');
  assert.equal(dead.headers['www-authenticate'], 'Bearer error="invalid_token"');
  const { access_token: service } = await granted(shop, { scope: 'service' });
  refused(await client.get('/oauth2/userinfo', { headers: { authorization: `Bearer ${service}` } }), 403, 'insufficient_scope');
});

test('API-3: a device asks, waits, is told to slow down, and learns only from its own code', async () => {
  const answer = await form('/oauth2/device_authorization', { scope: 'openid' }, shop);
  assert.equal(answer.status, 200, answer.text);
  const device = answer.json();
  assert.deepEqual([device.expires_in, device.interval], [600, 2]);
  assert.ok(device.verification_uri_complete.startsWith(`${instance.url}/s/`));
  const poll = (by = shop) => form('/oauth2/token', { grant_type: DEVICE_GRANT, device_code: device.device_code }, by);
  refused(await poll(), 400, 'authorization_pending');
  refused(await poll(), 400, 'slow_down');
  refused(await poll(rival), 400, 'invalid_grant');
  refused(await form('/oauth2/device_authorization', { scope: 'credential' }, shop), 400, 'invalid_request');
});

test('API-1, API-6, HELP-3: whatever goes wrong is told to a program as JSON with a reference, never as a page', async () => {
  const told = [
    await program.get('/oauth2/nothing'), await program.get('/csc/v3/info'), await program.get('/.well-known/nothing'),
    await program.get('/oauth2/token'), await program.request('/oauth2/jwks', { method: 'DELETE' }),
    await form('/oauth2/token', 'a'.repeat(70_000), shop), await form('/oauth2/token', 'grant_type=%FF', shop), await form('/oauth2/token', 'grant_type=%00', shop),
    await json('/oauth2/token', {}), await program.post('/csc/v2/info', '{}', { headers: { 'content-type': 'text/html' } }),
    await form('/oauth2/token', Array.from({ length: 300 }, (_, i) => `a${i}=1`).join('&'), shop),
  ];
  assert.deepEqual(told.map(({ status }) => status), [404, 404, 404, 405, 405, 413, 400, 400, 415, 415, 400]);
  assert.deepEqual(told.slice(0, 4).map((answer) => answer.json().error), ['not_found', 'not_found', 'not_found', 'invalid_request']);
  assert.equal(told[9].json().error, 'invalid_request');
  for (const answer of told) {
    assert.match(answer.headers['content-type'], /^application\/json/, answer.url);
    assert.ok(answer.json().error, answer.text);
    assert.ok(!answer.text.includes('<'), answer.text);
    assert.ok(!answer.headers['set-cookie'], answer.url);
  }
  for (const answer of told.slice(0, 5)) assert.equal(answer.json().reference, answer.headers['x-request-id']);
});
