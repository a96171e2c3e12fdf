/* Copying and summing blobs (blob_copy.h). */
#include "base/buf.h"
#include "store/blob_copy.h"
#include "store/blob_way.h"

enum { BLOBS_A_COMMIT = 100, BYTES_A_COMMIT = 16 * 1024 * 1024 };

struct copying {
	struct blobs *from, *to;
	const struct copy_told *told;
	struct arena *arena; /* of one blob */
	int64_t count;
	int blobs; /* since the last commit */
	size_t bytes;
};

/* Those of a folder are there one by one. */
static enum err commit(struct copying *c)
{
	c->blobs = 0;
	c->bytes = 0;
	return store_in_write(c->to->store) ? store_commit(c->to->store) : OK;
}

static enum err put(struct copying *c, int64_t id, struct bytes box)
{
	enum err err;

	if (c->to->way == &blob_table && !store_in_write(c->to->store))
		TRY(store_begin_write(c->to->store));
	err = c->to->way->put(c->to->place, c->arena, id, box);
	return err == ERR_CONFLICT ? OK : err; /* it is there since a copying that was cut off */
}

static enum err copy_one(void *arg, int64_t id)
{
	struct copying *c = arg;
	struct bytes box;

	arena_reset(c->arena);
	TRY(c->from->way->get(c->from->place, c->arena, id, &box));
	TRY(put(c, id, box));
	c->count++;
	c->bytes += box.len;
	if (++c->blobs < BLOBS_A_COMMIT && c->bytes < BYTES_A_COMMIT)
		return OK;
	c->told->call(c->told->arg, "files", c->count);
	return commit(c);
}

enum err blobs_copy(struct blobs *from, struct blobs *to, const struct copy_told *told)
{
	struct copying c = { .from = from, .to = to, .told = told, .arena = arena_new(false) };
	struct arena *before = store_use_arena(from->store, c.arena);
	enum err err;

	err = from->way->walk(from->place, BLOB_EVER, copy_one, &c);
	if (err == OK)
		err = commit(&c);
	else
		store_rollback(to->store);
	told->call(told->arg, "files", c.count);
	store_use_arena(from->store, before);
	arena_free(&c.arena);
	return err;
}

struct summing {
	struct blobs *blobs;
	struct arena *arena;
	struct table_sum *sum;
};

static enum err sum_one(void *arg, int64_t id)
{
	struct summing *s = arg;
	struct buf number;
	struct bytes box;
	unsigned char one[HASH_LEN];

	arena_reset(s->arena);
	number = buf_new(s->arena);
	buf_u64(&number, (uint64_t)id);
	TRY(s->blobs->way->get(s->blobs->place, s->arena, id, &box));
	crypto_sha256_of((const struct bytes[]){ buf_view(&number), box }, 2, one);
	for (int i = 0; i < HASH_LEN; i++)
		s->sum->sum[i] ^= one[i];
	s->sum->rows++;
	return OK;
}

enum err blobs_sum(struct blobs *blobs, struct table_sum *out)
{
	struct summing s = { .blobs = blobs, .arena = arena_new(false), .sum = out };
	struct arena *before = store_use_arena(blobs->store, s.arena);
	enum err err;

	*out = (struct table_sum){ 0 };
	err = blobs->way->walk(blobs->place, BLOB_EVER, sum_one, &s);
	store_use_arena(blobs->store, before);
	arena_free(&s.arena);
	return err;
}

static enum err stop(void *arg, int64_t id)
{
	(void)arg, (void)id;
	return ERR_LIMITED;
}

enum err blobs_are_none(struct blobs *blobs, bool *none)
{
	enum err err = blobs->way->walk(blobs->place, BLOB_EVER, stop, NULL);

	*none = err == OK;
	return err == ERR_LIMITED ? OK : err;
}
