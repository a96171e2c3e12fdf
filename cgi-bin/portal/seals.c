/* The seals of an org: list, one seal with its pictures and records, voiding (SEAL-1, SEAL-4, SEAL-6, SEAL-7). */
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/portal/seal_view.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/record_words.h"
#include "cgi-bin/site/visit.h"

enum { RECORDS_SHOWN = 5, USES_COUNTED = 1000 };

static const char *seals_path(struct visit *v)
{
	return arena_printf(v->ctx.arena, "/orgs/%lld/seals", (long long)v->ctx.org);
}

static const char *seal_path(struct visit *v, int64_t seal)
{
	return arena_printf(v->ctx.arena, "%s/%lld", seals_path(v), (long long)seal);
}

static void add_state(struct view *view, const struct seal *seal)
{
	static const struct label labels[] = { [SEAL_ACTIVE] = { "ok", "有效" },
		[SEAL_VOIDED] = { "wait", "已作废" },
		[SEAL_CLOSED] = { "off", "已停用" } };

	view_text(view, "STATE", labels[seal->state].state);
	view_text(view, "STATE_WORD", labels[seal->state].word);
}

/* ---- the list */

static const char *seal_since(struct arena *arena, const struct seal *seal)
{
	if (seal->state != SEAL_ACTIVE)
		return arena_printf(arena, "%s 作废", time_date(arena, seal->voided));
	if (!seal->uses)
		return "还没有用过";
	return arena_printf(arena, "用过 %lld 次%s", (long long)seal->uses, seal->uses == USES_COUNTED ? "以上" : "");
}

static void add_line(struct visit *v, struct view *row, const struct seal *seal)
{
	view_text(row, "SEAL_SHAPE", seal_shape(v->ctx.arena, &seal->style));
	view_text(row, "MADE", time_date(v->ctx.arena, seal->made));
	view_text(row, "SEAL_SINCE", seal_since(v->ctx.arena, seal));
}

static enum err add_seals(struct visit *v, bool voided, const char *section, const char *row_name, size_t *count)
{
	struct view *around = NULL;
	struct seal *list;

	TRY(seal_list(&v->ctx, voided, &list, count));
	for (size_t i = 0; i < *count; i++) {
		struct view *row;

		if (!around)
			around = view_row(v->page, section);
		row = view_row(around, row_name);
		view_int(row, "SEAL_ID", list[i].id);
		view_text(row, "SEAL_KIND", seal_kind_name(list[i].kind));
		view_text(row, "SEAL_RANK", seal_rank(v->ctx.arena, &list[i]));
		add_line(v, row, &list[i]);
		add_state(row, &list[i]);
	}
	return OK;
}

static enum http seals_page(struct visit *v)
{
	size_t active, gone;

	SHOWN(v, add_seals(v, false, "ACTIVE", "SEAL", &active));
	SHOWN(v, add_seals(v, true, "GONE", "OLD", &gone));
	view_show_if(v->page, "EMPTY", !active);
	view_show(v->page, "MAY_MAKE"); /* whoever may come in here may (SEAL-7) */
	return page(v, "portal/seals.tpl",
		&(struct frame){ .title = "印章",
			.back = arena_printf(v->ctx.arena, "/orgs/%lld", (long long)v->ctx.org),
			.at = "AT_ORGS",
			.at_org = "AT_SEALS",
			.bottom = true });
}

/* ---- one seal */

static const char *record_line(struct visit *v, const struct oplog_row *row)
{
	struct arena *arena = v->ctx.arena;
	const char *detail = detail_words(arena, row), *platform = row->platform_name;

	return arena_printf(arena, "%s · %s%s%s%s%s", time_near(arena, v->ctx.now, row->time), actor_word(row),
		platform ? " · " : "", platform ? platform : "", *detail ? " · " : "", detail);
}

static enum err add_records(struct visit *v, const struct seal *seal)
{
	struct oplog_filter filter = { .object_kind = OBJECT_SEAL, .object = seal->id };
	struct oplog_page *rows = ARENA_NEW(v->ctx.arena, struct oplog_page);

	TRY(oplog_list(&v->ctx, &filter, rows));
	view_show_if(v->page, "NO_RECORD", !rows->count);
	for (size_t i = 0; i < rows->count && i < RECORDS_SHOWN; i++) {
		const struct oplog_row *at = &rows->rows[i];
		struct view *row = view_row(v->page, "RECORD");
		const char *word = action_words(at->action)->word;

		view_int(row, "RECORD_ID", at->id);
		view_text(row, "RECORD_WORD",
			at->result == OK
				? word
				: arena_printf(v->ctx.arena, "%s：%s", word, result_word(at->action, at->result)));
		view_text(row, "RECORD_LINE", record_line(v, at));
	}
	return OK;
}

static const char *voider_name(struct visit *v, const struct seal *seal)
{
	struct realname who;

	return realname_load(&v->ctx, seal->voided_by, &who) == OK && who.name ? who.name : "";
}

