/* What a SAD opens (API-2, SCAN-6): values that the approval made, for exactly the hashes it was given for. Nothing is
 * signed here: this program has no keys. */
#include "base/text.h"
#include "core/ticket_row.h"
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

/* Platforms mostly ask in the order in which they asked before, so each search begins where the last one ended. */
static enum err match(struct ctx *ctx, const struct handing *h, const struct ticket_value *approved, size_t count)
{
	size_t at = 0;

	for (size_t i = 0; i < h->count; i++, at++) {
		size_t looked = 0;

		while (looked < count && !bytes_equal(h->hashes[i], approved[at % count].hash)) {
			looked++;
			at++;
		}
		if (looked == count)
			return not_authorized(ctx);
		h->out[i] = approved[at % count].value;
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
	struct ticket_value *approved = ARENA_ARRAY(ctx->arena, struct ticket_value, TICKET_ITEMS_MAX + 1);
	struct credential key;
	size_t count;

	TRY(check_key(ctx, h, &key));
	TRY(ticket_values_load(ctx, h->sad->ticket, h->credential, approved, &count));
	TRY(match(ctx, h, approved, count));
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
