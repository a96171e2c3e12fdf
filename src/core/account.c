/* Accounts: found by the keyed hash of their phone, made at the first successful login. */
#include "base/id.h"
#include "core/account.h"
#include "core/subject.h"

static struct bytes phone_hash(struct ctx *ctx, const char *e164)
{
	return vault_hash_text(ctx->vault, ctx->arena, "account.phone", e164);
}

enum err account_load(struct ctx *ctx, int64_t id, struct account *out)
{
	struct bytes phone;

	*out = (struct account){ .id = id };
	TRY(store_one(ctx->store, "SELECT phone_box, state, made, last_login FROM account WHERE id = $1", V(id),
		INTO(&phone), INTO(&out->state), INTO(&out->made), INTO(&out->last_login)));
	return vault_unseal_text(ctx->vault, ctx->arena, AT("account", "phone_box", id), phone, &out->phone);
}

enum err account_by_phone(struct ctx *ctx, const char *e164, int64_t *id)
{
	return store_one(
		ctx->store, "SELECT id FROM account WHERE phone_hash = $1", V(phone_hash(ctx, e164)), INTO(id));
}

static enum err make(struct ctx *ctx, const char *e164, int64_t *id)
{
	*id = id_new(ctx->now);
	TRY(store_add(ctx->store,
		"INSERT INTO account (id, phone_box, phone_hash, state, made) VALUES ($1, $2, $3, $4, $5)", V(*id),
		V(vault_seal_text(ctx->vault, ctx->arena, AT("account", "phone_box", *id), e164)),
		V(phone_hash(ctx, e164)), V(ACCOUNT_OPEN), V(ctx->now)));
	return subject_make(ctx, *id);
}

enum err account_find_or_make(struct ctx *ctx, const char *e164, int64_t *id, bool *made)
{
	enum err err = account_by_phone(ctx, e164, id);

	*made = err == ERR_NOT_FOUND;
	return *made ? make(ctx, e164, id) : err;
}

enum err account_logged_in(struct ctx *ctx, int64_t id)
{
	return store_change_one(ctx->store, "UPDATE account SET last_login = $2 WHERE id = $1", V(id), V(ctx->now));
}
