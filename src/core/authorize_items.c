/* Items of an authorization request, in the two forms that the CSC knows: plain parameters with one credential, and
 * authorization_details, whose entries may name several credentials of one instance. */
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "core/ask_items.h"
#include "core/authorize_items.h"

static enum err invalid(struct ctx *ctx, const char *description)
{
	return ask_refuse(ctx, ERR_INVALID, "invalid_request", description);
}

static enum err invalid_details(struct ctx *ctx, const char *description)
{
	return ask_refuse(ctx, ERR_INVALID, "invalid_authorization_details", description);
}

bool authorize_hash(struct arena *arena, const char *text, struct bytes *out)
{
	size_t len = strcspn(text, "=");

	return base64_decode(arena, text, out) || base64url_decode(arena, arena_text_n(arena, text, len), out);
}

static bool read_seal_kind(const char *word, int *out)
{
	for (int kind = SEAL_OFFICIAL; kind <= SEAL_LEGAL_REP; kind++) {
		if (text_equal(word, seal_kind_word((enum seal_kind)kind))) {
			*out = kind;
			return true;
		}
	}
	return false;
}

static enum err take_seal(struct ctx *ctx, const char *word, struct ticket_request *r)
{
	int kind;

	if (!word)
		return OK;
	if (!read_seal_kind(word, &kind) || (r->seal_kind >= 0 && r->seal_kind != kind))
		return invalid(ctx, "Invalid parameter seal_kind");
	r->seal_kind = kind;
	return OK;
}

/* ---- authorization_details (RFC 9396, CSC v2) */

static const char *const entry_texts[] = { "type", "credentialID", "hashAlgorithmOID", "signAlgo", "seal_kind", NULL };
static const char *const digest_texts[] = { "hash", "label", NULL };

static bool is_one_of(const char *name, const char *const *names)
{
	while (*names && !text_equal(name, *names))
		names++;
	return *names != NULL;
}

/* Whether value is an object of these texts and at most one list. What an entry asks beyond what is known here is
 * refused, not ignored (RFC 9396 5): the person would approve less than the platform believes. */
static bool has_only(const json_t *value, const char *const *texts, const char *list)
{
	json_t *object = (json_t *)value; /* jansson walks objects that it could change */
	const char *name;
	json_t *field;

	json_object_foreach(object, name, field) if (!(is_one_of(name, texts) && json_is_string(field)) &&
		!(text_equal(name, list) && json_is_array(field))) return false;
	return json_is_object(value);
}

static enum err take_digest(
	struct ctx *ctx, const json_t *digest, struct ticket_item form, struct ticket_item *list, size_t *count)
{
	const char *hash = json_text(digest, "hash");

	if (*count == TICKET_ITEMS_MAX)
		return invalid(ctx, "Numbers of signatures is too high");
	if (!has_only(digest, digest_texts, NULL))
		return invalid_details(ctx, "Unknown field, or one of another type, in documentDigests");
	if (!hash || !authorize_hash(ctx->arena, hash, &form.hash))
		return invalid_details(ctx, "Invalid Base64 hash string parameter");
	form.label = arena_text(ctx->arena, json_text(digest, "label"));
	list[(*count)++] = form;
	return OK;
}

static enum err take_entry(struct ctx *ctx, const json_t *entry, struct ticket_item *list, struct ticket_request *r)
{
	const json_t *digests = json_list(entry, "documentDigests");
	const char *credential = json_text(entry, "credentialID");
	struct ticket_item form = { .hash_oid = arena_text(ctx->arena, json_text(entry, "hashAlgorithmOID")),
		.sign_oid = arena_text(ctx->arena, json_text(entry, "signAlgo")) };

