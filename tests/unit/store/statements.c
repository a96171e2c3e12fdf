/* Statements: values, columns, numbers of rows. */
#include "tests/unit/store/room.h"

enum colour { RED, GREEN, BLUE };

static struct store *writing(void)
{
	struct store *store = test_open();

	assert_ok(store_begin_write(store));
	return store;
}

static void add_notes(struct store *store, int count)
{
	for (int i = 1; i <= count; i++)
		assert_ok(store_add(store, "INSERT INTO note (id, text, kind) VALUES ($1, $2, $3)", V(i),
			V(arena_printf(test_arena(), "note %d", i)), V(i % 3)));
}

TEST("SEC-3: values are bound by their number, wherever it stands in the text, and may stand twice")
{
	struct store *store = writing();
	const char *text;
	int64_t id, kind;

	assert_ok(store_add(store, "INSERT INTO note (text, kind, id) VALUES ($3, $2, $1)", V(7), V(2), V("seven")));
	assert_ok(store_one(store, "SELECT text, id, kind FROM note WHERE kind = $2 AND id = $1 AND kind <> $1", V(7),
		V(2), INTO(&text), INTO(&id), INTO(&kind)));
	assert_string_equal("seven", text);
	assert_int_equal(7, id);
	assert_int_equal(2, kind);
	store_close(&store);
}

TEST("SEC-3: a value is data: quotes and statements in it stay text")
{
	struct store *store = writing();
	const char *evil = "'); DROP TABLE note; -- \"$1\"", *text;

	assert_ok(store_add(store, "INSERT INTO note (id, text) VALUES ($1, $2)", V(1), V(evil)));
	assert_ok(store_one(store, "SELECT text FROM note WHERE text = $1", V(evil), INTO(&text)));
	assert_string_equal(evil, text);
	store_close(&store);
}

TEST("each C type finds its kind of value and comes back whole")
{
	struct store *store = writing();
	struct bytes data = BYTES_OF("\0\xff\n"), got;
	char letters[] = "印章 🀄";
	enum colour colour = BLUE;
	const char *text;
	bool flag = false;
	int number;

	assert_ok(store_add(store, "INSERT INTO note (id, text, data, kind) VALUES ($1, $2, $3, $4)", V(INT64_MAX),
		V(letters), V(data), V(colour)));
	colour = RED;
	assert_ok(store_one(store, "SELECT text, data, kind, kind FROM note WHERE id = $1", V(INT64_MAX), INTO(&text),
		INTO(&got), INTO(&colour), INTO(&number)));
	assert_string_equal(letters, text);
	assert_true(bytes_equal(data, got));
	assert_int_equal(BLUE, colour);
	assert_int_equal(BLUE, number);
	assert_ok(store_add(store, "INSERT INTO note (id, kind) VALUES ($1, $2)", V(INT64_MIN), V(true)));
	assert_ok(store_one(store, "SELECT kind FROM note WHERE id = $1", V(INT64_MIN), INTO(&flag)));
	assert_true(flag);
	store_close(&store);
}

TEST("a NULL text and bytes with NULL data are NULL, and come back as NULL, no bytes, 0; empty ones are not NULL")
{
	struct store *store = writing();
	struct bytes none = { 0 }, empty = { (const unsigned char *)"", 0 }, data = BYTES_OF("x");
	const char *text = "x";
	int64_t kind = 5;
	bool flag = true;

	assert_ok(store_add(store, "INSERT INTO note (id, text, data, kind) VALUES ($1, $2, $3, $4)", V(1),
		V((const char *)NULL), V(none), V_NULL));
	assert_int_equal(
		1, test_count(store, "SELECT COUNT(*) FROM note WHERE text IS NULL AND data IS NULL AND kind IS NULL"));
	assert_ok(store_one(
		store, "SELECT text, data, kind, kind FROM note", INTO(&text), INTO(&data), INTO(&kind), INTO(&flag)));
	assert_null(text);
	assert_null(data.data);
	assert_int_equal(0, data.len);
	assert_int_equal(0, kind);
	assert_false(flag);
	assert_ok(store_add(store, "INSERT INTO note (id, text, data) VALUES ($1, $2, $3)", V(2), V(""), V(empty)));
	assert_ok(store_one(store, "SELECT text, data FROM note WHERE id = 2 AND text IS NOT NULL AND data IS NOT NULL",
		INTO(&text), INTO(&data)));
	assert_string_equal("", text);
	assert_int_equal(0, data.len);
	store_close(&store);
}

