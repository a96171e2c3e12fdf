// SM2 with SM3 (GB/T 32918) for checking, independent of the portal: the curve by sm-crypto-v2, SM3 by Node's OpenSSL.
import { createHash } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';

const ID = '1234567812345678'; // GM/T 0009: the identity when none was agreed on
const hex = (bytes) => Buffer.from(bytes).toString('hex');

// The hash e = SM3(Z ‖ message) to feed with the message. point: the public key, 04 ‖ x ‖ y.
export function sm2Digest(point) {
  return createHash('sm3').update(sm2.getZ(hex(point), ID));
}

// signature: DER of SEQUENCE { r, s }. An unreadable one is a wrong one.
export function sm2Verify(digest, signature, point) {
  try {
    return sm2.doVerifySignature(digest, hex(signature), hex(point), { der: true, hash: false });
  } catch {
    return false;
  }
}
