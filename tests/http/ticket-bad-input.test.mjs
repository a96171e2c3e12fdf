// What people, bots and thieves do to a scan request: each gets a clear message and the right status, and nothing changes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, collect, decide, numberNow, ownScans, request, toSign } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { PIN, person, platform, setPin, signIn } from '../harness/people.mjs';
import { codeOf, scan } from '../harness/scan.mjs';

let instance, shop, rep, credentials; // rep: with org, cert and seal
before(async () => { ({ instance, shop, rep, credentials } = await ownScans()); });
after(() => instance.stop());

async function asked(parameters) {
  const desk = new Client(instance);
  const { id } = await ask(desk, shop, parameters);
  return { desk, id, link: await codeOf(desk, id) };
}

const isWaiting = async ({ desk, id }) => (await desk.get(`/tickets/${id}/wait`)).text.includes('等待扫码');

// Who has a password and never approved for the shop.
async function someone() {
  const who = await person(instance);
  await setPin(who);
  return who;
}

test('SCAN-2: a link opened by a bot, looked at, or loaded ahead changes nothing', async () => {
  const ticket = await asked();
  const bot = new Client(instance, { agent: 'Mozilla/5.0 (compatible; LinkPreview/1.0)' });
  assert.match((await bot.get(ticket.link)).location, /^\/login\?next=/);
  assert.equal((await bot.request(ticket.link, { method: 'HEAD' })).status, 204);
  assert.equal((await rep.client.request(ticket.link, { method: 'HEAD' })).status, 204, 'signed in, only looking');
  assert.equal((await rep.client.get(ticket.link, { headers: { 'sec-purpose': 'prefetch' } })).status, 503);
  assert.equal((await rep.client.get(ticket.link, { headers: { purpose: 'prefetch' } })).status, 503);
  assert.ok(await isWaiting(ticket));
});

test('SCAN-2: the link opened by two accounts is the first one’s, and twice by one is once', async () => {
  const { id, link } = await asked();
  await scan(rep.client, link);
  const other = await person(instance);
  const taken = await other.client.get(link);
  assert.equal(taken.status, 409);
  assert.match(taken.text, /别人已经打开了这个请求/);
  assert.equal((await other.client.get(`/tickets/${id}`)).status, 404);
  assert.equal((await rep.client.get(link)).location, `/tickets/${id}`);
});

test('SCAN-2: opened by eight accounts at once, one has it and the others are told', async () => {
  const { link } = await asked();
  const people = await Promise.all(Array.from({ length: 8 }, () => person(instance)));
  const answers = await Promise.all(people.map(({ client }) => client.get(link)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409, 409, 409, 409, 409, 409, 409]);
});

test('SCAN-2: a wrong, cut, foreign or endless code opens nothing', async () => {
  const { id, link } = await asked();
  const code = link.slice(link.lastIndexOf('/') + 1);
  for (const wrong of [`${code}x`, code.slice(0, -1), code.replace(/^\d+/, '1'), `${id}.`, id, '.', 'x'.repeat(900), `${code}.${code}.${code}`,
    '%ff%fe', '%00', `${id}.%E2%80%AE`]) {
    for (const client of [rep.client, new Client(instance)]) {
      const answer = await client.get(`/s/${wrong}`);
      assert.ok([400, 404].includes(answer.status), `${wrong}: ${answer.status}`);
    }
  }
  assert.match((await new Client(instance).get(`/s/${code}x`)).text, /这个二维码已经失效/);
});

test('SCAN-3: an account that owns none of the credentials is told so and claims nothing', async () => {
  const ticket = await asked(toSign(credentials, ['合同.pdf']));
  const other = await someone();
  const answer = await other.client.get(ticket.link);
  assert.equal(answer.status, 403);
  assert.match(answer.text, /这个请求不是给您的/);
  assert.ok(await isWaiting(ticket));
});

test('SCAN-2: without a real name a link explains, and claims nothing', async () => {
  const ticket = await asked();
  const nobody = await person(instance, { verified: false });
  const answer = await nobody.client.open(ticket.link);
  assert.equal(answer.status, 403);
  assert.match(answer.text, /实名/);
  assert.ok(await isWaiting(ticket));
});

