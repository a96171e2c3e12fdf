/* HPKE (RFC 9180), base mode, one message a box. */
#include "trust/libcrypto.h"
#include "trust/box.h"
#include "base/buf.h"

/* "KEM" and DHKEM(X25519, HKDF-SHA256); "HPKE" and KEM, HKDF-SHA256, AES-256-GCM (RFC 9180 7). */
static const unsigned char kem_suite[] = { 'K', 'E', 'M', 0x00, 0x20 };
static const unsigned char hpke_suite[] = { 'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x02 };
static const unsigned char no_salt[HASH_LEN];

static const struct bytes nothing = { NULL, 0 };

enum { ENC_LEN = BOX_PUBLIC_LEN, PLAIN_MAX = 1024 * 1024 };

struct sealing {
	unsigned char key[KEY_LEN], nonce[GCM_NONCE_LEN];
};

static void labeled_extract(struct arena *secret, struct bytes suite, struct bytes salt, const char *label,
	struct bytes ikm, unsigned char out[HASH_LEN])
{
	struct buf in = buf_new(secret);

	buf_text(&in, "HPKE-v1");
	buf_bytes(&in, suite);
	buf_text(&in, label);
	buf_bytes(&in, ikm);
	crypto_hmac(salt.len ? salt : BYTES_OF(no_salt), buf_view(&in), out);
}

/* len of at most one block, so that HKDF-Expand is a single HMAC (RFC 5869 2.3). */
static void labeled_expand(struct arena *secret, struct bytes suite, const unsigned char prk[HASH_LEN],
	const char *label, struct bytes info, unsigned char *out, size_t len)
{
	struct buf in = buf_new(secret);
	unsigned char block[HASH_LEN];

	buf_u16(&in, (unsigned)len);
	buf_text(&in, "HPKE-v1");
	buf_bytes(&in, suite);
	buf_text(&in, label);
	buf_bytes(&in, info);
	buf_u8(&in, 1);
	crypto_hmac((struct bytes){ prk, HASH_LEN }, buf_view(&in), block);
	memcpy(out, block, len);
	crypto_wipe(block, sizeof block);
}

/* X25519; false also for a point of low order, whose result is zero (RFC 7748 6.1). */
static bool agree(const unsigned char private_half[32], const unsigned char public_half[32], unsigned char out[32])
{
	EVP_PKEY *own = must(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_half, BOX_PRIVATE_LEN));
	EVP_PKEY *other = must(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, public_half, BOX_PUBLIC_LEN));
	EVP_PKEY_CTX *ctx = must(EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL));
	size_t len = 32;
	bool ok = EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, other) == 1 &&
		EVP_PKEY_derive(ctx, out, &len) == 1 && len == 32;

	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(other);
	EVP_PKEY_free(own);
	return ok;
}

static bool public_of(const unsigned char private_half[32], unsigned char out[32])
{
	EVP_PKEY *own = must(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_half, BOX_PRIVATE_LEN));
	size_t len = 32;
	bool ok = EVP_PKEY_get_raw_public_key(own, out, &len) == 1 && len == 32;

	EVP_PKEY_free(own);
	return ok;
}

/* ExtractAndExpand of RFC 9180 4.1: both ends come to the same shared secret. */
static void shared_secret(struct arena *secret, const unsigned char dh[32], const unsigned char enc[ENC_LEN],
	const unsigned char receiver[BOX_PUBLIC_LEN], unsigned char out[HASH_LEN])
{
	unsigned char context[ENC_LEN + BOX_PUBLIC_LEN], prk[HASH_LEN];

	memcpy(context, enc, ENC_LEN);
	memcpy(context + ENC_LEN, receiver, BOX_PUBLIC_LEN);
	labeled_extract(secret, BYTES_OF(kem_suite), nothing, "eae_prk", (struct bytes){ dh, 32 }, prk);
	labeled_expand(secret, BYTES_OF(kem_suite), prk, "shared_secret", BYTES_OF(context), out, HASH_LEN);
	crypto_wipe(prk, sizeof prk);
}

/* KeySchedule of RFC 9180 5.1 without a PSK. */
static void key_schedule(
	struct arena *secret, const unsigned char shared[HASH_LEN], struct bytes info, struct sealing *out)
{
	unsigned char context[1 + 2 * HASH_LEN] = { 0x00 }, prk[HASH_LEN]; /* mode_base */
	struct bytes suite = BYTES_OF(hpke_suite);

	labeled_extract(secret, suite, nothing, "psk_id_hash", nothing, context + 1);
	labeled_extract(secret, suite, nothing, "info_hash", info, context + 1 + HASH_LEN);
	labeled_extract(secret, suite, (struct bytes){ shared, HASH_LEN }, "secret", nothing, prk);
	labeled_expand(secret, suite, prk, "key", BYTES_OF(context), out->key, KEY_LEN);
	labeled_expand(secret, suite, prk, "base_nonce", BYTES_OF(context), out->nonce, GCM_NONCE_LEN);
	crypto_wipe(prk, sizeof prk);
}

