/* Proving the whole log (LOG-3). One walk over the places: each row against its leaf, each subtree that a leaf
 * completes against the stored one, each checkpoint where its size is reached. Only the hashes of the complete subtrees
 * are kept, and rows come by pieces, so that a log of any size needs the same memory. Then what stands outside the
 * tree. */
#include "base/clock.h"
#include "core/oplog_row.h"

#define STALE_AFTER ((int64_t)MINUTE)
enum { LEVELS = 63, NO_PLACE = -1 };
enum { PIECE = 500 }; /* rows at once: an engine may fetch all that a query finds */

struct walk {
	struct ctx *ctx;
	const char *verifier;
	struct oplog_verdict *verdict;
	struct hash_value complete[LEVELS]; /* of the tree so far: one where its size has that bit */
	int64_t size;
	int64_t next_checkpoint; /* 0: no more */
	int64_t refs;            /* of all rows so far */
};

static enum err find(struct walk *w, enum oplog_finding finding, int64_t row, int64_t place)
{
	if (w->verdict->finding == FINDING_NONE) {
		w->verdict->finding = finding;
		w->verdict->row = row;
		w->verdict->place = place;
	}
	return OK;
}

static bool found(const struct walk *w)
{
	return w->verdict->finding != FINDING_NONE;
}

static bool is_same(struct bytes stored, struct hash_value hash)
{
	return bytes_equal(stored, BYTES_OF(hash.octets));
}

/* Adds a leaf as tree_append does, holding every completed subtree against the stored one. */
static enum err grow(struct walk *w, int64_t row, struct hash_value node)
{
	int64_t index = w->size++;

	for (int level = 0;; level++) {
		struct bytes stored = { NULL, 0 };
		enum err err;

		if (level) {
			err = store_one(w->ctx->store, "SELECT hash FROM tree WHERE level = $1 AND place = $2",
				V(level), V(index), INTO(&stored));
			if (err != OK && err != ERR_NOT_FOUND)
				return err;
			if (!is_same(stored, node))
				return find(w, FINDING_BAD_TREE, row, w->size - 1);
		}
		if (!(index & 1)) {
			w->complete[level] = node;
			return OK;
		}
		node = tree_node(w->complete[level], node);
		index >>= 1;
	}
}

static struct hash_value root_of(const struct walk *w)
{
	struct hash_value root = { { 0 } };
	bool any = false;

	for (int level = 0; level < LEVELS; level++) {
		if (!(w->size >> level & 1))
			continue;
		root = any ? tree_node(w->complete[level], root) : w->complete[level];
		any = true;
	}
	return root;
}

/* after: the one before, or less than any. */
static enum err next_checkpoint(struct walk *w, int64_t after)
{
	enum err err = store_one(w->ctx->store, "SELECT size FROM checkpoint WHERE size > $1 ORDER BY size LIMIT 1",
		V(after), INTO(&w->next_checkpoint));

	if (err == ERR_NOT_FOUND)
		w->next_checkpoint = 0;
	else if (err == OK && w->next_checkpoint <= w->size)
		return find(w, FINDING_BAD_CHECKPOINT, 0, w->next_checkpoint);
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err check_checkpoint(struct walk *w)
{
	struct hash_value root = root_of(w);
	struct checkpoint signed_one;
	const char *note;

	TRY(store_one(w->ctx->store, "SELECT note FROM checkpoint WHERE size = $1", V(w->size), INTO(&note)));
	if (checkpoint_open(w->ctx->arena, note, w->verifier, &signed_one) != OK || signed_one.size != w->size ||
		memcmp(signed_one.root.octets, root.octets, HASH_LEN))
		return find(w, FINDING_BAD_CHECKPOINT, 0, w->size);
	return next_checkpoint(w, w->size);
}

/* The lists' entries for a row are those of its leaf. That there are no more of them, check_lists says. */
static enum err check_refs(struct walk *w, const struct oplog_stored *row, int64_t place)
{
	for (size_t i = 0; i < oplog_row_ref_count(row); i++, w->refs++) {
		struct oplog_ref ref = oplog_row_ref(row, i);
		enum record_kind kind = RECORD_ANY;
		int64_t org = 0;
		enum err err = store_one(w->ctx->store,
			"SELECT kind, org FROM oplog_ref WHERE object_kind = $1 AND object = $2 AND oplog = $3",
			V(ref.kind), V(ref.object), V(row->id), INTO(&kind), INTO(&org));

		if (err == ERR_UNAVAILABLE)
			return err;
		if (err != OK || kind != oplog_record_kind(row->action) || org != row->org)
			return find(w, FINDING_BAD_REF, row->id, place);
	}
	return OK;
}

struct leaf {
	int64_t place, row;
	struct bytes hash;
	struct oplog_stored stored;
};

static enum err check_leaf(struct walk *w, const struct leaf *leaf)
{
	struct hash_value hash;

