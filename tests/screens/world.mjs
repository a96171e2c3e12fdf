// People and data as a real installation would hold them after two days, made by commands and pages: what the pictures and the
// accessibility tests look at. Names and numbers are invented.
import { createHash } from 'node:crypto';
import { ask, collect, decide, numberNow } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { PIN, installCert, makeSeal, mobile, orgOf, person, platform, residentId, setPin, signIn, takeCert } from '../harness/people.mjs';
import { approve, codeOf, scan, shownNumber } from '../harness/scan.mjs';
import { waitFor } from '../harness/wait.mjs';

export const settings = {
  'portal.operator_name': '澄川印信科技有限公司', 'portal.service_phone': '400-812-6600', 'portal.service_hours': '工作日 8:30–18:00',
  'portal.icp': '冀ICP备2026012345号-1', 'portal.police': '冀公网安备13060002000123号',
};

const MINUTE = 60_000, HOUR = 60 * MINUTE;
const LONG_ORG = '瀚澜恒筑（河北雄安）智慧城市基础设施建设发展集团有限责任公司';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const SM3 = '1.2.156.10197.1.401';
const SM2 = '1.2.156.10197.1.301';
export const DOCUMENTS = ['投标函（正本）.pdf', '法定代表人授权委托书.pdf', '投标保证金缴纳凭证.pdf',
  '雄安新区启动区综合管廊及市政配套工程（一期）施工总承包第三标段投标文件商务部分与技术部分合订本（2026 年 11 月修订稿）.pdf'];

// As long as the rules let them be, with no place to break a line.
const ENDLESS_NAME = 'W'.repeat(60);
const ENDLESS_DOCUMENT = `${'TENDER_'.repeat(28)}.pdf`;
const ENDLESS_DEVICE = 'DESKTOP-FINANCE-3F-CHENZHIYUAN-THINKPAD1';

// ---- what a platform does

// Asks, is scanned and approved, and comes back to the platform: the answer's parameters.
async function approved(desktop, who, site, parameters, more) {
  const asked = await ask(desktop, site, parameters);
  const page = await scan(who.client, await codeOf(desktop, asked.id));
  const answer = await approve(who.client, page, { number: await shownNumber(desktop, asked.id), ...more });
  if (answer.status !== 303) throw new Error(`not approved: ${answer.status}\n${answer.text}`);
  return { ...asked, ...await collect(desktop, asked.id) };
}

async function tokenOf(desktop, site, { code, verifier }) {
  const basic = Buffer.from(`${site.client}:${site.secret}`).toString('base64');
  const answer = await desktop.post('/oauth2/token', { grant_type: 'authorization_code', code, code_verifier: verifier,
    redirect_uri: site.redirect }, { headers: { authorization: `Basic ${basic}` } });
  if (answer.status !== 200) throw new Error(`no token: ${answer.status}\n${answer.text}`);
  return answer.json().access_token;
}

