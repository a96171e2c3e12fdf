/* Records as CSV for spreadsheets (LOG-2): the filter's rows, newest first, as many as one request may take. */
#include "base/buf.h"
#include "base/clock.h"
#include "cgi-bin/portal/records.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/record_words.h"
#include "cgi-bin/site/site.h"

/* Rows of one file; and index rows looked at without finding enough, in looks of OPLOG_LOOK. */
enum { ROWS_MOST = 10000, LOOKS_MOST = 20 };

/* Always quoted. What a spreadsheet would take for a formula begins with an apostrophe instead. */
static void add_cell(struct buf *out, const char *text)
{
	buf_char(out, '"');
	if (strchr("=+-@\t\r", *text) && *text)
		buf_char(out, '\'');
	for (const char *c = text; *c; c++) {
		if (*c == '"')
			buf_char(out, '"');
		buf_char(out, *c);
	}
	buf_char(out, '"');
}

static void add_line(struct buf *out, const char *const *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_char(out, ',');
		add_cell(out, cells[i] ? cells[i] : "");
	}
	buf_text(out, "\r\n");
}
#define LINE(out, ...)                                                                                                 \
	add_line(out, (const char *const[]){ __VA_ARGS__ },                                                            \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void add_record(struct buf *out, const struct oplog_row *row)
{
	struct arena *arena = out->arena;
	struct civil at = civil_beijing(row->time);

	/* the sign keeps spreadsheets from rounding the number */
	LINE(out,
		arena_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d", at.year, at.month, at.day, at.hour, at.minute,
			at.second),
		action_words(row->action)->word, record_kind_word(oplog_record_kind(row->action)),
		detail_words(arena, row), actor_word(row), row->org_name, row->platform_name, row->address, row->agent,
		result_word(row->action, row->result), arena_printf(arena, "#%lld", (long long)row->id));
}

/* *whole: nothing older is left out. */
static enum err add_records(struct visit *v, const struct records *records, struct buf *out, bool *whole)
{
	struct oplog_page *found = ARENA_NEW(v->ctx.arena, struct oplog_page);
	struct oplog_filter filter = records->filter;
	int rows = 0, looks = 0;

	do {
		TRY(oplog_list(&v->ctx, &filter, found));
		for (size_t i = 0; i < found->count && rows < ROWS_MOST; i++, rows++)
			add_record(out, &found->rows[i]);
		filter.after = found->next;
		looks += found->looked_enough;
	} while (found->next && rows < ROWS_MOST && looks < LOOKS_MOST);
	*whole = !found->next;
	return OK;
}

enum http records_csv(struct visit *v)
{
	struct civil today = civil_beijing(v->ctx.now);
	struct buf out = buf_new(v->ctx.arena);
	struct records records;
	bool whole;

	SHOWN(v, records_read(v, &records));
	if (records.bad_field)
		return error_page(v, HTTP_UNPROCESSABLE, NULL);
	buf_text(&out, "\xef\xbb\xbf"); /* spreadsheets take what follows for UTF-8 */
	LINE(&out, "时间（北京时间，+08:00）", "操作", "种类", "内容", "操作人", "单位", "交易平台", "IP 地址", "设备",
		"结果", "记录编号");
	SHOWN(v, add_records(v, &records, &out, &whole));
	if (!whole)
		LINE(&out, "只导出到这里。一次最多导出 10000 条，更早的记录请另选时间再导出。");
	response_header(v->response, "Content-Disposition",
		arena_printf(v->ctx.arena, "attachment; filename=\"records-%04d%02d%02d.csv\"", today.year, today.month,
			today.day));
	return respond(v->response, HTTP_OK, "text/csv; charset=utf-8", buf_view(&out));
}
