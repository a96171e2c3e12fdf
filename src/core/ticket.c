/* Reading tickets: the row, what the asking browser sees, what the claimer sees (SCAN-1, SCAN-3). */
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "core/consent.h"
#include "core/device.h"
#include "core/org.h"
#include "core/ticket_row.h"

enum { MOST_CHOICES = 100 };

/* ---- the row */

#define TICKET_QUERY                                                                                                   \
	"SELECT t.id, t.platform, t.items, t.account, t.org, t.instance, t.seal, t.device, t.made, t.expires, "        \
	"t.claimed, t.decided, t.way, t.act, t.state, COALESCE(t.seal_kind, -1), p.name, t.scope, t.agent, "           \
	"t.redirect_uri, t.client_state, t.reason, t.nonce, t.challenge, t.number, t.decoy_a, t.decoy_b, t.secret, "   \
	"t.bound, t.digest, t.asked_mac, t.address_box, t.polled, p.shows_number "                                     \
	"FROM ticket t JOIN platform p ON p.id = t.platform "

#define INTO_TICKET(r)                                                                                                 \
	INTO(&(r)->view.id), INTO(&(r)->view.platform), INTO(&(r)->view.items), INTO(&(r)->view.account),              \
		INTO(&(r)->view.org), INTO(&(r)->view.instance), INTO(&(r)->view.seal), INTO(&(r)->view.device),       \
		INTO(&(r)->view.made), INTO(&(r)->view.expires), INTO(&(r)->view.claimed), INTO(&(r)->view.decided),   \
		INTO(&(r)->view.way), INTO(&(r)->view.act), INTO(&(r)->stored), INTO(&(r)->view.seal_kind),            \
		INTO(&(r)->view.platform_name), INTO(&(r)->view.scope), INTO(&(r)->view.agent),                        \
		INTO(&(r)->view.redirect_uri), INTO(&(r)->view.client_state), INTO(&(r)->view.reason),                 \
		INTO(&(r)->view.nonce), INTO(&(r)->view.challenge), INTO(&(r)->view.number),                           \
		INTO(&(r)->view.choices[1]), INTO(&(r)->view.choices[2]), INTO(&(r)->secret), INTO(&(r)->bound),       \
		INTO(&(r)->digest), INTO(&(r)->asked_mac), INTO(&(r)->address_box), INTO(&(r)->polled),                \
		INTO(&(r)->shows_number)

/* The three numbers in an order that is this ticket's own and tells nothing. */
static void mix_choices(struct ticket_row *row)
{
	unsigned char key[HASH_LEN];
	int *c = row->view.choices, other;
	unsigned at;

	c[0] = row->view.number;
	crypto_hmac(row->secret, bytes_of_text("order of numbers"), key);
	for (unsigned left = 3; left > 1; left--) {
		at = key[left] % left;
		other = c[at];
		c[at] = c[left - 1];
		c[left - 1] = other;
	}
}

static void complete(struct ctx *ctx, struct ticket_row *row)
{
	row->view.state = row->stored;
	if (row->stored < TICKET_COLLECTED && ctx->now >= row->view.expires)
		row->view.state = TICKET_EXPIRED;
	if (row->stored == TICKET_CLAIMED)
		mix_choices(row);
}

enum err ticket_row_load(struct ctx *ctx, int64_t id, struct ticket_row *out)
{
	*out = (struct ticket_row){ 0 };
	TRY(store_one(ctx->store, TICKET_QUERY "WHERE t.id = $1", V(id), INTO_TICKET(out)));
	complete(ctx, out);
	return OK;
}

enum err ticket_row_by_device(struct ctx *ctx, const char *device_code, struct ticket_row *out)
{
	*out = (struct ticket_row){ 0 };
	TRY(store_one(ctx->store, TICKET_QUERY "WHERE t.device_hash = $1", V(ticket_device_hash(ctx, device_code)),
		INTO_TICKET(out)));
	complete(ctx, out);
	return OK;
}

