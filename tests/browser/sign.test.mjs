// A person at two screens: the example platform on a desktop, the portal on a phone, and between them nothing but the picture
// of a QR code.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import { closeBrowsers, visitor } from '../harness/browser.mjs';
import { startExample } from '../harness/example.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { folderOf, openssl } from '../harness/openssl.mjs';
import { PIN, fullName, mobile, orgOf, residentId } from '../harness/people.mjs';

const jsQR = createRequire(import.meta.url)('jsqr');

let instance;
let example;
let who; // with a phone that is signed in: tests use it one after the other
before(async () => {
  instance = await sharedInstance();
  example = await startExample(instance);
  who = await legalRepOnPhone();
});
after(async () => {
  await closeBrowsers();
  await example.stop();
});

// ---- one person, in a browser

async function signInByCode(page, phone) {
  await page.fill('#phone', phone);
  await page.check('#agree');
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.waitForSelector('button[data-seconds]');
  const { code } = await instance.sms(`+86${phone}`);
  await page.fill('#code', code);
  await page.getByRole('button', { name: '登录', exact: true }).click();
}

// A legal representative whose password, certificate and seal were all made on this phone.
async function legalRepOnPhone() {
  const made = { phone: mobile(), name: fullName(), doc: residentId() };
  await instance.ctl('person', 'verify', '--phone', `+86${made.phone}`, '--name', made.name, '--doc', made.doc);
  made.org = await orgOf(instance, made);
  const page = await (await visitor({ screen: 'phone' })).newPage();
  await page.goto(`${instance.url}/login`);
  await signInByCode(page, made.phone);
  await page.waitForURL(/\/home$/);

  await page.goto(`${instance.url}/me/pin?next=/home`);
  await page.fill('#pin', PIN);
  await page.fill('#again', PIN);
  await page.locator('main form button.btn-primary').click();
  await page.waitForURL(/\/home$/);

  await page.goto(`${instance.url}/orgs/${made.org.id}/certs/new`);
  await page.click(`a[href*="/orgs/${made.org.id}/certs/new/"]`);
  await page.check('#agree');
  await page.locator('main form button.btn-primary:visible').click();
  await page.waitForURL(/\/certs\/\d+/);
  const [, cert] = page.url().match(/\/certs\/(\d+)/);
  await page.goto(`${instance.url}/certs/${cert}/install`);
  await page.fill('#pin', PIN);
  await page.locator('main form button.btn-primary:visible').click();
  await page.getByText('已签发').first().waitFor();

  await page.goto(`${instance.url}/orgs/${made.org.id}/seals/make`);
  await page.locator('button[value=submit]:visible').first().click();
  await page.waitForURL(/\/make\/confirm/);
  await page.locator('main form button.btn-primary:visible').click();
  await page.waitForURL(/\/seals\/\d+$/);
  return { ...made, page };
}

async function desktopPage(t) {
  const context = await visitor({ acceptDownloads: true });
  t.after(() => context.close());
  return context.newPage();
}

// What a camera would see: the whole screen, decoded.
async function readScreen(page) {
  await page.waitForFunction(() => [...document.querySelectorAll('.yx-qr-box img')].some((img) => img.complete && img.naturalWidth));
  const { data, width, height } = PNG.sync.read(await page.screenshot());
  const found = jsQR(new Uint8ClampedArray(data), width, height);
  assert.ok(found, 'the code on the screen can be read');
  return found.data;
}

// Scans what the desktop shows and decides it, as the phone's page asks.
async function scanAndApprove(desktop, phone, { seen } = {}) {
  await phone.goto(await readScreen(desktop));
  const number = desktop.locator('.yx-big');
  await number.waitFor();
  await seen?.(phone);
  await phone.locator('.yx-nums label', { hasText: await number.innerText() }).click();
  const instanceChoice = phone.locator('input[name=instance]:not([disabled])');
  if (await instanceChoice.count()) await instanceChoice.first().check();
  if (await phone.locator('#trust_platform').count()) await phone.check('#trust_platform');
  await phone.fill('#pin', PIN);
  await phone.click('.yx-bar button.btn-primary');
  await phone.getByRole('heading', { name: '办理结果' }).first().waitFor();
}

async function signInAtPlatform(desktop, phone) {
  await desktop.goto(example.url);
  await desktop.click('text=用印信扫码登录');
  await desktop.waitForURL(/\/tickets\/\d+\/wait$/);
  await scanAndApprove(desktop, phone);
  await desktop.waitForURL(`${example.url}/`);
}

async function save(desktop, link, file) {
  const [download] = await Promise.all([desktop.waitForEvent('download'), desktop.click(`text=${link}`)]);
  await download.saveAs(file);
  return download.suggestedFilename();
}

// ---- tests

