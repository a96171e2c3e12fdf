/* Signing in and out: LOGIN-1 to LOGIN-3, LOGIN-5, LOGIN-7, SET-6; and what one agrees to. */
#include "base/clock.h"
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/site.h"
#include "core/account.h"
#include "core/agreement.h"
#include "core/login.h"
#include "core/realname.h"
#include "web/csrf.h"

enum { NEXT_MOST = 300, DEVICE_LIFE_S = 400 * 24 * 3600, TYPED_LIFE_S = 600, DEFAULT_REGION = 0 };

static const char *const roles[] = { "legal_rep", "standard", NULL };
static const char *const acts[] = { "send", "enter", NULL };

static const struct field next_field[] = { { "next", FIELD_TEXT, 0, NEXT_MOST, NULL, true }, FIELDS_END };
static const struct field login_fields[] = {
	{ "role", FIELD_WORD, 0, 0, roles, false },
	{ "region", FIELD_TEXT, 1, 4, NULL, false },
	{ "phone", FIELD_TEXT, 1, 20, NULL, false },
	{ "agree", FIELD_FLAG, 0, 0, NULL, true },
	{ "code", FIELD_TEXT, 0, 6, NULL, true },
	{ "act", FIELD_WORD, 0, 0, acts, false },
	{ "next", FIELD_TEXT, 0, NEXT_MOST, NULL, true },
	FIELDS_END,
};
static const struct field edition_fields[] = { { "to", FIELD_WORD, 0, 0, roles, false }, FIELDS_END };

/* ---- what was typed survives the redirect that follows a sent code: in a signed cookie of this browser */

#define COOKIE_TYPED "login"
struct typed {
	const char *role, *region, *phone;
	int64_t resend; /* ms UTC: when the next code may be asked for */
};

static void typed_keep(struct visit *v, int64_t resend_s)
{
	const char *text = arena_printf(v->ctx.arena, "%s|%s|%s|%lld", form_text(v, "role"), form_text(v, "region"),
		form_text(v, "phone"), (long long)(v->ctx.now + resend_s * SECOND));
	const char *box = base64url_encode(v->ctx.arena, bytes_of_text(text));

	cookie_set(v, COOKIE_TYPED, signed_text(v->ctx.arena, v->site->web_key, COOKIE_TYPED, box), TYPED_LIFE_S);
}

static char *cut_at_bar(char **rest)
{
	char *bar = strchr(*rest, '|'), *part = *rest;

	if (!bar)
		return NULL;
	*bar = 0;
	*rest = bar + 1;
	return part;
}

static bool typed_find(struct visit *v, struct typed *out)
{
	const char *sent = cookie_get(v, COOKIE_TYPED);
	const char *box = sent ? signed_text_open(v->ctx.arena, v->site->web_key, COOKIE_TYPED, sent) : NULL;
	struct bytes text;
	char *rest;

	if (!box || !base64url_decode(v->ctx.arena, box, &text))
		return false;
	rest = arena_text_n(v->ctx.arena, (const char *)text.data, text.len);
	out->role = cut_at_bar(&rest);
	out->region = cut_at_bar(&rest);
	out->phone = cut_at_bar(&rest);
	return out->phone && parse_int(rest, 0, INT64_MAX, &out->resend);
}

/* ---- GET /login */

static void add_regions(struct visit *v, const char *chosen)
{
	for (const struct region *region = phone_regions; region->code; region++) {
		struct view *row = view_row(v->page, "REGION");

		view_text(row, "REGION_CODE", region->code);
		view_text(row, "REGION_NAME", region->name);
		view_show_if(row, "CHOSEN", text_equal(region->code, chosen));
	}
}

static void add_typed(struct visit *v, const struct typed *typed, bool found)
{
	int64_t wait = found ? (typed->resend - v->ctx.now + SECOND - 1) / SECOND : 0;

	if (wait > v->ctx.settings->sms_resend_s) /* the clock was set back */
		wait = 0;
	add_regions(v, v->again ? form_text(v, "region") : typed->region);
	if (!v->again) {
		view_text(v->page, "FIELD_PHONE", typed->phone);
		view_text(v->page, "FIELD_NEXT", form_text(v, "next"));
		view_show(v->page, text_equal(typed->role, "standard") ? "IS_ROLE_STANDARD" : "IS_ROLE_LEGAL_REP");
		view_show_if(v->page, "IS_AGREE", found); /* ticked before the code was sent: the same page goes on */
	}
	if (found)
		view_text(view_row(v->page, "SENT"), "SENT_PHONE", typed->phone);
	else
		view_show(v->page, "NOT_SENT");
	view_show_if(v->page, "JUST_SENT", found && !v->again);
	if (wait > 0)
		view_int(view_row(v->page, "WAIT"), "RESEND_SECONDS", wait);
	else
		view_show(v->page, "MAY_SEND");
}

