/* Transactions: what is written, what is seen, who waits for whom. */
#include <signal.h>
#include <sys/wait.h>
#include "base/clock.h"
#include "store/lock.h"
#include "tests/unit/store/room.h"

enum { WRITERS = 4, ROUNDS = 300 };

static struct store *open_with(int64_t busy_ms)
{
	struct store_conf conf = test_conf();
	struct store *store = NULL;
	const char *why;

	conf.busy_ms = busy_ms;
	assert_ok(store_open(&conf, test_arena(), &store, &why));
	return store;
}

static enum err add_note(struct store *store, int64_t id)
{
	return store_add(store, "INSERT INTO note (id) VALUES ($1)", V(id));
}

static int64_t notes(struct store *store)
{
	return test_count(store, "SELECT COUNT(*) FROM note");
}

TEST("what was committed stays, what was rolled back or left open does not")
{
	struct store *store = test_open();

	assert_ok(store_begin_write(store));
	assert_true(store_in_write(store));
	assert_ok(add_note(store, 1));
	assert_ok(store_commit(store));
	assert_false(store_in_transaction(store));
	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 2));
	store_rollback(store);
	assert_int_equal(1, notes(store));
	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 3));
	store_close(&store);
	store = test_open();
	assert_int_equal(1, notes(store));
	store_close(&store);
}

TEST("a change outside a write transaction is refused, in a read transaction too")
{
	struct store *store = test_open();

	assert_err(ERR_BROKEN, add_note(store, 1));
	assert_ok(store_begin_read(store));
	assert_true(store_in_transaction(store));
	assert_false(store_in_write(store));
	assert_err(ERR_BROKEN, add_note(store, 1));
	assert_ok(store_commit(store));
	assert_int_equal(0, notes(store));
	store_close(&store);
}

TEST("transactions do not nest, and ending none is a bug or nothing")
{
	struct store *store = test_open();

	assert_err(ERR_BROKEN, store_commit(store));
	store_rollback(store);
	assert_ok(store_begin_read(store));
	assert_err(ERR_BROKEN, store_begin_write(store));
	assert_err(ERR_BROKEN, store_begin_read(store));
	store_rollback(store);
	assert_ok(store_begin_write(store));
	assert_err(ERR_BROKEN, store_begin_read(store));
	assert_ok(store_commit(store));
	store_close(&store);
}

TEST("an error that nobody minded keeps the transaction from being committed")
{
	struct store *store = test_open();
	int64_t number;

	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 1));
	assert_err(ERR_BROKEN, store_one(store, "SELECT 'text'", INTO(&number)));
	assert_ok(add_note(store, 2));
	assert_err(ERR_BROKEN, store_commit(store));
	assert_false(store_in_transaction(store));
	assert_int_equal(0, notes(store));
	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 1));
	assert_err(ERR_NOT_FOUND, store_one(store, "SELECT id FROM leaf", INTO(&number)));
	assert_err(ERR_CONFLICT, add_note(store, 1));
	assert_ok(store_commit(store));
	assert_int_equal(1, notes(store));
	store_close(&store);
}

TEST("rows left open end with the transaction, and going on with them is a bug")
{
	struct store *store = test_open();
	struct rows rows;
	int64_t id;

	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 1));
	assert_ok(add_note(store, 2));
	rows_open(store, &rows, "SELECT id FROM note ORDER BY id");
	assert_true(rows_next(&rows, INTO(&id)));
	store_rollback(store);
	assert_false(rows_next(&rows, INTO(&id)));
	assert_err(ERR_BROKEN, rows_close(&rows));
	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 1));
	assert_ok(add_note(store, 2));
	rows_open(store, &rows, "SELECT id FROM note ORDER BY id");
	assert_true(rows_next(&rows, INTO(&id)));
	assert_ok(store_commit(store));
	assert_false(rows_next(&rows, INTO(&id)));
	assert_err(ERR_BROKEN, rows_close(&rows));
	assert_int_equal(2, notes(store));
	store_close(&store);
}

TEST("a read transaction sees the database as it was at its first question, while others write")
{
	struct store *reader = test_open(), *writer = test_open();

	assert_ok(store_begin_read(reader));
	assert_ok(store_begin_write(writer));
	assert_ok(add_note(writer, 1));
	assert_int_equal(0, notes(reader));
	assert_ok(store_commit(writer));
	assert_int_equal(0, notes(reader));
	assert_ok(store_commit(reader));
	assert_int_equal(1, notes(reader));
	store_close(&reader);
	store_close(&writer);
}