	if (leaf->place != w->size) /* a place without a leaf */
		return find(w, FINDING_BAD_TREE, 0, w->size);
	if (!leaf->stored.id)
		return find(w, FINDING_LOST, leaf->row, leaf->place);
	hash = oplog_row_hash(w->ctx->arena, &leaf->stored);
	if (!is_same(leaf->hash, hash))
		return find(w, FINDING_CHANGED, leaf->row, leaf->place);
	if (!oplog_row_holds(w->ctx, &leaf->stored)) /* tree and row were changed alike */
		return find(w, FINDING_BAD_MAC, leaf->row, leaf->place);
	TRY(check_refs(w, &leaf->stored, leaf->place));
	TRY(grow(w, leaf->row, hash));
	return !found(w) && w->size == w->next_checkpoint ? check_checkpoint(w) : OK;
}

/* The next row holds a value that its column can't: a text for a number. */
static enum err find_misfit(struct walk *w)
{
	int64_t row;

	TRY(store_one(w->ctx->store, "SELECT oplog FROM tree WHERE level = 0 AND place = $1", V(w->size), INTO(&row)));
	return find(w, FINDING_CHANGED, row, w->size);
}

/* *count: how many leaves the piece had. */
static enum err walk_piece(struct walk *w, int64_t from, int *count)
{
	struct rows rows;
	struct leaf leaf;
	struct arena_mark mark;
	enum err err = OK, closed;

	rows_open(w->ctx->store, &rows,
		"SELECT tree.place, tree.oplog, tree.hash, " OPLOG_ROW_COLUMNS
		" FROM tree LEFT JOIN oplog ON oplog.id = tree.oplog "
		"WHERE tree.level = 0 AND tree.place >= $1 ORDER BY tree.place LIMIT $2",
		V(from), V(PIECE));
	mark = arena_mark(w->ctx->arena);
	for (*count = 0; err == OK && !found(w) &&
		rows_next(&rows, INTO(&leaf.place), INTO(&leaf.row), INTO(&leaf.hash), OPLOG_ROW_INTO(&leaf.stored));
		++*count) {
		err = check_leaf(w, &leaf);
		arena_rewind(w->ctx->arena, mark);
	}
	closed = rows_close(&rows);
	if (closed == ERR_BROKEN)
		return find_misfit(w);
	return err == OK ? closed : err;
}

static enum err walk_places(struct walk *w)
{
	int count;

	TRY(next_checkpoint(w, INT64_MIN));
	if (!found(w))
		TRY(walk_piece(w, INT64_MIN, &count));
	while (!found(w) && count == PIECE)
		TRY(walk_piece(w, w->size, &count));
	return OK;
}

static int64_t nodes_of(int64_t size)
{
	int64_t nodes = 0;

	for (; size; size >>= 1)
		nodes += size;
	return nodes;
}

/* The end of the tree: no leaf that no checkpoint covers, no checkpoint beyond the leaves, no node too many. */
static enum err check_end(struct walk *w)
{
	int64_t nodes, last = 0;
	enum err err;

	if (w->next_checkpoint > w->size)
		return find(w, FINDING_LOST, 0, w->size);
	if (w->next_checkpoint)
		return find(w, FINDING_BAD_CHECKPOINT, 0, w->next_checkpoint);
	err = store_one(w->ctx->store, "SELECT size FROM checkpoint ORDER BY size DESC LIMIT 1", INTO(&last));
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (last != w->size)
		return find(w, FINDING_BAD_CHECKPOINT, 0, w->size);
	TRY(store_one(w->ctx->store, "SELECT count(*) FROM tree", INTO(&nodes)));
	return nodes == nodes_of(w->size) ? OK : find(w, FINDING_BAD_TREE, 0, w->size);
}

/* A row that nobody counts. */
static enum err check_outside(struct walk *w)
{
	int64_t row;
	enum err err = store_one(w->ctx->store,
		"SELECT oplog.id FROM oplog LEFT JOIN tree ON tree.oplog = oplog.id "
		"LEFT JOIN oplog_new ON oplog_new.oplog = oplog.id "
		"WHERE tree.oplog IS NULL AND oplog_new.oplog IS NULL ORDER BY oplog.id LIMIT 1",
		INTO(&row));

	if (err == ERR_NOT_FOUND)
		return OK;
	TRY(err);
	return find(w, FINDING_SLIPPED_IN, row, NO_PLACE);
}

static enum err check_waiting(struct walk *w, int64_t id, const struct oplog_stored *row)
{
	if (!row->id)
		return find(w, FINDING_LOST, id, NO_PLACE);
	if (!oplog_row_holds(w->ctx, row))
		return find(w, FINDING_SLIPPED_IN, id, NO_PLACE);
	TRY(check_refs(w, row, NO_PLACE));
	return w->ctx->now - row->time > STALE_AFTER ? find(w, FINDING_STALE, id, NO_PLACE) : OK;
}

static enum err walk_waiting_piece(struct walk *w, int64_t *from, int *count)
{
	struct oplog_stored row;
	struct rows rows;
	struct arena_mark mark;
	int64_t id;
	enum err err = OK;

