/* Two databases with the same tables (ends.h). */
#include "tests/unit/store/ends.h"

static const char schema[] =
	"-- version: 1\n"
	"-- append-only: diary\n"
	"CREATE TABLE person (\n"
	"  id   BIGINT PRIMARY KEY,\n"
	"  name TEXT DEFAULT 'it''s (a, b)',\n"
	"  data BYTEA,\n"
	"  kind SMALLINT CHECK (kind IN (-32768, 7, 32767)),\n"
	"  UNIQUE (name, kind, id)\n"
	");\n"
	"CREATE TABLE pair (a SMALLINT NOT NULL, b BIGINT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (b, a));\n"
	"CREATE TABLE diary (id BIGINT PRIMARY KEY REFERENCES person (id), text TEXT NOT NULL);\n"
	"INSERT INTO pair (a, b, note) VALUES (7, 7, 'from the schema');\n";

struct table *ends_tables(void)
{
	struct schema parsed;
	struct table *list;
	const char *why;

	assert_ok(schema_parse(test_arena(), schema, &parsed, &why));
	assert_ok(tables_read(test_arena(), &parsed, &list, &why));
	return list;
}

static struct ends places(bool back)
{
	static int made;
	struct store_conf file = { .engine = "sqlite",
		.path = arena_printf(test_arena(), "%s/file-%d.db", test_folder(), ++made),
		.busy_ms = 300 };
	struct store_conf other = engine_conf(arena_printf(test_arena(), "%s/other-%d.db", test_folder(), made), 300);
	struct ends e = { back ? file : other, back ? other : file };

	e.from.use = STORE_MOVE_FROM;
	e.to.use = STORE_MOVE_TO;
	return e;
}

struct store *opened(struct store_conf conf)
{
	struct store *store = NULL;
	const char *why = NULL;

	if (store_open(&conf, test_arena(), &store, &why) != OK)
		fail_msg("%s", why);
	return store;
}

enum err open_as(struct store_conf conf, enum store_use use, const char **why)
{
	struct store *store = NULL;
	enum err err;

	conf.use = use;
	err = store_open(&conf, test_arena(), &store, why);
	store_close(&store);
	return err;
}

static void make(struct store_conf conf)
{
	const char *why = NULL;

	if (store_create(&conf, test_arena(), schema, &why) != OK)
		fail_msg("%s", why);
}

void add_person(struct store *store, int64_t id)
{
	struct bytes data = bytes_of_text(arena_printf(test_arena(), "%lld", (long long)id));

	assert_ok(store_add(store, "INSERT INTO person (id, name, data, kind) VALUES ($1, $2, $3, $4)", V(id),
		V(id % 2 ? "李\"'\\" : ""), V(data), V(7)));
}

static void fill(struct store *store)
{
	static const unsigned char odd[] = { 0, 255, '\\', '\'', 0 };

	assert_ok(store_begin_write(store));
	assert_ok(store_add(store, "INSERT INTO person (id, name, data, kind) VALUES ($1, $2, $3, $4)", V(-5), V_NULL,
		V(BYTES_OF(odd)), V(INT16_MIN)));
	assert_ok(store_add(store, "INSERT INTO person (id, name, data, kind) VALUES ($1, $2, $3, $4)", V(INT64_MAX),
		V("last"), V(((struct bytes){ odd, 0 })), V_NULL));
	assert_ok(store_add(store, "INSERT INTO person (id, name, data, kind) VALUES ($1, $2, $3, $4)", V(0), V(""),
		V_NULL, V(INT16_MAX)));
	for (int64_t id = 1; id <= PERSONS; id++)
		add_person(store, id * 3);
	for (int64_t i = 0; i < PAIRS; i++)
		assert_ok(store_add(
			store, "INSERT INTO pair (a, b, note) VALUES ($1, $2, $3)", V(i % 5 - 2), V(i / 5), V("x")));
	for (int64_t id = 1; id <= 3; id++)
		assert_ok(store_add(store, "INSERT INTO diary (id, text) VALUES ($1, $2)", V(id * 3), V("a day")));
	assert_ok(store_commit(store));
}

/* A source with rows, closed again, and a target without. */
struct ends filled(bool back)
{
	struct ends e = places(back);
	struct store_conf shared = e.from;
	struct store *store;

	shared.use = STORE_SHARED;
	make(shared);
	store = opened(shared);
	fill(store);
	store_close(&store);
	make(e.to);
	return e;
}
