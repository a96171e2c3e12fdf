/* Asymmetric keys: kinds, storage, raw signatures. */
#include "trust/libcrypto.h"
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

static const struct {
	const char *name, *signature_oid, *hash_oid;
	int bits;
} kinds[] = {
	[KEY_SM2] = { "SM2", "1.2.156.10197.1.501", "1.2.156.10197.1.401", 256 },
	[KEY_P256] = { "P-256", "1.2.840.10045.4.3.2", "2.16.840.1.101.3.4.2.1", 256 },
	[KEY_RSA2048] = { "RSA-2048", "1.2.840.113549.1.1.11", "2.16.840.1.101.3.4.2.1", 2048 },
	[KEY_RSA3072] = { "RSA-3072", "1.2.840.113549.1.1.11", "2.16.840.1.101.3.4.2.1", 3072 },
	[KEY_ED25519] = { "Ed25519", "1.3.101.112", NULL, 256 },
};

/* GB/T 32918.5: the curve as it stands in Z, without a final NUL. */
static const unsigned char sm2_curve[128] =
	/* a */
	"\xff\xff\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	"\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xfc"
	/* b */
	"\x28\xe9\xfa\x9e\x9d\x9f\x5e\x34\x4d\x5a\x9e\x4b\xcf\x65\x09\xa7"
	"\xf3\x97\x89\xf5\x15\xab\x8f\x92\xdd\xbc\xbd\x41\x4d\x94\x0e\x93"
	/* Gx */
	"\x32\xc4\xae\x2c\x1f\x19\x81\x19\x5f\x99\x04\x46\x6a\x39\xc9\x94"
	"\x8f\xe3\x0b\xbf\xf2\x66\x0b\xe1\x71\x5a\x45\x89\x33\x4c\x74\xc7"
	/* Gy */
	"\xbc\x37\x36\xa2\xf4\xf6\x77\x9c\x59\xbd\xce\xe3\x6b\x69\x21\x53"
	"\xd0\xa9\x87\x7c\xc6\x2a\x47\x40\x02\xdf\x32\xe5\x21\x39\xf0\xa0";

static EVP_PKEY *make(enum key_kind kind)
{
	switch (kind) {
	case KEY_SM2:
		return EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
	case KEY_P256:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	case KEY_RSA2048:
	case KEY_RSA3072:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)kinds[kind].bits);
	case KEY_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	}
	return NULL;
}

static bool on_curve(EVP_PKEY *pkey, const char *name)
{
	char group[32];
	size_t len;
	int explicit_curve = 1;

	return EVP_PKEY_get_group_name(pkey, group, sizeof group, &len) == 1 && !strcmp(group, name) &&
		EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_curve) == 1 &&
		!explicit_curve;
}

static bool kind_of(EVP_PKEY *pkey, enum key_kind *out)
{
	if (EVP_PKEY_is_a(pkey, "SM2") && on_curve(pkey, "SM2"))
		*out = KEY_SM2;
	else if (EVP_PKEY_is_a(pkey, "EC") && on_curve(pkey, "prime256v1"))
		*out = KEY_P256;
	else if (EVP_PKEY_is_a(pkey, "RSA") && EVP_PKEY_get_bits(pkey) == 2048)
		*out = KEY_RSA2048;
	else if (EVP_PKEY_is_a(pkey, "RSA") && EVP_PKEY_get_bits(pkey) == 3072)
		*out = KEY_RSA3072;
	else if (EVP_PKEY_is_a(pkey, "ED25519"))
		*out = KEY_ED25519;
	else
		return false;
	return true;
}

/* Points at infinity and off the curve are refused here; RSA has no quick check beyond its size. */
static bool sound(EVP_PKEY *pkey, enum key_kind kind, bool with_private)
{
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (kind != KEY_SM2 && kind != KEY_P256)
		return true;
	ctx = must(EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL));
	ok = EVP_PKEY_public_check_quick(ctx) == 1 && (!with_private || EVP_PKEY_pairwise_check(ctx) == 1);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static struct key *wrap(EVP_PKEY *pkey, enum key_kind kind)
{
	struct key *key = must(calloc(1, sizeof *key));

	*key = (struct key){ pkey, kind };
	return key;
}

static enum err adopt(EVP_PKEY *pkey, bool with_private, struct key **out)
{
	enum key_kind kind;

	if (!pkey || !kind_of(pkey, &kind) || !sound(pkey, kind, with_private)) {
		EVP_PKEY_free(pkey);
		return settle(false, ERR_INVALID);
	}
	*out = wrap(pkey, kind);
	return OK;
}

