/* Asking PostgreSQL: what goes out with the first question, what is asked ahead, and what has no answer. */
#include <poll.h>
#include "base/clock.h"
#include "tests/unit/store/room.h"

TEST_POSTGRES("what was asked ahead comes with the question before it, and is not asked again")
{
	static const char all[] = "SELECT count(*) FROM note", one[] = "SELECT count(*) FROM note WHERE id = $1";
	struct store *store = test_open();
	int64_t count = 7, backend;

	assert_ok(store_one(store, all, INTO(&count)));
	assert_ok(store_one(store, one, V(1), INTO(&count)));
	assert_ok(store_begin_read(store));
	store_ahead(store, all);
	store_ahead(store, one, V(1));
	assert_ok(store_ping(store));
	test_end_backend(test_backend(store));
	count = 7;
	assert_ok(store_one(store, all, INTO(&count)));
	assert_int_equal(0, count);
	assert_ok(store_one(store, one, V(1), INTO(&count)));
	assert_err(ERR_UNAVAILABLE, store_one(store, one, V(1), INTO(&count)));
	store_rollback(store);
	backend = test_backend(store);
	assert_ok(store_one(store, one, V(1), INTO(&count)));
	assert_ok(store_begin_read(store));
	store_ahead(store, one, V(1));
	test_end_backend(backend);
	assert_ok(store_ping(store));
	assert_ok(store_one(store, one, V(1), INTO(&count)));
	store_rollback(store);
	store_close(&store);
}

TEST_POSTGRES("a question ahead that fails is told where the one before it was asked")
{
	static const char wrong[] = "SELECT 1 / count(*) FROM note";
	struct store *store = test_open();
	int64_t count;

	assert_err(ERR_BROKEN, store_one(store, wrong, INTO(&count)));
	assert_ok(store_begin_read(store));
	store_ahead(store, wrong);
	assert_err(ERR_BROKEN, store_ping(store));
	store_rollback(store);
	assert_int_equal(0, test_count(store, "SELECT count(*) FROM note"));
	store_close(&store);
}

TEST_POSTGRES("what was asked ahead and failed, or stood behind it, has no answer either when it is asked")
{
	static const char all[] = "SELECT count(*) FROM note", wrong[] = "SELECT 1 / count(*) FROM note",
			  one[] = "SELECT id FROM note WHERE id = $1";
	struct store *store = test_open();
	int64_t count = 7;
	struct rows rows;

	assert_ok(store_one(store, all, INTO(&count)));
	assert_err(ERR_BROKEN, store_one(store, wrong, INTO(&count)));
	assert_err(ERR_NOT_FOUND, store_one(store, one, V(1), INTO(&count)));
	assert_ok(store_begin_read(store));
	store_ahead(store, all);
	store_ahead(store, wrong);
	store_ahead(store, one, V(1));
	assert_err(ERR_BROKEN, store_ping(store));
	assert_ok(store_one(store, all, INTO(&count)));
	assert_int_equal(0, count);
	assert_err(ERR_BROKEN, store_one(store, wrong, INTO(&count)));
	rows_open(store, &rows, one, V(1));
	assert_false(rows_next(&rows, INTO(&count)));
	assert_err(ERR_BROKEN, rows_close(&rows));
	store_rollback(store);
	assert_int_equal(0, test_count(store, "SELECT count(*) FROM note"));
	store_close(&store);
}

TEST_POSTGRES("what is asked ahead again takes no place of another")
{
	static const char all[] = "SELECT count(*) FROM note", one[] = "SELECT count(*) FROM note WHERE id = $1";
	struct store *store = test_open();
	int64_t count = 7;

	assert_ok(store_one(store, all, INTO(&count)));
	assert_ok(store_one(store, one, V(1), INTO(&count)));
	assert_ok(store_begin_read(store));
	for (int i = 0; i < 20; i++) {
		store_ahead(store, one, V(i));
		if (i % 7 == 3)
			assert_ok(store_ping(store));
		if (i % 7 == 5)
			assert_ok(store_one(store, one, V(i), INTO(&count)));
	}
	store_ahead(store, one, V(20));
	store_ahead(store, all);
	assert_ok(store_ping(store));
	test_end_backend(test_backend(store));
	count = 7;
	assert_ok(store_one(store, all, INTO(&count)));
	assert_ok(store_one(store, one, V(20), INTO(&count)));
	assert_int_equal(0, count);
	store_rollback(store);
	store_close(&store);
}

TEST_POSTGRES("a read transaction whose first question nobody answered has no answer later on either")
{
	struct store *store = test_open();
	int64_t backend = test_backend(store), asked;

	assert_ok(store_begin_read(store));
	engine_server("ALTER ROLE yinxin NOLOGIN");
	test_end_backend(backend);
	assert_err(ERR_UNAVAILABLE, store_ping(store));
	engine_server("ALTER ROLE yinxin LOGIN");
	/* longer than it takes until one may connect again */
	for (asked = clock_ticks(); clock_ticks() - asked < 600000; poll(NULL, 0, 20))
		assert_err(ERR_UNAVAILABLE, store_ping(store));
	store_rollback(store);
	assert_ok(store_ping(store));
	store_close(&store);
}
