/* Copying tables between two databases: what comes over, what a kill leaves, what is found. */
#include <signal.h>
#include "base/text.h"
#include "store/copy.h"
#include "store/inside.h"
#include "tests/unit/store/ends.h"

static void count_told(void *arg, const char *name, int64_t rows)
{
	(void)name;
	*(int64_t *)arg = rows;
}

static enum err copy_all(struct store *from, struct store *to, int64_t *told)
{
	struct copy_told told_to = { count_told, told };

	for (const struct table *table = ends_tables(); table->name; table++) {
		int64_t before = *told;

		TRY(table_copy(from, to, table, &told_to));
		*told += before;
	}
	return OK;
}

static bool same(struct store *from, struct store *to, const struct table *table)
{
	struct table_sum a, b;

	assert_ok(table_sum(from, table, &a));
	assert_ok(table_sum(to, table, &b));
	return a.rows == b.rows && memcmp(a.sum, b.sum, HASH_LEN) == 0;
}

static int count_same(struct store *from, struct store *to)
{
	int count = 0;

	for (const struct table *table = ends_tables(); table->name; table++)
		count += same(from, to, table);
	return count;
}

static void copy_and_look(bool back)
{
	struct ends e = filled(back);
	struct store *from = opened(e.from), *to = opened(e.to);
	int64_t told = 0, id;
	struct bytes data;
	const char *name;

	assert_int_equal(0, count_same(from, to));
	assert_ok(copy_all(from, to, &told));
	assert_int_equal(PERSONS + 3 + PAIRS + 1 + 3, told);
	assert_int_equal(3, count_same(from, to));
	assert_ok(store_one(to, "SELECT id, name, data FROM person WHERE kind = $1", V(INT16_MIN), INTO(&id),
		INTO(&name), INTO(&data)));
	assert_int_equal(-5, id);
	assert_null(name);
	assert_int_equal(5, data.len);
	assert_int_equal(1, test_count(to, "SELECT count(*) FROM person WHERE length(data) = 0 AND kind IS NULL"));
	assert_int_equal(1, test_count(to, "SELECT count(*) FROM person WHERE data IS NULL AND name = '' AND id = 0"));
	assert_int_equal(1, test_count(to, "SELECT count(*) FROM pair WHERE note = 'from the schema'"));
	store_close(&from);
	store_close(&to);
}

TEST("OPS-9: each value comes over as it is, there and back")
{
	copy_and_look(false);
	copy_and_look(true);
}

/* A kill in the middle. */

static void die_at_second(void *arg, const char *name, int64_t rows)
{
	(void)name, (void)rows;
	if (++*(int *)arg == 2)
		raise(SIGKILL);
}

static int copy_and_die(void *arg)
{
	struct ends *e = arg;
	struct store *from = opened(e->from), *to = opened(e->to);
	int times = 0;

	(void)!table_copy(from, to, ends_tables(), &(struct copy_told){ die_at_second, &times });
	return 1;
}

TEST("OPS-9: a copying that was killed goes on behind its last commit")
{
	for (int back = 0; back < 2; back++) {
		struct ends e = filled(back);
		struct store *from, *to;
		int64_t told = 0;

		assert_int_equal(SIGKILL, test_child(copy_and_die, &e));
		from = opened(e.from);
		to = opened(e.to);
		assert_int_equal(PERSONS + 3, test_count(to, "SELECT count(*) FROM person"));
		assert_ok(copy_all(from, to, &told));
		assert_int_equal(PAIRS + 1 + 3, told);
		assert_int_equal(3, count_same(from, to));
		store_close(&from);
		store_close(&to);
	}
}

/* A server that goes. */

static enum err copy_persons(struct store *from, struct store *to, void (*call)(void *, const char *, int64_t))
{
	int64_t rows = 0;

	return table_copy(from, to, ends_tables(), &(struct copy_told){ call, &rows });
}

