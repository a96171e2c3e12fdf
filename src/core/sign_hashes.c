/* What a SAD opens (API-2, SCAN-6): values that the approval made, for exactly the hashes it was given for. Nothing is
 * signed here: this program has no keys. */
#include "base/text.h"
#include "core/token_row.h"

struct handing {
	const struct token *sad;
	int64_t credential;
	const struct bytes *hashes;
	size_t count;
	struct bytes *out;
};

static enum err not_authorized(struct ctx *ctx)
{
	return token_refuse(ctx, ERR_DENIED, "invalid_request", "Hash is not authorized by the SAD");
}

/* The approved values of this key, by the platform's order. */
struct approved {
	struct bytes *hashes, *values;
	size_t count;
};

static enum err load_approved(struct ctx *ctx, const struct handing *h, struct approved *out)
{
	struct rows rows;

	out->hashes = ARENA_ARRAY(ctx->arena, struct bytes, TICKET_ITEMS_MAX + 1);
	out->values = ARENA_ARRAY(ctx->arena, struct bytes, TICKET_ITEMS_MAX + 1);
	out->count = 0;
	rows_open(ctx->store, &rows,
		"SELECT i.hash, s.value FROM ticket_item i JOIN signature s ON s.item = i.id "
		"WHERE i.ticket = $1 AND i.credential = $2 ORDER BY i.place LIMIT $3",
		V(h->sad->ticket), V(h->credential), V(TICKET_ITEMS_MAX));
	while (rows_next(&rows, INTO(&out->hashes[out->count]), INTO(&out->values[out->count])))
		out->count++;
	return rows_close(&rows);
}

static enum err match(struct ctx *ctx, const struct handing *h, const struct approved *approved)
{
	for (size_t i = 0; i < h->count; i++) {
		size_t at = 0;

		while (at < approved->count && !bytes_equal(h->hashes[i], approved->hashes[at]))
			at++;
		if (at == approved->count)
			return not_authorized(ctx);
		h->out[i] = approved->values[at];
	}
	return OK;
}

static enum err check_key(struct ctx *ctx, const struct handing *h, struct credential *key)
{
	enum err err = credential_load(ctx, h->credential, key);

	/* another person's credential is as unknown as none */
	if (err == ERR_NOT_FOUND || (err == OK && key->account != h->sad->account))
		return token_refuse(ctx, ERR_INVALID, "invalid_request", "Invalid parameter credentialID");
	TRY(err);
	if (key->usable)
		return OK;
	return token_refuse(ctx, ERR_CONFLICT, "invalid_request", "The certificate is no longer valid");
}

static enum err do_hand_out(struct ctx *ctx, void *arg)
{
	const struct handing *h = arg;
	struct approved approved;
	struct credential key;

	TRY(check_key(ctx, h, &key));
	TRY(load_approved(ctx, h, &approved));
	TRY(match(ctx, h, &approved));
	/* asked again here: the SAD may have been revoked since it was found */
	return store_change_one(ctx->store,
		"UPDATE token SET uses = uses + 1 WHERE id = $1 AND ended IS NULL AND expires > $2", V(h->sad->id),
		V(ctx->now));
}

static enum err check_form(struct ctx *ctx, const struct handing *h, const char *sign_oid)
{
	struct credential key;

	if (h->sad->kind != TOKEN_SAD)
		return token_refuse(ctx, ERR_DENIED, "invalid_token", "The token is no SAD");
	if (!h->count)
		return token_refuse(ctx, ERR_INVALID, "invalid_request", "Empty hash array");
	if (h->count > TICKET_ITEMS_MAX)
		return token_refuse(ctx, ERR_INVALID, "invalid_request", "Numbers of signatures is too high");
	for (size_t i = 0; i < h->count; i++)
		if (h->hashes[i].len != HASH_LEN)
			return token_refuse(ctx, ERR_INVALID, "invalid_request", "Invalid digest value length");
	TRY(check_key(ctx, h, &key));
	if (!text_equal(sign_oid, key_signature_oid(key.kind)))
		return token_refuse(ctx, ERR_INVALID, "invalid_request", "Invalid parameter signAlgo");
	return OK;
}

enum err token_sign_hashes(struct ctx *ctx, const struct token *sad, int64_t credential, const char *sign_oid,
	const struct bytes *hashes, size_t count, struct bytes *signatures)
{
	struct handing h = { sad, credential, hashes, count, signatures };
	enum err err;

	TRY(check_form(ctx, &h, sign_oid));
	err = ctx_transaction(ctx, do_hand_out, &h);
	if (err != OK)
		memset(signatures, 0, count * sizeof *signatures);
	return err;
}
