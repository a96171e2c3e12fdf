/* Versions of the agreements, and who agreed to which. */
#include "base/id.h"
#include "base/text.h"
#include "core/agreement.h"
#include "core/oplog.h"

enum { MOST_VERSION = 20, MOST_TITLE = 60, MOST_BODY = 200000 };

#define AGREEMENT_COLUMNS "id, kind, version, title, body, published"
#define AGREEMENT_INTO(a)                                                                                              \
	INTO(&(a)->id), INTO(&(a)->kind), INTO(&(a)->version), INTO(&(a)->title), INTO(&(a)->body),                    \
		INTO(&(a)->published)

enum err agreement_current(struct ctx *ctx, enum agreement_kind kind, struct agreement *out)
{
	*out = (struct agreement){ 0 };
	return store_one(ctx->store,
		"SELECT " AGREEMENT_COLUMNS " FROM agreement WHERE kind = $1 ORDER BY published DESC, id DESC LIMIT 1",
		V(kind), AGREEMENT_INTO(out));
}

static enum err check(struct ctx *ctx, const struct agreement *a)
{
	if (!*a->version || !text_is_plain(a->version) || strlen(a->version) > MOST_VERSION)
		return fault(ctx, ERR_INVALID, "version", "agreement-version");
	if (!*a->title || !text_is_plain(a->title) || utf8_count(a->title) > MOST_TITLE)
		return fault(ctx, ERR_INVALID, "title", "agreement-title");
	if (!*a->body || !text_is_plain_lines(a->body) || strlen(a->body) > MOST_BODY)
		return fault(ctx, ERR_INVALID, "body", "agreement-body");
	return OK;
}

/* Later than every former version, also where the clock was set back since: the newest is the one in force. */
static enum err set_published(struct ctx *ctx, struct agreement *a)
{
	struct agreement former;
	enum err err = agreement_current(ctx, a->kind, &former);

	a->published = err == OK && former.published >= ctx->now ? former.published + 1 : ctx->now;
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err do_publish(struct ctx *ctx, void *arg)
{
	struct agreement *a = arg;
	unsigned char digest[HASH_LEN];
	int64_t same;

	TRY(store_one(ctx->store, "SELECT count(*) FROM agreement WHERE kind = $1 AND version = $2", V(a->kind),
		V(a->version), INTO(&same)));
	if (same)
		return fault(ctx, ERR_CONFLICT, "version", "agreement-known");
	TRY(set_published(ctx, a));
	a->id = id_new(ctx->now);
	crypto_hash(HASH_SHA256, bytes_of_text(a->body), digest);
	TRY(store_add(ctx->store,
		"INSERT INTO agreement (id, kind, version, title, body, published) VALUES ($1, $2, $3, $4, $5, $6)",
		V(a->id), V(a->kind), V(a->version), V(a->title), V(a->body), V(a->published)));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_AGREEMENT_PUBLISH,
			.object_kind = OBJECT_AGREEMENT,
			.object = a->id,
			.digest = BYTES_OF(digest) });
}

enum err agreement_publish(struct ctx *ctx, enum agreement_kind kind, const char *version, const char *title,
	const char *body, int64_t *id)
{
	struct agreement a = { .kind = kind, .version = version, .title = title, .body = body };

	TRY(check(ctx, &a));
	TRY(ctx_transaction(ctx, do_publish, &a));
	*id = a.id;
	return OK;
}

static enum err is_given(struct ctx *ctx, int64_t account, int64_t agreement, bool *out)
{
	int64_t found;

	TRY(store_one(ctx->store, "SELECT count(*) FROM agreement_yes WHERE account = $1 AND agreement = $2",
		V(account), V(agreement), INTO(&found)));
	*out = found > 0;
	return OK;
}

static enum err do_give(struct ctx *ctx, void *arg)
{
	const int64_t *yes = arg; /* account, agreement */
	const char *title, *version;
	bool given;

	TRY(is_given(ctx, yes[0], yes[1], &given));
	if (given)
		return OK;
	TRY(store_one(ctx->store, "SELECT title, version FROM agreement WHERE id = $1", V(yes[1]), INTO(&title),
		INTO(&version)));
	TRY(store_add(ctx->store, "INSERT INTO agreement_yes (account, agreement, made) VALUES ($1, $2, $3)", V(yes[0]),
		V(yes[1]), V(ctx->now)));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_AGREEMENT_YES,
			.object_kind = OBJECT_AGREEMENT,
			.object = yes[1],
			.account = yes[0],
			.detail = arena_printf(ctx->arena, "《%s》，版本 %s", title, version) });
}

enum err agreement_give(struct ctx *ctx, int64_t account, int64_t agreement)
{
	return ctx_transaction(ctx, do_give, (int64_t[]){ account, agreement });
}
