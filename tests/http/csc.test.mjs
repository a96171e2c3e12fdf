// The Cloud Signature Consortium's API in both versions, its answers and refusals in the standard's words (API-2).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { sharedInstance } from '../harness/instance.mjs';
import { folderOf, openssl } from '../harness/openssl.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { P256, SM2, programOf, refused } from '../harness/program.mjs';

const digest = () => randomBytes(32);
let tokens; // of who for the shop: scope service
let instance, shop, rival, v1, who; // platforms, one of CSC v1, and a legal representative with an installed cert
let program, json, granted, keys;
before(async () => {
  instance = await sharedInstance();
  [shop, rival, v1, who] = await Promise.all([platform(instance), platform(instance), platform(instance, { flags: ['--csc1'] }), legalRep(instance)]);
  ({ client: program, json, granted, keys } = programOf(instance, who));
  tokens = await granted(shop, { scope: 'openid profile service offline_access' });
});
after(() => program.close());

test('API-2: info is open to everybody in both versions and names where to authorize', async () => {
  for (const [version, specs] of [['v1', '1.0.4.0'], ['v2', '2.0.0.2']]) {
    const info = (await json(`/csc/${version}/info`, {})).json();
    assert.equal(info.specs, specs);
    assert.equal(info.oauth2, `${instance.url}/csc`);
    assert.deepEqual(info.authType, ['oauth2code']);
    assert.ok(info.methods.includes('signatures/signHash'));
    assert.equal('signAlgorithms' in info, version === 'v2');
  }
});

test('API-2: a service token lists the chosen instance\'s signing keys and no other; list refuses in the standard\'s words', async () => {
  const list = (body, version = 'v2', token = tokens.access_token) => json(`/csc/${version}/credentials/list`, body, token);
  const { credentialIDs } = (await list({})).json();
  assert.equal(credentialIDs.length, 2, 'the two signing keys');
  assert.deepEqual((await list({}, 'v1')).json().credentialIDs, credentialIDs);
  assert.equal((await list({ credentialInfo: true, onlyValid: true })).json().credentialInfos.length, 2);
  refused(await list({ userID: 'somebody' }), 400, 'invalid_request', 'userID parameter MUST be null');
  for (const body of ['[]', '{']) refused(await list(body), 400, 'invalid_request', 'The body is not a JSON object');
  for (const body of ['{"a":1,"a":2}', '['.repeat(200)]) refused(await list(body), 400, 'invalid_request');
  refused(await list({}, 'v2', 'nothing'), 401, 'invalid_token');
  const { access_token: login } = await granted(shop, { scope: 'openid' });
  refused(await list({}, 'v2', login), 403, 'access_denied');
});

test('API-2: credentials/info tells of key and certificate in the standard\'s names, and of nobody else\'s', async (t) => {
  const { p256, sm2 } = await keys(tokens.access_token);
  assert.deepEqual(p256.key.algo, [P256.sign]);
  assert.deepEqual(sm2.key.algo, [SM2.sign]);
  assert.equal(p256.SCAL, '2');
  assert.equal(p256.multisign, 1000);
  assert.equal(p256.auth.mode, 'oauth2code');
  const info = (body, version = 'v2', token = tokens.access_token) => json(`/csc/${version}/credentials/info`, body, token);
  const folder = await folderOf(t);
  for (const { credentialID } of [p256, sm2]) {
    const v2 = (await info({ credentialID, certificates: 'chain', certInfo: true })).json();
    assert.equal(v2.key.status, 'enabled');
    assert.equal(v2.cert.status, 'valid');
    assert.equal(v2.cert.certificates.length, 3);
    for (const time of [v2.cert.validFrom, v2.cert.validTo]) assert.match(time, /^\d{14}Z$/);
    const leaf = await folder.write('leaf.der', Buffer.from(v2.cert.certificates[0], 'base64'));
    assert.match((await openssl('x509', '-inform', 'DER', '-in', leaf, '-noout', '-subject', '-nameopt', 'utf8')).text, new RegExp(who.org.uscc));
    assert.equal((await info({ credentialID }, 'v1')).json().authMode, 'oauth2code');
    assert.equal((await info({ credentialID })).json().cert.certificates.length, 1);
    assert.equal((await info({ credentialID, certificates: 'none' })).json().cert.certificates, undefined);
  }
  const { credentialID } = p256;
  for (const body of [{}, { credentialID: 7 }])
    refused(await info(body), 400, 'invalid_request', 'Missing (or invalid type) string parameter credentialID');
  refused(await info({ credentialID: '12345' }), 400, 'invalid_request', 'Invalid parameter credentialID');
  refused(await info({ credentialID, certificates: 'all' }), 400, 'invalid_request', 'Invalid parameter certificates');
  for (const by of [shop, rival]) { // a login opens no credential, one's own or another's
    const login = await granted(by, { scope: 'openid' });
    refused(await info({ credentialID }, 'v2', login.access_token), 400, 'invalid_request', 'Invalid parameter credentialID');
  }
});

