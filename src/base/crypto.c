/* Hashes, key derivation, sealed boxes and randomness over libcrypto. Algorithms are fetched once a process. What
 * libcrypto refuses here without an error of ours (no memory, no such algorithm) ends the process. */
#include "base/crypto.h"
#include "base/log.h"
#include <errno.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sys/random.h>

enum { SCRYPT_R = 8, SCRYPT_P = 1, SCRYPT_LEAST_COST = 10, SCRYPT_MOST_COST = 20 };

static char sha256_name[] = "SHA256";

/* libcrypto's answer to a call that cannot fail but for want of memory. */
static void must(int answer)
{
	if (answer <= 0)
		log_die("libcrypto-refused");
}

static void *must_get(void *pointer)
{
	if (!pointer)
		log_die("libcrypto-refused");
	return pointer;
}

/* libcrypto takes a NULL key, salt or text for "none given", which an empty run is not. */
static const unsigned char *there(struct bytes bytes)
{
	return bytes.len ? bytes.data : (const unsigned char *)"";
}

static const EVP_MD *digest(enum hash hash)
{
	static const char *const names[] = { [HASH_SHA256] = sha256_name, [HASH_SM3] = "SM3" };
	static EVP_MD *fetched[2];

	if (!fetched[hash])
		fetched[hash] = must_get(EVP_MD_fetch(NULL, names[hash], NULL));
	return fetched[hash];
}

void crypto_hash(enum hash hash, struct bytes data, unsigned char out[HASH_LEN])
{
	must(EVP_Digest(there(data), data.len, out, NULL, digest(hash), NULL));
}

void crypto_sha256_of(const struct bytes *parts, size_t count, unsigned char out[HASH_LEN])
{
	EVP_MD_CTX *running = must_get(EVP_MD_CTX_new());

	must(EVP_DigestInit_ex2(running, digest(HASH_SHA256), NULL));
	for (size_t i = 0; i < count; i++)
		must(EVP_DigestUpdate(running, there(parts[i]), parts[i].len));
	must(EVP_DigestFinal_ex(running, out, NULL));
	EVP_MD_CTX_free(running);
}

/* A run of HMAC-SHA-256 under this key, begun; the caller frees it, and with it the key. */
static EVP_MAC_CTX *hmac_begun(struct bytes key)
{
	static EVP_MAC *hmac;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256_name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *running;

	if (!hmac)
		hmac = must_get(EVP_MAC_fetch(NULL, "HMAC", NULL));
	running = must_get(EVP_MAC_CTX_new(hmac));
	must(EVP_MAC_init(running, there(key), key.len, params));
	return running;
}

static void hmac_end(EVP_MAC_CTX *running, struct bytes data, unsigned char out[HASH_LEN])
{
	must(EVP_MAC_update(running, there(data), data.len));
	must(EVP_MAC_final(running, out, NULL, HASH_LEN));
}

void crypto_hmac(struct bytes key, struct bytes data, unsigned char out[HASH_LEN])
{
	EVP_MAC_CTX *running = hmac_begun(key);

	hmac_end(running, data, out);
	EVP_MAC_CTX_free(running);
}

struct hmac_key {
	EVP_MAC_CTX *running;
};

struct hmac_key *hmac_key_new(const unsigned char key[KEY_LEN])
{
	struct hmac_key *made = must_get(malloc(sizeof *made));

	made->running = hmac_begun((struct bytes){ key, KEY_LEN });
	return made;
}

void hmac_key_run(struct hmac_key *key, struct bytes data, unsigned char out[HASH_LEN])
{
	must(EVP_MAC_init(key->running, NULL, 0, NULL)); /* anew under the same key */
	hmac_end(key->running, data, out);
}

void hmac_key_free(struct hmac_key **key)
{
	if (!*key)
		return;
	EVP_MAC_CTX_free((*key)->running);
	free(*key);
	*key = NULL;
}

void crypto_hkdf(struct bytes secret, struct bytes salt, const char *info, unsigned char *out, size_t len)
{
	static EVP_KDF *hkdf;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256_name, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)there(secret), secret.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)there(salt), salt.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, strlen(info)),
		OSSL_PARAM_construct_end(),
	};
	EVP_KDF_CTX *running;

	if (!hkdf)
		hkdf = must_get(EVP_KDF_fetch(NULL, "HKDF", NULL));
	running = must_get(EVP_KDF_CTX_new(hkdf));
	must(EVP_KDF_derive(running, out, len, params));
	EVP_KDF_CTX_free(running);
}

enum err crypto_scrypt(struct bytes password, struct bytes salt, int cost, unsigned char out[KEY_LEN])
{
	uint64_t n, memory;

	if (cost < SCRYPT_LEAST_COST || cost > SCRYPT_MOST_COST)
		return ERR_INVALID;
	n = UINT64_C(1) << cost;
	memory = 128 * SCRYPT_R * (n + SCRYPT_P + 2); /* what the algorithm asks for, and no more */
	if (EVP_PBE_scrypt((const char *)there(password), password.len, there(salt), salt.len, n, SCRYPT_R, SCRYPT_P,
		    memory, out, KEY_LEN) != 1)
		return ERR_BROKEN;
	return OK;
}

static const EVP_CIPHER *gcm(void)
{
	static EVP_CIPHER *fetched;

	if (!fetched)
		fetched = must_get(EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL));
	return fetched;
}

