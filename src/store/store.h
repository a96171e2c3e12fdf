/* The one storage interface: SQL text with $1, $2 … and bound values, on whichever engine the configuration names.
 * Nothing of an engine shows above it. Knows no table by name. */
#pragma once
#include "base/arena.h"

struct store;

/* The version of schema.sql that this program reads and writes; schema.sql names its own in a line "-- version: N". */
enum { STORE_SCHEMA_VERSION = 1 };

struct store_conf {
	const char *engine;        /* "sqlite" or "postgres" */
	const char *path;          /* sqlite: the database file */
	const char *connection;    /* postgres: host=… dbname=… user=…, as libpq reads it, without a password */
	const char *password_file; /* postgres: NULL or "": none */
	const char *key_file;      /* must exist beside an existing database (OPS-15): without it the data are lost */
	int64_t busy_ms;           /* how long a writer waits for another one */
	enum store_use {
		STORE_SHARED,    /* beside any number of others, but for these: */
		STORE_MOVE_FROM, /* alone, and only to be read */
		STORE_MOVE_TO    /* alone, a database that is not whole before store_moved */
	} use;
};

/* Opens an existing database whose schema version is the program's; *why tells a person what is wrong (static or from
 * the arena). ERR_NOT_FOUND: no database there. ERR_INVALID: newer or older schema, network file system, key file
 * missing, or a database that was not moved whole. ERR_UNAVAILABLE: it does not answer, or is being moved. To who would
 * be alone, ERR_CONFLICT: others have it open, or it is whole already (STORE_MOVE_TO). */
enum err store_open(const struct store_conf *, struct arena *, struct store **out, const char **why) CHECKED;
/* Makes a new database from schema.sql's text: it is there as a whole or not at all. ERR_CONFLICT: there is one.
 * ERR_INVALID: network file system, the rest of another database, or a schema that does not load; *why tells which.
 * The schema's types are BIGINT, SMALLINT, TEXT and BYTEA; "-- append-only: a b" has UPDATE and DELETE refused in a and
 * b; the store adds the row of schema_version (version BIGINT), and that table where the schema has none.
 * STORE_MOVE_TO: without the rows that the schema adds, and opened by nobody else until store_moved. */
enum err store_create(const struct store_conf *, struct arena *, const char *schema, const char **why) CHECKED;
/* A database that was opened with STORE_MOVE_TO is whole: everybody may open it once this one is closed. */
enum err store_moved(struct store *) CHECKED;
void store_close(struct store **);

/* For a command that somebody waits for: a statement over whole tables is no longer taken for one that hangs. */
enum err store_unhurried(struct store *) CHECKED;

/* What an opened store must find open when it connects again, for a program that shuts itself off from all else. */
struct store_doors {
	const int *ports; /* of TCP, where the database is reached over the network; 0 ends it; NULL: it is not */
	const char *const *files; /* to read; NULL ends it */
};
/* ERR_UNAVAILABLE: the connection is lost just now. */
enum err store_doors(const struct store *, struct arena *, struct store_doors *out) CHECKED;

/* Texts and bytes read from now on go into this arena: a request gives its own. Outside a transaction
 * it also closes rows that were left open. Answers the arena before. */
struct arena *store_use_arena(struct store *, struct arena *);

/* A bound value, or a place for a column's value. Built by V() and INTO(); values are numbered in their order, columns
 * in theirs. A NULL text, and bytes with NULL data, are SQL NULL; a NULL column gives 0, NULL text, empty bytes. */
struct bind {
	enum bind_kind {
		BIND_INT,
		BIND_TEXT,
		BIND_BYTES,
		INTO_INT64,
		INTO_INT,
		INTO_ENUM,
		INTO_FLAG,
		INTO_TEXT,
		INTO_BYTES,
		INTO_VALUE, /* a struct value of engine.h, for what copies rows as they are */
		BIND_END
	} kind;
	union {
		int64_t number;
		const char *text;
		struct bytes bytes;
		void *place;
	};
};
struct bind bind_int(int64_t);
struct bind bind_text(const char *);
struct bind bind_bytes(struct bytes);
struct bind into_int64(int64_t *);
struct bind into_int(int *);
struct bind into_enum(unsigned *);
struct bind into_flag(bool *);
struct bind into_text(const char **);
struct bind into_bytes(struct bytes *);

#define V(value)                                                                                                       \
	_Generic((value), char *: bind_text, const char *: bind_text, struct bytes: bind_bytes, default: bind_int)     \
	(value)
#define INTO(place)                                                                                                    \
	_Generic((place), int64_t *: into_int64, int *: into_int, unsigned *: into_enum, bool *: into_flag,            \
		const char **: into_text, struct bytes *: into_bytes)(place)
#define V_NULL ((struct bind){ .kind = BIND_TEXT, .text = NULL })

/* What every statement below answers besides what stands at it:
 * - ERR_INVALID: a text that is not UTF-8.
 * - ERR_CONFLICT: a key or a unique value is there already. Met by store_add, the transaction goes on; by another
 *   change, it can only be rolled back.
 * - ERR_UNAVAILABLE: database locked for too long, disk full, server away; or the transaction met another one:
 *   store_again.
 * - ERR_BROKEN: an error in the statement, values or columns that do not fit it in number or type, a broken
 *   constraint, damaged data; also a change outside a write transaction, so that nobody forgets it.
 *
 * After ERR_UNAVAILABLE or ERR_BROKEN a write transaction cannot be committed any more. */
