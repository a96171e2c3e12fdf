// A program that uses the open API: without cookies, beyond the front server's limit of requests.
import assert from 'node:assert/strict';
import { request } from './asking.mjs';
import { Client } from './client.mjs';
import { scanAndApprove } from './scan.mjs';

export const P256 = { curve: '1.2.840.10045.3.1.7', hash: '2.16.840.1.101.3.4.2.1', sign: '1.2.840.10045.4.3.2' };
export const SM2 = { curve: '1.2.156.10197.1.301', hash: '1.2.156.10197.1.401', sign: '1.2.156.10197.1.501' };

export const basic = ({ client, secret }) => ({ authorization: `Basic ${btoa(`${client}:${secret}`)}` });
export const bearer = (token) => ({ authorization: `Bearer ${token}` });

// The answer is this error, as JSON that nobody keeps and that names a log line.
export function refused(answer, status, error, description) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/json/);
  assert.match(answer.headers['cache-control'], /no-store/);
  assert.match(answer.headers['x-request-id'], /^[0-9a-f]{32}$/);
  const told = answer.json();
  assert.equal(told.error, error, answer.text);
  if (description) assert.equal(told.error_description, description);
  assert.ok(!answer.text.includes('<'), 'no HTML');
  assert.ok(!answer.headers['set-cookie']);
}

// { client, form, json, code, granted, keys }: who approves what is asked for.
export function programOf(instance, who) {
  const client = new Client(instance, { address: '127.0.0.1' });
  const form = (path, fields, by) => client.post(path, fields, { headers: by ? basic(by) : {} });
  const json = (path, body, token) => client.post(path, typeof body === 'string' ? body : JSON.stringify(body),
    { headers: { 'content-type': 'application/json', ...(token && bearer(token)) } });

  // A code for a platform, with what its exchange needs.
  async function code(by, parameters) {
    const asked = request(by, parameters);
    const { back } = await scanAndApprove(new Client(instance), who.client, asked.path);
    const pkce = !('code_challenge' in parameters) || parameters.code_challenge;
    return { grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: by.redirect,
      ...(pkce && { code_verifier: asked.verifier }) };
  }
  // All of one approval: what the token endpoint answers.
  async function granted(by, parameters, more) {
    const answer = await form('/oauth2/token', { ...await code(by, parameters), ...more }, by);
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
  }
  // The two signing keys of the instance that was chosen, as CSC tells of them.
  async function keys(token, version = 'v2') {
    const { credentialIDs } = (await json(`/csc/${version}/credentials/list`, {}, token)).json();
    const all = await Promise.all(credentialIDs.map(async (credentialID) => ({ credentialID,
      ...(await json(`/csc/${version}/credentials/info`, { credentialID, certificates: 'chain' }, token)).json() })));
    return { p256: all.find(({ key }) => key.curve === P256.curve), sm2: all.find(({ key }) => key.curve === SM2.curve) };
  }
  return { client, form, json, code, granted, keys };
}
