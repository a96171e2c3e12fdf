// The main job on real input: a legal representative signs a platform's file by QR code, once, with both keys; openssl and our
// own checkers judge what the platform got. The platform is the example's code, without its pages.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { readRoots, toPem } from '../../examples/platform/certificates.mjs';
import { checkDocument, finishDocument, plainName, storeDocument } from '../../examples/platform/document.mjs';
import { Portal } from '../../examples/platform/portal.mjs';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { DISTID, folderOf, openssl, say } from '../harness/openssl.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { collect, scan, scanAndApprove, waitingPage } from '../harness/scan.mjs';
import { waitFor } from '../harness/wait.mjs';

let instance;
let files; // one signed document for all tests that only look at it
const cleanups = [];
before(async () => {
  instance = await sharedInstance();
  files = await signedFiles({ after: (cleanup) => cleanups.push(cleanup) });
});
after(() => Promise.all(cleanups.map((cleanup) => cleanup())));

// ---- what several tests need

async function portalFor(folder) {
  const registered = await platform(instance);
  await instance.ctl('ca', 'export', folder.at('.'));
  return new Portal({ issuer: instance.url, clientId: registered.client, clientSecret: registered.secret,
    origin: new URL(registered.redirect).origin });
}

async function signIn(portal, who) {
  const desktop = new Client(instance);
  const { asked, url } = await portal.beginLogin();
  const { back } = await scanAndApprove(desktop, who.client, url);
  const tokens = await portal.finish(back, asked, true);
  return { desktop, tokens, credentials: await portal.credentials(tokens.access_token) };
}

// The same document's hashes, signed with one approval.
async function sign(portal, who, session, document) {
  const { asked, url } = await portal.beginSigning(session.credentials, document);
  const { back, done, ticket } = await scanAndApprove(session.desktop, who.client, url);
  const sad = await portal.finish(back, asked, false);
  return { sad, done, ticket, signatures: await portal.signatures(sad.access_token, session.credentials, document) };
}

// Signed files in a folder: content, content.p7s, content.sig, and of both keys leaf-, issuing- and root-….pem.
async function signedFiles(t, { seal = false } = {}) {
  const folder = await folderOf(t);
  const who = await legalRep(instance, { seal: true });
  const portal = await portalFor(folder);
  const session = await signIn(portal, who);
  const content = Buffer.concat([Buffer.from('投标函\n'), randomBytes(300_000)]);
  const document = await storeDocument(Readable.from([content]), { name: '投标函（正本）.pdf', folder: folder.at('.'), seal,
    credentials: session.credentials });
  const signed = await sign(portal, who, session, document);
  finishDocument(document, signed.signatures);
  await folder.write('content', content);
  await folder.write('content.p7s', document.cms);
  await folder.write('content.sig', document.sm2Signature);
  for (const kind of ['p256', 'sm2']) await folder.write(`leaf-${kind}.pem`, toPem(session.credentials[kind].chain[0].der));
  return { folder, who, portal, session, document, ...signed };
}

const verifyCms = ({ at }, content = 'content') => openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', at('content.p7s'),
  '-content', at(content), '-CAfile', at('root-p256.pem'), '-purpose', 'any', '-out', '/dev/null');

async function verifySm2({ at, write }, content = 'content', ...identity) {
  const { text } = await openssl('x509', '-in', at('leaf-sm2.pem'), '-noout', '-pubkey');
  return openssl('dgst', '-sm3', '-verify', await write('sm2.pub', text), '-sigopt', ...(identity.length ? identity : [DISTID]),
    '-signature', at('content.sig'), at(content));
}

const chainP256 = ({ at }, ...more) => openssl('verify', '-x509_strict', '-CAfile', at('root-p256.pem'), '-untrusted',
  at('issuing-p256.pem'), ...more, at('leaf-p256.pem'));
// The command gives the identity to the certificate it is asked about alone, so the path is walked step by step.
const stepSm2 = ({ at }, issuer, subject) => openssl('verify', '-vfyopt', DISTID, '-x509_strict', '-partial_chain', '-trusted',
  at(`${issuer}-sm2.pem`), at(`${subject}-sm2.pem`));

async function ocspStatus({ at }) {
  const { text: url } = await openssl('x509', '-in', at('leaf-p256.pem'), '-noout', '-ocsp_uri');
  assert.ok(url.startsWith(`${instance.pkiUrl}/pki/`), url);
  return openssl('ocsp', '-issuer', at('issuing-p256.pem'), '-cert', at('leaf-p256.pem'), '-url', url.trim(), '-CAfile',
    at('root-p256.pem'));
}

