/* Lists of records: one's own, an org's, a seal's, a certificate's (LOG-2, SEAL-6, CERT-15). */
#include "base/clock.h"
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/portal/records.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/record_words.h"
#include "cgi-bin/site/site.h"
#include "cgi-bin/site/words.h"
#include <ctype.h>

/* ---- the filter */

static void add_times(struct visit *v, bool dates)
{
	static const struct {
		const char *days, *word;
	} times[] = { { "", "全部" }, { "1", "今天" }, { "7", "7 天" }, { "30", "30 天" }, { "90", "90 天" } };
	const char *chosen = form_text(v, "days") ? form_text(v, "days") : "";

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct view *row = view_row(v->page, "TIME");

		view_text(row, "TIME_QUERY", records_query(v, times[i].days));
		view_text(row, "TIME_WORD", times[i].word);
		view_show_if(row, "CURRENT", !dates && text_equal(times[i].days, chosen));
	}
}

static void tick(struct visit *v, const char *prefix, const char *word)
{
	char *name;

	if (!word)
		return;
	name = arena_printf(v->ctx.arena, "%s%s", prefix, word);
	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	view_show(v->page, name);
}

static void add_fault(struct visit *v, const struct records *records)
{
	const char *section = text_equal(records->bad_field, "from") ? "ERROR_FROM" : "ERROR_TO";

	view_text(view_row(v->page, section), "ERROR_TEXT",
		word_text(v->ctx.arena, records->bad_word, 0, NULL, v->ctx.now));
	v->status = HTTP_UNPROCESSABLE;
}

static void add_filter(struct visit *v, const struct records *records)
{
	bool dates = form_text(v, "from") || form_text(v, "to");

	add_times(v, dates);
	tick(v, "IS_KIND_", form_text(v, "kind"));
	tick(v, "IS_SCOPE_", form_text(v, "scope"));
	view_text(v->page, "FIELD_DAYS", dates ? "" : form_text(v, "days"));
	view_text(v->page, "FIELD_FROM", form_text(v, "from"));
	view_text(v->page, "FIELD_TO", form_text(v, "to"));
	view_show_if(v->page, "DATES_OPEN", dates);
	view_show_if(
		v->page, "FILTERED", dates || form_text(v, "days") || form_text(v, "kind") || form_text(v, "scope"));
	view_show_if(v->page, "MINE", records->filter.object_kind == OBJECT_ACCOUNT);
	for (size_t i = 0; i < RECORDS_ABOVE && records->above[i].path; i++) {
		struct view *row = view_row(v->page, "CRUMB");

		view_text(row, "CRUMB_PATH", records->above[i].path);
		view_text(row, "CRUMB_WORD", records->above[i].word);
	}
	view_text(v->page, "TITLE", records->title);
	view_text(v->page, "LIST", records->list);
	view_text(v->page, "QUERY", records_query(v, NULL));
	if (records->bad_field)
		add_fault(v, records);
}

/* ---- the rows, by day */

static const char *day_word(struct visit *v, struct civil day)
{
	struct civil now = civil_beijing(v->ctx.now), eve = civil_beijing(v->ctx.now - DAY);
	const char *near = day.year == now.year && day.month == now.month && day.day == now.day ? "今天，"
		: day.year == eve.year && day.month == eve.month && day.day == eve.day          ? "昨天，"
												: "";

	if (day.year != now.year)
		return arena_printf(v->ctx.arena, "%s%d 年 %d 月 %d 日", near, day.year, day.month, day.day);
	return arena_printf(v->ctx.arena, "%s%d 月 %d 日", near, day.month, day.day);
}

