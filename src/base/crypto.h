/* The cryptography that several rooms need, over libcrypto. Everything above plain hashes and symmetric boxes
 * (certificates, SM2, HPKE, Merkle trees) lives in trust/. */
#pragma once
#include "base/arena.h"

enum { HASH_LEN = 32, KEY_LEN = 32, GCM_NONCE_LEN = 12, GCM_TAG_LEN = 16 };

enum hash { HASH_SHA256, HASH_SM3 };
void crypto_hash(enum hash, struct bytes data, unsigned char out[HASH_LEN]);
/* SHA-256 over the concatenation of several runs. */
void crypto_sha256_of(const struct bytes *parts, size_t count, unsigned char out[HASH_LEN]);
void crypto_hmac(struct bytes key, struct bytes data, unsigned char out[HASH_LEN]); /* HMAC-SHA-256, RFC 2104 */
void crypto_hkdf(
	struct bytes secret, struct bytes salt, const char *info, unsigned char *out, size_t len); /* RFC 5869 */

/* scrypt (RFC 7914), 32 bytes out. cost is log2 of N, 10 to 20 (else ERR_INVALID); r = 8, p = 1. ERR_BROKEN when
 * memory is refused. */
enum err crypto_scrypt(struct bytes password, struct bytes salt, int cost, unsigned char out[KEY_LEN]) CHECKED;

/* AES-256-GCM: nonce (random) || data || tag. open: ERR_BROKEN when key, AAD or a byte differs; a NUL stands behind the
 * data. */
struct bytes crypto_seal(struct arena *, const unsigned char key[KEY_LEN], struct bytes aad, struct bytes plain);
enum err crypto_open(struct arena *, const unsigned char key[KEY_LEN], struct bytes aad, struct bytes box,
	struct bytes *out) CHECKED;

/* A key that a process uses again and again, made ready once: the same results at a fraction of the cost. It lives in
 * libcrypto's memory until free, which wipes it; keys of one use go to the calls above. */
struct hmac_key;
struct hmac_key *hmac_key_new(const unsigned char key[KEY_LEN]);
void hmac_key_run(struct hmac_key *, struct bytes data, unsigned char out[HASH_LEN]);
void hmac_key_free(struct hmac_key **);
struct box_key;
struct box_key *box_key_new(const unsigned char key[KEY_LEN]);
struct bytes box_key_seal(struct box_key *, struct arena *, struct bytes aad, struct bytes plain);
enum err box_key_open(struct box_key *, struct arena *, struct bytes aad, struct bytes box, struct bytes *out) CHECKED;
void box_key_free(struct box_key **);

void crypto_random(void *out, size_t len);                   /* ends the process if the system has none */
uint32_t crypto_random_below(uint32_t bound);                /* 0 .. bound-1, without bias */
bool crypto_equal(const void *a, const void *b, size_t len); /* time depends on len alone */
bool crypto_equal_text(const char *a, const char *b);        /* by hashes, so that lengths don't show */
void crypto_wipe(void *, size_t len);

char *hex_encode(struct arena *, struct bytes); /* lower case */
bool hex_decode(struct arena *, const char *text, struct bytes *out);
char *base64_encode(struct arena *, struct bytes);                       /* RFC 4648 4, padded */
char *base64url_encode(struct arena *, struct bytes);                    /* RFC 4648 5, unpadded */
bool base64_decode(struct arena *, const char *text, struct bytes *out); /* strict: padding, no spaces, no spare bits */
bool base64url_decode(struct arena *, const char *text, struct bytes *out); /* strict, unpadded */
char *percent_encode(struct arena *, const char *text); /* RFC 3986 2.1; unreserved characters stay */
