/* Collecting: the browser that asked takes the outcome back to its platform (SCAN-2, API-1). */
#include "base/id.h"
#include "core/redirect.h"
#include "core/token_row.h"

struct collecting {
	int64_t ticket;
	const char *visit, *location;
};

static const char *refusal(struct ctx *ctx, const struct ticket *t)
{
	return redirect_with(ctx->arena, t->redirect_uri,
		(const struct redirect_part[]){ { "error", "access_denied" }, { "state", t->client_state },
			{ "iss", ctx->settings->public_url }, { NULL, NULL } });
}

static enum err add_code(struct ctx *ctx, const struct ticket *t, const char *code)
{
	return store_add(ctx->store, "INSERT INTO auth_code (id, code_hash, ticket, made) VALUES ($1, $2, $3, $4)",
		V(id_new(ctx->now)), V(vault_hash_text(ctx->vault, ctx->arena, "auth_code", code)), V(t->id),
		V(ctx->now));
}

static enum err do_collect(struct ctx *ctx, void *arg)
{
	struct collecting *want = arg;
	struct ticket_row row;
	enum ticket_state to;
	const char *code;

	TRY(ticket_row_load(ctx, want->ticket, &row));
	if (!ticket_is_bound(ctx, &row, want->visit) || !row.view.redirect_uri)
		return ERR_NOT_FOUND;
	if (row.view.state == TICKET_REFUSED || row.view.state == TICKET_EXPIRED) {
		want->location = refusal(ctx, &row.view);
		return OK;
	}
	TRY(ticket_may(ctx, &row, EVENT_COLLECT, &to));
	TRY(store_change_one(ctx->store, "UPDATE ticket SET state = $2, collected = $3 WHERE id = $1 AND state = $4",
		V(row.view.id), V(to), V(ctx->now), V(row.stored)));
	code = ticket_random_word(ctx);
	TRY(add_code(ctx, &row.view, code));
	want->location = redirect_with(ctx->arena, row.view.redirect_uri,
		(const struct redirect_part[]){ { "code", code }, { "state", row.view.client_state },
			{ "iss", ctx->settings->public_url }, { NULL, NULL } });
	return OK;
}

enum err token_collect(struct ctx *ctx, int64_t ticket, const char *visit, const char **location)
{
	struct collecting want = { ticket, visit, NULL };

	TRY(ctx_transaction(ctx, do_collect, &want));
	*location = want.location;
	return OK;
}
