/* The home page: one's state at a glance (HOME-1). */
#include "base/clock.h"
#include "base/id.h"
#include "cgi-bin/portal/glance.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/message_words.h"
#include "cgi-bin/site/site.h"
#include "core/session.h"

enum { ROWS_MOST = 5 };

static const char *hello(int64_t now)
{
	int hour = civil_beijing(now).hour;

	if (hour < 5 || hour >= 18)
		return "晚上好";
	return hour < 9 ? "早上好" : hour < 12 ? "上午好" : "下午好";
}

/* By the name, or by the phone as long as nobody knows who it is. */
static enum err add_greeting(struct visit *v)
{
	const char *name;
	bool verified;

	TRY(visit_person(v, &name, &verified));
	view_show(v->page, verified ? "VERIFIED" : "UNVERIFIED");
	view_text(v->page, "GREETING", arena_printf(v->ctx.arena, "%s，%s", name, hello(v->ctx.now)));
	return OK;
}

static const char *place_words(struct visit *v, const char *address)
{
	const char *region = ctx_region(&v->ctx, address);

	if (!*address)
		return "地址不详";
	return region ? arena_printf(v->ctx.arena, "%s，%s", region, address) : address;
}

static enum err add_last_login(struct visit *v)
{
	struct former_login former;

	TRY(session_former(&v->ctx, &v->session, &former));
	if (!former.time) {
		view_show(v->page, "FIRST_LOGIN");
		return OK;
	}
	view_text(view_row(v->page, "FORMER_LOGIN"), "LAST_LOGIN",
		arena_printf(v->ctx.arena, "%s，%s，%s", time_near(v->ctx.arena, v->ctx.now, former.time),
			place_words(v, former.address), *former.agent ? former.agent : "浏览器"));
	return OK;
}

static enum err add_orgs(struct visit *v)
{
	struct org *orgs;
	size_t count;

	TRY(visit_orgs(v, &orgs, &count));
	view_text(v->page, "ORGS_WORD", count ? arena_printf(v->ctx.arena, "%zu 个", count) : "还没有");
	view_show_if(v->page, "ORGS_EMPTY", !count);
	for (size_t i = 0; i < count && i < ROWS_MOST; i++)
		add_org_row(v, v->page, &orgs[i]);
	return OK;
}

static void add_message(struct visit *v, const struct message *message)
{
	const struct message_words *words = message_words(message->kind);
	struct view *row = view_row(v->page, "MESSAGE");

	view_text(row, "MESSAGE_TITLE", words ? words->title : "消息");
	view_text(row, "MESSAGE_TEXT", message_text(v->ctx.arena, message));
	view_text(row, "MESSAGE_TIME", time_near(v->ctx.arena, v->ctx.now, id_time(message->id)));
}

static enum err add_messages(struct visit *v)
{
	struct message *messages;
	int64_t next, unread;
	size_t count = 0;

	TRY(visit_unread(v, &unread));
	if (unread)
		TRY(message_list(&v->ctx, true, 0, ROWS_MOST, &messages, &count, &next));
	view_text(v->page, "UNREAD_WORD", unread ? arena_printf(v->ctx.arena, "%lld 条", (long long)unread) : "没有");
	view_show_if(v->page, "MESSAGES_EMPTY", !count);
	for (size_t i = 0; i < count; i++)
		add_message(v, &messages[i]);
	return OK;
}

static enum err add_glance(struct visit *v)
{
	struct glance at;

	TRY(glance(v, &at));
	view_text(v->page, "CERT_WORD", at.cert);
	view_text(v->page, "PIN_WORD", at.pin);
	view_show_if(v->page, "CERT_WAIT", at.cert_waits);
	view_show_if(v->page, "PIN_WAIT", at.pin_waits);
	view_show_if(v->page, "START", at.pin_unset && v->verified);
	return OK;
}

static enum http home_page(struct visit *v)
{
	glance_ahead(v);
	message_unread_ahead(&v->ctx, ROWS_MOST);
	SHOWN(v, add_greeting(v));
	SHOWN(v, add_last_login(v));
	SHOWN(v, add_glance(v));
	SHOWN(v, add_orgs(v));
	SHOWN(v, add_messages(v));
	return page(v, "portal/home.tpl", &(struct frame){ .title = "首页", .at = "AT_HOME", .bottom = true });
}

const struct route home_routes[] = {
	{ "GET", "/home", SIGNED_IN, 0, NO_BODY, home_page },
	ROUTES_END,
};
