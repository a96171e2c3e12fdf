/* One connection of the SQLite engine, for the files that know sqlite3.h: sqlite.c uses it, sqlite_error.c reads its
 * errors. */
#pragma once
#include <sqlite3.h>
#include "store/sqlite.h"

enum verb { VERB_READ, VERB_WRITE, VERB_COMMIT, VERB_ROLLBACK, VERBS };
struct connection {
	sqlite3 *db;
	struct lock *lock;
	sqlite3_stmt *verbs[VERBS]; /* prepared once */
	int64_t busy_ms;
	int64_t full_told; /* clock_ticks when the log last heard of a full disk */
	bool writing, in_transaction;
	bool only_reads;
	bool own; /* the statement being prepared is the engine's, not a caller's */
};

/* One of ours for SQLite's code. The message names tables and columns, never values. */
enum err sqlite_failed(struct connection *, int code, const char *sql) CHECKED;
