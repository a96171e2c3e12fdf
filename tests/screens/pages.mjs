// Every page of the portal in the states it has: { name, as, path, status, act }. as: whose browser looks (viewers below);
// path: below the base, or an async function of the world that makes what is shown first; status: the answer's, 200 where
// nothing is said; act: what the person does in the browser before it is looked at;
// alike: another page of the list is built of the same parts.
import { mobile, PIN } from '../harness/people.mjs';
import { claimed, ended, waiting } from './world.mjs';

const MINUTE = 60_000;

export const viewers = {
  nobody: (world) => world.nobody.client,
  asking: (world) => world.desktop,
  rep: (world) => world.rep.client,
  office: (world) => world.office, // the same person in another browser
  newcomer: (world) => world.newcomer.client,
  unverified: (world) => world.unverified.client,
  locked: (world) => world.locked.client,
  wechat: (world) => world.rep.client,
};
export const agents = { wechat: 'Mozilla/5.0 (Linux; Android 14; 2211133C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0 Mobile Safari/537.36 MicroMessenger/8.0.50' };

// ---- what people do

// Does what leads to another page, and waits for that page.
const going = (page, act) => Promise.all([page.waitForNavigation(), act()]);
const press = (selector) => (page) => going(page, () => page.click(selector));
const unfold = (selector) => (page) => page.click(selector);
const main = (selector) => `main ${selector}`;

async function sendCode(page) {
  await page.fill('#phone', mobile());
  await page.check('#agree');
  await press('button[value="send"]')(page);
}

async function wrongCode(page) {
  await sendCode(page);
  await page.fill('#code', '000000');
  await press('button.btn-primary')(page);
}

// Sends the page's first form as a form would be that is not ours any more.
const sendSpoiled = (field, value) => (page) => going(page, () => page.evaluate(([name, spoiled]) => {
  const form = document.querySelector('main form');
  form.querySelector(`[name="${name}"]`).value = spoiled;
  HTMLFormElement.prototype.submit.call(form);
}, [field, value]));

async function typeWrongPin(page) {
  await page.fill('#pin', 'ganzcuowu-2026');
  await press(main('.yx-bar .btn-primary'))(page);
}

// The form of a page that was opened before the certificate was installed.
async function sendStaleReissue(page) {
  await page.locator('input[name=replaces]').evaluate((field) => { field.value = '1'; });
  await page.fill('#pin', PIN);
  await press(main('.yx-bar .btn-primary'))(page);
}

async function setBadPin(page) {
  await page.fill('#pin', '12345678');
  await page.fill('#again', '87654321');
  await press(main('form button.btn-primary'))(page);
}

async function renameBadly(page) {
  await page.click(main('.yx-fold summary'));
  await page.fill('[name="device_name"]', ' ');
  await press(main('.yx-fold .btn'))(page);
}

const ofOrg = (rest) => (world) => `/orgs/${world.rep.org.id}${rest}`;
const ofCert = (name, rest = '') => (world) => `/certs/${world.rep[name]}${rest}`;
const ticket = (kind, options) => async (world) => `/tickets/${(await claimed(world, kind, options?.(world))).id}`;
const done = (kind, how) => async (world) => `/tickets/${(await ended(world, kind, how)).id}`;
const wait = (kind) => async (world) => `/tickets/${(await waiting(world, kind)).id}/wait`;
const waitEnded = (kind, how) => async (world) => `/tickets/${(await ended(world, kind, how)).id}/wait`;
const item = (base) => async (world) => {
  const path = typeof base === 'function' ? base(world) : base;
  return (await world.rep.client.get(path)).text.match(new RegExp(`${path}/\\d+`))[0];
};

// ---- the pages

