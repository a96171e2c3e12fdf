/* What the two halves of the SQLite engine tell each other: sqlite.c runs a database, sqlite_make.c makes one. */
#pragma once
#include "store/engine.h"

struct connection;
struct lock;

/* The writers' lock of the database at path. */
enum err sqlite_lock(struct arena *, const char *path, struct lock **out, const char **why) CHECKED;
/* Runs load on a connection of its own to the empty file at path. ERR_INVALID: the schema does not load. */
enum err sqlite_load(const char *path, int64_t busy_ms, struct arena *,
	enum err (*load)(struct connection *, struct arena *, const struct schema *), const struct schema *,
	const char **why) CHECKED;
enum err sqlite_run(struct connection *, const char *sql) CHECKED;
enum err sqlite_create(const struct store_conf *, struct arena *, const struct schema *, const char **why) CHECKED;