/* Where the login goes on to; "" for anywhere else, and for leaving and signing in themselves, which would lead in a
 * ring. */
static const char *next_of(const struct visit *v)
{
	const char *next = form_text(v, "next");
	bool rings = next && (text_starts(next, "/logout") || text_starts(next, "/login"));

	return path_is_own(next) && !rings ? next : "";
}

static bool leads_to_ticket(const char *next)
{
	return text_starts(next, "/s/") || text_starts(next, "/tickets/");
}

static enum http login_page(struct visit *v)
{
	struct typed typed = { roles[0], phone_regions[DEFAULT_REGION].code, "", 0 };
	bool found = typed_find(v, &typed);

	if (v->signed_in && !v->session.kept && !v->again) /* a kept session comes here for a full one */
		return go(v, "%s", *next_of(v) ? next_of(v) : "/home");
	add_typed(v, &typed, found);
	view_show_if(v->page, "FOR_TICKET", leads_to_ticket(next_of(v)));
	if (v->again) /* a browser's Back to a refused form finds it again; there is nobody's page in it */
		response_header(v->response, "Cache-Control", "private, no-cache");
	return page(v, "portal/login.tpl", &(struct frame){ .title = "登录", .gate = true });
}

/* ---- POST /login */

static const char *with_next(struct visit *v)
{
	const char *next = next_of(v);

	return *next ? arena_printf(v->ctx.arena, "/login?next=%s", percent_encode(v->ctx.arena, next)) : "/login";
}

static enum http send_code(struct visit *v, const char *phone)
{
	int64_t resend_s;
	enum err err = login_send_code(&v->ctx, phone, form_flag(v, "agree"), &resend_s);

	if (err != OK)
		return back_with_fault(v, err);
	typed_keep(v, resend_s);
	return go(v, "%s", with_next(v));
}

static const char *landing(struct visit *v, const struct login *in)
{
	if (*next_of(v))
		return next_of(v);
	return in->registered ? "/welcome" : "/home"; /* LOGIN-2 */
}

static enum http enter(struct visit *v, const char *phone)
{
	struct login in = { .e164 = phone,
		.code = form_text(v, "code") ? form_text(v, "code") : "",
		.edition = text_equal(form_text(v, "role"), "standard") ? EDITION_STANDARD : EDITION_LEGAL_REP,
		.agreed = form_flag(v, "agree"),
		.device_handle = cookie_get(v, COOKIE_DEVICE) };
	enum err err = login(&v->ctx, &in);

	if (err != OK)
		return back_with_fault(v, err);
	cookie_set(v, COOKIE_SESSION, in.token, 0);
	cookie_set(v, COOKIE_TYPED, "", -1);
	/* a known one is set anew: browsers forget a cookie 400 days after it was last set (CERT-7) */
	cookie_set(v, COOKIE_DEVICE, in.new_device_handle ? in.new_device_handle : in.device_handle, DEVICE_LIFE_S);
	return go(v, "%s", landing(v, &in));
}

static void check_phone(struct visit *v)
{
	const char *phone;

	if (form_value_faulty(&v->form, "region") ||
		phone_read(&v->ctx, form_text(v, "region"), form_text(v, "phone"), &phone) == OK)
		return;
	if (!form_value_faulty(&v->form, v->ctx.fault.field))
		form_fault(&v->form, v->ctx.fault.field, v->ctx.fault.word);
}

static void login_check(struct visit *v)
{
	const char *code = form_text(v, "code");

	check_phone(v);
	if (!form_flag(v, "agree"))
		form_fault(&v->form, "agree", "agree-needed");
	if (text_equal(form_text(v, "act"), "send") || form_value_faulty(&v->form, "code"))
		return;
	if (!code)
		form_fault(&v->form, "code", "field-missing");
	else if (!sms_code_has_form(code))
		form_fault(&v->form, "code", "code-form");
}

static enum http login_submit(struct visit *v)
{
	const char *phone;
	enum err err = phone_read(&v->ctx, form_text(v, "region"), form_text(v, "phone"), &phone);

