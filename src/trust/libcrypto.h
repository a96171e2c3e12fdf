/* What the files of this room share about libcrypto. Nobody outside src/trust includes it: its types and errors stay
 * here. */
#pragma once
#include "trust/ca.h"
#include <openssl/evp.h>
#include <openssl/x509.h>

#define SM2_IDENTITY "1234567812345678"

struct key {
	EVP_PKEY *pkey;
	enum key_kind kind;
};

/* OK or otherwise, with libcrypto's error queue emptied: a foreign error never crosses this room's border. */
enum err settle(bool ok, enum err otherwise);
/* Ends the process when libcrypto had no memory, as arenas do; gives the pointer back. */
void *must(void *);
/* Fetched once for the life of the process. */
const EVP_MD *digest_sha256(void);
const EVP_MD *digest_sm3(void);

/* Wraps a key of one of our kinds and takes the reference over, also when it refuses with ERR_INVALID. */
enum err key_adopt(EVP_PKEY *, struct key **out);

/* What X509_sign_ctx and its kin sign with; for SM2 the identity is set before the digest begins. */
struct signer {
	EVP_MD_CTX *ctx;
	EVP_PKEY_CTX *identity;
};
bool signer_open(struct signer *, const struct key *);
void signer_close(struct signer *);
/* Whether this signature over tbs is the key's. Our own way for what libcrypto can't check with an SM2 identity:
 * requests, CRLs and OCSP answers; the same for all algorithms. */
bool signature_holds(EVP_PKEY *, const X509_ALGOR *, const ASN1_BIT_STRING *, struct bytes tbs);

/* Copies what an i2d function has made (its buffer and its result) and gives the buffer back. */
enum err der_take(struct arena *, unsigned char *der, int len, struct bytes *out);
/* Whether what an i2d function has made again is what was read: BER has many forms, DER one. Gives the buffer back. */
bool der_is(struct bytes, unsigned char *again, int len);
enum { CERTIFICATE_MAX = 16 * 1024 };
/* A PKCS#8 private key of a type that we know, whole and with nothing behind it; NULL otherwise. */
EVP_PKEY *private_read(struct bytes der);
/* Strict DER of a certificate, ready for X509_verify in SM2 too; NULL when it is not. */
X509 *x509_read(struct bytes der);
/* The subject as an X509_NAME, owned by the caller; ERR_INVALID: a text is no UTF-8 or too long for its attribute. */
enum err subject_name(const struct subject *, X509_NAME **out);
ASN1_TIME *time_to_asn1(int64_t ms); /* owned by the caller */
bool time_from_asn1(const ASN1_TIME *, int64_t *ms);
/* A serial number's octets; ERR_INVALID when empty or longer than 20. */
enum err serial_number(struct bytes octets, ASN1_INTEGER **out);

/* What one CRL says of a serial under this issuer at the time `when`. */
bool crl_is_of(X509_CRL *, X509 *issuer);
enum chain_fault crl_fault(X509_CRL *, const ASN1_INTEGER *serial, int64_t when);
X509_CRL *crl_read(struct bytes der);
