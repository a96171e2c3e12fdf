/* Blobs in the database: pieces of at most 256 KB, which a server takes without a buffer of 16 MB for each. */
#include "base/clock.h"
#include "base/id.h"
#include "store/blob_way.h"

enum { PIECE = 256 * 1024, WALK_PAGE = 500 };

static enum err table_open(struct arena *arena, struct store *store, const char *folder, void **out)
{
	(void)arena, (void)folder;
	*out = store;
	return OK;
}

static enum err write_once(
	struct store *store, enum err (*act)(struct store *, void *), void *arg, bool alone, bool *again)
{
	enum err err;

	*again = false;
	TRY(alone ? store_begin_alone(store) : store_begin_write(store));
	err = act(store, arg);
	*again = store_again(store);
	if (err != OK) {
		store_rollback(store);
		return err;
	}
	err = store_commit(store);
	*again = err == ERR_CONFLICT;
	return *again ? ERR_UNAVAILABLE : err;
}

/* A write of its own, or part of the one that is open. */
static enum err in_write(struct store *store, enum err (*act)(struct store *, void *), void *arg)
{
	bool again = true;
	enum err err = OK;

	if (store_in_write(store))
		return act(store, arg);
	for (int runs = 1; again && runs <= STORE_MOST_RUNS; runs++)
		err = write_once(store, act, arg, runs > STORE_RUNS_BESIDE_OTHERS, &again);
	return err;
}

struct piece {
	int64_t id;
	struct bytes box;
};

static enum err add_pieces(struct store *store, void *arg)
{
	const struct piece *whole = arg;
	int64_t made = clock_now();
	size_t at = 0;
	int part = 0;

	do {
		size_t left = whole->box.len - at;
		struct bytes piece = { whole->box.data + at, left < PIECE ? left : PIECE };

		TRY(store_add(store, "INSERT INTO blob (id, part, made, data) VALUES ($1, $2, $3, $4)", V(whole->id),
			V(part++), V(made), V(piece)));
		at += piece.len;
	} while (at < whole->box.len);
	return OK;
}

static enum err table_put(void *store, struct arena *arena, int64_t id, struct bytes box)
{
	(void)arena;
	return in_write(store, add_pieces, &(struct piece){ id, box });
}

static enum err read_pieces(struct store *store, struct arena *arena, int64_t id, struct bytes *box)
{
	unsigned char *whole = NULL;
	struct bytes piece;
	struct rows rows;
	size_t len = 0, pieces = 0;
	int64_t total = 0;

	TRY(store_one(store, "SELECT COALESCE(sum(length(data)), 0) FROM blob WHERE id = $1", V(id), INTO(&total)));
	whole = arena_alloc(arena, (size_t)total + 1);
	rows_open(store, &rows, "SELECT data FROM blob WHERE id = $1 ORDER BY part", V(id));
	while (rows_next(&rows, INTO(&piece)) && len + piece.len <= (size_t)total) {
		memcpy(whole + len, piece.data, piece.len);
		len += piece.len;
		pieces++;
	}
	TRY(rows_close(&rows));
	*box = (struct bytes){ whole, len };
	return pieces ? OK : ERR_NOT_FOUND;
}

/* Its pieces belong together: they are read as they were at one time. */
static enum err table_get(void *arg, struct arena *arena, int64_t id, struct bytes *box)
{
	struct store *store = arg;
	enum err err;

	if (store_in_transaction(store))
		return read_pieces(store, arena, id, box);
	TRY(store_begin_read(store));
	err = read_pieces(store, arena, id, box);
	store_rollback(store);
	return err;
}

static enum err drop_pieces(struct store *store, void *id)
{
	return store_change(store, NULL, "DELETE FROM blob WHERE id = $1", V(*(int64_t *)id));
}

static enum err table_drop(void *store, int64_t id)
{
	return in_write(store, drop_pieces, &id);
}

static enum err next_page(struct store *store, int64_t after, int64_t before, int64_t *ids, int *count)
{
	struct rows rows;

	*count = 0;
	rows_open(store, &rows, "SELECT id FROM blob WHERE id > $1 AND part = 0 AND made < $2 ORDER BY id LIMIT $3",
		V(after), V(before), V(WALK_PAGE));
	while (*count < WALK_PAGE && rows_next(&rows, INTO(&ids[*count])))
		++*count;
	return rows_close(&rows);
}

/* By the row's time or the id's, whichever is later: a moved clock or a restored backup makes nothing look older. */
static enum err table_walk(void *store, int64_t before, enum err (*visit)(void *arg, int64_t id), void *arg)
{
	int64_t ids[WALK_PAGE], after = 0;
	int count;

	do {
		TRY(next_page(store, after, before, ids, &count));
		for (int i = 0; i < count; i++) {
			after = ids[i];
			if (id_time(after) < before)
				TRY(visit(arg, after));
		}
	} while (count == WALK_PAGE);
	return OK;
}

const struct blob_way blob_table = { table_open, table_put, table_get, table_drop, table_walk };
