// The open API as a program meets it: discovery, the token endpoint's refusals word for word, CSC's errors, what is published
// over plain HTTP, health and metrics (API-1 to API-3, CERT-13, LOG-4, OPS-8).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { ask, request } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { folderOf, openssl } from '../harness/openssl.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { scanAndApprove } from '../harness/scan.mjs';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
let instance;
let program; // a program without cookies
let shop, rival; // two platforms
let who; // a legal representative with an installed cert
let tokens; // of who for the shop: scope service
before(async () => {
  instance = await sharedInstance();
  program = new Client(instance, { address: '127.0.0.1' }); // beyond the front server's limit of requests
  [shop, rival, who] = await Promise.all([platform(instance), platform(instance), legalRep(instance)]);
  tokens = await granted(shop, { scope: 'openid profile service offline_access' });
});
after(() => program.close());

const basic = ({ client, secret }) => ({ authorization: `Basic ${btoa(`${client}:${secret}`)}` });
const bearer = (token) => ({ authorization: `Bearer ${token}` });
const form = (path, fields, by) => program.post(path, fields, { headers: by ? basic(by) : {} });
const json = (path, body, token) => program.post(path, typeof body === 'string' ? body : JSON.stringify(body),
  { headers: { 'content-type': 'application/json', ...(token && bearer(token)) } });

// A code for a platform, with what its exchange needs.
async function code(by, parameters) {
  const asked = request(by, parameters);
  const { back } = await scanAndApprove(new Client(instance), who.client, asked.path);
  return { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: by.redirect, code_verifier: asked.verifier };
}
async function granted(by, parameters) {
  const answer = await form('/oauth2/token', await code(by, parameters), by);
  assert.equal(answer.status, 200, answer.text);
  return answer.json();
}

// The answer is this error, as JSON that nobody keeps.
function refused(answer, status, error, description) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/json/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const told = answer.json();
  assert.equal(told.error, error, answer.text);
  if (description) assert.equal(told.error_description, description);
  assert.ok(!answer.text.includes('<'), 'no HTML');
  assert.ok(!answer.headers['set-cookie']);
}

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

// ---- pushed requests

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

test('API-1: another client learns nothing of a token and cannot end it', async () => {
  const own = await form('/oauth2/introspect', { token: tokens.access_token }, shop);
  assert.equal(own.json().active, true);
  assert.equal(own.json().client_id, shop.client);
  assert.deepEqual((await form('/oauth2/introspect', { token: tokens.access_token }, rival)).json(), { active: false });
  assert.deepEqual((await form('/oauth2/introspect', { token: 'x' }, shop)).json(), { active: false });
  refused(await form('/oauth2/introspect', {}, shop), 400, 'invalid_request', 'Missing (or invalid type) string parameter token');
  assert.equal((await form('/oauth2/revoke', { token: tokens.access_token }, rival)).status, 200, 'RFC 7009 says nothing more');
  assert.equal((await form('/oauth2/introspect', { token: tokens.access_token }, shop)).json().active, true);
  const short = await granted(shop, { scope: 'openid' });
  assert.equal((await form('/oauth2/revoke', { token: short.access_token }, shop)).status, 200);
  refused(await program.get('/oauth2/userinfo', { headers: bearer(short.access_token) }), 401, 'invalid_token');
  assert.equal((await form('/csc/oauth2/revoke', { token: short.access_token }, shop)).status, 204, 'and CSC\'s way');
});

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

// ---- CSC

test('API-2: info is open to everybody in both versions and names where to authorize', async () => {
  for (const [version, specs] of [['v1', '1.0.4.0'], ['v2', '2.0.0.2']]) {
    const info = (await json(`/csc/${version}/info`, {})).json();
    assert.equal(info.specs, specs);
    assert.equal(info.oauth2, `${instance.url}/csc`);
    assert.deepEqual(info.authType, ['oauth2code']);
    assert.ok(info.methods.includes('signatures/signHash'));
    const logo = await program.get(new URL(info.logo).pathname);
    assert.equal(logo.headers['content-type'], 'image/png', 'the standard takes PNG and JPEG');
    assert.equal(logo.bytes.subarray(1, 4).toString(), 'PNG');
  }
});

