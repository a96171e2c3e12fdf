/* Who is kept out while a database is moved, and before it is whole. */
#include <signal.h>
#include <sys/wait.h>
#include "tests/unit/store/ends.h"

TEST("OPS-9: what is being moved is opened by nobody else, and what somebody has open is not moved")
{
	for (int back = 0; back < 2; back++) {
		struct ends e = filled(back);
		struct store *store = opened(e.from);
		const char *why = NULL;

		assert_err(ERR_UNAVAILABLE, open_as(e.from, STORE_SHARED, &why));
		assert_non_null(strstr(why, "being moved"));
		assert_err(ERR_CONFLICT, open_as(e.from, STORE_MOVE_FROM, &why));
		store_close(&store);
		assert_ok(open_as(e.from, STORE_SHARED, &why));
		e.from.use = STORE_SHARED;
		store = opened(e.from);
		assert_ok(open_as(e.from, STORE_SHARED, &why));
		assert_err(ERR_CONFLICT, open_as(e.from, STORE_MOVE_FROM, &why));
		assert_non_null(strstr(why, "open"));
		store_close(&store);
		assert_ok(open_as(e.from, STORE_MOVE_FROM, &why));
		store = opened(e.to);
		assert_err(ERR_UNAVAILABLE, open_as(e.to, STORE_SHARED, &why));
		store_close(&store);
	}
}

static int hold(void *arg)
{
	struct ends *e = arg;
	struct store *store = opened(e->from);

	raise(SIGSTOP);
	store_close(&store);
	return 0;
}

TEST("OPS-9: who was killed holds nothing any more")
{
	for (int back = 0; back < 2; back++) {
		struct ends e = filled(back), shared = e;
		const char *why;
		int pid, status;

		shared.from.use = STORE_SHARED;
		pid = test_child_start(hold, &shared);
		assert_int_equal(pid, waitpid(pid, &status, WUNTRACED));
		assert_true(WIFSTOPPED(status));
		e.from.busy_ms = 10;
		assert_err(ERR_CONFLICT, open_as(e.from, STORE_MOVE_FROM, &why));
		kill(pid, SIGKILL);
		(void)test_child_end(pid);
		e.from.busy_ms = 20000;
		assert_ok(open_as(e.from, STORE_MOVE_FROM, &why));
	}
}

TEST("OPS-9: a database that was not moved whole is opened by the move alone; a whole one is not moved into")
{
	for (int back = 0; back < 2; back++) {
		struct ends e = filled(back);
		struct store *to;
		const char *why = NULL;

		assert_err(ERR_INVALID, open_as(e.to, STORE_SHARED, &why));
		assert_non_null(strstr(why, "not moved whole"));
		assert_err(ERR_INVALID, open_as(e.to, STORE_MOVE_FROM, &why));
		to = opened(e.to);
		assert_ok(store_moved(to));
		store_close(&to);
		assert_ok(open_as(e.to, STORE_SHARED, &why));
		assert_err(ERR_CONFLICT, open_as(e.to, STORE_MOVE_TO, &why));
		assert_non_null(strstr(why, "empty"));
	}
}

TEST("OPS-9: what is moved from is only read")
{
	for (int back = 0; back < 2; back++) {
		struct ends e = filled(back);
		struct store *from = opened(e.from);

		assert_err(ERR_BROKEN, store_begin_write(from));
		store_close(&from);
	}
}
