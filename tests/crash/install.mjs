// Taking a cert, installing it, seeing it arrive and revoking it, as one act: a person may hold only so many at once.
import { rows } from '../harness/database.mjs';
import { PIN } from '../harness/people.mjs';
import { waitFor } from '../harness/wait.mjs';
import { page, patient, refused } from './acts.mjs';

// One that was taken though the answer never came is installed next.
async function taken(stage, who) {
  const [left] = await waitFor(() => rows(stage.instance, `SELECT CAST(n.cert AS TEXT) AS cert FROM instance n JOIN cert c ON c.id = n.cert
    WHERE n.account = ${who.account} AND n.state = 0 AND c.revoked IS NULL LIMIT 1`), { what: 'a database', timeout: 60_000 });
  if (left) return left.cert;
  const offered = await page(stage, who.client, '/certs/new'), item = offered.text.match(/\/certs\/new\/\d+/)?.[0];
  if (!item) throw refused('no cert offered', offered);
  const form = await page(stage, who.client, item);
  const { answer } = await patient(stage, 'a cert is taken', () => who.client.submit(form, item, { agree: '1' }));
  if (answer.status !== 303) throw refused('no cert', answer);
  return answer.location.match(/\/certs\/(\d+)/)[1];
}

// Sends the form of a page; where the answer is lost, the page says what became of it.
async function sent(stage, who, at, action, fields) {
  let form = await page(stage, who.client, at), again = 0;
  const { answer } = await patient(stage, action, async () => {
    if (again++) form = await who.client.open(at);
    if (form.status >= 500) return form;
    if (!form.text.includes(`action="${stage.instance.base}${action}"`)) return { status: 200, done: again > 1 };
    return who.client.submit(form, action, fields);
  });
  if (answer.status !== 303 && !answer.done) throw refused(action, { text: form.text, ...answer });
}

export async function install(stage, who) {
  const cert = await taken(stage, who);
  await sent(stage, who, `/certs/${cert}/install`, `/keys/certs/${cert}/install`, { pin: PIN });
  await patient(stage, `cert ${cert} arrives`, async () => {
    const answer = await who.client.get(`/certs/${cert}/progress/state`);
    return answer.status >= 500 || answer.text.includes('已签发') ? answer : null;
  });
  await sent(stage, who, `/certs/${cert}/revoke`, `/certs/${cert}/revoke`, { reason: 'ended' });
  return cert;
}