test('API-2: credentials/list and credentials/info answer in the standard\'s names, and refuse in its words', async (t) => {
  const list = (body, version = 'v2', token = tokens.access_token) => json(`/csc/${version}/credentials/list`, body, token);
  const { credentialIDs } = (await list({})).json();
  assert.equal(credentialIDs.length, 2, 'the two signing keys');
  assert.deepEqual((await list({}, 'v1')).json().credentialIDs, credentialIDs);
  refused(await list({ userID: 'somebody' }), 400, 'invalid_request', 'userID parameter MUST be null');
  refused(await list('[]'), 400, 'invalid_request', 'The body is not a JSON object');
  refused(await list('{'), 400, 'invalid_request', 'The body is not a JSON object');
  refused(await list('{"a":1,"a":2}'), 400, 'invalid_request');
  refused(await list(`${'['.repeat(200)}`), 400, 'invalid_request');
  refused(await list({}, 'v2', 'nothing'), 401, 'invalid_token');
  const info = (body, version = 'v2', token = tokens.access_token) => json(`/csc/${version}/credentials/info`, body, token);
  const folder = await folderOf(t);
  for (const credentialID of credentialIDs) {
    const v2 = (await info({ credentialID, certificates: 'chain', certInfo: true })).json();
    assert.equal(v2.key.status, 'enabled');
    assert.equal(v2.cert.status, 'valid');
    assert.equal(v2.cert.certificates.length, 3);
    assert.match(v2.cert.validFrom, /^\d{14}Z$/);
    const leaf = await folder.write('leaf.der', Buffer.from(v2.cert.certificates[0], 'base64'));
    assert.match((await openssl('x509', '-inform', 'DER', '-in', leaf, '-noout', '-subject', '-nameopt', 'utf8')).text, new RegExp(who.org.uscc));
    assert.equal((await info({ credentialID }, 'v1')).json().authMode, 'oauth2code');
    assert.equal((await info({ credentialID, certificates: 'none' })).json().cert.certificates, undefined);
  }
  const [credentialID] = credentialIDs;
  refused(await info({}), 400, 'invalid_request', 'Missing (or invalid type) string parameter credentialID');
  refused(await info({ credentialID: 7 }), 400, 'invalid_request', 'Missing (or invalid type) string parameter credentialID');
  refused(await info({ credentialID: '12345' }), 400, 'invalid_request', 'Invalid parameter credentialID');
  refused(await info({ credentialID, certificates: 'all' }), 400, 'invalid_request', 'Invalid parameter certificates');
  const theirs = await granted(rival, { scope: 'openid' });
  refused(await info({ credentialID }, 'v2', theirs.access_token), 400, 'invalid_request', 'Invalid parameter credentialID');
});

test('API-2: signHash refuses without a SAD, with a service token, and with hashes that are none, in the standard\'s words', async () => {
  const { credentialIDs: [credentialID] } = (await json('/csc/v2/credentials/list', {}, tokens.access_token)).json();
  const sign = (body, token = tokens.access_token, version = 'v2') => json(`/csc/${version}/signatures/signHash`, body, token);
  const hashes = [Buffer.alloc(32).toString('base64')], signAlgo = '1.2.840.10045.4.3.2';
  refused(await sign({ credentialID, hashes, signAlgo }), 400, 'invalid_request', 'Missing (or invalid type) string parameter SAD');
  refused(await sign({ credentialID, hashes, signAlgo, SAD: 'x' }), 400, 'invalid_request', 'Invalid parameter SAD');
  refused(await sign({ credentialID, hashes, signAlgo, SAD: tokens.access_token }), 400, 'invalid_request', 'Invalid parameter SAD');
  refused(await sign({ credentialID, hashes, signAlgo, SAD: 'x' }, 'nothing'), 401, 'invalid_token');
  refused(await sign({ credentialID, hash: hashes, signAlgo, SAD: 'x' }, tokens.access_token, 'v1'), 400, 'invalid_request', 'Invalid parameter SAD');
});

