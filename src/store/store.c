/* The storage interface's half that every engine shares (store.h): values and columns, how many rows, whose turn it is
 * to begin and end. The other half is the engine's (engine.h). */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "store/bind.h"
#include "store/inside.h"

static enum err broken(const char *what, const char *sql)
{
	LOG(LOG_ERROR, "store-broken", L("what", what), L("sql", sql));
	return ERR_BROKEN;
}

/* Every error of a statement passes here. */
static enum err spoil(struct store *store, enum err err)
{
	if (store->state == IDLE || (err != ERR_UNAVAILABLE && (err != ERR_BROKEN || store->state != WRITING)))
		return err;
	if (store->spoilt == OK)
		store->spoilt = err;
	store->again = store->engine->again && store->engine->again(store->connection);
	return err;
}

static enum err read_row(struct store *store, const struct statement *statement, const struct bind *binds)
{
	int column = 0;

	if (bind_count(binds, false) != statement->prepared.columns)
		return broken("columns and places differ in number", statement->sql);
	for (; binds->kind != BIND_END; binds++) {
		struct value value = { 0 };

		if (bind_is_value(binds))
			continue;
		store->engine->column(statement->prepared.handle, column++, &value);
		if (!bind_put(store->arena, binds, &value))
			return broken("a column does not fit its place", statement->sql);
	}
	return OK;
}

static enum err bind_all(struct store *store, const struct statement *statement, const struct bind *binds)
{
	int number = 0;

	if (bind_count(binds, true) != statement->prepared.params)
		return broken("values and parameters differ in number", statement->sql);
	for (; binds->kind != BIND_END; binds++) {
		if (!bind_is_value(binds))
			continue;
		if (binds->kind == BIND_TEXT && binds->text && !utf8_valid(binds->text, strlen(binds->text)))
			return ERR_INVALID;
		TRY(store->engine->bind(store->connection, statement->prepared.handle, ++number, binds));
	}
	return OK;
}

/* Running a statement. */

static enum err take_and_bind(struct store *store, const char *sql, const struct bind *binds, struct statement **out)
{
	struct statement *statement;
	enum err err;

	TRY(statement_take(store->statements, sql, binds, &statement));
	if (statement->prepared.writes && store->state != WRITING)
		err = broken("a change outside a write transaction", sql);
	else
		err = bind_all(store, statement, binds);
	if (err != OK)
		statement_give(store->statements, statement);
	else
		*out = statement;
	return err;
}

static enum err start(struct store *store, const char *sql, const struct bind *binds, struct statement **out)
{
	int64_t began = clock_ticks();
	enum err err = take_and_bind(store, sql, binds, out);

	store->busy_us += clock_ticks() - began;
	return spoil(store, err);
}

static enum err step(struct store *store, struct statement *statement, bool *row)
{
	int64_t began = clock_ticks();
	enum err err = store->engine->step(store->connection, statement->prepared.handle, row);

	store->busy_us += clock_ticks() - began;
	return spoil(store, err);
}

void rows_open_(struct store *store, struct rows *rows, const char *sql, const struct bind *binds)
{
	struct statement *statement = NULL;

	*rows = (struct rows){ .store = store };
	rows->err = start(store, sql, binds, &statement);
	rows->statement = statement;
}

bool rows_next_(struct rows *rows, const struct bind *binds)
{
	const struct statement *statement = rows->statement;
	bool row = false;

	if (rows->err != OK || !statement)
		return false;
	if (!statement->busy) {
		rows->err = spoil(rows->store, broken("rows that ended with their transaction", statement->sql));
		return false;
	}
	rows->err = step(rows->store, rows->statement, &row);
	if (rows->err == OK && row)
		rows->err = spoil(rows->store, read_row(rows->store, rows->statement, binds));
	return rows->err == OK && row;
}

enum err rows_close(struct rows *rows)
{
	if (rows->statement)
		statement_give(rows->store->statements, rows->statement);
	rows->statement = NULL;
	return rows->err;
}

/* The row into its places, and whether there is another one. */
static enum err only_row(struct store *store, struct statement *statement, const struct bind *binds)
{
	bool row;

	TRY(step(store, statement, &row));
	if (!row)
		return ERR_NOT_FOUND;
	TRY(spoil(store, read_row(store, statement, binds)));
	TRY(step(store, statement, &row));
	return row ? spoil(store, broken("a second row", statement->sql)) : OK;
}

enum err store_one_(struct store *store, const char *sql, const struct bind *binds)
{
	struct statement *statement;
	enum err err;

	TRY(start(store, sql, binds, &statement));
	err = only_row(store, statement, binds);
	statement_give(store->statements, statement);
	return err;
}

void store_ahead_(struct store *store, const char *sql, const struct bind *binds)
{
	struct statement *statement;

	if (!store->engine->ahead || store->state != READING || start(store, sql, binds, &statement) != OK)
		return;
	store->engine->ahead(store->connection, statement->prepared.handle);
	statement_give(store->statements, statement);
}

