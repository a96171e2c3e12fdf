/* Tokens by themselves: found, ended, swept (API-1). */
#include "core/account.h"
#include "core/oplog.h"
#include "base/id.h"
#include "core/token_row.h"

#define ENDED_KEPT ((int64_t)30 * DAY)
enum { SWEEP_BATCH = 500 };

struct bytes token_hash(struct ctx *ctx, const char *text)
{
	return vault_hash_text(ctx->vault, ctx->arena, "token", text);
}

enum err token_refuse(struct ctx *ctx, enum err err, const char *code, const char *description)
{
	(void)fault(ctx, err, NULL, code);
	ctx->fault.detail = description;
	return err;
}

enum err token_add(struct ctx *ctx, const struct token_new *t)
{
	return store_add(ctx->store,
		"INSERT INTO token (id, token_hash, kind, platform, account, ticket, scope, instance, made, expires, "
		"uses) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
		V(id_new(ctx->now)), V(token_hash(ctx, t->text)), V(t->kind), V(t->platform), V(t->account),
		V(t->ticket), V(t->scope), t->instance ? V(t->instance) : V_NULL, V(ctx->now), V(ctx->now + t->life));
}

enum err token_find(struct ctx *ctx, const char *text, struct token *out)
{
	enum err err;
	bool alive;

	*out = (struct token){ 0 };
	err = store_one(ctx->store,
		"SELECT t.id, t.platform, t.account, t.ticket, t.instance, t.made, t.expires, t.kind, t.scope, t.ended "
		"IS NULL FROM token t JOIN platform p ON p.id = t.platform JOIN account a ON a.id = t.account "
		"WHERE t.token_hash = $1 AND p.state = $2 AND a.state = $3",
		V(token_hash(ctx, text)), V(PLATFORM_OPEN), V(ACCOUNT_OPEN), INTO(&out->id), INTO(&out->platform),
		INTO(&out->account), INTO(&out->ticket), INTO(&out->instance), INTO(&out->made), INTO(&out->expires),
		INTO(&out->kind), INTO(&out->scope), INTO(&alive));
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (err == OK && alive && ctx->now < out->expires)
		return OK;
	return token_refuse(ctx, ERR_DENIED, "invalid_token",
		err == OK && alive && out->kind == TOKEN_SAD ? "SAD expired"
							     : "The token is unknown, expired or revoked");
}

/* ---- ends */

enum err token_end_family(struct ctx *ctx, int64_t ticket, int64_t *changed)
{
	return store_change(ctx->store, changed, "UPDATE token SET ended = $2 WHERE ticket = $1 AND ended IS NULL",
		V(ticket), V(ctx->now));
}

enum err token_reused(struct ctx *ctx, int64_t platform, int64_t account, int64_t ticket)
{
	int64_t changed;

	TRY(token_end_family(ctx, ticket, &changed));
	if (changed)
		TRY(oplog_add(ctx,
			&(struct oplog_entry){ .action = OPLOG_TOKEN_REUSE,
				.object_kind = OBJECT_TICKET,
				.object = ticket,
				.result = ERR_DENIED,
				.account = account,
				.platform = platform,
				.ticket = ticket }));
	(void)token_refuse(ctx, ERR_DENIED, "invalid_grant", "It was used before; what came of it is revoked");
	return ctx_commit_though(ctx, ERR_DENIED);
}

enum err token_end_consent(struct ctx *ctx, int64_t account, int64_t platform)
{
	return store_change(ctx->store, NULL,
		"UPDATE token SET ended = $3 WHERE account = $1 AND platform = $2 AND ended IS NULL", V(account),
		V(platform), V(ctx->now));
}

struct revoking {
	const struct platform *platform;
	const char *text;
};

/* A refresh token takes its access tokens with it (RFC 7009 2.1); another client's token is as unknown as no token. */
static enum err do_revoke(struct ctx *ctx, void *arg)
{
	const struct revoking *want = arg;
	int64_t id, platform, ticket, changed;
	enum token_kind kind;
	enum err err;

	err = store_one(ctx->store, "SELECT id, platform, ticket, kind FROM token WHERE token_hash = $1",
		V(token_hash(ctx, want->text)), INTO(&id), INTO(&platform), INTO(&ticket), INTO(&kind));
	if (err == ERR_NOT_FOUND || (err == OK && platform != want->platform->id))
		return OK;
	TRY(err);
	if (kind == TOKEN_REFRESH)
		return token_end_family(ctx, ticket, &changed);
	return store_change(
		ctx->store, NULL, "UPDATE token SET ended = $2 WHERE id = $1 AND ended IS NULL", V(id), V(ctx->now));
}

enum err token_revoke(struct ctx *ctx, const struct platform *platform, const char *text)
{
	return ctx_transaction(ctx, do_revoke, &(struct revoking){ platform, text });
}

/* ---- the tidy lane */

/* Ids rise with time, so the oldest codes are the first. */
static enum err sweep_codes(struct ctx *ctx, void *arg)
{
	(void)arg;
	return store_change(ctx->store, NULL,
		"DELETE FROM auth_code WHERE made < $1 AND id IN (SELECT id FROM auth_code ORDER BY id LIMIT $2)",
		V(ctx->now - ENDED_KEPT), V(SWEEP_BATCH));
}

static enum err sweep_tokens(struct ctx *ctx, void *arg)
{
	(void)arg;
	return store_change(ctx->store, NULL,
		"DELETE FROM token WHERE id IN (SELECT id FROM token WHERE expires < $1 ORDER BY expires LIMIT $2)",
		V(ctx->now - ENDED_KEPT), V(SWEEP_BATCH));
}

enum err token_tidy(struct ctx *ctx)
{
	TRY(ctx_transaction(ctx, sweep_codes, NULL));
	return ctx_transaction(ctx, sweep_tokens, NULL);
}
