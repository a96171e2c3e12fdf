/* Signing in: LOGIN-1, 2, 3. */
#include "base/text.h"
#include "tests/unit/core/world.h"

static const char *other_code(const char *code)
{
	return arena_printf(test_arena(), "%c%s", code[0] == '9' ? '0' : code[0] + 1, code + 1);
}

/* A code that was sent, and what a right login with it looks like. */
static struct login asked(struct world *w, const char *e164)
{
	int64_t resend_s;

	assert_ok(login_send_code(as(w, 0), e164, true, &resend_s));
	return (struct login){ .e164 = e164, .agreed = true, .code = world_code(w) };
}

TEST("LOGIN-1: without the tick neither a code leaves nor does the form sign in")
{
	struct world *w = world();
	int64_t resend_s;
	struct login in;

	assert_err(ERR_INVALID, login_send_code(as(w, 0), ZHANG, false, &resend_s));
	assert_string_equal("agree", w->ctx.fault.field);
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM job"));
	in = asked(w, ZHANG);
	in.agreed = false;
	assert_err(ERR_INVALID, login(&w->ctx, &in));
	assert_string_equal("agree", w->ctx.fault.field);
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM account"));
	in.agreed = true;
	assert_ok(login(&w->ctx, &in)); /* no try was taken meanwhile */
	world_close(w);
}

TEST("LOGIN-1: the versions agreed to and the time are stored, a new version at the next login")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG), id, at;

	assert_int_equal(2, world_count(w, "SELECT count(*) FROM agreement_yes"));
	assert_ok(agreement_publish(as_cli(w), AGREEMENT_PRIVACY, "2", "隐私政策", "二", &id));
	assert_int_equal(2, world_count(w, "SELECT count(*) FROM agreement_yes"));
	world_pass(w, MINUTE);
	at = w->ctx.now;
	assert_int_equal(account, world_account(w, ZHANG));
	assert_int_equal(3, world_count(w, "SELECT count(*) FROM agreement_yes"));
	assert_int_equal(id, world_count(w, "SELECT max(agreement) FROM agreement_yes"));
	assert_true(world_count(w, "SELECT max(made) FROM agreement_yes") >= at);
	world_close(w);
}

TEST("LOGIN-1: a version is published once")
{
	struct world *w = world();
	int64_t id;

	assert_err(ERR_CONFLICT, agreement_publish(as_cli(w), AGREEMENT_USER, "1", "用户协议", "二", &id));
	world_close(w);
}

TEST("LOGIN-1: where the clock was set back, the newest version is in force, and one published then follows it")
{
	struct world *w = world();
	struct agreement current;
	int64_t id;

	w->ctx.now -= HOUR;
	world_account(w, ZHANG);
	assert_int_equal(2, world_count(w, "SELECT count(*) FROM agreement_yes"));
	assert_ok(agreement_publish(as_cli(w), AGREEMENT_PRIVACY, "2", "隐私政策", "二", &id));
	assert_ok(agreement_current(&w->ctx, AGREEMENT_PRIVACY, &current));
	assert_int_equal(id, current.id);
	world_close(w);
}

TEST("LOGIN-2: the first login registers, tells and records it; the second does not")
{
	struct world *w = world();
	struct login first = world_login(w, ZHANG, NULL), again;
	int64_t unread;

	assert_true(first.registered);
	assert_non_null(first.new_device_handle);
	assert_ok(message_count_unread(&w->ctx, &unread));
	assert_int_equal(1, unread);
	again = world_login(w, ZHANG, first.new_device_handle);
	assert_false(again.registered);
	assert_null(again.new_device_handle);
	assert_int_equal(first.account, again.account);
	assert_ok(message_count_unread(&w->ctx, &unread));
	assert_int_equal(1, unread);
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM oplog WHERE action = 1"));
	assert_int_equal(2, world_count(w, "SELECT count(*) FROM oplog WHERE action = 2"));
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM device"));
	world_close(w);
}