static EVP_PKEY_CTX *digest_ctx(const struct key *key, int (*init)(EVP_PKEY_CTX *))
{
	EVP_PKEY_CTX *ctx = must(EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL));
	bool rsa = key->kind == KEY_RSA2048 || key->kind == KEY_RSA3072;

	if (init(ctx) == 1 &&
		(!rsa ||
			(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
				EVP_PKEY_CTX_set_signature_md(ctx, digest_sha256()) == 1)))
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

static bool coordinate(const struct key *key, const char *name, unsigned char out[32])
{
	BIGNUM *n = NULL;
	bool ok = EVP_PKEY_get_bn_param(key->pkey, name, &n) == 1 && BN_bn2binpad(n, out, 32) == 32;

	BN_free(n);
	return ok;
}

/* Z = SM3(ENTL || ID || a || b || Gx || Gy || Px || Py), GB/T 32918.2 5.5 */
static bool sm2_z(const struct key *key, unsigned char z[HASH_LEN])
{
	unsigned char in[2 + 16 + sizeof sm2_curve + 64] = { 0x00, 0x80 };

	memcpy(in + 2, SM2_IDENTITY, 16);
	memcpy(in + 18, sm2_curve, sizeof sm2_curve);
	if (!coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, in + 18 + sizeof sm2_curve) ||
		!coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, in + 50 + sizeof sm2_curve))
		return false;
	crypto_hash(HASH_SM3, BYTES_OF(in), z);
	return true;
}

static bool sm2_digest(const struct key *key, struct bytes message, unsigned char out[HASH_LEN])
{
	unsigned char z[HASH_LEN];
	EVP_MD_CTX *ctx;
	bool ok;

	if (!sm2_z(key, z))
		return false;
	ctx = must(EVP_MD_CTX_new());
	ok = EVP_DigestInit_ex(ctx, digest_sm3(), NULL) == 1 && EVP_DigestUpdate(ctx, z, sizeof z) == 1 &&
		EVP_DigestUpdate(ctx, message.data, message.len) == 1 && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static enum err ed25519_sign(const struct key *key, struct arena *arena, struct bytes message, struct bytes *out)
{
	unsigned char signature[64];
	size_t len = sizeof signature;
	EVP_MD_CTX *ctx = must(EVP_MD_CTX_new());
	bool ok = EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
		EVP_DigestSign(ctx, signature, &len, message.data, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	if (ok)
		*out = arena_bytes(arena, signature, len);
	return settle(ok, ERR_BROKEN);
}

static enum err ed25519_verify(const struct key *key, struct bytes message, struct bytes signature)
{
	EVP_MD_CTX *ctx = must(EVP_MD_CTX_new());
	bool ok = EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
		EVP_DigestVerify(ctx, signature.data, signature.len, message.data, message.len) == 1;

	EVP_MD_CTX_free(ctx);
	return settle(ok, ERR_DENIED);
}

enum err key_adopt(EVP_PKEY *pkey, struct key **out)
{
	return adopt(pkey, false, out);
}

enum err key_make(enum key_kind kind, struct key **out)
{
	EVP_PKEY *pkey = make(kind);

	if (!pkey)
		return settle(false, ERR_BROKEN);
	*out = wrap(pkey, kind);
	return OK;
}

void key_free(struct key **key)
{
	if (!*key)
		return;
	EVP_PKEY_free((*key)->pkey);
	free(*key);
	*key = NULL;
}

enum key_kind key_kind(const struct key *key)
{
	return key->kind;
}

bool key_same_public(const struct key *a, const struct key *b)
{
	bool same = EVP_PKEY_eq(a->pkey, b->pkey) == 1;

	ERR_clear_error();
	return same;
}

enum err key_private_der(const struct key *key, struct arena *secret, struct bytes *out)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
	unsigned char *der = NULL;
	int len = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : 0;

	PKCS8_PRIV_KEY_INFO_free(info); /* overwrites the key inside */
	return der_take(secret, der, len, out);
}

enum err key_from_private_der(struct bytes der, struct key **out)
{
	return adopt(private_read(der), true, out);
}

enum err key_private_pem(const struct key *key, struct arena *secret, struct bytes *out)
{
	struct bytes der;

	TRY(key_private_der(key, secret, &der));
	*out = pem_wrap(secret, "PRIVATE KEY", der);
	return OK;
}

enum err key_from_private_pem(struct bytes pem, struct key **out)
{
	struct arena *secret = arena_new(true);
	struct bytes der;
	enum err err = pem_unwrap(secret, "PRIVATE KEY", pem, &der);

	if (err == OK)
		err = key_from_private_der(der, out);
	arena_free(&secret);
	return err;
}

enum err key_public_der(const struct key *key, struct arena *arena, struct bytes *out)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key->pkey, &der);

	return der_take(arena, der, len, out);
}

