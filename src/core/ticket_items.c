/* What a ticket asks to sign (SCAN-6): one sealed list for each ticket, in the form that its digest is taken over
 * (docs/ticket-digest.md), for a row for each hash would cost a third of what its signature does. */
#include "base/text.h"
#include "core/ticket_row.h"

/* ---- the list */

/* Writes a big-endian number of so many bytes, and what stands behind it. */
static unsigned char *put_number(unsigned char *at, size_t len, uint64_t value)
{
	for (size_t i = len; i > 0; i--, value >>= 8)
		at[i - 1] = (unsigned char)value;
	return at + len;
}

static unsigned char *put_part(unsigned char *at, struct bytes part)
{
	at = put_number(at, 4, part.len);
	if (part.len)
		memcpy(at, part.data, part.len);
	return at + part.len;
}

/* Measured first: a list of a thousand that grows is copied eleven times. */
static struct bytes write_list(struct arena *arena, const struct ticket_item *items, size_t count)
{
	unsigned char *data, *at;
	size_t len = 0;

	for (size_t i = 0; i < count; i++)
		len += 8 + 4 * 4 + bytes_of_text(items[i].hash_oid).len + bytes_of_text(items[i].sign_oid).len +
			items[i].hash.len + bytes_of_text(items[i].label).len;
	at = data = arena_raw(arena, len);
	for (size_t i = 0; i < count; i++) {
		at = put_number(at, 8, (uint64_t)items[i].credential);
		at = put_part(at, bytes_of_text(items[i].hash_oid));
		at = put_part(at, bytes_of_text(items[i].sign_oid));
		at = put_part(at, items[i].hash);
		at = put_part(at, bytes_of_text(items[i].label));
	}
	return (struct bytes){ data, len };
}

/* Takes a big-endian number of so many bytes. */
static bool take_number(struct bytes *left, size_t len, uint64_t *out)
{
	*out = 0;
	if (left->len < len)
		return false;
	for (size_t i = 0; i < len; i++)
		*out = *out << 8 | left->data[i];
	*left = (struct bytes){ left->data + len, left->len - len };
	return true;
}

static bool take_part(struct bytes *left, struct bytes *out)
{
	uint64_t len;

	if (!take_number(left, 4, &len) || left->len < len)
		return false;
	*out = (struct bytes){ left->data, (size_t)len };
	*left = (struct bytes){ left->data + len, left->len - (size_t)len };
	return true;
}

/* known: the same text of the item before, or NULL; algorithms seldom change within a list. */
static bool take_text(struct arena *arena, struct bytes *left, const char *known, const char **out)
{
	struct bytes part;

	if (!take_part(left, &part))
		return false;
	*out = known && bytes_equal(bytes_of_text(known), part)
		? known
		: arena_text_n(arena, (const char *)part.data, part.len);
	return true;
}

static bool take_item(
	struct arena *arena, struct bytes *left, const struct ticket_item *before, struct ticket_item *out)
{
	uint64_t credential;

	if (!take_number(left, 8, &credential) ||
		!take_text(arena, left, before ? before->hash_oid : NULL, &out->hash_oid) ||
		!take_text(arena, left, before ? before->sign_oid : NULL, &out->sign_oid) ||
		!take_part(left, &out->hash) || !take_text(arena, left, NULL, &out->label))
		return false;
	out->credential = (int64_t)credential;
	return true;
}

static enum err read_list(struct arena *arena, struct bytes list, struct ticket_item **out, size_t *count)
{
	while (list.len) {
		ARENA_ROOM(arena, *out, *count);
		if (!take_item(arena, &list, *count ? &(*out)[*count - 1] : NULL, &(*out)[*count]))
			return ERR_BROKEN;
		++*count;
	}
	return OK;
}

/* ---- the row */

enum err ticket_items_store(struct ctx *ctx, int64_t ticket, const struct ticket_item *items, size_t count)
{
	struct bytes list = write_list(ctx->arena, items, count);

	return store_add(ctx->store, "INSERT INTO ticket_items (ticket, list_box) VALUES ($1, $2)", V(ticket),
		V(vault_seal(ctx->vault, ctx->arena, AT("ticket_items", "list_box", ticket), list)));
}

enum err ticket_items_of(struct ctx *ctx, int64_t ticket, struct ticket_item **out, size_t *count)
{
	struct bytes box, list;
	enum err err;

	*out = NULL;
	*count = 0;
	err = store_one(ctx->store, "SELECT list_box FROM ticket_items WHERE ticket = $1", V(ticket), INTO(&box));
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	TRY(vault_unseal(ctx->vault, ctx->arena, AT("ticket_items", "list_box", ticket), box, &list));
	return read_list(ctx->arena, list, out, count);
}

struct bytes ticket_digest(struct arena *arena, const struct ticket_item *items, size_t count)
{
	unsigned char digest[HASH_LEN];

	crypto_hash(HASH_SHA256, write_list(arena, items, count), digest);
	return arena_bytes(arena, digest, sizeof digest);
}

bool ticket_item_is_first(const struct ticket_item *items, size_t i)
{
	/* a ticket has two credentials at most, so this ends soon */
	for (size_t before = 0; before < i; before++)
		if (items[before].credential == items[i].credential)
			return false;
	return true;
}
