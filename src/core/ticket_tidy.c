/* What the tidy lane does with tickets (SCAN-10): ends those whose time is over, deletes what nobody ever opened,
 * erases values that nobody can fetch any more. */
#include "core/oplog.h"
#include "core/ticket_row.h"
#include "core/token.h"

enum { BATCH = 200 };
#define UNCLAIMED_KEPT ((int64_t)DAY)

/* ---- what is due */

struct due {
	int64_t at, ticket;
	/* of the ticket; gone: there is none */
	int64_t expires;
	bool open, claimed, gone;
};

enum err ticket_due_add(struct ctx *ctx, int64_t ticket, int64_t at)
{
	return store_add(ctx->store, "INSERT INTO ticket_due (at, ticket) VALUES ($1, $2)", V(at), V(ticket));
}

static enum err find_due(struct ctx *ctx, struct due due[BATCH], size_t *count)
{
	struct rows rows;

	*count = 0;
	rows_open(ctx->store, &rows,
		"SELECT d.at, d.ticket, COALESCE(t.expires, 0), COALESCE(t.state, 0) < $3 AS open, "
		"t.account IS NOT NULL AS claimed, t.id IS NULL AS gone FROM ticket_due d LEFT JOIN ticket t ON t.id = "
		"d.ticket WHERE d.at <= $1 ORDER BY d.at LIMIT $2",
		V(ctx->now), V(BATCH), V(TICKET_COLLECTED));
	while (*count < BATCH &&
		rows_next(&rows, INTO(&due[*count].at), INTO(&due[*count].ticket), INTO(&due[*count].expires),
			INTO(&due[*count].open), INTO(&due[*count].claimed), INTO(&due[*count].gone)))
		++*count;
	return rows_close(&rows);
}

/* ---- ends */

/* Each in a transaction of its own: one that somebody decides at this moment stops none of the others. */
static enum err expire(struct ctx *ctx, const struct due *due)
{
	enum err err;

	if (!due->open || due->gone || due->expires > ctx->now)
		return OK;
	err = ticket_expire(ctx, due->ticket);
	return err == ERR_CONFLICT ? OK : err;
}

/* ---- what then becomes of them */

static enum err drop_due(struct ctx *ctx, const struct due *due)
{
	return store_change_one(
		ctx->store, "DELETE FROM ticket_due WHERE at = $1 AND ticket = $2", V(due->at), V(due->ticket));
}

static enum err put_off(struct ctx *ctx, const struct due *due, int64_t at)
{
	if (at == due->at)
		return OK;
	return store_change_one(ctx->store, "UPDATE ticket_due SET at = $3 WHERE at = $1 AND ticket = $2", V(due->at),
		V(due->ticket), V(at));
}

static enum err forget(struct ctx *ctx, const struct due *due)
{
	TRY(store_change(ctx->store, NULL, "DELETE FROM ticket_items WHERE ticket = $1", V(due->ticket)));
	TRY(store_change_one(ctx->store, "DELETE FROM ticket WHERE id = $1 AND account IS NULL", V(due->ticket)));
	return drop_due(ctx, due);
}

static enum err settle(struct ctx *ctx, const struct due *due)
{
	if (due->open && !due->gone) /* approved late: its browser has a minute of its own to collect */
		return put_off(ctx, due, due->expires);
	if (due->claimed || due->gone)
		return drop_due(ctx, due);
	/* Nor must what nobody ever opened pile up. */
	return ctx->now - due->expires > UNCLAIMED_KEPT ? forget(ctx, due)
							: put_off(ctx, due, due->expires + UNCLAIMED_KEPT + 1);
}

/* Looks again: most have ended meanwhile. */
static enum err do_settle(struct ctx *ctx, void *arg)
{
	struct due due[BATCH];
	size_t count;

	(void)arg;
	TRY(find_due(ctx, due, &count));
	for (size_t i = 0; i < count; i++)
		TRY(settle(ctx, &due[i]));
	return OK;
}

static enum err look_at_due(struct ctx *ctx)
{
	struct due due[BATCH];
	size_t count;

	TRY(find_due(ctx, due, &count));
	for (size_t i = 0; i < count; i++)
		TRY(expire(ctx, &due[i]));
	return count ? ctx_transaction(ctx, do_settle, NULL) : OK;
}

/* ---- values */

/* Values that no token can fetch any more: a code lives CODE_LIFE after the collecting, its SAD SAD_LIFE after that. */
static enum err do_erase(struct ctx *ctx, void *arg)
{
	(void)arg;
	return store_change(ctx->store, NULL,
		"DELETE FROM signature WHERE ticket IN (SELECT t.id FROM signature s JOIN ticket t ON t.id = s.ticket "
		"WHERE t.state = $1 OR (t.state = $2 AND t.collected <= $3))",
		V(TICKET_EXPIRED), V(TICKET_COLLECTED), V(ctx->now - CODE_LIFE - SAD_LIFE));
}

enum err ticket_tidy(struct ctx *ctx)
{
	TRY(look_at_due(ctx));
	TRY(ctx_transaction(ctx, do_erase, NULL));
	return token_tidy(ctx);
}
