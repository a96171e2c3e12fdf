/* The guards behind the route table, walked with tables of the test's own. */
#include "tests/unit/site/instance.h"
#include "base/clock.h"
#include "base/text.h"

static unsigned calls;
static const char *typed_name;

static enum http done(struct visit *v)
{
	calls++;
	return respond(v->response, HTTP_OK, "text/plain", bytes_of_text("done"));
}

static enum http show_form(struct visit *v)
{
	return page(v, "portal/login.tpl", &(struct frame){ .title = "登录", .gate = true });
}

static enum http take_form(struct visit *v)
{
	calls++;
	typed_name = form_text(v, "phone");
	if (text_equal(typed_name, "taken"))
		return back_with_fault(v, fault_number(&v->ctx, ERR_LIMITED, "phone", "code-wait", 48));
	if (text_equal(typed_name, "gone"))
		return back_with_fault(v, ERR_NOT_FOUND);
	if (text_equal(typed_name, "broken"))
		return back_with_fault(v, ERR_BROKEN);
	if (text_equal(typed_name, "away"))
		return go(v, "//evil.example/");
	flash(v, "seal-voided");
	return go(v, "/open");
}

static void check_form(struct visit *v)
{
	if (!form_text(v, "code"))
		form_fault(&v->form, "code", "code-missing");
}

static const struct field form_fields[] = { { "phone", FIELD_TEXT, 2, 8 }, { "code", FIELD_SECRET, .optional = true },
	FIELDS_END };

static const struct route rows[] = { { "GET", "/open", ANYONE, 0, NO_BODY, done },
	{ "GET", "/home", SIGNED_IN, 0, NO_BODY, done }, { "POST", "/home", SIGNED_IN, 0, FORM_BODY, done },
	{ "POST", "/switch", SIGNED_IN, ANY_EDITION, FORM_BODY, done },
	{ "GET", "/orgs/:org", LEGAL_REP | ADMIN | MEMBER, 0, NO_BODY, done },
	{ "GET", "/orgs/:org/all", LEGAL_REP | ADMIN | MEMBER, 0, NO_BODY, done },
	{ "GET", "/orgs/:org/rep", LEGAL_REP, 0, NO_BODY, done },
	{ "GET", "/orgs/:org/admin", LEGAL_REP | ADMIN, 0, NO_BODY, done },
	{ "POST", "/orgs/:org/rep", LEGAL_REP, 0, FORM_BODY, done },
	{ "GET", "/named", SIGNED_IN, REAL_NAME, NO_BODY, done }, { "GET", "/form", ANYONE, 0, NO_BODY, show_form },
	{ "POST", "/form", ANYONE, 0, FORM_BODY, take_form, form_fields },
	{ "GET", "/checked", ANYONE, 0, NO_BODY, show_form },
	{ "POST", "/checked", ANYONE, 0, FORM_BODY, take_form, form_fields, .check = check_form },
	{ "POST", "/keys/act", SIGNED_IN, KEYS_POOL, FORM_BODY, done }, ROUTES_END };
static const struct route *const tables[] = { rows, health_routes, NULL };

#define ASK(...) instance_ask(&in, (struct ask){ __VA_ARGS__ })
#define VISIT    "0123456789012345678901234567890123456789012"

TEST("SEC-1: without a session a page leads to the login, anything else is 401")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
	assert_int_equal(HTTP_OK, ASK("GET", "/open").status);
	answer = ASK("GET", "/orgs/1/all?x=secret");
	assert_int_equal(HTTP_SEE_OTHER, answer.status);
	assert_true(answer_has(answer, "Location: /login?next=%2Forgs%2F1%2Fall\r\n"));
	calls = 0;
	assert_int_equal(HTTP_UNAUTHORIZED, ASK("POST", "/home", .body = "a=1").status);
	assert_int_equal(HTTP_SEE_OTHER, ASK("GET", "/home", .session = "someone-elses-guess").status);
	assert_int_equal(0, calls);
	assert_int_equal(HTTP_OK, ASK("GET", "/home", .session = in.session).status);
	instance_close(&in);
}

static void choose(struct instance *in, enum edition edition)
{
	struct ctx ctx = instance_ctx(in);
	struct session session;

	assert_ok(session_find(&ctx, in->session, &session));
	ctx.session = session.id;
	assert_ok(session_set_edition(&ctx, edition));
}