static void add_row(struct visit *v, struct view *day, const struct oplog_row *record)
{
	struct arena *arena = v->ctx.arena;
	const struct action_words *words = action_words(record->action);
	struct civil at = civil_beijing(record->time);
	const char *detail = detail_words(arena, record), *platform = record->platform_name;
	struct view *row = view_row(day, "RECORD");

	view_int(row, "RECORD_ID", record->id);
	view_text(row, "ICON", words->icon);
	view_text(row, "ACTION_WORD", words->word);
	view_text(row, "WHAT", detail);
	view_text(row, "LINE",
		arena_printf(arena, "%s%s%s · %02d:%02d:%02d%s", actor_word(record), platform ? " · " : "",
			platform ? platform : "", at.hour, at.minute, at.second,
			record->result == OK ? " · 成功" : ""));
	if (record->result != OK)
		view_text(view_row(row, "FAILED"), "FAIL_WORD", result_word(record->action, record->result));
}

static void add_rows(struct visit *v, struct view *list, const struct oplog_page *found)
{
	struct view *day = NULL;
	struct civil last = { 0 };

	for (size_t i = 0; i < found->count; i++) {
		struct civil at = civil_beijing(found->rows[i].time);

		if (!day || at.day != last.day || at.month != last.month || at.year != last.year) {
			day = view_row(list, "DAY");
			view_text(day, "DAY_WORD", day_word(v, at));
		}
		last = at;
		add_row(v, day, &found->rows[i]);
	}
}

static const char *path_after(struct visit *v, const struct records *records, int64_t after)
{
	const char *query = records_query(v, NULL);

	return arena_printf(
		v->ctx.arena, "%s?%s%safter=%lld", records->list, query, *query ? "&" : "", (long long)after);
}

static void add_list(struct visit *v, const struct records *records, const struct oplog_page *found)
{
	if (found->count)
		add_rows(v, view_row(v->page, "SOME"), found);
	else if (!found->looked_enough)
		view_show(v->page, *records_query(v, NULL) || records->filter.after ? "EMPTY_FILTER" : "EMPTY_NEVER");
	if (found->looked_enough) {
		view_text(view_row(v->page, "FURTHER"), "FURTHER_PATH", path_after(v, records, found->next));
	} else if (found->next) {
		struct view *pager = view_include(v->page, "PAGER", "partials/pager.tpl");

		view_text(pager, "MORE_PATH", path_after(v, records, found->next));
		view_text(pager, "MORE_WORD", "更早的记录");
	}
}

static enum http records_page(struct visit *v)
{
	struct oplog_page *found = ARENA_NEW(v->ctx.arena, struct oplog_page);
	struct records records;

	SHOWN(v, records_read(v, &records));
	add_filter(v, &records);
	if (!records.bad_field) {
		SHOWN(v, oplog_list(&v->ctx, &records.filter, found));
		add_list(v, &records, found);
	}
	return page(v, "portal/records.tpl",
		&(struct frame){ .title = records.page_title,
			.back = records.back,
			.at = records.at,
			.at_org = records.at_org,
			.bottom = true });
}

const struct route records_routes[] = {
	{ "GET", "/me/records", SIGNED_IN, 0, NO_BODY, records_page, records_fields },
	{ "GET", "/me/records.csv", SIGNED_IN, FULL_SESSION, NO_BODY, records_csv, records_fields },
	{ "GET", "/certs/:cert/records", SIGNED_IN, REAL_NAME, NO_BODY, records_page, records_fields },
	{ "GET", "/certs/:cert/records.csv", SIGNED_IN, REAL_NAME | FULL_SESSION, NO_BODY, records_csv,
		records_fields },
	{ "GET", "/orgs/:org/records", LEGAL_REP | ADMIN, REAL_NAME, NO_BODY, records_page, records_fields },
	{ "GET", "/orgs/:org/records.csv", LEGAL_REP | ADMIN, REAL_NAME | FULL_SESSION, NO_BODY, records_csv,
		records_fields },
	{ "GET", "/orgs/:org/seals/:seal/records", LEGAL_REP | ADMIN, REAL_NAME, NO_BODY, records_page,
		records_fields },
	{ "GET", "/orgs/:org/seals/:seal/records.csv", LEGAL_REP | ADMIN, REAL_NAME | FULL_SESSION, NO_BODY,
		records_csv, records_fields },
	ROUTES_END,
};
