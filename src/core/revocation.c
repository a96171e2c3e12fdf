/* Revoking (CERT-13), and what the CA publishes of it: CRLs and the responders' certificates. */
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "core/authority.h"
#include "core/job.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/org.h"

enum { CRL_LIFE = DAY, CRL_AGE = 12 * HOUR, MOST_INSTANCES = 1000 };
#define CRL_KEPT  ((int64_t)30 * DAY)
#define OCSP_LIFE ((int64_t)30 * DAY)
#define OCSP_LEFT ((int64_t)10 * DAY)

/* ---- by the owner or the org's legal representative */

struct revoking {
	int64_t cert;
	int reason;
};

/* What a person may give as the reason (RFC 5280 5.3.1): none, key lost, affiliation changed, superseded, no longer
 * used. */
static bool may_be_reason(int reason)
{
	return reason == 0 || reason == 1 || reason == 3 || reason == 4 || reason == 5;
}

static enum err check_revoker(struct ctx *ctx, const struct cert *cert)
{
	enum role role;

	if (cert->account == ctx->actor.id)
		return OK;
	TRY(member_role(ctx, cert->org, ctx->actor.id, &role));
	return role == ROLE_LEGAL_REP ? OK : fault(ctx, ERR_DENIED, NULL, "cert-not-yours");
}

static enum err revoke_instance(struct ctx *ctx, const struct cert *cert, int64_t instance, int64_t holder)
{
	TRY(message_add(ctx, holder, MESSAGE_CERT_REVOKED, cert->id, (const char *[4]){ cert->item_name }));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_CERT_REVOKE,
			.object_kind = OBJECT_INSTANCE,
			.object = instance,
			.account = holder,
			.org = cert->org,
			.instance = instance,
			.cert = cert->id,
			.detail = cert->item_name });
}

static enum err revoke_instances(struct ctx *ctx, const struct cert *cert)
{
	int64_t *ids = ARENA_ARRAY(ctx->arena, int64_t, 2 * MOST_INSTANCES + 2), count = 0;
	struct rows rows;

	rows_open(ctx->store, &rows, "SELECT id, account FROM instance WHERE cert = $1 LIMIT $2", V(cert->id),
		V(MOST_INSTANCES + 1));
	while (count <= MOST_INSTANCES && rows_next(&rows, INTO(&ids[2 * count]), INTO(&ids[2 * count + 1])))
		count++;
	TRY(rows_close(&rows));
	if (count > MOST_INSTANCES)
		return ERR_LIMITED;
	for (int64_t i = 0; i < count; i++)
		TRY(revoke_instance(ctx, cert, ids[2 * i], ids[2 * i + 1]));
	return store_change(
		ctx->store, NULL, "UPDATE instance SET state = $2 WHERE cert = $1", V(cert->id), V(INSTANCE_REVOKED));
}

static enum err do_revoke(struct ctx *ctx, void *arg)
{
	const struct revoking *want = arg;
	int64_t changed, job;
	struct cert cert;

	TRY(cert_load(ctx, want->cert, &cert));
	TRY(check_revoker(ctx, &cert));
	TRY(store_change(ctx->store, &changed, "UPDATE cert SET revoked = $2 WHERE id = $1 AND revoked IS NULL",
		V(cert.id), V(ctx->now)));
	if (!changed)
		return fault(ctx, ERR_CONFLICT, NULL, "cert-revoked-already");
	TRY(store_change(ctx->store, NULL,
		"UPDATE certificate SET revoked = $2, reason = $3 WHERE revoked IS NULL AND instance_key IN "
		"(SELECT k.id FROM instance_key k JOIN instance n ON n.id = k.instance WHERE n.cert = $1)",
		V(cert.id), V(ctx->now), V(want->reason)));
	TRY(revoke_instances(ctx, &cert));
	return job_add(ctx, JOB_CRL, cert.id, (struct bytes){ NULL, 0 }, &job);
}

enum err cert_revoke(struct ctx *ctx, int64_t cert, int reason)
{
	if (!may_be_reason(reason))
		return fault(ctx, ERR_INVALID, "reason", "field-unknown-word");
	return ctx_transaction(ctx, do_revoke, &(struct revoking){ cert, reason });
}

/* ---- CRLs */

/* An expired certificate stays for one more list (RFC 5280 3.3). */
static enum err read_revoked(struct ctx *ctx, enum key_kind hierarchy, struct revoked **out, size_t *count)
{
	struct revoked *list;
	struct rows rows;
	int64_t most;
	size_t n = 0;

	TRY(store_one(ctx->store, "SELECT count(*) FROM certificate WHERE hierarchy = $1 AND revoked IS NOT NULL",
		V(hierarchy), INTO(&most)));
	list = ARENA_ARRAY(ctx->arena, struct revoked, (size_t)most + 1);
	rows_open(ctx->store, &rows,
		"SELECT serial, revoked, reason FROM certificate WHERE hierarchy = $1 AND revoked IS NOT NULL "
		"AND not_after > $2 ORDER BY revoked LIMIT $3",
		V(hierarchy), V(ctx->now - CRL_LIFE), V(most));
	while (rows_next(&rows, INTO(&list[n].serial), INTO(&list[n].when), INTO(&list[n].reason)))
		n++;
	TRY(rows_close(&rows));
	*out = list;
	*count = n;
	return OK;
}

struct list_reading {
	enum key_kind hierarchy;
	struct revoked *revoked;
	size_t count;
};

static enum err do_read_revoked(struct ctx *ctx, void *arg)
{
	struct list_reading *reading = arg;

	return read_revoked(ctx, reading->hierarchy, &reading->revoked, &reading->count);
}

