/* What the files of the PostgreSQL engine tell each other. postgres.c runs transactions; postgres_statement.c makes and binds
 * statements, postgres_ask.c asks them; postgres_connection.c connects, postgres_talk.c sends and takes answers;
 * postgres_error.c reads errors; postgres_make.c makes the tables, postgres_copy.c fills them; postgres_text.c looks at the
 * text of a statement, postgres_look.c at server and connection; postgres_lead.c says who leads. */
#pragma once
#include <libpq-fe.h>
#include "store/engine.h"

enum { PG_MOST_AHEAD = 8 };

/* One connection a process. It is made anew when it was lost, between transactions only. */
struct pg {
	PGconn *conn;
	char **words, **values; /* what libpq is told at each connect, NULL at the end */
	int64_t busy_ms, statement_ms;
	enum store_use use;
	int64_t tried;  /* clock_ticks of the last attempt to connect that failed; 0: it did not */
	unsigned times; /* connected so often: a statement of an earlier connection is prepared anew */
	unsigned names; /* statements named so far */
	enum { PG_IDLE, PG_TO_READ /* begins with its first question */, PG_READING, PG_WRITING } state;
	enum err failed;   /* the first error of the open transaction: PostgreSQL takes nothing more in it */
	bool again;        /* that transaction met another one and may be run again */
	bool owed;         /* the answer to a ROLLBACK that nobody waited for */
	int64_t until;     /* clock_ticks by which all that went out together is to be answered; 0: nothing did */
	bool hung;         /* the connection was given up because its server did not answer in time */
	int64_t changed;   /* rows of the last change */
	int part;          /* of the work, which this process leads; 0: none */
	unsigned led_by;   /* the connection that holds it, counted as times; an older one: it is lost */
	int64_t full_told; /* clock_ticks when the log last heard of a full disk */
	struct made *ahead[PG_MOST_AHEAD]; /* what the open transaction was told that it will be asked */
	int aheads;
};

/* A statement. */
struct made {
	struct pg *pg;
	char *sql; /* as the server was given it */
	char name[16];
	unsigned times; /* of the connection that knows the name */
	bool changes, adds;
	int params;
	Oid *types;
	const char **values; /* NULL or a room's beginning */
	int *lengths, *formats;
	struct room {
		char *data;
		size_t size;
	} * rooms; /* values are copied: a statement may outlive them */
	PGresult *result;
	int row;
	enum { NOT_AHEAD, AHEAD_TO_SEND, AHEAD_CAME } ahead;
	bool differs; /* it was bound to other values than when it was asked ahead */
};

/* Fills a connection from the settings; nothing is connected yet. ERR_INVALID: a conninfo that cannot be read. */
enum err pg_new(const struct store_conf *, struct pg **out, const char **why) CHECKED;
void pg_free(struct pg *);
/* A connection that is good as far as is known: the one there is, or a new one with our settings. ERR_INVALID: this
 * server or database is none for us; ERR_NOT_FOUND: there is no such database. */
enum err pg_ready(struct pg *, struct arena *, const char **why) CHECKED;
bool pg_lost(const struct pg *);
/* That it had ended was found out by a question on which nothing hangs yet: it may be asked once more, on another
 * one. */
bool pg_may_ask_again(const struct pg *);
bool pg_hung_up(struct pg *); /* lost, or the server has ended it while nothing was asked */
void pg_settle(struct pg *);  /* takes the answer that is owed */
void pg_drop(struct pg *);    /* the connection, not the struct */

/* Statements go out several together (libpq's pipeline), text that holds no values alone. From one to the other only once
 * all answers are taken. pg_plain takes what is owed as well. */
bool pg_plain(struct pg *);
bool pg_pipe(struct pg *);
void pg_end_pipe(struct pg *); /* takes what stands behind the last answer of several */

/* Sends text without values; false: the connection is lost. */
bool pg_send(struct pg *, const char *sql);
/* Runs text that holds no values, several statements as well. The last result is dropped. */
enum err pg_run(struct pg *, const char *sql) CHECKED;
/* Runs one query. *yes: it found a row. */
enum err pg_ask(struct pg *pg, const char *sql, bool *yes) CHECKED;
/* The last result of what was sent just now, or the one that asks for rows, NULL where the connection was lost
 * meanwhile or the server did not answer in time (then it is dropped). The caller clears it. */
PGresult *pg_answer(struct pg *);
bool pg_went_well(const PGresult *);

/* One of ours for a failed result (NULL: no answer). The log gets code, table and constraint, never values. */
enum err pg_failed(struct pg *, const PGresult *, const char *sql) CHECKED;
/* Whether the transaction that met this may be run again. */
bool pg_is_again(const PGresult *);

enum pg_verb { PG_OTHER, PG_SELECT, PG_INSERT, PG_CHANGE };
/* The engine's add_rows (engine.h). */
enum err pg_add_rows(void *connection, const struct table *, const struct value *values, int rows) CHECKED;

/* What a statement's text says without its server. */
struct pg_text {
	enum pg_verb verb;
	int params;     /* how many different $n; -1: one is left out */
	bool on_clash;  /* it says itself what to do at a taken key */
	bool of_values; /* INSERT … VALUES */
};
struct pg_text pg_look(const char *sql);

enum err pg_unhurried(void *connection) CHECKED; /* as store_unhurried */
/* What libpq opens at each connect (store.h), and the server in words. */
enum err pg_doors(const void *connection, struct arena *, struct store_doors *out) CHECKED;
enum err pg_describe(void *connection, struct arena *, const char **words, const char **danger) CHECKED;

enum err pg_create(const struct store_conf *, struct arena *, const struct schema *, const char **why) CHECKED;
/* Whether our tables are there. ERR_NOT_FOUND: not one. */
enum err pg_check_made(struct pg *, const char **why) CHECKED;

/* The engine's leading (engine.h), and whether what it led is lost. */
enum err pg_lead(void *connection, int part, bool *leads) CHECKED;
bool pg_deposed(const struct pg *);

/* The engine's statements (engine.h). */
enum err pg_prepare(void *connection, const char *sql, const struct bind *, struct prepared *out) CHECKED;
enum err pg_bind(void *connection, void *handle, int number, const struct bind *) CHECKED;
enum err pg_step(void *connection, void *handle, bool *row) CHECKED;
void pg_column(void *handle, int column, struct value *out);
int64_t pg_changed(void *connection);
void pg_reset(void *handle);
void pg_finalise(void *handle);
void pg_ahead(void *connection, void *handle);

/* Between postgres_statement.c and postgres_ask.c: whether something may be asked now; telling the server of a statement;
 * what a failed one (NULL: no answer) means for the transaction around it; letting go of what was asked ahead. */
enum err pg_open_for(struct pg *, const char *sql) CHECKED;
enum err pg_tell_server(struct pg *, struct made *) CHECKED;
/* Where nothing hangs on a question yet (pg_asks_first, before it was asked), one that met the end of its connection is
 * asked once more on another one; false: there is none. */
bool pg_asks_first(const struct pg *);
bool pg_once_more(struct pg *);
enum err pg_statement_failed(struct pg *, const PGresult *, const char *sql) CHECKED;
void pg_forget_ahead(struct pg *);
void pg_forget_one_ahead(struct pg *, const struct made *);
