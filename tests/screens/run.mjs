// run.mjs FOLDER README-FOLDER: pictures of every page (pages.mjs) on a phone and on a desktop, light and dark, whole pages as
// high as they are; and the few that the README shows, one screen high. ONLY=text takes the pages whose name begins so. Fails when a page
// answers otherwise than expected.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { closeBrowsers } from '../harness/browser.mjs';
import { startInstance } from '../harness/instance.mjs';
import { look, sizes, themes } from './look.mjs';
import { pages } from './pages.mjs';
import { makeWorld, settings } from './world.mjs';

const [folder, readme] = process.argv.slice(2);
const only = process.env.ONLY ?? '';
const inReadme = { home: 'desktop', ticket: 'phone', 'seal-make': 'desktop' };

async function show(tab, size, colorScheme) {
  await tab.setViewportSize(size);
  await tab.emulateMedia({ colorScheme });
  const height = await tab.evaluate(() => document.documentElement.scrollHeight);
  // A higher window instead of a longer picture: what sticks to its edge stays at the edge.
  if (height > size.height) await tab.setViewportSize({ ...size, height });
}

async function takePictures({ name, tab }) {
  for (const [size, window] of Object.entries(sizes)) for (const [theme, suffix] of Object.entries(themes)) {
    await show(tab, window, theme);
    await tab.screenshot({ path: path.join(folder, `${name}-${size}${suffix}.png`), animations: 'disabled' });
  }
  const size = inReadme[name];
  if (!size) return;
  await tab.emulateMedia({ colorScheme: 'light' });
  await tab.setViewportSize(sizes[size]);
  await tab.screenshot({ path: path.join(readme, `${name}-${size}.png`), animations: 'disabled' });
}

async function takeAll(world) {
  const wrong = [];
  const wanted = pages.filter(({ name }) => name.startsWith(only));
  for (const page of wanted) {
    try {
      const seen = await look(world, page);
      wrong.push(...seen.wrong.map((what) => `${page.name}: ${what}`));
      await takePictures(seen);
    } catch (error) {
      wrong.push(`${page.name}: ${error.message}`);
    }
  }
  return { count: wanted.length, wrong };
}

await mkdir(folder, { recursive: true });
await mkdir(readme, { recursive: true });
const instance = await startInstance({ settings });
try {
  const { count, wrong } = await takeAll(await makeWorld(instance));
  for (const line of wrong) console.error(line);
  console.log(`${count} pages, ${count * 4} pictures in ${folder}`);
  process.exitCode = wrong.length || !count ? 1 : 0;
} finally {
  await closeBrowsers();
  await instance.stop();
}
