/* Former encryption keys at a reissue (CERT-12): out of their recovery copies into the new box, so that what was
 * encrypted for them can still be read. The old box opens with the old device's secret alone, therefore the recovery
 * key has to help (CERT-6). */
#include "base/log.h"
#include "base/text.h"
#include "core/authority.h"
#include "core/issuance.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/org.h"

enum { MOST_TOLD = 16 /* an org has one legal_rep; two at the most while it changes */ };

/* ---- before the middle step */

#define FORMER_KEYS                                                                                                    \
	"FROM instance_key k LEFT JOIN certificate x ON x.id = k.certificate "                                         \
	"WHERE k.instance = $1 AND k.use = $2 AND k.state <> $3 "

enum err recovery_read(struct ctx *ctx, struct issuing_act *act)
{
	struct former_key *former;
	struct rows rows;
	int64_t most, n = 0;

	if (act->kind != ISSUANCE_REISSUE)
		return OK;
	TRY(store_one(ctx->store, "SELECT count(*) " FORMER_KEYS, V(act->instance), V(USE_SM2_ENCRYPT), V(IKEY_PENDING),
		INTO(&most)));
	act->former = former = ARENA_ARRAY(ctx->arena, struct former_key, (size_t)most + 1);
	rows_open(ctx->store, &rows, "SELECT k.id, k.spki, k.recovery, x.der " FORMER_KEYS "ORDER BY k.id",
		V(act->instance), V(USE_SM2_ENCRYPT), V(IKEY_PENDING));
	while (n < most &&
		rows_next(&rows, INTO(&former[n].key.id), INTO(&former[n].key.spki), INTO(&former[n].key.recovery),
			INTO(&former[n].certificate)))
		n++;
	act->former_count = n;
	return rows_close(&rows);
}

/* What our CA certified, whenever that was, for this very key and holder, and the org that the cert is of. */
static enum err check_owner(struct ctx *ctx, const struct issuing_act *act, const struct former_key *former)
{
	enum chain_fault chain;
	struct certificate info;

	TRY(certificate_read(ctx->arena, former->certificate, &info));
	if (!bytes_equal(info.spki, former->key.spki) || !text_equal(info.subject_holder, act->order.holder) ||
		!text_equal(info.subject_org_id, act->order.org_id))
		return ERR_DENIED;
	TRY(certificate_trusted(ctx, hierarchy_of(info.kind), former->certificate, NULL, info.not_before, &chain));
	return chain == CHAIN_GOOD ? OK : ERR_DENIED;
}

static enum err move_key(struct ctx *ctx, const struct issuing_act *act, struct former_key *former)
{
	const struct bundle_owner owner = { act->instance, act->cert, act->account, act->order.holder };

	if (!ctx->house->recovery)
		return ERR_UNAVAILABLE;
	TRY(check_owner(ctx, act, former));
	return bundle_key_move(ctx, ctx->house->recovery, &owner, act->box_public, &former->key);
}

void recovery_seal(struct ctx *ctx, struct issuing_act *act)
{
	for (int64_t i = 0; i < act->former_count; i++) {
		enum err err = move_key(ctx, act, &act->former[i]);

		if (err != OK)
			LOG(LOG_ERROR, "recovery-failed", L("issuance", act->id), L("instance", act->instance),
				L("credential", act->former[i].key.id), L("error", err_name(err)));
	}
}

/* ---- inside it */

static enum err store_keys(struct ctx *ctx, const struct issuing_act *act, int *moved)
{
	*moved = 0;
	for (int64_t i = 0; i < act->former_count; i++) {
		const struct bundle_key *key = &act->former[i].key;

		if (!key->sealed.len)
			continue;
		TRY(store_change_one(ctx->store, "UPDATE instance_key SET sealed = $2 WHERE id = $1 AND state = $3",
			V(key->id), V(key->sealed), V(IKEY_FORMER)));
		++*moved;
	}
	return OK;
}

static enum err tell(struct ctx *ctx, const struct issuing_act *act)
{
	const char *const words[4] = { act->item_name, act->person_name, act->device_name };
	int64_t told[MOST_TOLD + 1] = { act->account };
	struct rows rows;
	int count = 1;

	rows_open(ctx->store, &rows,
		"SELECT account FROM member WHERE org = $1 AND role = $2 AND ended IS NULL AND account <> $3 "
		"ORDER BY id LIMIT $4",
		V(act->org), V(ROLE_LEGAL_REP), V(act->account), V(MOST_TOLD));
	while (count <= MOST_TOLD && rows_next(&rows, INTO(&told[count])))
		count++;
	TRY(rows_close(&rows));
	for (int i = 0; i < count; i++)
		TRY(message_add(ctx, told[i], MESSAGE_CERT_KEYS_MOVED, act->cert, words));
	return OK;
}

enum err recovery_store(struct ctx *ctx, const struct issuing_act *act)
{
	int moved;

	TRY(store_keys(ctx, act, &moved));
	if (!moved)
		return OK;
	TRY(tell(ctx, act));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_CERT_KEYS_MOVED,
			.object_kind = OBJECT_ISSUANCE,
			.object = act->id,
			.account = act->account,
			.org = act->org,
			.instance = act->instance,
			.cert = act->cert,
			.detail = act->item_name });
}
