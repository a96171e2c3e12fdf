/* Links, continuations and claiming (SCAN-1, SCAN-2, SCAN-4). */
#include "base/text.h"
#include "tests/unit/core/ticket_world.h"

static const char *proof_now(struct ticket_world *t, int64_t id)
{
	const char *url;

	assert_ok(ticket_link(t->ctx, id, &url));
	assert_true(text_starts(url, "http://localhost:8080/s/"));
	return strrchr(url, '/') + 1;
}

static enum err check(struct ticket_world *t, const char *proof, const char *visit)
{
	int64_t id;

	return ticket_link_check(desktop(t), proof, visit, &id);
}

TEST("SCAN-1: a code holds in its own two minutes and the next two, and not a moment longer")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = asked(t, &r);
	const char *first = proof_now(t, id);

	world_pass(t->w, TICKET_QR_SLOT - 1);
	assert_string_equal(first, proof_now(t, id));
	world_pass(t->w, 1);
	assert_string_not_equal(first, proof_now(t, id));
	world_pass(t->w, TICKET_QR_SLOT - 1);
	assert_ok(check(t, first, NULL));
	world_pass(t->w, 1);
	assert_err(ERR_NOT_FOUND, check(t, first, NULL));
	assert_ok(check(t, proof_now(t, id), NULL));
	ticket_world_close(t);
}

TEST("SCAN-1: a ticket lives 10 minutes: its code and continuation hold until just before")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = asked(t, &r), same;
	const char *go_on = ticket_continuation(t->ctx, id, PHONE), *proof;

	world_pass(t->w, TICKET_LIFE - 1);
	proof = proof_now(t, id);
	assert_ok(check(t, proof, NULL));
	assert_ok(check(t, go_on, PHONE));
	world_pass(t->w, 1);
	assert_err(ERR_NOT_FOUND, check(t, proof_now(t, id), NULL));
	assert_err(ERR_NOT_FOUND, check(t, go_on, PHONE));
	assert_err(ERR_NOT_FOUND, ticket_claim(phone(t), proof, PHONE, &same));
	assert_err(ERR_CONFLICT, ticket_claim_here(phone(t), id, DESKTOP));
	ticket_world_close(t);
}

TEST("SCAN-2: a continuation outlives the code, in the browser that it was made for alone")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = asked(t, &r), same;
	const char *go_on = ticket_continuation(t->ctx, id, PHONE);
	char *spoilt = arena_text(test_arena(), go_on);

	world_pass(t->w, 3 * TICKET_QR_SLOT);
	assert_err(ERR_NOT_FOUND, check(t, go_on, DESKTOP));
	assert_err(ERR_NOT_FOUND, check(t, go_on, NULL));
	spoilt[strlen(spoilt) - 2] ^= 1;
	assert_err(ERR_NOT_FOUND, check(t, spoilt, PHONE));
	assert_ok(ticket_claim(phone(t), go_on, PHONE, &same));
	ticket_world_close(t);
}

TEST("SCAN-2: where the clock was set back, continuations hold, and a code its own two minutes and the next two")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = asked(t, &r);
	const char *go_on = ticket_continuation(t->ctx, id, PHONE), *shown;

	t->w->ctx.now -= HOUR;
	assert_ok(check(t, go_on, PHONE));
	shown = proof_now(t, id);
	world_pass(t->w, TICKET_QR_SLOT);
	assert_string_not_equal(shown, proof_now(t, id));
	assert_ok(check(t, shown, NULL));
	world_pass(t->w, TICKET_QR_SLOT);
	assert_err(ERR_NOT_FOUND, check(t, shown, NULL));
	ticket_world_close(t);
}

TEST("SCAN-2: what is no proof is none")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = asked(t, &r), other = asked(t, &r);
	const char *code = strchr(proof_now(t, other), '.');
	const char *const wrong[] = { "", ".", "..", "...", "1", arena_printf(test_arena(), "%lld", (long long)id),
		arena_printf(test_arena(), "%lld.", (long long)id),
		arena_printf(test_arena(), "%lld%s", (long long)id, code),
		arena_printf(test_arena(), "%lld..x", (long long)id),
		arena_printf(test_arena(), "0%lld%s", (long long)other, code),
		arena_printf(test_arena(), "%lld%s.1.2", (long long)other, code), NULL };

	for (const char *const *proof = wrong; *proof; proof++)
		if (check(t, *proof, PHONE) != ERR_NOT_FOUND)
			fail_msg("taken: %s", *proof);
	ticket_world_close(t);
}

TEST("SCAN-2: opening a link without being signed in writes nothing; two accounts have it one after the other never")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = asked(t, &r), same, li = another_person(t->p);
	const char *proof = proof_now(t, id);

	assert_ok(check(t, proof, PHONE));
	assert_err(ERR_DENIED, ticket_claim(desktop(t), proof, PHONE, &same));
	assert_int_equal(TICKET_WAITING, state_of(t, id));
	assert_ok(ticket_claim(phone(t), proof, PHONE, &same));
	assert_ok(ticket_claim(phone(t), proof, "another visit", &same));
	assert_err(ERR_CONFLICT, ticket_claim(as(t->w, li), proof, PHONE, &same));
	assert_string_equal("ticket-taken", t->ctx->fault.word);
	assert_int_equal(t->p->account, world_count(t->w, "SELECT account FROM ticket"));
	ticket_world_close(t);
}

static enum err claim_as(struct ctx *ctx, int number, void *arg)
{
	struct ticket_world *t = arg;
	const char *proof;
	int64_t id;

	ctx->actor = (struct actor){ ACTOR_ACCOUNT, number % 2 ? t->p->other : t->p->account, 0 };
	proof = ticket_continuation(ctx, t->instance, PHONE); /* holds the ticket's id here */
	return ticket_claim(ctx, proof, PHONE, &id);
}