TEST("a text that is not UTF-8 is refused")
{
	struct store *store = writing();

	assert_err(ERR_INVALID, store_add(store, "INSERT INTO note (id, text) VALUES ($1, $2)", V(1), V("a\xc0\x80")));
	assert_int_equal(0, test_count(store, "SELECT COUNT(*) FROM note"));
	store_close(&store);
}

/* PostgreSQL has no such texts. */
TEST_SQLITE("a text with a NUL is not handed out as a shorter one")
{
	struct store *store = writing();
	const char *text = NULL;

	assert_err(ERR_BROKEN, store_one(store, "SELECT CAST(x'610062' AS TEXT)", INTO(&text)));
	store_close(&store);
}

TEST("a column of another type, or beyond its place, is an error, not a guess")
{
	struct store *store = test_open();
	const char *text;
	struct bytes data;
	int64_t big;
	int small;
	bool flag;
	enum colour colour;

	assert_err(ERR_BROKEN, store_one(store, "SELECT 1", INTO(&text)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 'a'", INTO(&big)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 'a'", INTO(&data)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT $1", V(BYTES_OF("a")), INTO(&text)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 1.5", INTO(&big)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 2147483648", INTO(&small)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 2", INTO(&flag)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT -1", INTO(&colour)));
	store_close(&store);
}

TEST("values and places must be as many as the statement has")
{
	struct store *store = test_open();
	int64_t a, b;

	assert_err(ERR_BROKEN, store_one(store, "SELECT $1", INTO(&a)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT $1", V(1), V(2), INTO(&a)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT $1, $3", V(1), V(2), INTO(&a), INTO(&b)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 1, 2", INTO(&a)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 1; SELECT 2", INTO(&a)));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 1", INTO(&a), INTO(&b)));
	assert_ok(store_one(store, "SELECT $1", V(9), INTO(&a)));
	assert_int_equal(9, a);
	store_close(&store);
}

TEST("store_one: none is not-found, two are broken")
{
	struct store *store = writing();
	int64_t id;

	assert_err(ERR_NOT_FOUND, store_one(store, "SELECT id FROM note", INTO(&id)));
	add_notes(store, 2);
	assert_ok(store_one(store, "SELECT id FROM note WHERE id = $1", V(2), INTO(&id)));
	assert_int_equal(2, id);
	assert_err(ERR_BROKEN, store_one(store, "SELECT id FROM note", INTO(&id)));
	store_close(&store);
}

TEST("store_change_one: no row is a conflict, two are broken; store_change tells how many")
{
	struct store *store = writing();
	int64_t changed = -1;

	add_notes(store, 3);
	assert_ok(store_change_one(store, "UPDATE note SET kind = $2 WHERE id = $1", V(1), V(9)));
	assert_err(ERR_CONFLICT, store_change_one(store, "UPDATE note SET kind = $2 WHERE id = $1", V(4), V(9)));
	assert_ok(store_change(store, &changed, "UPDATE note SET kind = 8"));
	assert_int_equal(3, changed);
	assert_ok(store_change(store, NULL, "DELETE FROM note WHERE id = $1", V(77)));
	assert_err(ERR_BROKEN, store_change_one(store, "UPDATE note SET kind = 7"));
	store_close(&store);
}

TEST("a clash of keys or of a unique value is a conflict and leaves the transaction whole")
{
	struct store *store = writing();

	add_notes(store, 1);
	assert_err(ERR_CONFLICT, store_add(store, "INSERT INTO note (id, text) VALUES ($1, $2)", V(1), V("other")));
	assert_err(ERR_CONFLICT, store_add(store, "INSERT INTO note (id, text) VALUES ($1, $2)", V(2), V("note 1")));
	assert_ok(store_commit(store));
	assert_int_equal(1, test_count(store, "SELECT COUNT(*) FROM note"));
	store_close(&store);
}

static void assert_broken_change(const char *sql)
{
	struct store *store = writing();

	assert_err(ERR_BROKEN, store_change(store, NULL, sql));
	assert_err(ERR_BROKEN, store_commit(store));
	store_close(&store);
}

TEST("a broken constraint or a value of another type is a bug, and spoils the transaction")
{
	assert_broken_change("INSERT INTO note (id, kind) VALUES (1, -1)");
	assert_broken_change("INSERT INTO leaf (id, note) VALUES (1, 1)");
	assert_broken_change("INSERT INTO counter (id, value) VALUES (2, NULL)");
	assert_broken_change("INSERT INTO counter (id, value) VALUES (2, 'two')");
	assert_broken_change("INSERT INTO note (id, text) VALUES (2, \"text\")");
}

/* PostgreSQL makes texts of numbers and bytes that stand in a statement. */
TEST_SQLITE("a value that is written in a statement keeps its type")
{
	assert_broken_change("INSERT INTO note (id, text) VALUES (2, x'61')");
}

TEST("a bound value of another type than its column's is a bug, and spoils the transaction")
{
	struct store *store = writing();

	assert_err(ERR_BROKEN, store_add(store, "INSERT INTO note (id, text) VALUES ($1, $2)", V(1), V(BYTES_OF("a"))));
	assert_err(ERR_BROKEN, store_commit(store));
	assert_ok(store_begin_write(store));
	assert_err(ERR_BROKEN, store_add(store, "INSERT INTO note (id, data) VALUES ($1, $2)", V(1), V("a")));
	assert_err(ERR_BROKEN, store_commit(store));
	assert_ok(store_begin_write(store));
	assert_err(ERR_BROKEN, store_add(store, "INSERT INTO note (id, kind) VALUES ($1, $2)", V(1), V("a")));
	assert_err(ERR_BROKEN, store_commit(store));
	store_close(&store);
}

TEST("other statements run between rows, and the same text twice at once")
{
	static const char by_kind[] = "SELECT id FROM note WHERE kind = $1 ORDER BY id";
	struct store *store = writing();
	struct rows outer, inner;
	int64_t a, b, sum = 0, pairs = 0;

	add_notes(store, 9);
	rows_open(store, &outer, by_kind, V(0));
	while (rows_next(&outer, INTO(&a))) {
		assert_ok(store_change_one(store, "UPDATE note SET data = $2 WHERE id = $1", V(a), V(BYTES_OF("1"))));
		rows_open(store, &inner, by_kind, V(1));
		while (rows_next(&inner, INTO(&b)))
			sum += a * b, pairs++;
		assert_ok(rows_close(&inner));
	}
	assert_ok(rows_close(&outer));
	assert_int_equal(9, pairs);
	assert_int_equal((3 + 6 + 9) * (1 + 4 + 7), sum);
	assert_int_equal(3, test_count(store, "SELECT COUNT(*) FROM note WHERE data IS NOT NULL"));
	store_close(&store);
}

TEST("rows: no row is not an error, an error ends them and rows_close tells it")
{
	struct store *store = test_open();
	struct rows rows;
	int64_t a;
	int small;

	rows_open(store, &rows, "SELECT id FROM note");
	assert_false(rows_next(&rows, INTO(&a)));
	assert_ok(rows_close(&rows));
	rows_open(store, &rows, "SELECT nonsense FROM note");
	assert_false(rows_next(&rows, INTO(&a)));
	assert_err(ERR_BROKEN, rows_close(&rows));
	rows_open(store, &rows, "SELECT 1 UNION ALL SELECT 2147483648 + 0 ORDER BY 1");
	assert_true(rows_next(&rows, INTO(&small)));
	assert_int_equal(1, small);
	assert_false(rows_next(&rows, INTO(&small)));
	assert_false(rows_next(&rows, INTO(&small)));
	assert_err(ERR_BROKEN, rows_close(&rows));
	store_close(&store);
}

TEST("a value may end before its rows do")
{
	struct store *store = writing();
	char text[] = "note 3";
	struct rows rows;
	int64_t id;

	add_notes(store, 3);
	rows_open(store, &rows, "SELECT id FROM note WHERE text = $1", V(text));
	memset(text, 'x', sizeof text - 1);
	assert_true(rows_next(&rows, INTO(&id)));
	assert_int_equal(3, id);
	assert_ok(rows_close(&rows));
	store_close(&store);
}

TEST("a program changes rows only: no tables, pragmas, files, and one statement at a time")
{
	static const char *const refused[] = { "DROP TABLE note", "CREATE TABLE other (id BIGINT)",
		"ALTER TABLE note ADD x TEXT", "DROP TRIGGER diary_keeps_at_DELETE", "ATTACH '/tmp/x' AS x",
		"PRAGMA foreign_keys = OFF", "PRAGMA journal_mode = DELETE", "VACUUM", "SAVEPOINT a", "COMMIT", "BEGIN",
		"SELECT 1; SELECT 2", "", "-- nothing", "CREATE TEMP TABLE t (id BIGINT)",
		"DELETE FROM sqlite_schema" };

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct store *store = writing();

		if (store_change(store, NULL, refused[i]) != ERR_BROKEN)
			fail_msg("went through: %s", refused[i]);
		store_close(&store);
	}
}

TEST("a transaction ends by store_commit only, not by a statement")
{
	struct store *store = writing();
	struct rows rows;

	rows_open(store, &rows, "COMMIT");
	assert_false(rows_next(&rows));
	assert_err(ERR_BROKEN, rows_close(&rows));
	store_close(&store);
}

TEST("more statements than are kept still run, and kept ones are the same statement again")
{
	struct store *store = test_open();
	int64_t got;

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1200; i++) {
			const char *sql = arena_printf(test_arena(), "SELECT $1 + %d", i);

			assert_ok(store_one(store, sql, V(1), INTO(&got)));
			assert_int_equal(i + 1, got);
		}
	}
	store_close(&store);
}

