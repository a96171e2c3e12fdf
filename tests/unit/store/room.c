#include <sys/wait.h>
#include "tests/unit/store/room.h"

const char test_schema[] =
	"-- version: 1\n"
	"-- append-only: diary\n"
	"CREATE TABLE note (\n"
	"  id    BIGINT PRIMARY KEY,   -- a comment; with a semicolon\n"
	"  text  TEXT UNIQUE,\n"
	"  data  BYTEA,\n"
	"  kind  SMALLINT CHECK (kind >= 0)\n"
	");\n"
	"CREATE TABLE leaf (id BIGINT PRIMARY KEY, note BIGINT NOT NULL REFERENCES note (id));\n"
	"CREATE TABLE counter (id BIGINT PRIMARY KEY, value BIGINT NOT NULL);\n"
	"CREATE INDEX note_by_kind ON note (kind, id);\n"
	"CREATE TABLE diary (id BIGINT PRIMARY KEY, text TEXT NOT NULL DEFAULT 'it''s; BIGINT -- so');\n"
	"INSERT INTO counter (id, value) VALUES (1, 0);\n";

struct store_conf test_conf(void)
{
	return engine_conf(arena_printf(test_arena(), "%s/test.db", test_folder()), 20000);
}

void test_make(void)
{
	struct store_conf conf = test_conf();
	const char *why = NULL;

	if (store_create(&conf, test_arena(), test_schema, &why) != OK)
		fail_msg("%s", why);
}

struct store *test_open(void)
{
	struct store_conf conf = test_conf();
	struct store *store = NULL;
	const char *why = NULL;

	if (store_open(&conf, test_arena(), &store, &why) == OK)
		return store;
	test_make();
	if (store_open(&conf, test_arena(), &store, &why) != OK)
		fail_msg("%s", why);
	return store;
}

int64_t test_count(struct store *store, const char *sql)
{
	int64_t count = -1;

	assert_ok(store_one_(store, sql, BINDS(INTO(&count))));
	return count;
}

int64_t test_backend(struct store *store)
{
	return test_count(store, "SELECT pg_backend_pid()::bigint");
}

void test_end_backend(int64_t backend)
{
	engine_server(arena_printf(test_arena(), "SELECT pg_terminate_backend(%d, 5000)", (int)backend));
}