const gate = [
  { name: 'login', as: 'nobody', path: '/login' },
  { name: 'login-errors', as: 'nobody', path: '/login', status: 422, act: press('button.btn-primary') },
  { name: 'login-sent', as: 'nobody', path: '/login', act: sendCode },
  { name: 'login-code-wrong', alike: true, as: 'nobody', path: '/login', status: 422, act: wrongCode },
  { name: 'login-to-ticket', alike: true, as: 'nobody', path: async (world) => new URL((await waiting(world, 'login')).link).pathname },
  { name: 'agreement-user', as: 'nobody', path: '/agreements/user' },
  { name: 'agreement-privacy', alike: true, as: 'nobody', path: '/agreements/privacy' },
  { name: 'agreement-certificate', alike: true, as: 'nobody', path: '/agreements/certificate' },
  { name: 'error-404', as: 'rep', path: '/nothing/here', status: 404 },
  { name: 'error-403', alike: true, as: 'rep', path: '/logout', status: 403, act: sendSpoiled('csrf', 'spoiled') },
  { name: 'error-409', alike: true, as: 'rep', path: ofOrg('/seals/make'), status: 409, act: sendSpoiled('edition', 'standard') },
  { name: 'error-413', alike: true, as: 'nobody', path: '/login', status: 413, act: sendSpoiled('next', 'x'.repeat(100_000)) },
  { name: 'error-front', as: 'newcomer', path: '/me/pin', status: 413, act: sendSpoiled('pin', 'x'.repeat(9_000)) }, // nginx's own
  { name: 'error-authorize', alike: true, as: 'nobody', path: '/oauth2/authorize?client_id=unknown', status: 400 },
  { name: 'error-code', alike: true, as: 'nobody', path: '/s/AAAAAAAAAAAAAAAAAAAAAAAA', status: 404 },
];

const asking = [
  { name: 'wait-login', as: 'asking', path: wait('login') },
  { name: 'wait-sign', alike: true, as: 'asking', path: wait('sign') },
  { name: 'wait-seal', as: 'asking', path: wait('seal') },
  { name: 'wait-endless', alike: true, as: 'asking', path: async (world) => `/tickets/${(await waiting(world, 'endless')).id}/wait` },
  { name: 'wait-endless-name', alike: true, as: 'asking', path: async (world) => `/tickets/${(await waiting(world, 'login', world.endless)).id}/wait` },
  { name: 'wait-scanned', as: 'asking', path: async (world) => `/tickets/${(await claimed(world, 'seal')).id}/wait` },
  { name: 'wait-scanned-here', as: 'rep', path: async (world) => `/tickets/${(await claimed(world, 'sign', { who: { client: world.office }, desk: world.rep.client })).id}/wait` },
  { name: 'wait-refused', as: 'asking', path: waitEnded('sign', 'refused') },
  { name: 'wait-wrong-number', alike: true, as: 'asking', path: waitEnded('sign', 'wrong') },
  { name: 'wait-cancelled', alike: true, as: 'asking', path: waitEnded('sign', 'cancelled') },
  { name: 'wait-collected', alike: true, as: 'asking', path: waitEnded('sign', 'collected') },
];

const home = [
  { name: 'home', as: 'rep', path: '/home' },
  { name: 'home-newcomer', alike: true, as: 'newcomer', path: '/home' },
  { name: 'home-unverified', as: 'unverified', path: '/home' },
  { name: 'home-locked', alike: true, as: 'locked', path: '/home' },
  { name: 'menu-orgs', as: 'rep', path: '/home', act: unfold('.yx-org summary') },
  { name: 'welcome', as: 'newcomer', path: '/welcome' },
  { name: 'welcome-unverified', as: 'unverified', path: '/welcome' },
  { name: 'unverified', as: 'unverified', path: '/certs', status: 403 },
  { name: 'me', as: 'rep', path: '/me' },
  { name: 'me-newcomer', alike: true, as: 'newcomer', path: '/me' },
  { name: 'me-unverified', as: 'unverified', path: '/me' },
  { name: 'sessions', as: 'rep', path: '/me/sessions' },
  { name: 'sessions-newcomer', as: 'newcomer', path: '/me/sessions' },
  { name: 'sessions-errors', as: 'rep', path: '/me/sessions', status: 422, act: renameBadly },
  { name: 'consents', as: 'rep', path: '/me/consents' },
  { name: 'consents-empty', as: 'newcomer', path: '/me/consents' },
  { name: 'consent-revoke', as: 'rep', path: '/me/consents', act: press(main('a[href$="/revoke"]')) },
  { name: 'pin', as: 'rep', path: '/me/pin' },
  { name: 'pin-unset', as: 'newcomer', path: '/me/pin' },
  { name: 'pin-errors', as: 'newcomer', path: '/me/pin', status: 422, act: setBadPin },
  { name: 'pin-locked', as: 'locked', path: '/me/pin' },
  { name: 'logout', as: 'rep', path: '/logout' },
];

