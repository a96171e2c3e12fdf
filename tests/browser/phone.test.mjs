// A phone in the hand: what is covered, where the focus goes, what stays open, what was told and no longer holds.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask } from '../harness/asking.mjs';
import { closeBrowsers, lend, visitor } from '../harness/browser.mjs';
import { Client } from '../harness/client.mjs';
import { sharedInstance } from '../harness/instance.mjs';
import { legalRep, mobile, person, PIN, platform } from '../harness/people.mjs';
import { codeOf, scan } from '../harness/scan.mjs';

let instance;
let who; // a legal representative with an installed cert and a seal
before(async () => {
  instance = await sharedInstance();
  who = await legalRep(instance, { seal: true });
});
after(closeBrowsers);

// A phone that is signed in as this client is.
async function phoneOf(t, client, options) {
  const context = await visitor({ screen: 'phone', reducedMotion: 'reduce', ...options });
  t.after(() => context.close());
  if (client) await lend(context, client);
  return context.newPage();
}

async function claimed(parameters = { scope: 'openid profile phone orgs' }) {
  const desktop = new Client(instance);
  const asked = await ask(desktop, await platform(instance), parameters);
  await scan(who.client, await codeOf(desktop, asked.id));
  return `/tickets/${asked.id}`;
}

const focused = (tab) => tab.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName);
const pressed = (tab, selector) => Promise.all([tab.waitForNavigation(), tab.click(selector)]);

// What has the focus and is not wholly between the bars at the edges: its markup, or nothing.
const covered = (tab) => tab.evaluate(() => {
  const element = document.activeElement;
  if (element === document.body || element.closest('.yx-bar, .yx-bottom, .yx-top, .yx-skip')) return undefined;
  const edge = (selector, side, otherwise) => {
    const bar = document.querySelector(selector);
    return bar && getComputedStyle(bar).position === 'sticky' ? bar.getBoundingClientRect()[side] : otherwise;
  };
  const box = element.getBoundingClientRect();
  const above = edge('.yx-top', 'bottom', 0), below = Math.min(edge('.yx-bottom', 'top', innerHeight), edge('.yx-bar', 'top', innerHeight));
  const small = box.height < below - above;
  return small && (box.top < above - 1 || box.bottom > below + 1) ? element.outerHTML.slice(0, 160) : undefined;
});

test('OPS-16: nothing that sticks to a phone\'s edges covers what the keyboard has reached', async (t) => {
  const tab = await phoneOf(t, who.client);
  for (const path of [await claimed(), `/orgs/${who.org.id}/seals/make`, '/me/sessions', '/me/records', `/certs/${who.cert}/revoke`]) {
    await tab.goto(instance.url + path);
    const seen = new Set();
    for (let steps = 0; steps < 80; steps++) {
      await tab.keyboard.press('Tab');
      const at = await tab.evaluate(() => document.activeElement.outerHTML);
      if (seen.has(at)) break;
      seen.add(at);
      assert.equal(await covered(tab), undefined, path);
    }
    assert.ok(seen.size > 5, path);
  }
});

// Where the parts of a decision stand, from top to bottom, and which of them something lies over once they are scrolled to.
const laid = (tab, selectors) => tab.evaluate((wanted) => wanted.map((selector) => {
  const element = document.querySelector(selector);
  const top = element.getBoundingClientRect().top + scrollY;
  element.scrollIntoView({ block: 'end' });
  const box = element.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return { selector, top, free: at === element || element.contains(at) || [...element.labels ?? []].includes(at) };
}), selectors);

const decision = ['#number .yx-nums', '#instance .form-check-input', '#trust_platform', '#pin', '.yx-bar .btn-primary'];

test('SCAN-3: on a phone the password and both answers come after all else that is to be answered, and nothing lies over it', async (t) => {
  const tab = await phoneOf(t, who.client);
  await tab.goto(instance.url + await claimed({ scope: 'openid service' }));
  assert.ok(await tab.evaluate(() => document.documentElement.scrollHeight > innerHeight), 'the page is longer than the screen');
  const parts = await laid(tab, decision);
  assert.deepEqual(parts.filter(({ free }) => !free), []);
  assert.deepEqual(parts.toSorted((a, b) => a.top - b.top).map(({ selector }) => selector), decision);
  assert.deepEqual(await tab.evaluate(() => [...document.querySelectorAll('main *')].filter((element) =>
    ['sticky', 'fixed'].includes(getComputedStyle(element).position)).map((element) => element.className)), []);
});

test('SCAN-3: on a desktop all of a decision is in view from the start', async (t) => {
  const context = await visitor({ reducedMotion: 'reduce' });
  t.after(() => context.close());
  await lend(context, who.client);
  const tab = await context.newPage();
  await tab.goto(instance.url + await claimed({ scope: 'openid service' }));
  for (const selector of decision) {
    assert.ok(await tab.evaluate((wanted) => document.querySelector(wanted).getBoundingClientRect().bottom <= innerHeight, selector), selector);
  }
});

