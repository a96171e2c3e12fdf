/* X.509 certificates, requests and chains: reading, checking. Issuing is ca.h. After RFC 5280 and GB/T 20518. */
#pragma once
#include "trust/key.h"

/* Names as the CA writes them; NULL leaves an attribute out. Order in the DER: C, ST?, O, OU?, organizationIdentifier,
 * CN, serialNumber, dnQualifier. O and CN of at most 64 characters (X.520); an empty text is refused. */
struct subject {
	const char *country;     /* "CN" */
	const char *org;         /* O: verified name of the org; NULL for a person */
	const char *org_id;      /* organizationIdentifier 2.5.4.97: the USCC */
	const char *common_name; /* CN: person's verified name, or the org's */
	const char *holder;      /* serialNumber 2.5.4.5: opaque number of the holder, never a document number */
	const char *id_hash;     /* dnQualifier 2.5.4.46: keyed hash of the document number (CERT-16); may be NULL */
};

/* PKCS#10, signed by the key itself: proof of possession. */
enum err request_make(const struct key *, struct arena *, const struct subject *, struct bytes *der) CHECKED;
/* Checks the proof and gives the public key (owned by the caller). ERR_INVALID: not well-formed or proof fails. */
enum err request_check(struct bytes der, struct key **public_half) CHECKED;

struct certificate {
	struct bytes der, spki;
	const char *serial;           /* hex, lower case, without leading zeros of the DER's sign */
	const char *subject, *issuer; /* RFC 4514, UTF-8 */
	const char *subject_cn, *subject_o, *subject_org_id, *subject_holder, *issuer_cn;
	int64_t not_before, not_after; /* ms UTC */
	enum key_kind kind;
	const char *signature_oid, *crl_url, *ocsp_url, *issuer_url;
	bool is_ca, for_signing, for_encryption; /* the last two of an end entity's keyUsage alone */
};
/* Reads DER of at most 16 KB, texts and bytes into the arena. ERR_INVALID otherwise. */
enum err certificate_read(struct arena *, struct bytes der, struct certificate *out) CHECKED;
/* Whether it is past its time: notAfter is a second, and the certificate is good through all of it (RFC 5280
 * 4.1.2.5). */
bool certificate_ended(const struct certificate *, int64_t now);
enum err certificate_public(struct bytes der, struct key **out) CHECKED;
struct bytes pem_wrap(struct arena *, const char *label, struct bytes der);                          /* "CERTIFICATE" */
enum err pem_unwrap(struct arena *, const char *label, struct bytes pem, struct bytes *der) CHECKED; /* the first */

enum chain_fault {
	CHAIN_GOOD,
	CHAIN_MALFORMED,
	CHAIN_UNTRUSTED,
	CHAIN_BAD_SIGNATURE,
	CHAIN_NOT_YET,
	CHAIN_EXPIRED,
	CHAIN_REVOKED,
	CHAIN_BAD_USE,
	CHAIN_BAD_CRL,
	CHAIN_OTHER_KEY
};
/* Whether leaf leads over chain (issuer first) to one of roots at the time `when` (ms UTC; from notBefore through the
 * whole second of notAfter), is not in any of crls (each checked against its issuer in the chain, SM2 by our own code
 * over tbsCertList; a revocation dated after `when` does not count yet), with basic constraints and key usage as RFC
 * 5280 asks: every issuer, given or a root, is a CA with keyCertSign. CHAIN_BAD_CRL: a CRL whose nextUpdate has passed,
 * that is damaged, or that no issuer of this chain has signed, as it can clear nobody; an issuer without a CRL is not
 * asked. */
enum chain_fault chain_check(struct bytes leaf, const struct bytes *chain, size_t chain_count,
	const struct bytes *roots, size_t root_count, const struct bytes *crls, size_t crl_count, int64_t when);
/* The same without CRLs, and that leaf certifies the public half of this key: CHAIN_OTHER_KEY where not. */
enum chain_fault chain_check_key(const struct key *, struct bytes leaf, const struct bytes *chain, size_t chain_count,
	const struct bytes *roots, size_t root_count, int64_t when);
const char *chain_fault_name(enum chain_fault);
