/* Places for the engines' databases (engine.h): a file in the test's folder, a schema of PostgreSQL. */
#include <libpq-fe.h>
#include <poll.h>
#include <sqlite3.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "tests/unit/engine.h"

static const char *server(void)
{
	return getenv("YINXIN_POSTGRES");
}

bool engine_is_postgres(void)
{
	return server();
}

/* Where SQL behind the program's back goes: the database or the schema that was asked for last. */
static char place[200];
static struct schema {
	char name[48], folder[80], path[200]; /* of the test that has it, and its path there */
	const char *made; /* the text that its tables were made from; NULL: it has none, or others now */
} schemas[400];
static int count;
static struct schema *last;

/* As the superuser, who may switch triggers and keys off. One connection for all: a test is over in milliseconds. */
static const char *run(const char *sql)
{
	static PGconn *conn;
	PGresult *result;
	const char *value;

	if (!conn)
		conn = PQconnectdb(arena_printf(
			test_arena(), "%s user=postgres options='-c client_min_messages=error'", server()));
	result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(conn));
	value = arena_text(test_arena(), PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	return value;
}

static const char *inside(const struct schema *schema, const char *sql)
{
	return arena_printf(
		test_arena(), "SET session_replication_role = replica; SET search_path = %s; %s", schema->name, sql);
}

static struct schema *found(const char *path)
{
	for (int i = 0; i < count; i++)
		if (text_equal(schemas[i].path, path))
			return &schemas[i];
	return NULL;
}

static struct schema *given(struct schema *schema, const char *path)
{
	snprintf(schema->folder, sizeof schema->folder, "%s", test_folder());
	snprintf(schema->path, sizeof schema->path, "%s", path);
	return schema;
}

static struct schema *new_schema(const char *path)
{
	struct schema *schema = &schemas[count++];

	assert_true((size_t)count < sizeof schemas / sizeof *schemas);
	snprintf(schema->name, sizeof schema->name, "test_%d_%d", (int)getpid(), count);
	(void)run(arena_printf(test_arena(), "CREATE SCHEMA %s AUTHORIZATION yinxin", schema->name));
	return given(schema, path);
}

/* A schema whose tables another test left, emptied: that takes a tenth of making them. */
static struct schema *emptied(const char *path, const char *made)
{
	for (int i = 0; i < count; i++) {
		struct schema *schema = &schemas[i];

		if (!schema->made || !text_equal(schema->made, made) || text_equal(schema->folder, test_folder()))
			continue;
		(void)run(inside(schema,
			run(arena_printf(test_arena(),
				"SELECT string_agg('DELETE FROM ' || tablename, ';') FROM pg_tables "
				"WHERE schemaname = '%s' AND tablename <> 'schema_version'",
				schema->name))));
		return given(schema, path);
	}
	return NULL;
}

static struct store_conf conf_of(const char *path, int64_t busy_ms)
{
	struct store_conf conf = { .engine = "sqlite", .path = path, .busy_ms = busy_ms };

	snprintf(place, sizeof place, "%s", path);
	if (!engine_is_postgres())
		return conf;
	conf.engine = "postgres";
	conf.connection = arena_printf(test_arena(), "%s options='-c search_path=%s'", server(), last->name);
	return conf;
}

struct store_conf engine_conf(const char *path, int64_t busy_ms)
{
	if (engine_is_postgres())
		last = found(path) ? found(path) : new_schema(path);
	return conf_of(path, busy_ms);
}

struct store_conf engine_made(const char *path, int64_t busy_ms, const char *schema)
{
	static const char *kept[4]; /* a suite has one or two */
	const char *why = NULL;
	struct store_conf conf;
	int i = 0;

	if (engine_is_postgres() && (last = emptied(path, schema)))
		return conf_of(path, busy_ms);
	conf = engine_conf(path, busy_ms);
	if (store_create(&conf, test_arena(), schema, &why) != OK)
		fail_msg("%s", why);
	while (kept[i] && !text_equal(kept[i], schema))
		i++;
	if (!kept[i])
		kept[i] = strdup(schema);
	if (last)
		last->made = kept[i];
	return conf;
}

/* How SQLite writes bytes, for PostgreSQL. */
static const char *translated(const char *sql)
{
	static const char *const words[][2] = { { " x'", " bytea '\\x" }, { "AS BLOB", "AS BYTEA" },
		{ "zeroblob(", "public.zeroblob(" } };
	struct buf out = buf_new(test_arena());

	while (*sql) {
		size_t i = 0;

		while (i < 3 && !text_starts(sql, words[i][0]))
			i++;
		if (i == 3) {
			buf_char(&out, *sql++);
			continue;
		}
		buf_text(&out, words[i][1]);
		sql += strlen(words[i][0]);
	}
	return out.data;
}

