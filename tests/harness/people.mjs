// People, orgs and platforms for tests, made the way an operator and a person make them: by command and by page. Each call
// makes new ones, so that tests of one installation do not meet.
import { randomBytes, randomInt } from 'node:crypto';
import { Client } from './client.mjs';
import { waitFor } from './wait.mjs';

export const PIN = 'Qinghe-2026-印';

const digits = (count) => Array.from({ length: count }, () => randomInt(10)).join('');

// A resident identity number of a person born in the 1980s (GB 11643).
export function residentId() {
  const body = `110101198${randomInt(10)}0${1 + randomInt(9)}1${randomInt(10)}${digits(3)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...body].reduce((total, digit, i) => total + Number(digit) * weights[i], 0);
  return body + '10X98765432'[sum % 11];
}

// A unified social credit code (GB 32100).
export function uscc() {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const body = `91110105MA${Array.from({ length: 7 }, () => alphabet[randomInt(alphabet.length)]).join('')}`;
  let weight = 1, sum = 0;
  for (const letter of body) {
    sum += alphabet.indexOf(letter) * weight;
    weight = (weight * 3) % 31;
  }
  return body + alphabet[(31 - (sum % 31)) % 31];
}

const surnames = '赵钱孙李周吴郑王冯陈';
const given = '致远若溪思源静怡行健晓岚明哲';
const pick = (text) => text[randomInt(text.length)];
export const fullName = () => pick(surnames) + pick(given) + pick(given);
export const mobile = () => `139${digits(8)}`;

// Signs a client in by SMS; answers the last page. role: legal_rep | standard.
export async function signIn(client, phone, { role = 'legal_rep', next } = {}) {
  const { instance } = client;
  const before = (await instance.outbox()).filter((job) => job.to === `+86${phone}`).map((job) => BigInt(job.id));
  const after = String(before.reduce((a, b) => (a > b ? a : b), 0n));
  const page = next ? `/login?next=${encodeURIComponent(next)}` : '/login';
  const typed = { role, region: '86', phone, agree: '1' };
  const sent = await client.submit(page, '/login', { ...typed, act: 'send' });
  if (sent.status !== 303) throw new Error(`no code was sent: ${sent.status}\n${sent.text}`);
  const { code } = await instance.sms(`+86${phone}`, { after });
  const entered = await client.submit(await client.open(page), '/login', { ...typed, code, act: 'enter' });
  if (entered.status !== 303) throw new Error(`not signed in: ${entered.status}\n${entered.text}`);
  return client.follow(entered);
}

// A new person, signed in. verified: an operator vouched for the real name.
export async function person(instance, { verified = true, role, client = new Client(instance) } = {}) {
  const who = { client, phone: mobile(), name: fullName(), doc: residentId() };
  if (verified) await instance.ctl('person', 'verify', '--phone', `+86${who.phone}`, '--name', who.name, '--doc', who.doc);
  await signIn(client, who.phone, { role });
  return who;
}

// A verified org whose legal representative this person is: { id, uscc, name }.
export async function orgOf(instance, who, { name = `澄川${pick(given)}${pick(given)}${digits(4)}工程有限公司` } = {}) {
  const org = { uscc: uscc(), name };
  const { stdout } = await instance.ctl('org', 'import', '--uscc', org.uscc, '--name', name, '--legal-name', who.name,
    '--legal-doc', who.doc, '--json');
  return { ...org, id: JSON.parse(stdout).org };
}

export async function setPin(who, pin = PIN) {
  const answer = await who.client.submit('/me/pin', '/keys/pin', { pin, again: pin });
  if (answer.status !== 303) throw new Error(`no password was set: ${answer.status}\n${answer.text}`);
  return pin;
}

// Takes a cert of one year (of an org where org is given) and answers its id; nothing is installed yet.
export async function takeCert(who, org) {
  const base = org ? `/orgs/${org.id}/certs/new` : '/certs/new';
  const catalogue = await who.client.open(base);
  const item = catalogue.text.match(new RegExp(`${base}/(\\d+)`))[1];
  const answer = await who.client.submit(`${base}/${item}`, `${base}/${item}`, { agree: '1' });
  if (answer.status !== 303) throw new Error(`no cert was taken: ${answer.status}\n${answer.text}`);
  return answer.location.match(/\/certs\/(\d+)/)[1];
}

// Installs a cert in this client's browser and waits until it has arrived.
export async function installCert(who, cert, pin = PIN) {
  const answer = await who.client.submit(`/certs/${cert}/install`, `/keys/certs/${cert}/install`, { pin });
  if (answer.status !== 303) throw new Error(`not installed: ${answer.status}\n${answer.text}`);
  await waitFor(async () => (await who.client.get(`/certs/${cert}/progress/state`)).text.includes('已签发'),
    { what: 'the certificate' });
}

// An official seal of the org: its id.
export async function makeSeal(who, org) {
  const path = `/orgs/${org.id}/seals/make`;
  const asked = await who.client.submit(path, path);
  const answer = asked.status === 303 ? await who.client.submit(await who.client.follow(asked), `${path}/confirm`) : asked;
  if (answer.status !== 303) throw new Error(`no seal was made: ${answer.status}\n${answer.text}`);
  return answer.location.match(/\/seals\/(\d+)/)[1];
}

// A legal representative with password, an org cert installed in this browser, and (seal: true) an official seal.
export async function legalRep(instance, { seal = false, personal = false, ...options } = {}) {
  const who = await person(instance, options);
  who.org = await orgOf(instance, who);
  await setPin(who);
  who.cert = await takeCert(who, personal ? undefined : who.org);
  await installCert(who, who.cert);
  if (seal) who.seal = await makeSeal(who, who.org);
  return who;
}

// A registered platform: { id, client, secret, redirect }.
export async function platform(instance, { name = `青禾${digits(4)}交易平台`, redirect = 'http://127.0.0.1:9/callback',
  scopes = 'openid profile phone orgs offline_access service credential', seals = 'official', flags = [] } = {}) {
  const { stdout } = await instance.ctl('platform', 'add', '--name', name, '--redirect', redirect, '--scopes', scopes, '--seals',
    seals, ...flags, '--json');
  const made = JSON.parse(stdout);
  return { id: made.platform, client: made.client_id, secret: made.client_secret, name, redirect };
}

export const secret = () => randomBytes(32).toString('base64url');