test('SCAN-3: a wrong number ends the request at once, also with the right password', async () => {
  const { desk, id, link } = await asked();
  const page = await scan(rep.client, link);
  const number = await numberNow(desk, id);
  const other = [...page.text.matchAll(/name="number" value="(\d\d)"/g)].map(([, n]) => n).find((n) => n !== number);
  const answer = await decide(rep.client, page, { number: other, pin: PIN });
  assert.equal(answer.location, `/tickets/${id}`, 'a page of its own, which a browser finds again');
  assert.match((await rep.client.follow(answer)).text, /数字不对，请求已作废/);
  const again = await decide(rep.client, page, { number, pin: PIN });
  assert.match((await rep.client.follow(again)).text, /数字不对，请求已作废/);
  assert.match((await desk.get(`/tickets/${id}/wait`)).text, /手机上选的数不对/);
  assert.equal((await collect(desk, id)).error, 'access_denied');
});

test('SCAN-3: all that an approval lacks is told at once, each at its field, and no password is tried', async () => {
  const desk = new Client(instance);
  const { id } = await ask(desk, await platform(instance), { scope: 'openid service' });
  const page = await scan(rep.client, await codeOf(desk, id));
  const told = async (fields) => {
    const answer = await decide(rep.client, page, { instance: [], ...fields });
    assert.equal(answer.status, 422);
    const at = [...answer.text.matchAll(/id="(\w+)-e"/g)].map(([, field]) => field);
    assert.deepEqual([...answer.text.matchAll(/<li><a href="#(\w+)">/g)].map(([, field]) => field), at, 'summed up in the same order');
    return [at.join(), answer];
  };
  const number = await numberNow(desk, id);
  assert.equal((await told({}))[0], 'number,instance,trust_platform,pin');
  const [at, unpicked] = await told({ trust_platform: '1', pin: 'wrong-one' });
  assert.equal(at, 'number,instance,pin');
  assert.match(unpicked.text, /证书密码不会保留，请再输入一次/);
  assert.doesNotMatch(unpicked.text, /wrong-one/);
  assert.equal((await told({ number: 'x', trust_platform: '1', pin: '' }))[0], 'number,instance,pin');
  const other = [...page.text.matchAll(/name="number" value="(\d\d)"/g)].map(([, n]) => n).find((n) => n !== number);
  assert.equal((await told({ number: other, pin: PIN }))[0], 'instance,trust_platform,pin', 'whether the number is right is not told');
  const chosen = page.text.match(/name="instance" value="(\d+)"/)[1];
  const [, wrong] = await told({ number, instance: chosen, trust_platform: '1', pin: 'wrong-one' });
  assert.match(wrong.text, /还可试 4 次/);
  assert.equal((await decide(rep.client, page, { number, instance: chosen, trust_platform: '1', pin: PIN })).status, 303);
});

test('SCAN-3: approved eight times at once it is approved once', async () => {
  const { desk, id, link } = await asked(toSign(credentials, ['合同.pdf'], { seal_kind: 'official' }));
  const page = await scan(rep.client, link);
  const number = await numberNow(desk, id);
  const answers = await Promise.all(Array.from({ length: 8 }, () => decide(rep.client, page, { number, pin: PIN })));
  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 303).length, 1, statuses.join());
  // a right password at once with others may find the five tries reserved: it is told to wait, and nothing is signed twice
  assert.ok(statuses.every((status) => [303, 409, 429].includes(status)), statuses.join());
  const seal = await rep.client.get(`/orgs/${rep.org.id}/seals/${rep.seal}`);
  assert.match(seal.text, /<dt>用过<\/dt><dd>1 次/);
});

test('SCAN-3: approved and refused after its time it is neither', async () => {
  const { desk, id, link } = await asked();
  const who = await someone();
  const page = await scan(who.client, link);
  const number = await numberNow(desk, id);
  await instance.clock.advance(10 * 60_000);
  const late = await decide(who.client, page, { number, pin: PIN, trust_platform: '1' });
  assert.match((await who.client.follow(late)).text, /请求已过期/);
  const refused = await who.client.submit(page, `/tickets/${id}/refuse`);
  assert.match((await who.client.follow(refused)).text, /请求已过期/);
});

