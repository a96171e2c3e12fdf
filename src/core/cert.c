/* Entitlements: who sees which cert, and how one is taken. */
#include "base/clock.h"
#include "base/id.h"
#include "core/agreement.h"
#include "core/cert.h"
#include "core/oplog.h"
#include "core/org.h"
#include "core/realname.h"

enum { MOST_LISTED = 200, MOST_IN_FORCE = 20, HOLDER_BYTES = 10 };

/* The one that made the keys now in use of instance n. */
#define CERT_ISSUANCE                                                                                                  \
	"COALESCE((SELECT max(k.issuance) FROM instance_key k WHERE k.instance = n.id AND k.state = 1), 0) "
/* $1 is the actor: the instance that the row shows is their own. */
#define CERT_COLUMNS                                                                                                   \
	"c.id, c.kind, c.item, c.platform, c.account, c.org, c.agreement, c.starts, c.ends, c.revoked, i.name, "       \
	"p.name, o.name, n.id, n.state, n.free_left, n.device, d.name, " CERT_ISSUANCE                                 \
	"FROM cert c JOIN catalogue_item i ON i.id = c.item LEFT JOIN platform p ON p.id = c.platform "                \
	"LEFT JOIN org o ON o.id = c.org LEFT JOIN instance n ON n.cert = c.id AND n.account = $1 "                    \
	"LEFT JOIN device d ON d.id = n.device "
#define CERT_INTO(c)                                                                                                   \
	INTO(&(c)->id), INTO(&(c)->kind), INTO(&(c)->item), INTO(&(c)->platform), INTO(&(c)->account),                 \
		INTO(&(c)->org), INTO(&(c)->agreement), INTO(&(c)->starts), INTO(&(c)->ends), INTO(&(c)->revoked),     \
		INTO(&(c)->item_name), INTO(&(c)->platform_name), INTO(&(c)->org_name), INTO(&(c)->instance),          \
		INTO(&(c)->state), INTO(&(c)->free_left), INTO(&(c)->device), INTO(&(c)->device_name),                 \
		INTO(&(c)->issuance)

/* The current keys stay in use while a reissue runs (CERT-10). */
static void judge(const struct ctx *ctx, struct cert *cert)
{
	cert->here = cert->device && cert->device == ctx->device;
	cert->usable = cert->issuance && !cert->revoked && cert->starts <= ctx->now && ctx->now < cert->ends &&
		(cert->state == INSTANCE_ACTIVE || cert->state == INSTANCE_ISSUING);
}

/* ---- who sees it */

static bool manages(enum role role)
{
	return role == ROLE_LEGAL_REP || role == ROLE_ADMIN;
}

enum err cert_list(struct ctx *ctx, int64_t org, struct cert **out, size_t *count)
{
	struct cert *list = NULL;
	enum role role = ROLE_NONE;
	struct rows rows;
	size_t n = 0;

	if (org) {
		TRY(member_role(ctx, org, ctx->actor.id, &role));
		if (role == ROLE_NONE)
			return ERR_NOT_FOUND;
		rows_open(ctx->store, &rows,
			"SELECT " CERT_COLUMNS
			"WHERE c.org = $2 AND ($3 = 1 OR n.id IS NOT NULL) ORDER BY c.id DESC LIMIT $4",
			V(ctx->actor.id), V(org), V(manages(role)), V(MOST_LISTED));
	} else {
		rows_open(ctx->store, &rows,
			"SELECT " CERT_COLUMNS "WHERE c.org IS NULL AND c.account = $1 ORDER BY c.id DESC LIMIT $2",
			V(ctx->actor.id), V(MOST_LISTED));
	}
	while (ARENA_ROOM(ctx->arena, list, n), rows_next(&rows, CERT_INTO(&list[n])))
		judge(ctx, &list[n++]);
	TRY(rows_close(&rows));
	*out = list;
	*count = n;
	return OK;
}

/* Without the names, which it takes four more tables to know. */
static const char times_sql[] = "SELECT c.id, c.starts, c.ends, c.revoked, n.id, n.state, n.device, " CERT_ISSUANCE
				"FROM cert c LEFT JOIN instance n ON n.cert = c.id AND n.account = $1 "
				"WHERE c.org IS NULL AND c.account = $1 ORDER BY c.id DESC LIMIT $2";

void cert_foremost_ahead(struct ctx *ctx)
{
	store_ahead(ctx->store, times_sql, V(ctx->actor.id), V(MOST_LISTED));
}

enum err cert_foremost(struct ctx *ctx, struct cert *out)
{
	struct cert one = { 0 };
	struct rows rows;

	*out = one;
	rows_open(ctx->store, &rows, times_sql, V(ctx->actor.id), V(MOST_LISTED));
	while (!out->usable &&
		rows_next(&rows, INTO(&one.id), INTO(&one.starts), INTO(&one.ends), INTO(&one.revoked),
			INTO(&one.instance), INTO(&one.state), INTO(&one.device), INTO(&one.issuance))) {
		judge(ctx, &one);
		if (!out->id || one.usable)
			*out = one;
	}
	return rows_close(&rows);
}

enum err cert_load(struct ctx *ctx, int64_t id, struct cert *out)
{
	enum role role;

