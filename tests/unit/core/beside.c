/* Writers beside each other on PostgreSQL: what they read is what they have to do with, and not a whole table, so that
 * those who have nothing to do with each other do not meet (docs/scaling.md). */
#include "tests/unit/core/log_world.h"
#include "tests/unit/core/ticket_world.h"

static void act(struct ticket_world *t)
{
	struct ticket_request sign = sign_request(t, 2), login = login_request(t, "openid profile");
	unsigned char key[KEY_LEN];

	(void)granted(t, &sign);
	(void)granted(t, &login);
	assert_err(ERR_INVALID, pin_open(phone(t), &t->p->keys, WRONG_PIN, key));
	assert_ok(message_read_all(phone(t)));
	world_account(t->w, ZHANG);
	assert_ok(session_end_others(&t->w->ctx));
	(void)installed(t->p);
}

static void run_lanes(struct ticket_world *t)
{
	assert_int_not_equal(0, log_number(t->w, 500));
	world_pass(t->w, 2 * DAY);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_ok(job_tidy(tidy_lane(t)));
	assert_ok(sms_code_tidy(tidy_lane(t)));
	assert_ok(session_tidy(tidy_lane(t)));
}

TEST_POSTGRES("OPS-9: who writes is on its guard against others in rows and pages of an index, never in a whole table")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request sign = sign_request(t, 2);

	(void)granted(t, &sign);
	engine_server("ANALYZE"); /* from now on the server knows how small the tables are */
	/* What is read under SERIALIZABLE is remembered until all have ended that were there at the same time. */
	engine_server("BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1");
	act(t);
	run_lanes(t);
	assert_string_not_equal("0", engine_server("SELECT count(*) FROM pg_locks WHERE mode = 'SIReadLock'"));
	assert_string_equal("",
		engine_server("SELECT string_agg(DISTINCT relname, ' ') FROM pg_locks JOIN pg_class ON oid = relation "
			      "WHERE mode = 'SIReadLock' AND locktype = 'relation' AND relkind = 'r'"));
	engine_server("COMMIT");
	ticket_world_close(t);
}