const orgs = [
  { name: 'orgs', as: 'rep', path: '/orgs' },
  { name: 'orgs-empty', alike: true, as: 'newcomer', path: '/orgs' },
  { name: 'org', as: 'rep', path: ofOrg('') },
  { name: 'org-new', as: 'rep', path: (world) => `/orgs/${world.rep.other.id}` },
  { name: 'seals', as: 'rep', path: ofOrg('/seals') },
  { name: 'seals-empty', as: 'rep', path: (world) => `/orgs/${world.rep.other.id}/seals` },
  { name: 'seal', as: 'rep', path: (world) => `/orgs/${world.rep.org.id}/seals/${world.rep.seal}` },
  { name: 'seal-gone', as: 'rep', path: (world) => `/orgs/${world.rep.org.id}/seals/${world.rep.old}` },
  { name: 'seal-make', as: 'rep', path: ofOrg('/seals/make') },
  { name: 'seal-confirm', as: 'rep', path: ofOrg('/seals/make/confirm?diameter=450') },
  { name: 'seal-void', as: 'rep', path: (world) => `/orgs/${world.rep.org.id}/seals/${world.rep.seal}/void` },
];

const certs = [
  { name: 'certs', alike: true, as: 'rep', path: '/certs' },
  { name: 'certs-empty', as: 'newcomer', path: '/certs' },
  { name: 'certs-org', as: 'rep', path: ofOrg('/certs') },
  { name: 'catalogue', alike: true, as: 'rep', path: '/certs/new' },
  { name: 'catalogue-org', as: 'rep', path: ofOrg('/certs/new') },
  { name: 'cert-take', as: 'rep', path: item(ofOrg('/certs/new')) },
  { name: 'cert-take-errors', alike: true, as: 'rep', path: item('/certs/new'), status: 422, act: press(main('.yx-bar .btn-primary')) },
  { name: 'cert', as: 'rep', path: ofCert('cert') },
  { name: 'cert-personal', alike: true, as: 'rep', path: ofCert('personal') },
  { name: 'cert-fresh', as: 'rep', path: ofCert('fresh') },
  { name: 'cert-elsewhere', as: 'office', path: ofCert('cert') },
  { name: 'cert-install', as: 'rep', path: ofCert('fresh', '/install') },
  { name: 'cert-install-errors', as: 'rep', path: ofCert('fresh', '/install'), status: 422, act: typeWrongPin },
  { name: 'cert-install-locked', as: 'locked', path: (world) => `/certs/${world.locked.cert}/install` },
  { name: 'cert-install-wechat', as: 'wechat', path: ofCert('fresh', '/install') },
  { name: 'cert-reissue', as: 'office', path: ofCert('cert', '/install') },
  { name: 'cert-reissue-meanwhile', as: 'office', path: ofCert('cert', '/install'), status: 409, act: sendStaleReissue },
  { name: 'cert-progress', as: 'rep', path: ofCert('cert', '/progress') },
  { name: 'cert-revoke', as: 'rep', path: ofCert('cert', '/revoke') },
  { name: 'cert-revoke-errors', as: 'rep', path: ofCert('cert', '/revoke'), status: 422, act: press(main('.yx-bar .btn-dark')) },
];