	if (err != OK)
		return back_with_fault(v, err);
	return text_equal(form_text(v, "act"), "send") ? send_code(v, phone) : enter(v, phone);
}

/* ---- what one agrees to */

static void add_paragraphs(struct visit *v, const char *body)
{
	while (*body) {
		size_t len = strcspn(body, "\n");
		bool heading = text_starts(body, "# ");
		char *text = arena_text_n(v->ctx.arena, body + (heading ? 2 : 0), len - (heading ? 2 : 0));

		if (len)
			view_text(view_row(view_row(v->page, "PARAGRAPH"), heading ? "HEADING" : "TEXT"),
				"PARAGRAPH_TEXT", text);
		body += len;
		body += *body == '\n';
	}
}

static enum http agreement_page(struct visit *v)
{
	const char *word = match_part(&v->match, "kind");
	struct agreement agreement;
	enum agreement_kind kind;

	if (text_equal(word, "user"))
		kind = AGREEMENT_USER;
	else if (text_equal(word, "privacy"))
		kind = AGREEMENT_PRIVACY;
	else if (text_equal(word, "certificate"))
		kind = AGREEMENT_CERTIFICATE;
	else
		return error_page(v, HTTP_NOT_FOUND, NULL);
	SHOWN(v, agreement_current(&v->ctx, kind, &agreement));
	view_text(v->page, "TITLE", agreement.title);
	view_text(v->page, "VERSION", agreement.version);
	view_text(v->page, "DATE", time_date(v->ctx.arena, agreement.published));
	add_paragraphs(v, agreement.body);
	return page(v, "portal/agreement.tpl", &(struct frame){ .title = agreement.title, .gate = true });
}

/* ---- first steps, the switch of editions, leaving */

static enum http welcome_page(struct visit *v)
{
	struct account account;

	SHOWN(v, account_load(&v->ctx, v->ctx.actor.id, &account));
	view_text(v->page, "PHONE", phone_masked(v->ctx.arena, account.phone));
	view_text(v->page, "MADE", time_near(v->ctx.arena, v->ctx.now, account.made));
	view_show(v->page, realname_is_verified(&v->ctx, v->ctx.actor.id) ? "VERIFIED" : "UNVERIFIED");
	return page(v, "portal/welcome.tpl",
		&(struct frame){ .title = "欢迎使用印信", .back = "/home", .at = "AT_HOME", .bottom = true });
}

static enum http edition_submit(struct visit *v)
{
	bool standard = text_equal(form_text(v, "to"), "standard");
	enum err err = session_set_edition(&v->ctx, standard ? EDITION_STANDARD : EDITION_LEGAL_REP);

	if (err != OK)
		return failed(v, err);
	flash(v, "edition-switched");
	return go(v, "/home");
}

static enum http logout_page(struct visit *v)
{
	view_show_if(v->page, "KEPT", v->session.kept);
	return page(v, "portal/logout.tpl", &(struct frame){ .title = "退出登录", .back = "/me", .at = "AT_ME" });
}

static enum http logout_submit(struct visit *v)
{
	enum err err = logout(&v->ctx);

	if (err != OK && err != ERR_NOT_FOUND)
		return failed(v, err);
	v->signed_in = false;
	cookie_set(v, COOKIE_SESSION, "", -1);
	flash(v, "logged-out");
	return go(v, "/login");
}

static enum http front_page(struct visit *v)
{
	return go(v, v->signed_in ? "/home" : "/login");
}

const struct route login_routes[] = {
	{ "GET", "/", ANYONE, 0, NO_BODY, front_page },
	{ "GET", "/login", ANYONE, 0, NO_BODY, login_page, next_field },
	{ "POST", "/login", ANYONE, ANY_EDITION, FORM_BODY, login_submit, login_fields, 0, NULL, login_check },
	{ "GET", "/agreements/:kind", ANYONE, 0, NO_BODY, agreement_page },
	{ "GET", "/welcome", SIGNED_IN, 0, NO_BODY, welcome_page },
	{ "POST", "/edition", SIGNED_IN, ANY_EDITION, FORM_BODY, edition_submit, edition_fields },
	{ "GET", "/logout", SIGNED_IN, 0, NO_BODY, logout_page },
	{ "POST", "/logout", SIGNED_IN, ANY_EDITION, FORM_BODY, logout_submit },
	ROUTES_END,
};