static void tamper_sqlite(const char *sql)
{
	static const char triggers[] = "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'";
	sqlite3 *db;
	char **drops;
	int n;

	assert_int_equal(SQLITE_OK, sqlite3_open(place, &db));
	assert_int_equal(SQLITE_OK, sqlite3_get_table(db, triggers, &drops, &n, NULL, NULL));
	for (int i = 1; i <= n; i++)
		assert_int_equal(SQLITE_OK, sqlite3_exec(db, drops[i], NULL, NULL, NULL));
	sqlite3_free_table(drops);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

const char *engine_server(const char *sql)
{
	return run(sql);
}

const char *engine_refuses(const char *sql)
{
	PGconn *conn = PQconnectdb(conf_of(place, 0).connection);
	PGresult *result = PQexec(conn, sql);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	state = arena_text(test_arena(), state ? state : "");
	PQclear(result);
	PQfinish(conn);
	return state;
}

#define SLEEPERS "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"

/* The server does not notice that a client was killed while its statement runs. */
static void end_hanging(void)
{
	(void)run("SELECT pg_terminate_backend(pid, 5000) " SLEEPERS);
}

void engine_tamper(const char *sql)
{
	if (!engine_is_postgres()) {
		tamper_sqlite(sql);
		return;
	}
	if (strstr(sql, "CREATE "))
		last->made = NULL;
	end_hanging();
	(void)run(inside(last, "DROP FUNCTION IF EXISTS meanwhile CASCADE"));
	(void)run(inside(last, translated(sql)));
}

static const char *body_of(const char *body, bool postgres)
{
	if (body == engine_fails)
		return postgres ? "RAISE EXCEPTION 'no'" : "SELECT RAISE(ABORT, 'no')";
	if (body == engine_hangs)
		return postgres
			? "PERFORM pg_sleep(1000)"
			: "SELECT count(*) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
			  "WHERE i < 100000000000) SELECT i FROM n)";
	return body;
}

const char engine_fails[] = "fails", engine_hangs[] = "hangs";

void engine_trigger(const char *event, const char *when, const char *body)
{
	if (engine_is_postgres())
		engine_tamper(arena_printf(test_arena(),
			"CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS "
			"$$ BEGIN IF %s THEN %s; END IF; RETURN NEW; END $$; "
			"CREATE TRIGGER meanwhile %s FOR EACH ROW EXECUTE FUNCTION meanwhile()",
			when, body_of(body, true), event));
	else
		engine_tamper(arena_printf(test_arena(), "CREATE TRIGGER meanwhile %s WHEN %s BEGIN %s; END", event,
			when, body_of(body, false)));
}

/* Until somebody has been writing for a tenth of a second: a short write takes no thousandth. */
static void wait_for_writer(void)
{
	sqlite3 *db;

	assert_int_equal(SQLITE_OK, sqlite3_open(place, &db));
	for (int busy = 0; busy < 50;) {
		busy = sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL) == SQLITE_OK ? 0 : busy + 1;
		poll(NULL, 0, 2);
	}
	sqlite3_close(db);
}

void engine_wait_for_hang(void)
{
	if (!engine_is_postgres())
		wait_for_writer();
	else
		while (text_equal(run("SELECT count(*) " SLEEPERS), "0"))
			poll(NULL, 0, 2);
}

const char *engine_holding(const char *column, const char *text)
{
	return arena_printf(test_arena(),
		engine_is_postgres() ? "position(convert_to('%2$s', 'UTF8') IN %1$s) > 0"
				     : "instr(%1$s, CAST('%2$s' AS BLOB)) > 0",
		column, text);
}

const char *engine_row_number(void)
{
	return engine_is_postgres() ? "ctid" : "rowid";
}

static bool file_holds(const char *path, struct bytes wanted)
{
	struct bytes all;

	assert_ok(file_read(test_arena(), path, 64 << 20, &all));
	return all.len && memmem(all.data, all.len, wanted.data, wanted.len);
}

/* Every row as text, bytes as hex. */
static const char *all_rows(void)
{
	return run(inside(last,
		"SELECT string_agg(query_to_xml('SELECT t::text FROM ' || tablename || ' t', true, false, '')::text, "
		"'') "
		"FROM pg_tables WHERE schemaname = current_schema()"));
}

bool engine_knows(struct bytes wanted)
{
	const char *all;

	if (!engine_is_postgres())
		return file_holds(place, wanted) || file_holds(arena_printf(test_arena(), "%s-wal", place), wanted);
	all = all_rows();
	return memmem(all, strlen(all), wanted.data, wanted.len) || strstr(all, hex_encode(test_arena(), wanted));
}