// The revocation list that the certificate itself names, as PEM.
async function fetchCrl({ at, write }) {
  const { text } = await openssl('x509', '-in', at('leaf-p256.pem'), '-noout', '-ext', 'crlDistributionPoints');
  const url = new URL(text.match(/URI:(\S+)/)[1]);
  assert.equal(url.origin, instance.pkiUrl);
  const answer = await new Client(instance).request(url.href.slice(instance.pkiUrl.length), { pki: true });
  const made = await openssl('crl', '-inform', 'DER', '-in', await write('p256.crl.der', answer.bytes), '-out', at('p256.crl'));
  assert.equal(made.code, 0, made.text);
}

// ---- tests

test('API-7, SCAN-6: one approval signs one document with P-256 and SM2, and openssl accepts both', async () => {
  const { folder, document } = files;
  const roots = await readRoots(folder.at('.'));
  const good = { signature: true, chain: true };
  assert.deepEqual(await checkDocument(document, roots), { cms: good, sm2: good });

  const cms = await verifyCms(folder);
  assert.equal(cms.code, 0, cms.text);
  const sm2 = await verifySm2(folder);
  assert.equal(sm2.code, 0, sm2.text);

  await folder.write('other', 'another document');
  assert.notEqual((await verifyCms(folder, 'other')).code, 0);
  assert.notEqual((await verifySm2(folder, 'other')).code, 0);
  assert.notEqual((await verifySm2(folder, 'content', 'distid:')).code, 0, 'the identity is part of what is signed');
});

test('API-7: the CMS names its certificate twice, by issuer and serial and by hash, and signs the DER of its attributes', async () => {
  const { folder, session } = files;
  const { text } = await openssl('cms', '-cmsout', '-print', '-noout', '-inform', 'DER', '-in', folder.at('content.p7s'));
  assert.match(text, /signingCertificateV2/);
  assert.match(text, new RegExp(session.credentials.p256.chain[0].serial, 'i'));
  const leaf = createHash('sha256').update(session.credentials.p256.chain[0].der).digest('hex').toUpperCase();
  const ess = text.match(/OCTET STRING\s+\[HEX DUMP\]:([0-9A-F]+)/)[1];
  assert.equal(ess, leaf);
});

test('SCAN-5: a login tells the platform what its scopes open, under a name that is this platform\'s alone', async (t) => {
  const folder = await folderOf(t);
  const who = await legalRep(instance);
  const [one, other] = [await portalFor(folder), await portalFor(folder)];
  const [here, there] = [await signIn(one, who), await signIn(other, who)];
  const [a, b] = [await one.person(here.tokens), await other.person(there.tokens)];
  assert.deepEqual(Object.keys(a).sort(), ['name', 'sub']);
  assert.equal(a.name, who.name);
  assert.notEqual(a.sub, b.sub);
  assert.equal((await one.person((await signIn(one, who)).tokens)).sub, a.sub, 'the same at every login');
});

test('API-1: the ID token is good for openid-client, a code serves once, and its second use ends what came of the first', async (t) => {
  const folder = await folderOf(t);
  const who = await legalRep(instance);
  const portal = await portalFor(folder);
  const { asked, url } = await portal.beginLogin();
  const { back } = await scanAndApprove(new Client(instance), who.client, url);
  const tokens = await portal.finish(back, asked, true);
  const claims = tokens.claims();
  assert.equal(claims.iss, instance.url);
  assert.equal(claims.nonce, asked.nonce);
  assert.ok(await portal.credentials(tokens.access_token));

  await assert.rejects(portal.finish(back, asked, true), { error: 'invalid_grant' });
  await assert.rejects(portal.credentials(tokens.access_token),
    ({ cause: [challenge] }) => challenge.parameters.error === 'invalid_token');
});

test('API-2: a SAD signs the approved hashes, the same again when asked again, and no other', async () => {
  const { portal, session, document, sad, signatures } = files;
  assert.deepEqual(await portal.signatures(sad.access_token, session.credentials, document), signatures);
  const other = { ...document, attributesHash: createHash('sha256').update('another').digest() };
  await assert.rejects(portal.signatures(sad.access_token, session.credentials, other),
    { error_description: 'Hash is not authorized by the SAD' });
});