test('API-2: a SAD signs its hashes only: none other, none of another length, by no other algorithm, for no other key', async () => {
  const { credentialIDs } = (await json('/csc/v2/credentials/list', {}, tokens.access_token)).json();
  const infos = await Promise.all(credentialIDs.map(async (id) => ({ id, ...(await json('/csc/v2/credentials/info', { credentialID: id }, tokens.access_token)).json() })));
  const p256 = infos.find(({ key }) => key.curve === '1.2.840.10045.3.1.7'), sm2 = infos.find((one) => one !== p256);
  const hash = Buffer.alloc(32, 7).toString('base64'), other = Buffer.alloc(32, 8).toString('base64');
  const sad = await granted(shop, { scope: 'credential', authorization_details: JSON.stringify([{ type: 'credential', credentialID: p256.id,
    hashAlgorithmOID: '2.16.840.1.101.3.4.2.1', signAlgo: p256.key.algo[0], documentDigests: [{ hash, label: '投标函.pdf' }] }]) });
  const body = (more) => ({ credentialID: p256.id, hashes: [hash], hashAlgorithmOID: '2.16.840.1.101.3.4.2.1', signAlgo: p256.key.algo[0], ...more });
  const sign = (more) => json('/csc/v2/signatures/signHash', body(more), sad.access_token);
  refused(await sign({ hashes: [other] }), 400, 'invalid_request', 'Hash is not authorized by the SAD');
  refused(await sign({ hashes: [hash, other] }), 400, 'invalid_request', 'Hash is not authorized by the SAD');
  refused(await sign({ hashes: [Buffer.alloc(20).toString('base64')] }), 400, 'invalid_request', 'Invalid digest value length');
  refused(await sign({ hashes: [] }), 400, 'invalid_request', 'Empty hashes array');
  refused(await sign({ hashes: undefined }), 400, 'invalid_request', 'Missing (or invalid type) array parameter hashes');
  refused(await sign({ hashes: ['***'] }), 400, 'invalid_request', 'Invalid Base64 hashes string parameter');
  refused(await sign({ hashes: [7] }), 400, 'invalid_request', 'Invalid Base64 hashes string parameter');
  refused(await sign({ hashes: Array(1001).fill(hash) }), 400, 'invalid_request', 'Numbers of signatures is too high');
  refused(await sign({ signAlgo: '1.2.156.10197.1.501' }), 400, 'invalid_request', 'Invalid parameter signAlgo');
  refused(await sign({ signAlgo: undefined }), 400, 'invalid_request', 'Missing (or invalid type) string parameter signAlgo');
  refused(await sign({ hashAlgorithmOID: '1.2.156.10197.1.401' }), 400, 'invalid_request', 'Invalid parameter hashAlgorithmOID');
  refused(await sign({ operationMode: 'A' }), 400, 'invalid_request', 'Invalid parameter operationMode');
  refused(await sign({ credentialID: sm2.id, signAlgo: sm2.key.algo[0], hashAlgorithmOID: undefined }), 400, 'invalid_request');
  const once = await sign({});
  assert.equal(once.status, 200, once.text);
  assert.deepEqual((await sign({})).json(), once.json(), 'the same again to an identical repeat');
  refused(await sign({ hashes: [other] }), 400, 'invalid_request', 'Hash is not authorized by the SAD');
});

// ---- /pki/

test('CERT-13: CRLs, CA certificates and checkpoints are served over plain HTTP, and openssl reads them', async (t) => {
  const folder = await folderOf(t);
  for (const hierarchy of ['p256', 'sm2']) {
    const crl = await program.request(`/pki/crl/${hierarchy}.crl`, { pki: true });
    assert.equal(crl.status, 200);
    assert.equal(crl.headers['content-type'], 'application/pkix-crl');
    const text = (await openssl('crl', '-inform', 'DER', '-in', await folder.write(`${hierarchy}.crl`, crl.bytes), '-noout', '-text')).text;
    assert.match(text, /Certificate Revocation List/);
    assert.match(text, /X509v3 CRL Number/);
    for (const name of [`root-${hierarchy}`, `issuing-${hierarchy}`]) {
      const cer = await program.request(`/pki/ca/${name}.cer`, { pki: true });
      assert.equal(cer.headers['content-type'], 'application/pkix-cert');
      assert.match((await openssl('x509', '-inform', 'DER', '-in', await folder.write('ca.cer', cer.bytes), '-noout', '-text')).text, /CA:TRUE/);
    }
  }
  const note = await program.request('/pki/log/checkpoint', { pki: true });
  assert.match(note.text, /^localhost:\d+\/oplog\n\d+\n/);
  const size = note.text.split('\n')[1];
  assert.equal((await program.request(`/pki/log/checkpoint/${size}`, { pki: true })).status, 200);
  assert.match((await program.request('/pki/log/key', { pki: true })).text, /\/oplog\+[0-9a-f]{8}\+/);
  for (const path of ['/pki/crl/rsa.crl', '/pki/crl/p256', '/pki/crl/..%2f..%2fyinxin.conf', '/pki/ca/ocsp-p256.cer', '/pki/ca/root-p256.pem',
    '/pki/log/checkpoint/0', '/pki/log/checkpoint/-1', '/pki/log/checkpoint/99999999999', '/pki/log/checkpoint/99999999999999999999', '/pki/log/checkpoint/a', '/pki/keys']) {
    const answer = await program.request(path, { pki: true });
    assert.equal(answer.status, 404, path);
    assert.ok(!answer.headers['set-cookie']);
  }
});

