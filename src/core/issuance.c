/* The ca lane's part of an installation (CERT-10): from an intent to certificates, or to a refusal. It believes nothing
 * of a page's but the issuance's id: the subject comes from verified records. */
#include "base/buf.h"
#include "base/log.h"
#include "core/authority.h"
#include "core/bundle.h"
#include "core/job.h"
#include "core/issuance.h"
#include "core/message.h"
#include "core/metrics.h"
#include "core/oplog.h"

enum { REASON_SUPERSEDED = 4 /* RFC 5280 5.3.1 */ };

/* ---- CA and proof of possession */

static enum err check_possession(const struct issuance_key *key)
{
	struct key *asked, *stored;
	enum err err;
	bool same = false;

	TRY(request_check(key->request, &asked));
	err = key_from_public_der(key->spki, &stored);
	if (err == OK) {
		same = key_same_public(asked, stored) && key_kind(asked) == key->kind;
		key_free(&stored);
	}
	key_free(&asked);
	return same ? OK : ERR_INVALID;
}

/* What a CA answered is read before it is believed: the key asked for, a chain to our root, good from when it was asked
 * for: later than now where the clock was set back since the cert was taken. */
static enum err check_answer(struct ctx *ctx, const struct issuance_key *key, int64_t from)
{
	enum chain_fault chain;
	struct key *asked;
	enum err err;

	TRY(key_from_public_der(key->spki, &asked));
	err = certificate_trusted(ctx, hierarchy_of(key->kind), key->der, asked, from, &chain);
	key_free(&asked);
	if (err != OK)
		return err;
	return chain == CHAIN_GOOD ? OK : ERR_BROKEN;
}

static enum err place_order(struct ctx *ctx, const struct ca_order *order, struct issuance_key *key)
{
	const struct ca_way *way = ctx->house->ca;
	enum err err = way->issue(way, ctx->arena, order, &key->der);

	if (err == OK)
		err = check_answer(ctx, key, order->not_before);
	metrics_connector(ctx->house->metrics, CONNECTOR_CA, err != OK);
	return err;
}

static enum err ask_ca(struct ctx *ctx, struct issuing_act *act)
{
	for (int i = 0; i < BUNDLE_KEYS; i++) {
		struct ca_order order = act->order;

		order.request = act->keys[i].request;
		order.encryption = act->keys[i].use == USE_SM2_ENCRYPT;
		if (check_possession(&act->keys[i]) != OK)
			return issuance_deny(act, "proof of possession fails");
		TRY(place_order(ctx, &order, &act->keys[i]));
	}
	return OK;
}

/* A hole in a page, or a person with much time, must not mint certificates without end. */
static enum err check_alarm(struct ctx *ctx)
{
	int64_t today;

	TRY(store_one(ctx->store, "SELECT count(*) FROM issuance WHERE ended IS NOT NULL AND ended > $1 AND state = $2",
		V(ctx->now - DAY), V(ISSUANCE_ISSUED), INTO(&today)));
	if (today < ctx->settings->issue_day_alarm)
		return OK;
	LOG(LOG_ERROR, "issue-alarm", L("today", today), L("limit", ctx->settings->issue_day_alarm));
	return ERR_LIMITED;
}

/* ---- the middle step: everything that an issued bundle changes */

static enum err supersede(struct ctx *ctx, const struct issuing_act *act)
{
	int64_t gone, job;

	TRY(store_change(ctx->store, &gone,
		"UPDATE certificate SET revoked = $2, reason = $3 WHERE revoked IS NULL AND instance_key IN "
		"(SELECT id FROM instance_key WHERE instance = $1 AND state = $4 AND use <> $5)",
		V(act->instance), V(ctx->now), V(REASON_SUPERSEDED), V(IKEY_CURRENT), V(USE_SM2_ENCRYPT)));
	TRY(store_change(ctx->store, NULL, "UPDATE instance_key SET state = $2 WHERE instance = $1 AND state = $3",
		V(act->instance), V(IKEY_FORMER), V(IKEY_CURRENT)));
	return gone ? job_add(ctx, JOB_CRL, act->id, (struct bytes){ NULL, 0 }, &job) : OK;
}

static enum err move_instance(struct ctx *ctx, const struct issuing_act *act)
{
	int costs = act->kind == ISSUANCE_REISSUE; /* CERT-9 */

	return store_change_one(ctx->store,
		"UPDATE instance SET state = $2, free_left = free_left - $3, device = $4, "
		"box_public = $7, "
		"box_private = (SELECT box_private FROM issuance WHERE id = $5) "
		"WHERE id = $1 AND state = $6 AND free_left >= $3",
		V(act->instance), V(INSTANCE_ACTIVE), V(costs), V(act->device), V(act->id), V(INSTANCE_ISSUING),
		V(act->box_public));
}

/* The instance holds it now, or nobody: a box that was replaced must not lie about beside an old device's secret. */
static enum err empty_box(struct ctx *ctx, int64_t issuance)
{
	return store_change_one(ctx->store, "UPDATE issuance SET box_private = NULL WHERE id = $1", V(issuance));
}

