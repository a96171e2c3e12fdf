/* Messages: the kind names the sentence, the row holds only the words in it, sealed. */
#include "base/id.h"
#include "base/buf.h"
#include "core/message.h"

enum { WORDS = 4, BETWEEN = 0x1f }; /* U+001F, the unit separator: no plain text holds it */

static struct bytes write_words(struct ctx *ctx, const char *const words[WORDS])
{
	struct buf text = buf_new(ctx->secret);

	for (int i = 0; i < WORDS && words && words[i]; i++) {
		if (i)
			buf_char(&text, BETWEEN);
		buf_text(&text, words[i]);
	}
	return buf_view(&text);
}

static enum err read_words(struct ctx *ctx, struct bytes box, struct message *message)
{
	const char *text;

	TRY(vault_unseal_text(ctx->vault, ctx->secret, AT("message", "words_box", message->id), box, &text));
	for (int i = 0; i < WORDS && text && *text; i++) {
		size_t len = strcspn(text, (const char[]){ BETWEEN, 0 });

		message->words[i] = arena_text_n(ctx->arena, text, len);
		text += text[len] ? len + 1 : len;
	}
	return OK;
}

enum err message_add(
	struct ctx *ctx, int64_t account, enum message_kind kind, int64_t object, const char *const words[4])
{
	int64_t id = id_new(ctx->now);

	return store_add(ctx->store,
		"INSERT INTO message (id, account, kind, org, object, words_box) VALUES ($1, $2, $3, $4, $5, $6)",
		V(id), V(account), V(kind), ctx->org ? V(ctx->org) : V_NULL, object ? V(object) : V_NULL,
		V(vault_seal(ctx->vault, ctx->arena, AT("message", "words_box", id), write_words(ctx, words))));
}

#define MESSAGE_COLUMNS "id, kind, org, object, words_box, read_at"
#define MESSAGE_INTO(m, box)                                                                                           \
	INTO(&(m)->id), INTO(&(m)->kind), INTO(&(m)->org), INTO(&(m)->object), INTO(box), INTO(&(m)->read_at)

/* A text of its own, because the index of the unread serves only a statement that names them. */
static const char unread_sql[] = "SELECT " MESSAGE_COLUMNS " FROM message WHERE account = $1 AND id < $2 "
				 "AND read_at IS NULL ORDER BY id DESC LIMIT $3";

void message_unread_ahead(struct ctx *ctx, size_t most)
{
	store_ahead(ctx->store, unread_sql, V(ctx->actor.id), V(INT64_MAX), V((int64_t)most + 1));
}

static void open_rows(struct ctx *ctx, bool unread_only, int64_t before, size_t most, struct rows *rows)
{
	if (unread_only)
		rows_open(ctx->store, rows, unread_sql, V(ctx->actor.id), V(before), V((int64_t)most + 1));
	else
		rows_open(ctx->store, rows,
			"SELECT " MESSAGE_COLUMNS
			" FROM message WHERE account = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
			V(ctx->actor.id), V(before), V((int64_t)most + 1));
}

enum err message_list(struct ctx *ctx, bool unread_only, int64_t after, size_t most, struct message **out,
	size_t *count, int64_t *next)
{
	struct message *list = NULL;
	struct bytes box;
	struct rows rows;
	enum err err = OK;
	size_t n = 0;

	open_rows(ctx, unread_only, after ? after : INT64_MAX, most, &rows);
	while (err == OK && (ARENA_ROOM(ctx->arena, list, n), rows_next(&rows, MESSAGE_INTO(&list[n], &box))))
		err = read_words(ctx, box, &list[n++]);
	TRY(rows_close(&rows));
	*out = list;
	*count = n > most ? most : n;
	*next = n > most ? list[most - 1].id : 0; /* the one too many only tells that there is more */
	return err;
}

enum err message_load(struct ctx *ctx, int64_t id, struct message *out)
{
	struct bytes box;

	*out = (struct message){ 0 };
	TRY(store_one(ctx->store, "SELECT " MESSAGE_COLUMNS " FROM message WHERE id = $1 AND account = $2", V(id),
		V(ctx->actor.id), MESSAGE_INTO(out, &box)));
	return read_words(ctx, box, out);
}

static const char count_sql[] = "SELECT count(*) FROM message WHERE account = $1 AND read_at IS NULL";

void message_count_ahead(struct ctx *ctx)
{
	store_ahead(ctx->store, count_sql, V(ctx->actor.id));
}

enum err message_count_unread(struct ctx *ctx, int64_t *out)
{
	return store_one(ctx->store, count_sql, V(ctx->actor.id), INTO(out));
}

static enum err do_read(struct ctx *ctx, void *arg)
{
	const int64_t *id = arg;
	struct message message;

	TRY(message_load(ctx, *id, &message)); /* another's is not found */
	return store_change(ctx->store, NULL, "UPDATE message SET read_at = $2 WHERE id = $1 AND read_at IS NULL",
		V(*id), V(ctx->now));
}

enum err message_read(struct ctx *ctx, int64_t id)
{
	return ctx_transaction(ctx, do_read, &id);
}

static enum err do_read_all(struct ctx *ctx, void *arg)
{
	(void)arg;
	return store_change(ctx->store, NULL, "UPDATE message SET read_at = $2 WHERE account = $1 AND read_at IS NULL",
		V(ctx->actor.id), V(ctx->now));
}

enum err message_read_all(struct ctx *ctx)
{
	return ctx_transaction(ctx, do_read_all, NULL);
}