TEST("texts are compared and sorted by their bytes, whatever the database's own order is")
{
	struct store *store = writing();
	const char *text;

	assert_ok(store_change(store, NULL, "INSERT INTO note (id, text) VALUES (1, 'a'), (2, 'B'), (3, '印')"));
	assert_ok(store_one(store, "SELECT text FROM note ORDER BY text LIMIT 1", INTO(&text)));
	assert_string_equal("B", text);
	assert_ok(store_one(store, "SELECT text FROM note WHERE text > $1 ORDER BY text LIMIT 1", V("B"), INTO(&text)));
	assert_string_equal("a", text);
	store_close(&store);
}

TEST("one text in a buffer that changes is not taken for the statement that stood there before")
{
	struct store *store = test_open();
	char sql[] = "SELECT 1";
	int64_t got;

	assert_ok(store_one(store, sql, INTO(&got)));
	sql[7] = '2';
	assert_ok(store_one(store, sql, INTO(&got)));
	assert_int_equal(2, got);
	store_close(&store);
}

TEST("texts and bytes go into the arena that was given last")
{
	struct store *store = test_open();
	struct arena *mine = arena_new(false), *other = arena_new(false);
	const char *text;
	size_t taken;

	(void)arena_alloc(mine, 1);
	taken = arena_mark(mine).used;
	store_use_arena(store, mine);
	assert_ok(store_one(store, "SELECT 'kept'", INTO(&text)));
	assert_true(arena_mark(mine).used > taken);
	store_use_arena(store, other);
	arena_free(&other);
	assert_string_equal("kept", text);
	arena_free(&mine);
	store_use_arena(store, test_arena());
	store_close(&store);
}

TEST("time spent in the engine is counted")
{
	struct store *store = test_open();
	int64_t before = store_busy_us(store), n;

	assert_ok(store_one(store,
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT COUNT(*) FROM "
		"n",
		INTO(&n)));
	assert_true(store_busy_us(store) - before > 500);
	assert_ok(store_ping(store));
	store_close(&store);
}
