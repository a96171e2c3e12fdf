// Signing in and approving as people do who are told to come again: they come again. Each act answers what was acknowledged;
// 'lost' where it was done though the answer never came.
import { request, toSign } from '../harness/asking.mjs';
import { Client } from '../harness/client.mjs';
import { PIN } from '../harness/people.mjs';
import { waitFor } from '../harness/wait.mjs';

const PATIENCE = 180_000;
const UNSURE = /不确定这一步是否完成|It may have been done or not/;

// Asks until somebody answers: { answer, again } where again counts the answers that were lost or put off before. null of
// once: not yet.
export async function patient(stage, what, once) {
  let again = 0;
  const answer = await waitFor(async () => {
    const got = await once().catch((error) => (/^E[A-Z]+$/.test(error.code) ? { status: 503, cut: true } : { error }));
    if (!got || got.error || got.status < 500) return got;
    // whether it was done is to be looked up, as after an answer that never came
    if (got.status === 502 || got.status === 504 || UNSURE.test(got.text)) got.cut = true;
    else if (got.status !== 503) return { error: new Error(`${what}: answered ${got.status}`) };
    stage.tally[got.cut ? 'cut' : 'putOff']++;
    again++;
    return null;
  }, { what, timeout: PATIENCE, every: 20 });
  if (answer.error) throw answer.error;
  return { answer, again };
}

export const page = async (stage, client, path) => (await patient(stage, path, () => client.open(path))).answer;

// What was answered instead: where it leads, or what it tells, or the page.
export function refused(what, { status, location, text = '' }) {
  const told = text.match(/invalid-feedback[^>]*>([^<]*)|alert[^>]*>\s*([^<]*)/)?.[0];
  return new Error(`${what}: ${status} ${location ?? told ?? text.slice(0, 2000)}`);
}

export async function login(stage) {
  const client = new Client(stage.instance), phone = stage.nextPhone(), past = stage.sms.of(`+86${phone}`).length;
  try {
    const typed = { role: 'legal_rep', region: '86', phone, agree: '1' };
    const form = await page(stage, client, '/login');
    const sent = await patient(stage, 'a code is asked for', () => client.submit(form, '/login', { ...typed, act: 'send' }));
    if (sent.answer.status !== 303 && !sent.again) throw refused('no code', sent.answer);
    const { code } = await stage.sms.newest(`+86${phone}`, { past });
    const entered = await patient(stage, 'the code is entered', () => client.submit(form, '/login', { ...typed, code, act: 'enter' }));
    if (entered.answer.status === 303) return { phone, session: client.cookie('session') };
    if (!entered.again) throw refused('not signed in', entered.answer);
    return 'lost';
  } finally {
    client.close();
  }
}

// Asked for in the browser that holds the certificate, so that it approves itself and no code has to be scanned.
async function claimed(stage, who, name) {
  const parameters = toSign([who.credential], [name]);
  const { verifier, path } = request(stage.asker, parameters);
  const { answer } = await patient(stage, 'a request', () => who.client.get(path, { crossSite: true }));
  const asked = { verifier, id: answer.location?.match(/\/tickets\/(\d+)\/wait$/)?.[1] };
  if (!asked.id) throw refused('no ticket', answer);
  const wait = await page(stage, who.client, `/tickets/${asked.id}/wait`);
  const here = await patient(stage, 'approve here', () => who.client.submit(wait, `/tickets/${asked.id}/here`));
  if (here.answer.status !== 303) throw refused('not claimed', here.answer);
  return asked;
}

export async function approval(stage, who, number) {
  const asked = await claimed(stage, who, `文件 ${number}.pdf`);
  const path = `/keys/tickets/${asked.id}/approve`;
  let form = await page(stage, who.client, `/tickets/${asked.id}`), again = 0;
  const { answer } = await patient(stage, 'an approval', async () => {
    if (again++) form = await who.client.open(`/tickets/${asked.id}`); // what became of it?
    if (form.status >= 500) return form;
    if (!form.text.includes(path)) return { status: 200, done: true };
    return who.client.submit(form, path, { pin: PIN, trust_platform: '1' });
  });
  if (answer.done && again > 1) return { ticket: asked.id, lost: true };
  if (answer.status !== 303) throw refused('not approved', { text: form.text, ...answer });
  return { ticket: asked.id, fetch: () => fetched(stage, who, asked) };
}

// The platform's half: whether its tokens were acknowledged. A code whose answer was lost is used up, which is no fault.
async function fetched(stage, who, asked) {
  const { answer, again } = await patient(stage, 'the way back', () => who.client.get(`/collect/${asked.id}`));
  const code = answer.location && new URL(answer.location, answer.url).searchParams.get('code');
  if (!code) {
    if (!again) throw refused('not collected', answer);
    return false;
  }
  const token = await patient(stage, 'a token', () => who.client.post('/oauth2/token', { grant_type: 'authorization_code', code,
    redirect_uri: stage.asker.redirect, code_verifier: asked.verifier, client_id: stage.asker.client, client_secret: stage.asker.secret }));
  if (token.answer.status === 200) return true;
  if (!token.again) throw refused('no token', token.answer);
  return false;
}