TEST("SEC-1: a role lets in where the row names it, another role gets 403, another's org and no org 404")
{
	static const struct {
		enum role role;
		enum http all, rep, admin;
	} want[] = { { ROLE_NONE, HTTP_NOT_FOUND, HTTP_NOT_FOUND, HTTP_NOT_FOUND },
		{ ROLE_MEMBER, HTTP_OK, HTTP_FORBIDDEN, HTTP_FORBIDDEN },
		{ ROLE_ADMIN, HTTP_OK, HTTP_FORBIDDEN, HTTP_OK }, { ROLE_LEGAL_REP, HTTP_OK, HTTP_OK, HTTP_OK } };
	struct instance in;

	instance_open(&in, tables, "");
	choose(&in, EDITION_STANDARD);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		long long org = instance_org(&in, want[i].role);

		assert_int_equal(want[i].all,
			ASK("GET", arena_printf(in.arena, "/orgs/%lld/all", org), .session = in.session).status);
		assert_int_equal(want[i].rep,
			ASK("GET", arena_printf(in.arena, "/orgs/%lld/rep", org), .session = in.session).status);
		assert_int_equal(want[i].admin,
			ASK("GET", arena_printf(in.arena, "/orgs/%lld/admin", org), .session = in.session).status);
		assert_int_equal(want[i].rep,
			ASK(.path = arena_printf(in.arena, "/orgs/%lld/rep", org), .session = in.session,
				.body = instance_form(&in, in.session, "standard", ""))
				.status);
	}
	assert_int_equal(HTTP_NOT_FOUND, ASK("GET", "/orgs/0/all", .session = in.session).status);
	assert_int_equal(HTTP_NOT_FOUND, ASK("GET", "/orgs/x/all", .session = in.session).status);
	instance_close(&in);
}

TEST("ORG-2: in the legal representative edition, of an org that one does not represent only the overview opens")
{
	static const struct {
		enum role role;
		enum http overview, all;
	} want[] = { { ROLE_NONE, HTTP_NOT_FOUND, HTTP_NOT_FOUND }, { ROLE_MEMBER, HTTP_OK, HTTP_FORBIDDEN },
		{ ROLE_ADMIN, HTTP_OK, HTTP_FORBIDDEN }, { ROLE_LEGAL_REP, HTTP_OK, HTTP_OK } };
	struct instance in;

	instance_open(&in, tables, "");
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		long long org = instance_org(&in, want[i].role);

		assert_int_equal(want[i].overview,
			ASK("GET", arena_printf(in.arena, "/orgs/%lld", org), .session = in.session).status);
		assert_int_equal(want[i].all,
			ASK("GET", arena_printf(in.arena, "/orgs/%lld/all", org), .session = in.session).status);
	}
	instance_close(&in);
}

TEST("SEC-1: an unknown path is 404 and a known one with another method 405, with or without session")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
	assert_int_equal(HTTP_NOT_FOUND, ASK("GET", "/none").status);
	answer = ASK("DELETE", "/home", .session = in.session);
	assert_int_equal(HTTP_NOT_ALLOWED, answer.status);
	assert_true(answer_has(answer, "Allow: GET, HEAD, POST\r\n"));
	instance_close(&in);
}

TEST("LOGIN-7: a form of the other edition is a conflict and changes nothing, but the switch itself takes it")
{
	struct instance in;

	instance_open(&in, tables, "");
	calls = 0;
	assert_int_equal(HTTP_CONFLICT,
		ASK(.path = "/home", .session = in.session, .body = instance_form(&in, in.session, "standard", ""))
			.status);
	assert_int_equal(HTTP_CONFLICT, ASK(.path = "/home", .session = in.session, .body = "x=1").status);
	assert_int_equal(0, calls);
	assert_int_equal(HTTP_OK,
		ASK(.path = "/switch", .session = in.session, .body = instance_form(&in, in.session, "standard", ""))
			.status);
	assert_int_equal(HTTP_OK,
		ASK(.path = "/home", .session = in.session, .body = instance_form(&in, in.session, "legal_rep", ""))
			.status);
	instance_close(&in);
}

TEST("RN-1: a page that needs a real name explains why, and opens once there is one")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
	answer = ASK("GET", "/named", .session = in.session);
	assert_int_equal(HTTP_FORBIDDEN, answer.status);
	assert_non_null(strstr(answer.body, "需先实名"));
	instance_real_name(&in);
	assert_int_equal(HTTP_OK, ASK("GET", "/named", .session = in.session).status);
	instance_close(&in);
}