/* With a key that running has already, key is NULL. */
static struct bytes seal_with(
	EVP_CIPHER_CTX *running, struct arena *arena, const unsigned char *key, struct bytes aad, struct bytes plain)
{
	size_t len = GCM_NONCE_LEN + plain.len + GCM_TAG_LEN;
	unsigned char *box = arena_raw(arena, len), *data = box + GCM_NONCE_LEN;
	int taken = 0;

	if (plain.len > INT_MAX || aad.len > INT_MAX)
		log_die("box-too-large");
	crypto_random(box, GCM_NONCE_LEN);
	must(EVP_EncryptInit_ex2(running, key ? gcm() : NULL, key, box, NULL));
	if (aad.len)
		must(EVP_EncryptUpdate(running, NULL, &taken, aad.data, (int)aad.len));
	if (plain.len)
		must(EVP_EncryptUpdate(running, data, &taken, plain.data, (int)plain.len));
	must(EVP_EncryptFinal_ex(running, data + plain.len, &taken));
	must(EVP_CIPHER_CTX_ctrl(running, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_LEN, data + plain.len));
	return (struct bytes){ box, len };
}

static enum err open_with(EVP_CIPHER_CTX *running, struct arena *arena, const unsigned char *key, struct bytes aad,
	struct bytes box, struct bytes *out)
{
	unsigned char tag[GCM_TAG_LEN], *plain;
	size_t len;
	int taken = 0;

	if (box.len < GCM_NONCE_LEN + GCM_TAG_LEN || box.len > INT_MAX || aad.len > INT_MAX)
		return ERR_BROKEN;
	len = box.len - GCM_NONCE_LEN - GCM_TAG_LEN;
	plain = arena_raw(arena, len + 1);
	plain[len] = 0; /* what was sealed is often text */
	memcpy(tag, box.data + GCM_NONCE_LEN + len, sizeof tag);
	must(EVP_DecryptInit_ex2(running, key ? gcm() : NULL, key, box.data, NULL));
	must(EVP_CIPHER_CTX_ctrl(running, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_LEN, tag));
	if (aad.len)
		must(EVP_DecryptUpdate(running, NULL, &taken, aad.data, (int)aad.len));
	if (len)
		must(EVP_DecryptUpdate(running, plain, &taken, box.data + GCM_NONCE_LEN, (int)len));
	if (EVP_DecryptFinal_ex(running, plain + len, &taken) != 1) {
		crypto_wipe(plain, len);
		return ERR_BROKEN;
	}
	*out = (struct bytes){ plain, len };
	return OK;
}

struct bytes crypto_seal(struct arena *arena, const unsigned char key[KEY_LEN], struct bytes aad, struct bytes plain)
{
	EVP_CIPHER_CTX *running = must_get(EVP_CIPHER_CTX_new());
	struct bytes box = seal_with(running, arena, key, aad, plain);

	EVP_CIPHER_CTX_free(running);
	return box;
}

enum err crypto_open(
	struct arena *arena, const unsigned char key[KEY_LEN], struct bytes aad, struct bytes box, struct bytes *out)
{
	EVP_CIPHER_CTX *running = must_get(EVP_CIPHER_CTX_new());
	enum err err = open_with(running, arena, key, aad, box, out);

	EVP_CIPHER_CTX_free(running);
	return err;
}

struct box_key {
	EVP_CIPHER_CTX *sealing, *opening;
};

struct box_key *box_key_new(const unsigned char key[KEY_LEN])
{
	struct box_key *made = must_get(malloc(sizeof *made));

	*made = (struct box_key){ must_get(EVP_CIPHER_CTX_new()), must_get(EVP_CIPHER_CTX_new()) };
	must(EVP_EncryptInit_ex2(made->sealing, gcm(), key, NULL, NULL));
	must(EVP_DecryptInit_ex2(made->opening, gcm(), key, NULL, NULL));
	return made;
}

struct bytes box_key_seal(struct box_key *key, struct arena *arena, struct bytes aad, struct bytes plain)
{
	return seal_with(key->sealing, arena, NULL, aad, plain);
}

enum err box_key_open(struct box_key *key, struct arena *arena, struct bytes aad, struct bytes box, struct bytes *out)
{
	return open_with(key->opening, arena, NULL, aad, box, out);
}

void box_key_free(struct box_key **key)
{
	if (!*key)
		return;
	EVP_CIPHER_CTX_free((*key)->sealing);
	EVP_CIPHER_CTX_free((*key)->opening);
	free(*key);
	*key = NULL;
}

void crypto_random(void *out, size_t len)
{
	unsigned char *at = out;

	while (len) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0 && errno != EINTR)
			log_die("no-randomness");
		at += got > 0 ? got : 0;
		len -= got > 0 ? (size_t)got : 0;
	}
}

uint32_t crypto_random_below(uint32_t bound)
{
	uint32_t value, unfair;

	if (!bound)
		log_die("random-below-zero");
	unfair = -bound % bound; /* 2^32 modulo bound: so many of the lowest values would come once too often */
	do
		crypto_random(&value, sizeof value);
	while (value < unfair);
	return value % bound;
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

bool crypto_equal_text(const char *a, const char *b)
{
	unsigned char hash_a[HASH_LEN], hash_b[HASH_LEN];

	crypto_hash(HASH_SHA256, bytes_of_text(a), hash_a);
	crypto_hash(HASH_SHA256, bytes_of_text(b), hash_b);
	return a && b && crypto_equal(hash_a, hash_b, HASH_LEN);
}

void crypto_wipe(void *data, size_t len)
{
	OPENSSL_cleanse(data, len);
}