#define BINDS(...) ((const struct bind[]){ __VA_ARGS__ __VA_OPT__(, ){ .kind = BIND_END } })

/* Exactly one row into the places. ERR_NOT_FOUND: none. A second row is ERR_BROKEN. */
#define store_one(store, sql, ...) store_one_(store, sql, BINDS(__VA_ARGS__))
/* Says that the open read transaction will be asked this, so that an engine whose database is further away asks it along
 * with the next question. Costs nothing where it is near. Answers are the same, asked ahead or not; sql is the same pointer
 * each time. */
#define store_ahead(store, sql, ...) store_ahead_(store, sql, BINDS(__VA_ARGS__))
/* A change of exactly one row. None: ERR_CONFLICT. More: ERR_BROKEN. */
#define store_change_one(store, sql, ...) store_change_one_(store, sql, BINDS(__VA_ARGS__))
/* A change of any number of rows, told in *changed where that is not NULL. */
#define store_change(store, changed, sql, ...) store_change_(store, changed, sql, BINDS(__VA_ARGS__))
/* Inserts one row whose key came from id_new. A clash of keys is ERR_CONFLICT. */
#define store_add(store, sql, ...) store_add_(store, sql, BINDS(__VA_ARGS__))

/* Many rows:  struct rows rows; rows_open(store, &rows, sql, V(…)…); while (rows_next(&rows, INTO(…)…)) …;
 * TRY(rows_close(&rows)).  rows_next is false at the end and at an error; rows_close tells which. Other statements may
 * run between, the same one not. */
struct rows {
	struct store *store;
	void *statement;
	enum err err;
};
#define rows_open(store, rows, sql, ...) rows_open_(store, rows, sql, BINDS(__VA_ARGS__))
#define rows_next(rows, ...)             rows_next_(rows, BINDS(__VA_ARGS__))
enum err rows_close(struct rows *) CHECKED;

enum err store_one_(struct store *, const char *sql, const struct bind *) CHECKED;
void store_ahead_(struct store *, const char *sql, const struct bind *);
enum err store_change_one_(struct store *, const char *sql, const struct bind *) CHECKED;
enum err store_change_(struct store *, int64_t *changed, const char *sql, const struct bind *) CHECKED;
enum err store_add_(struct store *, const char *sql, const struct bind *) CHECKED;
void rows_open_(struct store *, struct rows *, const char *sql, const struct bind *);
bool rows_next_(struct rows *, const struct bind *);

/* Whether store_add met a taken key since the transaction began: with an id from id_new it may be run again, once. */
bool store_clashed(const struct store *);

/* Whether a statement of the open transaction got no answer (ERR_UNAVAILABLE). Who took that for "there is none" took
 * it wrong. */
bool store_unanswered(const struct store *);

/* Whether the open write transaction met another one and may be run again, once it is rolled back. */
bool store_again(const struct store *);

/* Transactions; core uses ctx_transaction and ctx_reading instead. A write transaction takes the writers' lock at once
 * (ERR_UNAVAILABLE: not within busy_ms); a read transaction sees the database as it was at its first question. They don't
 * nest. store_commit ends the transaction whatever it answers, and closes rows that were left open, as store_rollback
 * does. */
enum err store_begin_read(struct store *) CHECKED;
enum err store_begin_write(struct store *) CHECKED;
/* The same, for a transaction that met others again and again: on an engine whose writers run side by side it waits for
 * those that have begun, and none begins beside it. */
enum err store_begin_alone(struct store *) CHECKED;
/* How often a body is run that meets others each time, and after how many of these runs it begins alone. */
enum { STORE_MOST_RUNS = 5, STORE_RUNS_BESIDE_OTHERS = 2 };
/* ERR_CONFLICT: may be run again; ERR_UNAVAILABLE: nothing written; ERR_UNSURE: asked to commit, the server was
 * lost. */
enum err store_commit(struct store *) CHECKED;
void store_rollback(struct store *);
bool store_in_write(const struct store *);
bool store_in_transaction(const struct store *);

/* Of all processes that ask for a part of the work (1, 2 …), on whatever machine, one leads: the first that asks, until
 * it closes the store, ends or is cut off from the database; then the next that asks. To be asked before each unit of
 * work. One store leads one part. Once cut off, it begins no write transaction before it has asked again
 * (ERR_UNAVAILABLE): another process may be leading. Where the database is one machine's alone, whoever asks leads:
 * what starts there is started once. */
enum err store_lead(struct store *, int part, bool *leads) CHECKED;

/* The tidy lane's: moves what writers left in the journal into the database; deletes nothing. */
enum err store_checkpoint(struct store *) CHECKED;
/* For health, doctor and metrics. */
enum err store_ping(struct store *) CHECKED;
/* The database in words, and what its server's settings would lose (NULL: nothing). From the store's arena. */
enum err store_describe(struct store *, const char **words, const char **danger) CHECKED;
int64_t store_busy_us(const struct store *); /* time spent inside the engine by this process */