TEST("SEC-2: a form without token, with another session's token or from another site is refused and changes nothing")
{
	struct instance in;
	const char *good;

	instance_open(&in, tables, "");
	good = instance_form(&in, in.session, "legal_rep", "");
	calls = 0;
	assert_int_equal(
		HTTP_FORBIDDEN, ASK(.path = "/home", .session = in.session, .body = "edition=legal_rep").status);
	assert_int_equal(HTTP_FORBIDDEN,
		ASK(.path = "/home", .session = in.session, .body = instance_form(&in, "another", "legal_rep", ""))
			.status);
	assert_int_equal(
		HTTP_FORBIDDEN, ASK(.path = "/home", .session = in.session, .body = good, .origin = "null").status);
	assert_int_equal(HTTP_FORBIDDEN,
		ASK(.path = "/home", .session = in.session, .body = good, .origin = "http://localhost:80801").status);
	assert_int_equal(0, calls);
	assert_int_equal(HTTP_OK, ASK(.path = "/home", .session = in.session, .body = good).status);
	instance_close(&in);
}

TEST("SEC-2: before a session the token belongs to the visit cookie, which a page hands out once")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
	answer = ASK("GET", "/form");
	assert_true(answer_has(answer, "Set-Cookie: visit="));
	assert_true(answer_has(answer, "; HttpOnly; SameSite=Lax; Max-Age=43200\r\n"));
	assert_false(answer_has(ASK("GET", "/form", .visit = VISIT), "Set-Cookie: visit="));
	assert_int_equal(HTTP_SEE_OTHER,
		ASK(.path = "/form", .visit = VISIT, .body = instance_form(&in, VISIT, "", "phone=abc")).status);
	assert_int_equal(
		HTTP_FORBIDDEN, ASK(.path = "/form", .body = instance_form(&in, VISIT, "", "phone=abc")).status);
	instance_close(&in);
}

TEST("SEC-5: a field that breaks its row brings the form back with 422, the message and what was typed")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
	calls = 0;
	answer = ASK(.path = "/form", .visit = VISIT,
		.body = instance_form(&in, VISIT, "", "phone=123456789&code=geheim99"));
	assert_int_equal(HTTP_UNPROCESSABLE, answer.status);
	assert_int_equal(0, calls);
	assert_non_null(strstr(answer.body, "value=\"123456789\""));
	assert_non_null(strstr(answer.body, "太长了，最多 8 个字。"));
	assert_non_null(strstr(answer.body, "href=\"#phone\""));
	assert_null(strstr(answer.body, "geheim99"));
	instance_close(&in);
}

TEST("LOGIN-1: what the row and what the route's own check find wrong is told at once, before the handler")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
	calls = 0;
	answer = ASK(.path = "/checked", .visit = VISIT, .body = instance_form(&in, VISIT, "", "phone=123456789"));
	assert_int_equal(HTTP_UNPROCESSABLE, answer.status);
	assert_non_null(strstr(answer.body, "href=\"#phone\""));
	assert_non_null(strstr(answer.body, "href=\"#code\""));
	answer = ASK(.path = "/checked", .visit = VISIT, .body = instance_form(&in, VISIT, "", "phone=abc"));
	assert_int_equal(HTTP_UNPROCESSABLE, answer.status);
	assert_null(strstr(answer.body, "href=\"#phone\""));
	assert_int_equal(0, calls);
	answer = ASK(.path = "/checked", .visit = VISIT, .body = instance_form(&in, VISIT, "", "phone=abc&code=1"));
	assert_int_equal(HTTP_SEE_OTHER, answer.status);
	instance_close(&in);
}

TEST("SEC-5: a form that cannot be read is 400, 413 or 415 and reaches no handler")
{
	struct instance in;
	char *large;

	instance_open(&in, tables, "");
	large = arena_alloc(in.arena, 64 * 1024 + 2);
	memset(large, 'a', 64 * 1024 + 1);
	calls = 0;
	assert_int_equal(HTTP_BAD_REQUEST, ASK(.path = "/form", .visit = VISIT, .body = "phone=%FF").status);
	assert_int_equal(
		HTTP_BAD_TYPE, ASK(.path = "/form", .visit = VISIT, .body = "{}", .type = "application/json").status);
	assert_int_equal(HTTP_TOO_LARGE, ASK(.path = "/form", .visit = VISIT, .body = large).status);
	assert_int_equal(HTTP_BAD_REQUEST, ASK("GET", "/open", .body = "x").status);
	assert_int_equal(0, calls);
	instance_close(&in);
}

TEST("SEC-5: what a rule refuses comes back with its status and its words; what is gone or broken is an error page")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
#define SEND(text) ASK(.path = "/form", .visit = VISIT, .body = instance_form(&in, VISIT, "", "phone=" text))
	answer = SEND("taken");
	assert_int_equal(HTTP_TOO_MANY, answer.status);
	assert_true(answer_has(answer, "Retry-After: 48\r\n"));
	assert_non_null(strstr(answer.body, "48 秒后可重发"));
	assert_non_null(strstr(answer.body, "value=\"taken\""));
	assert_int_equal(HTTP_NOT_FOUND, SEND("gone").status);
	answer = SEND("broken");
	assert_int_equal(HTTP_BROKEN, answer.status);
	assert_non_null(strstr(answer.body, "0123456789abcdef"));
	instance_close(&in);
}

