/* What store.c asks of an engine. A new engine fills this table and gets a line in store.c; nothing above changes. */
#pragma once
#include "store/store.h"
#include "store/tables.h"

/* A column of the row that the last step reached; bytes are the engine's and good until the next step. */
struct value {
	enum { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BYTES, VALUE_OTHER } kind;
	int64_t number;
	struct bytes bytes;
};

/* What prepare finds out about a statement. handle is the engine's own. */
struct prepared {
	void *handle;
	bool writes; /* it changes the database */
	int params;  /* how many different $n it holds */
	int columns; /* of its rows; 0 for a change */
};

struct engine {
	const char *name;
	bool keeps_blobs; /* in a table "blob" that it makes beside the schema's (blob.h) */

	enum err (*create)(const struct store_conf *, struct arena *, const struct schema *, const char **why);
	enum err (*open)(const struct store_conf *, struct arena *, void **connection, const char **why);
	void (*close)(void *connection);
	/* NULL: no statement of its is ended for the time that it takes. */
	enum err (*unhurried)(void *connection);
	/* NULL: nothing is opened later on. */
	enum err (*doors)(const void *connection, struct arena *, struct store_doors *out);
	/* NULL: its name says all. */
	enum err (*describe)(void *connection, struct arena *, const char **words, const char **danger);

	/* commit ends the transaction whatever it answers; rollback of a transaction that the engine gave up is fine.
	 * alone: this writer met others more than once, so an engine whose writers run side by side keeps all others
	 * away from it. What a reader sees is fixed by its first question at the latest. */
	enum err (*begin)(void *connection, bool write, bool alone);
	enum err (*commit)(void *connection);
	void (*rollback)(void *connection);
	/* Whether the open write transaction failed so that it may be run again. NULL: none ever does. */
	bool (*again)(const void *connection);

	/* A statement is prepared once, for values of the kinds that it is bound to first, then bound, stepped and
	 * reset any number of times. */
	enum err (*prepare)(void *connection, const char *sql, const struct bind *, struct prepared *out);
	enum err (*bind)(void *connection, void *handle, int number, const struct bind *);
	/* As store_ahead: bound already; taken again and bound to the same values, it may have its answer. NULL: no gain. */
	void (*ahead)(void *connection, void *handle);
	enum err (*step)(void *connection, void *handle, bool *row);
	void (*column)(void *handle, int column, struct value *out);
	/* Adds rows to a table in the open write transaction, each a value for every column; after an error it can only
	 * be rolled back. NULL: there is no quicker way than one by one. */
	enum err (*add_rows)(void *connection, const struct table *, const struct value *values, int rows);
	int64_t (*changed)(void *connection); /* rows that the last change touched itself */
	void (*reset)(void *handle);          /* also forgets what was bound */
	void (*finalise)(void *handle);

	/* As store_lead. NULL: its database is one machine's alone. */
	enum err (*lead)(void *connection, int part, bool *leads);

	enum err (*checkpoint)(void *connection);
};

extern const struct engine engine_sqlite, engine_postgres;
