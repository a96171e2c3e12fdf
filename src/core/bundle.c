/* Making and locking an instance's keys (bundle.h). Plain private halves stand in the secret arena or are wiped. */
#include "base/buf.h"
#include "base/id.h"
#include "core/bundle.h"

#define INFO_KEY      bytes_of_text("yinxin/instance-key")
#define INFO_RECOVERY bytes_of_text("yinxin/recovery-copy")

static struct bytes key_aad(struct arena *arena, int64_t credential)
{
	struct buf aad = buf_new(arena);

	buf_u64(&aad, (uint64_t)credential);
	return buf_view(&aad);
}

/* A row under another instance, or an instance under another person or cert, is another owner's. */
static struct bytes recovery_aad(struct arena *arena, const struct bundle_owner *owner, int64_t credential)
{
	struct buf aad = buf_new(arena);

	buf_u64(&aad, (uint64_t)credential);
	buf_u64(&aad, (uint64_t)owner->instance);
	buf_u64(&aad, (uint64_t)owner->cert);
	buf_u64(&aad, (uint64_t)owner->account);
	buf_text(&aad, owner->holder);
	return buf_view(&aad);
}

static struct bytes box_aad(struct arena *arena, int64_t instance, struct bytes box_public)
{
	struct buf aad = buf_new(arena);

	buf_text(&aad, "yinxin/instance-box");
	buf_u64(&aad, (uint64_t)instance);
	buf_bytes(&aad, box_public);
	return buf_view(&aad);
}

static void derive(struct bytes secret, const char *info, unsigned char out[KEY_LEN])
{
	crypto_hkdf(secret, (struct bytes){ NULL, 0 }, info, out, KEY_LEN);
}

static void under_account(const unsigned char account_key[KEY_LEN], unsigned char out[KEY_LEN])
{
	derive((struct bytes){ account_key, KEY_LEN }, "instance-box/account", out);
}

static void under_device(const char *device_secret, unsigned char out[KEY_LEN])
{
	derive(bytes_of_text(device_secret), "instance-box/device", out);
}

/* ---- making */

static enum err seal_key(struct ctx *ctx, const struct pin_keys *pin_keys, const struct bundle *bundle,
	const struct key *key, struct bundle_key *out)
{
	struct bytes private_half;

	TRY(key_private_der(key, ctx->secret, &private_half));
	TRY(box_seal(
		ctx->arena, bundle->box_public, INFO_KEY, key_aad(ctx->arena, out->id), private_half, &out->sealed));
	if (out->use != USE_SM2_ENCRYPT) /* a signing key exists in its box alone (CERT-6) */
		return OK;
	return box_seal(ctx->arena, pin_keys->recovery, INFO_RECOVERY,
		recovery_aad(ctx->arena, &bundle->owner, out->id), private_half, &out->recovery);
}

static enum err make_key(
	struct ctx *ctx, const struct pin_keys *pin_keys, const struct bundle *bundle, struct bundle_key *out)
{
	const struct subject subject = { .holder = bundle->owner.holder };
	struct key *key;
	enum err err;

	out->id = id_new(ctx->now);
	TRY(key_make(out->kind, &key));
	err = key_public_der(key, ctx->arena, &out->spki);
	if (err == OK)
		err = request_make(key, ctx->arena, &subject, &out->request);
	if (err == OK)
		err = seal_key(ctx, pin_keys, bundle, key, out);
	key_free(&key);
	return err;
}

static enum err make_box(struct ctx *ctx, const unsigned char account_key[KEY_LEN], struct bundle *bundle)
{
	unsigned char private_half[BOX_PRIVATE_LEN], key[KEY_LEN];

	TRY(box_make(bundle->box_public, private_half));
	under_account(account_key, key);
	bundle->half_locked = crypto_seal(ctx->arena, key,
		box_aad(ctx->arena, bundle->owner.instance, BYTES_OF(bundle->box_public)), BYTES_OF(private_half));
	crypto_wipe(private_half, sizeof private_half);
	crypto_wipe(key, sizeof key);
	return OK;
}

