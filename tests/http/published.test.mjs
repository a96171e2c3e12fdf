// What is open to everybody: certificates, lists, OCSP and checkpoints over plain HTTP, health and metrics (CERT-13, LOG-4, OPS-8).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { folderOf, openssl } from '../harness/openssl.mjs';
import { legalRep, platform } from '../harness/people.mjs';
import { programOf } from '../harness/program.mjs';

let instance, shop, who; // a platform, and a legal representative with an installed cert
let program, granted, keys;
before(async () => {
  instance = await sharedInstance();
  [shop, who] = await Promise.all([platform(instance), legalRep(instance)]);
  ({ client: program, granted, keys } = programOf(instance, who));
});
after(() => program.close());

test('CERT-13, LOG-4: CRLs, CA certificates and checkpoints come over plain HTTP, openssl reads them, and nothing else comes', async (t) => {
  const folder = await folderOf(t);
  const fetched = async (path, type) => {
    const answer = await program.get(path, { pki: true });
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers['content-type'], type, path);
    return answer;
  };
  for (const hierarchy of ['p256', 'sm2']) {
    const crl = await fetched(`/pki/crl/${hierarchy}.crl`, 'application/pkix-crl');
    const text = (await openssl('crl', '-inform', 'DER', '-in', await folder.write(`${hierarchy}.crl`, crl.bytes), '-noout', '-text')).text;
    assert.match(text, /Certificate Revocation List/);
    assert.match(text, /X509v3 CRL Number/);
    for (const name of [`root-${hierarchy}`, `issuing-${hierarchy}`]) {
      const cer = await fetched(`/pki/ca/${name}.cer`, 'application/pkix-cert');
      assert.match((await openssl('x509', '-inform', 'DER', '-in', await folder.write('ca.cer', cer.bytes), '-noout', '-text')).text, /CA:TRUE/);
    }
  }
  const plain = 'text/plain; charset=utf-8';
  const newest = await fetched('/pki/log/checkpoint', plain);
  assert.match(newest.text, /^localhost:\d+\/oplog\n\d+\n/);
  const size = newest.text.split('\n')[1];
  assert.equal((await program.get(`/pki/log/checkpoint/${size}`, { pki: true })).text, newest.text);
  assert.match((await fetched('/pki/log/key', plain)).text, /\/oplog\+[0-9a-f]{8}\+/);
  for (const path of ['/pki/crl/rsa.crl', '/pki/crl/p256', '/pki/crl/sm2', '/pki/crl/..%2f..%2fyinxin.conf', '/pki/ca/ocsp-p256.cer', '/pki/ca/ocsp-sm2.cer',
    '/pki/ca/root-p256.pem', '/pki/log/checkpoint/0', '/pki/log/checkpoint/-1', '/pki/log/checkpoint/99999999999',
    '/pki/log/checkpoint/99999999999999999999', '/pki/log/checkpoint/a', '/pki/keys', '/oauth2/jwks', '/login']) {
    const answer = await program.get(path, { pki: true });
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
  const { p256 } = await keys((await granted(shop, { scope: 'openid service' })).access_token);
  const leaf = await folder.write('leaf.der', Buffer.from(p256.cert.certificates[0], 'base64'));
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
    assert.equal(answer.bytes.toString('hex'), '30030a0101', 'malformedRequest');
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
