// A detached CMS signature (RFC 5652) whose value is made elsewhere: we build what is to be signed, the portal signs its hash.
import { createHash } from 'node:crypto';
import { ObjectIdentifier, OctetString, Sequence, UTCTime } from 'asn1js';
import { AlgorithmIdentifier, Attribute, ContentInfo, EncapsulatedContentInfo, IssuerAndSerialNumber, SignedAndUnsignedAttributes,
  SignedData, SignerInfo } from 'pkijs';

const OID = { data: '1.2.840.113549.1.7.1', contentType: '1.2.840.113549.1.9.3', messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5', signingCertificate: '1.2.840.113549.1.9.16.2.47', sha256: '2.16.840.1.101.3.4.2.1',
  ecdsaSha256: '1.2.840.10045.4.3.2' };

const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const derOf = (schema) => Buffer.from(schema.toBER(false));
const algorithm = (algorithmId) => new AlgorithmIdentifier({ algorithmId });

// ESS signing-certificate-v2 (RFC 5035): the signature holds with this certificate and no other.
const essCertificate = (leaf) => new Sequence({ value: [new Sequence({ value: [new Sequence({ value: [
  new OctetString({ valueHex: sha256(leaf.der) })] })] })] });

function attribute(type, value) {
  return new Attribute({ type, values: [value] });
}

// The attributes to be signed over a document with this SHA-256. In the order that DER wants of a SET OF.
export function signedAttributes(documentSha256, leaf, now = new Date()) {
  const attributes = [
    attribute(OID.contentType, new ObjectIdentifier({ value: OID.data })),
    attribute(OID.signingTime, new UTCTime({ valueDate: now })),
    attribute(OID.messageDigest, new OctetString({ valueHex: documentSha256 })),
    attribute(OID.signingCertificate, essCertificate(leaf)),
  ];
  attributes.sort((a, b) => Buffer.compare(derOf(a.toSchema()), derOf(b.toSchema())));
  return new SignedAndUnsignedAttributes({ type: 0, attributes });
}

// RFC 5652 5.4: hashed is the SET OF itself, not the [0] it is sent as.
export function attributesHash(attributes) {
  const der = derOf(attributes.toSchema());
  der[0] = 0x31;
  return sha256(der);
}

// signature: ECDSA's SEQUENCE { r, s }. chain: leaf first; the root stays out, who checks has it already.
export function assembleCms(attributes, signature, chain) {
  const [leaf] = chain;
  const signer = new SignerInfo({ version: 1, digestAlgorithm: algorithm(OID.sha256), signedAttrs: attributes,
    sid: new IssuerAndSerialNumber({ issuer: leaf.parsed.issuer, serialNumber: leaf.parsed.serialNumber }),
    signatureAlgorithm: algorithm(OID.ecdsaSha256), signature: new OctetString({ valueHex: signature }) });
  const signed = new SignedData({ version: 1, digestAlgorithms: [algorithm(OID.sha256)],
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: OID.data }),
    certificates: chain.slice(0, -1).map(({ parsed }) => parsed), signerInfos: [signer] });
  return derOf(new ContentInfo({ contentType: ContentInfo.SIGNED_DATA, content: signed.toSchema(true) }).toSchema());
}

// Reads the file anew, as whoever gets it would: whether the signature is good, and whether its chain leads to our root.
export async function checkCms(der, content, root) {
  try {
    const signed = new SignedData({ schema: ContentInfo.fromBER(der).content });
    const { signatureVerified, signerCertificateVerified } = await signed.verify({ signer: 0, data: content,
      trustedCerts: [root.parsed], checkChain: true, extendedMode: true });
    return { signature: signatureVerified === true, chain: signerCertificateVerified === true };
  } catch (error) {
    return { signature: false, chain: false, reason: error.message };
  }
}
