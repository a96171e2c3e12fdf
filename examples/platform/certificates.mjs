// Certificates as the portal hands them out: what stands in them, and whether they lead to a root that we trust.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Certificate, CertificateChainValidationEngine } from 'pkijs';
import { sm2Digest, sm2Verify } from './sm2.mjs';

const CURVE_SM2 = '1.2.156.10197.1.301';
const SM2_WITH_SM3 = '1.2.156.10197.1.501';
const names = { '2.5.4.3': 'commonName', '2.5.4.10': 'organization' };

export function toPem(der) {
  const lines = der.toString('base64').replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}
const fromPem = (text) => Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');

function nameOf(name) {
  const parts = name.typesAndValues.filter(({ type }) => names[type])
    .map(({ type, value }) => [names[type], value.valueBlock.value]);
  return Object.fromEntries(parts);
}

export function readCertificate(der) {
  const parsed = Certificate.fromBER(der);
  const { algorithm, subjectPublicKey } = parsed.subjectPublicKeyInfo;
  return { der: Buffer.from(der), parsed, subject: nameOf(parsed.subject), issuer: nameOf(parsed.issuer),
    sm2: algorithm.algorithmParams?.valueBlock?.toString() === CURVE_SM2,
    point: Buffer.from(subjectPublicKey.valueBlock.valueHexView),
    serial: Buffer.from(parsed.serialNumber.valueBlock.valueHexView).toString('hex').toUpperCase(),
    from: parsed.notBefore.value, to: parsed.notAfter.value };
}

// The roots that the operator of this platform chose to trust, not those that came over the network.
export async function readRoots(folder) {
  const read = async (name) => readCertificate(fromPem(await readFile(path.join(folder, name), 'utf8')));
  return { p256: await read('root-p256.pem'), sm2: await read('root-sm2.pem') };
}

function isAuthority({ parsed }) {
  const constraints = parsed.extensions?.find(({ extnID }) => extnID === '2.5.29.19');
  return constraints?.parsedValue?.cA === true;
}

function signedBySm2(certificate, issuer) {
  const { parsed } = certificate;
  if (parsed.signatureAlgorithm.algorithmId !== SM2_WITH_SM3 || !parsed.issuer.isEqual(issuer.parsed.subject)) return false;
  const digest = sm2Digest(issuer.point).update(parsed.tbsView).digest();
  return isAuthority(issuer) && sm2Verify(digest, parsed.signatureValue.valueBlock.valueHexView, issuer.point);
}

// No library takes SM2 through its path validation, so it is walked here: signature by signature up to our own root.
function sm2ChainGood(chain, root, now) {
  const path = [...chain.slice(0, -1), root];
  return chain.length > 1 && chain.at(-1).der.equals(root.der) && path.every((one) => one.from <= now && now <= one.to) &&
    path.every((one, i) => signedBySm2(one, path[Math.min(i + 1, path.length - 1)]));
}

async function p256ChainGood(chain, root, now) {
  const engine = new CertificateChainValidationEngine({ certs: chain.slice().reverse().map(({ parsed }) => parsed),
    trustedCerts: [root.parsed], checkDate: now });
  return (await engine.verify()).result;
}

// chain: leaf first, root last. Whether it leads to our root and is valid now; revocation is the portal's to say.
export async function chainGood(chain, roots, now = new Date()) {
  return chain[0].sm2 ? sm2ChainGood(chain, roots.sm2, now) : p256ChainGood(chain, roots.p256, now);
}
