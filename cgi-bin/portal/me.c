/* One's own page, sessions, devices and consents (SET-2, SET-7, LOGIN-5). */
#include "base/version.h"
#include "base/clock.h"
#include "base/text.h"
#include "cgi-bin/portal/glance.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/site.h"
#include "core/account.h"
#include "core/consent.h"
#include "core/device.h"
#include "core/realname.h"

enum { DEVICE_NAME_MOST = 40 };

static const struct field device_fields[] = { { "device_name", FIELD_TEXT, 1, DEVICE_NAME_MOST, NULL, false },
	FIELDS_END };
static const char *const keeps[] = { "yes", "no", NULL };
static const struct field keep_fields[] = { { "keep", FIELD_WORD, 0, 0, keeps, false }, FIELDS_END };

/* ---- GET /me */

static enum err add_person(struct visit *v)
{
	struct arena *arena = v->ctx.arena;
	struct realname realname;
	struct account account;

	TRY(account_load(&v->ctx, v->ctx.actor.id, &account));
	TRY(realname_load(&v->ctx, v->ctx.actor.id, &realname));
	view_text(v->page, "PHONE", phone_masked(arena, account.phone));
	if (realname.state != REALNAME_VERIFIED) {
		view_show(v->page, "UNVERIFIED");
		return OK;
	}
	view_show(v->page, "VERIFIED");
	view_text(v->page, "DOCUMENT",
		arena_printf(arena, "%s %s", doc_kind_word(realname.doc_kind), mask_document(arena, realname.doc)));
	return OK;
}

static enum err add_lines(struct visit *v)
{
	struct session *sessions;
	struct consent *consents;
	struct glance at;
	size_t count;

	TRY(glance(v, &at));
	view_text(v->page, "CERT_LINE", at.cert);
	view_text(v->page, "PIN_LINE", at.pin);
	TRY(session_list(&v->ctx, &sessions, &count));
	view_text(v->page, "SESSIONS_LINE", arena_printf(v->ctx.arena, "%zu 个登录，含本浏览器", count));
	TRY(consent_list(&v->ctx, &consents, &count));
	view_text(v->page, "CONSENTS_LINE",
		count ? arena_printf(v->ctx.arena, "%zu 个平台可以读取您的资料", count) : "还没有");
	return OK;
}

static enum http me_page(struct visit *v)
{
	glance_ahead(v);
	SHOWN(v, add_person(v));
	SHOWN(v, add_lines(v));
	view_text(v->page, "VERSION", YINXIN_VERSION);
	view_show(v->page, v->ctx.edition == EDITION_STANDARD ? "IS_STANDARD" : "IS_LEGAL_REP");
	return page(v, "portal/me.tpl", &(struct frame){ .title = "我的", .at = "AT_ME", .bottom = true });
}

/* ---- sessions and devices */

static void add_session(struct visit *v, const struct session *session, bool here)
{
	struct arena *arena = v->ctx.arena;
	struct view *row = view_row(v->page, "SESSION");

	view_int(row, "SESSION_ID", session->id);
	view_text(row, "AGENT", *session->agent ? session->agent : "浏览器");
	view_text(row, "ADDRESS", *session->address ? session->address : "地址不详");
	view_text(row, "SEEN", time_near(arena, v->ctx.now, here ? v->ctx.now : session->seen));
	view_text(row, "MADE", time_near(arena, v->ctx.now, session->made));
	view_show(row, here ? "THIS" : "OTHER");
	view_show_if(row, "KEPT", session->kept);
}

static enum err add_sessions(struct visit *v)
{
	struct session *sessions;
	size_t count;

	TRY(session_list(&v->ctx, &sessions, &count));
	for (size_t i = 0; i < count; i++)
		if (sessions[i].id == v->ctx.session)
			add_session(v, &sessions[i], true);
	for (size_t i = 0; i < count; i++)
		if (sessions[i].id != v->ctx.session)
			add_session(v, &sessions[i], false);
	view_show_if(v->page, "OTHERS", count > 1);
	return OK;
}

/* A refused name is shown again at its own device alone. */
static void add_device(struct visit *v, const struct device *device)
{
	struct arena *arena = v->ctx.arena;
	struct view *row = view_row(v->page, "DEVICE");
	bool again = v->again && path_id(v, "device") == device->id;

	view_int(row, "DEVICE_ID", device->id);
	view_text(row, "DEVICE_NAME", device->name);
	view_text(row, "DEVICE_LINE",
		arena_printf(arena, "装有证书 · 最近使用 %s",
			time_near(arena, v->ctx.now, device->id == v->ctx.device ? v->ctx.now : device->seen)));
	view_text(row, "FIELD_DEVICE_NAME", again ? form_text(v, "device_name") : device->name);
	view_show_if(row, "THIS", device->id == v->ctx.device);
	view_show_if(row, "RENAME_OPEN", again);
}

static enum err add_devices(struct visit *v)
{
	struct device *devices;
	size_t count;
	bool any = false;

	TRY(device_list(&v->ctx, &devices, &count));
	for (size_t i = 0; i < count; i++) {
		if (!devices[i].holds_keys)
			continue;
		add_device(v, &devices[i]);
		any = true;
	}
	view_show_if(v->page, "NO_DEVICE", !any);
	return OK;
}