test('CERT-13, LOG-4: the address that is printed at the start names all the others, and each of them answers', async () => {
  const { status, headers, text } = await program.request('/pki', { pki: true });
  assert.equal(status, 200);
  assert.ok(!headers['set-cookie']);
  const named = Object.values(JSON.parse(text)).flat();
  assert.equal(named.length, 8);
  for (const url of named) {
    assert.ok(url.startsWith(`${instance.pkiUrl}/pki/`), url);
    assert.equal((await program.request(url.slice(instance.pkiUrl.length), { pki: true })).status, 200, url);
  }
  assert.equal((await program.request('/pki/', { pki: true })).location, '/pki');
});

test('CERT-13: OCSP says good, unknown and malformed, and takes nothing but a small request of its type', async (t) => {
  const folder = await folderOf(t);
  await instance.ctl('ca', 'export', folder.at('.'));
  const { credentialIDs } = (await json('/csc/v2/credentials/list', {}, tokens.access_token)).json();
  const chains = await Promise.all(credentialIDs.map(async (credentialID) =>
    (await json('/csc/v2/credentials/info', { credentialID, certificates: 'chain' }, tokens.access_token)).json()));
  const p256 = chains.find(({ key }) => key.curve === '1.2.840.10045.3.1.7').cert.certificates.map((one) => Buffer.from(one, 'base64'));
  const leaf = await folder.write('leaf.der', p256[0]);
  await openssl('x509', '-inform', 'DER', '-in', leaf, '-out', folder.at('leaf.pem'));
  const ocsp = (...which) => openssl('ocsp', '-issuer', folder.at('issuing-p256.pem'), ...which, '-url', `${instance.pkiUrl}/pki/ocsp/p256`,
    '-CAfile', folder.at('root-p256.pem'), '-verify_other', folder.at('issuing-p256.pem'));
  const good = await ocsp('-cert', folder.at('leaf.pem'));
  assert.match(good.text, /Response verify OK/);
  assert.match(good.text, /leaf\.pem: good/);
  const unknown = await ocsp('-serial', '0x1234567890abcdef');
  assert.match(unknown.text, /Response verify OK/);
  assert.match(unknown.text, /: unknown/);
  await openssl('ocsp', '-issuer', folder.at('issuing-p256.pem'), '-cert', folder.at('leaf.pem'), '-reqout', folder.at('request.der'));
  const question = await readFile(folder.at('request.der'));
  const ask = (body, type = 'application/ocsp-request', path = '/pki/ocsp/p256') => program.post(path, body, { pki: true, headers: { 'content-type': type } });
  assert.equal((await ask(question)).headers['content-type'], 'application/ocsp-response');
  for (const broken of [question.subarray(0, 20), Buffer.from('not ASN.1'), Buffer.alloc(0), Buffer.concat([question, Buffer.from([0])])]) {
    const answer = await ask(broken);
    assert.equal(answer.status, 200);
    assert.match((await openssl('ocsp', '-respin', await folder.write('answer.der', answer.bytes), '-resp_text', '-noverify')).text, /malformedrequest|malformed/i);
  }
  assert.equal((await ask(question, 'text/plain')).status, 415);
  assert.equal((await ask(Buffer.alloc(5000))).status, 413);
  assert.equal((await ask(question, undefined, '/pki/ocsp/rsa')).status, 404);

  const get = (text, hierarchy = 'p256') => program.request(`/pki/ocsp/${hierarchy}/${text}`, { pki: true });
  const read = async (answer) => (await openssl('ocsp', '-issuer', folder.at('issuing-p256.pem'), '-cert', folder.at('leaf.pem'), '-respin',
    await folder.write('answer.der', answer.bytes), '-CAfile', folder.at('root-p256.pem'), '-verify_other', folder.at('issuing-p256.pem'))).text;
  await openssl('ocsp', '-issuer', folder.at('issuing-p256.pem'), '-cert', folder.at('leaf.pem'), '-no_nonce', '-reqout', folder.at('plain.der'));
  const plain = (await readFile(folder.at('plain.der'))).toString('base64');
  for (const text of [encodeURIComponent(plain), plain]) { // escaped as RFC 6960 asks, and as clients send it too
    const answer = await get(text);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/ocsp-response');
    assert.match(await read(answer), /leaf\.pem: good/);
    assert.equal(answer.headers['cache-control'], 'public, max-age=300, no-transform, must-revalidate');
    assert.match(answer.headers.etag, /^"[0-9a-f]{64}"$/);
    assert.equal(Date.parse(answer.headers.expires) - Date.parse(answer.headers['last-modified']), 300_000);
  }
  let odd;
  do { // with what a path must escape
    await openssl('ocsp', '-issuer', folder.at('issuing-p256.pem'), '-serial', `0x${randomBytes(16).toString('hex')}`, '-no_nonce', '-reqout', folder.at('odd.der'));
    odd = (await readFile(folder.at('odd.der'))).toString('base64');
  } while (!odd.includes('/') || !odd.includes('+'));
  for (const text of [encodeURIComponent(odd), odd]) {
    const answer = await folder.write('answer.der', (await get(text)).bytes);
    assert.match((await openssl('ocsp', '-respin', answer, '-resp_text', '-noverify')).text, /Cert Status: unknown/);
  }
  assert.equal((await get(encodeURIComponent(question.toString('base64')))).headers['cache-control'], 'no-store', 'a nonce is for one asker');
  const malformed = await get(encodeURIComponent(question.subarray(0, 20).toString('base64')));
  assert.equal(malformed.headers['cache-control'], 'no-store');
  assert.match((await openssl('ocsp', '-respin', await folder.write('answer.der', malformed.bytes), '-resp_text', '-noverify')).text, /malformed/i);
  for (const path of ['rsa/AAAA', 'p256', 'p256/..%2f..%2fx']) assert.ok([400, 404].includes((await program.request(`/pki/ocsp/${path}`, { pki: true })).status), path);
});

