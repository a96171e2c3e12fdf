/* The log lane's act: new rows get their places. Reading and signing come first and hold no lock; then one short write
 * transaction stores what was worked out, unless somebody gave the same places meanwhile.
 *
 * A row without a right leaf hash and HMAC gets no place: it was written by somebody without keys/data, or under other
 * keys (a restore with the wrong ones). It stays in oplog_new, passed over, so that verify-log names it and so that it
 * is numbered after all once the right keys are back. */
#include "base/log.h"
#include "core/oplog_row.h"

struct node {
	int level;
	int64_t index, oplog; /* oplog of a leaf, else 0 */
	struct hash_value hash;
};

/* The stored tree with the nodes that are to be added. */
struct growth {
	struct ctx *ctx;
	int64_t size, last; /* size: before; last: the greatest id that was looked at */
	int64_t *rows;
	size_t count, most;
	struct node *nodes;
	size_t node_count;
	int64_t oplog; /* of the leaf being appended */
	const char *note;
	int64_t grown; /* size after */
};

static enum err read_grown(void *arg, int level, int64_t index, struct hash_value *out)
{
	const struct growth *g = arg;
	const struct tree stored = oplog_tree(g->ctx->store);

	for (size_t i = g->node_count; i > 0; i--) {
		if (g->nodes[i - 1].level == level && g->nodes[i - 1].index == index) {
			*out = g->nodes[i - 1].hash;
			return OK;
		}
	}
	return stored.read(stored.arg, level, index, out);
}

static enum err add_grown(void *arg, int level, int64_t index, struct hash_value hash)
{
	struct growth *g = arg;

	g->nodes[g->node_count++] = (struct node){ level, index, level ? 0 : g->oplog, hash };
	return OK;
}

static void refuse(int64_t id)
{
	static int64_t told; /* it is looked at again each second: once is enough */

	if (id > told)
		LOG(LOG_ERROR, "oplog-row-refused", L("row", id));
	told = id > told ? id : told;
}

static enum err append(struct growth *g, const struct oplog_stored *row)
{
	const struct tree tree = { read_grown, add_grown, g };
	struct hash_value hash;

	if (!oplog_row_holds(g->ctx, row)) {
		refuse(row->id);
		return OK;
	}
	memcpy(hash.octets, row->leaf_hash.data, HASH_LEN);
	g->oplog = row->id;
	TRY(tree_append(&tree, g->size + (int64_t)g->count, hash));
	g->rows[g->count++] = row->id;
	return OK;
}

/* The next rows behind the last one that was looked at, as many as are still wanted: an engine may fetch all that a
 * query finds, and a long halt of the lane leaves many. */
static enum err gather_piece(struct growth *g, bool *more)
{
	int64_t wanted = (int64_t)(g->most - g->count), looked = 0;
	struct oplog_stored row;
	struct rows rows;
	enum err err = OK;

	rows_open(g->ctx->store, &rows,
		"SELECT " OPLOG_ROW_COLUMNS " FROM oplog_new JOIN oplog ON oplog.id = oplog_new.oplog "
		"WHERE oplog_new.oplog > $1 ORDER BY oplog_new.oplog LIMIT $2",
		V(g->last), V(wanted));
	for (; err == OK && rows_next(&rows, OPLOG_ROW_INTO(&row)); looked++) {
		err = append(g, &row);
		g->last = row.id;
	}
	TRY(rows_close(&rows));
	*more = looked == wanted && g->count < g->most;
	return err;
}

/* Looks at new rows in the order of their ids until there are enough or no more. */
static enum err do_gather(struct ctx *ctx, void *arg)
{
	struct growth *g = arg;
	bool more = true;

	TRY(oplog_tree_size(ctx->store, &g->size));
	while (more)
		TRY(gather_piece(g, &more));
	return OK;
}

static enum err sign(struct growth *g, const struct key *key)
{
	const struct tree tree = { read_grown, add_grown, g };
	struct checkpoint checkpoint = { .origin = g->ctx->settings->log_origin, .size = g->grown };

	TRY(tree_root(&tree, checkpoint.size, &checkpoint.root));
	return checkpoint_sign(g->ctx->arena, key, &checkpoint, &g->note);
}

static enum err do_store(struct ctx *ctx, void *arg)
{
	const struct growth *g = arg;

	/* a place that is taken is a conflict: another log lane was quicker */
	for (size_t i = 0; i < g->node_count; i++) {
		const struct node *node = &g->nodes[i];

		TRY(store_add(ctx->store, "INSERT INTO tree (level, place, hash, oplog) VALUES ($1, $2, $3, $4)",
			V(node->level), V(node->index), V(BYTES_OF(node->hash.octets)),
			node->oplog ? V(node->oplog) : V_NULL));
	}
	for (size_t i = 0; i < g->count; i++)
		TRY(store_change_one(ctx->store, "DELETE FROM oplog_new WHERE oplog = $1", V(g->rows[i])));
	return store_add(ctx->store, "INSERT INTO checkpoint (size, time, note) VALUES ($1, $2, $3)", V(g->grown),
		V(ctx->now), V(g->note));
}

enum err oplog_number(struct ctx *ctx, const struct key *checkpoint_key, int most, int *numbered)
{
	struct growth g = { .ctx = ctx,
		.last = INT64_MIN,
		.most = (size_t)most,
		.rows = ARENA_ARRAY(ctx->arena, int64_t, (size_t)most) };

	*numbered = 0;
	/* n leaves complete fewer than n further subtrees, and at most 62 that began before them */
	g.nodes = ARENA_ARRAY(ctx->arena, struct node, 2 * (size_t)most + 64);
	TRY(ctx_reading(ctx, do_gather, &g));
	if (!g.count)
		return OK;
	g.grown = g.size + (int64_t)g.count;
	TRY(sign(&g, checkpoint_key));
	TRY(ctx_transaction(ctx, do_store, &g));
	*numbered = (int)g.count;
	return OK;
}

enum err oplog_waiting(struct ctx *ctx, int64_t *count, int64_t *oldest)
{
	enum err err;

	TRY(store_one(ctx->store, "SELECT count(*) FROM oplog_new", INTO(count)));
	err = store_one(ctx->store,
		"SELECT time FROM oplog_new JOIN oplog ON oplog.id = oplog_new.oplog ORDER BY oplog_new.oplog LIMIT 1",
		INTO(oldest));
	if (err == ERR_NOT_FOUND)
		*oldest = 0;
	return err == ERR_NOT_FOUND ? OK : err;
}
