/* What both pages of a ticket show. */
#include "cgi-bin/portal/ticket_view.h"
#include "base/text.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"

struct view *ticket_add_document(struct view *list, const char *label)
{
	struct view *row = view_row(list, "ITEM");

	view_text(row, "ITEM_LABEL", *label ? label : "没有名称的文件");
	return row;
}

/* Which kind of key signs it: each has a signature algorithm of its own, but for the sizes of RSA. */
static enum key_kind key_of(const struct ticket_item *item)
{
	static const enum key_kind kinds[] = { KEY_SM2, KEY_P256 };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_equal(item->sign_oid, key_signature_oid(kinds[i])))
			return kinds[i];
	return KEY_RSA2048;
}

static void add_digest(struct view *document, struct arena *arena, const struct ticket_item *item)
{
	struct view *hash = view_row(document, "HASH");
	enum key_kind kind = key_of(item);

	view_text(hash, "HASH_KEY", kind == KEY_RSA2048 ? "RSA" : key_kind_name(kind));
	view_text(hash, "HASH_ALGORITHM", kind == KEY_SM2 ? "SM3" : "SHA-256");
	view_text(hash, "HASH_HEX", hex_encode(arena, item->hash));
}

void ticket_add_digests(struct view *list, struct arena *arena, const struct ticket_item *items, size_t count,
	const struct ticket_documents *documents, size_t most)
{
	size_t shown = documents->count < most ? documents->count : most;
	struct view **rows = ARENA_ARRAY(arena, struct view *, shown);

	for (size_t i = 0; i < shown; i++)
		rows[i] = ticket_add_document(list, documents->labels[i]);
	for (size_t i = 0; i < count; i++)
		if (documents->of[i] < shown)
			add_digest(rows[documents->of[i]], arena, &items[i]);
}

void ticket_add_head(struct visit *v, const struct ticket *ticket)
{
	view_int(v->page, "TICKET", ticket->id);
	view_text(v->page, "PLATFORM_NAME", ticket->platform_name);
	view_text(v->page, "PLATFORM_AVATAR", avatar_org(v->ctx.arena, ticket->platform_name));
}

void ticket_add_scopes(struct view *view, const char *scopes)
{
	struct view *list = view_row(view, "SCOPES");

	for (const struct scope_label *label = scope_labels; label->scope; label++)
		if (words_have(scopes, label->scope, strlen(label->scope)))
			view_text(view_row(list, "SCOPE"), "SCOPE_WORD", label->word);
}

const char *ticket_end_section(const struct ticket *ticket)
{
	bool approved = ticket->decided && ticket->decided < ticket->expires;

	if (ticket->state != TICKET_REFUSED)
		return approved ? "UNCOLLECTED" : "EXPIRED";
	if (text_equal(ticket->reason, "ticket-wrong-number"))
		return "WRONG_NUMBER";
	return text_equal(ticket->reason, "ticket-cancelled") ? "CANCELLED" : "REFUSED";
}

const char *ticket_time_left(struct arena *arena, int64_t ms)
{
	int seconds = ms > 0 ? (int)(ms / 1000) : 0;

	return seconds < 60 ? arena_printf(arena, "%d 秒", seconds)
			    : arena_printf(arena, "%d 分 %d 秒", seconds / 60, seconds % 60);
}