TEST("SEC-2: a redirect never leaves the site")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
	answer = SEND("away");
	assert_int_equal(HTTP_BROKEN, answer.status);
	assert_false(answer_has(answer, "Location"));
	assert_false(path_is_own("/\\evil.example"));
	assert_false(path_is_own("https://evil.example"));
	assert_false(path_is_own("/a\nb"));
	assert_true(path_is_own("/orgs/1?x=2"));
	instance_close(&in);
}

TEST("SEC-2: every answer carries the security headers, pages are not kept")
{
	static const char *const headers[] = {
		"Content-Security-Policy: default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; ",
		"X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: same-origin\r\n", "Cache-Control: no-store\r\n"
	};
	static const char *const paths[] = { "/open", "/form", "/none", "/home" };
	struct instance in;

	instance_open(&in, tables, "");
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		for (size_t j = 0; j < sizeof headers / sizeof *headers; j++)
			assert_true(answer_has(ASK("GET", paths[i]), headers[j]));
	instance_close(&in);
}

TEST("OPS-14: under a sub-path every place and cookie lies below it, and another Host is sent to the own one")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "/yinxin");
	answer = SEND("abc");
	assert_true(answer_has(answer, "Location: /yinxin/open\r\n"));
	assert_true(answer_has(answer, "; Path=/yinxin; HttpOnly"));
	answer = ASK("GET", "/orgs/1/all?a=%20b", .host = "127.0.0.1:8080");
	assert_int_equal(HTTP_PERMANENT, answer.status);
	assert_true(answer_has(answer, "Location: http://localhost:8080/yinxin/orgs/1/all?a=%20b\r\n"));
	assert_int_equal(HTTP_OK, ASK("GET", "/readyz", .host = "127.0.0.1:8080").status);
	assert_int_equal(HTTP_OK, ASK("GET", "/healthz", .host = "anything").status);
	instance_close(&in);
}

TEST("PIN-4: acts with keys are served by their pool alone, and not for somebody who has waited 10 s or has left")
{
	struct instance in;
	const char *form;
	int64_t now;

	instance_open(&in, tables, "");
	now = clock_now();
	form = instance_form(&in, in.session, "legal_rep", "");
	calls = 0;
	assert_int_equal(HTTP_NOT_FOUND, ASK(.path = "/keys/act", .session = in.session, .body = form).status);
	in.site.keys_pool = true;
	assert_int_equal(HTTP_UNAVAILABLE,
		ASK(.path = "/keys/act", .session = in.session, .body = form, .arrived = now - 11000).status);
	assert_int_equal(
		HTTP_UNAVAILABLE, ASK(.path = "/keys/act", .session = in.session, .body = form, .gone = true).status);
	assert_int_equal(HTTP_NOT_FOUND, ASK("GET", "/open").status);
	assert_int_equal(0, calls);
	assert_int_equal(HTTP_OK, ASK(.path = "/keys/act", .session = in.session, .body = form, .arrived = now).status);
	instance_close(&in);
}

TEST("HELP-3: an error page says what happened, what did not, what to do, and the reference")
{
	struct instance in;
	struct answer answer;

	instance_open(&in, tables, "");
	answer = ASK("GET", "/none");
	assert_non_null(strstr(answer.body, "这个页面不存在"));
	assert_non_null(strstr(answer.body, "0123456789abcdef"));
	assert_non_null(strstr(answer.body, "0312-5550188"));
	answer = ASK(.path = "/home", .session = in.session, .body = "edition=legal_rep");
	assert_non_null(strstr(answer.body, "页面已过期"));
	assert_non_null(strstr(answer.body, "什么都没有改变"));
	instance_close(&in);
}

TEST("SEC-2: a flash is shown once, and only one that was signed here")
{
	struct instance in;
	struct answer answer;
	const char *start, *value;

	instance_open(&in, tables, "");
	answer = SEND("abc");
	start = strstr(answer.headers, "flash=");
	assert_non_null(start);
	value = arena_text_n(in.arena, start + 6, strcspn(start + 6, ";"));
	answer = ASK("GET", "/form", .visit = VISIT, .flash = value);
	assert_non_null(strstr(answer.body, "印章已作废。"));
	assert_true(answer_has(answer, "Set-Cookie: flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
	answer = ASK("GET", "/form", .visit = VISIT, .flash = "seal-voided.AAAA");
	assert_null(strstr(answer.body, "印章已作废。"));
	instance_close(&in);
}