static enum err run_change(struct store *store, struct statement *statement, const struct bind *binds, int64_t *changed)
{
	bool row;

	if (!statement->prepared.writes || statement->prepared.columns || bind_count(binds, false))
		return spoil(store, broken("not a change", statement->sql));
	TRY(step(store, statement, &row));
	*changed = store->engine->changed(store->connection);
	return OK;
}

enum err store_change_(struct store *store, int64_t *changed, const char *sql, const struct bind *binds)
{
	struct statement *statement;
	int64_t rows = 0;
	enum err err;

	TRY(start(store, sql, binds, &statement));
	err = run_change(store, statement, binds, &rows);
	statement_give(store->statements, statement);
	if (changed)
		*changed = rows;
	return err;
}

enum err store_change_one_(struct store *store, const char *sql, const struct bind *binds)
{
	int64_t changed;

	TRY(store_change_(store, &changed, sql, binds));
	if (changed > 1)
		return spoil(store, broken("more than one row changed", sql));
	return changed ? OK : ERR_CONFLICT;
}

enum err store_add_(struct store *store, const char *sql, const struct bind *binds)
{
	int64_t changed;
	enum err err = store_change_(store, &changed, sql, binds);

	store->clashed |= err == ERR_CONFLICT;
	TRY(err);
	return changed == 1 ? OK : spoil(store, broken("not one row added", sql));
}

enum err store_version(struct store *store, int64_t *out)
{
	return store_one(store, "SELECT version FROM schema_version", INTO(out));
}

bool store_clashed(const struct store *store)
{
	return store->clashed;
}

bool store_unanswered(const struct store *store)
{
	return store->state != IDLE && store->spoilt == ERR_UNAVAILABLE;
}

bool store_again(const struct store *store)
{
	return store->again;
}

/* Transactions. */

static enum err begin(struct store *store, bool write, bool alone)
{
	int64_t began = clock_ticks();
	enum err err;

	if (store->state != IDLE)
		return broken("a transaction in a transaction", "BEGIN");
	if (write && store->use == STORE_MOVE_FROM)
		return broken("a change of a database that is only read", "BEGIN");
	err = store->engine->begin(store->connection, write, alone);
	store->busy_us += clock_ticks() - began;
	TRY(err);
	store->state = write ? WRITING : READING;
	store->spoilt = OK;
	store->clashed = store->again = false;
	return OK;
}

enum err store_begin_read(struct store *store)
{
	return begin(store, false, false);
}

enum err store_begin_write(struct store *store)
{
	return begin(store, true, false);
}

enum err store_begin_alone(struct store *store)
{
	return begin(store, true, true);
}

static void close_left_open(struct store *store)
{
	size_t left = statements_give_all(store->statements);

	if (left)
		LOG(LOG_WARN, "store-rows-left-open", L("count", (int64_t)left));
}

enum err store_commit(struct store *store)
{
	int64_t began = clock_ticks();
	enum err err = store->spoilt;

	if (store->state == IDLE)
		return broken("no transaction", "COMMIT");
	if (err != OK) {
		bool again = store->again;

		store_rollback(store);
		return again ? ERR_CONFLICT : err;
	}
	close_left_open(store);
	err = store->engine->commit(store->connection);
	store->state = IDLE;
	store->busy_us += clock_ticks() - began;
	return err;
}

void store_rollback(struct store *store)
{
	int64_t began = clock_ticks();

	if (store->state == IDLE)
		return;
	statements_give_all(store->statements);
	store->engine->rollback(store->connection);
	store->again = false;
	store->state = IDLE;
	store->spoilt = OK;
	store->busy_us += clock_ticks() - began;
}

bool store_in_write(const struct store *store)
{
	return store->state == WRITING;
}

bool store_in_transaction(const struct store *store)
{
	return store->state != IDLE;
}

/* The rest. */

struct arena *store_use_arena(struct store *store, struct arena *arena)
{
	struct arena *before = store->arena;

	if (store->state == IDLE)
		close_left_open(store);
	store->arena = arena;
	return before;
}

enum err store_lead(struct store *store, int part, bool *leads)
{
	*leads = true;
	if (store->state != IDLE)
		return broken("leading inside a transaction", "LEAD");
	return store->engine->lead ? store->engine->lead(store->connection, part, leads) : OK;
}

enum err store_checkpoint(struct store *store)
{
	if (store->state != IDLE)
		return broken("a checkpoint in a transaction", "CHECKPOINT");
	return store->engine->checkpoint(store->connection);
}

enum err store_ping(struct store *store)
{
	int64_t version;

	return store_version(store, &version);
}

enum err store_describe(struct store *store, const char **words, const char **danger)
{
	*words = store->engine->name;
	*danger = NULL;
	return store->engine->describe ? store->engine->describe(store->connection, store->arena, words, danger)
				       : store_ping(store);
}

int64_t store_busy_us(const struct store *store)
{
	return store->busy_us;
}
