/* Where sealed blobs lie: in a folder of this machine, or in the database that several machines share. */
#pragma once
#include "store/blob.h"

enum { BLOB_BOX_MAX = BLOB_MAX + 64 };
/* As the time that walk is given: every blob, and nothing is swept on the way. */
#define BLOB_EVER INT64_MAX

/* As blob.h says of each, on boxes. put comes with an id above 0. */
struct blob_way {
	enum err (*open)(struct arena *, struct store *, const char *folder, void **out);
	enum err (*put)(void *, struct arena *, int64_t id, struct bytes box);
	enum err (*get)(void *, struct arena *, int64_t id, struct bytes *box);
	enum err (*drop)(void *, int64_t id);
	enum err (*walk)(void *, int64_t before, enum err (*visit)(void *arg, int64_t id), void *arg);
};
extern const struct blob_way blob_folder, blob_table;

struct blobs {
	const struct blob_way *way;
	void *place;
	struct store *store;
	struct vault *vault;
};