test('SCAN-6, SCAN-10: phone and record name the document once for both hashes; a refusal reaches the platform', async () => {
  const { who, portal, session, document } = files;
  const { asked, url } = await portal.beginSigning(session.credentials, document);
  const { ticket, link } = await waitingPage(session.desktop, url);
  const page = await scan(who.client, link);
  assert.match(page.text, /1 份，2 个待签摘要/);
  assert.match(page.text, new RegExp(document.attributesHash.toString('hex'), 'i'));
  assert.match(page.text, new RegExp(document.sm2Hash.toString('hex'), 'i'));

  await who.client.submit(page, `/tickets/${ticket}/refuse`);
  await assert.rejects(portal.finish(await collect(session.desktop, ticket), asked, false), { error: 'access_denied' });

  const signed = await who.client.open(`/records/${files.done.text.match(/\/records\/(\d+)/)[1]}`);
  assert.match(signed.text, new RegExp(files.ticket));
  // two keys are two records of one document: the record names it once, with what each key signed
  assert.match(signed.text, /文件 <span[^>]*>1 份，2 个待签摘要/);
  assert.equal(signed.text.match(/<li>(?:(?!<\/li>).)*<span class="flex-fill">投标函（正本）\.pdf/g).length, 1);
  assert.match(signed.text, /同一份文件用两个密钥各签一次，每个密钥留一条记录/);
  for (const [key, hash] of [['SM2 密钥签，SM3', files.document.sm2Hash], ['P-256 密钥签，SHA-256', files.document.attributesHash]])
    assert.match(signed.text, new RegExp(`待签摘要，用 ${key}</span><span[^>]*>${hash.toString('hex')}`, 'i'));
  const list = (await who.client.open('/me/records?kind=sign')).text;
  for (const key of ['SM2', 'P-256']) assert.match(list, new RegExp(`投标函（正本）\\.pdf（${key} 密钥）`));
});

test('API-7: a name that is too long is cut where one sees it, and keeps its ending', () => {
  assert.equal(plainName(`${'长'.repeat(115)}.pdf`), `${'长'.repeat(115)}.pdf`);
  const cut = plainName(`${'长'.repeat(150)}.pdf`);
  assert.equal([...cut].length, 120);
  assert.ok(cut.endsWith('长….pdf'), cut);
});

test('CERT-12: both chains lead to the exported roots', async () => {
  const { folder } = files;
  const sm2Steps = [await stepSm2(folder, 'issuing', 'leaf'), await stepSm2(folder, 'root', 'issuing')];
  for (const verified of [await chainP256(folder), ...sm2Steps]) {
    assert.equal(verified.code, 0, verified.text);
  }
  assert.notEqual((await stepSm2(folder, 'root', 'leaf')).code, 0);
  for (const kind of ['p256', 'sm2']) {
    const own = await instance.ctl('cert', 'verify', folder.at(`leaf-${kind}.pem`));
    assert.equal(own.stdout, 'good\n');
  }
});

test('CERT-13: before revocation CRL, OCSP and our own check call a certificate good; after it all refuse', async (t) => {
  const { folder, who } = await signedFiles(t);
  const { at } = folder;
  await fetchCrl(folder);
  const crl = ['-crl_check', '-CRLfile', at('p256.crl')];
  const before = [await chainP256(folder, ...crl), await ocspStatus(folder)];
  assert.equal(before[0].code, 0, before[0].text);
  assert.match(before[1].text, /Response verify OK/);
  assert.match(before[1].text, /leaf-p256\.pem: good/);

  const answer = await who.client.submit(`/certs/${who.cert}/revoke`, `/certs/${who.cert}/revoke`, { reason: 'lost' });
  assert.equal(answer.status, 303, answer.text);

  const revoked = await ocspStatus(folder);
  assert.match(revoked.text, /Response verify OK/);
  assert.match(revoked.text, /leaf-p256\.pem: revoked/);
  assert.match(revoked.text, /Reason: keyCompromise/);
  const refused = await waitFor(async () => {
    await fetchCrl(folder);
    const verified = await chainP256(folder, ...crl);
    return verified.code !== 0 && verified;
  }, { what: 'a list with the certificate on it' });
  assert.match(refused.text, /certificate revoked/);
  for (const kind of ['p256', 'sm2']) {
    await assert.rejects(instance.ctl('cert', 'verify', at(`leaf-${kind}.pem`)), { stdout: 'revoked\n', code: 1 });
  }
});

test('LOG-4: the receipt of a signature is proved offline, and refused after one flipped bit of it or of its record', async () => {
  const { folder, who, done } = files;
  const { at, write } = folder;
  const id = done.text.match(/\/records\/(\d+)/)[1];
  const fetch = (part) => waitFor(async () => {
    const answer = await who.client.get(`/records/${id}/${part}`);
    return answer.status === 200 && answer.bytes;
  }, { what: `the ${part}` });
  const key = (await new Client(instance).get('/pki/log/key', { pki: true })).text.trim();
  const check = () => say(instance.program('receipt-check'), ['--key', key, at('receipt'), at('leaf')]);
  const receipt = await fetch('receipt');
  const leaf = await fetch('leaf');

  await write('receipt', receipt);
  await write('leaf', leaf);
  assert.equal((await check()).code, 0);
  for (const [name, bytes] of [['receipt', receipt], ['leaf', leaf]]) {
    const flipped = Buffer.from(bytes);
    flipped[flipped.length >> 1] ^= 1;
    await write(name, flipped);
    assert.notEqual((await check()).code, 0, name);
    await write(name, bytes);
  }
});

test('LOG-3: after all this the log is proved whole', async () => {
  await waitFor(async () => (await instance.ctl('verify-log')).stdout, { what: 'a whole log' });
});
