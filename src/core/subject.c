/* The key under which a person's data stand in the log (LOG-3): random, sealed by the vault, one row a key. Without its
 * key_box a row stays, and what was sealed under it is unreadable for good. */
#include "base/id.h"
#include "core/account.h"
#include "core/subject.h"

enum err subject_make(struct ctx *ctx, int64_t account)
{
	int64_t id = id_new(ctx->now);
	unsigned char key[KEY_LEN];
	struct bytes box;

	crypto_random(key, sizeof key);
	box = vault_seal(ctx->vault, ctx->arena, AT("subject_key", "key_box", id), BYTES_OF(key));
	crypto_wipe(key, sizeof key);
	return store_add(ctx->store, "INSERT INTO subject_key (id, account, key_box) VALUES ($1, $2, $3)", V(id),
		V(account), V(box));
}

static enum err open_key(struct ctx *ctx, int64_t id, struct bytes box, struct bytes *key)
{
	if (!box.data)
		return ERR_NOT_FOUND;
	TRY(vault_unseal(ctx->vault, ctx->secret, AT("subject_key", "key_box", id), box, key));
	return key->len == KEY_LEN ? OK : ERR_BROKEN;
}

enum err subject_seal(
	struct ctx *ctx, int64_t account, struct bytes aad, struct bytes plain, int64_t *key, struct bytes *out)
{
	struct bytes box, opened;

	TRY(store_one(ctx->store, "SELECT id, key_box FROM subject_key WHERE account = $1 ORDER BY id DESC LIMIT 1",
		V(account), INTO(key), INTO(&box)));
	TRY(open_key(ctx, *key, box, &opened));
	*out = crypto_seal(ctx->arena, opened.data, aad, plain);
	return OK;
}

static enum err find_key(struct ctx *ctx, int64_t id, struct subject_opened *out)
{
	struct bytes box;

	*out = (struct subject_opened){ 0 };
	TRY(store_one(ctx->store, "SELECT key_box FROM subject_key WHERE id = $1", V(id), INTO(&box)));
	TRY(open_key(ctx, id, box, &out->secret));
	out->id = id;
	return OK;
}

enum err subject_unseal(struct ctx *ctx, struct subject_opened *last, int64_t key, struct bytes aad, struct bytes box,
	struct bytes *out)
{
	if (!last->secret.data || last->id != key)
		TRY(find_key(ctx, key, last));
	return crypto_open(ctx->arena, last->secret.data, aad, box, out);
}