TEST_POSTGRES("OPS-9: a copying whose connection ends among its rows, or at their commit, says so and goes on behind "
	      "the last "
	      "commit")
{
	static const struct {
		const char *trigger;
		enum err err;
	} places[] = { { "TRIGGER meanwhile BEFORE INSERT ON person", ERR_UNAVAILABLE },
		{ "CONSTRAINT TRIGGER meanwhile AFTER INSERT ON person DEFERRABLE INITIALLY DEFERRED", ERR_UNSURE } };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct ends e = filled(true);
		struct store *from = opened(e.from), *to = opened(e.to);
		int64_t told = 0;

		(void)engine_conf(e.to.path, 0);
		engine_tamper(arena_printf(test_arena(),
			"CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql AS "
			"$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$; "
			"CREATE %s FOR EACH ROW WHEN (NEW.id = 25500) EXECUTE FUNCTION meanwhile()",
			places[i].trigger));
		assert_err(places[i].err, copy_persons(from, to, count_told));
		assert_int_equal(8192, test_count(to, "SELECT count(*) FROM person"));
		engine_tamper("SELECT 1");
		assert_ok(copy_all(from, to, &told));
		assert_int_equal(PERSONS + 3 - 8192 + PAIRS + 1 + 3, told);
		assert_int_equal(3, count_same(from, to));
		store_close(&from);
		store_close(&to);
	}
}

static void end_connections(void *arg, const char *name, int64_t rows)
{
	(void)arg, (void)name, (void)rows;
	(void)engine_server("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'yinxin'");
}

TEST_POSTGRES(
	"OPS-9: a copying whose connection ends between two pieces, read from or written to, goes on with another one")
{
	for (int back = 0; back < 2; back++) {
		struct ends e = filled(back);
		struct store *from = opened(e.from), *to = opened(e.to);

		assert_ok(copy_persons(from, to, end_connections));
		assert_true(same(from, to, ends_tables()));
		store_close(&from);
		store_close(&to);
	}
}

/* What is found. */

TEST("OPS-9: a row changed, missing or too many is found on the other side")
{
	static const char *const changes[] = { "UPDATE person SET name = 'other' WHERE id = 300",
		"UPDATE person SET name = NULL WHERE id = 0", "UPDATE person SET kind = 32767 WHERE kind IS NULL",
		"DELETE FROM person WHERE id = 27000", "INSERT INTO person (id, name) VALUES (1, 'more')",
		"UPDATE person SET data = x'' WHERE id = 0" };

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct ends e = filled(true);
		struct store *from = opened(e.from), *to = opened(e.to);
		int64_t told = 0;

		assert_ok(copy_all(from, to, &told));
		assert_int_equal(3, count_same(from, to));
		store_close(&to);
		(void)engine_conf(e.to.path, 0);
		engine_tamper(changes[i]);
		to = opened(e.to);
		assert_int_equal(2, count_same(from, to));
		store_close(&from);
		store_close(&to);
	}
}

TEST_POSTGRES("OPS-9: a number that the other side's column cannot hold is refused, not cut")
{
	struct ends e = filled(true), shared = e;
	struct store *from, *to;
	int64_t told = 0;

	shared.from.use = STORE_SHARED;
	from = opened(shared.from);
	assert_ok(store_begin_write(from));
	assert_ok(store_change_one(from, "UPDATE pair SET a = $1 WHERE a = $2 AND b = $3", V(65536), V(0), V(2)));
	assert_ok(store_commit(from));
	store_close(&from);
	from = opened(e.from);
	to = opened(e.to);
	assert_err(ERR_BROKEN, copy_all(from, to, &told));
	assert_int_equal(PERSONS + 3, test_count(to, "SELECT count(*) FROM person"));
	assert_int_equal(0, test_count(to, "SELECT count(*) FROM pair"));
	store_close(&from);
	store_close(&to);
}

TEST("OPS-9: a row whose reference is not there is refused")
{
	for (int back = 0; back < 2; back++) {
		struct ends e = filled(back);
		struct store *from = opened(e.from), *to = opened(e.to);
		struct table *list = ends_tables();
		int64_t told = 0;

		assert_err(ERR_BROKEN, table_copy(from, to, &list[2], &(struct copy_told){ count_told, &told }));
		assert_int_equal(0, test_count(to, "SELECT count(*) FROM diary"));
		store_close(&from);
		store_close(&to);
	}
}

/* Writes, and dies before the journal goes into the file. */
static int write_and_die(void *arg)
{
	struct ends *e = arg;
	struct store *store = opened(e->from);

	if (store_begin_write(store) != OK || store_commit(store) != OK || store_begin_write(store) != OK)
		return 1;
	add_person(store, 1);
	(void)!store_commit(store);
	raise(SIGKILL);
	return 1;
}

