/* What a person keeps of a row, and what anybody may ask of the log: leaf, receipt, checkpoints, consistency. */
#include "core/oplog_row.h"
#include "core/org.h"

static enum err read_node(void *arg, int level, int64_t index, struct hash_value *out)
{
	struct bytes hash;
	enum err err = store_one(
		arg, "SELECT hash FROM tree WHERE level = $1 AND place = $2", V(level), V(index), INTO(&hash));

	if (err == ERR_NOT_FOUND || (err == OK && hash.len != HASH_LEN))
		return ERR_BROKEN;
	TRY(err);
	memcpy(out->octets, hash.data, HASH_LEN);
	return OK;
}

struct tree oplog_tree(struct store *store)
{
	return (struct tree){ .read = read_node, .arg = store };
}

enum err oplog_tree_size(struct store *store, int64_t *out)
{
	enum err err = store_one(
		store, "SELECT place + 1 FROM tree WHERE level = 0 ORDER BY place DESC LIMIT 1", INTO(out));

	if (err == ERR_NOT_FOUND)
		*out = 0;
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err oplog_check_org(struct ctx *ctx, int64_t org)
{
	enum role role;

	TRY(member_role(ctx, org, ctx->actor.id, &role));
	return role == ROLE_LEGAL_REP || role == ROLE_ADMIN ? OK : ERR_NOT_FOUND;
}

enum err oplog_check_mine(struct ctx *ctx, int64_t id)
{
	int64_t org;
	enum err err = store_one(ctx->store,
		"SELECT org FROM oplog_ref WHERE object_kind = $1 AND object = $2 AND oplog = $3", V(OBJECT_ACCOUNT),
		V(ctx->actor.id), V(id), INTO(&org));

	if (err != ERR_NOT_FOUND)
		return err;
	TRY(store_one(ctx->store, "SELECT org FROM oplog WHERE id = $1", V(id), INTO(&org)));
	return org ? oplog_check_org(ctx, org) : ERR_NOT_FOUND;
}

enum err oplog_leaf(struct ctx *ctx, int64_t id, struct bytes *leaf)
{
	struct oplog_stored row;

	TRY(oplog_check_mine(ctx, id));
	TRY(store_one(
		ctx->store, "SELECT " OPLOG_ROW_COLUMNS " FROM oplog WHERE id = $1", V(id), OPLOG_ROW_INTO(&row)));
	*leaf = oplog_row_leaf(ctx->arena, &row);
	return OK;
}

struct proving {
	int64_t id;
	const char *receipt;
};

static enum err do_receipt(struct ctx *ctx, void *arg)
{
	struct proving *p = arg;
	const struct tree tree = oplog_tree(ctx->store);
	struct tree_proof proof;
	int64_t place, size;
	const char *note;
	enum err err;

	TRY(oplog_check_mine(ctx, p->id));
	err = store_one(ctx->store, "SELECT place FROM tree WHERE oplog = $1", V(p->id), INTO(&place));
	if (err == ERR_NOT_FOUND)
		return fault(ctx, ERR_CONFLICT, NULL, "record-not-proven");
	TRY(err);
	TRY(store_one(
		ctx->store, "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1", INTO(&size), INTO(&note)));
	TRY(tree_inclusion(&tree, place, size, &proof));
	return receipt_write(ctx->arena, (struct bytes){ NULL, 0 }, place, &proof, note, &p->receipt);
}

enum err oplog_receipt(struct ctx *ctx, int64_t id, const char **receipt)
{
	struct proving p = { .id = id };

	TRY(ctx_reading(ctx, do_receipt, &p));
	*receipt = p.receipt;
	return OK;
}

enum err oplog_newest_checkpoint(struct ctx *ctx, const char **note)
{
	return store_one(ctx->store, "SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1", INTO(note));
}

enum err oplog_checkpoint_at(struct ctx *ctx, int64_t size, const char **note)
{
	return store_one(ctx->store, "SELECT note FROM checkpoint WHERE size = $1", V(size), INTO(note));
}

struct comparing {
	int64_t from, to;
	struct tree_proof *out;
};

static enum err do_consistency(struct ctx *ctx, void *arg)
{
	const struct comparing *c = arg;
	const struct tree tree = oplog_tree(ctx->store);
	int64_t size;

	TRY(oplog_tree_size(ctx->store, &size));
	return c->to > size ? ERR_NOT_FOUND : tree_consistency(&tree, c->from, c->to, c->out);
}

enum err oplog_consistency(struct ctx *ctx, int64_t from, int64_t to, struct tree_proof *out)
{
	return ctx_reading(ctx, do_consistency, &(struct comparing){ from, to, out });
}
