// What the platform says to the portal, by a standard OpenID Connect client and the Cloud Signature Consortium's API v2.
import * as oidc from 'openid-client';
import { readCertificate } from './certificates.mjs';

const LOGIN_SCOPE = 'openid profile service';
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const CURVE_P256 = '1.2.840.10045.3.1.7';
const CURVE_SM2 = '1.2.156.10197.1.301';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const SM3 = '1.2.156.10197.1.401';

// Asked once, and again after a failure: the portal may start later than we do.
function discoverer({ issuer, clientId, clientSecret }) {
  const execute = issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [];
  let found;
  return () => {
    found ??= oidc.discovery(new URL(issuer), clientId, clientSecret, oidc.ClientSecretBasic(clientSecret), { execute });
    found.catch(() => { found = undefined; });
    return found;
  };
}

// One approval over both keys: each entry one credential, both with the document's name (RFC 9396; seal_kind is the portal's).
export function authorizationDetails(credentials, document) {
  const entry = (credential, hashAlgorithmOID, hash) => ({ type: 'credential', credentialID: credential.id,
    hashAlgorithmOID, signAlgo: credential.algorithm, documentDigests: [{ hash: hash.toString('base64'), label: document.name }],
    ...(document.seal && { seal_kind: 'official' }) });
  return JSON.stringify([entry(credentials.p256, SHA256, document.attributesHash), entry(credentials.sm2, SM3, document.sm2Hash)]);
}

export class Portal {
  #discover;

  constructor(config) {
    Object.assign(this, { config, redirectUri: `${config.origin}/callback` });
    this.#discover = discoverer(config);
  }

  // ---- the browser's ways: what to remember until the person is back, and where to send the browser

  async #begin(parameters, pushed) {
    const client = await this.#discover();
    const asked = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
    const sent = { ...parameters, redirect_uri: this.redirectUri, state: asked.state,
      code_challenge: await oidc.calculatePKCECodeChallenge(asked.verifier), code_challenge_method: 'S256' };
    if (sent.scope.includes('openid')) sent.nonce = asked.nonce;
    const url = pushed ? await oidc.buildAuthorizationUrlWithPAR(client, sent) : oidc.buildAuthorizationUrl(client, sent);
    return { asked, url: url.href };
  }

  beginLogin() {
    return this.#begin({ scope: LOGIN_SCOPE }, false);
  }

  beginSigning(credentials, document) {
    return this.#begin({ scope: 'credential', authorization_details: authorizationDetails(credentials, document) }, true);
  }

  // The answer that the browser brought back. Throws what the portal refused with: AuthorizationResponseError, ResponseBodyError.
  async finish(url, asked, login) {
    const checks = { pkceCodeVerifier: asked.verifier, expectedState: asked.state };
    if (login) Object.assign(checks, { expectedNonce: asked.nonce, idTokenExpected: true });
    return oidc.authorizationCodeGrant(await this.#discover(), url, checks);
  }

  // ---- a program's own way (RFC 8628)

  async beginDevice(credentials, document) {
    const parameters = document ? { scope: 'credential', authorization_details: authorizationDetails(credentials, document) } :
      { scope: LOGIN_SCOPE };
    return oidc.initiateDeviceAuthorization(await this.#discover(), parameters);
  }

  // Asks once: { tokens }, or { pending, slower, number } while the person has not decided. number is the portal's match_number,
  // which the client's own polling would keep to itself.
  async askDevice(device) {
    try {
      return { tokens: await oidc.genericGrantRequest(await this.#discover(), DEVICE_GRANT, { device_code: device.device_code }) };
    } catch (error) {
      if (error.error !== 'authorization_pending' && error.error !== 'slow_down') throw error;
      return { pending: true, slower: error.error === 'slow_down', number: error.cause.match_number };
    }
  }

  // ---- with a token

  async person(tokens) {
    return oidc.fetchUserInfo(await this.#discover(), tokens.access_token, tokens.claims().sub);
  }

  async #csc(token, method, body) {
    const url = new URL(`${this.config.issuer}/csc/v2/${method}`);
    const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json' });
    const answer = await oidc.fetchProtectedResource(await this.#discover(), token, url, 'POST', JSON.stringify(body), headers);
    const json = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(`${method}: ${json.error_description ?? json.error}`), json);
    return json;
  }

  // The two signing keys of the certificate that the person chose: { p256, sm2 }, each { id, algorithm, status, chain }.
  async credentials(token) {
    const { credentialIDs } = await this.#csc(token, 'credentials/list', {});
    const found = {};
    for (const credentialID of credentialIDs) {
      const { key, cert } = await this.#csc(token, 'credentials/info', { credentialID, certificates: 'chain', certInfo: true });
      const kind = { [CURVE_P256]: 'p256', [CURVE_SM2]: 'sm2' }[key.curve];
      if (!kind || key.status !== 'enabled') continue;
      const chain = cert.certificates.map((text) => readCertificate(Buffer.from(text, 'base64')));
      found[kind] = { id: credentialID, algorithm: key.algo[0], status: cert.status, chain };
    }
    if (!found.p256 || !found.sm2) throw new Error('the certificate chosen has not both a P-256 and an SM2 key');
    return found;
  }

  // The approved token signs exactly the approved hashes: the signature's bytes.
  async #signHash(token, credential, hashAlgorithmOID, hash) {
    const { signatures } = await this.#csc(token, 'signatures/signHash', { credentialID: credential.id,
      hashes: [hash.toString('base64')], hashAlgorithmOID, signAlgo: credential.algorithm });
    return Buffer.from(signatures[0], 'base64');
  }

  async signatures(token, credentials, document) {
    return { p256: await this.#signHash(token, credentials.p256, SHA256, document.attributesHash),
      sm2: await this.#signHash(token, credentials.sm2, SM3, document.sm2Hash) };
  }

  async signOut(token) {
    await oidc.tokenRevocation(await this.#discover(), token);
  }
}
