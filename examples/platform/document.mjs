// A document on its way: stored as it streams in and hashed for both keys at once, then signed, checked, handed out.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { chainGood, toPem } from './certificates.mjs';
import { assembleCms, attributesHash, checkCms, signedAttributes } from './cms.mjs';
import { sm2Digest, sm2Verify } from './sm2.mjs';

export const DOCUMENT_MOST = 20 * 1024 * 1024;
const NAME_MOST = 120;

// A name for people: no folders, nothing that could hide or turn the text (control and direction characters).
export function plainName(name) {
  const plain = path.basename(name.replaceAll('\\', '/')).replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, '').trim();
  const letters = [...plain], ending = [...path.extname(plain)].slice(0, 12);
  // what is left out is marked, and the ending stays: it says what the file is
  if (letters.length > NAME_MOST) letters.splice(NAME_MOST - ending.length - 1, Infinity, '…', ...ending);
  return letters.join('') || '未命名文件';
}

// Streams source into folder. credentials: whose keys will sign. SM2's hash holds the public key, so they are chosen before.
export async function storeDocument(source, { name, folder, credentials, seal = false }) {
  const id = randomUUID();
  const document = { id, name: plainName(name), file: path.join(folder, id), size: 0, seal, credentials, stored: new Date() };
  const sha256 = createHash('sha256');
  const sm2 = sm2Digest(credentials.sm2.chain[0].point);
  const hashing = new Transform({ transform(part, _, done) {
    document.size += part.length;
    sha256.update(part);
    sm2.update(part);
    done(null, part);
  } });
  try {
    await pipeline(source, hashing, createWriteStream(document.file, { mode: 0o600, flags: 'wx' }));
  } catch (error) {
    await dropDocument(document);
    throw error;
  }
  document.sha256 = sha256.digest();
  document.sm2Hash = sm2.digest();
  document.attributes = signedAttributes(document.sha256, credentials.p256.chain[0]);
  document.attributesHash = attributesHash(document.attributes);
  return document;
}

export async function dropDocument(document) {
  await rm(document.file, { force: true });
}

// signatures: what the portal gave for the two hashes.
export function finishDocument(document, signatures) {
  const { p256, sm2 } = document.credentials;
  document.cms = assembleCms(document.attributes, signatures.p256, p256.chain);
  document.sm2Signature = signatures.sm2;
  document.sm2Certificates = sm2.chain.map(({ der }) => toPem(der)).join('');
  document.signed = new Date();
}

// Checks what is handed out against the stored bytes, both anew: { cms, sm2 }, each { signature, chain }.
export async function checkDocument(document, roots) {
  const { chain } = document.credentials.sm2;
  const content = await readFile(document.file);
  const digest = sm2Digest(chain[0].point).update(content).digest();
  return { cms: await checkCms(document.cms, content, roots.p256),
    sm2: { signature: sm2Verify(digest, document.sm2Signature, chain[0].point), chain: await chainGood(chain, roots) } };
}

// What can be downloaded of a signed document: name, type and content by a word of the address.
export const downloads = {
  original: { suffix: '', type: 'application/octet-stream', content: ({ file }) => createReadStream(file) },
  cms: { suffix: '.p7s', type: 'application/pkcs7-signature', content: ({ cms }) => cms },
  sm2: { suffix: '.sm2.sig', type: 'application/octet-stream', content: ({ sm2Signature }) => sm2Signature },
  certificates: { suffix: '.sm2.pem', type: 'application/x-pem-file', content: ({ sm2Certificates }) => sm2Certificates },
};
