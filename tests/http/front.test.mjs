// The front server alone: what nginx answers by itself, and which program it hands a path to.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from '../harness/client.mjs';
import { startInstance } from '../harness/instance.mjs';
import { waitFor } from '../harness/wait.mjs';

let instance;
before(async () => { instance = await startInstance({ base: '/yinxin' }); });
after(() => instance.stop());

test('OPS-14: all works below the path of public_url, its bare name leads there, nothing else exists', async () => {
  const client = new Client(instance);
  assert.equal((await client.get('/healthz')).status, 200);
  const bare = await client.request(`${instance.origin}/yinxin`);
  assert.equal(bare.status, 308);
  assert.equal(bare.location, '/yinxin/');
  assert.equal((await client.request(`${instance.origin}/healthz`)).status, 404);
});

test('SEC-3: a form of keys larger than 8 KB is refused at the door, in our look', async () => {
  const answer = await new Client(instance).post('/keys/anything', 'a'.repeat(8193));
  assert.equal(answer.status, 413);
  assert.match(answer.text, /提交的内容太大/);
  assert.match(answer.text, /href="\/yinxin\/static\/yinxin\.css"/);
  assert.match(answer.headers['content-security-policy'], /default-src 'self'/);
  assert.ok(answer.headers['x-request-id']);
});

test('SEC-3: a program that sends too much is told so in JSON', async () => {
  const answer = await new Client(instance).post('/csc/v2/signatures/signHash', 'a'.repeat(1024 * 1024 + 1));
  assert.equal(answer.status, 413);
  assert.equal(answer.json().error, 'invalid_request');
});

test('OPS-8: metrics are for this machine, and a forwarded address is another machine', async () => {
  assert.equal((await new Client(instance, { address: '198.51.100.7' }).get('/metrics')).status, 403);
  assert.equal((await new Client(instance, { address: '127.0.0.1' }).get('/metrics')).status, 200);
});

// As another program of this machine: a proxy that nobody listed, or a scraper.
const asNeighbour = (headers) => new Promise((resolve, reject) => {
  http.get({ host: '127.0.0.1', port: instance.port, path: '/yinxin/metrics', localAddress: '127.0.0.2', headers: { host: `localhost:${instance.port}`, ...headers } },
    (response) => resolve(response.resume().statusCode)).on('error', reject);
});

test('OPS-8, OPS-17: behind a proxy that is not listed everybody comes from this machine, so it gets no metrics', async () => {
  assert.equal(await asNeighbour({}), 200);
  for (const [name, value] of [['x-forwarded-for', '198.51.100.7'], ['x-forwarded-for', '127.0.0.1'], ['forwarded', 'for=198.51.100.7'],
    ['x-real-ip', '198.51.100.7'], ['via', '1.1 edge']]) assert.equal(await asNeighbour({ [name]: value }), 403, `${name}: ${value}`);
});

test('SEC-2: static files are compressed, guarded by headers, and immutable only under their version', async () => {
  const client = new Client(instance);
  const answer = await client.get('/static/yinxin.css?v=1', { headers: { 'accept-encoding': 'br' } });
  assert.equal(answer.headers['content-encoding'], 'br');
  assert.match(answer.headers['cache-control'], /immutable/);
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  assert.equal((await client.get('/static/yinxin.css')).headers['cache-control'], 'no-cache');
  assert.equal((await client.get('/static/none.css?v=1')).headers['cache-control'], 'no-store');
});

test('LOGIN-4: a flood of logins from one address is slowed down, another address is not', async () => {
  const client = new Client(instance);
  const answers = await Promise.all(Array.from({ length: 150 }, () => client.post('/login', {})));
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length > 0 && refused.length < 100, `${refused.length} of 150 refused`);
  assert.equal(refused[0].headers['retry-after'], '5');
  assert.match(refused[0].text, /操作太频繁/);
  assert.notEqual((await new Client(instance).post('/login', {})).status, 429);
});

test('LOGIN-4: a network of IPv6 counts as one address, as in the program; an IPv4 address written as IPv6 counts alone', async () => {
  const flood = async (address) => (await Promise.all(Array.from({ length: 150 }, (_, i) => new Client(instance, { address: address(i) }).post('/login', {}))))
    .filter(({ status }) => status === 429).length;
  const refused = await flood((i) => `2001:db8:aaaa:bbbb:${i.toString(16)}::1`);
  assert.ok(refused > 0 && refused < 100, `${refused} of 150 refused`);
  assert.equal(await flood((i) => `2001:db8:aaaa:${i.toString(16)}::1`), 0);
  assert.equal(await flood((i) => `::ffff:198.51.100.${i}`), 0);
});

test('OPS-17: the plain listener serves nothing but /pki/', async () => {
  const client = new Client(instance);
  for (const target of ['/login', '/yinxin/login', '/static/yinxin.css', '/']) {
    assert.equal((await client.request(instance.origin + target, { pki: true })).status, 404, target);
  }
});

test('OPS-8: the access log holds neither queries, nor a scanned secret, nor an address', async () => {
  const client = new Client(instance, { address: '203.0.113.77' });
  await client.get('/login?next=secret-in-query');
  await client.get('/s/12345/secret-in-path');
  const text = await waitFor(async () => {
    const log = await readFile(path.join(instance.data, 'log/access.log'), 'utf8');
    return log.includes('/yinxin/s/…') && log;
  });
  assert.match(text, /"path":"\/yinxin\/login"/);
  assert.doesNotMatch(text, /secret-in|203\.0\.113\.77/);
});