test('API-7, SCAN-1: a file is signed and sealed by QR code from a desktop with a phone, without a reload', async (t) => {
  const { at, write } = await folderOf(t);
  const { page: phone, name, org } = who;
  const desktop = await desktopPage(t);
  const began = Date.now();
  await signInAtPlatform(desktop, phone);
  await desktop.getByText(name).waitFor();
  await desktop.getByText(org.name).first().waitFor();

  const content = '投标函\n一、我方已仔细研究招标文件。\n';
  await desktop.setInputFiles('#file', { name: '投标函（正本）.txt', mimeType: 'text/plain', buffer: Buffer.from(content) });
  await desktop.check('[name=seal]');
  await desktop.click('text=扫码签署');
  await desktop.waitForURL(/\/tickets\/\d+\/wait$/);
  let navigations = 0;
  desktop.on('framenavigated', (frame) => { navigations += frame === desktop.mainFrame() && frame.url().includes('/wait'); });
  await scanAndApprove(desktop, phone, { seen: async () => {
    await phone.getByText('投标函（正本）.txt', { exact: true }).first().waitFor();
    await phone.getByText('1 份，2 个待签摘要').waitFor();
    await phone.locator('.yx-seal img').waitFor();
  } });
  await desktop.waitForURL(/\/documents\/[0-9a-f-]+$/);
  t.diagnostic(`signed in, uploaded, sealed and fetched in ${Date.now() - began} ms`);
  assert.equal(navigations, 0, 'the waiting page was never loaded again');

  assert.equal(await desktop.locator('.checks .ok').count(), 4);
  assert.equal(await desktop.locator('.checks .bad').count(), 0);
  assert.equal(await save(desktop, '下载原文', at('original')), '投标函（正本）.txt');
  assert.equal(await readFile(at('original'), 'utf8'), content);
  assert.equal(await save(desktop, '下载 CMS（.p7s）', at('cms')), '投标函（正本）.txt.p7s');
  await save(desktop, '下载签名（DER）', at('sm2.sig'));
  await save(desktop, '下载证书链（PEM）', at('sm2.pem'));
  await instance.ctl('ca', 'export', at('ca'));
  const cms = await openssl('cms', '-verify', '-binary', '-inform', 'DER', '-in', at('cms'), '-content', at('original'), '-CAfile',
    at('ca/root-p256.pem'), '-purpose', 'any', '-out', '/dev/null');
  assert.equal(cms.code, 0, cms.text);
  await write('sm2.pub', (await openssl('x509', '-in', at('sm2.pem'), '-pubkey', '-noout')).text);
  const sm2 = await openssl('dgst', '-sm3', '-verify', at('sm2.pub'), '-sigopt', 'distid:1234567812345678', '-signature',
    at('sm2.sig'), at('original'));
  assert.equal(sm2.code, 0, sm2.text);
  assert.doesNotMatch(example.said(), new RegExp(name), 'no name stands in the platform\'s log');
});

test('SCAN-3: a refusal on the phone brings the desktop back to the platform, which says so and can ask again', async (t) => {
  const { page: phone } = who;
  const desktop = await desktopPage(t);
  await signInAtPlatform(desktop, phone);
  await desktop.setInputFiles('#file', { name: '报价.txt', mimeType: 'text/plain', buffer: Buffer.from('100') });
  await desktop.click('text=扫码签署');
  await desktop.waitForURL(/\/tickets\/\d+\/wait$/);
  await phone.goto(await readScreen(desktop));
  await phone.click('button[form=refuse]');
  await desktop.waitForURL(/\/documents\/[0-9a-f-]+$/);
  await desktop.getByText('没有签署：请求被拒绝').waitFor();
  await desktop.click('text=扫码签署');
  await desktop.waitForURL(/\/tickets\/\d+\/wait$/);
});

test('API-7: the platform refuses a form of another site, a file that is too large, and one that is empty', async (t) => {
  const { page: phone } = who;
  const desktop = await desktopPage(t);
  await signInAtPlatform(desktop, phone);
  const { write } = await folderOf(t);
  for (const [size, words] of [[0, '这个文件是空的'], [20 * 1024 * 1024 + 1, '文件超过 20 MB']]) {
    await desktop.goto(example.url);
    await desktop.setInputFiles('#file', await write('文件.bin', Buffer.alloc(size)));
    await desktop.click('text=扫码签署');
    await desktop.getByText(words).waitFor();
  }
  const forged = await desktop.request.post(`${example.url}/documents`, { headers: { origin: 'https://elsewhere.example' },
    multipart: { csrf: 'x', file: { name: 'a', mimeType: 'text/plain', buffer: Buffer.from('a') } } });
  assert.equal(forged.status(), 403);
  const unproved = await desktop.request.post(`${example.url}/documents`, {
    multipart: { csrf: 'x', file: { name: 'a', mimeType: 'text/plain', buffer: Buffer.from('a') } } });
  assert.equal(unproved.status(), 403);
});
