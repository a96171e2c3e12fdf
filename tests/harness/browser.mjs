// One Chromium for all tests of a process, and a context for each visitor. localhost only: passkeys refuse an address.
import { chromium } from 'playwright-core';

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const camera = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
const screens = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

// The shell keeps one process for the pages of a tab, as browsers long did: a new one for each takes as long as the page itself.
const programs = {
  whole: { executablePath: '/usr/bin/chromium', args: flags },
  shell: { executablePath: '/usr/bin/chromium-headless-shell', args: [...flags, '--disable-features=RenderDocument,SpareRendererForSitePerProcess'] },
};

const running = new Map();
function launch(program, extra) {
  const key = [program, ...extra].join(' ');
  const { executablePath, args } = programs[program];
  if (!running.has(key)) running.set(key, chromium.launch({ executablePath, args: [...args, ...extra] }));
  return running.get(key);
}

// screen: desktop or phone. camera: true, or the path of a y4m or mjpeg film that the camera shows. address: the visitor's.
// shell: Chromium's engine without the browser around it, a third of the work, for pages that are only looked at.
export async function visitor({ screen = 'desktop', colorScheme = 'light', camera: film, address, shell = false, ...options } = {}) {
  const extra = film ? [...camera, ...(film === true ? [] : [`--use-file-for-fake-video-capture=${film}`])] : [];
  const browser = await launch(shell ? 'shell' : 'whole', extra);
  const context = await browser.newContext({ ...screens[screen], colorScheme, locale: 'zh-CN', timezoneId: 'Asia/Shanghai',
    ...(address && { extraHTTPHeaders: { 'x-forwarded-for': address } }), ...options });
  context.setDefaultTimeout(10_000);
  return context;
}

// Puts a client's cookies, and no others, into a browser: who signed in over HTTP goes on there.
export async function lend(context, client) {
  await context.clearCookies();
  await context.addCookies(client.cookies.map(({ name, value, path, httpOnly, sameSite }) => ({ name, value, path,
    domain: 'localhost', httpOnly: Boolean(httpOnly), sameSite: sameSite === 'strict' ? 'Strict' : 'Lax' })));
}

const talks = new WeakMap();
// Straight to the browser: what it answers is not copied out, and a change of size does not wait for a window.
export async function say(tab, method, parameters) {
  if (!talks.has(tab)) talks.set(tab, await tab.context().newCDPSession(tab));
  const answer = await talks.get(tab).send(method, parameters);
  if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
  return answer;
}

export const resize = (tab, { width, height }) =>
  say(tab, 'Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });

export async function closeBrowsers() {
  for (const browser of running.values()) await (await browser).close();
  running.clear();
}
