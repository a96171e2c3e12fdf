/* The certificate password: its state, and setting it for the first time (PIN-1, PIN-4). */
#include "base/clock.h"
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/site.h"
#include "core/account.h"
#include "core/realname.h"

/* Bytes as typed; the rule counts characters and says what is wrong with them. */
enum { TYPED_MOST = 1024, NEXT_MOST = 300 };

static const struct field next_field[] = { { "next", FIELD_TEXT, 0, NEXT_MOST, NULL, true }, FIELDS_END };
static const struct field pin_fields[] = {
	{ "pin", FIELD_SECRET, 0, TYPED_MOST, NULL, false },
	{ "again", FIELD_SECRET, 0, TYPED_MOST, NULL, false },
	{ "next", FIELD_TEXT, 0, NEXT_MOST, NULL, true },
	FIELDS_END,
};

/* The person's own phone, so that the page says while typing that it can't be used. The document's number is not sent
 * to the page for that: what is made of it is refused when the form comes. */
static enum err add_form(struct visit *v)
{
	struct view *form = view_row(v->page, "UNSET");
	const char *next = form_text(v, "next") ? form_text(v, "next") : "";
	struct account account;

	TRY(account_load(&v->ctx, v->ctx.actor.id, &account));
	view_text(form, "OWN_NUMBERS", account.phone + 1);
	view_text(form, "NEXT", next);
	view_show_if(form, "FOR_INSTALL", text_starts(next, "/certs/") && text_ends(next, "/install"));
	view_show_if(form, "FOR_TICKET", text_starts(next, "/tickets/"));
	return OK;
}

static void add_lock(struct visit *v, const struct pin_state *pin)
{
	struct view *locked = view_row(v->page, "LOCKED");

	view_text(locked, "SET_ON", time_date(v->ctx.arena, pin->made));
	view_text(locked, "LOCKED_UNTIL", time_near(v->ctx.arena, v->ctx.now, pin->locked_until));
	view_int(locked, "LOCKED_SECONDS", (pin->locked_until - v->ctx.now + SECOND - 1) / SECOND);
}

static enum err add_state(struct visit *v)
{
	struct pin_state pin;
	struct view *set;

	TRY(pin_state(&v->ctx, v->ctx.actor.id, &pin));
	if (!pin.set)
		return add_form(v);
	view_show(v->page, "FORGOTTEN");
	if (pin.locked_until) {
		add_lock(v, &pin);
		return OK;
	}
	set = view_row(v->page, "SET");
	view_text(set, "SET_ON", time_date(v->ctx.arena, pin.made));
	view_int(set, "TRIES_LEFT", pin.tries_left);
	view_show(set, v->ctx.edition == EDITION_LEGAL_REP ? "FOR_ORG" : "FOR_PERSON");
	return OK;
}

static enum http pin_page(struct visit *v)
{
	SHOWN(v, add_state(v));
	return page(v, "portal/pin.tpl",
		&(struct frame){ .title = "证书密码", .back = "/me", .at = "AT_ME", .bottom = true });
}

static enum http pin_submit(struct visit *v)
{
	const char *next = form_text(v, "next");
	enum err err = pin_set(&v->ctx, portal_pin_keys(), form_text(v, "pin"), form_text(v, "again"));

	if (err != OK)
		return back_with_fault(v, err);
	flash(v, "pin-now-set");
	return go(v, "%s", path_is_own(next) ? next : "/me/pin");
}

const struct route pin_routes[] = {
	{ "GET", "/me/pin", SIGNED_IN, REAL_NAME | FULL_SESSION, NO_BODY, pin_page, next_field },
	{ "POST", "/keys/pin", SIGNED_IN, REAL_NAME | FULL_SESSION | KEYS_POOL, FORM_BODY, pin_submit, pin_fields,
		.page = pin_page },
	ROUTES_END,
};