static const char how_many[] = "SELECT count(*) FROM note WHERE id >= $1";

static int64_t from(struct store *store, int64_t id)
{
	int64_t count = -1;

	assert_ok(store_one(store, how_many, V(id), INTO(&count)));
	return count;
}

TEST("a question that was asked ahead has the same answer, whatever it is asked for in the end")
{
	struct store *store = test_open();
	static char other[12][64];

	assert_ok(store_begin_write(store));
	for (int64_t id = 1; id <= 4; id++)
		assert_ok(add_note(store, id));
	store_ahead(store, how_many, V(1));
	assert_int_equal(4, from(store, 1));
	assert_ok(store_commit(store));
	assert_ok(store_begin_read(store));
	store_ahead(store, how_many, V(2));
	assert_int_equal(3, from(store, 2));
	assert_int_equal(3, from(store, 2));
	store_ahead(store, how_many, V(2));
	assert_ok(store_ping(store));
	assert_int_equal(2, from(store, 3));
	assert_int_equal(3, from(store, 2));
	store_ahead(store, how_many, V(2));
	assert_int_equal(1, from(store, 4));
	for (int i = 0; i < 12; i++) {
		int64_t count;

		snprintf(other[i], sizeof other[i], "SELECT count(*) + %d FROM note", i);
		assert_ok(store_one(store, other[i], INTO(&count)));
		store_ahead(store, other[i]);
	}
	for (int i = 0; i < 12; i++) {
		int64_t count;

		assert_ok(store_one(store, other[i], INTO(&count)));
		assert_int_equal(4 + i, count);
	}
	store_rollback(store);
	store_close(&store);
}

TEST("what was asked ahead and not asked in the end is forgotten with its transaction")
{
	struct store *store = test_open(), *other = test_open();

	assert_int_equal(0, from(store, 1));
	assert_ok(store_begin_read(store));
	store_ahead(store, how_many, V(1));
	assert_ok(store_ping(store));
	store_rollback(store);
	assert_ok(store_begin_write(other));
	assert_ok(add_note(other, 1));
	assert_ok(store_commit(other));
	assert_ok(store_begin_read(store));
	assert_int_equal(1, from(store, 1));
	assert_ok(store_commit(store));
	store_ahead(store, how_many, V(1));
	assert_int_equal(1, from(store, 1));
	store_close(&store);
	store_close(&other);
}

TEST("a kept statement may be dropped while it is asked ahead")
{
	struct store *store = test_open();
	int64_t count;

	assert_ok(store_begin_read(store));
	assert_int_equal(0, from(store, 1));
	store_ahead(store, how_many, V(1));
	for (int i = 0; i < 600; i++)
		assert_ok(store_one(
			store, arena_printf(test_arena(), "SELECT count(*) + %d FROM note", i), INTO(&count)));
	assert_int_equal(0, from(store, 1));
	store_rollback(store);
	store_close(&store);
}

TEST_SQLITE("a writer waits for another no longer than it was told, and nothing of it is left")
{
	struct store *one = test_open(), *two = open_with(60);
	int64_t began;

	assert_ok(store_begin_write(one));
	began = clock_ticks();
	assert_err(ERR_UNAVAILABLE, store_begin_write(two));
	began = clock_ticks() - began;
	assert_true(began >= 60000 && began < 5000000);
	assert_false(store_in_transaction(two));
	assert_int_equal(0, notes(two));
	assert_ok(store_commit(one));
	assert_ok(store_begin_write(two));
	assert_ok(add_note(two, 1));
	assert_ok(store_commit(two));
	store_close(&one);
	store_close(&two);
}

TEST_SQLITE("writers queue at the lock beside the database, readers do not")
{
	struct store *store = test_open(), *hasty = open_with(0);
	struct lock *lock;

	assert_ok(lock_open(arena_printf(test_arena(), "%s.lock", test_conf().path), &lock));
	assert_ok(lock_take(lock, 0));
	assert_err(ERR_UNAVAILABLE, store_begin_write(hasty));
	assert_ok(store_begin_read(hasty));
	assert_ok(store_commit(hasty));
	lock_give(lock);
	assert_ok(store_begin_write(hasty));
	assert_err(ERR_UNAVAILABLE, lock_take(lock, 0));
	store_rollback(hasty);
	assert_ok(lock_take(lock, 0));
	lock_close(&lock);
	assert_ok(store_begin_write(store));
	assert_ok(store_commit(store));
	store_close(&hasty);
	store_close(&store);
}