static enum err add_certificate(struct ctx *ctx, const struct issuing_act *act, const struct issuance_key *key)
{
	int64_t id;

	TRY(certificate_add(ctx,
		&(struct certificate_new){ CERTIFICATE_END, hierarchy_of(key->kind), key->id, act->id, key->der },
		&id));
	return store_change_one(ctx->store,
		"UPDATE instance_key SET state = $2, certificate = $3 WHERE id = $1 AND state = $4", V(key->id),
		V(IKEY_CURRENT), V(id), V(IKEY_PENDING));
}

static enum err tell(struct ctx *ctx, const struct issuing_act *act, enum message_kind message,
	enum oplog_action action, enum err result)
{
	TRY(message_add(ctx, act->account, message, act->cert, (const char *[4]){ act->item_name, act->device_name }));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = action,
			.object_kind = OBJECT_ISSUANCE,
			.object = act->id,
			.result = result,
			.account = act->account,
			.org = act->org,
			.instance = act->instance,
			.cert = act->cert,
			.detail = act->item_name });
}

static enum err do_store(struct ctx *ctx, void *arg)
{
	const struct issuing_act *act = arg;
	int64_t first;

	TRY(store_change(ctx->store, &first,
		"UPDATE issuance SET state = $2, ended = $3, tries = tries + 1, error = NULL WHERE id = $1 AND state = "
		"$4",
		V(act->id), V(ISSUANCE_ISSUED), V(ctx->now), V(ISSUANCE_INTENT)));
	if (!first)
		return OK;
	TRY(supersede(ctx, act));
	TRY(move_instance(ctx, act));
	TRY(empty_box(ctx, act->id));
	for (int i = 0; i < BUNDLE_KEYS; i++)
		TRY(add_certificate(ctx, act, &act->keys[i]));
	TRY(recovery_store(ctx, act));
	return tell(ctx, act, MESSAGE_CERT_ISSUED, OPLOG_CERT_ISSUED, OK);
}

/* ---- endings without certificates */

/* As before the intent: the former keys of a reissue stay in use, and no count was taken. */
static enum err do_fail(struct ctx *ctx, void *arg)
{
	const struct issuing_act *act = arg;
	int64_t first;

	TRY(store_change(ctx->store, &first,
		"UPDATE issuance SET state = $2, ended = $3, tries = tries + 1, error = $5 WHERE id = $1 AND state = "
		"$4",
		V(act->id), V(ISSUANCE_FAILED), V(ctx->now), V(ISSUANCE_INTENT), V(act->denied)));
	if (!first)
		return OK;
	TRY(empty_box(ctx, act->id));
	TRY(store_change(ctx->store, NULL, "DELETE FROM instance_key WHERE issuance = $1 AND state = $2", V(act->id),
		V(IKEY_PENDING)));
	/* a revoked instance stays so */
	TRY(store_change(ctx->store, NULL, "UPDATE instance SET state = $2 WHERE id = $1 AND state = $3",
		V(act->instance), V(act->kind == ISSUANCE_FIRST ? INSTANCE_WAITING : INSTANCE_ACTIVE),
		V(INSTANCE_ISSUING)));
	return tell(ctx, act, MESSAGE_CERT_FAILED, OPLOG_CERT_ISSUE_FAILED, ERR_DENIED);
}

struct again {
	int64_t id;
	const char *error;
};

static enum err do_note(struct ctx *ctx, void *arg)
{
	const struct again *again = arg;

	return store_change(ctx->store, NULL,
		"UPDATE issuance SET tries = tries + 1, error = $2 WHERE id = $1 AND state = $3", V(again->id),
		V(again->error), V(ISSUANCE_INTENT));
}

static enum err note(struct ctx *ctx, int64_t id, enum err err)
{
	enum err noted = ctx_transaction(ctx, do_note, &(struct again){ id, err_name(err) });

	return noted == OK ? err : noted;
}

/* ---- the whole */

static enum err carry(struct ctx *ctx, struct issuing_act *act)
{
	enum err err = ctx_reading(ctx, issuance_read, act);

	if (err == OK && act->state == ISSUANCE_INTENT && !act->denied) {
		err = check_alarm(ctx);
		if (err == OK)
			err = ask_ca(ctx, act);
		if (err == OK) {
			recovery_seal(ctx, act);
			return ctx_transaction(ctx, do_store, act);
		}
	}
	if (act->denied || err == ERR_DENIED) {
		if (!act->denied)
			act->denied = "refused by the CA";
		return ctx_transaction(ctx, do_fail, act);
	}
	return err;
}

enum err issuance_run(struct ctx *ctx, int64_t id)
{
	struct issuing_act act = { .id = id };
	int64_t org = ctx->org;
	enum err err = carry(ctx, &act);

	ctx->org = org;
	if (err == OK || err == ERR_NOT_FOUND)
		return err;
	return note(ctx, id, err);
}