TEST("LOGIN-2: another browser of a known account is told to its owner")
{
	struct world *w = world();
	struct message *list;
	size_t count;
	int64_t next;

	world_login(w, ZHANG, NULL);
	w->ctx.agent = "Chrome，Windows";
	w->ctx.address = "203.0.113.7";
	world_login(w, ZHANG, "a handle that we never gave");
	assert_ok(message_list(&w->ctx, false, 0, MESSAGE_PAGE, &list, &count, &next));
	assert_int_equal(2, count);
	assert_int_equal(MESSAGE_NEW_DEVICE, list[0].kind);
	assert_string_equal("Chrome，Windows", list[0].words[0]);
	assert_string_equal("203.0.113.7", list[0].words[1]);
	world_close(w);
}

static enum err make_account(struct ctx *ctx, void *id)
{
	bool made;

	return account_find_or_make(ctx, ZHANG, id, &made);
}

TEST("LOGIN-2: the first login of an account that an operator made is no new device")
{
	struct world *w = world();
	struct message *list;
	size_t count;
	int64_t next, account;

	assert_ok(ctx_transaction(as_cli(w), make_account, &account));
	assert_false(world_login(w, ZHANG, NULL).registered);
	assert_ok(message_list(&w->ctx, false, 0, MESSAGE_PAGE, &list, &count, &next));
	for (size_t i = 0; i < count; i++)
		assert_int_not_equal(MESSAGE_NEW_DEVICE, list[i].kind);
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM oplog WHERE action = 72"));
	world_login(w, ZHANG, NULL);
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM oplog WHERE action = 72"));
	world_close(w);
}

TEST("LOGIN-2: a handle that we never gave starts no history")
{
	struct world *w = world();
	const char *forged = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	struct login in = world_login(w, ZHANG, forged);

	assert_non_null(in.new_device_handle);
	assert_string_not_equal(forged, in.new_device_handle);
	world_close(w);
}

TEST("LOGIN-3: a code has six digits, and only its keyed hash is stored")
{
	struct world *w = world();
	struct login in = asked(w, ZHANG);

	assert_int_equal(6, strlen(in.code));
	assert_int_equal(6, strspn(in.code, "0123456789"));
	assert_int_equal(32, world_count(w, "SELECT length(code_hash) FROM sms_code"));
	world_close(w);
}

TEST("LOGIN-3: a code holds for five minutes less a millisecond")
{
	struct world *w = world();
	struct login in = asked(w, ZHANG);

	world_pass(w, 5 * MINUTE - 1);
	assert_ok(login(&w->ctx, &in));
	in = asked(w, LI);
	world_pass(w, 5 * MINUTE);
	assert_err(ERR_INVALID, login(&w->ctx, &in));
	assert_string_equal("code-expired", w->ctx.fault.word);
	world_close(w);
}

TEST("LOGIN-3: a code is used once")
{
	struct world *w = world();
	struct login in = asked(w, ZHANG);

	assert_ok(login(&w->ctx, &in));
	assert_err(ERR_INVALID, login(&w->ctx, &in));
	assert_string_equal("code-used", w->ctx.fault.word);
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM session"));
	world_close(w);
}

TEST("LOGIN-3: a code is bound to its phone and its purpose")
{
	struct world *w = world();
	struct login in = asked(w, ZHANG);
	int64_t id;

	assert_err(ERR_INVALID, sms_code_check(&w->ctx, ZHANG, SMS_PIN_FORGOTTEN, in.code, &id));
	in.e164 = LI;
	assert_err(ERR_INVALID, login(&w->ctx, &in));
	assert_string_equal("code-none", w->ctx.fault.word);
	world_close(w);
}

static void assert_newer_holds(struct world *w, struct login former, struct login newer)
{
	if (text_equal(former.code, newer.code)) /* one in a million: then nothing can be told apart */
		former.code = other_code(newer.code);
	assert_err(ERR_INVALID, login(&w->ctx, &former));
	assert_string_equal("code-wrong", w->ctx.fault.word);
	assert_ok(login(&w->ctx, &newer));
}