test('SCAN-3: another account, or nobody, can neither see nor decide a claimed request', async () => {
  const { desk, id, link } = await asked();
  const page = await scan(rep.client, link);
  const number = await numberNow(desk, id);
  const other = await someone();
  const own = other.client.form((await other.client.get('/me')).text, '/edition').fields;
  const fields = { number, pin: PIN, trust_platform: '1' };
  assert.equal((await other.client.post(`/keys/tickets/${id}/approve`, { ...own, ...fields })).status, 404);
  assert.equal((await other.client.post(`/tickets/${id}/refuse`, own)).status, 404);
  assert.equal((await new Client(instance).post(`/keys/tickets/${id}/approve`, fields)).status, 401);
  const stolen = rep.client.form(page.text, `/keys/tickets/${id}/approve`).fields;
  assert.equal((await other.client.post(`/keys/tickets/${id}/approve`, { ...stolen, ...fields })).status, 403);
  assert.equal((await rep.client.post(`/keys/tickets/${id}/approve`, { ...stolen, ...fields }, { crossSite: true })).status, 401);
  assert.equal((await rep.client.get(`/tickets/${id}`)).status, 200);
});

test('SCAN-3: on a device without the cert the page names where it is, and approving is refused', async () => {
  const { desk, id, link } = await asked(toSign(credentials, ['合同.pdf']));
  const page = await scan(rep.client, link);
  const other = new Client(instance);
  await instance.clock.advance(61_000);
  await signIn(other, rep.phone);
  const there = await other.get(`/tickets/${id}`);
  assert.match(there.text, /证书在“Chrome”/);
  assert.ok(there.text.includes(`${instance.url}/tickets/${id}`));
  assert.doesNotMatch(there.text, /name="(pin|number)"/);
  const fields = { ...other.form(there.text, `/tickets/${id}/refuse`).fields, number: await numberNow(desk, id), pin: PIN };
  const refused = await other.post(`/keys/tickets/${id}/approve`, fields);
  assert.equal(refused.status, 403);
  // and the right handle without the device's secret is no better
  const secret = rep.client.cookies.find(({ name }) => name === 'device-secret');
  rep.client.cookies = rep.client.cookies.filter((cookie) => cookie !== secret);
  const without = await decide(rep.client, page, { number: await numberNow(desk, id), pin: PIN });
  rep.client.cookies.push(secret);
  assert.equal(without.status, 403);
  assert.match(without.text, /装在另一台设备上/);
  assert.equal((await decide(rep.client, page, { number: await numberNow(desk, id), pin: PIN })).status, 303);
});

test('SCAN-3: in a chat app’s browser the page says to open it elsewhere', async () => {
  const chat = new Client(instance, { agent: 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50' });
  const who = await person(instance, { client: chat });
  const { id, link } = await asked();
  const page = await scan(who.client, link);
  assert.match(page.text, /请在浏览器中打开/);
  assert.ok(page.text.includes(`${instance.url}/tickets/${id}`));
});

test('PIN-4: the fifth wrong password locks and says until when; the sixth, right, is not even tried', async () => {
  const who = await someone();
  const { desk, id, link } = await asked();
  const page = await scan(who.client, link);
  const fields = { number: await numberNow(desk, id), trust_platform: '1' };
  for (let left = 4; left >= 1; left--) {
    const wrong = await decide(who.client, page, { ...fields, pin: `wrong-${left}` });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, new RegExp(`还可试 ${left} 次`));
  }
  const fifth = await decide(who.client, page, { ...fields, pin: 'wrong-5' });
  assert.equal(fifth.status, 429);
  assert.match(fifth.text, /证书密码已锁定，(今天|明天) \d\d:\d\d 自动解锁/);
  assert.ok(Math.abs(Number(fifth.headers['retry-after']) - 900) < 5, fifth.headers['retry-after']);
  assert.doesNotMatch(fifth.text, /name="pin"/);
  const sixth = await decide(who.client, page, { ...fields, pin: PIN });
  assert.equal(sixth.status, 429);
  assert.match((await desk.get(`/tickets/${id}/wait`)).text, /已扫码/, 'the request itself lives on');
});

test('PIN-4: of many wrong passwords at once from eight connections five are tried', async () => {
  const who = await someone();
  const { desk, id, link } = await asked();
  const page = await scan(who.client, link);
  const fields = { number: await numberNow(desk, id), trust_platform: '1', pin: 'wrong-one' };
  const answers = await Promise.all(Array.from({ length: 8 }, () => decide(who.client, page, fields)));
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [422, 422, 422, 422, 429, 429, 429, 429]);
});

