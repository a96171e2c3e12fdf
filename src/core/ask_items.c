/* Checking what a platform wants signed (SCAN-6, SCAN-7, API-2). Descriptions are the CSC's own, as clients compare
 * them. */
#include "base/text.h"
#include "core/ask_items.h"

enum { MOST_CREDENTIALS = 4, LABEL_MOST = 200 };

struct asking {
	const struct platform *platform;
	struct credential list[MOST_CREDENTIALS];
	size_t count;
};

enum err ask_refuse(struct ctx *ctx, enum err err, const char *code, const char *description)
{
	(void)fault(ctx, err, NULL, code);
	ctx->fault.detail = description;
	return err;
}

static enum err invalid(struct ctx *ctx, const char *description)
{
	return ask_refuse(ctx, ERR_INVALID, "invalid_request", description);
}

/* A certificate that was taken for another platform signs nothing here. */
static bool open_to(struct ctx *ctx, const struct platform *platform, int64_t cert)
{
	int64_t only = 0;

	return store_one(ctx->store, "SELECT platform FROM cert WHERE id = $1", V(cert), INTO(&only)) == OK &&
		(!only || only == platform->id);
}

/* The item's credential, loaded once a ticket. NULL: not to be used, whatever the reason: whose it is, is nobody's
 * business. */
static const struct credential *credential_of(struct ctx *ctx, struct asking *asking, int64_t id)
{
	/* the browser that asks need not be the device that signs */
	struct ctx anywhere = *ctx;
	struct credential *found;

	for (size_t i = 0; i < asking->count; i++)
		if (asking->list[i].id == id)
			return &asking->list[i];
	if (asking->count == MOST_CREDENTIALS)
		return NULL;
	found = &asking->list[asking->count];
	anywhere.device = 0;
	if (credential_load(&anywhere, id, found) != OK || !found->usable ||
		!open_to(ctx, asking->platform, found->cert) || found->instance != asking->list[0].instance)
		return NULL;
	asking->count++;
	return found;
}

static enum err check_item(struct ctx *ctx, struct asking *asking, struct ticket_item *item)
{
	const struct credential *credential = credential_of(ctx, asking, item->credential);
	const char *hash_oid, *sign_oid;

	if (!credential)
		return invalid(ctx, "Invalid parameter credentialID");
	hash_oid = key_hash_oid(credential->kind);
	sign_oid = key_signature_oid(credential->kind);
	if (item->hash_oid && !text_equal(item->hash_oid, hash_oid))
		return invalid(ctx, "Invalid parameter hashAlgorithmOID");
	if (item->sign_oid && !text_equal(item->sign_oid, sign_oid))
		return invalid(ctx, "Invalid parameter signAlgo");
	if (item->hash.len != HASH_LEN)
		return invalid(ctx, "Invalid digest value length");
	item->hash_oid = hash_oid;
	item->sign_oid = sign_oid;
	if (!item->label)
		item->label = "";
	if (utf8_count(item->label) > LABEL_MOST || !text_is_plain(item->label))
		return invalid(ctx, "Invalid parameter label");
	return OK;
}

/* A seal of an org is used with an instance of that org's cert (SEAL-7). */
static enum err check_seal(struct ctx *ctx, const struct platform *platform, int kind, int64_t org)
{
	if (kind < 0)
		return OK;
	if (kind > SEAL_LEGAL_REP || !platform_takes_seal(platform, seal_kind_word((enum seal_kind)kind)))
		return invalid(ctx, "Invalid parameter seal_kind");
	return org ? OK : invalid(ctx, "Invalid parameter seal_kind: the credential is not an organization's");
}

enum err ask_items_check(
	struct ctx *ctx, const struct platform *platform, const struct ticket_request *request, struct asked *out)
{
	struct asking asking = { .platform = platform };
	size_t most = request->way == TICKET_PAGE ? TICKET_ITEMS_BY_URL : TICKET_ITEMS_MAX;

	*out = (struct asked){ .count = request->count };
	if (!request->count)
		return request->seal_kind < 0 ? OK : invalid(ctx, "Invalid parameter seal_kind");
	if (request->count > most)
		return invalid(ctx, "Numbers of signatures is too high");
	out->items = ARENA_ARRAY(ctx->arena, struct ticket_item, request->count);
	memcpy(out->items, request->items, request->count * sizeof *request->items);
	for (size_t i = 0; i < request->count; i++)
		TRY(check_item(ctx, &asking, &out->items[i]));
	out->instance = asking.list[0].instance;
	out->org = asking.list[0].org;
	return check_seal(ctx, platform, request->seal_kind, out->org);
}
