// A scan as both sides see it: the asking browser's page, the link, the decision, its record.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, collect, decide, numberNow, ownScans, toSign } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { PIN, person, platform, setPin, signIn } from '../harness/people.mjs';
import { codeOf, scan } from '../harness/scan.mjs';

let instance, shop, rep, credentials; // rep: with org, cert and seal
before(async () => { ({ instance, shop, rep, credentials } = await ownScans()); });
after(() => instance.stop());

const state = (browser, id, seen = '') => browser.get(`/tickets/${id}/state?seen=${seen}`, { headers: { 'hx-request': 'true' } });

async function claimed(who = rep, parameters = {}) {
  const desk = new Client(instance);
  const { id } = await ask(desk, shop, parameters);
  return { desk, id, page: await scan(who.client, await codeOf(desk, id)) };
}

test('SCAN-1: the page shows what is asked, by whom, the code, and how it goes without reload', async () => {
  const desk = new Client(instance);
  const { id } = await ask(desk, shop, { scope: 'openid profile phone orgs' });
  const page = await desk.get(`/tickets/${id}/wait`);
  for (const word of [shop.name, '姓名', '手机号', '单位和职务', '等待扫码']) assert.ok(page.text.includes(word), word);
  const seen = page.text.match(/state\?seen=([a-z0-9-]+)"/)[1];
  assert.equal((await state(desk, id, seen)).status, 204, 'nothing changed');
  const picture = await desk.get(`/tickets/${id}/qr.svg`);
  assert.match(picture.headers['cache-control'], /no-store/);
  const first = await codeOf(desk, id);
  assert.ok(first.startsWith(`${instance.url}/s/${id}.`));

  await instance.clock.advance(120_000);
  const turned = await state(desk, id, seen);
  assert.equal(turned.status, 200);
  assert.notEqual(await codeOf(desk, id), first, 'the code turns after 2 minutes');
  assert.equal(await numberNow(desk, id), undefined, 'no number before the scan');

  await scan(rep.client, first); // the last slot's is still good
  assert.match((await state(desk, id, seen)).text, /已扫码/);
  assert.equal((await state(desk, id, 'claimed')).status, 204);
  await rep.client.submit(`/tickets/${id}`, `/tickets/${id}/refuse`);
  const ended = await state(desk, id, 'claimed');
  assert.deepEqual([ended.status, ended.headers['hx-redirect']], [204, `/collect/${id}`]);
  assert.match((await desk.get(`/tickets/${id}/wait`)).text, /已拒绝/);
});

test('SCAN-1: a request lives 10 minutes, and both sides then say that nothing happened', async () => {
  const { desk, id } = await claimed();
  await instance.clock.advance(10 * 60_000);
  assert.match((await desk.get(`/tickets/${id}/wait`)).text, /10 分钟内没有批准，什么都没有发生/);
  assert.match((await rep.client.get(`/tickets/${id}`)).text, /请求已过期/);
  assert.equal((await collect(desk, id)).error, 'access_denied');
});

test('SCAN-2: who is not signed in signs in first and comes back, also when the code has run out meanwhile', async () => {
  const desk = new Client(instance);
  const { id } = await ask(desk, shop);
  const link = await codeOf(desk, id);
  const phone = new Client(instance);
  const sent = await phone.get(link);
  assert.equal(sent.status, 303);
  const next = new URL(sent.location, instance.url).searchParams.get('next');
  assert.match(next, new RegExp(`^/s/${id}\\.`));
  await instance.clock.advance(5 * 60_000);
  assert.equal((await new Client(instance).get(link)).status, 404, 'the code itself is old by now');
  const landed = await signIn(phone, rep.phone, { next });
  assert.match(landed.url, new RegExp(`/tickets/${id}$`));
  assert.match(landed.text, /确认登录/);
});

test('SCAN-2: a continuation is good in the browser that it was made for, and in no other', async () => {
  const desk = new Client(instance);
  const { id } = await ask(desk, shop);
  const sent = await new Client(instance).get(await codeOf(desk, id));
  const next = new URL(sent.location, instance.url).searchParams.get('next');
  assert.equal((await rep.client.get(next)).status, 404);
  assert.match((await desk.get(`/tickets/${id}/wait`)).text, /等待扫码/);
});

test('SCAN-3: the decision shows platform, address, browser, age, three numbers, and the extra yes for a new platform', async () => {
  const who = await person(instance);
  await setPin(who);
  const { desk, id, page } = await claimed(who);
  for (const word of [shop.name, desk.address, 'Chrome', '第一次在']) assert.ok(page.text.includes(word), word);
  assert.match(page.text, /刚刚|\d+ 秒前/);
  const choices = [...page.text.matchAll(/name="number" value="(\d\d)"/g)].map(([, number]) => number);
  const number = await numberNow(desk, id);
  assert.equal(new Set(choices).size, 3);
  assert.ok(choices.includes(number));

  const untrusted = await decide(who.client, page, { number, pin: PIN });
  assert.equal(untrusted.status, 422);
  assert.match(untrusted.text, /href="#trust_platform">这是您第一次/);
  const none = await decide(who.client, page, { pin: PIN, trust_platform: '1' });
  assert.equal(none.status, 422, 'a number that was forgotten ends nothing');
  assert.match(none.text, /请先选出和发起的屏幕上相同的数/);
  const wrong = await decide(who.client, none, { number, pin: 'not the password', trust_platform: '1' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /证书密码不对，还可试 4 次/);
  assert.match(wrong.text, new RegExp(`value="${number}" checked`), 'what was chosen stays');
  assert.match(wrong.text, /name="trust_platform" value="1" checked/);
  assert.doesNotMatch(wrong.text, /not the password/);
  assert.equal((await decide(who.client, wrong, { number, pin: PIN })).status, 303);
  const done = await who.client.get(`/tickets/${id}`);
  assert.match(done.text, /已登录/);
  const second = await claimed(who);
  assert.doesNotMatch(second.page.text, /第一次在/);
});

test('SCAN-3: a certificate is chosen once; those that can’t be used stand there with the reason', async () => {
  const other = new Client(instance);
  await instance.clock.advance(61_000);
  await signIn(other, rep.phone);
  const { id } = await claimed(rep, { scope: 'openid service' });
  const elsewhere = await other.get(`/tickets/${id}`);
  assert.match(elsewhere.text, /不能用：这张证书装在另一台设备上/);
  assert.doesNotMatch(elsewhere.text, /name="pin"/);
  const here = await rep.client.get(`/tickets/${id}`);
  assert.match(here.text, /name="instance" value="\d+" checked/);
});

test('SCAN-4: the asking browser that holds the cert approves here, without a number', async () => {
  const { id } = await ask(rep.client, shop, toSign(credentials, ['合同.pdf']));
  const wait = await rep.client.get(`/tickets/${id}/wait`);
  assert.match(wait.text, /在本机批准/);
  const page = await rep.client.follow(await rep.client.submit(wait, `/tickets/${id}/here`));
  assert.doesNotMatch(page.text, /name="number"/);
  const done = await rep.client.follow(await decide(rep.client, page, { pin: PIN }));
  assert.match(done.text, /1 份文件已签字/);
  assert.match(done.text, new RegExp(`href="/collect/${id}"`));
  assert.ok((await collect(rep.client, id)).code);
});

test('SCAN-4: the link opened in the asking browser itself: both its pages say that no number is picked here', async () => {
  const { id } = await ask(rep.client, shop);
  const page = await scan(rep.client, await codeOf(rep.client, id));
  assert.doesNotMatch(page.text, /name="number"/);
  assert.match(page.text, /在这里批准不用选数字/);
  const wait = await rep.client.get(`/tickets/${id}/wait`);
  assert.match(wait.text, new RegExp(`在本浏览器打开，在这里批准不用选数字.*href="/tickets/${id}"`, 's'));
  const other = await claimed();
  assert.doesNotMatch(other.page.text, /不用选数字/);
  assert.match((await other.desk.get(`/tickets/${other.id}/wait`)).text, /手机已打开这个请求/);
});

test('SCAN-4: scanned with a phone that lacks the cert, it is approved in the asking browser that holds it, and only there', async () => {
  const phone = new Client(instance);
  await instance.clock.advance(61_000);
  await signIn(phone, rep.phone);
  const { id } = await ask(rep.client, shop, toSign(credentials, ['合同.pdf']));
  assert.match((await scan(phone, await codeOf(rep.client, id))).text, /请在那个浏览器中打开/);
  const wait = await rep.client.get(`/tickets/${id}/wait`);
  assert.match(wait.text, new RegExp(`手机已打开这个请求.*href="/tickets/${id}">在本机批准`, 's'));
  const done = await rep.client.follow(await decide(rep.client, await rep.client.get(`/tickets/${id}`), { pin: PIN }));
  assert.match(done.text, /1 份文件已签字/);
  assert.ok((await collect(rep.client, id)).code);
  const stranger = await claimed();
  assert.doesNotMatch((await stranger.desk.get(`/tickets/${stranger.id}/wait`)).text, /在本机批准/, 'nobody is signed in there');
});

test('SCAN-3: after a refusal one gets on: home, and from the asking browser back to the platform', async () => {
  const away = await claimed();
  const refusedAway = await rep.client.follow(await rep.client.submit(away.page, `/tickets/${away.id}/refuse`));
  assert.match(refusedAway.text, /已拒绝.*发起的那个页面会自动回到.*href="\/home">回首页/s);
  assert.ok(!refusedAway.text.includes(`/collect/${away.id}`));
  const { id } = await ask(rep.client, shop);
  const page = await scan(rep.client, await codeOf(rep.client, id));
  const refused = await rep.client.follow(await rep.client.submit(page, `/tickets/${id}/refuse`));
  assert.match(refused.text, new RegExp(`href="/collect/${id}">回到${shop.name}`));
  assert.match(refused.text, /href="\/home">回首页/);
  assert.equal((await collect(rep.client, id)).error, 'access_denied');
});

test('SCAN-4: not signed in, "approve here" leads through the login to the decision', async () => {
  const desk = new Client(instance);
  const { id } = await ask(desk, shop);
  const sent = await desk.submit(`/tickets/${id}/wait`, `/tickets/${id}/here`);
  const next = new URL(sent.location, instance.url).searchParams.get('next');
  await instance.clock.advance(61_000);
  const page = await signIn(desk, rep.phone, { next });
  assert.match(page.url, new RegExp(`/tickets/${id}$`));
  assert.doesNotMatch(page.text, /name="number"/);
});

test('SCAN-5: what was consented to is listed and can be revoked', async () => {
  const { desk, id, page } = await claimed(rep, { scope: 'openid profile phone' });
  await decide(rep.client, page, { number: await numberNow(desk, id), pin: PIN });
  const consents = await rep.client.get('/me/consents');
  assert.ok(consents.text.includes(shop.name));
  assert.match(consents.text, /手机号/);
});

test('SCAN-6: every document is named, one with a hash for each key counts once, and the hashes can be read', async () => {
  const names = ['投标函.pdf', '报价表.pdf'];
  const { page } = await claimed(rep, toSign(credentials, names));
  assert.equal(credentials.length, 2);
  assert.match(page.text, /2 份，4 个待签摘要/);
  for (const name of names) assert.equal(page.text.split(name).length, 3, `${name}: once among the documents, once with its digests`);
  assert.equal(page.text.match(/用 SM2 密钥签，SM3<\/span><span[^>]*>[0-9a-f]{64}/g).length, 2);
  assert.equal(page.text.match(/用 P-256 密钥签，SHA-256<\/span><span[^>]*>[0-9a-f]{64}/g).length, 2);
});

test('SCAN-7: a seal is shown with its picture, its use is counted, and its page lists it', async () => {
  const { desk, id, page } = await claimed(rep, toSign(credentials, ['合同.pdf'], { seal_kind: 'official' }));
  assert.match(page.text, /确认盖章/);
  assert.match(page.text, new RegExp(`/orgs/${rep.org.id}/seals/${rep.seal}/picture\\.svg`));
  const done = await rep.client.follow(await decide(rep.client, page, { number: await numberNow(desk, id), pin: PIN }));
  assert.match(done.text, /1 份文件已盖章/);
  const seal = await rep.client.get(`/orgs/${rep.org.id}/seals/${rep.seal}`);
  assert.match(seal.text, /<dt>用过<\/dt><dd>1 次/, 'two keys, one use');
  assert.match(seal.text, new RegExp(`扫码盖章<span class="yx-sub">[^<]*${shop.name}`));
  const [, record] = done.text.match(/\/records\/(\d+)/);
  assert.match((await rep.client.get(`/records/${record}`)).text, /公章（第 1 枚）：合同\.pdf/, 'the record names the seal');
});

test('SCAN-7: a kind that the platform does not take is refused before a ticket is made', async () => {
  const desk = new Client(instance);
  await assert.rejects(ask(desk, shop, toSign(credentials, ['a.pdf'], { seal_kind: 'finance' })), /error=invalid_request/);
});

test('SCAN-10: every end is a record at once: approved, refused, wrong number, cancelled', async () => {
  const approved = await claimed();
  const done = await rep.client.follow(await decide(rep.client, approved.page, { number: await numberNow(approved.desk, approved.id),
    pin: PIN }));
  const record = await rep.client.get(done.text.match(/\/records\/\d+/)[0]);
  assert.match(record.text, /扫码登录/);
  assert.ok(record.text.includes(shop.name));
  for (const end of [
    ({ id }) => rep.client.submit(`/tickets/${id}`, `/tickets/${id}/refuse`),
    async ({ desk, id, page }) => decide(rep.client, page, { number: (await numberNow(desk, id)) === '10' ? '11' : '10', pin: PIN }),
    ({ desk, id }) => desk.submit(`/tickets/${id}/wait`, `/tickets/${id}/cancel`),
  ]) {
    const before = (await rep.client.get('/me/records')).text.match(/\/records\/\d+/)[0];
    await end(await claimed());
    const after = (await rep.client.get('/me/records')).text.match(/\/records\/\d+/)[0];
    assert.notEqual(after, before);
    assert.match((await rep.client.get(after)).text, /扫码登录/);
  }
});

test('SCAN-2: the scanner’s page follows only links of this portal, and needs a real name', async () => {
  const page = await rep.client.get('/scan');
  assert.match(page.text, /data-scan="\/s\/"/);
  assert.equal(page.headers['permissions-policy'] ?? '', '', 'the camera is not forbidden');
  const nobody = await person(instance, { verified: false });
  assert.equal((await nobody.client.get('/scan')).status, 403);
});
