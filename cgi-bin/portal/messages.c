/* Messages, which are the workbench as long as nothing else waits for anybody (MSG-1). */
#include "base/id.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/message_words.h"
#include "cgi-bin/site/site.h"

static const struct field list_fields[] = { { "unread", FIELD_FLAG, 0, 0, NULL, true },
	{ "after", FIELD_ID, 0, 0, NULL, true }, FIELDS_END };

static void add_message(struct visit *v, const struct message *message)
{
	const struct message_words *words = message_words(message->kind);
	const char *path = message_link(v->ctx.arena, message);
	struct view *row = view_row(v->page, "MESSAGE");

	view_int(row, "MESSAGE_ID", message->id);
	view_text(row, "MESSAGE_TITLE", words ? words->title : "消息");
	view_text(row, "MESSAGE_TEXT", message_text(v->ctx.arena, message));
	view_text(row, "MESSAGE_TIME", time_near(v->ctx.arena, v->ctx.now, id_time(message->id)));
	view_text(row, "ACT_WORD", path ? words->link_word : "标为已读");
	view_show_if(row, "NEW", !message->read_at);
	if (path && message->read_at) {
		struct view *link = view_row(row, "LINK");

		view_text(link, "LINK_PATH", path);
		view_text(link, "LINK_WORD", words->link_word);
	}
}

static void add_more(struct visit *v, bool unread_only, int64_t next)
{
	struct view *pager;

	if (!next)
		return;
	pager = view_include(v->page, "PAGER", "partials/pager.tpl");
	view_text(pager, "MORE_PATH",
		arena_printf(v->ctx.arena, "/messages?%safter=%lld", unread_only ? "unread=1&" : "", (long long)next));
	view_text(pager, "MORE_WORD", "更早的消息");
}

static enum http messages_page(struct visit *v)
{
	bool unread_only = form_flag(v, "unread");
	struct message *messages;
	int64_t next, unread;
	size_t count;

	SHOWN(v, message_list(&v->ctx, unread_only, form_id(v, "after"), MESSAGE_PAGE, &messages, &count, &next));
	SHOWN(v, visit_unread(v, &unread));
	for (size_t i = 0; i < count; i++)
		add_message(v, &messages[i]);
	add_more(v, unread_only, next);
	view_show(v->page, unread_only ? "UNREAD_ONLY" : "ALL");
	view_show_if(v->page, "ANY_UNREAD", unread != 0);
	view_show(v->page, count ? "SOME" : unread_only ? "EMPTY_UNREAD" : "EMPTY_ALL");
	return page(v, "portal/messages.tpl", &(struct frame){ .title = "工作台", .at = "AT_WORK", .bottom = true });
}

static enum err read_one(struct visit *v, const char **leads_to)
{
	struct message message;

	TRY(message_load(&v->ctx, path_id(v, "message"), &message));
	*leads_to = message_link(v->ctx.arena, &message);
	return message_read(&v->ctx, message.id);
}

static enum http message_read_submit(struct visit *v)
{
	const char *leads_to;
	enum err err = read_one(v, &leads_to);

	if (err != OK)
		return failed(v, err);
	return go(v, "%s", leads_to ? leads_to : "/messages");
}

static enum http messages_read_submit(struct visit *v)
{
	enum err err = message_read_all(&v->ctx);

	if (err != OK)
		return failed(v, err);
	flash(v, "messages-read");
	return go(v, "/messages");
}

static enum http workbench_page(struct visit *v)
{
	return go(v, "/messages");
}

const struct route message_routes[] = {
	{ "GET", "/messages", SIGNED_IN, 0, NO_BODY, messages_page, list_fields },
	{ "POST", "/messages/read-all", SIGNED_IN, 0, FORM_BODY, messages_read_submit },
	{ "POST", "/messages/:message/read", SIGNED_IN, 0, FORM_BODY, message_read_submit },
	{ "GET", "/workbench", SIGNED_IN, 0, NO_BODY, workbench_page },
	ROUTES_END,
};