static struct bytes file_of(struct store_conf conf, const char *ending)
{
	struct bytes all;

	assert_ok(file_read(test_arena(), arena_printf(test_arena(), "%s%s", conf.path, ending), 64 << 20, &all));
	return all;
}

TEST_SQLITE("OPS-9: the files of the source stay as they were, a journal with rows that are not in it yet as well")
{
	struct ends e = filled(false), shared = e;
	struct store *from, *to;
	struct bytes file, journal;
	int64_t told = 0;

	shared.from.use = STORE_SHARED;
	assert_int_equal(SIGKILL, test_child(write_and_die, &shared));
	file = file_of(e.from, "");
	journal = file_of(e.from, "-wal");
	assert_true(journal.len > 0);
	from = opened(e.from);
	to = opened(e.to);
	assert_ok(copy_all(from, to, &told));
	assert_int_equal(3, count_same(from, to));
	assert_int_equal(1, test_count(to, "SELECT count(*) FROM person WHERE id = 1"));
	store_close(&from);
	store_close(&to);
	assert_true(bytes_equal(file, file_of(e.from, "")));
	assert_true(bytes_equal(journal, file_of(e.from, "-wal")));
}

/* The schema's tables. */

static enum err read_tables(const char *text, struct table **out)
{
	struct schema parsed;
	const char *why = NULL;

	assert_ok(schema_parse(test_arena(), arena_printf(test_arena(), "-- version: 1\n%s", text), &parsed, &why));
	return tables_read(test_arena(), &parsed, out, &why);
}

TEST("the schema's tables fall apart into columns and keys; each needs a key of whole numbers")
{
	struct table *list = ends_tables();

	assert_string_equal("person", list[0].name);
	assert_int_equal(4, list[0].count);
	assert_string_equal("kind", list[0].columns[3].name);
	assert_int_equal(2, list[0].columns[3].octets);
	assert_int_equal(0, list[0].columns[1].octets);
	assert_int_equal(1, list[0].keys);
	assert_string_equal("pair", list[1].name);
	assert_int_equal(2, list[1].keys);
	assert_int_equal(1, list[1].key[0]);
	assert_int_equal(0, list[1].key[1]);
	assert_string_equal("diary", list[2].name);
	assert_null(list[3].name);
	assert_err(ERR_INVALID, read_tables("CREATE TABLE a (id BIGINT)", &list));
	assert_err(ERR_INVALID, read_tables("CREATE TABLE a (id TEXT PRIMARY KEY)", &list));
	assert_err(ERR_INVALID, read_tables("CREATE TABLE a (id BIGINT, t TEXT, PRIMARY KEY (id, t))", &list));
	assert_err(ERR_INVALID, read_tables("CREATE TABLE a (id BIGINT, PRIMARY KEY (other))", &list));
}

TEST("OPS-9: every table of the schema can be moved")
{
	struct bytes text;
	struct table *list;
	int count = 0;

	assert_ok(file_read(test_arena(), "schema.sql", 1 << 20, &text));
	assert_ok(read_tables(strchr(strstr((const char *)text.data, "-- version:"), '\n'), &list));
	while (list[count].name)
		count++;
	for (const char *at = (const char *)text.data; (at = strstr(at, "\nCREATE TABLE ")); at++)
		count--;
	assert_int_equal(-1, count); /* schema_version is the store's own */
}

static struct engine engine_before;

/* As PostgreSQL answers where the connection has ended before COMMIT was sent. */
static enum err lose_before_commit(void *connection)
{
	engine_before.rollback(connection);
	return ERR_CONFLICT;
}

TEST("OPS-9: a connection lost before a commit is no row in the way of another, and copying again goes on")
{
	struct ends e = filled(false);
	struct store *from = opened(e.from), *to = opened(e.to);
	const struct engine *engine = to->engine;
	struct engine losing = *engine;
	int64_t told = 0;

	engine_before = *engine;
	losing.commit = lose_before_commit;
	to->engine = &losing;
	assert_err(ERR_UNAVAILABLE, copy_all(from, to, &told));
	to->engine = engine;
	assert_ok(copy_all(from, to, &told));
	assert_int_equal(3, count_same(from, to));
	store_close(&from);
	store_close(&to);
}
