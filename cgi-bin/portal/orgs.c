/* One's orgs, and an org's overview (ORG-1, ORG-2). */
#include "cgi-bin/portal/glance.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/portal/seal_view.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/record_words.h"
#include "cgi-bin/site/site.h"
#include "core/cert.h"

enum { SEALS_SHOWN = 4, RECORDS_SHOWN = 5 };

static enum http orgs_page(struct visit *v)
{
	struct org *orgs;
	size_t count;

	SHOWN(v, org_list(&v->ctx, &orgs, &count));
	if (count) {
		struct view *list = view_row(v->page, "LIST");

		for (size_t i = 0; i < count; i++)
			add_org_row(v, list, &orgs[i]);
	}
	view_show_if(v->page, "EMPTY", !count);
	return page(v, "portal/org-list.tpl", &(struct frame){ .title = "单位", .at = "AT_ORGS", .bottom = true });
}

/* ---- the overview of one */

static enum err add_seals(struct visit *v, struct view *own)
{
	struct arena *arena = v->ctx.arena;
	struct seal *seals;
	size_t count;

	TRY(seal_list(&v->ctx, false, &seals, &count));
	view_int(own, "SEALS", (int64_t)count);
	view_show_if(own, "NO_SEAL", !count);
	for (size_t i = 0; i < count && i < SEALS_SHOWN; i++) {
		struct view *row = view_row(own, "SEAL");

		view_int(row, "SEAL_ID", seals[i].id);
		view_text(row, "SEAL_KIND", seal_kind_name(seals[i].kind));
		view_text(row, "SEAL_RANK", seal_rank(arena, &seals[i]));
		view_text(row, "MADE", time_date(arena, seals[i].made));
		view_text(row, "SEAL_ALT",
			arena_printf(arena, "%s的%s", seals[i].org_name, seal_kind_name(seals[i].kind)));
	}
	return OK;
}

static enum err add_certs(struct visit *v, struct view *own)
{
	struct cert *certs;
	size_t count, valid = 0;

	TRY(cert_list(&v->ctx, v->ctx.org, &certs, &count));
	for (size_t i = 0; i < count; i++)
		valid += !certs[i].revoked && certs[i].ends > v->ctx.now;
	view_int(own, "CERTS", (int64_t)valid);
	return OK;
}

static void add_record(struct visit *v, struct view *own, const struct oplog_row *record)
{
	struct arena *arena = v->ctx.arena;
	struct view *row = view_row(own, "RECORD");
	const char *when = time_near(arena, v->ctx.now, record->time);
	const char *detail = detail_words(arena, record), *platform = record->platform_name;

	view_int(row, "RECORD_ID", record->id);
	view_text(row, "RECORD_WORD",
		arena_printf(arena, "%s　%s%s%s", actor_word(record), action_words(record->action)->word,
			record->result == OK ? "" : "：",
			record->result == OK ? "" : result_word(record->action, record->result)));
	view_text(row, "RECORD_LINE",
		arena_printf(arena, "%s%s%s%s%s", detail, *detail ? " · " : "", platform ? platform : "",
			platform ? " · " : "", when));
}

static enum err add_records(struct visit *v, struct view *own)
{
	struct oplog_page *found = ARENA_NEW(v->ctx.arena, struct oplog_page);

	TRY(oplog_list(&v->ctx, &(struct oplog_filter){ .object_kind = OBJECT_ORG, .object = v->ctx.org }, found));
	for (size_t i = 0; i < found->count && i < RECORDS_SHOWN; i++)
		add_record(v, own, &found->rows[i]);
	view_show_if(own, "NO_RECORD", !found->count);
	return OK;
}

static enum err add_details(struct visit *v, const struct org *org)
{
	bool oneself = org->role == ROLE_LEGAL_REP;
	struct view *own = view_row(v->page, "OWN");

	view_text(own, "USCC", org->uscc);
	view_text(own, "LEGAL_REP_NAME", oneself ? org->legal_name : mask_name(v->ctx.arena, org->legal_name));
	view_text(own, "VERIFIED_ON", time_date(v->ctx.arena, org->made));
	view_show_if(own, "IS_LEGAL_REP_HERE", oneself);
	TRY(add_seals(v, own));
	TRY(add_certs(v, own));
	return add_records(v, own);
}

/* Which of its three faces the page shows (ORG-2). */
static enum err add_face(struct visit *v, const struct org *org)
{
	if (v->ctx.edition == EDITION_LEGAL_REP && org->role != ROLE_LEGAL_REP) {
		view_show(v->page, "NOT_LEGAL_REP");
		return OK;
	}
	if (org->role == ROLE_LEGAL_REP || org->role == ROLE_ADMIN)
		return add_details(v, org);
	view_show(v->page, "AS_MEMBER");
	return OK;
}

static enum http org_page(struct visit *v)
{
	struct frame frame = { .title = "单位概览", .back = "/orgs", .at = "AT_ORGS", .bottom = true };
	struct label label;
	struct org org;

	SHOWN(v, org_load(&v->ctx, v->ctx.org, &org));
	SHOWN(v, add_face(v, &org));
	label = org_label(org.state);
	view_text(v->page, "ORG_FULL_NAME", org.name);
	view_text(v->page, "STATE", label.state);
	view_text(v->page, "STATE_WORD", label.word);
	view_text(v->page, "ROLE_WORD", role_word(org.role));
	if (org.role == ROLE_LEGAL_REP || (org.role == ROLE_ADMIN && v->ctx.edition == EDITION_STANDARD))
		frame.at_org = "AT_OVERVIEW";
	return page(v, "portal/org.tpl", &frame);
}

const struct route org_routes[] = {
	{ "GET", "/orgs", SIGNED_IN, 0, NO_BODY, orgs_page },
	{ "GET", "/orgs/:org", LEGAL_REP | ADMIN | MEMBER, 0, NO_BODY, org_page },
	ROUTES_END,
};
