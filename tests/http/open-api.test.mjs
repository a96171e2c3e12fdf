// The open API as programs see it: who may call, what answers look like, and the CSC's own words in both versions.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { ask, collect, numberNow } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { approve, codeOf, scan } from '../harness/scan.mjs';

const P256 = { curve: '1.2.840.10045.3.1.7', hash: '2.16.840.1.101.3.4.2.1', sign: '1.2.840.10045.4.3.2' };
const SM2 = { curve: '1.2.156.10197.1.301', hash: '1.2.156.10197.1.401', sign: '1.2.156.10197.1.501' };

let instance, who, own, other, v1;
before(async () => {
  instance = await sharedInstance();
  [who, own, other, v1] = await Promise.all([legalRep(instance), platform(instance), platform(instance),
    platform(instance, { flags: ['--csc1'] })]);
});

// ---- what several tests need

const basic = ({ client, secret }) => ({ authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` });
const form = (path, fields, client = own) => new Client(instance).post(path, fields, { headers: client ? basic(client) : {} });
const json = (path, body, token, headers = {}) => new Client(instance).request(path, { method: 'POST', body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers } });

function refused(answer, status, error, description) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/json/);
  assert.match(answer.headers['cache-control'], /no-store/);
  assert.match(answer.headers['x-request-id'], /^[0-9a-f]{32}$/);
  assert.equal(answer.json().error, error);
  if (description) assert.equal(answer.json().error_description, description);
}

// All of one approval: what the token endpoint answers.
async function granted(client, parameters, exchange = {}) {
  const desktop = new Client(instance);
  const asked = await ask(desktop, client, parameters);
  const page = await scan(who.client, await codeOf(desktop, asked.id));
  const answer = await approve(who.client, page, { number: await numberNow(desktop, asked.id) });
  assert.equal(answer.status, 303, answer.text);
  const { code } = await collect(desktop, asked.id);
  const answered = await form('/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: client.redirect,
    ...(parameters.code_challenge !== undefined || !('code_challenge' in parameters) ? { code_verifier: asked.verifier } : {}),
    ...exchange }, client);
  assert.equal(answered.status, 200, answered.text);
  return answered.json();
}

// The two signing keys of the instance that was chosen.
async function credentials(token, version = 'v2') {
  const { credentialIDs } = (await json(`/csc/${version}/credentials/list`, {}, token)).json();
  const all = await Promise.all(credentialIDs.map(async (credentialID) => ({ credentialID,
    ...(await json(`/csc/${version}/credentials/info`, { credentialID }, token)).json() })));
  return { p256: all.find(({ key }) => key.curve === P256.curve), sm2: all.find(({ key }) => key.curve === SM2.curve) };
}
const digest = () => randomBytes(32);

// ---- clients

test('API-1: a client proves itself by Basic, form-encoded inside, or in the form; not by both, not by less', async () => {
  const { client, secret } = own;
  const introspect = (fields, headers) => new Client(instance).post('/oauth2/introspect', { token: 'x', ...fields }, { headers });
  assert.equal((await introspect({}, basic(own))).status, 200);
  const escaped = { client: client.replace(/./, (c) => `%${c.charCodeAt(0).toString(16)}`), secret };
  assert.equal((await introspect({}, basic(escaped))).status, 200);
  assert.equal((await introspect({ client_id: client, client_secret: secret })).status, 200);
  for (const [fields, headers] of [[{}, {}], [{ client_id: client }, {}], [{ client_id: client, client_secret: `${secret}x` }, {}],
    [{ client_secret: secret }, basic(own)], [{ client_id: other.client }, basic(own)], [{}, basic({ client, secret: other.secret })],
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

test('API-6: what no route takes is told in JSON with a reference', async () => {
  const client = new Client(instance);
  refused(await client.get('/oauth2/nothing'), 404, 'not_found');
  refused(await client.get('/oauth2/token'), 405, 'invalid_request');
  refused(await client.post('/csc/v2/info'), 415, 'invalid_request');
  refused(await form('/oauth2/token', { grant_type: 'password' }), 400, 'unsupported_grant_type');
  refused(await form('/oauth2/token', {}), 400, 'invalid_request', 'Missing (or invalid type) string parameter grant_type');
  refused(await form('/oauth2/token', { grant_type: 'authorization_code' }), 400, 'invalid_request',
    'Missing (or invalid type) string parameter code');
  refused(await form('/oauth2/revoke', {}), 400, 'invalid_request', 'Missing (or invalid type) string parameter token');
});

// ---- tokens

test('API-1: a token is looked at and ended by its own client alone', async () => {
  const { access_token: token, refresh_token: refresh } = await granted(own, { scope: 'openid profile offline_access' });
  const look = async (client, text) => (await form('/oauth2/introspect', { token: text }, client)).json();
  const seen = await look(own, token);
  assert.equal(seen.active, true);
  assert.equal(seen.client_id, own.client);
  assert.equal(seen.scope, 'openid profile offline_access');
  assert.equal(seen.exp - seen.iat, 3600);
  assert.deepEqual(await look(other, token), { active: false });
  assert.equal((await look(own, refresh)).token_type, 'refresh_token');

  assert.equal((await form('/oauth2/revoke', { token }, other)).status, 200);
  assert.equal((await look(own, token)).active, true);
  assert.equal((await form('/csc/oauth2/revoke', { token })).status, 204);
  assert.deepEqual(await look(own, token), { active: false });
  assert.equal((await form('/oauth2/revoke', { token })).status, 200);
});

test('API-1: userinfo by GET and POST; without a token, with a dead one, and with one that was not granted openid', async () => {
  const { access_token: token, id_token } = await granted(own, { scope: 'openid phone orgs' });
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
  const { access_token: service } = await granted(own, { scope: 'service' });
  refused(await client.get('/oauth2/userinfo', { headers: { authorization: `Bearer ${service}` } }), 403, 'insufficient_scope');
});

test('API-1: ES256 where the token endpoint is asked for it', async () => {
  const { id_token } = await granted(own, { scope: 'openid' }, { id_token_signed_response_alg: 'ES256' });
  const head = JSON.parse(Buffer.from(id_token.split('.')[0], 'base64url'));
  const { keys } = (await new Client(instance).get('/oauth2/jwks')).json();
  assert.equal(head.alg, 'ES256');
  assert.equal(keys.find(({ kid }) => kid === head.kid).crv, 'P-256');
  assert.equal(Buffer.from(id_token.split('.')[2], 'base64url').length, 64);
  for (const key of keys) for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.ok(!(secret in key));
});

// ---- CSC

test('API-2: info of both versions, without leave', async () => {
  for (const [version, specs] of [['v1', '1.0.4.0'], ['v2', '2.0.0.2']]) {
    const info = (await json(`/csc/${version}/info`, {})).json();
    assert.equal(info.specs, specs);
    assert.equal(info.oauth2, `${instance.url}/csc`);
    assert.deepEqual(info.authType, ['oauth2code']);
    assert.ok(info.methods.includes('signatures/signHash'));
    assert.equal('signAlgorithms' in info, version === 'v2');
  }
});

test('API-2: a service token lists and tells of the chosen instance\'s signing keys, and of no other', async () => {
  const { access_token: token } = await granted(own, { scope: 'service' });
  const { p256, sm2 } = await credentials(token);
  assert.deepEqual(p256.key.algo, [P256.sign]);
  assert.deepEqual(sm2.key.algo, [SM2.sign]);
  assert.equal(p256.key.status, 'enabled');
  assert.equal(p256.SCAL, '2');
  assert.equal(p256.multisign, 1000);
  assert.equal(p256.auth.mode, 'oauth2code');
  assert.equal(p256.cert.certificates.length, 1);
  assert.equal(p256.cert.status, 'valid');

  const info = (body, version = 'v2') => json(`/csc/${version}/credentials/info`, { credentialID: p256.credentialID, ...body }, token);
  assert.equal((await info({ certificates: 'chain' })).json().cert.certificates.length, 3);
  assert.equal((await info({ certificates: 'none' })).json().cert.certificates, undefined);
  assert.match((await info({ certInfo: true })).json().cert.validTo, /^\d{14}Z$/);
  assert.equal((await info({}, 'v1')).json().authMode, 'oauth2code');
  refused(await info({ certificates: 'all' }), 400, 'invalid_request', 'Invalid parameter certificates');
  refused(await info({ credentialID: '17' }), 400, 'invalid_request', 'Invalid parameter credentialID');
  refused(await info({ credentialID: 17 }), 400, 'invalid_request', 'Missing (or invalid type) string parameter credentialID');

  const list = (body) => json('/csc/v2/credentials/list', body, token);
  assert.equal((await list({ credentialInfo: true, onlyValid: true })).json().credentialInfos.length, 2);
  refused(await list({ userID: 'x' }), 400, 'invalid_request', 'userID parameter MUST be null');
  refused(await list([]), 400, 'invalid_request');
  const { access_token: login } = await granted(own, { scope: 'openid' });
  refused(await json('/csc/v2/credentials/list', {}, login), 403, 'access_denied');
  refused(await json('/csc/v2/credentials/info', { credentialID: p256.credentialID }, login), 400, 'invalid_request',
    'Invalid parameter credentialID');
});

test('API-2: CSC v1 as today\'s clients speak it: no PKCE, hash in the query, SAD beside a service token', async () => {
  const { access_token: service } = await granted(v1, { scope: 'service', code_challenge: undefined, code_challenge_method: undefined });
  const { p256 } = await credentials(service, 'v1');
  const hashes = [digest(), digest()];
  const sad = await granted(v1, { scope: 'credential', credentialID: p256.credentialID, numSignatures: '2',
    hash: hashes.map((hash) => hash.toString('base64url')).join(','), code_challenge: undefined, code_challenge_method: undefined });
  assert.equal(sad.token_type, 'SAD');
  assert.equal(sad.expires_in, 300);
  assert.equal(sad.credentialID, p256.credentialID);
  assert.equal(sad.refresh_token, undefined);

  const body = { credentialID: p256.credentialID, SAD: sad.access_token, signAlgo: P256.sign,
    hash: hashes.map((hash) => hash.toString('base64')) };
  const sign = (more = {}, token = service) => json('/csc/v1/signatures/signHash', { ...body, ...more }, token);
  const { signatures } = (await sign()).json();
  assert.equal(signatures.length, 2);
  assert.deepEqual((await sign()).json().signatures, signatures);
  assert.deepEqual((await sign({ hash: [...body.hash].reverse() })).json().signatures, [...signatures].reverse());

  for (const [more, description] of [[{ hash: [digest().toString('base64')] }, 'Hash is not authorized by the SAD'],
    [{ hash: [] }, 'Empty hash array'], [{ hash: 'x' }, 'Missing (or invalid type) array parameter hash'],
    [{ hash: ['*'] }, 'Invalid Base64 hash string parameter'], [{ hash: ['AAAA'] }, 'Invalid digest value length'],
    [{ SAD: undefined }, 'Missing (or invalid type) string parameter SAD'], [{ SAD: 'x' }, 'Invalid parameter SAD'],
    [{ SAD: service }, 'Invalid parameter SAD'], [{ credentialID: undefined }, 'Missing (or invalid type) string parameter credentialID'],
    [{ credentialID: '17' }, 'Invalid parameter credentialID'], [{ signAlgo: undefined }, 'Missing (or invalid type) string parameter signAlgo'],
    [{ signAlgo: SM2.sign }, 'Invalid parameter signAlgo'], [{ hashAlgo: SM2.hash }, 'Invalid parameter hashAlgo']]) {
    refused(await sign(more), 400, 'invalid_request', description);
  }
  refused(await sign({}, 'x'), 401, 'invalid_token');
  const { access_token: stranger } = await granted(own, { scope: 'service' });
  refused(await sign({}, stranger), 400, 'invalid_request', 'Invalid parameter SAD');
});

test('API-2: in v2 the SAD is the bearer token, and the answer repeats what was granted', async () => {
  const { access_token: service } = await granted(own, { scope: 'service' });
  const { sm2 } = await credentials(service);
  const hash = digest().toString('base64');
  const details = [{ type: 'credential', credentialID: sm2.credentialID, hashAlgorithmOID: SM2.hash,
    documentDigests: [{ hash, label: '投标函.pdf' }] }];
  const sad = await granted(own, { scope: undefined, authorization_details: JSON.stringify(details) });
  assert.equal(sad.token_type, 'Bearer');
  assert.equal(sad.scope, 'credential');
  assert.deepEqual(sad.authorization_details, [{ ...details[0], signAlgo: SM2.sign }]);
  const body = { credentialID: sm2.credentialID, hashes: [hash], hashAlgorithmOID: SM2.hash, signAlgo: SM2.sign };
  const sign = (more) => json('/csc/v2/signatures/signHash', { ...body, ...more }, sad.access_token);
  assert.equal((await sign({})).json().signatures.length, 1);
  refused(await sign({ hashes: undefined }), 400, 'invalid_request', 'Missing (or invalid type) array parameter hashes');
  refused(await sign({ operationMode: 'A' }), 400, 'invalid_request', 'Invalid parameter operationMode');
  refused(await sign({ hashAlgorithmOID: P256.hash }), 400, 'invalid_request', 'Invalid parameter hashAlgorithmOID');
  refused(await json('/csc/v2/credentials/list', {}, sad.access_token), 403, 'access_denied');
});

// ---- what is published

test('CERT-13, LOG-4: lists, certificates and checkpoints come over plain HTTP, and nothing else does', async () => {
  const client = new Client(instance);
  const types = { '/pki/crl/sm2.crl': 'application/pkix-crl', '/pki/crl/p256.crl': 'application/pkix-crl',
    '/pki/ca/root-sm2.cer': 'application/pkix-cert', '/pki/ca/issuing-p256.cer': 'application/pkix-cert',
    '/pki/log/key': 'text/plain; charset=utf-8', '/pki/log/checkpoint': 'text/plain; charset=utf-8' };
  for (const [path, type] of Object.entries(types)) {
    const answer = await client.get(path, { pki: true });
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers['content-type'], type);
  }
  const newest = await client.get('/pki/log/checkpoint', { pki: true });
  const size = newest.text.split('\n')[1];
  assert.equal((await client.get(`/pki/log/checkpoint/${size}`, { pki: true })).text, newest.text);
  for (const path of ['/pki/crl/rsa.crl', '/pki/crl/sm2', '/pki/ca/ocsp-sm2.cer', '/pki/log/checkpoint/0', '/pki/log/checkpoint/999999999',
    '/oauth2/jwks', '/login']) {
    assert.equal((await client.get(path, { pki: true })).status, 404, path);
  }
  const broken = await client.request('/pki/ocsp/p256', { method: 'POST', pki: true, body: 'no request',
    headers: { 'content-type': 'application/ocsp-request' } });
  assert.equal(broken.bytes.toString('hex'), '30030a0101', 'malformedRequest');
});
