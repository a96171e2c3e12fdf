/* The way from a QR code to the account that has the ticket (SCAN-2): links, continuations, claiming. */
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "core/ticket_row.h"
#include "picture/qr.h"

enum { CODE_OCTETS = 16 };

/* ---- the code in the link */

/* Slots count from the ticket's making, so that its first code lives as long as every other. */
static int64_t slot_now(const struct ctx *ctx, const struct ticket_row *row)
{
	/* a platform's own program can't follow a turning code (RFC 8628) */
	return row->view.way == TICKET_DEVICE ? 0 : (ctx->now - row->view.made) / TICKET_QR_SLOT;
}

static const char *code_of(struct ctx *ctx, const struct ticket_row *row, int64_t slot)
{
	struct buf number = buf_new(ctx->arena);
	unsigned char mac[HASH_LEN];

	buf_u64(&number, (uint64_t)slot);
	crypto_hmac(row->secret, buf_view(&number), mac);
	return base64url_encode(ctx->arena, (struct bytes){ mac, CODE_OCTETS });
}

static bool code_holds(struct ctx *ctx, const struct ticket_row *row, const char *code)
{
	int64_t now = slot_now(ctx, row); /* below 0 where the clock was set back */

	return crypto_equal_text(code, code_of(ctx, row, now)) || crypto_equal_text(code, code_of(ctx, row, now - 1));
}

enum err ticket_link(struct ctx *ctx, int64_t id, const char **url)
{
	struct ticket_row row;

	TRY(ticket_row_load(ctx, id, &row));
	*url = arena_printf(ctx->arena, "%s/s/%lld.%s", ctx->settings->public_url, (long long)id,
		code_of(ctx, &row, slot_now(ctx, &row)));
	return OK;
}

enum err ticket_qr(struct ctx *ctx, int64_t id, struct bytes *svg)
{
	const char *url;

	TRY(ticket_link(ctx, id, &url));
	return qr_svg(ctx->arena, url, svg);
}

/* ---- the continuation: the link was right when it was opened, and this browser opened it */

static const char *mac_of(struct ctx *ctx, int64_t id, int64_t time, const char *visit)
{
	const char *what = arena_printf(ctx->arena, "%lld.%lld.%s", (long long)id, (long long)time, visit);

	return base64url_encode(ctx->arena, vault_hash_text(ctx->vault, ctx->arena, "ticket.continuation", what));
}

const char *ticket_continuation(struct ctx *ctx, int64_t id, const char *visit)
{
	return arena_printf(
		ctx->arena, "%lld.%lld.%s", (long long)id, (long long)ctx->now, mac_of(ctx, id, ctx->now, visit));
}

/* "ticket.code", or "ticket.time.MAC". */
struct proof {
	const char *parts[3];
	size_t count;
};

static struct proof split(struct arena *arena, const char *text)
{
	struct proof proof = { .count = 0 };

	while (text && proof.count < 3) {
		const char *dot = strchr(text, '.');

		proof.parts[proof.count++] = arena_text_n(arena, text, dot ? (size_t)(dot - text) : strlen(text));
		text = dot ? dot + 1 : NULL;
	}
	if (text)
		proof.count = 0;
	return proof;
}

static bool proof_holds(struct ctx *ctx, const struct ticket_row *row, const struct proof *proof, const char *visit)
{
	int64_t time;

	if (proof->count == 2)
		return code_holds(ctx, row, proof->parts[1]);
	return proof->count == 3 && visit && parse_int(proof->parts[1], 0, INT64_MAX, &time) &&
		crypto_equal_text(proof->parts[2], mac_of(ctx, row->view.id, time, visit));
}

/* The ticket behind a proof. ERR_NOT_FOUND: wrong, or the ticket's time is over. */
static enum err open_proof(struct ctx *ctx, const char *text, const char *visit, struct ticket_row *out)
{
	struct proof proof = split(ctx->arena, text);
	int64_t id;

