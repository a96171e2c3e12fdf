/* Sessions and devices: LOGIN-5, LOGIN-7. */
#include "base/text.h"
#include "tests/unit/core/world.h"

static enum err find(struct world *w, const char *token)
{
	struct session session;

	return session_find(&w->ctx, token, &session);
}

TEST("LOGIN-5: the cookie is 256 random bits and stored as a keyed hash")
{
	struct world *w = world();
	struct login one = world_login(w, ZHANG, NULL), two = world_login(w, LI, NULL);
	struct bytes raw;

	assert_int_equal(43, strlen(one.token));
	assert_true(base64url_decode(test_arena(), one.token, &raw));
	assert_int_equal(32, raw.len);
	assert_string_not_equal(one.token, two.token);
	assert_int_equal(32, world_count(w, "SELECT max(length(token_hash)) FROM session"));
	assert_ok(find(w, one.token));
	assert_err(ERR_NOT_FOUND, find(w, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
	assert_err(ERR_NOT_FOUND, find(w, ""));
	world_close(w);
}

TEST("LOGIN-5: an idle session ends after 30 minutes, to the millisecond")
{
	struct world *w = world();
	struct login in = world_login(w, ZHANG, NULL);
	int64_t seen = world_count(w, "SELECT seen FROM session");

	w->ctx.now = seen + 30 * MINUTE - 1;
	assert_ok(find(w, in.token));
	w->ctx.now = seen + 30 * MINUTE;
	assert_err(ERR_NOT_FOUND, find(w, in.token));
	world_close(w);
}

TEST("LOGIN-5: a busy session ends after 12 hours")
{
	struct world *w = world();
	struct login in = world_login(w, ZHANG, NULL);
	int64_t made = world_count(w, "SELECT made FROM session");
	struct session session;

	for (w->ctx.now = made; w->ctx.now < made + 12 * HOUR; w->ctx.now += 20 * MINUTE) {
		assert_ok(session_find(&w->ctx, in.token, &session));
		assert_ok(session_touch(&w->ctx, &session));
	}
	w->ctx.now = made + 12 * HOUR - 1;
	assert_ok(find(w, in.token));
	w->ctx.now = made + 12 * HOUR;
	assert_err(ERR_NOT_FOUND, find(w, in.token));
	world_close(w);
}

TEST("LOGIN-5: last seen is written once a minute at most")
{
	struct world *w = world();
	struct login in = world_login(w, ZHANG, NULL);
	struct session session;
	int64_t seen;

	assert_ok(session_find(&w->ctx, in.token, &session));
	seen = session.seen;
	w->ctx.now = seen + MINUTE - 1;
	assert_ok(session_touch(&w->ctx, &session));
	assert_int_equal(seen, world_count(w, "SELECT seen FROM session"));
	w->ctx.now = seen + MINUTE;
	assert_ok(session_touch(&w->ctx, &session));
	assert_int_equal(seen + MINUTE, world_count(w, "SELECT seen FROM session"));
	world_close(w);
}

TEST("LOGIN-5: limits are the operator's")
{
	struct world *w = world_with((const char *const[]){ "limits.session_idle_min=5", NULL });
	struct login in = world_login(w, ZHANG, NULL);
	int64_t seen = world_count(w, "SELECT seen FROM session");

	w->ctx.now = seen + 5 * MINUTE - 1;
	assert_ok(find(w, in.token));
	w->ctx.now++;
	assert_err(ERR_NOT_FOUND, find(w, in.token));
	world_close(w);
}

TEST("LOGIN-5: one's sessions are listed with device and address, and ended")
{
	struct world *w = world();
	struct session *list;
	struct login one, two;
	size_t count;

	w->ctx.address = "203.0.113.7";
	w->ctx.agent = "Chrome，Windows";
	one = world_login(w, ZHANG, NULL);
	two = world_login(w, ZHANG, NULL);
	assert_ok(session_list(&w->ctx, &list, &count));
	assert_int_equal(2, count);
	assert_string_equal("203.0.113.7", list[0].address);
	assert_string_equal("Chrome，Windows", list[0].agent);
	assert_int_equal(w->ctx.session, list[0].id);
	assert_ok(session_end(&w->ctx, list[1].id));
	assert_err(ERR_NOT_FOUND, find(w, one.token));
	assert_ok(find(w, two.token));
	assert_err(ERR_NOT_FOUND, session_end(&w->ctx, list[1].id));
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM oplog WHERE action = 4"));
	world_close(w);
}

static struct former_login former_of(struct world *w, const struct login *in)
{
	struct former_login former;
	struct session session;

	assert_ok(session_find(&w->ctx, in->token, &session));
	assert_ok(session_former(&w->ctx, &session, &former));
	return former;
}

TEST("HOME-1: a session knows the login before its own, of this account and no other")
{
	struct world *w = world();
	struct former_login former;
	struct login in, before;
	int64_t time;

	w->ctx.address = "203.0.113.7";
	w->ctx.agent = "Chrome，Windows";
	in = world_login(w, ZHANG, NULL);
	former = former_of(w, &in);
	assert_int_equal(0, former.time);
	time = world_count(w, "SELECT time FROM oplog WHERE action = 2");
	w->ctx.address = NULL;
	w->ctx.agent = "微信，Android";
	in = world_login(w, LI, NULL);
	former = former_of(w, &in);
	assert_int_equal(0, former.time);
	before = world_login(w, ZHANG, NULL);
	in = world_login(w, ZHANG, NULL);
	former = former_of(w, &in);
	assert_true(former.time > time);
	assert_string_equal("", former.address);
	assert_string_equal("微信，Android", former.agent);
	former = former_of(w, &before); /* a later login changes nothing for the session before it */
	assert_int_equal(time, former.time);
	assert_string_equal("203.0.113.7", former.address);
	assert_string_equal("Chrome，Windows", former.agent);
	assert_int_equal(0,
		world_count(w,
			arena_printf(test_arena(), "SELECT count(*) FROM session WHERE %s",
				engine_holding("former_box", "203.0.113.7"))));
	world_close(w);
}

TEST("LOGIN-5: another's session is not found")
{
	struct world *w = world();
	struct login zhang = world_login(w, ZHANG, NULL);
	int64_t session = w->ctx.session;

	world_login(w, LI, NULL);
	assert_err(ERR_NOT_FOUND, session_end(&w->ctx, session));
	assert_ok(find(w, zhang.token));
	world_close(w);
}

TEST("LOGIN-5: all others end at once, this one stays")
{
	struct world *w = world();
	struct login one = world_login(w, ZHANG, NULL), other = world_login(w, LI, NULL), two;

	two = world_login(w, ZHANG, NULL);
	assert_ok(session_end_others(&w->ctx));
	assert_err(ERR_NOT_FOUND, find(w, one.token));
	assert_ok(find(w, two.token));
	assert_ok(find(w, other.token));
	world_close(w);
}

TEST("LOGIN-5: a new login ends the session that the browser had")
{
	struct world *w = world();
	struct login one = world_login(w, ZHANG, NULL), two = { .e164 = ZHANG, .agreed = true };
	int64_t resend_s;

	assert_ok(login_send_code(&w->ctx, ZHANG, true, &resend_s));
	two.code = world_code(w);
	assert_ok(login(&w->ctx, &two)); /* with ctx.session of the first */
	assert_err(ERR_NOT_FOUND, find(w, one.token));
	assert_ok(find(w, two.token));
	world_close(w);
}

TEST("LOGIN-5: logging out ends the session and is recorded")
{
	struct world *w = world();
	struct login in = world_login(w, ZHANG, NULL);

	assert_ok(logout(&w->ctx));
	assert_err(ERR_NOT_FOUND, find(w, in.token));
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM oplog WHERE action = 3"));
	world_close(w);
}

TEST("LOGIN-5: a locked account's sessions are found no more")
{
	struct world *w = world();
	struct login in = world_login(w, ZHANG, NULL);

	world_tamper(w, "UPDATE account SET state = 1");
	assert_err(ERR_NOT_FOUND, find(w, in.token));
	world_close(w);
}

TEST("LOGIN-5: sessions that ended by themselves are deleted")
{
	struct world *w = world();
	int64_t seen;

	world_login(w, ZHANG, NULL);
	seen = world_count(w, "SELECT seen FROM session");
	w->ctx.now = seen + 30 * MINUTE - 1;
	assert_ok(session_tidy(&w->ctx));
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM session"));
	w->ctx.now++;
	assert_ok(session_tidy(&w->ctx));
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM session"));
	world_close(w);
}

TEST("LOGIN-7: the edition changes without a new login and is remembered")
{
	struct world *w = world();
	struct login in = world_login(w, ZHANG, NULL);
	struct session session;

	assert_ok(session_find(&w->ctx, in.token, &session));
	assert_int_equal(EDITION_LEGAL_REP, session.edition);
	assert_ok(session_set_edition(&w->ctx, EDITION_STANDARD));
	assert_int_equal(EDITION_STANDARD, w->ctx.edition);
	assert_ok(session_find(&w->ctx, in.token, &session));
	assert_int_equal(EDITION_STANDARD, session.edition);
	world_close(w);
}

TEST("LOGIN-7: the org chosen last is one's own")
{
	struct world *w = world();
	int64_t account, org = world_org(w, &account);
	struct session session;
	struct login li;

	assert_ok(session_set_org(as(w, account), org));
	li = world_login(w, LI, NULL);
	assert_err(ERR_NOT_FOUND, session_set_org(&w->ctx, org));
	assert_ok(session_find(&w->ctx, li.token, &session));
	assert_int_equal(0, session.org);
	world_close(w);
}

TEST("CERT-7: one browser, two accounts: two devices, one handle, one secret")
{
	struct world *w = world();
	struct login zhang = world_login(w, ZHANG, NULL), li;
	int64_t zhangs = w->ctx.device;
	const char *secret, *same;

	assert_ok(store_begin_write(w->ctx.store));
	assert_ok(device_secret_make(&w->ctx, zhangs, NULL, &secret));
	assert_ok(store_commit(w->ctx.store));
	li = world_login(w, LI, zhang.new_device_handle);
	assert_null(li.new_device_handle);
	assert_int_not_equal(zhangs, w->ctx.device);
	assert_false(device_secret_holds(&w->ctx, w->ctx.device, secret));
	assert_ok(store_begin_write(w->ctx.store));
	assert_ok(device_secret_make(&w->ctx, w->ctx.device, secret, &same));
	assert_ok(store_commit(w->ctx.store));
	assert_string_equal(secret, same); /* a new one would lock the first account out of its keys */
	assert_true(device_secret_holds(&w->ctx, w->ctx.device, secret));
	assert_true(device_secret_holds(&w->ctx, zhangs, secret));
	world_close(w);
}

TEST("CERT-7: a secret that is no device's of this browser is replaced")
{
	struct world *w = world();
	const char *secret, *foreign = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

	world_login(w, ZHANG, NULL);
	assert_ok(store_begin_write(w->ctx.store));
	assert_ok(device_secret_make(&w->ctx, w->ctx.device, foreign, &secret));
	assert_ok(store_commit(w->ctx.store));
	assert_string_not_equal(foreign, secret);
	assert_false(device_secret_holds(&w->ctx, w->ctx.device, foreign));
	assert_false(device_secret_holds(&w->ctx, w->ctx.device, NULL));
	assert_true(device_secret_holds(&w->ctx, w->ctx.device, secret));
	world_close(w);
}

TEST("CERT-7: a device has the name that its owner gives, plain text alone")
{
	struct world *w = world();
	struct device device;
	int64_t id;

	world_login(w, ZHANG, NULL);
	id = w->ctx.device;
	assert_ok(device_rename(&w->ctx, id, " 办公室的电脑 "));
	assert_ok(device_load(&w->ctx, id, &device));
	assert_string_equal("办公室的电脑", device.name);
	assert_err(ERR_INVALID, device_rename(&w->ctx, id, "  "));
	assert_err(ERR_INVALID,
		device_rename(&w->ctx, id,
			"a\xE2\x80\xAE"
			"b"));
	world_login(w, LI, NULL);
	assert_err(ERR_NOT_FOUND, device_rename(&w->ctx, id, "我的"));
	assert_err(ERR_NOT_FOUND, device_load(&w->ctx, id, &device));
	world_close(w);
}

TEST("a browser is told in a few words")
{
	static const char *const agents[][2] = {
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
			"Chrome，Windows" },
		{ "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
			"Edge，Windows" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Mobile "
		  "Safari/604",
			"Safari，iPhone" },
		{ "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537 MicroMessenger/8.0",
			"微信，Android" },
		{ "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox，Linux" },
		{ "curl/8", "浏览器" },
		{ NULL, "浏览器" },
	};

	for (size_t i = 0; i < sizeof agents / sizeof agents[0]; i++)
		assert_string_equal(agents[i][1], agent_in_words(test_arena(), agents[i][0]));
}
