// Certificates through the pages: taking, installing, seeing them arrive, reissue, files, revoking (CERT-2 to CERT-4, CERT-7, CERT-9,
// CERT-12, CERT-13, CERT-15, CERT-16, CERT-18).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '../harness/client.mjs';
import { change, value } from '../harness/database.mjs';
import { unspanned } from '../harness/form.mjs';
import { startInstance } from '../harness/instance.mjs';
import { folderOf, openssl } from '../harness/openssl.mjs';
import { installCert, legalRep, orgOf, person, PIN, setPin, signIn, takeCert } from '../harness/people.mjs';
import { waitFor } from '../harness/wait.mjs';

const MINUTE = 60_000;
let instance;
let holder; // a legal representative with an installed org cert, for what only looks
before(async () => {
  instance = await startInstance();
  holder = await legalRep(instance);
});
after(() => instance.stop());

const certPage = async (who, cert = who.cert) => (await who.client.open(`/certs/${cert}`)).text;
const install = (client, cert, pin = PIN) => client.submit(`/certs/${cert}/install`, `/keys/certs/${cert}/install`, { pin });

// The same person in another browser, a minute later.
async function elsewhere(who) {
  await instance.clock.advance(MINUTE);
  const client = new Client(instance);
  await signIn(client, who.phone);
  return client;
}

