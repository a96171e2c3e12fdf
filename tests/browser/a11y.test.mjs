// The main ways through the portal with the keyboard alone, and with JavaScript off.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, collect, numberNow } from '../harness/asking.mjs';
import { closeBrowsers, visitor } from '../harness/browser.mjs';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { PIN, fullName, mobile, orgOf, platform, residentId } from '../harness/people.mjs';
import { codeOf } from '../harness/scan.mjs';

let instance;
before(async () => { instance = await sharedInstance(); });
after(closeBrowsers);

async function someone() {
  const who = { phone: mobile(), name: fullName(), doc: residentId() };
  await instance.ctl('person', 'verify', '--phone', `+86${who.phone}`, '--name', who.name, '--doc', who.doc);
  who.org = await orgOf(instance, who);
  return who;
}

const codeFor = async (who) => (await instance.sms(`+86${who.phone}`)).code;

// Goes with Tab (or back) until this has the focus, which must show.
async function tabTo(tab, selector, key = 'Tab') {
  for (let steps = 0; steps < 60; steps++) {
    await tab.keyboard.press(key);
    const there = await tab.evaluate((wanted) => {
      const element = document.activeElement;
      return element.matches(wanted) && { outline: parseFloat(getComputedStyle(element).outlineWidth) };
    }, selector);
    if (!there) continue;
    assert.ok(there.outline >= 2, `no ring around ${selector}`);
    return;
  }
  assert.fail(`no way by Tab to ${selector} on ${tab.url()}`);
}

async function pressOn(tab, selector, key = 'Enter') {
  await tabTo(tab, selector);
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press(key)]);
}

// From a login page that is open to whatever comes after it.
async function signInByKeyboard(tab, who) {
  await tabTo(tab, '#phone');
  await tab.keyboard.type(who.phone);
  await tabTo(tab, '#agree');
  await tab.keyboard.press('Space');
  await tabTo(tab, 'button[value="send"]');
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')]);
  assert.equal(await tab.evaluate(() => document.activeElement.id), 'code', 'the code is what comes next');
  await tab.keyboard.type(await codeFor(who));
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')]);
}

test('SEAL-2, SEAL-4: the keyboard alone signs in, makes a seal and voids it after being asked', async () => {
  const who = await someone();
  const context = await visitor();
  const tab = await context.newPage();
  await tab.goto(`${instance.url}/login`);
  await signInByKeyboard(tab, who);
  await tab.goto(`${instance.url}/home`);
  await pressOn(tab, `main a[href$="/orgs/${who.org.id}"]`);
  await pressOn(tab, '.yx-side a[href$="/seals"]');
  await pressOn(tab, 'main a[href$="/seals/make"]');
  await tabTo(tab, '[name="diameter"]');
  await tab.keyboard.press('ArrowRight');
  assert.equal(await tab.getAttribute('[name="diameter"]:checked', 'value'), '450');
  await pressOn(tab, 'main button[value="submit"]');
  assert.match(await tab.textContent('main h1'), /制作这枚公章？/);
  await pressOn(tab, 'main form button.btn-primary');
  assert.match(await tab.textContent('[role="status"]'), /印章已制作/);
  await pressOn(tab, 'main a[href$="/void"]');
  assert.match(await tab.textContent('main h1'), /作废这枚公章？/);
  await pressOn(tab, 'main button.btn-dark');
  assert.match(await tab.textContent('[role="status"]'), /印章已作废/);
  await context.close();
});

test('LOGIN-1, SCAN-3: the keyboard alone signs in from a scanned link, sets a password, picks the number and approves', async () => {
  const who = await someone();
  const desktop = new Client(instance);
  const asked = await ask(desktop, await platform(instance));
  const context = await visitor();
  const tab = await context.newPage();
  await tab.goto(await codeOf(desktop, asked.id));
  await signInByKeyboard(tab, who);
  await pressOn(tab, 'main a[href*="/me/pin"]');
  await tabTo(tab, '#pin');
  await tab.keyboard.type(PIN);
  await tabTo(tab, '#again');
  await tab.keyboard.type(PIN);
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')]);
  const number = await numberNow(desktop, asked.id);
  await tabTo(tab, '[name="number"]');
  for (let steps = 0; steps < 3 && await tab.getAttribute('[name="number"]:focus', 'value') !== number; steps++)
    await tab.keyboard.press('ArrowRight');
  if (!await tab.isChecked('[name="number"]:focus')) await tab.keyboard.press('Space');
  await tabTo(tab, '#trust_platform');
  await tab.keyboard.press('Space');
  await tabTo(tab, '#pin');
  await tab.keyboard.type(PIN);
  await pressOn(tab, '.yx-bar .btn-primary');
  assert.match(await tab.textContent('main'), /已登录/);
  assert.ok((await collect(desktop, asked.id)).code);
  await context.close();
});

test('the first Tab leads past the navigation', async () => {
  const context = await visitor();
  const tab = await context.newPage();
  await tab.goto(`${instance.url}/login`);
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Enter');
  assert.equal(await tab.evaluate(() => document.activeElement.id), 'main');
  await context.close();
});

test('without JavaScript one signs in, and redraws a seal by a button', async () => {
  const who = await someone();
  const context = await visitor({ screen: 'phone', javaScriptEnabled: false });
  const tab = await context.newPage();
  await tab.goto(`${instance.url}/login`);
  await tab.fill('#phone', who.phone);
  await tab.check('#agree');
  await tab.click('button[value="send"]');
  await tab.fill('#code', await codeFor(who));
  await tab.click('button.btn-primary');
  assert.match(tab.url(), /\/(home|welcome)$/);
  await tab.goto(`${instance.url}/orgs/${who.org.id}/seals/make`);
  await tab.check('[name="template"][value="round_plain"]');
  await tab.click('button[value="preview"]');
  assert.match(await tab.getAttribute('[data-preview-picture]', 'src'), /template=round_plain/);
  assert.ok(await tab.isChecked('[name="template"][value="round_plain"]'));
  await context.close();
});

test('SCAN-4: without JavaScript the waiting page loads itself again while it is open', async () => {
  const desktop = new Client(instance);
  const asked = await ask(desktop, await platform(instance));
  const page = await desktop.get(`/tickets/${asked.id}/wait`);
  assert.match(page.text, /<noscript><meta http-equiv="refresh" content="3"><\/noscript>/);
  await desktop.submit(page, `/tickets/${asked.id}/cancel`);
  assert.doesNotMatch((await desktop.get(`/tickets/${asked.id}/wait`)).text, /http-equiv="refresh"/);
});