enum err bundle_make(struct ctx *ctx, const struct pin_keys *pin_keys, enum key_kind third,
	const unsigned char account_key[KEY_LEN], struct bundle *bundle)
{
	if (third != KEY_P256)
		return ERR_BROKEN;
	bundle->keys[0] = (struct bundle_key){ .use = USE_SM2_SIGN, .kind = KEY_SM2 };
	bundle->keys[1] = (struct bundle_key){ .use = USE_SM2_ENCRYPT, .kind = KEY_SM2 };
	bundle->keys[2] = (struct bundle_key){ .use = USE_THIRD_SIGN, .kind = third };
	TRY(make_box(ctx, account_key, bundle));
	for (int i = 0; i < BUNDLE_KEYS; i++)
		TRY(make_key(ctx, pin_keys, bundle, &bundle->keys[i]));
	return OK;
}

/* ---- the two locks of the box */

struct bytes bundle_lock(struct ctx *ctx, const struct bundle *bundle, const char *device_secret)
{
	unsigned char key[KEY_LEN];
	struct bytes locked;

	under_device(device_secret, key);
	locked = crypto_seal(ctx->arena, key, box_aad(ctx->arena, bundle->owner.instance, BYTES_OF(bundle->box_public)),
		bundle->half_locked);
	crypto_wipe(key, sizeof key);
	return locked;
}

static enum err open_outer(
	struct ctx *ctx, struct bytes aad, struct bytes box_private, const char *device_secret, struct bytes *half)
{
	unsigned char key[KEY_LEN];
	enum err err;

	under_device(device_secret, key);
	err = crypto_open(ctx->secret, key, aad, box_private, half);
	crypto_wipe(key, sizeof key);
	return err;
}

bool bundle_fits(
	struct ctx *ctx, int64_t instance, struct bytes box_public, struct bytes box_private, const char *device_secret)
{
	struct bytes half;

	return open_outer(ctx, box_aad(ctx->arena, instance, box_public), box_private, device_secret, &half) == OK;
}

enum err bundle_unlock(struct ctx *ctx, int64_t instance, struct bytes box_public, struct bytes box_private,
	const unsigned char account_key[KEY_LEN], const char *device_secret, unsigned char out[BOX_PRIVATE_LEN])
{
	struct bytes aad = box_aad(ctx->arena, instance, box_public), half, plain;
	unsigned char key[KEY_LEN];
	enum err err = open_outer(ctx, aad, box_private, device_secret, &half);

	if (err == OK) {
		under_account(account_key, key);
		err = crypto_open(ctx->secret, key, aad, half, &plain);
		crypto_wipe(key, sizeof key);
	}
	if (err != OK || plain.len != BOX_PRIVATE_LEN)
		return ERR_BROKEN;
	memcpy(out, plain.data, BOX_PRIVATE_LEN);
	return OK;
}

enum err bundle_key_open(struct ctx *ctx, const unsigned char box[BOX_PRIVATE_LEN], int64_t credential,
	struct bytes sealed, struct key **out)
{
	struct bytes private_half;

	TRY(box_open(ctx->secret, box, INFO_KEY, key_aad(ctx->arena, credential), sealed, &private_half));
	return key_from_private_der(private_half, out);
}

/* ---- a former encryption key goes on in another box */

static enum err check_copy(struct ctx *ctx, const struct bundle_key *key, struct bytes private_half)
{
	struct key *opened;
	struct bytes spki;
	enum err err;

	TRY(key_from_private_der(private_half, &opened));
	err = key_public_der(opened, ctx->arena, &spki);
	key_free(&opened);
	TRY(err);
	return bytes_equal(spki, key->spki) ? OK : ERR_BROKEN;
}

enum err bundle_key_move(struct ctx *ctx, const unsigned char recovery[KEY_LEN], const struct bundle_owner *owner,
	struct bytes box_public, struct bundle_key *key)
{
	struct bytes private_half;

	if (box_public.len != BOX_PUBLIC_LEN ||
		box_open(ctx->secret, recovery, INFO_RECOVERY, recovery_aad(ctx->arena, owner, key->id), key->recovery,
			&private_half) != OK ||
		check_copy(ctx, key, private_half) != OK)
		return ERR_BROKEN;
	return box_seal(
		ctx->arena, box_public.data, INFO_KEY, key_aad(ctx->arena, key->id), private_half, &key->sealed);
}
