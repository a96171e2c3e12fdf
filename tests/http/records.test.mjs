// Records: lists, filters, export, receipts.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { legalRep, makeSeal, orgOf, person } from '../harness/people.mjs';
import { waitFor } from '../harness/wait.mjs';

const run = promisify(execFile);
let instance;
before(async () => { instance = await sharedInstance(); });

const ids = (html) => [...html.matchAll(/href="\/records\/(\d+)"/g)].map(([, id]) => id);
const actions = (html) => [...html.matchAll(/<b class="yx-b">([^<]*)<\/b>　/g)].map(([, word]) => word);
const cells = (line) => [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell]) => cell.replaceAll('""', '"'));
const csv = (text) => text.replace(/^\ufeff/, '').trimEnd().split('\r\n').map(cells);
const today = (days = 0) => new Date(Date.now() + 8 * 3600_000 + days * 86_400_000).toISOString().slice(0, 10);

test('LOG-1: who, what, when, from where, with what result', async () => {
  const who = await person(instance, { client: new Client(instance, { address: '203.0.113.21' }) });
  const list = await who.client.get('/me/records');
  assert.ok(actions(list.text).includes('登录'));
  const record = await who.client.get(`/records/${ids(list.text)[actions(list.text).indexOf('登录')]}`);
  assert.equal(record.status, 200);
  assert.match(record.text, new RegExp(`${who.name}（您）`));
  assert.match(record.text, /203\.0\.113\.21，Chrome/);
  assert.match(record.text, /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 北京时间（\+08:00）/);
  assert.match(record.text, /成功/);
});

test('LOG-2: kind, scope and time narrow the list; what was chosen stays chosen', async () => {
  const who = await person(instance);
  await orgOf(instance, who);
  const list = async (query) => {
    const page = await who.client.get(`/me/records?${query}`);
    assert.equal(page.status, 200, query);
    return page.text;
  };
  assert.deepEqual(actions(await list('kind=login')), ['登录']);
  assert.deepEqual(actions(await list('scope=org')), ['登记成员']);
  assert.ok(!actions(await list('scope=personal')).includes('登记成员'));
  assert.match(await list('kind=decrypt'), /这个条件下没有记录/);
  assert.ok(actions(await list('days=1')).length >= 3);
  assert.ok(actions(await list(`from=${today()}&to=${today()}`)).length >= 3);
  assert.match(await list(`from=${today(-3)}&to=${today(-1)}`), /这个条件下没有记录/);
  const chosen = await list('days=30&kind=login');
  assert.match(chosen, /days=30[^"]*" aria-current="true">30 天/);
  assert.match(chosen, /value="login" selected/);
  assert.match(chosen, /href="\/me\/records\.csv\?days=30&amp;kind=login"/);
  assert.match(await list('kind=nonsense&days=5&scope='), /登录/);
});

test('LOG-2, SEAL-6: every list says where it stands', async () => {
  const who = await legalRep(instance, { seal: true });
  const org = `/orgs/${who.org.id}`;
  const above = async (list) => [...(await who.client.get(list)).text.match(/<nav class="yx-desk" aria-label="位置">.*?<\/nav>/s)[0]
    .matchAll(/href="([^"]*)">([^<]*)</g)].map(([, path, word]) => `${word} ${path}`);
  assert.deepEqual(await above('/me/records'), ['我的 /me']);
  assert.deepEqual(await above(`${org}/records`), [`单位 ${org}`]);
  assert.deepEqual(await above(`${org}/seals/${who.seal}/records`), [`单位 ${org}`, `印章 ${org}/seals`, `公章 ${org}/seals/${who.seal}`]);
  assert.deepEqual(await above(`/certs/${who.cert}/records`), [`单位 ${org}`, `数字证书 ${org}/certs`, `证书详情 /certs/${who.cert}`]);
});

test('LOG-2, SEAL-6: making and voiding a seal is a kind of its own, and no use', async () => {
  const who = await person(instance);
  const org = await orgOf(instance, who);
  const seal = `/orgs/${org.id}/seals/${await makeSeal(who, org)}`;
  await who.client.submit(`${seal}/void`, `${seal}/void`);
  for (const base of ['/me/records', `/orgs/${org.id}/records`, `${seal}/records`]) {
    assert.deepEqual(actions((await who.client.get(`${base}?kind=change`)).text), ['作废印章', '制作印章'], base);
    assert.match((await who.client.get(`${base}?kind=seal`)).text, /这个条件下没有记录/, base);
    assert.ok(!actions((await who.client.get(`${base}?kind=other`)).text).includes('制作印章'), base);
    const rows = csv((await who.client.get(`${base}.csv?kind=change`)).text).slice(1);
    assert.deepEqual(rows.map((row) => row[2]), ['印章制作和作废', '印章制作和作废'], base);
  }
});

test('LOG-1: a record names the agreement and its version, and who was made a member as what', async () => {
  const who = await person(instance);
  await orgOf(instance, who);
  const list = (await who.client.get('/me/records')).text;
  for (const title of ['用户协议', '隐私政策']) assert.match(list, new RegExp(`同意协议</b>　《${title}》，版本 \\S`));
  assert.match(list, new RegExp(`登记成员</b>　法定代表人 ${who.name}`));
});

test('LOG-2: a date that is none, or an end before its beginning, is told at its field', async () => {
  const who = await person(instance);
  for (const [query, field, message] of [['from=2026-02-30', 'from', '日期不对'], ['to=24.11.2026', 'to', '日期不对'],
    ['from=2026-1-1', 'from', '日期不对'], ['from=2026-11-24&to=2026-11-23', 'to', '早于开始']]) {
    const page = await who.client.get(`/me/records?${query}`);
    assert.equal(page.status, 422, query);
    assert.match(page.text, new RegExp(`id="${field}-e".*${message}`, 's'));
    assert.equal((await who.client.get(`/me/records.csv?${query}`)).status, 422);
  }
  assert.equal((await who.client.get('/me/records?from=%ff')).status, 400);
});

test('LOG-2: 20 a page by key, without a gap and without doubles', async () => {
  const who = await person(instance);
  await Promise.all(Array.from({ length: 20 }, () => orgOf(instance, who)));
  const seen = [];
  for (let next = '/me/records'; next;) {
    const page = await who.client.get(next);
    assert.ok(ids(page.text).length <= 20);
    seen.push(...ids(page.text));
    next = page.text.match(/hx-get="([^"]*)"/)?.[1].replace(/&amp;/g, '&');
  }
  const exported = csv((await who.client.get('/me/records.csv')).text).slice(1).map((row) => row.at(-1).slice(1));
  assert.ok(seen.length > 20);
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(seen, exported);
});