TEST("SCAN-2: of two accounts that open it at once, one has it")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	enum err answers[6];
	int won[2] = { 0 };

	another_person(t->p);
	t->instance = asked(t, &r);
	world_at_once(t->w, 6, claim_as, t, answers);
	for (int i = 0; i < 6; i++) {
		assert_true(answers[i] == OK || answers[i] == ERR_CONFLICT);
		won[i % 2] += answers[i] == OK;
	}
	assert_true((won[0] == 3 && won[1] == 0) || (won[0] == 0 && won[1] == 3));
	ticket_world_close(t);
}

TEST("SCAN-2: who owns none of the credentials is told so and claims nothing")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t id = asked(t, &r), same, li = another_person(t->p);
	const char *proof = proof_now(t, id);

	assert_err(ERR_DENIED, ticket_claim(as(t->w, li), proof, PHONE, &same));
	assert_string_equal("ticket-not-yours", t->ctx->fault.word);
	assert_int_equal(TICKET_WAITING, state_of(t, id));
	assert_ok(ticket_claim(phone(t), proof, PHONE, &same));
	ticket_world_close(t);
}

TEST("SCAN-3: the number shows after the scan alone, in the browser that asked alone")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = asked(t, &r), same;
	struct ticket seen;

	assert_ok(ticket_watch(desktop(t), id, DESKTOP, &seen));
	assert_int_equal(0, seen.number);
	assert_err(ERR_NOT_FOUND, ticket_watch(desktop(t), id, PHONE, &seen));
	assert_err(ERR_NOT_FOUND, ticket_watch(desktop(t), id, NULL, &seen));
	assert_ok(ticket_claim(phone(t), proof_now(t, id), PHONE, &same));
	assert_ok(ticket_watch(desktop(t), id, DESKTOP, &seen));
	assert_in_range(seen.number, 10, 99);
	assert_int_equal(0, seen.choices[0]);
	assert_err(ERR_NOT_FOUND, ticket_load(desktop(t), id, DESKTOP, &seen));
	ticket_world_close(t);
}

TEST("SCAN-3: the phone sees whose browser asked, from where, what for and which documents")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 4);
	int64_t id = claimed(t, &r);
	struct ticket_item *items;
	struct ticket seen;
	size_t count;

	assert_ok(ticket_load(phone(t), id, PHONE, &seen));
	assert_string_equal("203.0.113.7", seen.address);
	assert_string_equal("Chrome，Windows", seen.agent);
	assert_string_equal("交易平台", seen.platform_name);
	assert_int_equal(TICKET_SIGN, seen.act);
	assert_int_equal(t->instance, seen.instance);
	assert_true(seen.first_time && seen.takes_number && !seen.bound_here);
	assert_ok(ticket_items(phone(t), id, &items, &count));
	assert_int_equal(4, count);
	assert_string_equal("文件 0.pdf", items[0].label);
	assert_string_equal("文件 0.pdf", items[1].label);
	assert_string_equal("文件 1.pdf", items[3].label);
	assert_true(bytes_equal(r.items[3].hash, items[3].hash));
	assert_int_equal(0,
		world_count(t->w,
			arena_printf(test_arena(), "SELECT count(*) FROM ticket_items WHERE %s",
				engine_holding("list_box", "pdf"))));
	ticket_world_close(t);
}

TEST("SCAN-4: on the asking browser itself no number is asked for")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = asked(t, &r);
	struct approval a = { .ticket = id, .pin = PIN, .visit = DESKTOP, .trust_platform = true };
	struct ticket seen;

	assert_err(ERR_NOT_FOUND, ticket_claim_here(phone(t), id, PHONE));
	assert_ok(ticket_claim_here(phone(t), id, DESKTOP));
	assert_ok(ticket_load(phone(t), id, DESKTOP, &seen));
	assert_true(seen.bound_here && !seen.takes_number);
	assert_ok(approve(t, &a));
	ticket_world_close(t);
}

TEST("API-3: a device grant's code does not turn, and its number is asked for where the platform shows it")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	const char *code, *first;
	struct ticket seen;
	int64_t id, same;

	r.way = TICKET_DEVICE;
	assert_ok(ticket_ask(client(t), &r, NULL, &id, &code));
	first = proof_now(t, id);
	world_pass(t->w, TICKET_LIFE - 1);
	assert_string_equal(first, proof_now(t, id));
	assert_ok(ticket_claim(phone(t), first, PHONE, &same));
	assert_ok(ticket_load(phone(t), id, PHONE, &seen));
	assert_false(seen.takes_number);
	world_tamper(t->w, "UPDATE platform SET shows_number = 1");
	assert_ok(ticket_load(phone(t), id, PHONE, &seen));
	assert_true(seen.takes_number);
	ticket_world_close(t);
}

TEST("SCAN-3: a service ticket offers the person's instances, with the reason why one cannot be chosen")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "service");
	int64_t waiting = taken(t->p), id = claimed(t, &r);
	struct ticket_choice *choices;
	struct ticket seen;
	size_t count;

	assert_ok(ticket_load(phone(t), id, PHONE, &seen));
	assert_ok(ticket_choices(phone(t), &seen, &choices, &count));
	assert_int_equal(2, count);
	assert_int_equal(waiting, choices[0].cert);
	assert_string_equal("choice-not-installed", choices[0].why_not);
	assert_int_equal(t->instance, choices[1].instance);
	assert_null(choices[1].why_not);
	another_browser(t->p);
	assert_ok(ticket_choices(phone(t), &seen, &choices, &count));
	assert_string_equal("choice-other-device", choices[1].why_not);
	ticket_world_close(t);
}
