/* Asymmetric keys over libcrypto: making, storing, signing. SM2 always with the default identity 1234567812345678
 * (GB/T 35276); a foreign certificate's own identity is never guessed. */
#pragma once
#include "base/arena.h"
#include "base/crypto.h"

enum key_kind { KEY_SM2, KEY_P256, KEY_RSA2048, KEY_RSA3072, KEY_ED25519 };

struct key; /* owned: key_free. Holds a private half or only the public one. */

enum err key_make(enum key_kind, struct key **out) CHECKED; /* RSA takes seconds: never in a request */
void key_free(struct key **);
enum key_kind key_kind(const struct key *);
bool key_same_public(const struct key *, const struct key *);

/* PKCS#8 in a secret arena, or PEM for files of the CA and the log. */
enum err key_private_der(const struct key *, struct arena *secret, struct bytes *out) CHECKED;
enum err key_from_private_der(struct bytes, struct key **out) CHECKED;
enum err key_private_pem(const struct key *, struct arena *secret, struct bytes *out) CHECKED;
enum err key_from_private_pem(struct bytes, struct key **out) CHECKED;
/* SubjectPublicKeyInfo. */
enum err key_public_der(const struct key *, struct arena *, struct bytes *out) CHECKED;
enum err key_from_public_der(struct bytes, struct key **out) CHECKED;
/* Raw 32 bytes of an Ed25519 public key; raw private 32 bytes in. */
enum err key_ed25519_raw(const struct key *, unsigned char out[32]) CHECKED;
enum err key_ed25519_from_seed(const unsigned char seed[32], struct key **out) CHECKED;

/* The digest that a signature of this key is made over: SM2: e = SM3(Z || message) with Z of the default identity and
 * this public key (GB/T 32918.2); P-256 and RSA: SHA-256(message). Not for Ed25519. */
enum err key_digest(const struct key *, struct bytes message, unsigned char out[HASH_LEN]) CHECKED;
/* Over a ready digest of 32 bytes (else ERR_INVALID): ECDSA and SM2 as DER SEQUENCE{r,s}, RSA as PKCS#1 v1.5 of
 * SHA-256. */
enum err key_sign_digest(const struct key *, struct arena *, struct bytes digest, struct bytes *out) CHECKED;
/* So many of one key at once, the set-up once: a ticket holds a thousand. All of them, or none is to be used. */
enum err key_sign_digests(
	const struct key *, struct arena *, const struct bytes *digests, size_t count, struct bytes *out) CHECKED;
enum err key_verify_digest(
	const struct key *, struct bytes digest, struct bytes signature) CHECKED; /* ERR_DENIED: no */
/* key_digest then key_sign_digest; Ed25519 over the message itself. */
enum err key_sign(const struct key *, struct arena *, struct bytes message, struct bytes *out) CHECKED;
enum err key_verify(const struct key *, struct bytes message, struct bytes signature) CHECKED; /* ERR_DENIED: no */

const char *key_kind_name(enum key_kind);     /* "SM2", "P-256", "RSA-2048" … */
const char *key_signature_oid(enum key_kind); /* 1.2.156.10197.1.501, 1.2.840.10045.4.3.2, 1.2.840.113549.1.1.11 */
const char *key_hash_oid(enum key_kind);      /* 1.2.156.10197.1.401, 2.16.840.1.101.3.4.2.1; Ed25519: NULL */
int key_bits(enum key_kind);
