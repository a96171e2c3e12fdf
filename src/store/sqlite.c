/* The SQLite engine: connections, transactions, statements. WAL with synchronous FULL, so that what was committed
 * stays; writers queue at the writers' lock, because SQLite's own way of waiting starves some of them. */
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "store/lock.h"
#include "store/place.h"
#include "store/sqlite_connection.h"

/* Connecting. */

/* A running program reads and changes rows; it never makes, alters or drops a table, attaches files or sets pragmas. */
static int only_rows(void *arg, int action, const char *a, const char *b, const char *database, const char *trigger)
{
	(void)a, (void)b, (void)database, (void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_TRANSACTION:
		return ((struct connection *)arg)->own ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

/* recursive_triggers: so that a REPLACE fires the triggers of an append-only table. temp_store: sorting needs no
 * folder. wal_autocheckpoint: the worker's job; the bound is for when no worker runs. */
static const char settings[] = "PRAGMA foreign_keys = ON;"
			       "PRAGMA synchronous = FULL;"
			       "PRAGMA cache_size = -256;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA secure_delete = ON;"
			       "PRAGMA recursive_triggers = ON;"
			       "PRAGMA wal_autocheckpoint = 4000;";

static const struct {
	int option, value;
} guards[] = {
	{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
	{ SQLITE_DBCONFIG_DQS_DML, 0 },
	{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
};

static bool is_wal(sqlite3 *db)
{
	sqlite3_stmt *mode = NULL;
	bool wal = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &mode, NULL) == SQLITE_OK &&
		sqlite3_step(mode) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(mode, 0), "wal") == 0;

	sqlite3_finalize(mode);
	return wal;
}

static int connect_db(const char *path, struct connection *c)
{
	int mode = c->only_reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int code = sqlite3_open_v2(
		path, &c->db, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, NULL);

	if (code != SQLITE_OK)
		return code;
	/* For what the writers' lock doesn't cover: recovery, other tools. */
	sqlite3_busy_timeout(c->db, (int)c->busy_ms);
	for (size_t i = 0; i < sizeof guards / sizeof *guards; i++)
		sqlite3_db_config(c->db, guards[i].option, guards[i].value, NULL);
	sqlite3_limit(c->db, SQLITE_LIMIT_ATTACHED, 0);
	code = sqlite3_exec(c->db, settings, NULL, NULL, NULL);
	if (code != SQLITE_OK || is_wal(c->db))
		return code;
	code = sqlite3_extended_errcode(c->db);
	return code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_CANTOPEN : code;
}

static void sqlite_close(void *connection)
{
	struct connection *c = connection;

	for (size_t i = 0; i < VERBS; i++)
		sqlite3_finalize(c->verbs[i]);
	sqlite3_close(c->db);
	lock_close(&c->lock);
	free(c);
}

static struct connection *connection_new(int64_t busy_ms)
{
	struct connection *c = calloc(1, sizeof *c);

	if (!c)
		log_die("out-of-memory");
	c->busy_ms = busy_ms;
	return c;
}

static int prepare_verbs(struct connection *c)
{
	static const char *const texts[VERBS] = { "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK" };
	int code = SQLITE_OK;

	c->own = true;
	for (size_t i = 0; i < VERBS && code == SQLITE_OK; i++)
		code = sqlite3_prepare_v3(c->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &c->verbs[i], NULL);
	c->own = false;
	return code;
}

static enum err connect_all(struct arena *arena, const struct store_conf *conf, struct connection *c, const char **why)
{
	const char *path = conf->path;
	enum err err;
	int code;

	TRY(sqlite_lock(arena, path, &c->lock, why));
	*why = conf->use == STORE_SHARED ? "the database is being moved" : "programs have the database open";
	TRY(lock_enter(c->lock, conf->use != STORE_SHARED));
	code = connect_db(path, c);
	if (code == SQLITE_OK) {
		sqlite3_set_authorizer(c->db, only_rows, c);
		code = prepare_verbs(c);
	}
	if (code == SQLITE_OK)
		return OK;
	err = sqlite_failed(c, code, "open");
	*why = arena_printf(arena, "the database %s cannot be opened: %s", path, sqlite3_errmsg(c->db));
	return err;
}

static enum err sqlite_open(const struct store_conf *conf, struct arena *arena, void **out, const char **why)
{
	struct connection *c;
	enum err err;

	TRY(place_check(arena, conf->path, why));
	*why = arena_printf(arena, "there is no database %s", conf->path);
	if (!file_exists(conf->path))
		return ERR_NOT_FOUND;
	c = connection_new(conf->busy_ms);
	c->only_reads = conf->use == STORE_MOVE_FROM;
	err = connect_all(arena, conf, c, why);
	if (err != OK)
		sqlite_close(c);
	else
		*out = c;
	return err;
}

/* Transactions. */

enum err sqlite_run(struct connection *c, const char *sql)
{
	int code;

	c->own = true;
	code = sqlite3_exec(c->db, sql, NULL, NULL, NULL);
	c->own = false;
	return code == SQLITE_OK ? OK : sqlite_failed(c, code, sql);
}

static enum err say(struct connection *c, enum verb verb)
{
	int code;

	c->own = true; /* it may be prepared anew */
	code = sqlite3_step(c->verbs[verb]);
	c->own = false;
	sqlite3_reset(c->verbs[verb]);
	return code == SQLITE_DONE ? OK : sqlite_failed(c, code, sqlite3_sql(c->verbs[verb]));
}

static void leave(struct connection *c)
{
	if (!sqlite3_get_autocommit(c->db))
		(void)!say(c, VERB_ROLLBACK);
	if (c->writing)
		lock_give(c->lock);
	c->in_transaction = c->writing = false;
}

static enum err sqlite_begin(void *connection, bool write, bool alone)
{
	struct connection *c = connection;
	enum err err;

	(void)alone; /* all writers are */
	if (write)
		TRY(lock_take(c->lock, c->busy_ms));
	c->writing = write;
	err = say(c, write ? VERB_WRITE : VERB_READ);
	if (err != OK)
		leave(c);
	else
		c->in_transaction = true;
	return err;
}

/* SQLite itself ends a transaction after some errors. What came after would be committed statement by statement. */
static bool given_up(const struct connection *c)
{
	return c->in_transaction && sqlite3_get_autocommit(c->db);
}

static enum err sqlite_commit(void *connection)
{
	struct connection *c = connection;
	enum err err = given_up(c) ? ERR_UNAVAILABLE : say(c, VERB_COMMIT);

	if (err == OK && c->writing)
		c->full_told = 0;
	leave(c);
	return err;
}

static void sqlite_rollback(void *connection)
{
	leave(connection);
}

/* Statements. */

/* SQLite numbers parameters in the order in which they stand: $3 is 1 where it stands first. places[n - 1] is $n's. */
struct made {
	sqlite3_stmt *statement;
	int places[];
};

static void sqlite_finalise(void *handle)
{
	struct made *made = handle;

	sqlite3_finalize(made->statement);
	free(made);
}

static bool find_places(struct made *made, int count)
{
	for (int i = 1; i <= count; i++) {
		const char *name = sqlite3_bind_parameter_name(made->statement, i);
		int64_t number;

		if (!name || *name != '$' || !parse_int(name + 1, 1, count, &number))
			return false;
		made->places[number - 1] = i;
	}
	return true;
}

static enum err sqlite_prepare(void *connection, const char *sql, const struct bind *binds, struct prepared *out)
{
	struct connection *c = connection;
	sqlite3_stmt *statement = NULL;
	const char *rest = "";
	int code = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &rest), params;
	struct made *made;

	(void)binds;
	if (code != SQLITE_OK)
		return sqlite_failed(c, code, sql);
	params = sqlite3_bind_parameter_count(statement);
	made = calloc(1, sizeof *made + (size_t)params * sizeof made->places[0]);
	if (!made)
		log_die("out-of-memory");
	made->statement = statement;
	if (!statement || *rest || !find_places(made, params)) {
		LOG(LOG_ERROR, "store-failed", L("what", "not one statement with $1, $2 …"), L("sql", sql));
		sqlite_finalise(made);
		return ERR_BROKEN;
	}
	*out = (struct prepared){
		.handle = made,
		.writes = !sqlite3_stmt_readonly(statement),
		.params = params,
		.columns = sqlite3_column_count(statement),
	};
	return OK;
}

/* Copied: a statement may outlive its values. */
static enum err sqlite_bind(void *connection, void *handle, int number, const struct bind *bind)
{
	struct connection *c = connection;
	const struct made *made = handle;
	sqlite3_stmt *statement = made->statement;
	int at = made->places[number - 1], code;

	if (bind->kind == BIND_INT)
		code = sqlite3_bind_int64(statement, at, bind->number);
	else if (bind->kind == BIND_TEXT)
		code = sqlite3_bind_text(statement, at, bind->text, -1, SQLITE_TRANSIENT);
	else
		code = sqlite3_bind_blob64(statement, at, bind->bytes.data, bind->bytes.len, SQLITE_TRANSIENT);
	return code == SQLITE_OK ? OK : sqlite_failed(c, code, sqlite3_sql(statement));
}

static enum err sqlite_step(void *connection, void *handle, bool *row)
{
	struct connection *c = connection;
	sqlite3_stmt *statement = ((struct made *)handle)->statement;
	int code;

	if (given_up(c))
		return ERR_UNAVAILABLE;
	code = sqlite3_step(statement);
	*row = code == SQLITE_ROW;
	return code == SQLITE_ROW || code == SQLITE_DONE ? OK : sqlite_failed(c, code, sqlite3_sql(statement));
}

static void sqlite_column(void *handle, int column, struct value *out)
{
	sqlite3_stmt *statement = ((struct made *)handle)->statement;

	switch (sqlite3_column_type(statement, column)) {
	case SQLITE_NULL:
		out->kind = VALUE_NULL;
		return;
	case SQLITE_INTEGER:
		out->kind = VALUE_INT;
		out->number = sqlite3_column_int64(statement, column);
		return;
	case SQLITE_TEXT:
		out->kind = VALUE_TEXT;
		out->bytes.data = sqlite3_column_text(statement, column);
		break;
	case SQLITE_BLOB:
		out->kind = VALUE_BYTES;
		out->bytes.data = sqlite3_column_blob(statement, column);
		break;
	default:
		out->kind = VALUE_OTHER;
		return;
	}
	out->bytes.len = (size_t)sqlite3_column_bytes(statement, column);
}

static int64_t sqlite_changed(void *connection)
{
	return sqlite3_changes64(((struct connection *)connection)->db);
}

static void sqlite_reset(void *handle)
{
	struct made *made = handle;

	sqlite3_reset(made->statement);
	sqlite3_clear_bindings(made->statement);
}

/* Most is moved while others write. Then, between two writers, the rest, and the journal begins anew; readers that
 * still need it put that off to the next time. */
static enum err sqlite_checkpoint(void *connection)
{
	struct connection *c = connection;
	int left = 0, moved = 0,
	    code = sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &left, &moved);

	if (code != SQLITE_OK && code != SQLITE_BUSY)
		return sqlite_failed(c, code, "checkpoint");
	if (left == 0 || lock_take(c->lock, c->busy_ms) != OK)
		return OK;
	sqlite3_busy_timeout(c->db, 0);
	code = sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(c->db, (int)c->busy_ms);
	lock_give(c->lock);
	return code == SQLITE_OK || code == SQLITE_BUSY ? OK : sqlite_failed(c, code, "checkpoint");
}

/* For sqlite_make.c, whose connection has no authorizer yet and no lock of its own. */

enum err sqlite_load(const char *path, int64_t busy_ms, struct arena *arena,
	enum err (*load)(struct connection *, struct arena *, const struct schema *), const struct schema *schema,
	const char **why)
{
	struct connection *c = connection_new(busy_ms);
	int code = connect_db(path, c);
	enum err err = code == SQLITE_OK ? load(c, arena, schema) : sqlite_failed(c, code, "open");

	if (err != OK)
		*why = arena_printf(arena, "the new database cannot be made: %s", sqlite3_errmsg(c->db));
	sqlite_close(c);
	return err == ERR_BROKEN ? ERR_INVALID : err;
}

const struct engine engine_sqlite = {
	.name = "sqlite",
	.create = sqlite_create,
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.prepare = sqlite_prepare,
	.bind = sqlite_bind,
	.step = sqlite_step,
	.column = sqlite_column,
	.changed = sqlite_changed,
	.reset = sqlite_reset,
	.finalise = sqlite_finalise,
	.checkpoint = sqlite_checkpoint,
};
