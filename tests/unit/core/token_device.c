/* The device grant (API-3). */
#include "tests/unit/core/ticket_world.h"

static enum err poll_code(struct ticket_world *t, const char *code, int *number, struct grant_answer *out)
{
	struct grant_client by = grant_client(t);

	return token_by_device(client(t), &by, code, number, out);
}

static int64_t device_ticket(struct ticket_world *t, const struct ticket_request *request, const char **code)
{
	struct ticket_request r = *request;
	int64_t id;

	r.way = TICKET_DEVICE;
	assert_ok(ticket_ask(client(t), &r, NULL, &id, code));
	return id;
}

static void claim(struct ticket_world *t, int64_t id)
{
	const char *url;
	int64_t same;

	assert_ok(ticket_link(t->ctx, id, &url));
	assert_ok(ticket_claim(phone(t), strrchr(url, '/') + 1, PHONE, &same));
}

static int number_of(struct ticket_world *t)
{
	return (int)world_count(t->w, "SELECT number FROM ticket");
}

TEST("API-3: polls within two seconds are told to slow down and write nothing")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	struct grant_answer got;
	const char *code;
	int64_t polled;
	int number;

	device_ticket(t, &r, &code);
	assert_refused(t, ERR_CONFLICT, poll_code(t, code, &number, &got), "authorization_pending", NULL);
	polled = world_count(t->w, "SELECT polled FROM ticket");
	world_pass(t->w, 2 * SECOND - 1);
	assert_refused(t, ERR_LIMITED, poll_code(t, code, &number, &got), "slow_down", NULL);
	assert_int_equal(polled, world_count(t->w, "SELECT polled FROM ticket"));
	world_pass(t->w, 1);
	assert_refused(t, ERR_CONFLICT, poll_code(t, code, &number, &got), "authorization_pending", NULL);
	ticket_world_close(t);
}

TEST("API-3: where the clock was set back, the next poll is no early one")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	struct grant_answer got;
	const char *code;
	int number;

	device_ticket(t, &r, &code);
	assert_refused(t, ERR_CONFLICT, poll_code(t, code, &number, &got), "authorization_pending", NULL);
	t->w->ctx.now -= HOUR;
	assert_refused(t, ERR_CONFLICT, poll_code(t, code, &number, &got), "authorization_pending", NULL);
	assert_refused(t, ERR_LIMITED, poll_code(t, code, &number, &got), "slow_down", NULL);
	ticket_world_close(t);
}

TEST("API-3: match_number comes after the scan, to a platform that shows it; the phone must pick it")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	struct grant_answer got;
	struct approval a;
	const char *code;
	int64_t id;
	int number;

	world_tamper(t->w, "UPDATE platform SET shows_number = 1");
	id = device_ticket(t, &r, &code);
	assert_err(ERR_CONFLICT, poll_code(t, code, &number, &got));
	assert_int_equal(-1, number);
	claim(t, id);
	world_pass(t->w, 2 * SECOND);
	assert_refused(t, ERR_CONFLICT, poll_code(t, code, &number, &got), "authorization_pending", NULL);
	assert_int_equal(number_of(t), number);
	a = (struct approval){ .ticket = id,
		.pin = PIN,
		.visit = PHONE,
		.device_secret = t->p->secret,
		.number = number,
		.trust_platform = true };
	assert_ok(approve(t, &a));
	world_pass(t->w, 2 * SECOND);
	assert_ok(poll_code(t, code, &number, &got));
	assert_int_equal(-1, number);
	assert_int_equal(2, got.count);
	assert_int_equal(TOKEN_SAD, the_token(t, got.access_token).kind);
	world_pass(t->w, 2 * SECOND);
	assert_refused(t, ERR_DENIED, poll_code(t, code, &number, &got), "invalid_grant", "The device code was used");
	ticket_world_close(t);
}

TEST("API-3: where the platform shows the number, a wrong pick ends the ticket as everywhere")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	struct approval a;
	const char *code;
	int64_t id;

	world_tamper(t->w, "UPDATE platform SET shows_number = 1");
	id = device_ticket(t, &r, &code);
	claim(t, id);
	a = (struct approval){
		.ticket = id, .pin = PIN, .visit = PHONE, .number = number_of(t) + 1, .trust_platform = true
	};
	assert_err(ERR_CONFLICT, approve(t, &a));
	assert_int_equal(TICKET_REFUSED, state_of(t, id));
	ticket_world_close(t);
}

TEST("API-3: a platform that does not show it is told no number, and a login needs none")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	struct grant_answer got;
	struct approval a;
	const char *code;
	int64_t id = device_ticket(t, &r, &code);
	int number;

	claim(t, id);
	assert_err(ERR_CONFLICT, poll_code(t, code, &number, &got));
	assert_int_equal(-1, number);
	a = (struct approval){ .ticket = id, .pin = PIN, .visit = PHONE, .trust_platform = true };
	assert_ok(approve(t, &a));
	world_pass(t->w, 2 * SECOND);
	assert_ok(poll_code(t, code, &number, &got));
	assert_non_null(got.id_token);
	ticket_world_close(t);
}

TEST("API-3: refused, run out, another client's and unknown codes each say so")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	struct grant_answer got;
	const char *refused, *late;
	int64_t id = device_ticket(t, &r, &refused);
	struct platform own = t->platform;
	int number;

	claim(t, id);
	device_ticket(t, &r, &late);
	assert_ok(ticket_refuse(phone(t), id));
	assert_refused(t, ERR_DENIED, poll_code(t, refused, &number, &got), "access_denied", NULL);
	world_pass(t->w, TICKET_LIFE - 1);
	assert_refused(t, ERR_CONFLICT, poll_code(t, late, &number, &got), "authorization_pending", NULL);
	world_pass(t->w, 2 * SECOND);
	assert_refused(t, ERR_DENIED, poll_code(t, late, &number, &got), "expired_token", NULL);
	t->platform = t->other;
	assert_refused(t, ERR_DENIED, poll_code(t, late, &number, &got), "invalid_grant", NULL);
	t->platform = own;
	assert_refused(t, ERR_DENIED, poll_code(t, "guess", &number, &got), "invalid_grant", NULL);
	ticket_world_close(t);
}