	*out = (struct cert){ 0 };
	TRY(store_one(ctx->store, "SELECT " CERT_COLUMNS "WHERE c.id = $2", V(ctx->actor.id), V(id), CERT_INTO(out)));
	judge(ctx, out);
	if (!out->org)
		return out->account == ctx->actor.id ? OK : ERR_NOT_FOUND;
	TRY(member_role(ctx, out->org, ctx->actor.id, &role));
	return manages(role) || (role != ROLE_NONE && out->instance) ? OK : ERR_NOT_FOUND;
}

/* ---- taking one (CERT-2, CERT-3) */

struct taking {
	struct catalogue_item item;
	int64_t org, agreement, cert, instance;
};

static enum err check_org(struct ctx *ctx)
{
	struct org org;

	TRY(org_load(ctx, ctx->org, &org));
	if (!manages(org.role))
		return fault(ctx, ERR_DENIED, NULL, "cert-not-yours");
	return org.state == ORG_VERIFIED ? OK : fault(ctx, ERR_CONFLICT, NULL, "org-not-verified");
}

/* Nothing is paid, so somebody has to keep one person from emptying the CA's day. */
static enum err check_number(struct ctx *ctx)
{
	int64_t count;

	TRY(store_one(ctx->store,
		"SELECT count(*) FROM instance n JOIN cert c ON c.id = n.cert "
		"WHERE n.account = $1 AND c.account = $1 AND c.revoked IS NULL AND c.ends > $2",
		V(ctx->actor.id), V(ctx->now), INTO(&count)));
	return count < MOST_IN_FORCE ? OK : fault_number(ctx, ERR_LIMITED, NULL, "certs-too-many", MOST_IN_FORCE);
}

static enum err check_taking(struct ctx *ctx, int64_t item, struct taking *out)
{
	struct agreement agreement;
	enum err err;

	TRY(realname_require(ctx));
	TRY(catalogue_load(ctx, item, &out->item));
	if (!out->item.on_sale)
		return ERR_NOT_FOUND;
	if (out->item.price)
		return fault(ctx, ERR_DENIED, NULL, "item-not-free");
	if (out->item.kind == CERT_ORG)
		TRY(check_org(ctx));
	out->org = out->item.kind == CERT_ORG ? ctx->org : 0;
	TRY(check_number(ctx));
	err = agreement_current(ctx, AGREEMENT_CERTIFICATE, &agreement);
	if (err == ERR_NOT_FOUND)
		return fault(ctx, ERR_UNAVAILABLE, NULL, "agreement-none");
	out->agreement = agreement.id;
	return err;
}

int64_t cert_end(int64_t from, int years)
{
	struct civil c = civil_beijing(from);

	c.year += years;
	return civil_to_ms_beijing(c);
}

/* No CA certifies beyond its own end (RFC 5280 6.1), so nobody is to have, or to pay for, what it could not issue. */
static enum err check_end(struct ctx *ctx, int64_t ends)
{
	int64_t last;

	TRY(authority_ends(ctx, &last));
	return ends <= last ? OK : fault(ctx, ERR_CONFLICT, NULL, "cert-outlives-ca");
}

static const char *new_holder(struct ctx *ctx)
{
	unsigned char random[HOLDER_BYTES];

	crypto_random(random, sizeof random);
	return hex_encode(ctx->arena, BYTES_OF(random));
}

static enum err add(struct ctx *ctx, const struct taking *t)
{
	TRY(store_add(ctx->store,
		"INSERT INTO cert (id, kind, item, platform, account, org, agreement, starts, ends) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		V(t->cert), V(t->item.kind), V(t->item.id), t->item.platform ? V(t->item.platform) : V_NULL,
		V(ctx->actor.id), t->org ? V(t->org) : V_NULL, V(t->agreement), V(ctx->now),
		V(cert_end(ctx->now, t->item.years))));
	return store_add(ctx->store,
		"INSERT INTO instance (id, cert, account, holder, state, free_left, made) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7)",
		V(t->instance), V(t->cert), V(ctx->actor.id), V(new_holder(ctx)), V(INSTANCE_WAITING), V(FREE_REISSUES),
		V(ctx->now));
}

static enum err do_take(struct ctx *ctx, void *arg)
{
	struct taking *t = arg;

	TRY(check_taking(ctx, t->item.id, t));
	TRY(check_end(ctx, cert_end(ctx->now, t->item.years)));
	t->cert = id_new(ctx->now);
	t->instance = id_new(ctx->now);
	TRY(agreement_give(ctx, ctx->actor.id, t->agreement));
	TRY(add(ctx, t));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_CERT_TAKE,
			.object_kind = OBJECT_CERT,
			.object = t->cert,
			.org = t->org,
			.instance = t->instance,
			.cert = t->cert,
			.detail = t->item.name });
}

enum err cert_take(struct ctx *ctx, int64_t item, bool agreed, int64_t *cert)
{
	struct taking t = { .item = { .id = item } };

	if (!agreed)
		return fault(ctx, ERR_INVALID, "agree", "agree-needed");
	TRY(ctx_transaction(ctx, do_take, &t));
	*cert = t.cert;
	return OK;
}