enum err crl_make(struct ctx *ctx, const struct issuing *issuing, int64_t number, struct crl_new *out)
{
	const struct issuer issuer = { issuing->key, issuing->certificate };
	struct list_reading list = { .hierarchy = issuing->hierarchy };

	TRY(ctx_reading(ctx, do_read_revoked, &list));
	*out = (struct crl_new){ .hierarchy = issuing->hierarchy,
		.number = number,
		.this_update = ctx->now,
		.next_update = ctx->now + CRL_LIFE };
	return ca_crl(
		ctx->arena, &issuer, list.revoked, list.count, number, out->this_update, out->next_update, &out->der);
}

enum err crl_add(struct ctx *ctx, const struct crl_new *crl)
{
	TRY(store_change(ctx->store, NULL, "DELETE FROM crl WHERE hierarchy = $1 AND next_update < $2",
		V(crl->hierarchy), V(ctx->now - CRL_KEPT)));
	return store_add(ctx->store,
		"INSERT INTO crl (id, hierarchy, number, der, this_update, next_update) VALUES ($1, $2, $3, $4, $5, "
		"$6)",
		V(id_new(ctx->now)), V(crl->hierarchy), V(crl->number), V(crl->der), V(crl->this_update),
		V(crl->next_update));
}

enum err crl_newest(struct ctx *ctx, enum key_kind hierarchy, struct bytes *der)
{
	return store_one(ctx->store, "SELECT der FROM crl WHERE hierarchy = $1 ORDER BY number DESC LIMIT 1",
		V(hierarchy), INTO(der));
}

/* ---- publishing */

static enum err do_add_crl(struct ctx *ctx, void *arg)
{
	return crl_add(ctx, arg);
}

/* Whether a new list is due, and the number of the newest. A job asks for one, not a comparison of times: a revocation
 * may commit after a list that is younger than the revocation's own time, but its job is seen exactly when it is. */
static enum err crl_due(struct ctx *ctx, enum key_kind hierarchy, bool *due, int64_t *number)
{
	int64_t made = 0, asked;
	enum err err = store_one(ctx->store,
		"SELECT number, this_update FROM crl WHERE hierarchy = $1 ORDER BY number DESC LIMIT 1", V(hierarchy),
		INTO(number), INTO(&made));

	if (err == ERR_NOT_FOUND)
		*number = 0;
	else
		TRY(err);
	TRY(store_one(ctx->store, "SELECT count(*) FROM job WHERE lane = $1 AND state = 0 AND kind = $2", V(LANE_CA),
		V(JOB_CRL), INTO(&asked)));
	/* from before the clock was set back: it would hold only from then on */
	*due = asked || !*number || made > ctx->now || ctx->now - made >= CRL_AGE;
	return OK;
}

static enum err publish_crl(struct ctx *ctx, const struct issuing *issuing, bool *published)
{
	struct crl_new crl;
	int64_t number;
	bool due;

	TRY(crl_due(ctx, issuing->hierarchy, &due, &number));
	if (!due)
		return OK;
	TRY(crl_make(ctx, issuing, number + 1, &crl));
	TRY(ctx_transaction(ctx, do_add_crl, &crl));
	*published = true;
	LOG(LOG_INFO, "crl", L("hierarchy", hierarchy_word(issuing->hierarchy)), L("number", number + 1));
	return OK;
}

/* ---- the responders' certificates */

enum err ocsp_certificate_make(
	struct ctx *ctx, const struct issuing *issuing, const struct key *public_half, struct bytes *der)
{
	const struct issuer issuer = { issuing->key, issuing->certificate };
	struct certificate above;
	struct issue issue = { .profile = PROFILE_OCSP,
		.public_half = public_half,
		.not_before = ctx->now,
		.not_after = ctx->now + OCSP_LIFE };

	TRY(certificate_read(ctx->arena, issuing->certificate, &above));
	issue.subject = (struct subject){ .country = "CN",
		.org = above.subject_o,
		.common_name = arena_printf(ctx->arena, "%s OCSP", above.subject_cn) };
	serial_make(issue.serial);
	return ca_issue(ctx->arena, &issuer, &issue, der);
}

struct responder {
	enum key_kind hierarchy;
	struct bytes der;
};

static enum err do_add_responder(struct ctx *ctx, void *arg)
{
	const struct responder *r = arg;
	int64_t id;

	return certificate_add(ctx,
		&(struct certificate_new){ .role = CERTIFICATE_OCSP, .hierarchy = r->hierarchy, .der = r->der }, &id);
}

/* The lane can't read the responder's key and needs only its public half, which the former certificate holds. */
static enum err renew_responder(struct ctx *ctx, const struct issuing *issuing, bool *published)
{
	struct responder next = { .hierarchy = issuing->hierarchy };
	struct certificate former;
	struct key *public_half;
	struct bytes der;
	enum err err;

	TRY(authority_certificate(ctx, CERTIFICATE_OCSP, issuing->hierarchy, &der));
	TRY(certificate_read(ctx->arena, der, &former));
	if (former.not_after - ctx->now > OCSP_LEFT)
		return OK;
	TRY(certificate_public(der, &public_half));
	err = ocsp_certificate_make(ctx, issuing, public_half, &next.der);
	key_free(&public_half);
	if (err == OK)
		err = ctx_transaction(ctx, do_add_responder, &next);
	*published = *published || err == OK;
	return err;
}

enum err revocation_publish(struct ctx *ctx, const struct authority *authority, bool *published)
{
	*published = false;
	for (int i = 0; i < HIERARCHIES; i++) {
		TRY(publish_crl(ctx, &authority->issuing[i], published));
		TRY(renew_responder(ctx, &authority->issuing[i], published));
	}
	return OK;
}
