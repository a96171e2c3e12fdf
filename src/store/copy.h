/* Rows as they are from one open store to another, on whichever engines, and the proof that both hold the same. Between
 * two calls nobody else may change either (STORE_MOVE_FROM, STORE_MOVE_TO). */
#pragma once
#include "base/crypto.h"
#include "store/store.h"
#include "store/tables.h"

/* Adds what `to` lacks behind its last key, in transactions of some thousand rows: what was cut off goes on there.
 * told, after each: how many rows so far. ERR_BROKEN: a row of `from` does not fit into `to`. */
struct copy_told {
	void (*call)(void *arg, const char *name, int64_t rows);
	void *arg;
};
enum err table_copy(struct store *from, struct store *to, const struct table *, const struct copy_told *) CHECKED;

/* The rows of a table in its key's order: how many, and SHA-256 over all their values, the same on each engine.
 * ERR_BROKEN: it holds other rows than its key leads to. */
struct table_sum {
	int64_t rows;
	unsigned char sum[HASH_LEN];
};
enum err table_sum(struct store *, const struct table *, struct table_sum *out) CHECKED;
enum err tables_are_empty(struct store *, const struct table *list, bool *empty) CHECKED;
