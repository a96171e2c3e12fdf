/* One record with its receipt (LOG-1, LOG-4). */
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/portal/ticket_view.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/record_words.h"
#include "cgi-bin/site/site.h"
#include "core/oplog.h"

enum { DOCUMENTS_SHOWN = 100 };

static void add_value(struct visit *v, const char *section, const char *name, const char *value)
{
	if (value && *value)
		view_text(view_row(v->page, section), name, value);
}

static void add_id(struct visit *v, const char *section, const char *name, int64_t id)
{
	if (id)
		view_int(view_row(v->page, section), name, id);
}

static void add_origin(struct visit *v, const struct oplog_row *row)
{
	struct view *from;

	if (!row->address && !row->agent)
		return;
	from = view_row(v->page, "FROM");
	view_text(from, "ADDRESS", row->address ? row->address : "地址不详");
	view_text(from, "AGENT", row->agent ? row->agent : "浏览器不详");
}

static void add_row(struct visit *v, const struct oplog_row *row)
{
	struct arena *arena = v->ctx.arena;
	bool oneself = row->actor_kind == ACTOR_ACCOUNT && row->actor == v->ctx.actor.id;

	view_int(v->page, "RECORD", row->id);
	view_text(v->page, "ACTION_WORD", action_words(row->action)->word);
	view_text(v->page, "STATE", row->result == OK ? "ok" : "bad");
	view_text(v->page, "STATE_WORD", result_word(row->action, row->result));
	view_text(v->page, "TIME", time_evidence(arena, row->time));
	view_text(v->page, "ACTOR", arena_printf(arena, "%s%s", actor_word(row), oneself ? "（您）" : ""));
	add_value(v, "OF_ORG", "ORG_FULL_NAME", row->org_name);
	add_value(v, "BY_PLATFORM", "PLATFORM_NAME", row->platform_name);
	add_value(v, "ON_OBJECT", "OBJECT_WORD", object_word(row->object_kind));
	add_value(v, "DETAIL", "DETAIL_TEXT", detail_words(arena, row));
	add_id(v, "WITH_INSTANCE", "INSTANCE_ID", row->instance);
	add_id(v, "WITH_TICKET", "TICKET_ID", row->ticket);
	add_origin(v, row);
	if (row->digest.len)
		add_value(v, "DIGEST", "DIGEST_HEX", hex_encode(arena, row->digest));
	if (row->proven)
		view_text(view_row(v->page, "RECEIPT"), "KEY_URL",
			arena_printf(arena, "%s/pki/log/key", v->site->settings.pki_url));
	else
		view_show(v->page, "PENDING");
}

/* What was signed: for the person who was asked; others who see the record see its digest. A document that was signed
 * with two keys stands once, with both digests, though each key has a record of its own. */
static enum err add_items(struct visit *v, int64_t ticket)
{
	struct arena *arena = v->ctx.arena;
	struct ticket_documents documents;
	struct ticket_item *items;
	struct view *list;
	size_t count;
	enum err err = ticket ? ticket_items(&v->ctx, ticket, &items, &count) : ERR_NOT_FOUND;

	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	if (!count)
		return OK;
	documents = ticket_documents(arena, items, count);
	list = view_row(v->page, "ITEMS");
	view_text(list, "ITEMS_COUNT",
		arena_printf(arena, "%zu 份，%zu 个待签摘要%s", documents.count, count,
			documents.count > DOCUMENTS_SHOWN ? arena_printf(arena, "，列出前 %d 份", DOCUMENTS_SHOWN)
							  : ""));
	view_show_if(list, "TWO_KEYS", count > documents.count);
	ticket_add_digests(list, arena, items, count, &documents, DOCUMENTS_SHOWN);
	return OK;
}

/* The list it was opened from, where the browser says so. */
static const char *list_before(struct visit *v)
{
	const char *referer = pairs_get(&v->request->headers, "referer"), *own = v->site->settings.public_url, *path;

	if (!referer || !text_starts(referer, own))
		return "/me/records";
	path = arena_text_n(v->ctx.arena, referer + strlen(own), strcspn(referer + strlen(own), "?#"));
	return path_is_own(path) && text_ends(path, "/records") ? path : "/me/records";
}

static enum http record_page(struct visit *v)
{
	struct oplog_row row;

	SHOWN(v, oplog_load(&v->ctx, path_id(v, "record"), &row));
	SHOWN(v, add_items(v, row.ticket));
	add_row(v, &row);
	return page(v, "portal/record.tpl",
		&(struct frame){ .title = "记录详情",
			.back = list_before(v),
			.at = "AT_ME",
			.bottom = true,
			.refresh = !row.proven });
}

static enum http attach(struct visit *v, const char *ending, struct bytes file)
{
	response_header(v->response, "Content-Disposition",
		arena_printf(v->ctx.arena, "attachment; filename=\"record-%s.%s\"", match_part(&v->match, "record"),
			ending));
	return respond(v->response, HTTP_OK, "application/octet-stream", file);
}

static enum http receipt_file(struct visit *v)
{
	const char *receipt;

	SHOWN(v, oplog_receipt(&v->ctx, path_id(v, "record"), &receipt));
	return attach(v, "tlog-proof", bytes_of_text(receipt));
}

static enum http leaf_file(struct visit *v)
{
	struct bytes leaf;

	SHOWN(v, oplog_leaf(&v->ctx, path_id(v, "record"), &leaf));
	return attach(v, "leaf", leaf);
}

const struct route record_routes[] = {
	{ "GET", "/records/:record", SIGNED_IN, 0, NO_BODY, record_page },
	{ "GET", "/records/:record/receipt", SIGNED_IN, 0, NO_BODY, receipt_file },
	{ "GET", "/records/:record/leaf", SIGNED_IN, 0, NO_BODY, leaf_file },
	ROUTES_END,
};
