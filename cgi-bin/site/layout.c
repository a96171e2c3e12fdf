/* The values of the frame around a page (templates/layout/base.tpl, gate.tpl name them). */
#include "base/text.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/site.h"
#include "cgi-bin/site/words.h"
#include "core/account.h"
#include "core/message.h"
#include "core/realname.h"
#include "web/csrf.h"

static void add_org(struct view *layout, struct arena *arena, const struct org *org, bool current)
{
	struct view *row = view_row(layout, "SWITCH_ORG");
	struct label label = org_label(org->state);

	view_int(row, "ORG_ID", org->id);
	view_text(row, "ORG_ROW_NAME", org->name);
	view_text(row, "ORG_ROW_AVATAR", avatar_org(arena, org->name));
	view_text(row, "STATE", label.state);
	view_text(row, "STATE_WORD", label.word);
	view_show_if(row, "CURRENT", current);
}

static void show_chosen(struct view *layout, struct arena *arena, const struct org *org)
{
	struct view *chosen = view_row(layout, "HAS_ORG");

	view_text(chosen, "ORG_NAME", org->name);
	view_text(chosen, "ORG_AVATAR", avatar_org(arena, org->name));
	view_text(chosen, "ORG_STATE_WORD", org_label(org->state).word);
}

/* The org of the path, else the one chosen last, else the first. */
static enum err add_orgs(struct visit *v)
{
	int64_t wanted = v->ctx.org ? v->ctx.org : v->session.org;
	struct org *orgs;
	size_t count, chosen = 0;

	TRY(visit_orgs(v, &orgs, &count));
	for (size_t i = 0; i < count; i++)
		if (orgs[i].id == wanted)
			chosen = i;
	for (size_t i = 0; i < count; i++)
		add_org(v->layout, v->ctx.arena, &orgs[i], i == chosen);
	if (count)
		show_chosen(v->layout, v->ctx.arena, &orgs[chosen]);
	view_show_if(v->layout, "NO_ORG", !count);
	return OK;
}

static enum err add_person(struct visit *v)
{
	int64_t unread;
	const char *name;
	bool verified;

	TRY(visit_person(v, &name, &verified));
	view_page_text(v->layout, "NAME", name);
	view_page_text(v->layout, "AVATAR", avatar_person(v->ctx.arena, name));
	TRY(visit_unread(v, &unread));
	if (unread) {
		view_show(v->layout, "UNREAD");
		view_text(v->layout, "UNREAD_COUNT",
			unread > 99 ? "99+" : arena_printf(v->ctx.arena, "%lld", (long long)unread));
	}
	return OK;
}

static void add_place(struct visit *v, const struct frame *frame)
{
	struct view *layout = v->layout;

	view_show(layout, frame->back ? "SUB_PAGE" : "ROOT_PAGE");
	view_text(layout, "BACK", frame->back);
	if (frame->at)
		view_show(layout, frame->at);
	if (v->ctx.org && frame->at_org) {
		view_show(layout, "ORG_NAV");
		view_show(layout, frame->at_org);
	}
	view_page_text(layout, "ORG", v->ctx.org ? arena_printf(v->ctx.arena, "%lld", (long long)v->ctx.org) : "");
	view_show_if(layout, "BOTTOM", frame->bottom);
}

static void add_footer(struct visit *v)
{
	const struct settings *s = &v->site->settings;

	if (!*s->icp && !*s->police)
		return;
	view_show(v->layout, "FOOT");
	if (*s->icp)
		view_text(view_row(v->layout, "ICP"), "ICP_NUMBER", s->icp);
	if (*s->police)
		view_text(view_row(v->layout, "POLICE"), "POLICE_NUMBER", s->police);
}

/* The result of the last POST, once: the cookie is forgotten with the page that shows it. */
static void add_flash(struct visit *v)
{
	const char *sent = cookie_get(v, COOKIE_FLASH);
	const char *key = sent ? signed_text_open(v->ctx.arena, v->site->web_key, COOKIE_FLASH, sent) : NULL;
	const struct word *word = key ? word_find(key) : NULL;
	struct view *shown;

	if (!sent)
		return;
	cookie_set(v, COOKIE_FLASH, "", -1);
	if (!word || !word->state)
		return;
	shown = view_include(v->layout, "FLASH", "partials/flash.tpl");
	view_text(shown, "STATE", word->state);
	view_text(shown, "FLASH_TEXT", word->text);
	view_text(shown, "FLASH_ROLE", text_equal(word->state, "bad") ? "alert" : "status");
}

static void add_token(struct visit *v)
{
	const char *subject = v->signed_in ? cookie_get(v, COOKIE_SESSION) : v->visit;
	bool standard = v->ctx.edition == EDITION_STANDARD;

	view_page_text(v->layout, "CSRF_TOKEN", csrf_token(v->ctx.arena, v->site->web_key, subject));
	view_page_text(v->layout, "EDITION", !v->signed_in ? "" : standard ? "standard" : "legal_rep");
	v->has_token = true;
}

void add_form_fields(struct visit *v, struct view *view)
{
	if (!v->has_token)
		add_token(v);
	view_include(view, "CSRF", "partials/csrf.tpl");
}

void add_in_app(struct visit *v, const char *path)
{
	static const char *const apps[] = { "MicroMessenger/", "DingTalk/", "wxwork/" };
	const char *agent = pairs_get(&v->request->headers, "user-agent");

	for (size_t i = 0; agent && i < sizeof apps / sizeof *apps; i++)
		if (strstr(agent, apps[i])) {
			view_text(view_include(v->page, "IN_APP", "partials/in-app.tpl"), "OPEN_URL", own_url(v, path));
			return;
		}
}

static void add_edition(struct visit *v)
{
	bool standard = v->ctx.edition == EDITION_STANDARD;

	view_text(v->layout, "EDITION_WORD", standard ? "标准版" : "法定代表人版");
	view_show(v->layout, standard ? "IS_STANDARD" : "IS_LEGAL_REP");
}

enum err layout_fill(struct visit *v, const struct frame *frame)
{
	view_text(v->layout, "PAGE_TITLE", frame->title);
	view_show_if(v->layout, "REFRESH", frame->refresh);
	add_form_fields(v, v->layout);
	add_form_fields(v, v->page);
	add_edition(v);
	add_footer(v);
	add_flash(v);
	if (frame->gate)
		return OK;
	add_place(v, frame);
	TRY(add_person(v));
	return add_orgs(v);
}