test('API-2: signHash refuses without a SAD, with a service token, and with hashes that are none, in the standard\'s words', async () => {
  const { credentialIDs: [credentialID] } = (await json('/csc/v2/credentials/list', {}, tokens.access_token)).json();
  const sign = (body, token = tokens.access_token, version = 'v2') => json(`/csc/${version}/signatures/signHash`, body, token);
  const hashes = [Buffer.alloc(32).toString('base64')], signAlgo = P256.sign;
  refused(await sign({ credentialID, hashes, signAlgo }), 400, 'invalid_request', 'Missing (or invalid type) string parameter SAD');
  refused(await sign({ credentialID, hashes, signAlgo, SAD: 'x' }), 400, 'invalid_request', 'Invalid parameter SAD');
  refused(await sign({ credentialID, hashes, signAlgo, SAD: tokens.access_token }), 400, 'invalid_request', 'Invalid parameter SAD');
  refused(await sign({ credentialID, hashes, signAlgo, SAD: 'x' }, 'nothing'), 401, 'invalid_token');
  refused(await sign({ credentialID, hash: hashes, signAlgo, SAD: 'x' }, tokens.access_token, 'v1'), 400, 'invalid_request', 'Invalid parameter SAD');
});

test('API-2: a SAD signs its hashes only: none other, none of another length, by no other algorithm, for no other key', async () => {
  const { p256, sm2 } = await keys(tokens.access_token);
  const hash = Buffer.alloc(32, 7).toString('base64'), other = Buffer.alloc(32, 8).toString('base64');
  const sad = await granted(shop, { scope: 'credential', authorization_details: JSON.stringify([{ type: 'credential', credentialID: p256.credentialID,
    hashAlgorithmOID: P256.hash, signAlgo: p256.key.algo[0], documentDigests: [{ hash, label: '投标函.pdf' }] }]) });
  const body = (more) => ({ credentialID: p256.credentialID, hashes: [hash], hashAlgorithmOID: P256.hash, signAlgo: p256.key.algo[0], ...more });
  const sign = (more) => json('/csc/v2/signatures/signHash', body(more), sad.access_token);
  refused(await sign({ hashes: [other] }), 400, 'invalid_request', 'Hash is not authorized by the SAD');
  refused(await sign({ hashes: [hash, other] }), 400, 'invalid_request', 'Hash is not authorized by the SAD');
  refused(await sign({ hashes: [Buffer.alloc(20).toString('base64')] }), 400, 'invalid_request', 'Invalid digest value length');
  refused(await sign({ hashes: [] }), 400, 'invalid_request', 'Empty hashes array');
  refused(await sign({ hashes: undefined }), 400, 'invalid_request', 'Missing (or invalid type) array parameter hashes');
  refused(await sign({ hashes: ['***'] }), 400, 'invalid_request', 'Invalid Base64 hashes string parameter');
  refused(await sign({ hashes: [7] }), 400, 'invalid_request', 'Invalid Base64 hashes string parameter');
  refused(await sign({ hashes: Array(1001).fill(hash) }), 400, 'invalid_request', 'Numbers of signatures is too high');
  refused(await sign({ signAlgo: SM2.sign }), 400, 'invalid_request', 'Invalid parameter signAlgo');
  refused(await sign({ signAlgo: undefined }), 400, 'invalid_request', 'Missing (or invalid type) string parameter signAlgo');
  refused(await sign({ hashAlgorithmOID: SM2.hash }), 400, 'invalid_request', 'Invalid parameter hashAlgorithmOID');
  refused(await sign({ operationMode: 'A' }), 400, 'invalid_request', 'Invalid parameter operationMode');
  refused(await sign({ credentialID: sm2.credentialID, signAlgo: sm2.key.algo[0], hashAlgorithmOID: undefined }), 400, 'invalid_request');
  const once = await sign({});
  assert.equal(once.status, 200, once.text);
  assert.deepEqual((await sign({})).json(), once.json(), 'the same again to an identical repeat');
  refused(await sign({ hashes: [other] }), 400, 'invalid_request', 'Hash is not authorized by the SAD');
});

test('API-2: CSC v1 as today\'s clients speak it: no PKCE, hash in the query, SAD beside a service token', async () => {
  const { access_token: service } = await granted(v1, { scope: 'service', code_challenge: undefined, code_challenge_method: undefined });
  const { p256 } = await keys(service, 'v1');
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
  const { access_token: stranger } = await granted(shop, { scope: 'service' });
  refused(await sign({}, stranger), 400, 'invalid_request', 'Invalid parameter SAD');
});

test('API-2: in v2 the SAD is the bearer token, and the answer repeats what was granted', async () => {
  const { access_token: service } = await granted(shop, { scope: 'service' });
  const { sm2 } = await keys(service);
  const hash = digest().toString('base64');
  const details = [{ type: 'credential', credentialID: sm2.credentialID, hashAlgorithmOID: SM2.hash,
    documentDigests: [{ hash, label: '投标函.pdf' }] }];
  const sad = await granted(shop, { scope: undefined, authorization_details: JSON.stringify(details) });
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