	rows_open(w->ctx->store, &rows,
		"SELECT oplog_new.oplog, " OPLOG_ROW_COLUMNS
		" FROM oplog_new LEFT JOIN oplog ON oplog.id = oplog_new.oplog "
		"WHERE oplog_new.oplog >= $1 ORDER BY oplog_new.oplog LIMIT $2",
		V(*from), V(PIECE));
	mark = arena_mark(w->ctx->arena);
	for (*count = 0; err == OK && !found(w) && rows_next(&rows, INTO(&id), OPLOG_ROW_INTO(&row)); ++*count) {
		err = check_waiting(w, id, &row);
		arena_rewind(w->ctx->arena, mark);
		*from = id < INT64_MAX ? id + 1 : id;
	}
	TRY(rows_close(&rows));
	return err;
}

static enum err walk_waiting(struct walk *w)
{
	int64_t from = INT64_MIN;
	int count = PIECE;

	while (!found(w) && count == PIECE)
		TRY(walk_waiting_piece(w, &from, &count));
	return OK;
}

/* An entry of the lists, with the refs of its row. */
struct entry {
	struct oplog_ref ref;
	int64_t oplog;
	struct oplog_stored row;
};

static bool is_of_row(const struct entry *entry)
{
	for (size_t i = 0; i < oplog_row_ref_count(&entry->row); i++) {
		struct oplog_ref ref = oplog_row_ref(&entry->row, i);

		if (ref.kind == entry->ref.kind && ref.object == entry->ref.object)
			return true;
	}
	return false;
}

static enum err search_piece(struct walk *w, struct entry *entry, int *count)
{
	struct rows rows;
	struct arena_mark mark;
	enum err err;

	rows_open(w->ctx->store, &rows,
		"SELECT r.object_kind, r.object, r.oplog, oplog.refs FROM oplog_ref r "
		"LEFT JOIN oplog ON oplog.id = r.oplog WHERE (r.object_kind, r.object, r.oplog) > ($1, $2, $3) "
		"ORDER BY r.object_kind, r.object, r.oplog LIMIT $4",
		V(entry->ref.kind), V(entry->ref.object), V(entry->oplog), V(PIECE));
	mark = arena_mark(w->ctx->arena);
	for (*count = 0; !found(w) &&
		rows_next(&rows, INTO(&entry->ref.kind), INTO(&entry->ref.object), INTO(&entry->oplog),
			INTO(&entry->row.refs));
		++*count) {
		if (!is_of_row(entry))
			(void)!find(w, FINDING_BAD_REF, entry->oplog, NO_PLACE);
		arena_rewind(w->ctx->arena, mark);
	}
	err = rows_close(&rows);
	return err == ERR_BROKEN ? find(w, FINDING_BAD_REF, 0, NO_PLACE) : err;
}

/* The entry that no row has: somebody put it in. */
static enum err find_further_ref(struct walk *w)
{
	struct entry entry = { .ref = { OBJECT_NONE, INT64_MIN }, .oplog = INT64_MIN };
	int count = PIECE;

	while (!found(w) && count == PIECE)
		TRY(search_piece(w, &entry, &count));
	return find(w, FINDING_BAD_REF, 0, NO_PLACE);
}

/* Every row's refs were found in the lists: as many entries as refs leave room for no other one. */
static enum err check_lists(struct walk *w)
{
	int64_t entries;

	TRY(store_one(w->ctx->store, "SELECT count(*) FROM oplog_ref", INTO(&entries)));
	return entries == w->refs ? OK : find_further_ref(w);
}

static enum err do_verify(struct ctx *ctx, void *arg)
{
	static enum err (*const parts[])(
		struct walk *) = { walk_places, check_end, check_outside, walk_waiting, check_lists };
	struct walk *w = arg;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0] && !found(w); i++)
		TRY(parts[i](w));
	w->verdict->size = w->size;
	return store_one(ctx->store, "SELECT count(*) FROM oplog", INTO(&w->verdict->rows));
}

enum err oplog_verify(struct ctx *ctx, const char *verifier, struct oplog_verdict *out)
{
	struct walk w = { .ctx = ctx, .verifier = verifier, .verdict = out };

	*out = (struct oplog_verdict){ .finding = FINDING_NONE, .place = NO_PLACE };
	return ctx_reading(ctx, do_verify, &w);
}

struct comparing {
	struct checkpoint kept;
	struct oplog_verdict *verdict;
};

static enum err do_compare(struct ctx *ctx, void *arg)
{
	const struct comparing *c = arg;
	const struct tree tree = oplog_tree(ctx->store);
	struct hash_value root = { { 0 } };
	int64_t size;

	TRY(oplog_tree_size(ctx->store, &size));
	if (c->kept.size <= size)
		TRY(tree_root(&tree, c->kept.size, &root));
	if (c->kept.size <= size && !memcmp(root.octets, c->kept.root.octets, HASH_LEN))
		return OK;
	c->verdict->finding = FINDING_REWRITTEN;
	c->verdict->row = 0;
	c->verdict->place = c->kept.size;
	return OK;
}

enum err oplog_verify_since(struct ctx *ctx, const char *verifier, const char *note, struct oplog_verdict *out)
{
	struct comparing c = { .verdict = out };

	TRY(checkpoint_open(ctx->arena, note, verifier, &c.kept));
	return ctx_reading(ctx, do_compare, &c);
}