const records = [
  { name: 'records', as: 'rep', path: '/me/records' },
  { name: 'records-empty', as: 'locked', path: '/me/records?kind=seal' },
  { name: 'records-dates', as: 'rep', path: '/me/records?from=2026-13-45&to=2026-01-01', status: 422 },
  { name: 'records-org', alike: true, as: 'rep', path: ofOrg('/records') },
  { name: 'records-cert', alike: true, as: 'rep', path: ofCert('cert', '/records') },
  { name: 'records-seal', alike: true, as: 'rep', path: (world) => `/orgs/${world.rep.org.id}/seals/${world.rep.seal}/records` },
  { name: 'record', as: 'rep', path: (world) => `/records/${world.records.sealed}` },
  { name: 'record-newest', alike: true, as: 'rep', path: (world) => `/records/${world.records.newest}` },
  { name: 'messages', as: 'rep', path: '/messages' },
  { name: 'messages-newcomer', alike: true, as: 'newcomer', path: '/messages' },
];

const scans = [
  { name: 'scan', as: 'rep', path: '/scan' },
  { name: 'ticket-login', as: 'rep', path: ticket('login') },
  { name: 'ticket-first', as: 'rep', path: ticket('service', (world) => ({ site: world.qinghe })) },
  { name: 'ticket-sign', alike: true, as: 'rep', path: ticket('sign') },
  { name: 'ticket', as: 'rep', path: ticket('seal') },
  { name: 'ticket-endless', alike: true, as: 'rep', path: ticket('endless') },
  { name: 'ticket-endless-name', alike: true, as: 'rep', path: ticket('login', (world) => ({ site: world.endless })) },
  { name: 'ticket-errors', as: 'rep', path: ticket('seal'), status: 422, act: typeWrongPin },
  { name: 'ticket-elsewhere', as: 'office', path: ticket('seal', (world) => ({ who: { client: world.office } })) },
  { name: 'ticket-wechat', as: 'wechat', path: ticket('seal') },
  { name: 'ticket-no-pin', as: 'newcomer', path: ticket('login', (world) => ({ who: world.newcomer })) },
  { name: 'ticket-no-cert', alike: true, as: 'newcomer', path: ticket('service', (world) => ({ who: world.newcomer })) },
  { name: 'ticket-locked', as: 'locked', path: ticket('login', (world) => ({ who: world.locked })) },
  { name: 'ticket-done', as: 'rep', path: done('seal', 'approved') },
  { name: 'ticket-done-login', alike: true, as: 'rep', path: done('login', 'approved') },
  { name: 'ticket-refused', as: 'rep', path: done('sign', 'refused') },
  { name: 'ticket-wrong-number', alike: true, as: 'rep', path: done('sign', 'wrong') },
  { name: 'ticket-cancelled', alike: true, as: 'rep', path: done('sign', 'cancelled') },
  { name: 'ticket-taken', as: 'newcomer', path: async (world) => pathOf(await claimed(world, 'login')), status: 409 },
  { name: 'ticket-not-yours', alike: true, as: 'newcomer', path: async (world) => pathOf(await waiting(world, 'seal')), status: 403 },
  { name: 'ticket-gone', alike: true, as: 'rep', path: '/s/AAAAAAAAAAAAAAAAAAAAAAAA', status: 404 },
];

function pathOf({ link }) {
  return new URL(link).pathname;
}

// These change what others show: they come after all others, one by one.
export const last = [
  { name: 'messages-read', as: 'rep', path: '/messages', act: press(main('form.yx-acts .btn')) },
  { name: 'messages-none-unread', alike: true, as: 'rep', path: '/messages?unread=1' },
  { name: 'home-standard', as: 'rep', path: '/me', act: press('form.yx-seg button[value="standard"]:visible') },
  { name: 'wait-expired', alike: true, as: 'asking', path: async (world) => {
    const { id } = world.expiring = await claimed(world, 'sign');
    await world.instance.clock.advance(11 * MINUTE);
    return `/tickets/${id}/wait`;
  } },
  { name: 'ticket-expired', alike: true, as: 'rep', path: (world) => `/tickets/${world.expiring.id}` },
];

export const first = [...gate, ...asking, ...home, ...orgs, ...certs, ...records, ...scans];
export const pages = [...first, ...last];