static void fill_seal(struct visit *v, const struct seal *seal)
{
	struct arena *arena = v->ctx.arena;
	const char *kind = seal_kind_name(seal->kind);
	struct view *gone;

	view_int(v->page, "SEAL", seal->id);
	view_text(v->page, "SEAL_KIND", kind);
	view_text(v->page, "ORG_FULL_NAME", seal->name);
	view_text(v->page, "SEAL_RANK", seal_rank(arena, seal));
	view_text(v->page, "SHAPE",
		arena_printf(arena, "%s，%s", seal_shape(arena, &seal->style), seal_strokes(arena, &seal->style)));
	view_text(v->page, "MADE", time_date(arena, seal->made));
	view_text(v->page, "MADE_BY", seal->made_by_name);
	view_int(v->page, "USES", seal->uses);
	view_text(v->page, "PICTURE_ALT", arena_printf(arena, "%s图样，印文为%s", kind, seal->name));
	add_state(v->page, seal);
	if (seal->state == SEAL_ACTIVE) {
		view_show(v->page, "ACTIVE");
		view_show(v->page, "MAY_VOID");
		return;
	}
	gone = view_row(v->page, "GONE");
	view_text(gone, "VOIDED", time_date(arena, seal->voided));
	view_text(gone, "VOIDED_BY", voider_name(v, seal));
}

static enum http seal_page(struct visit *v)
{
	struct seal seal;

	SHOWN(v, seal_load(&v->ctx, path_id(v, "seal"), &seal));
	fill_seal(v, &seal);
	SHOWN(v, add_records(v, &seal));
	return page(v, "portal/seal.tpl",
		&(struct frame){ .title = seal_kind_name(seal.kind),
			.back = seals_path(v),
			.at = "AT_ORGS",
			.at_org = "AT_SEALS",
			.bottom = true });
}

/* ---- its pictures; a seal's never change */

static const char private_hour[] = "private, max-age=3600";

static enum http vector_answer(struct visit *v)
{
	struct bytes svg;

	SHOWN(v, seal_picture(&v->ctx, path_id(v, "seal"), false, &svg));
	response_header(v->response, "Cache-Control", private_hour);
	return respond(v->response, HTTP_OK, "image/svg+xml", svg);
}

static enum http bitmap_answer(struct visit *v)
{
	struct arena *arena = v->ctx.arena;
	const char *name;
	struct seal seal;
	struct bytes png;

	SHOWN(v, seal_load(&v->ctx, path_id(v, "seal"), &seal));
	SHOWN(v, seal_picture(&v->ctx, seal.id, true, &png));
	name = arena_printf(arena, "%s-%s.png", seal_kind_name(seal.kind), seal.name);
	response_header(v->response, "Content-Disposition", /* RFC 6266 */
		arena_printf(arena, "attachment; filename=\"%s-%lld.png\"; filename*=UTF-8''%s",
			seal_kind_word(seal.kind), (long long)seal.id, percent_encode(arena, name)));
	response_header(v->response, "Cache-Control", private_hour);
	return respond(v->response, HTTP_OK, "image/png", png);
}

/* ---- voiding */

static enum http void_page(struct visit *v)
{
	struct seal seal;

	SHOWN(v, seal_load(&v->ctx, path_id(v, "seal"), &seal));
	if (seal.state != SEAL_ACTIVE && !v->again) /* its page says by whom and when */
		return go(v, "%s", seal_path(v, seal.id));
	view_int(v->page, "SEAL", seal.id);
	view_text(v->page, "SEAL_KIND", seal_kind_name(seal.kind));
	view_text(v->page, "SEAL_RANK", seal_rank(v->ctx.arena, &seal));
	view_text(v->page, "ORG_FULL_NAME", seal.name);
	add_line(v, v->page, &seal);
	view_show(v->page, seal.state == SEAL_ACTIVE ? "MAY_VOID" : "VOIDED");
	return page(v, "portal/seal-void.tpl",
		&(struct frame){
			.title = "作废印章", .back = seal_path(v, seal.id), .at = "AT_ORGS", .at_org = "AT_SEALS" });
}

static enum http void_submit(struct visit *v)
{
	int64_t seal = path_id(v, "seal");
	enum err err = seal_void(&v->ctx, seal);

	if (err != OK)
		return back_with_fault(v, err);
	flash(v, "seal-voided");
	return go(v, "%s", seal_path(v, seal));
}

#define WHO (LEGAL_REP | ADMIN)
#define ALL (REAL_NAME | FULL_SESSION)
const struct route seal_routes[] = {
	{ "GET", "/orgs/:org/seals", WHO, ALL, NO_BODY, seals_page },
	{ "GET", "/orgs/:org/seals/:seal", WHO, ALL, NO_BODY, seal_page },
	/* a kept session approves too, and sees the seal there */
	{ "GET", "/orgs/:org/seals/:seal/picture.svg", WHO, REAL_NAME, NO_BODY, vector_answer },
	{ "GET", "/orgs/:org/seals/:seal/picture.png", WHO, ALL, NO_BODY, bitmap_answer },
	{ "GET", "/orgs/:org/seals/:seal/void", WHO, ALL, NO_BODY, void_page },
	{ "POST", "/orgs/:org/seals/:seal/void", WHO, ALL, FORM_BODY, void_submit },
	ROUTES_END,
};