static enum err add_one(struct store *store)
{
	int64_t value;

	TRY(store_begin_write(store));
	TRY(store_one(store, "SELECT value FROM counter WHERE id = 1", INTO(&value)));
	TRY(store_change_one(store, "UPDATE counter SET value = $1 WHERE id = 1", V(value + 1)));
	return store_commit(store);
}

/* As ctx_transaction does: what met another writer is run again. */
static int count_up(void *arg)
{
	struct store *store = open_with(60000);

	(void)arg;
	for (int i = 0; i < ROUNDS;) {
		enum err err = add_one(store);
		bool again = store_again(store);

		store_rollback(store);
		if (err == OK)
			i++;
		else if (err != ERR_CONFLICT && !again)
			return 1;
	}
	store_close(&store);
	return 0;
}

TEST("of several writers at once none loses a change")
{
	struct store *store;
	int pids[WRITERS];

	test_make();
	for (int i = 0; i < WRITERS; i++)
		pids[i] = test_child_start(count_up, NULL);
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(0, test_child_end(pids[i]));
	store = test_open();
	assert_int_equal(WRITERS * ROUNDS, test_count(store, "SELECT value FROM counter WHERE id = 1"));
	store_close(&store);
}

struct hold {
	int ready[2], never[2];
};

/* Writes a row, says so, and stays in its transaction until it is killed. */
static int hold_forever(void *arg)
{
	struct hold *hold = arg;
	struct store *store = open_with(1000);
	char byte = 0;

	close(hold->never[1]);
	if (store_begin_write(store) != OK || add_note(store, 1) != OK || write(hold->ready[1], &byte, 1) != 1)
		return 1;
	return (int)read(hold->never[0], &byte, 1);
}

TEST_SQLITE("a writer that is killed with the lock in its hand leaves the lock and the database to the next")
{
	struct store *patient, *impatient;
	struct hold hold;
	char byte;
	int pid, status;

	test_make();
	assert_int_equal(0, pipe(hold.ready) | pipe(hold.never));
	pid = test_child_start(hold_forever, &hold);
	assert_int_equal(1, read(hold.ready[0], &byte, 1));
	impatient = open_with(30);
	assert_err(ERR_UNAVAILABLE, store_begin_write(impatient));
	assert_int_equal(0, kill(pid, SIGKILL));
	status = test_child_end(pid);
	assert_true(WIFSIGNALED(status));
	patient = open_with(5000);
	assert_ok(store_begin_write(patient));
	assert_int_equal(0, notes(patient));
	assert_ok(add_note(patient, 1));
	assert_ok(store_commit(patient));
	store_close(&patient);
	store_close(&impatient);
	for (int i = 0; i < 2; i++)
		close(hold.ready[i]), close(hold.never[i]);
}

static int wait_for_turn(void *arg)
{
	struct hold *hold = arg;
	struct store *store = open_with(20000);
	char byte = 0;
	bool done = write(hold->ready[1], &byte, 1) == 1 && store_begin_write(store) == OK &&
		add_note(store, 2) == OK && store_commit(store) == OK;

	store_close(&store);
	return done ? 0 : 1;
}

TEST("a writer that waits goes on when the one before it is killed")
{
	struct store *store;
	struct hold hold;
	char byte;
	int holder, waiter;

	test_make();
	assert_int_equal(0, pipe(hold.ready) | pipe(hold.never));
	holder = test_child_start(hold_forever, &hold);
	assert_int_equal(1, read(hold.ready[0], &byte, 1));
	waiter = test_child_start(wait_for_turn, &hold);
	assert_int_equal(1, read(hold.ready[0], &byte, 1));
	assert_int_equal(0, kill(holder, SIGKILL));
	test_child_end(holder);
	assert_int_equal(0, test_child_end(waiter));
	store = test_open();
	assert_int_equal(2, test_count(store, "SELECT id FROM note"));
	store_close(&store);
	for (int i = 0; i < 2; i++)
		close(hold.ready[i]), close(hold.never[i]);
}

TEST_SQLITE("OPS-9: a database of one machine alone knows no other leader: whoever asks leads")
{
	struct store *one = test_open(), *two = test_open();
	bool leads = false;

	assert_ok(store_lead(one, 1, &leads));
	assert_true(leads);
	leads = false;
	assert_ok(store_lead(two, 1, &leads));
	assert_true(leads);
	store_close(&one);
	store_close(&two);
}