struct bytes ticket_visit_hash(struct ctx *ctx, const char *visit)
{
	return vault_hash_text(ctx->vault, ctx->arena, "ticket.visit", visit);
}

struct bytes ticket_pushed_hash(struct ctx *ctx, const char *handle)
{
	return vault_hash_text(ctx->vault, ctx->arena, "ticket.pushed", handle);
}

struct bytes ticket_device_hash(struct ctx *ctx, const char *code)
{
	return vault_hash_text(ctx->vault, ctx->arena, "ticket.device", code);
}

bool ticket_is_bound(struct ctx *ctx, const struct ticket_row *row, const char *visit)
{
	return visit && row->bound.len == HASH_LEN &&
		crypto_equal(ticket_visit_hash(ctx, visit).data, row->bound.data, HASH_LEN);
}

enum err ticket_may(struct ctx *ctx, const struct ticket_row *row, enum ticket_event event, enum ticket_state *to)
{
	static const char *const words[] = {
		[TICKET_APPROVED_UNCOLLECTED] = "ticket-decided",
		[TICKET_COLLECTED] = "ticket-decided",
		[TICKET_REFUSED] = "ticket-ended",
		[TICKET_EXPIRED] = "ticket-expired",
	};
	enum ticket_state state = row->view.state;

	if (ticket_next(state, event, to) == OK)
		return OK;
	return fault(ctx, ERR_CONFLICT, NULL, state < TICKET_APPROVED_UNCOLLECTED ? "ticket-not-yet" : words[state]);
}

/* ---- is it what was asked for? */

static void add_text(struct buf *out, const char *text)
{
	buf_u8(out, text != NULL);
	buf_part(out, bytes_of_text(text));
}

struct bytes ticket_asked_mac(struct ctx *ctx, const struct ticket_row *row)
{
	const struct ticket *t = &row->view;
	struct buf all = buf_new(ctx->arena);

	buf_u64(&all, (uint64_t)t->id);
	buf_u64(&all, (uint64_t)t->platform);
	buf_u64(&all, (uint64_t)t->items);
	buf_u32(&all, t->way);
	buf_u32(&all, t->act);
	buf_u32(&all, (uint32_t)t->seal_kind);
	buf_u32(&all, (uint32_t)t->number);
	add_text(&all, t->redirect_uri);
	add_text(&all, t->scope);
	add_text(&all, t->nonce);
	add_text(&all, t->challenge);
	buf_part(&all, row->digest);
	return vault_hash(ctx->vault, ctx->arena, "ticket.asked", buf_view(&all));
}

static bool items_are_as_asked(
	struct ctx *ctx, const struct ticket_row *row, const struct ticket_item *items, size_t count)
{
	if (!row->view.items)
		return !count;
	return (int64_t)count == row->view.items && bytes_equal(ticket_digest(ctx->arena, items, count), row->digest);
}

enum err ticket_is_as_asked(
	struct ctx *ctx, const struct ticket_row *row, const struct ticket_item *items, size_t count)
{
	struct bytes mac = ticket_asked_mac(ctx, row);

	if (mac.len == row->asked_mac.len && crypto_equal(mac.data, row->asked_mac.data, mac.len) &&
		items_are_as_asked(ctx, row, items, count))
		return OK;
	LOG(LOG_ERROR, "ticket-changed", L("ticket", row->view.id));
	return fault(ctx, ERR_CONFLICT, NULL, "ticket-changed");
}

/* ---- views */

enum err ticket_watch(struct ctx *ctx, int64_t id, const char *visit, struct ticket *out)
{
	struct ticket_row row;

	TRY(ticket_row_load(ctx, id, &row));
	if (!ticket_is_bound(ctx, &row, visit))
		return ERR_NOT_FOUND;
	*out = row.view;
	out->bound_here = true;
	/* shown only after the scan, or a relayed code would carry it along */
	if (row.view.state != TICKET_CLAIMED)
		out->number = 0;
	memset(out->choices, 0, sizeof out->choices);
	return OK;
}

