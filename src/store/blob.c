/* Blobs (blob.h): sealed and bounded here, kept where the engine wants them (blob_way.h). */
#include "base/text.h"
#include "store/blob_way.h"
#include "store/inside.h"

enum err blobs_open(
	struct arena *arena, struct store *store, const char *folder, struct vault *vault, struct blobs **out)
{
	struct blobs *made = ARENA_NEW(arena, struct blobs);

	*made = (struct blobs){
		.way = store->engine->keeps_blobs ? &blob_table : &blob_folder, .store = store, .vault = vault
	};
	TRY(made->way->open(arena, store, folder, &made->place));
	*out = made;
	return OK;
}

void blobs_close(struct blobs **blobs)
{
	*blobs = NULL;
}

enum err blob_put(struct blobs *blobs, int64_t id, struct bytes data)
{
	struct arena *arena;
	enum err err;

	if (id <= 0 || data.len > BLOB_MAX)
		return ERR_INVALID;
	arena = arena_new(false);
	err = blobs->way->put(blobs->place, arena, id, vault_seal(blobs->vault, arena, AT("blob", "data", id), data));
	arena_free(&arena);
	return err;
}

enum err blob_get(struct blobs *blobs, struct arena *arena, int64_t id, struct bytes *out)
{
	struct bytes box;

	TRY(blobs->way->get(blobs->place, arena, id, &box));
	return vault_unseal(blobs->vault, arena, AT("blob", "data", id), box, out);
}

enum err blob_drop(struct blobs *blobs, int64_t id)
{
	return blobs->way->drop(blobs->place, id);
}

enum err blob_walk(struct blobs *blobs, int64_t before, enum err (*visit)(void *arg, int64_t id), void *arg)
{
	return blobs->way->walk(blobs->place, before, visit, arg);
}
