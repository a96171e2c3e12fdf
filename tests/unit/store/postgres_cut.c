/* A connection to PostgreSQL that ends anywhere, in the middle of a message too: what is answered is right, what is not
 * is told, and nothing is done twice. */
#include <stdatomic.h>
#include "tests/unit/store/room.h"
#include "tests/unit/wire.h"

enum { WHOLE = -1, NOTES = 4 };
static struct orders {
	_Atomic int left[2]; /* bytes that the wire still hands on to that side; WHOLE: all */
} * orders;

/* Cut once, from then on whole again. */
static struct wire_way judge(enum wire_side side, const char *data, size_t len, bool *mark)
{
	int left = orders->left[side];
	bool cut = left != WHOLE && (int)len >= left;

	(void)data, (void)mark;
	if (left != WHOLE)
		orders->left[side] = cut ? WHOLE : left - (int)len;
	return (struct wire_way){ cut ? (size_t)left : len, cut };
}

static void open_wire(void)
{
	orders = wire_orders(sizeof *orders);
	orders->left[TO_SERVER] = orders->left[TO_CLIENT] = WHOLE;
	wire_open(judge);
}

static struct store *open_by_wire(void)
{
	struct store_conf conf = test_conf();
	struct store *store = NULL;
	const char *why = NULL;

	conf.connection = wire_conninfo(conf.connection);
	if (store_open(&conf, test_arena(), &store, &why) != OK)
		fail_msg("%s", why);
	return store;
}

/* What is asked. */

static const char how_many[] = "SELECT count(*) FROM note WHERE id >= $1", all[] = "SELECT id FROM note ORDER BY id",
		  one[] = "SELECT text FROM note WHERE id = $1";

static enum err count_from(struct store *store, int64_t id)
{
	int64_t count = -1;
	enum err err = store_one(store, how_many, V(id), INTO(&count));

	if (err == OK)
		assert_int_equal(NOTES - id + 1, count);
	return err;
}

static enum err list(struct store *store)
{
	int64_t id, last = 0;
	struct rows rows;
	enum err err;

	rows_open(store, &rows, all);
	while (rows_next(&rows, INTO(&id)))
		assert_int_equal(++last, id);
	err = rows_close(&rows);
	if (err == OK)
		assert_int_equal(NOTES, last);
	return err;
}

static enum err text_of(struct store *store, int64_t id)
{
	const char *text = NULL;
	enum err err = store_one(store, one, V(id), INTO(&text));

	if (err == OK)
		assert_string_equal(arena_printf(test_arena(), "note %d", (int)id), text);
	return err;
}

static int64_t counted(struct store *store)
{
	return test_count(store, "SELECT value FROM counter");
}

static enum err count_up(struct store *store)
{
	enum err err;

	TRY(store_begin_write(store));
	if (text_of(store, 2) == OK)
		(void)!store_change_one(store, "UPDATE counter SET value = value + 1"); /* the end tells */
	err = store_commit(store);
	return err;
}

/* As it was at the first question, though another one counts meanwhile. */
static enum err still(struct store *store, int64_t before)
{
	int64_t value;
	enum err err = store_one(store, "SELECT value FROM counter", INTO(&value));

	if (err == OK)
		assert_int_equal(before, value);
	return err;
}

/* OK or ERR_UNAVAILABLE. */
static enum err read_all(struct store *store, struct store *other)
{
	int64_t before = counted(other);
	bool unanswered = false;
	enum err errs[6];

	TRY(store_begin_read(store));
	store_ahead(store, how_many, V(2));
	store_ahead(store, all);
	errs[0] = text_of(store, 1);
	assert_ok(count_up(other));
	store_ahead(store, one, V(3));
	errs[1] = still(store, before);
	errs[2] = count_from(store, 2);
	errs[3] = list(store);
	errs[4] = count_from(store, 1);
	errs[5] = text_of(store, 3);
	for (int i = 0; i < 6; i++) {
		unanswered |= errs[i] != OK;
		if (errs[i] != OK)
			assert_err(ERR_UNAVAILABLE, errs[i]);
	}
	assert_int_equal(unanswered, store_unanswered(store));
	store_rollback(store);
	return unanswered ? ERR_UNAVAILABLE : OK;
}

/* Whether the wire was cut on the way. */
static bool was_cut(enum wire_side side)
{
	bool cut = orders->left[side] == WHOLE;

	orders->left[side] = WHOLE;
	return cut;
}

static bool read_cut(struct store *store, struct store *other, enum wire_side side, int at)
{
	enum err err;
	bool cut;

	orders->left[side] = at;
	err = read_all(store, other);
	cut = was_cut(side);
	if (!cut)
		assert_ok(err);
	return cut;
}

static bool write_cut(struct store *store, enum wire_side side, int at)
{
	int64_t before = counted(store), after;
	enum err err;
	bool cut;

	orders->left[side] = at;
	err = count_up(store);
	cut = was_cut(side);
	after = counted(store);
	if (!cut)
		assert_ok(err);
	if (err == OK)
		assert_int_equal(before + 1, after);
	else if (err != ERR_UNSURE)
		assert_int_equal(before, after);
	else
		assert_true(after == before || after == before + 1);
	return cut;
}

TEST_POSTGRES(
	"a connection that ends anywhere, in the middle of a message too: no answer is wrong, no change done twice")
{
	enum { STEP = 17 }; /* 1: everywhere, 20 s; some 80 places here */
	struct store *store, *other = test_open();

	open_wire();
	assert_ok(store_begin_write(other));
	for (int64_t id = 1; id <= NOTES; id++)
		assert_ok(store_add(other, "INSERT INTO note (id, text) VALUES ($1, $2)", V(id),
			V(arena_printf(test_arena(), "note %d", (int)id))));
	assert_ok(store_commit(other));
	store = open_by_wire();
	assert_ok(read_all(store, other));
	assert_ok(count_up(store));
	for (enum wire_side side = TO_SERVER; side <= TO_CLIENT; side++) {
		for (int at = 0; read_cut(store, other, side, at); at += STEP)
			assert_ok(read_all(store, other));
		for (int at = 0; write_cut(store, side, at); at += STEP)
			assert_ok(count_up(store));
	}
	store_close(&store);
	store_close(&other);
	wire_close();
}