/* What the one end derives from its private and the other's public half. */
static enum err derive(const unsigned char private_half[32], const unsigned char peer[32], const unsigned char enc[32],
	const unsigned char receiver[32], struct bytes info, struct sealing *out)
{
	static struct arena *secret; /* the process's: locked pages are dear to get and to give back */
	unsigned char dh[32], shared[HASH_LEN];
	bool ok = agree(private_half, peer, dh);

	if (!secret)
		secret = arena_new(true);

	if (ok) {
		shared_secret(secret, dh, enc, receiver, shared);
		key_schedule(secret, shared, info, out);
	}
	crypto_wipe(dh, sizeof dh);
	crypto_wipe(shared, sizeof shared);
	arena_reset(secret);
	return settle(ok, ERR_INVALID);
}

static const EVP_CIPHER *aes_gcm(void)
{
	static EVP_CIPHER *cipher;

	if (!cipher)
		cipher = must(EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL));
	return cipher;
}

/* out holds in.len bytes; the tag is written when sealing and read when opening. */
static bool gcm(const struct sealing *s, bool seal, struct bytes aad, struct bytes in, unsigned char *out,
	unsigned char tag[GCM_TAG_LEN])
{
	EVP_CIPHER_CTX *ctx = must(EVP_CIPHER_CTX_new());
	unsigned char last[16];
	int len = 0;
	bool ok = EVP_CipherInit_ex2(ctx, aes_gcm(), s->key, s->nonce, seal, NULL) == 1 &&
		(!aad.len || EVP_CipherUpdate(ctx, NULL, &len, aad.data, (int)aad.len) == 1) &&
		(!in.len || EVP_CipherUpdate(ctx, out, &len, in.data, (int)in.len) == 1);

	if (ok && !seal)
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_LEN, tag) == 1;
	ok = ok && EVP_CipherFinal_ex(ctx, last, &len) == 1;
	if (ok && seal)
		ok = EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_LEN, tag) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

enum err box_make(unsigned char public_half[BOX_PUBLIC_LEN], unsigned char private_half[BOX_PRIVATE_LEN])
{
	EVP_PKEY *pair = must(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"));
	size_t public_len = BOX_PUBLIC_LEN, private_len = BOX_PRIVATE_LEN;
	bool ok = EVP_PKEY_get_raw_public_key(pair, public_half, &public_len) == 1 &&
		EVP_PKEY_get_raw_private_key(pair, private_half, &private_len) == 1;

	EVP_PKEY_free(pair);
	return settle(ok, ERR_BROKEN);
}

enum err box_seal(struct arena *arena, const unsigned char public_half[BOX_PUBLIC_LEN], struct bytes info,
	struct bytes aad, struct bytes plain, struct bytes *out)
{
	unsigned char own[BOX_PRIVATE_LEN], *box;
	struct sealing sealing;
	enum err err;

	if (plain.len > PLAIN_MAX || aad.len > PLAIN_MAX)
		return ERR_INVALID;
	box = arena_alloc(arena, ENC_LEN + plain.len + GCM_TAG_LEN);
	err = box_make(box, own);
	if (err == OK)
		err = derive(own, public_half, box, public_half, info, &sealing);
	crypto_wipe(own, sizeof own);
	if (err == OK && !gcm(&sealing, true, aad, plain, box + ENC_LEN, box + ENC_LEN + plain.len))
		err = ERR_BROKEN;
	crypto_wipe(&sealing, sizeof sealing);
	if (err == OK)
		*out = (struct bytes){ box, ENC_LEN + plain.len + GCM_TAG_LEN };
	return settle(err == OK, err);
}

enum err box_open(struct arena *secret, const unsigned char private_half[BOX_PRIVATE_LEN], struct bytes info,
	struct bytes aad, struct bytes box, struct bytes *out)
{
	unsigned char receiver[BOX_PUBLIC_LEN], tag[GCM_TAG_LEN], *plain;
	struct sealing sealing;
	size_t len = box.len - ENC_LEN - GCM_TAG_LEN;
	bool ok;

	if (box.len < ENC_LEN + GCM_TAG_LEN || len > PLAIN_MAX || aad.len > PLAIN_MAX)
		return ERR_BROKEN;
	plain = arena_alloc(secret, len);
	memcpy(tag, box.data + ENC_LEN + len, GCM_TAG_LEN);
	ok = public_of(private_half, receiver) &&
		derive(private_half, box.data, box.data, receiver, info, &sealing) == OK &&
		gcm(&sealing, false, aad, (struct bytes){ box.data + ENC_LEN, len }, plain, tag);
	crypto_wipe(&sealing, sizeof sealing);
	if (!ok)
		crypto_wipe(plain, len); /* what GCM wrote before it saw the tag */
	else
		*out = (struct bytes){ plain, len };
	return settle(ok, ERR_BROKEN);
}
