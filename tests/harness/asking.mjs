// A platform that asks at the authorization endpoint, and single steps of a scan for tests that leave its path (scan.mjs).
import { createHash, randomBytes } from 'node:crypto';
import { Client } from './client.mjs';
import { startInstance } from './instance.mjs';
import { legalRep, platform as newPlatform } from './people.mjs';
import { P256 } from './program.mjs';
import { approve, codeOf, scan } from './scan.mjs';

// The parameters of an authorization request with PKCE, changed by what is given; undefined leaves one out.
export function request(platform, parameters = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const all = { response_type: 'code', client_id: platform.client, redirect_uri: platform.redirect, scope: 'openid profile',
    state: randomBytes(8).toString('base64url'), code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256', ...parameters };
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
  return { verifier, state: all.state, path: `/oauth2/authorize?${new URLSearchParams(all)}` };
}

// Sends a browser to the authorization endpoint: { id, verifier, state, answer }.
export async function ask(browser, platform, parameters) {
  const asked = request(platform, parameters);
  const answer = await browser.get(asked.path, { crossSite: true });
  const id = answer.location?.match(/\/tickets\/(\d+)\/wait$/)?.[1];
  if (!id) throw new Error(`no ticket: ${answer.status} ${answer.location}\n${answer.text}`);
  return { ...asked, id, answer };
}

// The number that the asking browser shows now, if any.
export async function numberNow(browser, id) {
  const state = await browser.get(`/tickets/${id}/state`, { headers: { 'hx-request': 'true' } });
  return state.text.match(/<span class="yx-big">(\d+)<\/span>/)?.[1];
}

// Fills a decision's page, also one that came back, with just these fields: the answer, not followed.
export function decide(phone, page, fields) {
  const action = page.text.match(/action="[^"]*(\/keys\/tickets\/\d+\/approve)"/)?.[1];
  if (!action) throw new Error(`this can't be approved: ${page.status}\n${page.text}`);
  return phone.submit(page, action, fields);
}

// What the browser brings back to the platform: the parameters of its redirect.
export async function collect(browser, id) {
  const answer = await browser.get(`/collect/${id}`);
  if (answer.status !== 303) return { status: answer.status, answer };
  return { status: 303, answer, to: answer.location.split('?')[0], ...Object.fromEntries(new URL(answer.location).searchParams) };
}

// A platform that knows the person's certificate: the credentials of the instance that was chosen in a service ticket, P-256 first.
export async function credentialsOf(browser, phone, platform) {
  const asked = await ask(browser, platform, { scope: 'openid service' });
  const page = await scan(phone, await codeOf(browser, asked.id));
  const answer = await approve(phone, page, { number: await numberNow(browser, asked.id) });
  if (answer.status !== 303) throw new Error(`not approved: ${answer.status}\n${answer.text}`);
  const { code } = await collect(browser, asked.id);
  const token = await browser.post('/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: platform.redirect,
    code_verifier: asked.verifier, client_id: platform.client, client_secret: platform.secret });
  const csc = async (name, body) => (await browser.request(`/csc/v2/credentials/${name}`, { method: 'POST', body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token.json().access_token}`, 'content-type': 'application/json' } })).json();
  const { credentialIDs } = await csc('list', {});
  const isP256 = Object.fromEntries(await Promise.all(credentialIDs.map(async (credentialID) =>
    [credentialID, (await csc('info', { credentialID })).key.algo.includes(P256.sign)])));
  return credentialIDs.sort((a, b) => isP256[b] - isP256[a]);
}

// Documents by name, each to be signed by every credential: parameters of an authorization request.
export function toSign(credentials, names, more = {}) {
  const documentDigests = (id) => names.map((label) => ({ label, hash: createHash('sha256').update(id + label).digest('base64') }));
  return { scope: 'credential', authorization_details: JSON.stringify(credentials.map((id) => ({ type: 'credential',
    credentialID: id, documentDigests: documentDigests(id), ...more }))) };
}

// An installation of one's own (its clock may be moved) with a platform that knows the certificate of a legal representative, who
// has a seal: { instance, shop, rep, credentials }.
export async function ownScans() {
  const instance = await startInstance();
  const shop = await newPlatform(instance);
  const rep = await legalRep(instance, { seal: true });
  return { instance, shop, rep, credentials: await credentialsOf(new Client(instance), rep.client, shop) };
}
