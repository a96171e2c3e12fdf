/* A person approves what the platform asked for and the phone showed, or nothing (SCAN-6): also where somebody can
 * write to the database, but has no key. */
#include "core/ticket_row.h"
#include "tests/unit/core/ticket_world.h"

static void assert_unsigned(struct ticket_world *t, int64_t ticket, struct approval *a, enum err err, const char *word)
{
	assert_err(err, approve(t, a));
	if (word)
		assert_string_equal(word, t->ctx->fault.word);
	assert_int_equal(TICKET_CLAIMED, state_of(t, ticket));
	assert_int_equal(0, values_kept(t));
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52 AND result = 0"));
}

/* Four hashes were asked for, and as many by another ticket; then the database was changed. */
static void assert_change_refused(const char *change, enum err err, const char *word)
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 4);
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);

	(void)claimed(t, &r);
	world_tamper(t->w, change);
	assert_unsigned(t, id, &a, err, word);
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM pin_try WHERE tries > 0"));
	ticket_world_close(t);
}

TEST("SCAN-6: a request that was changed behind the program after it was asked is signed by nobody, and costs no try")
{
	static const char *const changes[] = {
		"DELETE FROM ticket_items",
		"DELETE FROM ticket_items; UPDATE ticket SET items = 0, digest = NULL, act = 0",
		"UPDATE ticket SET items = 3",
		"UPDATE ticket SET digest = zeroblob(32)",
		"UPDATE ticket SET platform = (SELECT id FROM platform WHERE id <> ticket.platform)",
		"UPDATE ticket SET redirect_uri = 'https://evil.example/'",
		"UPDATE ticket SET scope = 'credential openid'",
		"UPDATE ticket SET nonce = 'n-2'",
		"UPDATE ticket SET challenge = NULL",
		"UPDATE ticket SET seal_kind = 0",
		"UPDATE ticket SET way = 2",
		"UPDATE ticket SET asked_mac = zeroblob(32)",
	};

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
		assert_change_refused(changes[i], ERR_CONFLICT, "ticket-changed");
}

TEST("SCAN-6: a list of what is to be signed opens for its own ticket alone, and whole")
{
	static const char *const changes[] = {
		"UPDATE ticket_items SET list_box = (SELECT list_box FROM ticket_items o WHERE o.ticket <> "
		"ticket_items.ticket)",
		"UPDATE ticket_items SET list_box = CAST(substr(list_box, 1, length(list_box) - 1) AS BLOB)",
		"UPDATE ticket_items SET list_box = zeroblob(0)",
	};

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
		assert_change_refused(changes[i], ERR_BROKEN, NULL);
}

TEST("SCAN-3: the number to pick cannot be changed behind the program")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);

	a.number = a.number == 10 ? 11 : 10;
	world_tamper(t->w, arena_printf(test_arena(), "UPDATE ticket SET number = %d", a.number));
	assert_err(ERR_CONFLICT, approve(t, &a));
	assert_string_equal("ticket-changed", t->ctx->fault.word);
	ticket_world_close(t);
}

TEST("SCAN-6: a request that is changed behind the signing gets no values")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 4);
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);

	engine_trigger(
		"AFTER UPDATE ON pin_try", "NEW.tries = 0", "UPDATE ticket SET redirect_uri = 'https://evil.example/'");
	assert_unsigned(t, id, &a, ERR_CONFLICT, "ticket-changed");
	ticket_world_close(t);
}