TEST("LOGIN-3: a new code voids the former")
{
	struct world *w = world();
	struct login former = asked(w, ZHANG), newer;

	world_pass(w, 60 * SECOND);
	newer = asked(w, ZHANG);
	assert_newer_holds(w, former, newer);
	world_close(w);
}

TEST("LOGIN-3: five wrong tries void a code, and each tells what is left")
{
	struct world *w = world();
	struct login in = asked(w, ZHANG), wrong = in;

	wrong.code = other_code(in.code);
	for (int left = 4; left > 0; left--) {
		assert_err(ERR_INVALID, login(&w->ctx, &wrong));
		assert_string_equal("code", w->ctx.fault.field);
		assert_int_equal(left, w->ctx.fault.number);
	}
	assert_err(ERR_LIMITED, login(&w->ctx, &wrong));
	assert_err(ERR_LIMITED, login(&w->ctx, &in)); /* the right one comes too late */
	world_close(w);
}

TEST("LOGIN-3: the right code is taken at the fifth try")
{
	struct world *w = world();
	struct login in = asked(w, ZHANG), wrong = in;

	wrong.code = other_code(in.code);
	for (int i = 0; i < 4; i++)
		assert_err(ERR_INVALID, login(&w->ctx, &wrong));
	assert_ok(login(&w->ctx, &in));
	world_close(w);
}

TEST("LOGIN-3: what is no code costs no try")
{
	struct world *w = world();
	struct login in = asked(w, ZHANG), bad = in;

	for (const char *const *code = (const char *const[]){ "", "12345", "1234567", "12345a", NULL }; *code; code++) {
		bad.code = *code;
		assert_err(ERR_INVALID, login(&w->ctx, &bad));
		assert_string_equal("code-form", w->ctx.fault.word);
	}
	assert_int_equal(0, world_count(w, "SELECT tries FROM sms_code"));
	assert_ok(login(&w->ctx, &in));
	world_close(w);
}

TEST("LOGIN-3: a code that was compared is void once it was used or a newer one was sent")
{
	struct world *w = world();
	struct login in = asked(w, ZHANG);
	int64_t former, id, resend_s;

	assert_ok(sms_code_check(&w->ctx, ZHANG, SMS_LOGIN, in.code, &former));
	world_pass(w, MINUTE);
	assert_ok(login_send_code(&w->ctx, ZHANG, true, &resend_s));
	assert_err(ERR_CONFLICT, sms_code_use(&w->ctx, former));
	assert_ok(sms_code_check(&w->ctx, ZHANG, SMS_LOGIN, world_code(w), &id));
	assert_ok(sms_code_use(&w->ctx, id));
	assert_err(ERR_CONFLICT, sms_code_use(&w->ctx, id));
	world_close(w);
}

TEST("LOGIN-3: where the clock was set back, a further code leaves at once and is the one that holds")
{
	struct world *w = world();
	struct login former = asked(w, ZHANG), newer;

	w->ctx.now -= HOUR;
	newer = asked(w, ZHANG);
	assert_newer_holds(w, former, newer);
	world_close(w);
}

TEST("LOGIN-3: a code of a request at the same time counts, though its clock was read later")
{
	struct world *w = world();
	int64_t resend_s;

	asked(w, ZHANG);
	w->ctx.now -= SECOND;
	assert_err(ERR_LIMITED, login_send_code(&w->ctx, ZHANG, true, &resend_s));
	world_close(w);
}

TEST("LOGIN-3: a further code after 60 s, told in seconds")
{
	struct world *w = world();
	int64_t resend_s;

	assert_ok(login_send_code(as(w, 0), ZHANG, true, &resend_s));
	assert_int_equal(60, resend_s);
	world_pass(w, 60 * SECOND - 1);
	assert_err(ERR_LIMITED, login_send_code(&w->ctx, ZHANG, true, &resend_s));
	assert_string_equal("code-wait", w->ctx.fault.word);
	assert_int_equal(1, w->ctx.fault.number);
	world_pass(w, 1);
	assert_ok(login_send_code(&w->ctx, ZHANG, true, &resend_s));
	world_close(w);
}