enum err key_from_public_der(struct bytes der, struct key **out)
{
	const unsigned char *at = der.data;
	EVP_PKEY *pkey = der.len <= CERTIFICATE_MAX ? d2i_PUBKEY(NULL, &at, (long)der.len) : NULL;

	if (pkey && at != der.data + der.len) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return adopt(pkey, false, out);
}

enum err key_ed25519_raw(const struct key *key, unsigned char out[32])
{
	size_t len = 32;

	if (key->kind != KEY_ED25519)
		return ERR_INVALID;
	return settle(EVP_PKEY_get_raw_public_key(key->pkey, out, &len) == 1, ERR_BROKEN);
}

enum err key_ed25519_from_seed(const unsigned char seed[32], struct key **out)
{
	return adopt(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32), true, out);
}

enum err key_digest(const struct key *key, struct bytes message, unsigned char out[HASH_LEN])
{
	if (key->kind == KEY_ED25519)
		return ERR_INVALID;
	if (key->kind == KEY_SM2)
		return settle(sm2_digest(key, message, out), ERR_BROKEN);
	crypto_hash(HASH_SHA256, message, out);
	return OK;
}

static bool sign_one(EVP_PKEY_CTX *ctx, struct arena *arena, struct bytes digest, struct bytes *out)
{
	unsigned char signature[512];
	size_t len = sizeof signature;

	if (EVP_PKEY_sign(ctx, signature, &len, digest.data, digest.len) != 1)
		return false;
	*out = arena_bytes(arena, signature, len);
	return true;
}

enum err key_sign_digests(
	const struct key *key, struct arena *arena, const struct bytes *digests, size_t count, struct bytes *out)
{
	EVP_PKEY_CTX *ctx;
	bool ok;

	for (size_t i = 0; i < count; i++)
		if (digests[i].len != HASH_LEN)
			return ERR_INVALID;
	if (key->kind == KEY_ED25519)
		return ERR_INVALID;
	ctx = digest_ctx(key, EVP_PKEY_sign_init);
	ok = ctx != NULL;
	for (size_t i = 0; ok && i < count; i++)
		ok = sign_one(ctx, arena, digests[i], &out[i]);
	EVP_PKEY_CTX_free(ctx);
	return settle(ok, ERR_BROKEN);
}

enum err key_sign_digest(const struct key *key, struct arena *arena, struct bytes digest, struct bytes *out)
{
	return key_sign_digests(key, arena, &digest, 1, out);
}

enum err key_verify_digest(const struct key *key, struct bytes digest, struct bytes signature)
{
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (key->kind == KEY_ED25519 || digest.len != HASH_LEN)
		return ERR_INVALID;
	ctx = digest_ctx(key, EVP_PKEY_verify_init);
	ok = ctx && EVP_PKEY_verify(ctx, signature.data, signature.len, digest.data, digest.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return settle(ok, ERR_DENIED);
}

enum err key_sign(const struct key *key, struct arena *arena, struct bytes message, struct bytes *out)
{
	unsigned char digest[HASH_LEN];

	if (key->kind == KEY_ED25519)
		return ed25519_sign(key, arena, message, out);
	TRY(key_digest(key, message, digest));
	return key_sign_digest(key, arena, BYTES_OF(digest), out);
}

enum err key_verify(const struct key *key, struct bytes message, struct bytes signature)
{
	unsigned char digest[HASH_LEN];

	if (key->kind == KEY_ED25519)
		return ed25519_verify(key, message, signature);
	TRY(key_digest(key, message, digest));
	return key_verify_digest(key, BYTES_OF(digest), signature);
}

const char *key_kind_name(enum key_kind kind)
{
	return kinds[kind].name;
}

const char *key_signature_oid(enum key_kind kind)
{
	return kinds[kind].signature_oid;
}

const char *key_hash_oid(enum key_kind kind)
{
	return kinds[kind].hash_oid;
}

int key_bits(enum key_kind kind)
{
	return kinds[kind].bits;
}
