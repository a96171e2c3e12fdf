// Approvals and signHash by HTTP: requests are prepared one by one, then the act alone is timed, a few at once.
import { createHash, randomBytes } from 'node:crypto';
import { ask, collect, decide, numberNow, toSign } from '../harness/asking.mjs';
import { codeOf, scan } from '../harness/scan.mjs';
import { PIN } from '../harness/people.mjs';

const AT_ONCE = 4, SMALL = 40, LARGE = 1000;

// Runs act over the list, AT_ONCE at a time: ms of each.
async function timed(list, act) {
  const waiting = [...list], took = [];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (waiting.length) {
      const one = waiting.shift();
      const began = performance.now();
      await act(one);
      took.push(performance.now() - began);
    }
  }));
  return took;
}

// A request scanned by the phone, ready to be approved.
async function prepared({ desktop, who }, asked) {
  const page = await scan(who.client, await codeOf(desktop, asked.id));
  return { ...asked, page, number: await numberNow(desktop, asked.id) };
}

async function pushed({ desktop, asker }, parameters) {
  const verifier = randomBytes(32).toString('base64url');
  const answer = await desktop.post('/oauth2/par', { client_id: asker.client, client_secret: asker.secret, response_type: 'code',
    redirect_uri: asker.redirect, code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256', ...parameters });
  if (answer.status !== 201) throw new Error(`not pushed: ${answer.status}\n${answer.text}`);
  const open = await desktop.open(`/oauth2/authorize?${new URLSearchParams({ client_id: asker.client,
    request_uri: answer.json().request_uri })}`);
  return { id: open.url.match(/\/tickets\/(\d+)\/wait/)[1], verifier };
}

function approve({ who }) {
  return async (one) => {
    const trust = one.page.text.includes('name="trust_platform"') && { trust_platform: '1' };
    const answer = await decide(who.client, one.page, { pin: PIN, number: one.number, ...trust });
    if (answer.status !== 303) throw new Error(`not approved: ${answer.status}\n${answer.text}`);
  };
}

async function tokenFor({ desktop, asker }, one) {
  const { code } = await collect(desktop, one.id);
  const token = await desktop.post('/oauth2/token', { grant_type: 'authorization_code', code, redirect_uri: asker.redirect,
    code_verifier: one.verifier, client_id: asker.client, client_secret: asker.secret });
  return token.json().access_token;
}

function sign({ desktop, credentials }) {
  return async ({ token, hash }) => {
    const answer = await desktop.request('/csc/v2/signatures/signHash', { method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ credentialID: credentials[0], hashes: [hash], signAlgo: '1.2.840.10045.4.3.2' }) });
    if (answer.status !== 200) throw new Error(`not signed: ${answer.status}\n${answer.text}`);
  };
}

export async function approvals(stage) {
  const [credential] = stage.credentials;
  const small = [];
  for (let i = 0; i < SMALL; i++)
    small.push(await prepared(stage, await ask(stage.desktop, stage.asker, toSign([credential], [`文件 ${i}.pdf`]))));
  const one = await timed(small, approve(stage));
  const tokens = [];
  for (const [i, ticket] of small.entries())
    tokens.push({ token: await tokenFor(stage, ticket), hash: createHash('sha256').update(`${credential}文件 ${i}.pdf`).digest('base64') });
  const signHash = await timed(tokens, sign(stage));
  const names = Array.from({ length: LARGE }, (_, i) => `文件 ${i}.pdf`);
  const large = [];
  for (let i = 0; i < 3; i++) large.push(await prepared(stage, await pushed(stage, toSign([credential], names))));
  const thousand = [];
  for (const ticket of large) thousand.push(...await timed([ticket], approve(stage)));
  return { 'approval of 1 hash': one, 'approval of 1,000 hashes': thousand, 'signHash of 1 hash': signHash };
}
