/* The state table against what the calls do: every event in every state, through the front door. docs/ticket-states.md
 * is this table printed: WRITE_DOCS=1 writes it anew. */
#include "base/buf.h"
#include "base/file.h"
#include "tests/unit/core/ticket_world.h"

enum { STATES = TICKET_EXPIRED + 1, EVENTS = EVENT_COLLECT + 1 };

/* Pushed, since that way alone begins at the first state. */
static int64_t pushed(struct ticket_world *t, const char **handle)
{
	struct ticket_request r = login_request(t, "openid");
	int64_t id;

	r.way = TICKET_PUSHED;
	assert_ok(ticket_ask(client(t), &r, NULL, &id, handle));
	return id;
}

static enum err present(struct ticket_world *t, const char *handle)
{
	int64_t id;

	return ticket_present(desktop(t), handle, t->platform.client, DESKTOP, &id);
}

/* With a continuation, which holds as long as the ticket. */
static enum err claim(struct ticket_world *t, int64_t id)
{
	const char *proof = ticket_continuation(phone(t), id, PHONE);
	int64_t same;

	return ticket_claim(t->ctx, proof, PHONE, &same);
}

static enum err decide(struct ticket_world *t, int64_t id, int off_by)
{
	struct approval a = { .ticket = id, .pin = PIN, .visit = PHONE, .trust_platform = true };

	a.number = off_by +
		(int)world_count(
			t->w, arena_printf(test_arena(), "SELECT number FROM ticket WHERE id = %lld", (long long)id));
	return approve(t, &a);
}

static enum err expire(struct ticket_world *t)
{
	world_pass(t->w, TICKET_LIFE);
	return ticket_tidy(tidy_lane(t));
}

static void fire(struct ticket_world *t, int64_t id, const char *handle, enum ticket_event event)
{
	const char *location;
	enum err err = OK;

	switch (event) {
	case EVENT_PRESENT:
		err = present(t, handle);
		break;
	case EVENT_CLAIM:
		err = claim(t, id);
		break;
	case EVENT_APPROVE:
		err = decide(t, id, 0);
		break;
	case EVENT_REFUSE:
		err = ticket_refuse(phone(t), id);
		break;
	case EVENT_WRONG_NUMBER:
		err = decide(t, id, 1);
		break;
	case EVENT_CANCEL:
		err = ticket_cancel(desktop(t), id, DESKTOP);
		break;
	case EVENT_EXPIRE:
		err = expire(t);
		break;
	case EVENT_COLLECT:
		err = token_collect(desktop(t), id, DESKTOP, &location);
		break;
	}
	(void)err; /* the state tells */
}

static int64_t ticket_in(struct ticket_world *t, enum ticket_state state, const char **handle)
{
	int64_t id = pushed(t, handle);
	const char *location;

	if (state == TICKET_REQUESTED)
		return id;
	assert_ok(present(t, *handle));
	if (state == TICKET_WAITING)
		return id;
	assert_ok(claim(t, id));
	if (state == TICKET_CLAIMED)
		return id;
	if (state == TICKET_REFUSED)
		assert_ok(ticket_refuse(phone(t), id));
	else if (state == TICKET_EXPIRED)
		assert_ok(expire(t));
	else
		assert_ok(decide(t, id, 0));
	if (state == TICKET_COLLECTED)
		assert_ok(token_collect(desktop(t), id, DESKTOP, &location));
	return id;
}

static void try_event(struct ticket_world *t, enum ticket_state from, enum ticket_event event)
{
	enum ticket_state want = from;
	const char *handle;
	int64_t id = ticket_in(t, from, &handle);

	assert_int_equal(from, state_of(t, id));
	if (ticket_next(from, event, &want) != OK)
		want = from;
	fire(t, id, handle, event);
	if (state_of(t, id) != want)
		fail_msg("%s in %s leads to %s", ticket_event_name(event), ticket_state_name(from),
			ticket_state_name(state_of(t, id)));
}

TEST("SCAN-1: in every state each event leads where the table says, and nowhere else")
{
	struct ticket_world *t = ticket_world();

	for (int from = 0; from < STATES; from++)
		for (int event = 0; event < EVENTS; event++)
			try_event(t, (enum ticket_state)from, (enum ticket_event)event);
	ticket_world_close(t);
}

static const char *printed(void)
{
	struct buf out = buf_new(test_arena());

	buf_text(&out,
		"# States of a ticket\n\n"
		"Printed from `ticket_moves` in src/core/ticket_state.c by tests/unit/core/ticket_states.c; the same "
		"test\n"
		"fires every event in every state. An empty place: the event changes nothing there.\n\n| |");
	for (int event = 0; event < EVENTS; event++)
		buf_printf(&out, " %s |", ticket_event_name((enum ticket_event)event));
	buf_text(&out, "\n|---|");
	for (int event = 0; event < EVENTS; event++)
		buf_text(&out, "---|");
	for (int state = 0; state < STATES; state++) {
		buf_printf(&out, "\n| **%s** |", ticket_state_name((enum ticket_state)state));
		for (int event = 0; event < EVENTS; event++) {
			enum ticket_state to;
			bool moves = ticket_next((enum ticket_state)state, (enum ticket_event)event, &to) == OK;

			buf_printf(&out, " %s |", moves ? ticket_state_name(to) : "");
		}
	}
	buf_char(&out, '\n');
	return out.data;
}

TEST("SCAN-1: docs/ticket-states.md is the table that the code acts by")
{
	struct bytes doc;

	if (getenv("WRITE_DOCS"))
		assert_ok(file_write("docs/ticket-states.md", bytes_of_text(printed()), 0644));
	assert_ok(file_read(test_arena(), "docs/ticket-states.md", 1 << 16, &doc));
	assert_string_equal(printed(), (const char *)doc.data);
}