async function csc(desktop, token, method, body) {
  const answer = await desktop.request(`/csc/v2/${method}`, { method: 'POST', body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw new Error(`${method}: ${answer.status}\n${answer.text}`);
  return answer.json();
}

// Signs in at a platform, choosing this certificate there: the keys that the platform may ask for.
async function keysAt(desktop, who, site, cert) {
  const back = await approved(desktop, who, site, { scope: 'openid profile service' }, cert && { instance: cert });
  const token = await tokenOf(desktop, site, back);
  const { credentialIDs } = await csc(desktop, token, 'credentials/list', {});
  return Promise.all(credentialIDs.map(async (id) => ({ id,
    ...(await csc(desktop, token, 'credentials/info', { credentialID: id })).key })));
}

const signing = (keys, { documents = DOCUMENTS, seal = false } = {}) => ({ scope: 'credential',
  authorization_details: JSON.stringify(keys.map(({ id, algo, curve }) => ({ type: 'credential', credentialID: id, signAlgo: algo[0],
    hashAlgorithmOID: curve === SM2 ? SM3 : SHA256, ...(seal && { seal_kind: 'official' }),
    documentDigests: documents.map((label) => ({ hash: createHash('sha256').update(label + id).digest('base64'), label })) }))) });

// ---- people

const client = (instance, agent) => new Client(instance, { agent });

async function named(instance, name) {
  const who = { client: client(instance, IPHONE), phone: mobile(), name, doc: residentId() };
  await instance.ctl('person', 'verify', '--phone', `+86${who.phone}`, '--name', name, '--doc', who.doc);
  await signIn(who.client, who.phone);
  return who;
}

async function nameDevice(browser) {
  const { text } = await browser.get('/me/sessions');
  const [, action] = text.match(/action="[^"]*(\/me\/devices\/\d+\/name)"/);
  const answer = await browser.submit('/me/sessions', action, { device_name: ENDLESS_DEVICE });
  if (answer.status !== 303) throw new Error(`not named: ${answer.status}\n${answer.text}`);
}

async function lockPin(who, cert) {
  for (let tries = 0; tries < 5; tries++)
    await who.client.submit(`/certs/${cert}/install`, `/keys/certs/${cert}/install`, { pin: `${PIN}${tries}` });
}

// Yesterday: org, certificates, seals. Today: platforms, logins, signatures, seals put on files.
async function representative(instance) {
  const who = await named(instance, '陈致远');
  who.org = await orgOf(instance, who, { name: LONG_ORG });
  who.other = await orgOf(instance, who, { name: '澄川市青禾建设工程有限公司' });
  await setPin(who);
  who.personal = await takeCert(who);
  await installCert(who, who.personal);
  who.cert = await takeCert(who, who.org);
  await installCert(who, who.cert);
  who.fresh = await takeCert(who, who.org);
  who.old = await makeSeal(who, who.org);
  await who.client.submit(`/orgs/${who.org.id}/seals/${who.old}/void`, `/orgs/${who.org.id}/seals/${who.old}/void`);
  who.seal = await makeSeal(who, who.org);
  return who;
}

async function today(instance, world, busy) {
  const { rep, desktop, beichen } = world;
  await signIn(rep.client, rep.phone);
  await instance.clock.advance(2 * MINUTE); // a number gets one code a minute
  world.office = client(instance, WINDOWS);
  await signIn(world.office, rep.phone);
  world.keys = await keysAt(desktop, rep, beichen, world.orgInstance);
  await approved(desktop, rep, beichen, { scope: 'openid profile phone' });
  await approved(desktop, rep, beichen, signing(world.keys));
  for (let rounds = 0; rounds < (busy ? 3 : 1); rounds++) await approved(desktop, rep, beichen, signing(world.keys, { seal: true }));
  const asked = await ask(desktop, beichen, signing(world.keys, { documents: DOCUMENTS.slice(0, 1) }));
  await scan(rep.client, await codeOf(desktop, asked.id));
  await rep.client.submit(`/tickets/${asked.id}`, `/tickets/${asked.id}/refuse`);
  for (let rounds = 0; rounds < (busy ? 10 : 0); rounds++) await approved(desktop, rep, beichen, { scope: 'openid profile' });
}

async function others(instance, world) {
  world.newcomer = await person(instance, { client: client(instance, IPHONE) });
  world.unverified = await person(instance, { verified: false, client: client(instance, IPHONE) });
  world.locked = await person(instance, { client: client(instance, IPHONE) });
  await setPin(world.locked);
  world.locked.cert = await takeCert(world.locked);
  await lockPin(world.locked, world.locked.cert);
  world.nobody = { client: client(instance, WINDOWS) };
}

// Everything, in an installation of one's own whose clock moves on by a night. busy: as much as fills more than one page of a list.
export async function makeWorld(instance, { busy = true } = {}) {
  const world = { instance, desktop: client(instance, WINDOWS) };
  world.rep = await representative(instance);
  world.beichen = await platform(instance, { name: '北辰交易平台' });
  world.qinghe = await platform(instance, { name: '河北雄安公共资源交易服务平台' });
  world.endless = await platform(instance, { name: ENDLESS_NAME });
  const shown = await ask(world.desktop, world.beichen, { scope: 'openid profile service' });
  const page = await scan(world.rep.client, await codeOf(world.desktop, shown.id));
  world.orgInstance = page.text.match(new RegExp(`name="instance" value="(\\d+)"(?: checked)?>(?:(?!</label>).)*?${LONG_ORG}`, 's'))?.[1];
  if (!world.orgInstance) throw new Error(`no org certificate to choose:\n${page.text}`);
  await instance.clock.advance(20 * HOUR);
  await today(instance, world, busy);
  await others(instance, world);
  await nameDevice(world.rep.client);
  world.records = await recordsOf(world.rep);
  return world;
}

async function recordsOf(who) {
  const ids = (text) => [...text.matchAll(/\/records\/(\d+)"/g)].map(([, id]) => id);
  const seals = ids((await who.client.get(`/orgs/${who.org.id}/seals/${who.seal}/records`)).text);
  const all = ids((await who.client.get('/me/records')).text);
  await waitFor(async () => (await who.client.get(`/records/${all[0]}`)).text.includes('tlog-proof'), { what: 'the receipts' });
  return { sealed: seals[0], newest: all[0] };
}

// ---- requests in the states that their pages show; each is new

// A request that waits for its scan: { id, link }. desk: the browser that asks.
export async function waiting(world, kind, site = world.beichen, desk = world.desktop) {
  const asked = await ask(desk, site, wish(world, kind));
  return { id: asked.id, link: await codeOf(desk, asked.id) };
}

function wish(world, kind) {
  switch (kind) {
    case 'login': return { scope: 'openid profile phone orgs' };
    case 'service': return { scope: 'openid profile service' };
    case 'sign': return signing(world.keys);
    case 'seal': return signing(world.keys, { seal: true });
    case 'endless': return signing(world.keys, { documents: [ENDLESS_DOCUMENT] });
    default: throw new Error(kind);
  }
}

// One that this person has opened.
export async function claimed(world, kind, { who = world.rep, site, desk } = {}) {
  const asked = await waiting(world, kind, site, desk);
  await scan(who.client, asked.link);
  return asked;
}

// One that has ended: approved, refused, wrong, cancelled.
export async function ended(world, kind, how) {
  const asked = await claimed(world, kind);
  const { rep, desktop } = world;
  const page = await rep.client.open(`/tickets/${asked.id}`);
  if (how === 'approved') await approve(rep.client, page, { number: await shownNumber(desktop, asked.id) });
  else if (how === 'refused') await rep.client.submit(page, `/tickets/${asked.id}/refuse`);
  else if (how === 'cancelled') await desktop.submit(`/tickets/${asked.id}/wait`, `/tickets/${asked.id}/cancel`);
  else {
    const right = await numberNow(desktop, asked.id);
    const wrong = [...page.text.matchAll(/name="number" value="(\d+)"/g)].map(([, one]) => one).find((one) => one !== right);
    await decide(rep.client, page, { number: wrong, pin: PIN });
  }
  return asked;
}