test('LOG-2: the export is UTF-8 with its mark, for spreadsheets, and no cell is a formula', async () => {
  const who = await legalRep(instance, { personal: true });
  const page = await who.client.get('/me/sessions');
  const action = page.text.match(/action="(\/me\/devices\/\d+\/name)"/)[1];
  const evil = '=HYPERLINK("http://x.example","x")';
  for (const name of [evil, '+1', '-1', '@a'])
    assert.equal((await who.client.submit('/me/sessions', action, { device_name: name })).status, 303);
  const answer = await who.client.get('/me/records.csv?kind=other');
  assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8');
  assert.match(answer.headers['content-disposition'], /^attachment; filename="records-\d{8}\.csv"$/);
  assert.deepEqual([...answer.bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const [head, ...rows] = csv(answer.text);
  assert.equal(head[0], '时间（北京时间，+08:00）');
  assert.ok(rows.every((row) => row.length === head.length));
  assert.ok(rows.flat().includes(`'${evil}`));
  assert.ok(rows.flat().every((cell) => !/^[=+\-@\t\r]/.test(cell)), 'no cell begins as a formula');
});

test('LOG-4: within a second a record has its receipt, and the checker accepts it and not a changed one', async () => {
  const who = await person(instance);
  const [id] = ids((await who.client.get('/me/records')).text);
  const proof = await waitFor(async () => {
    const answer = await who.client.get(`/records/${id}/receipt`);
    return answer.status === 200 && answer;
  }, { timeout: 5000, what: 'the receipt' });
  const leaf = await who.client.get(`/records/${id}/leaf`);
  assert.equal(leaf.status, 200);
  assert.equal(proof.headers['content-disposition'], `attachment; filename="record-${id}.tlog-proof"`);
  assert.equal(leaf.headers['content-disposition'], `attachment; filename="record-${id}.leaf"`);
  const page = (await who.client.get(`/records/${id}`)).text;
  assert.match(page, new RegExp(`/records/${id}/receipt`));
  const keyUrl = new URL(page.match(/>(http[^<]*\/pki\/log\/key)</)[1]);
  const published = await who.client.get(keyUrl.pathname, { pki: true });
  assert.equal(published.text.trim(), (await readFile(path.join(instance.data, 'log.pub'), 'utf8')).trim(), 'the page names the log’s key');

  const folder = await mkdtemp(path.join(os.tmpdir(), 'receipt-'));
  try {
    const file = (name) => path.join(folder, name);
    await writeFile(file('proof'), proof.bytes);
    await writeFile(file('leaf'), leaf.bytes);
    const verifier = (await readFile(path.join(instance.data, 'log.pub'), 'utf8')).trim();
    const check = () => run(instance.program('receipt-check'), ['--key', verifier, file('proof'), file('leaf')]);
    await check();
    leaf.bytes[20] ^= 1;
    await writeFile(file('leaf'), leaf.bytes);
    await assert.rejects(check);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('SEC-1: another person’s record, receipt and leaf are not found', async () => {
  const who = await person(instance), stranger = await person(instance);
  const [id] = ids((await who.client.get('/me/records')).text);
  for (const path of [`/records/${id}`, `/records/${id}/receipt`, `/records/${id}/leaf`, '/records/0', '/records/1', '/records/x'])
    assert.equal((await stranger.client.get(path)).status, 404, path);
});

test('CERT-15, SEC-1: a certificate’s records are its owner’s alone, and hold what was done with it', async () => {
  const who = await legalRep(instance, { personal: true }), stranger = await person(instance);
  const page = await who.client.get(`/certs/${who.cert}/records`);
  assert.equal(page.status, 200);
  for (const word of ['领取证书', '申请安装证书', '证书签发']) assert.ok(actions(page.text).includes(word), word);
  assert.ok(!actions(page.text).includes('登录'));
  assert.equal(csv((await who.client.get(`/certs/${who.cert}/records.csv`)).text).length, 1 + ids(page.text).length);
  for (const path of ['records', 'records.csv'])
    assert.equal((await stranger.client.get(`/certs/${who.cert}/${path}`)).status, 404);
});