enum err ticket_watch_items(struct ctx *ctx, int64_t id, const char *visit, struct ticket_item **out, size_t *count)
{
	struct ticket watched;

	TRY(ticket_watch(ctx, id, visit, &watched));
	return ticket_items_of(ctx, id, out, count);
}

static enum err approved_before(struct ctx *ctx, const struct ticket_row *row, bool *out)
{
	return consent_covers(ctx, row->view.account, row->view.platform, "", out);
}

static enum err load_claimed(struct ctx *ctx, int64_t id, struct ticket_row *row)
{
	TRY(ticket_row_load(ctx, id, row));
	return ctx->actor.kind == ACTOR_ACCOUNT && row->view.account == ctx->actor.id ? OK : ERR_NOT_FOUND;
}

enum err ticket_load(struct ctx *ctx, int64_t id, const char *visit, struct ticket *out)
{
	struct ticket_row row;
	bool before;

	TRY(load_claimed(ctx, id, &row));
	TRY(approved_before(ctx, &row, &before));
	*out = row.view;
	out->number = 0;
	out->first_time = !before;
	out->bound_here = ticket_is_bound(ctx, &row, visit);
	out->takes_number = !out->bound_here && (row.view.way != TICKET_DEVICE || row.shows_number);
	if (!row.address_box.len)
		return OK;
	return vault_unseal_text(
		ctx->vault, ctx->arena, AT("ticket", "address_box", id), row.address_box, &out->address);
}

enum err ticket_items(struct ctx *ctx, int64_t id, struct ticket_item **out, size_t *count)
{
	struct ticket_row row;

	TRY(load_claimed(ctx, id, &row));
	return ticket_items_of(ctx, id, out, count);
}

/* ---- which instance a platform shall make hashes for (SCAN-3) */

struct choosing {
	const struct ticket *ticket;
	struct ticket_choice *list;
	size_t count;
};

static const char *why_not(const struct ticket *ticket, const struct cert *cert)
{
	if (cert->platform && cert->platform != ticket->platform)
		return "choice-other-platform";
	if (cert->usable)
		return cert->here ? NULL : "choice-other-device";
	if (cert->state == INSTANCE_REVOKED || cert->revoked)
		return "choice-revoked";
	return cert->state == INSTANCE_WAITING || cert->state == INSTANCE_ISSUING ? "choice-not-installed"
										  : "choice-expired";
}

static enum err add_choices(struct ctx *ctx, struct choosing *c, int64_t org)
{
	struct cert *certs;
	size_t count;

	TRY(cert_list(ctx, org, &certs, &count));
	for (size_t i = 0; i < count && c->count < MOST_CHOICES; i++) {
		if (!certs[i].instance)
			continue;
		c->list[c->count++] = (struct ticket_choice){
			.instance = certs[i].instance,
			.cert = certs[i].id,
			.org = org,
			.name = certs[i].item_name,
			.org_name = certs[i].org_name,
			.device_name = certs[i].device_name,
			.why_not = why_not(c->ticket, &certs[i]),
			.ends = certs[i].ends,
		};
	}
	return OK;
}

enum err ticket_choices(struct ctx *ctx, const struct ticket *ticket, struct ticket_choice **out, size_t *count)
{
	struct choosing c = { .ticket = ticket, .list = ARENA_ARRAY(ctx->arena, struct ticket_choice, MOST_CHOICES) };
	struct org *orgs;
	size_t org_count;

	TRY(org_list(ctx, &orgs, &org_count));
	TRY(add_choices(ctx, &c, 0));
	for (size_t i = 0; i < org_count; i++)
		TRY(add_choices(ctx, &c, orgs[i].id));
	*out = c.list;
	*count = c.count;
	return OK;
}
