/* What platforms may know of a person (SCAN-5, SET-2). */
#include "core/consent.h"
#include "base/id.h"
#include "base/text.h"
#include "base/clock.h"
#include "core/oplog.h"
#include "core/token.h"

enum { MOST_CONSENTS = 100 };

#define CONSENT_QUERY                                                                                                  \
	"SELECT c.id, c.platform, c.made, c.last_used, c.scopes, p.name FROM consent c JOIN platform p ON p.id = "     \
	"c.platform "
#define INTO_CONSENT(c)                                                                                                \
	INTO(&(c)->id), INTO(&(c)->platform), INTO(&(c)->made), INTO(&(c)->last_used), INTO(&(c)->scopes),             \
		INTO(&(c)->platform_name)

enum err consent_list(struct ctx *ctx, struct consent **out, size_t *count)
{
	struct consent *list = ARENA_ARRAY(ctx->arena, struct consent, MOST_CONSENTS);
	struct rows rows;
	size_t n = 0;

	rows_open(ctx->store, &rows,
		CONSENT_QUERY "WHERE c.account = $1 AND c.revoked IS NULL ORDER BY c.id DESC LIMIT $2",
		V(ctx->actor.id), V(MOST_CONSENTS));
	while (n < MOST_CONSENTS && rows_next(&rows, INTO_CONSENT(&list[n])))
		n++;
	TRY(rows_close(&rows));
	*out = list;
	*count = n;
	return OK;
}

enum err consent_load(struct ctx *ctx, int64_t id, struct consent *out)
{
	return store_one(ctx->store, CONSENT_QUERY "WHERE c.id = $1 AND c.account = $2 AND c.revoked IS NULL", V(id),
		V(ctx->actor.id), INTO_CONSENT(out));
}

static enum err in_force(struct ctx *ctx, int64_t account, int64_t platform, int64_t *id, const char **scopes)
{
	return store_one(ctx->store,
		"SELECT id, scopes FROM consent WHERE account = $1 AND platform = $2 AND revoked IS NULL", V(account),
		V(platform), INTO(id), INTO(scopes));
}

enum err consent_covers(struct ctx *ctx, int64_t account, int64_t platform, const char *scopes, bool *out)
{
	const char *have = "";
	enum err err;
	int64_t id;

	err = in_force(ctx, account, platform, &id, &have);
	*out = err == OK && words_within(scopes, have);
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err record(struct ctx *ctx, enum oplog_action action, int64_t id, int64_t platform, const char *scopes)
{
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = action,
			.object_kind = OBJECT_CONSENT,
			.object = id,
			.platform = platform,
			.detail = scopes });
}

enum err consent_give(struct ctx *ctx, int64_t account, int64_t platform, const char *scopes)
{
	const char *have;
	enum err err;
	int64_t id;

	err = in_force(ctx, account, platform, &id, &have);
	if (err == OK && words_within(scopes, have))
		return consent_used(ctx, account, platform);
	if (err == OK) {
		TRY(store_change_one(ctx->store, "UPDATE consent SET scopes = $2, last_used = $3 WHERE id = $1", V(id),
			V(words_joined(ctx->arena, have, scopes)), V(ctx->now)));
		return record(ctx, OPLOG_CONSENT, id, platform, scopes);
	}
	if (err != ERR_NOT_FOUND)
		return err;
	id = id_new(ctx->now);
	TRY(store_add(ctx->store,
		"INSERT INTO consent (id, account, platform, scopes, made, last_used) VALUES ($1, $2, $3, $4, $5, $5)",
		V(id), V(account), V(platform), V(scopes), V(ctx->now)));
	return record(ctx, OPLOG_CONSENT, id, platform, scopes);
}

enum err consent_used(struct ctx *ctx, int64_t account, int64_t platform)
{
	return store_change(ctx->store, NULL,
		"UPDATE consent SET last_used = $3 WHERE account = $1 AND platform = $2 AND revoked IS NULL AND "
		"last_used <= $4",
		V(account), V(platform), V(ctx->now), V(ctx->now - MINUTE));
}

/* ---- taking it back (SET-2) */

struct revoking {
	int64_t id;
};

static enum err do_revoke(struct ctx *ctx, void *arg)
{
	const struct revoking *want = arg;
	struct consent consent;

	TRY(consent_load(ctx, want->id, &consent));
	TRY(store_change_one(ctx->store, "UPDATE consent SET revoked = $2 WHERE id = $1 AND revoked IS NULL",
		V(consent.id), V(ctx->now)));
	TRY(token_end_consent(ctx, ctx->actor.id, consent.platform));
	return record(ctx, OPLOG_CONSENT_REVOKE, consent.id, consent.platform, consent.scopes);
}

enum err consent_revoke(struct ctx *ctx, int64_t id)
{
	return ctx_transaction(ctx, do_revoke, &(struct revoking){ id });
}
