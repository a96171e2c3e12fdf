// A person at two screens: the example platform on a desktop, the portal on a phone, and between them nothing but the picture
// of a QR code.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { PNG } from 'pngjs';
import { closeBrowsers, visitor } from '../harness/browser.mjs';
import { startExample } from '../harness/example.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { folderOf } from '../harness/openssl.mjs';
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

// Under the name that the browser would give it.
async function save(desktop, link, at) {
  const [download] = await Promise.all([desktop.waitForEvent('download'), desktop.click(`text=${link}`)]);
  await download.saveAs(at(download.suggestedFilename()));
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
  for (const link of ['下载原文', '下载 CMS（.p7s）', '下载签名（DER）', '下载证书链（PEM）']) await save(desktop, link, at);
  assert.equal(await readFile(at('投标函（正本）.txt'), 'utf8'), content);
  await instance.ctl('ca', 'export', at('.'));
  const commands = await desktop.locator('details pre').textContent();
  const shell = (text) => promisify(execFile)('sh', ['-ec', text], { cwd: at('.') });
  assert.match((await shell(commands)).stdout, /sm2-issuing\.pem: OK\n.*\.sm2\.pem: OK\nVerified OK/s, 'the commands that the page tells');
  await write('投标函（正本）.txt', `${content} `);
  for (const part of ['cms', 'dgst']) // each signature by itself refuses the changed file
    await assert.rejects(shell(commands.replace(part === 'cms' ? /openssl dgst[^]*/ : /^openssl cms[^]*?(?=awk)/, '')));
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

test('API-7: a certificate that was revoked since the login is told as such, and what to do', async (t) => {
  const { page: phone, org } = who;
  const desktop = await desktopPage(t);
  await signInAtPlatform(desktop, phone);
  await phone.goto(`${instance.url}/orgs/${org.id}/certs`);
  await phone.locator('a.yx-row[href*="/certs/"]').first().click();
  await phone.click('main a[href$="/revoke"]');
  await phone.locator('main form input[type=radio]').first().check();
  await phone.click('main form button.btn-dark');
  await phone.getByText('证书已吊销').first().waitFor();
  await desktop.setInputFiles('#file', { name: '报价.txt', mimeType: 'text/plain', buffer: Buffer.from('100') });
  await desktop.click('text=扫码签署');
  await desktop.getByText('选定的证书已不能使用').waitFor();
  assert.match(await desktop.locator('main').innerText(), /请退出后重新登录/);
});
