// Every page in every state that tests/screens knows: what it answers, that nothing overflows from 320 to 1280 px or is cut
// without a sign; and where it is not built of another's parts what axe-core finds (WCAG A and AA) light and dark on a phone
// and on a desktop, and that every target is big enough for a finger.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { closeBrowsers, resize, say } from '../harness/browser.mjs';
import { startInstance } from '../harness/instance.mjs';
import { look } from '../screens/look.mjs';
import { first, last } from '../screens/pages.mjs';
import { makeWorld, settings } from '../screens/world.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
const colours = { type: 'rule', values: ['color-contrast'] };
const sheets = 'css-orientation-lock'; // reads nothing but the style sheets, which all pages share: once is enough
const smaller = 'target-size'; // 24 px; smallTargets asks for 44
const widths = [1280, 1000, 768, 390, 320];
const judged = { 390: 'phone', 1280: 'desktop' };
const lanes = 2; // a page loads while another is judged

let instance;
let world;
before(async () => {
  instance = await startInstance({ settings });
  world = await makeWorld(instance, { busy: false });
});
after(async () => {
  await closeBrowsers();
  await instance?.stop();
});

let sheetsRead = false;
async function judge(tab, runOnly) {
  const options = { runOnly, resultTypes: ['violations'], preload: false, rules: { [sheets]: { enabled: !sheetsRead }, [smaller]: { enabled: false } } };
  sheetsRead = true;
  return tab.evaluate(async (given) => {
    const { violations } = await window.axe.run(document, given);
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
  }, options);
}

// Links inside a sentence are as high as its line; all else that takes a finger is 44 px or more both ways.
const smallTargets = (tab) => tab.evaluate(() => {
  const inSentence = (element) => getComputedStyle(element).display === 'inline' &&
    [...element.parentNode.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const small = [];
  for (const element of document.querySelectorAll('a[href], button, input, select, textarea, summary')) {
    if (element.type === 'hidden' || element.closest('.visually-hidden') || !element.checkVisibility() || inSentence(element)) continue;
    const boxes = [element, ...element.labels ?? []].map((one) => one.getBoundingClientRect());
    const width = Math.max(...boxes.map((box) => box.width)), height = Math.max(...boxes.map((box) => box.height));
    if (width < 43.5 || height < 43.5)
      small.push(`${Math.round(width)}×${Math.round(height)} ${element.outerHTML.replace(/\s+/g, ' ').slice(0, 120)}`);
  }
  return small;
});

// Text that does not fit may end in "…" or stand in a box that scrolls; it may not just stop.
const cutText = (tab) => tab.evaluate(() => {
  const clips = (element) => ['hidden', 'clip'].includes(getComputedStyle(element).overflowX);
  const up = (from, holds) => {
    for (let at = from; at && at !== document.body; at = at.parentElement) if (holds(at)) return at;
    return undefined;
  };
  const cut = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, element = text.parentElement;
    if (!text.data.trim() || element.closest('.visually-hidden, svg, select, script, noscript')) continue;
    const by = up(element, clips);
    if (!by || by.clientWidth <= 1) continue; // for screen readers alone
    const range = document.createRange();
    range.selectNodeContents(text);
    if (range.getBoundingClientRect().right <= by.getBoundingClientRect().right + 1) continue;
    const block = up(element, (one) => getComputedStyle(one).display !== 'inline');
    if (!clips(block) || getComputedStyle(block).textOverflow !== 'ellipsis') cut.push(`cut: ${text.data.trim().slice(0, 60)}`);
  }
  return cut;
});

async function accessible(tab) {
  await tab.emulateMedia({ colorScheme: 'light' });
  const seen = [...await judge(tab, standards), ...await smallTargets(tab)];
  await tab.emulateMedia({ colorScheme: 'dark' });
  seen.push(...(await judge(tab, colours)).map((what) => `dark ${what}`));
  return seen;
}

// One load, from wide to narrow. What axe judges is as high as the page, so that no sticky bar covers it.
async function wrongAtAnyWidth(tab, alike) {
  const found = [];
  if (!alike) await say(tab, 'Runtime.evaluate', { expression: `${axe};0` });
  for (const width of widths) {
    await resize(tab, { width, height: 800 });
    const whole = await tab.evaluate(() => ({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight }));
    if (whole.width > width) found.push(`${whole.width} px wide at ${width}`);
    if (width === 320 || width === 1280) found.push(...(await cutText(tab)).map((what) => `${what} at ${width}`));
    if (alike || !judged[width]) continue;
    await resize(tab, { width, height: Math.max(whole.height, 800) });
    found.push(...(await accessible(tab)).map((what) => `${judged[width]} ${what}`));
  }
  await resize(tab, { width: widths[0], height: 800 });
  return found;
}

async function wrongWith(page, lane) {
  try {
    const { tab, wrong } = await look(world, page, lane);
    return [...wrong, ...await wrongAtAnyWidth(tab, page.alike)].map((what) => `${page.name}: ${what}`);
  } catch (error) {
    return [`${page.name}: ${error.message}`];
  }
}

async function wrongWithAll(pages, count) {
  const found = [], left = [...pages];
  await Promise.all(Array.from({ length: count }, async (_, lane) => {
    while (left.length) found.push(...await wrongWith(left.shift(), lane));
  }));
  return found;
}

test('every page answers as expected, without a part missing or a complaint of the browser; WCAG A and AA light and dark on phone and \
desktop; no overflow from 320 to 1280 px; targets of 44 px', async () => {
  const found = [...await wrongWithAll(first, lanes), ...await wrongWithAll(last, 1)];
  assert.deepEqual(found, []);
});