static enum http sessions_page(struct visit *v)
{
	SHOWN(v, add_sessions(v));
	SHOWN(v, add_devices(v));
	view_show_if(v->page, "KEEP_ON", v->session.kept);
	view_show_if(v->page, "KEEP_OFFERED", !v->session.kept && session_may_keep(&v->ctx));
	return page(v, "portal/sessions.tpl",
		&(struct frame){ .title = "登录和设备", .back = "/me", .at = "AT_ME", .bottom = true });
}

/* What an act on this page comes to. */
static enum http back_to_sessions(struct visit *v, enum err err, const char *key)
{
	if (err != OK)
		return failed(v, err);
	flash(v, key);
	return go(v, "/me/sessions");
}

static enum http session_end_submit(struct visit *v)
{
	return back_to_sessions(v, session_end(&v->ctx, path_id(v, "session")), "session-ended");
}

static enum http sessions_end_submit(struct visit *v)
{
	return back_to_sessions(v, session_end_others(&v->ctx), "sessions-ended");
}

/* Kept, the browser holds its session for as long. To keep it no longer is to end it: it must not grow into a full
 * one. */
static enum http keep_submit(struct visit *v)
{
	const char *token;
	enum err err;

	if (text_equal(form_text(v, "keep"), "no")) {
		err = session_end(&v->ctx, v->ctx.session);
		if (err != OK)
			return failed(v, err);
		v->signed_in = false;
		cookie_set(v, COOKIE_SESSION, "", -1);
		flash(v, "session-kept-off");
		return go(v, "/login");
	}
	if (v->session.kept)
		return go(v, "/me/sessions");
	err = session_keep(&v->ctx, &token);
	if (err != OK)
		return failed(v, err);
	cookie_set(v, COOKIE_SESSION, token, (v->session.made + SESSION_KEPT_LIFE - v->ctx.now) / SECOND);
	return back_to_sessions(v, OK, "session-kept-on");
}

static enum http device_name_submit(struct visit *v)
{
	enum err err = device_rename(&v->ctx, path_id(v, "device"), form_text(v, "device_name"));

	if (err == ERR_INVALID) {
		v->ctx.fault.field = "device_name";
		return back_with_fault(v, err);
	}
	return back_to_sessions(v, err, "device-renamed");
}

/* ---- consents */

static void add_consent(struct visit *v, struct view *list, const struct consent *consent)
{
	struct arena *arena = v->ctx.arena;
	struct view *row = view_row(list, "CONSENT");

	view_int(row, "CONSENT_ID", consent->id);
	view_text(row, "PLATFORM_NAME", consent->platform_name);
	view_text(row, "PLATFORM_AVATAR", avatar_org(arena, consent->platform_name));
	view_text(row, "SCOPES", scopes_in_words(arena, consent->scopes));
	view_text(row, "SINCE", time_date(arena, consent->made));
	view_text(row, "USED", consent->last_used ? time_near(arena, v->ctx.now, consent->last_used) : "还没有");
}

static enum http consents_page(struct visit *v)
{
	struct consent *consents;
	size_t count;

	SHOWN(v, consent_list(&v->ctx, &consents, &count));
	if (count) {
		struct view *list = view_row(v->page, "LIST");

		for (size_t i = 0; i < count; i++)
			add_consent(v, list, &consents[i]);
	}
	view_show_if(v->page, "EMPTY", !count);
	return page(v, "portal/consents.tpl",
		&(struct frame){ .title = "服务授权", .back = "/me", .at = "AT_ME", .bottom = true });
}

static enum http consent_revoke_page(struct visit *v)
{
	struct consent consent;

	SHOWN(v, consent_load(&v->ctx, path_id(v, "consent"), &consent));
	view_int(v->page, "CONSENT_ID", consent.id);
	view_text(v->page, "PLATFORM_NAME", consent.platform_name);
	view_text(v->page, "SCOPES", scopes_in_words(v->ctx.arena, consent.scopes));
	return page(v, "portal/consent-revoke.tpl",
		&(struct frame){ .title = "收回授权", .back = "/me/consents", .at = "AT_ME" });
}

static enum http consent_revoke_submit(struct visit *v)
{
	enum err err = consent_revoke(&v->ctx, path_id(v, "consent"));

	if (err != OK)
		return failed(v, err);
	flash(v, "consent-revoked");
	return go(v, "/me/consents");
}

const struct route me_routes[] = {
	{ "GET", "/me", SIGNED_IN, 0, NO_BODY, me_page },
	{ "GET", "/me/sessions", SIGNED_IN, 0, NO_BODY, sessions_page },
	{ "POST", "/me/sessions/keep", SIGNED_IN, 0, FORM_BODY, keep_submit, keep_fields },
	{ "POST", "/me/sessions/end-others", SIGNED_IN, FULL_SESSION, FORM_BODY, sessions_end_submit },
	{ "POST", "/me/sessions/:session/end", SIGNED_IN, FULL_SESSION, FORM_BODY, session_end_submit },
	{ "POST", "/me/devices/:device/name", SIGNED_IN, FULL_SESSION, FORM_BODY, device_name_submit, device_fields,
		.page = sessions_page },
	{ "GET", "/me/consents", SIGNED_IN, FULL_SESSION, NO_BODY, consents_page },
	{ "GET", "/me/consents/:consent/revoke", SIGNED_IN, FULL_SESSION, NO_BODY, consent_revoke_page },
	{ "POST", "/me/consents/:consent/revoke", SIGNED_IN, FULL_SESSION, FORM_BODY, consent_revoke_submit },
	ROUTES_END,
};