// The files that a cert's page offers: [{ id, kind }].
function filesOf(page) {
  return [...new Set([...page.matchAll(/\/files\/(\d+)\/pem"/g)].map(([, id]) => id))];
}

test('CERT-2: without the tick no cert is taken; the page says when it starts and ends', async () => {
  const who = await person(instance);
  const catalogue = await who.client.open('/certs/new');
  const item = catalogue.text.match(/\/certs\/new\/(\d+)"/)[1];
  const page = await who.client.open(`/certs/new/${item}`);
  assert.match(page.text, /数字证书使用协议/);
  const refused = await who.client.submit(page, `/certs/new/${item}`);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /id="agree-e"/);
  assert.equal((await who.client.open('/certs')).text.match(/\/certs\/\d{6,}/), null);
  const taken = await who.client.submit(page, `/certs/new/${item}`, { agree: '1' });
  assert.equal(taken.status, 303);
  assert.match((await who.client.follow(taken)).text, /待安装|未安装/);
});

test('CERT-2, SEC-1: an org\'s cert is taken in the org only, a personal one by the person only', async () => {
  const who = await person(instance);
  const org = await orgOf(instance, who);
  const itemOf = async (base) => (await who.client.open(`${base}/certs/new`)).text.match(/\/certs\/new\/(\d+)"/)[1];
  const [personal, orgs] = [await itemOf(''), await itemOf(`/orgs/${org.id}`)];
  assert.notEqual(personal, orgs);
  assert.equal((await who.client.get(`/certs/new/${orgs}`)).status, 404);
  assert.equal((await who.client.get(`/orgs/${org.id}/certs/new/${personal}`)).status, 404);
  const { csrf, edition } = who.client.form((await who.client.open('/logout')).text, '/logout').fields;
  const crossed = await who.client.post(`/certs/new/${orgs}`, { csrf, edition, agree: '1' });
  assert.ok([403, 404, 409, 422].includes(crossed.status), `${crossed.status}`);
});

test('CERT-3, CERT-16: the page names subject, issuer, serials and what can be done with them', async () => {
  const page = await certPage(holder);
  assert.match(page, new RegExp(`单位名称</dt><dd>${holder.org.name}</dd><dt>统一社会信用代码</dt><dd><span[^>]*>${holder.org.uscc}`));
  const details = page.indexOf('技术细节</summary>');
  assert.ok(details > 0 && page.indexOf(',O=') > details && page.indexOf('证书实例') > details, 'the raw name stands among the details alone');
  assert.match(page, /SM2/);
  assert.match(page, /P-256/);
  assert.equal(filesOf(page).length, 3, 'the bundle: SM2 signing and encryption, P-256 signing');
});

test('CERT-18: every page on the way names the issuer and says that it holds no licence', async () => {
  const base = `/orgs/${holder.org.id}/certs/new`;
  const item = (await holder.client.open(base)).text.match(new RegExp(`${base}/(\\d+)`))[1];
  for (const path of [`${base}/${item}`, `/certs/${holder.cert}`]) {
    const { text } = await holder.client.open(path);
    assert.match(text, /内置 CA，未取得电子认证服务许可，仅限试用或当事人约定使用/, path);
    assert.match(text, /印信 SM2|SM2 签发/, path);
  }
  assert.match((await holder.client.open('/agreements/certificate')).text, /未取得电子认证服务许可/);
});

test('CERT-4: without a password one is led to set it, and back', async () => {
  const who = await person(instance);
  const cert = await takeCert(who);
  const first = await who.client.get(`/certs/${cert}/install`);
  assert.equal(first.location, `/me/pin?next=${encodeURIComponent(`/certs/${cert}/install`)}`);
  assert.match((await who.client.get(first.location)).text, /安装证书之前，先设置证书密码/, 'the page says why one is there');
  assert.doesNotMatch((await who.client.get('/me/pin')).text, /安装证书之前/);
  const set = await who.client.submit(first.location, '/keys/pin', { pin: PIN, again: PIN });
  assert.equal(set.location, `/certs/${cert}/install`);
});

test('CERT-4, CERT-7: installing here makes the device-secret cookie, which is Strict and only for /keys, and the cert arrives', async () => {
  const who = await person(instance);
  await setPin(who);
  const cert = await takeCert(who);
  const started = await install(who.client, cert);
  assert.equal(started.location, `/certs/${cert}/progress`);
  const secret = who.client.cookie('device-secret');
  assert.match(secret.value, /^[A-Za-z0-9_-]{43}$/);
  assert.deepEqual([secret.sameSite, secret.path, secret.httpOnly, secret.maxAge], ['strict', '/keys', true, 400 * 24 * 3600]);
  await waitFor(async () => (await who.client.get(`/certs/${cert}/progress/state`)).text.includes('已签发'));
  assert.equal((await who.client.get(`/certs/${cert}/progress/state?seen=done`)).status, 204, 'nothing new: nothing is sent');
  const page = await certPage(who, cert);
  assert.match(page, /首次下载/);
  assert.equal(filesOf(page).length, 3);
});

test('PIN-4, CERT-4: a wrong password installs nothing and costs a try; the fifth locks, and time unlocks', async () => {
  const who = await person(instance);
  await setPin(who);
  const cert = await takeCert(who);
  for (const left of [4, 3, 2, 1]) {
    const wrong = await install(who.client, cert, 'wrong password');
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, new RegExp(`还可试 ${left} 次`));
    assert.ok(!wrong.text.includes('wrong password'), 'a password is never handed back');
  }
  const page = await who.client.open(`/certs/${cert}/install`);
  const fifth = await who.client.submit(page, `/keys/certs/${cert}/install`, { pin: 'wrong password' });
  assert.equal(fifth.status, 429);
  const right = await who.client.submit(page, `/keys/certs/${cert}/install`, { pin: PIN });
  assert.equal(right.status, 429, 'locked also for who knows it');
  assert.ok(Number(right.headers['retry-after']) > 14 * 60);
  assert.equal(filesOf(await certPage(who, cert)).length, 0);
  assert.ok(!who.client.cookie('device-secret'));
  await instance.clock.advance(15 * MINUTE);
  assert.equal((await install(who.client, cert)).status, 303);
});

test('CERT-7, CERT-9, CERT-12: a second browser is told where the cert is; installing there is a reissue that is counted and ends the old one', async () => {
  const who = await legalRep(instance, { personal: true });
  const before = filesOf(await certPage(who));
  const oldSerial = (await certPage(who)).match(/[0-9A-F]{2}(?:[ :]?[0-9A-F]{2}){19}/i)?.[0];
  const phone = await elsewhere(who);
  const there = await phone.open(`/certs/${who.cert}`);
  assert.match(there.text, /请在浏览器中打开|在那里打开|复制链接|装在/);
  const form = await phone.open(`/certs/${who.cert}/install`);
  assert.match(form.text, /补发/);
  assert.match(form.text, /剩 2 次/);
  assert.equal((await phone.submit(form, `/keys/certs/${who.cert}/install`, { pin: PIN })).status, 303);
  assert.ok(phone.cookie('device-secret'));
  await waitFor(async () => (await phone.get(`/certs/${who.cert}/progress/state`)).text.includes('已签发'));
  const page = (await phone.open(`/certs/${who.cert}`)).text;
  assert.match(page, /首次下载/);
  assert.match(page, /补发/);
  const now = filesOf(page);
  assert.ok(before.every((id) => !now.includes(id)) || oldSerial, 'new certificates');
  const revoked = await waitFor(() => value(instance, `SELECT count(*) FROM certificate WHERE id IN (${before.join()}) AND revoked IS NOT NULL`),
    { what: 'the old signing certificates to be revoked' });
  assert.equal(revoked, 2, 'both signing certificates; the encryption certificate goes on decrypting');
});

test('CERT-9: four reissues: the fourth is refused, and no count below none', async () => {
  const who = await legalRep(instance, { personal: true });
  let client = who.client;
  for (let i = 0; i < 3; i++) {
    client = await elsewhere(who);
    assert.equal((await install(client, who.cert)).status, 303, `reissue ${i + 1}`);
    await waitFor(async () => (await client.get(`/certs/${who.cert}/progress/state`)).text.includes('已签发'));
  }
  client = await elsewhere(who);
  const page = await client.open(`/certs/${who.cert}/install`);
  const fourth = await client.submit(page, `/keys/certs/${who.cert}/install`, { pin: PIN });
  assert.equal(fourth.status, 429);
  assert.match(fourth.text, /补发的次数已用完/);
});

test('CERT-9, CERT-10: three sends of one form at once are one order', async () => {
  const who = await person(instance);
  await setPin(who);
  const cert = await takeCert(who);
  const page = await who.client.open(`/certs/${cert}/install`);
  const answers = await Promise.all(Array.from({ length: 3 }, () =>
    who.client.submit(page, `/keys/certs/${cert}/install`, { pin: PIN })));
  const statuses = answers.map(({ status }) => status).sort();
  assert.ok(statuses[0] === 303 && statuses.slice(1).every((status) => [303, 409, 422].includes(status)), statuses.join());
  await waitFor(async () => (await who.client.get(`/certs/${cert}/progress/state`)).text.includes('已签发'));
  const issued = () => value(instance, `SELECT count(*) FROM certificate JOIN instance_key ON instance_key.id = instance_key
    JOIN instance ON instance.id = instance WHERE cert = ${cert}`);
  assert.equal((await certPage(who, cert)).match(/首次下载/g).length, 1);
  assert.equal(await issued(), 3);

  const late = new Client(instance);
  late.cookies = who.client.cookies.filter(({ name }) => name !== 'device-secret');
  const again = await late.submit(page, `/keys/certs/${cert}/install`, { pin: PIN });
  assert.equal(again.status, 409, 'nor does it cost a reissue when the CA was quicker than the second send');
  assert.match(again.text, /已经安装过一次，没有再次办理/);
  assert.equal(await issued(), 3);
  assert.equal(await value(instance, `SELECT free_left FROM instance WHERE cert = ${cert}`), 3);
});

test('SEC-1, CERT-7: a request from another site brings no device secret, so nothing can be done with the keys', async () => {
  const who = await person(instance);
  await setPin(who);
  const cert = await takeCert(who);
  await installCert(who, cert);
  const secret = who.client.cookie('device-secret').value;
  const page = await who.client.open(`/certs/${cert}`);
  assert.ok(!page.text.includes(secret));
  const { csrf, edition } = who.client.form((await who.client.open('/logout')).text, '/logout').fields;
  const crossed = await who.client.post(`/keys/certs/${cert}/install`, { csrf, edition, pin: PIN }, { crossSite: true });
  assert.equal(crossed.status, 401, 'the Lax session stays home too');
});

test('CERT-4, CERT-16: the files are the certificate as PEM and DER and its chain, and openssl reads them', async (t) => {
  const folder = await folderOf(t);
  const page = await certPage(holder);
  const seen = [];
  for (const id of filesOf(page)) {
    const get = (form) => holder.client.get(`/certs/${holder.cert}/files/${id}/${form}`);
    const [pem, der, chain] = [await get('pem'), await get('der'), await get('chain')];
    assert.match(pem.headers['content-type'], /^application\/x-pem-file/);
    assert.match(der.headers['content-type'], /^application\/pkix-cert/);
    assert.match(der.headers['content-disposition'], /^attachment; filename="[A-Za-z0-9-]+-[0-9A-Fa-f]+\.cer"$/);
    const asText = async (file, ...more) => (await openssl('x509', '-in', file, '-noout', '-text', '-nameopt', 'utf8,sep_comma_plus', ...more)).text;
    const fromPem = await asText(await folder.write('one.pem', pem.bytes));
    assert.equal(await asText(await folder.write('one.der', der.bytes), '-inform', 'DER'), fromPem);
    assert.equal(chain.text.match(/BEGIN CERTIFICATE/g).length, 3, 'itself, issuing and root');
    assert.ok(chain.text.startsWith(pem.text.trim().slice(0, 200)));
    assert.match(fromPem, new RegExp(holder.org.name));
    assert.match(fromPem, new RegExp(holder.org.uscc));
    assert.match(fromPem, /CRL Distribution Points/);
    assert.match(fromPem, /OCSP - URI/);
    assert.ok(!fromPem.includes(holder.doc), 'the document number stands nowhere');
    assert.ok(fromPem.match(/Serial Number:\s+((?:[0-9a-f]{2}:){15,19}[0-9a-f]{2})/), '20-byte serials');
    seen.push(/Key Encipherment/.test(fromPem) ? 'encrypt' : /Digital Signature, Non Repudiation/.test(fromPem) ? 'sign' : 'neither');
  }
  assert.deepEqual(seen.sort(), ['encrypt', 'sign', 'sign']);
  assert.equal((await holder.client.get(`/certs/${holder.cert}/files/${filesOf(page)[0]}/exe`)).status, 404);
});

test('CERT-13: revoking asks first with a reason, ends the instance, and the lists say so at once', async () => {
  const who = await legalRep(instance);
  const files = filesOf(await certPage(who));
  const asked = await who.client.open(`/certs/${who.cert}/revoke`);
  assert.match(asked.text, /不能撤回，不能补发，不退还剩余的有效期/);
  assert.match(unspanned(asked.text), new RegExp(`签发给</dt><dd>${who.org.name}.*到 \\d{4}-\\d\\d-\\d\\d，还剩 36[56] 天.*装在</dt><dd>Chrome`, 's'), 'what is lost, by name');
  assert.match(asked.text, new RegExp(`您在${who.org.name}唯一可用的证书`));
  assert.equal((await who.client.submit(asked, `/certs/${who.cert}/revoke`)).status, 422, 'a reason is needed');
  assert.equal((await who.client.submit(asked, `/certs/${who.cert}/revoke`, { reason: 'weather' })).status, 422);
  assert.equal((await who.client.submit(asked, `/certs/${who.cert}/revoke`, { reason: 'lost' })).status, 303);
  const page = await certPage(who);
  assert.match(page, /已吊销/);
  assert.ok(!page.includes(`/certs/${who.cert}/install"`));
  assert.doesNotMatch(page, /还剩|补发次数/, 'no days and no reissues are left of it');
  assert.match(page, /\d{4}-\d\d-\d\d 吊销/);
  assert.equal(await value(instance, `SELECT count(*) FROM certificate WHERE id IN (${files.join()}) AND revoked IS NOT NULL`), 3);
  const again = await who.client.submit(asked, `/certs/${who.cert}/revoke`, { reason: 'lost' });
  assert.equal(again.status, 409);
  assert.match(again.text, /已经吊销过/);
  assert.doesNotMatch(again.text, /<button[^>]*>吊销证书/, 'nothing is left to press');
  assert.equal((await who.client.get(`/certs/${who.cert}/revoke`)).location, `/certs/${who.cert}`, 'nor to ask');
  const elsewhereNow = await elsewhere(who);
  const { csrf, edition } = elsewhereNow.form((await elsewhereNow.open('/logout')).text, '/logout').fields;
  const reissue = await elsewhereNow.post(`/keys/certs/${who.cert}/install`, { csrf, edition, pin: PIN });
  assert.equal(reissue.status, 403, 'nor reissued');
  assert.match(reissue.text, /已被吊销/);
});

test('CERT-15: the cert\'s own records show what was done with it, and only to its people', async () => {
  const { text } = await holder.client.open(`/certs/${holder.cert}/records`);
  assert.match(text, /安装|首次下载|签发/);
  const csv = await holder.client.get(`/certs/${holder.cert}/records.csv`);
  assert.equal(csv.status, 200);
  assert.match(csv.headers['content-type'], /^text\/csv/);
  const stranger = await person(instance);
  assert.equal((await stranger.client.get(`/certs/${holder.cert}/records`)).status, 404);
});

test('CERT-12: an expired cert says so and cannot be installed', async () => {
  const who = await person(instance);
  await setPin(who);
  const cert = await takeCert(who);
  await change(instance, `UPDATE cert SET ends = starts + 1 WHERE id = ${cert}`); // a year in a moment
  const page = await certPage(who, cert);
  assert.match(page, /已过期|已到期/);
  const { csrf, edition } = who.client.form((await who.client.open('/logout')).text, '/logout').fields;
  const refused = await who.client.post(`/keys/certs/${cert}/install`, { csrf, edition, pin: PIN });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /已过期/);
  assert.equal(filesOf(await certPage(who, cert)).length, 0);
});