	if (proof.count < 2 || !id_parse(proof.parts[0], &id))
		return ERR_NOT_FOUND;
	TRY(ticket_row_load(ctx, id, out));
	if (!proof_holds(ctx, out, &proof, visit) || out->stored == TICKET_REQUESTED)
		return ERR_NOT_FOUND;
	return ctx->now < out->view.made + TICKET_LIFE ? OK : ERR_NOT_FOUND;
}

enum err ticket_link_check(struct ctx *ctx, const char *code, const char *visit, int64_t *id)
{
	struct ticket_row row;

	TRY(open_proof(ctx, code, visit, &row));
	*id = row.view.id;
	return OK;
}

/* ---- claiming */

/* Only whose keys they are may have a ticket with hashes; what he may not use any more, approving tells him. */
static enum err check_owner(struct ctx *ctx, const struct ticket_row *row)
{
	int64_t owner;

	if (!row->view.items)
		return OK;
	TRY(store_one(ctx->store, "SELECT account FROM instance WHERE id = $1", V(row->view.instance), INTO(&owner)));
	return owner == ctx->actor.id ? OK : fault(ctx, ERR_DENIED, NULL, "ticket-not-yours");
}

/* The seal that the phone will show: none is told there, not here. */
static enum err choose_seal(struct ctx *ctx, const struct ticket_row *row, int64_t *seal)
{
	struct seal found;
	enum err err;

	*seal = 0;
	if (row->view.act != TICKET_SEAL)
		return OK;
	err = seal_for_use(ctx, row->view.org, (enum seal_kind)row->view.seal_kind, &found);
	if (err == OK)
		*seal = found.id;
	ctx->fault = (struct fault){ 0 };
	return err == ERR_NOT_FOUND || err == ERR_DENIED ? OK : err;
}

static enum err claim(struct ctx *ctx, const struct ticket_row *row)
{
	enum ticket_state to;
	int64_t seal;

	if (ctx->actor.kind != ACTOR_ACCOUNT)
		return ERR_DENIED;
	if (row->view.account)
		return row->view.account == ctx->actor.id ? OK : fault(ctx, ERR_CONFLICT, NULL, "ticket-taken");
	TRY(ticket_may(ctx, row, EVENT_CLAIM, &to));
	TRY(check_owner(ctx, row));
	TRY(choose_seal(ctx, row, &seal));
	/* Of two accounts that open it at once, one changes the row. */
	return store_change_one(ctx->store,
		"UPDATE ticket SET state = $2, account = $3, claimed = $4, seal = $5, device = $7 "
		"WHERE id = $1 AND state = $6",
		V(row->view.id), V(to), V(ctx->actor.id), V(ctx->now), seal ? V(seal) : V_NULL, V(row->stored),
		ctx->device ? V(ctx->device) : V_NULL);
}

struct claiming {
	const char *proof, *visit;
	int64_t id;
};

static enum err do_claim(struct ctx *ctx, void *arg)
{
	struct claiming *want = arg;
	struct ticket_row row;

	TRY(open_proof(ctx, want->proof, want->visit, &row));
	want->id = row.view.id;
	return claim(ctx, &row);
}

enum err ticket_claim(struct ctx *ctx, const char *proof, const char *visit, int64_t *id)
{
	struct claiming want = { proof, visit, 0 };

	TRY(ctx_transaction(ctx, do_claim, &want));
	*id = want.id;
	return OK;
}

static enum err do_claim_here(struct ctx *ctx, void *arg)
{
	const struct claiming *want = arg;
	struct ticket_row row;

	TRY(ticket_row_load(ctx, want->id, &row));
	return ticket_is_bound(ctx, &row, want->visit) ? claim(ctx, &row) : ERR_NOT_FOUND;
}

enum err ticket_claim_here(struct ctx *ctx, int64_t id, const char *visit)
{
	return ctx_transaction(ctx, do_claim_here, &(struct claiming){ NULL, visit, id });
}