test('SEC-3: what is no form of ours is refused at the door, and the request lives on', async () => {
  const { desk, id, link } = await asked();
  const page = await scan(rep.client, link);
  const path = `/keys/tickets/${id}/approve`;
  const { csrf, edition } = rep.client.form(page.text, path).fields;
  const number = await numberNow(desk, id);
  const send = (body, type = 'application/x-www-form-urlencoded') => rep.client.post(path, body, { headers: { 'content-type': type } });
  const head = `csrf=${csrf}&edition=${edition}&number=${number}`;
  assert.equal((await send('--x\r\ncontent-disposition: form-data; name="pin"\r\n\r\n1', 'multipart/form-data; boundary=x')).status, 415);
  assert.equal((await send('{"pin":"1"}', 'application/json')).status, 415);
  assert.equal((await send(`${head}&pin=${'a'.repeat(5 * 1024 * 1024)}`)).status, 413);
  assert.equal((await send(`${head}&pin=${'a'.repeat(9 * 1024)}`)).status, 413);
  assert.equal((await send(`${head}&pin=${'a'.repeat(257)}`)).status, 422);
  assert.equal((await send(`${head}&pin=%ff%fe`)).status, 400);
  assert.equal((await send(`${head}&pin=a%00b`)).status, 400);
  assert.equal((await send(`${head}&pin=`)).status, 422);
  for (const wrong of ['number=abc', 'number=9', 'number=100', 'number=-1', 'instance=x', 'instance=99999999999999999999', 'org=-1']) {
    assert.equal((await send(`csrf=${csrf}&edition=${edition}&pin=${encodeURIComponent(PIN)}&${wrong}`)).status, 422, wrong);
  }
  assert.equal((await rep.client.get(`/tickets/${id}`)).status, 200);
  assert.match((await desk.get(`/tickets/${id}/wait`)).text, /已扫码/);
});

test('SEC-3: a query that is too long, broken or odd never becomes a request', async () => {
  const desk = new Client(instance);
  const { path } = request(shop);
  for (const [odd, statuses] of [[`&x=${'a'.repeat(16 * 1024)}`, [400, 414]], ['&state=%ff', [400]], ['&nonce=%00', [400]], [`${'&a=1'.repeat(200)}`, [400]]]) {
    assert.ok(statuses.includes((await desk.get(path + odd)).status), odd.slice(0, 20));
  }
  for (const id of ['0', '-1', 'x', '9'.repeat(30), '1']) {
    for (const rest of ['/wait', '/state', '/qr.svg']) assert.equal((await desk.get(`/tickets/${id}${rest}`)).status, 404, id + rest);
    assert.equal((await rep.client.get(`/tickets/${id}`)).status, 404, id);
    assert.equal((await desk.get(`/collect/${id}`)).status, 404, id);
  }
});

test('SEAL-4: a seal that is voided between scan and approval signs nothing, and the page says so', async () => {
  const { desk, id, link } = await asked(toSign(credentials, ['合同.pdf'], { seal_kind: 'official' }));
  const page = await scan(rep.client, link);
  await rep.client.submit(`/orgs/${rep.org.id}/seals/${rep.seal}/void`, `/orgs/${rep.org.id}/seals/${rep.seal}/void`);
  const refused = await decide(rep.client, page, { number: await numberNow(desk, id), pin: PIN });
  assert.equal(refused.status, 409);
  assert.match(refused.text, /没有办成：.*这枚印章已经作废/s);
  assert.doesNotMatch(refused.text, /name="pin"|没有提交成功/, 'nothing in the form could mend it');
});
