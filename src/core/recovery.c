/* Former encryption keys at a reissue (CERT-12): out of their recovery copies into the new box, so that what was
 * encrypted for them can still be read. The old box opens with the old device's secret alone, therefore the recovery
 * key has to help (CERT-6). */
#include "base/log.h"
#include "core/issuance.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/org.h"

enum { MOST_TOLD = 16 /* an org has one legal_rep; two at the most while it changes */ };

/* ---- before the middle step */

#define FORMER_KEYS "FROM instance_key WHERE instance = $1 AND use = $2 AND state <> $3 "

enum err recovery_read(struct ctx *ctx, struct issuing_act *act)
{
	struct bundle_key *key;
	struct rows rows;
	int64_t most, n = 0;

	if (act->kind != ISSUANCE_REISSUE)
		return OK;
	TRY(store_one(ctx->store, "SELECT count(*) " FORMER_KEYS, V(act->instance), V(USE_SM2_ENCRYPT), V(IKEY_PENDING),
		INTO(&most)));
	act->former = key = ARENA_ARRAY(ctx->arena, struct bundle_key, (size_t)most + 1);
	rows_open(ctx->store, &rows, "SELECT id, spki, recovery " FORMER_KEYS "ORDER BY id", V(act->instance),
		V(USE_SM2_ENCRYPT), V(IKEY_PENDING));
	while (n < most && rows_next(&rows, INTO(&key[n].id), INTO(&key[n].spki), INTO(&key[n].recovery)))
		n++;
	act->former_count = n;
	return rows_close(&rows);
}

void recovery_seal(struct ctx *ctx, struct issuing_act *act)
{
	const unsigned char *recovery = ctx->house->recovery;

	for (int64_t i = 0; i < act->former_count; i++) {
		struct bundle_key *key = &act->former[i];
		enum err err = recovery ? bundle_key_move(ctx, recovery, act->box_public, key) : ERR_UNAVAILABLE;

		if (err != OK)
			LOG(LOG_ERROR, "recovery-failed", L("issuance", act->id), L("instance", act->instance),
				L("credential", key->id), L("error", err_name(err)));
	}
}

/* ---- inside it */

static enum err store_keys(struct ctx *ctx, const struct issuing_act *act, int *moved)
{
	*moved = 0;
	for (int64_t i = 0; i < act->former_count; i++) {
		const struct bundle_key *key = &act->former[i];

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
