/* Files that belong to rows (seal pictures, uploads): sealed by the vault; in a folder beside the database with SQLite,
 * inside it with PostgreSQL. Written before the row that names them; orphans are swept by the tidy lane. */
#pragma once
#include "store/store.h"
#include "store/vault.h"

struct blobs;
enum err blobs_open(struct arena *, struct store *, const char *folder, struct vault *, struct blobs **out) CHECKED;
void blobs_close(struct blobs **);

enum { BLOB_MAX = 16 * 1024 * 1024 };
enum err blob_put(struct blobs *, int64_t id, struct bytes) CHECKED; /* ERR_CONFLICT: the id is taken */
enum err blob_get(struct blobs *, struct arena *, int64_t id, struct bytes *out) CHECKED;
enum err blob_drop(struct blobs *, int64_t id) CHECKED; /* OK when it was gone */
/* Calls visit for each blob that was written before `before` (ms UTC). */
enum err blob_walk(struct blobs *, int64_t before, enum err (*visit)(void *arg, int64_t id), void *arg) CHECKED;
