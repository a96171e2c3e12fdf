/* The leaf: fixed order, fixed widths, big-endian, so that a checker needs this description and no engine. */
#include "base/buf.h"
#include "core/oplog_row.h"

static uint64_t read_u64(const unsigned char *at)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | at[i];
	return number;
}

size_t oplog_row_ref_count(const struct oplog_stored *row)
{
	return row->refs.len / OPLOG_REF_LEN;
}

struct oplog_ref oplog_row_ref(const struct oplog_stored *row, size_t i)
{
	const unsigned char *at = row->refs.data + i * OPLOG_REF_LEN;

	return (struct oplog_ref){ (enum object_kind)read_u64(at), (int64_t)read_u64(at + 8) };
}

struct bytes oplog_row_leaf(struct arena *arena, const struct oplog_stored *row)
{
	const int64_t numbers[] = { row->id, row->time, row->actor_kind, row->actor, row->on_behalf, row->org,
		row->platform, row->ticket, row->instance, row->action, row->object_kind, row->object, row->result };
	static const unsigned char none[HASH_LEN];
	struct buf leaf = buf_new(arena);

	buf_u8(&leaf, OPLOG_LEAF_VERSION);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		buf_u64(&leaf, (uint64_t)numbers[i]);
	buf_bytes(&leaf, row->digest.len == HASH_LEN ? row->digest : BYTES_OF(none));
	buf_part(&leaf, row->refs);
	buf_bytes(&leaf, row->subjects);
	return buf_view(&leaf);
}

struct hash_value oplog_row_hash(struct arena *arena, const struct oplog_stored *row)
{
	return tree_leaf(oplog_row_leaf(arena, row));
}

bool oplog_row_holds(struct ctx *ctx, const struct oplog_stored *row)
{
	struct hash_value hash = oplog_row_hash(ctx->arena, row);
	struct bytes mac = vault_log_mac(ctx->vault, ctx->arena, BYTES_OF(hash.octets));

	return bytes_equal(row->leaf_hash, BYTES_OF(hash.octets)) && row->mac.len == mac.len &&
		crypto_equal(row->mac.data, mac.data, mac.len);
}

struct bytes oplog_subject_aad(struct arena *arena, int64_t row)
{
	struct buf aad = buf_new(arena);

	buf_text(&aad, "oplog");
	buf_u64(&aad, (uint64_t)row);
	return buf_view(&aad);
}