// ---- health, metrics, and errors

test('OPS-8: health and readiness answer under any name, metrics count what happened', async () => {
  for (const path of ['/healthz', '/readyz']) {
    assert.equal((await program.get(path, { headers: { host: 'balancer.internal' } })).status, 200);
  }
  const local = new Client(instance, { address: '127.0.0.1' });
  const read = async () => (await local.get('/metrics')).text;
  const before = await read();
  assert.match((await local.get('/metrics')).headers['content-type'], /^text\/plain/);
  const sum = (text, pattern) => [...text.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
  for (let i = 0; i < 5; i++) await program.get('/oauth2/jwks');
  const after = await read();
  const requests = /^\w*requests?\w*_total\{[^}]*\} (\d+)$/gm;
  assert.ok(sum(after, requests) >= sum(before, requests) + 5, 'requests are counted');
  for (const line of after.trim().split('\n')) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{[^{}]*\})? [\d.e+-]+)$/, line);
  for (const [what, pattern] of [['latencies', /_bucket\{/], ['queues', /queue|jobs|waiting/]]) assert.match(after, pattern, what);
  for (const secret of [who.phone, who.name, who.doc, shop.secret]) assert.ok(!after.includes(secret));
});

test('API-1, HELP-3: whatever goes wrong is told to a program as JSON with a reference, never as a page', async () => {
  const told = [
    await program.get('/oauth2/nothing'), await program.get('/csc/v3/info'), await program.get('/.well-known/nothing'),
    await program.get('/oauth2/token'), await program.request('/oauth2/jwks', { method: 'DELETE' }),
    await form('/oauth2/token', 'a'.repeat(70_000), shop), await form('/oauth2/token', 'grant_type=%FF', shop), await form('/oauth2/token', 'grant_type=%00', shop),
    await json('/oauth2/token', {}), await program.post('/csc/v2/info', '{}', { headers: { 'content-type': 'text/html' } }),
    await form('/oauth2/token', Array.from({ length: 300 }, (_, i) => `a${i}=1`).join('&'), shop),
  ];
  assert.deepEqual(told.map(({ status }) => status), [404, 404, 404, 405, 405, 413, 400, 400, 415, 415, 400]);
  for (const answer of told) {
    assert.match(answer.headers['content-type'], /^application\/json/, answer.url);
    assert.ok(answer.json().error, answer.text);
    assert.ok(!answer.text.includes('<'), answer.text);
    assert.ok(!answer.headers['set-cookie'], answer.url);
  }
  for (const answer of told.slice(0, 5)) assert.equal(answer.json().reference, answer.headers['x-request-id']);
});
