/* Every end of a ticket but its approval: refused, cancelled, out of time; and the records that ends leave (SCAN-10).
 */
#include "core/metrics.h"
#include "core/oplog.h"
#include "core/seal.h"
#include "core/ticket_row.h"

/* ---- records */

static enum oplog_action action_of(enum ticket_act act)
{
	static const enum oplog_action actions[] = {
		[TICKET_LOGIN] = OPLOG_SCAN_LOGIN,
		[TICKET_SERVICE] = OPLOG_SCAN_SERVICE,
		[TICKET_SIGN] = OPLOG_SCAN_SIGN,
		[TICKET_SEAL] = OPLOG_SCAN_SEAL,
	};

	return actions[act];
}

static enum err add_record(
	struct ctx *ctx, const struct ticket_row *row, int64_t cert, const char *detail, enum err result)
{
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = action_of(row->view.act),
			.object_kind = OBJECT_TICKET,
			.object = row->view.id,
			.result = result,
			.account = row->view.account,
			.org = row->view.org,
			.platform = row->view.platform,
			.ticket = row->view.id,
			.instance = row->view.instance,
			.cert = cert,
			.seal = row->view.seal,
			.digest = row->digest,
			.detail = detail });
}

/* Which seal it was, where the request got as far as one. */
static enum err seal_words(struct ctx *ctx, const struct ticket_row *row, const char **out)
{
	const char *name;

	*out = "";
	if (!row->view.seal)
		return OK;
	TRY(seal_record_name(ctx, row->view.seal, &name));
	*out = arena_printf(ctx->arena, "%s：", name);
	return OK;
}

/* One row for each key that the ticket asked for: never one a hash. */
static enum err record_items(struct ctx *ctx, const struct ticket_row *row, int64_t cert,
	const struct ticket_item *items, size_t count, enum err result)
{
	const char *seal;

	TRY(seal_words(ctx, row, &seal));
	for (size_t i = 0; i < count; i++) {
		struct credential key;

		if (!ticket_item_is_first(items, i))
			continue;
		TRY(credential_load(ctx, items[i].credential, &key));
		TRY(add_record(ctx, row, cert,
			arena_printf(ctx->arena, "%s%s（%s 密钥）", seal,
				ticket_labels(ctx->arena, items, count, key.id), key_kind_name(key.kind)),
			result));
	}
	return OK;
}

enum err ticket_record(
	struct ctx *ctx, const struct ticket_row *row, const struct ticket_item *items, size_t count, enum err result)
{
	int64_t cert = 0;

	if (row->view.instance)
		TRY(store_one(
			ctx->store, "SELECT cert FROM instance WHERE id = $1", V(row->view.instance), INTO(&cert)));
	if (count)
		return record_items(ctx, row, cert, items, count, result);
	return add_record(ctx, row, cert, row->view.scope, result);
}

/* ---- ends */

enum err ticket_finish(
	struct ctx *ctx, const struct ticket_row *row, enum ticket_event event, const char *reason, enum err result)
{
	struct ticket_item *items;
	enum ticket_state to;
	size_t count;

	TRY(ticket_next(row->stored, event, &to));
	TRY(store_change_one(ctx->store,
		"UPDATE ticket SET state = $2, reason = $3, decided = COALESCE(decided, $4) WHERE id = $1 AND state = "
		"$5",
		V(row->view.id), V(to), V(reason), V(ctx->now), V(row->stored)));
	if (!row->view.account)
		return OK;
	TRY(ticket_items_of(ctx, row->view.id, &items, &count));
	return ticket_record(ctx, row, items, count, result);
}

struct ending {
	int64_t id;
	const char *visit;
	bool unopened; /* out: it ended, and nobody had opened it */
};

/* Anybody who knows a client id makes such, so they are counted where the others are recorded. */
static enum err end(struct ctx *ctx, ctx_body *body, struct ending *want)
{
	TRY(ctx_transaction(ctx, body, want));
	if (want->unopened)
		metrics_unopened(ctx->house->metrics);
	return OK;
}

static enum err do_refuse(struct ctx *ctx, void *arg)
{
	const struct ending *want = arg;
	struct ticket_row row;
	enum ticket_state to;

	TRY(ticket_row_load(ctx, want->id, &row));
	if (ctx->actor.kind != ACTOR_ACCOUNT || row.view.account != ctx->actor.id)
		return ERR_NOT_FOUND;
	TRY(ticket_may(ctx, &row, EVENT_REFUSE, &to));
	return ticket_finish(ctx, &row, EVENT_REFUSE, "ticket-refused", ERR_DENIED);
}

enum err ticket_refuse(struct ctx *ctx, int64_t id)
{
	return ctx_transaction(ctx, do_refuse, &(struct ending){ .id = id });
}

static enum err do_cancel(struct ctx *ctx, void *arg)
{
	struct ending *want = arg;
	struct ticket_row row;
	enum ticket_state to;

	TRY(ticket_row_load(ctx, want->id, &row));
	want->unopened = !row.view.account;
	if (!ticket_is_bound(ctx, &row, want->visit))
		return ERR_NOT_FOUND;
	TRY(ticket_may(ctx, &row, EVENT_CANCEL, &to));
	return ticket_finish(ctx, &row, EVENT_CANCEL, "ticket-cancelled", ERR_CONFLICT);
}

enum err ticket_cancel(struct ctx *ctx, int64_t id, const char *visit)
{
	return end(ctx, do_cancel, &(struct ending){ .id = id, .visit = visit });
}

static enum err do_expire(struct ctx *ctx, void *arg)
{
	struct ending *want = arg;
	struct ticket_row row;

	want->unopened = false;
	TRY(ticket_row_load(ctx, want->id, &row));
	/* approved since it was found: its browser has a minute of its own to collect */
	if (row.view.state != TICKET_EXPIRED)
		return OK;
	want->unopened = !row.view.account;
	return ticket_finish(ctx, &row, EVENT_EXPIRE, "ticket-expired", ERR_LIMITED);
}

enum err ticket_expire(struct ctx *ctx, int64_t id)
{
	return end(ctx, do_expire, &(struct ending){ .id = id });
}