	if (!text_equal(json_text(entry, "type"), "credential"))
		return invalid_details(ctx, "Invalid parameter type");
	if (!has_only(entry, entry_texts, "documentDigests"))
		return invalid_details(ctx, "Unknown field, or one of another type, in authorization_details");
	if (!credential || !id_parse(credential, &form.credential))
		return invalid_details(ctx, "Invalid parameter credentialID");
	if (!json_array_size(digests))
		return invalid_details(ctx, "Missing (or invalid type) array parameter documentDigests");
	for (size_t i = 0; i < json_array_size(digests); i++)
		TRY(take_digest(ctx, json_array_get(digests, i), form, list, &r->count));
	return take_seal(ctx, json_text(entry, "seal_kind"), r);
}

static enum err take_details(struct ctx *ctx, const char *text, struct ticket_request *r)
{
	struct ticket_item *list = ARENA_ARRAY(ctx->arena, struct ticket_item, TICKET_ITEMS_MAX);
	json_t *details = NULL;
	enum err err = OK;

	if (json_read(bytes_of_text(text), &details) != OK || !json_array_size(details))
		err = invalid_details(ctx, "authorization_details is not an array of objects");
	for (size_t i = 0; err == OK && i < json_array_size(details); i++)
		err = take_entry(ctx, json_array_get(details, i), list, r);
	json_release(&details);
	r->items = list;
	return err;
}

/* ---- plain parameters: hash and numSignatures of v1, hashes and hashAlgorithmOID of v2 */

static enum err take_hashes(struct ctx *ctx, const char *hashes, struct ticket_item form, struct ticket_request *r)
{
	struct ticket_item *list = ARENA_ARRAY(ctx->arena, struct ticket_item, TICKET_ITEMS_MAX);

	r->items = list;
	while (hashes) {
		size_t len = strcspn(hashes, ",");

		if (r->count == TICKET_ITEMS_MAX)
			return invalid(ctx, "Numbers of signatures is too high");
		if (!authorize_hash(ctx->arena, arena_text_n(ctx->arena, hashes, len), &form.hash))
			return invalid(ctx, "Invalid Base64 hash string parameter");
		list[r->count++] = form;
		hashes = hashes[len] ? hashes + len + 1 : NULL;
	}
	return OK;
}

static enum err check_number(struct ctx *ctx, const char *number, size_t count)
{
	int64_t wanted;

	if (!number)
		return invalid(ctx, "Missing (or invalid type) integer parameter numSignatures");
	if (!parse_int(number, 1, INT32_MAX, &wanted))
		return invalid(ctx, "Invalid value for parameter numSignatures");
	if (wanted > TICKET_ITEMS_MAX)
		return invalid(ctx, "Numbers of signatures is too high");
	return (size_t)wanted == count ? OK : invalid(ctx, "Invalid value for parameter numSignatures");
}

static enum err take_plain(struct parameters *p, const char *credential, struct ticket_request *r)
{
	const char *v1 = parameter(p, "hash"), *v2 = parameter(p, "hashes");
	struct ticket_item form = { .hash_oid = parameter(p, "hashAlgorithmOID"),
		.label = parameter(p, "description") };

	if (!credential)
		return invalid(p->ctx, "Missing (or invalid type) string parameter credentialID");
	if (!id_parse(credential, &form.credential))
		return invalid(p->ctx, "Invalid parameter credentialID");
	if (!v1 && !v2)
		return invalid(p->ctx, "Missing (or invalid type) array parameter hash");
	TRY(take_hashes(p->ctx, v2 ? v2 : v1, form, r));
	TRY(check_number(p->ctx, parameter(p, "numSignatures"), r->count));
	return take_seal(p->ctx, parameter(p, "seal_kind"), r);
}

enum err authorize_items(struct parameters *p, struct ticket_request *r)
{
	const char *details = parameter(p, "authorization_details"), *credential = parameter(p, "credentialID");

	r->seal_kind = -1;
	r->count = 0;
	if (details && credential)
		return invalid(p->ctx, "authorization_details and credentialID exclude each other");
	if (details)
		return take_details(p->ctx, details, r);
	if (credential || text_equal(r->scope, "credential"))
		return take_plain(p, credential, r);
	return OK;
}
