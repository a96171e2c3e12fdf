/* How a request ended, for the account that had it (SCAN-10). */
#include "cgi-bin/portal/ticket_view.h"
#include "core/oplog.h"

/* The record of the end, among the person's rows of that moment; 0: none. */
static enum err find_record(struct visit *v, const struct ticket *ticket, int64_t *out)
{
	struct oplog_filter filter = { .object_kind = OBJECT_ACCOUNT,
		.object = v->ctx.actor.id,
		.from = ticket->decided,
		.to = ticket->decided + 1 };
	struct oplog_page *rows = ARENA_NEW(v->ctx.arena, struct oplog_page);

	*out = 0;
	TRY(oplog_list(&v->ctx, &filter, rows));
	for (size_t i = 0; i < rows->count && !*out; i++)
		if (rows->rows[i].ticket == ticket->id)
			*out = rows->rows[i].id;
	return OK;
}

static enum err what_was_done(struct visit *v, const struct ticket *ticket, const char **out)
{
	static const char *const words[] = { [TICKET_LOGIN] = "已登录",
		[TICKET_SERVICE] = "已登录，证书已选定",
		[TICKET_SIGN] = "签字",
		[TICKET_SEAL] = "盖章" };
	struct ticket_item *items;
	size_t count;

	*out = words[ticket->act];
	if (!ticket->items)
		return OK;
	TRY(ticket_items(&v->ctx, ticket->id, &items, &count));
	*out = arena_printf(
		v->ctx.arena, "%zu 份文件已%s", ticket_documents(v->ctx.arena, items, count).count, words[ticket->act]);
	return OK;
}

/* Only the browser that asked can go back to the platform from here; a device grant's program asks by itself. */
static void add_way(struct view *end, const struct ticket *ticket)
{
	bool here = ticket->bound_here && ticket->state != TICKET_COLLECTED;

	view_show(end, here ? "HERE" : "AWAY");
}

static enum err fill_approved(struct visit *v, const struct ticket *ticket)
{
	struct view *approved = view_row(v->page, "APPROVED");
	const char *what;
	int64_t record;

	TRY(what_was_done(v, ticket, &what));
	TRY(find_record(v, ticket, &record));
	view_text(approved, "WHAT", what);
	if (record)
		view_int(view_row(approved, "RECORDED"), "RECORD", record);
	add_way(approved, ticket);
	return OK;
}

static bool is_approved(const struct ticket *ticket)
{
	return ticket->state == TICKET_APPROVED_UNCOLLECTED || ticket->state == TICKET_COLLECTED;
}

enum http ticket_done_page(struct visit *v, const struct ticket *ticket)
{
	ticket_add_head(v, ticket);
	if (is_approved(ticket))
		SHOWN(v, fill_approved(v, ticket));
	else
		add_way(view_row(v->page, ticket_end_section(ticket)), ticket);
	return page(v, "portal/ticket-done.tpl",
		&(struct frame){ .title = "办理结果", .back = "/home", .at = "AT_HOME", .bottom = true });
}