test('LOG-2: on a phone the filters are folded away until one is set; on a desktop they stand open', async (t) => {
  const tab = await phoneOf(t, who.client);
  const shown = () => tab.locator('[name="kind"]').isVisible();
  await tab.goto(`${instance.url}/me/records`);
  assert.equal(await shown(), false);
  await tab.click('.yx-filters > summary');
  await tab.selectOption('[name="kind"]', 'seal');
  await pressed(tab, '.yx-filters button');
  assert.match(tab.url(), /kind=seal/);
  assert.equal(await shown(), true, 'what is set is seen');
  await tab.goto(`${instance.url}/me/records`);
  await tab.setViewportSize({ width: 1280, height: 800 });
  assert.equal(await shown(), true);
  assert.equal(await tab.locator('.yx-filters > summary').isVisible(), false);
});

test('ORG-1: the list of orgs closes by Esc, which gives the focus back, by a press beside it, and when the focus leaves it', async (t) => {
  const tab = await phoneOf(t, who.client);
  await tab.goto(`${instance.url}/home`);
  const isOpen = () => tab.evaluate(() => document.querySelector('.yx-org').open);
  await tab.click('.yx-org summary');
  assert.equal(await isOpen(), true);
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Escape');
  assert.equal(await isOpen(), false);
  assert.equal(await tab.evaluate(() => document.activeElement.matches('.yx-org summary')), true);
  await tab.click('.yx-org summary');
  await tab.locator('main').click({ position: { x: 5, y: 600 } });
  assert.equal(await isOpen(), false);
  await tab.click('.yx-org summary');
  await tab.focus('.yx-top a[href$="/messages"]');
  assert.equal(await isOpen(), false);
});

for (const javaScriptEnabled of [true, false]) {
  test(`LOGIN-1: the focus goes to what is wrong, and after the code was sent to the code (${javaScriptEnabled ? 'with' : 'without'} JavaScript)`, async (t) => {
    const tab = await phoneOf(t, undefined, { javaScriptEnabled });
    const focus = () => tab.locator(':focus');
    await tab.goto(`${instance.url}/login`);
    await pressed(tab, 'button.btn-primary');
    assert.equal(await focus().getAttribute('role'), 'alert');
    assert.match(await focus().textContent(), /请填写手机号/);
    await tab.fill('#phone', mobile());
    await tab.check('#agree');
    await pressed(tab, 'button[value="send"]');
    assert.equal(await focus().getAttribute('id'), 'code');
    await tab.fill('#code', '000000');
    await pressed(tab, 'button.btn-primary');
    assert.match(await focus().textContent(), /还可试 4 次/);
  });
}

test('PIN-1: what a password was told goes when it is changed, and comes again only if it holds again', async (t) => {
  const { client } = await person(instance);
  const tab = await phoneOf(t, client);
  await tab.goto(`${instance.url}/me/pin`);
  await tab.fill('#pin', 'kurz');
  await tab.fill('#again', 'kurz');
  await pressed(tab, 'main form button.btn-primary');
  const told = () => tab.locator('#pin-e:visible, [data-rule]:visible').allTextContents();
  assert.match((await told()).join(), /太短了/);
  await tab.fill('#pin', 'lang-genug-2026');
  assert.deepEqual(await told(), []);
  assert.equal(await tab.getAttribute('#pin', 'aria-invalid'), null);
  await tab.fill('#pin', 'kurz');
  await tab.locator('#pin').blur();
  assert.match((await told()).join(), /至少 8 个字符/);
  await tab.fill('#pin', 'lang-genug-2026');
  assert.deepEqual(await told(), []);
});

test('PIN-1: after a refusal, Back and reload lead to the form, and the browser asks nothing', async (t) => {
  const { client } = await person(instance);
  const tab = await phoneOf(t, client);
  await tab.goto(`${instance.url}/me`);
  await tab.goto(`${instance.url}/me/pin`);
  await tab.fill('#pin', 'kurz');
  for (let tries = 0; tries < 2; tries++) {
    await pressed(tab, 'main form button.btn-primary');
    assert.equal(tab.url(), `${instance.url}/me/pin`);
  }
  await tab.fill('#pin', PIN);
  await tab.fill('#again', PIN);
  await pressed(tab, 'main form button.btn-primary');
  await tab.getByText('已设置').first().waitFor();
  await tab.goBack();
  assert.match(await tab.locator('main').innerText(), /已设置/, 'not a form that was sent, but what stands there now');
  await tab.reload();
  assert.match(await tab.locator('main').innerText(), /已设置/);
});

test('CERT-7: a device\'s name holds 40 characters, whatever they are, and one more is refused with all that was typed', async (t) => {
  const tab = await phoneOf(t, who.client);
  const name = '📱'.repeat(40);
  const rename = async (typed) => {
    await tab.goto(`${instance.url}/me/sessions`);
    await tab.click('.yx-fold summary');
    await tab.fill('[name="device_name"]', typed);
    await pressed(tab, '.yx-fold .btn');
  };
  await rename(name);
  assert.match(await tab.textContent('[role="status"]'), /设备名称已保存/);
  assert.ok((await tab.textContent('main')).includes(name));
  assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it does not overflow');
  await rename(`${name}📱`);
  assert.match(await tab.textContent('[role="alert"]'), /最多 40 个字/);
  assert.equal(await tab.inputValue('#device_name'), `${name}📱`);
  await tab.click('[role="alert"] a');
  assert.equal(await focused(tab), 'device_name');
});
