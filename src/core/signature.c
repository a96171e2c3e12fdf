/* The values that an approval made (SCAN-6): one row for each key of a ticket, for a thousand rows would cost more than
 * half of what a thousand signatures do. */
#include "base/buf.h"
#include "core/ticket_row.h"

static enum err store_key(struct ctx *ctx, int64_t ticket, const struct ticket_item *items, const struct bytes *values,
	size_t count, int64_t credential)
{
	struct buf list = buf_new(ctx->arena);

	for (size_t i = 0; i < count; i++) {
		if (items[i].credential != credential)
			continue;
		buf_u16(&list, (unsigned)values[i].len);
		buf_bytes(&list, values[i]);
	}
	return store_add(ctx->store, "INSERT INTO signature (ticket, credential, list) VALUES ($1, $2, $3)", V(ticket),
		V(credential), V(buf_view(&list)));
}

enum err ticket_values_store(
	struct ctx *ctx, int64_t ticket, const struct ticket_item *items, const struct bytes *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ticket_item_is_first(items, i))
			TRY(store_key(ctx, ticket, items, values, count, items[i].credential));
	return OK;
}

static bool next_value(struct bytes *left, struct bytes *out)
{
	size_t len;

	if (left->len < 2)
		return false;
	len = (size_t)left->data[0] << 8 | left->data[1];
	if (left->len - 2 < len)
		return false;
	*out = (struct bytes){ left->data + 2, len };
	*left = (struct bytes){ left->data + 2 + len, left->len - 2 - len };
	return true;
}

enum err ticket_values_load(
	struct ctx *ctx, int64_t ticket, int64_t credential, struct ticket_value *out, size_t *count)
{
	struct bytes left = { NULL, 0 };
	struct ticket_item *items;
	size_t all;
	enum err err = store_one(ctx->store, "SELECT list FROM signature WHERE ticket = $1 AND credential = $2",
		V(ticket), V(credential), INTO(&left));

	*count = 0;
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	TRY(ticket_items_of(ctx, ticket, &items, &all));
	for (size_t i = 0; i < all; i++) {
		if (items[i].credential != credential)
			continue;
		if (!next_value(&left, &out[*count].value))
			return ERR_BROKEN;
		out[(*count)++].hash = items[i].hash;
	}
	return left.len ? ERR_BROKEN : OK;
}
