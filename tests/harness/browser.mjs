// One Chromium for all tests of a process, and a context for each visitor. localhost only: passkeys refuse an address.
import { chromium } from 'playwright-core';

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const camera = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
const screens = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};

const running = new Map();
function launch(extra) {
  const key = extra.join(' ');
  if (!running.has(key)) running.set(key, chromium.launch({ executablePath: '/usr/bin/chromium', args: [...flags, ...extra] }));
  return running.get(key);
}

// screen: desktop or phone. camera: true, or the path of a y4m or mjpeg film that the camera shows. address: the visitor's.
export async function visitor({ screen = 'desktop', colorScheme = 'light', camera: film, address, ...options } = {}) {
  const extra = film ? [...camera, ...(film === true ? [] : [`--use-file-for-fake-video-capture=${film}`])] : [];
  const browser = await launch(extra);
  const context = await browser.newContext({ ...screens[screen], colorScheme, locale: 'zh-CN', timezoneId: 'Asia/Shanghai',
    ...(address && { extraHTTPHeaders: { 'x-forwarded-for': address } }), ...options });
  context.setDefaultTimeout(10_000);
  return context;
}

export async function closeBrowsers() {
  for (const browser of running.values()) await (await browser).close();
  running.clear();
}
