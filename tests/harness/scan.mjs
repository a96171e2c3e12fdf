// The scan flow over HTTP: what the asking browser and the phone do between authorize and the way back to the platform.
import { createRequire } from 'node:module';
import { PIN } from './people.mjs';
import { waitFor } from './wait.mjs';

const jsQR = createRequire(import.meta.url)('jsqr');
const SCALE = 4;

// The text of one of our QR codes: its path (m dx dy h run v1 h-run z, again and again) painted and read by a decoder.
export function readQrSvg(svg) {
  const size = Number(svg.match(/viewBox="0 0 (\d+)/)[1]);
  const [, x0, y0, moves] = svg.match(/<path d="M(\d+) (\d+)([^"]+)"/);
  const pixels = new Uint8ClampedArray((size * SCALE) ** 2 * 4).fill(255);
  let x = Number(x0), y = Number(y0);
  for (const [, dx, dy, run] of moves.matchAll(/m(-?\d+) (-?\d+)h(\d+)v1h-\d+z/g)) {
    x += Number(dx);
    y += Number(dy);
    for (let row = y * SCALE; row < (y + 1) * SCALE; row++) {
      const start = (row * size * SCALE + x * SCALE) * 4;
      for (let at = start; at < start + run * SCALE * 4; at += 4) pixels.fill(0, at, at + 3);
    }
  }
  const found = jsQR(pixels, size * SCALE, size * SCALE);
  if (!found) throw new Error('no QR code could be read');
  return found.data;
}

// A browser that goes where the platform sent it: { ticket, link } of the waiting page. It must not have been refused.
export async function waitingPage(desktop, url) {
  const page = await desktop.open(url);
  const ticket = page.url.match(/\/tickets\/(\d+)\/wait/)?.[1];
  if (!ticket) throw new Error(`no waiting page: ${page.status} ${page.location ?? page.url}\n${page.text}`);
  return { ticket, link: await codeOf(desktop, ticket) };
}

export async function codeOf(desktop, ticket) {
  return readQrSvg((await desktop.get(`/tickets/${ticket}/qr.svg`)).text);
}

// The number on the asking browser's page, once the phone has the request.
export async function shownNumber(desktop, ticket) {
  return waitFor(async () => (await desktop.get(`/tickets/${ticket}/state?seen=`)).text.match(/class="yx-big">(\d\d)</)?.[1],
    { what: 'the number' });
}

// The phone's page after opening the link.
export async function scan(phone, link) {
  const page = await phone.open(link);
  if (!/\/tickets\/\d+$/.test(page.url)) throw new Error(`not scanned: ${page.status} ${page.url}\n${page.text}`);
  return page;
}

// Sends the phone's form: the number that the asking side shows, password, and the certificate where one is to be chosen.
// more: fields beside or instead. The answer is not followed.
export async function approve(phone, page, { number, pin = PIN, ...more } = {}) {
  const ticket = page.url.match(/\/tickets\/(\d+)$/)[1];
  const instance = page.text.match(/name="instance" value="(\d+)"(?![^>]*disabled)/)?.[1];
  const trust = page.text.includes('name="trust_platform"') && { trust_platform: '1' };
  return phone.submit(page, `/keys/tickets/${ticket}/approve`, { pin, ...(number && { number }), ...(instance && { instance }),
    ...trust, ...more });
}

// The asking browser fetches the outcome: where the portal sends it, a URL of the platform.
export async function collect(desktop, ticket) {
  const decided = await waitFor(async () => {
    const state = await desktop.get(`/tickets/${ticket}/state?seen=claimed`);
    return state.location && state;
  }, { what: 'the decision' });
  const got = await desktop.follow(decided);
  if (!got.location) throw new Error(`not collected: ${got.status}\n${got.text}`);
  return new URL(got.location);
}

// All of it, with one approval: the platform's URL in, where the browser ends up out.
export async function scanAndApprove(desktop, phone, url, more) {
  const { ticket, link } = await waitingPage(desktop, url);
  const page = await scan(phone, link);
  const answer = await approve(phone, page, { number: await shownNumber(desktop, ticket), ...more });
  if (answer.status !== 303) throw new Error(`not approved: ${answer.status}\n${answer.text}`);
  return { ticket, back: await collect(desktop, ticket), done: await phone.follow(answer) };
}