TEST("LOGIN-3: five codes an hour and ten a day for a phone")
{
	struct world *w = world();
	int64_t resend_s, start = w->ctx.now;

	for (int i = 0; i < 5; i++) {
		assert_ok(login_send_code(as(w, 0), ZHANG, true, &resend_s));
		world_pass(w, MINUTE);
	}
	assert_err(ERR_LIMITED, login_send_code(&w->ctx, ZHANG, true, &resend_s));
	assert_string_equal("code-hour", w->ctx.fault.word);
	assert_int_equal(55 * 60, w->ctx.fault.number);
	w->ctx.now = start + HOUR - 1;
	assert_err(ERR_LIMITED, login_send_code(&w->ctx, ZHANG, true, &resend_s));
	for (int i = 0; i < 5; i++) {
		w->ctx.now = start + (i + 1) * HOUR + i * MINUTE;
		assert_ok(login_send_code(&w->ctx, ZHANG, true, &resend_s));
	}
	w->ctx.now = start + DAY - 1;
	assert_err(ERR_LIMITED, login_send_code(&w->ctx, ZHANG, true, &resend_s));
	assert_string_equal("code-day", w->ctx.fault.word);
	world_pass(w, 1);
	assert_ok(login_send_code(&w->ctx, ZHANG, true, &resend_s));
	world_close(w);
}

TEST("LOGIN-3: the 31st code an hour from an address is refused, another address not")
{
	struct world *w = world();
	int64_t resend_s;

	w->ctx.address = "203.0.113.7";
	for (int i = 0; i < 30; i++)
		assert_ok(
			login_send_code(as(w, 0), arena_printf(test_arena(), "+86138001380%02d", i), true, &resend_s));
	assert_err(ERR_LIMITED, login_send_code(&w->ctx, LI, true, &resend_s));
	assert_string_equal("code-address", w->ctx.fault.word);
	w->ctx.address = "203.0.113.8";
	assert_ok(login_send_code(&w->ctx, LI, true, &resend_s));
	world_close(w);
}

TEST("LOGIN-3: the addresses of one IPv6 subscriber count as one")
{
	struct world *w = world_with((const char *const[]){ "limits.sms_address_hour=1", NULL });
	int64_t resend_s;

	w->ctx.address = "2001:db8:1:2:aaaa::1";
	assert_ok(login_send_code(as(w, 0), ZHANG, true, &resend_s));
	w->ctx.address = "2001:db8:1:2:bbbb::2";
	assert_err(ERR_LIMITED, login_send_code(&w->ctx, LI, true, &resend_s));
	w->ctx.address = "2001:db8:1:3::1";
	assert_ok(login_send_code(&w->ctx, LI, true, &resend_s));
	world_close(w);
}

TEST("LOGIN-3: asking for a code answers alike for a known and an unknown number")
{
	struct world *w = world();
	int64_t known, unknown;

	world_account(w, ZHANG);
	assert_ok(login_send_code(as(w, 0), ZHANG, true, &known));
	assert_ok(login_send_code(&w->ctx, LI, true, &unknown));
	assert_int_equal(known, unknown);
	world_close(w);
}

TEST("LOGIN-3: old codes go after a day, when no limit counts them")
{
	struct world *w = world();

	asked(w, ZHANG);
	world_pass(w, DAY);
	assert_ok(sms_code_tidy(&w->ctx));
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM sms_code"));
	world_pass(w, HOUR);
	assert_ok(sms_code_tidy(&w->ctx));
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM sms_code"));
	world_close(w);
}

TEST("LOGIN-3: a locked account is refused and nothing of the login stays")
{
	struct world *w = world();
	struct login in;

	world_account(w, ZHANG);
	world_tamper(w, "UPDATE account SET state = 1");
	in = asked(w, ZHANG);
	assert_err(ERR_DENIED, login(&w->ctx, &in));
	assert_string_equal("account-locked", w->ctx.fault.word);
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM session"));
	assert_int_equal(ACTOR_NOBODY, w->ctx.actor.kind);
	world_close(w);
}
