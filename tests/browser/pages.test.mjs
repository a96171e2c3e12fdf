// Every page in every state that tests/screens knows: what it answers, that nothing overflows from 320 to 1280 px; and where it is
// not built of another's parts what axe-core finds (WCAG A and AA) light and dark on a phone and on a desktop, and that every target is
// big enough for a finger.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { closeBrowsers } from '../harness/browser.mjs';
import { startInstance } from '../harness/instance.mjs';
import { look, sizes } from '../screens/look.mjs';
import { pages } from '../screens/pages.mjs';
import { makeWorld, settings } from '../screens/world.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
const colours = { type: 'rule', values: ['color-contrast'] };
const widths = [320, 390, 768, 1000, 1280];

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

// As high as the page, so that no sticky bar covers what is judged.
async function resize(tab, { width, height }) {
  await tab.setViewportSize({ width, height });
  const whole = await tab.evaluate(() => document.documentElement.scrollHeight);
  if (whole > height) await tab.setViewportSize({ width, height: whole });
}

async function judge(tab, runOnly) {
  return tab.evaluate(async (only) => {
    const { violations } = await window.axe.run(document, { runOnly: only, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
  }, runOnly);
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

async function overflows(tab) {
  const found = [];
  for (const width of widths) {
    await tab.setViewportSize({ width, height: 800 });
    const whole = await tab.evaluate(() => document.documentElement.scrollWidth);
    if (whole > width) found.push(`${whole} px wide at ${width}`);
  }
  return found;
}

async function accessible(tab) {
  const found = [];
  await tab.evaluate(axe);
  for (const [name, size] of Object.entries(sizes)) {
    await resize(tab, size);
    await tab.emulateMedia({ colorScheme: 'light' });
    const seen = [...await judge(tab, standards), ...await smallTargets(tab)];
    await tab.emulateMedia({ colorScheme: 'dark' });
    seen.push(...(await judge(tab, colours)).map((what) => `dark ${what}`));
    found.push(...seen.map((what) => `${name} ${what}`));
  }
  return found;
}

test('every page answers as expected, without a part missing or a complaint of the browser; WCAG A and AA light and dark on phone and \
desktop; no overflow from 320 to 1280 px; targets of 44 px', async () => {
  const found = [];
  for (const page of pages) {
    try {
      const { tab, wrong } = await look(world, page);
      const seen = [...wrong, ...await overflows(tab), ...page.alike ? [] : await accessible(tab)];
      found.push(...seen.map((what) => `${page.name}: ${what}`));
    } catch (error) {
      found.push(`${page.name}: ${error.message}`);
    }
  }
  assert.deepEqual(found, []);
});
