/* Installing: the first download and the reissue, as far as the person's own secrets are needed (CERT-4, CERT-9). What
 * follows is the ca lane's (issuance.c). */
#include "base/id.h"
#include "core/device.h"
#include "core/issuance.h"
#include "core/job.h"
#include "core/oplog.h"
#include "core/org.h"
#include "core/realname.h"

struct installing {
	const struct cert_wish *wish;
	struct cert cert;
	const char *secret; /* what it has to hold from now on */
	struct bundle bundle;
	int64_t issuance;
};

/* ---- may it be? Asked before a try is taken, and again inside the transaction. */

static enum err check_org(struct ctx *ctx, const struct cert *cert)
{
	struct org org;

	if (!cert->org)
		return OK;
	TRY(org_load(ctx, cert->org, &org));
	return org.state == ORG_VERIFIED ? OK : fault(ctx, ERR_DENIED, NULL, "org-not-verified");
}

static enum err check_state(struct ctx *ctx, const struct cert *cert, const struct cert_wish *wish)
{
	if (cert->state == INSTANCE_ISSUING)
		return fault(ctx, ERR_CONFLICT, NULL, "cert-issuing");
	/* the form sent twice must not cost a reissue, however quick the CA was in between */
	if (cert->issuance != wish->replaces)
		return fault(ctx, ERR_CONFLICT, NULL, "cert-installed-meanwhile");
	if (cert->state == INSTANCE_WAITING)
		return OK;
	/* a browser that lost its secret and got another one with another certificate has lost this one's keys */
	if (cert->here && cert_opens_here(ctx, cert->instance, wish->device_secret))
		return fault(ctx, ERR_CONFLICT, NULL, "cert-installed-here");
	return cert->free_left > 0 ? OK : fault(ctx, ERR_LIMITED, NULL, "reissues-used");
}

static enum err check(struct ctx *ctx, struct installing *in)
{
	TRY(realname_require(ctx));
	TRY(cert_load(ctx, in->wish->cert, &in->cert));
	if (!in->cert.instance || !ctx->device)
		return fault(ctx, ERR_DENIED, NULL, "cert-not-yours");
	if (in->cert.revoked || in->cert.state == INSTANCE_REVOKED)
		return fault(ctx, ERR_DENIED, NULL, "cert-revoked");
	if (ctx->now >= in->cert.ends)
		return fault(ctx, ERR_DENIED, NULL, "cert-expired");
	TRY(check_org(ctx, &in->cert));
	return check_state(ctx, &in->cert, in->wish);
}

/* ---- the intent (CERT-10): all of it, and the job, or nothing */

static struct bytes intent_mac(struct ctx *ctx, const struct installing *in)
{
	struct intent intent = { in->issuance, in->bundle.owner, ctx->device, BYTES_OF(in->bundle.box_public) };

	for (int i = 0; i < BUNDLE_KEYS; i++)
		intent.keys[i] = (struct intent_key){ in->bundle.keys[i].id, in->bundle.keys[i].use,
			in->bundle.keys[i].kind, in->bundle.keys[i].spki };
	return issuance_intent_mac(ctx, &intent);
}

static enum err add_issuance(struct ctx *ctx, const struct installing *in)
{
	bool first = in->cert.state == INSTANCE_WAITING;

	return store_add(ctx->store,
		"INSERT INTO issuance (id, instance, kind, state, device, box_public, box_private, intent_mac, made, "
		"tries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
		V(in->issuance), V(in->cert.instance), V(first ? ISSUANCE_FIRST : ISSUANCE_REISSUE), V(ISSUANCE_INTENT),
		V(ctx->device), V(BYTES_OF(in->bundle.box_public)), V(bundle_lock(ctx, &in->bundle, in->secret)),
		V(intent_mac(ctx, in)), V(ctx->now));
}

static enum err add_key(struct ctx *ctx, const struct installing *in, const struct bundle_key *key)
{
	return store_add(ctx->store,
		"INSERT INTO instance_key (id, instance, issuance, use, kind, state, spki, request, sealed, recovery) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		V(key->id), V(in->cert.instance), V(in->issuance), V(key->use), V(key->kind), V(IKEY_PENDING),
		V(key->spki), V(key->request), V(key->sealed), V(key->recovery));
}

static enum err record(struct ctx *ctx, const struct installing *in)
{
	bool first = in->cert.state == INSTANCE_WAITING;

	return oplog_add(ctx,
		&(struct oplog_entry){ .action = first ? OPLOG_CERT_INSTALL : OPLOG_CERT_REISSUE,
			.object_kind = OBJECT_ISSUANCE,
			.object = in->issuance,
			.org = in->cert.org,
			.instance = in->cert.instance,
			.cert = in->cert.id,
			.detail = in->cert.item_name });
}

static enum err do_install(struct ctx *ctx, void *arg)
{
	struct installing *in = arg;
	enum err err;
	int64_t job;

	/* the password was right, whatever becomes of the rest (PIN-4) */
	TRY(pin_settle(ctx));
	err = check(ctx, in);
	if (err != OK)
		return ctx_commit_though(ctx, err);
	TRY(store_change_one(ctx->store, "UPDATE instance SET state = $2 WHERE id = $1 AND state = $3",
		V(in->cert.instance), V(INSTANCE_ISSUING), V(in->cert.state)));
	TRY(device_secret_make(ctx, ctx->device, in->wish->device_secret, &in->secret));
	TRY(add_issuance(ctx, in));
	for (int i = 0; i < BUNDLE_KEYS; i++)
		TRY(add_key(ctx, in, &in->bundle.keys[i]));
	TRY(job_add(ctx, JOB_ISSUE, in->issuance, (struct bytes){ NULL, 0 }, &job));
	return record(ctx, in);
}

static enum err do_settle(struct ctx *ctx, void *arg)
{
	(void)arg;
	return pin_settle(ctx);
}

static enum err make_bundle(struct ctx *ctx, const struct pin_keys *keys, struct installing *in)
{
	unsigned char account_key[KEY_LEN];
	struct catalogue_item item;
	struct bundle_owner *owner = &in->bundle.owner;
	enum err err, settled;

	TRY(catalogue_load(ctx, in->cert.item, &item));
	*owner = (struct bundle_owner){ in->cert.instance, in->cert.id, ctx->actor.id, NULL };
	TRY(store_one(
		ctx->store, "SELECT holder FROM instance WHERE id = $1", V(owner->instance), INTO(&owner->holder)));
	TRY(pin_open(ctx, keys, in->wish->pin, account_key));
	err = bundle_make(ctx, keys, item.third, account_key, &in->bundle);
	crypto_wipe(account_key, sizeof account_key);
	if (err == OK)
		return OK;
	settled = ctx_transaction(ctx, do_settle, NULL);
	return settled == OK ? err : settled;
}

static bool is_new_secret(const char *made, const char *brought)
{
	return made && (!brought || !crypto_equal_text(made, brought));
}

enum err cert_install(
	struct ctx *ctx, const struct pin_keys *keys, const struct cert_wish *wish, const char **new_device_secret)
{
	struct installing in = { .wish = wish };
	enum err err;

	*new_device_secret = NULL;
	TRY(check(ctx, &in));
	if (!keys->has_recovery)
		return fault(ctx, ERR_UNAVAILABLE, NULL, "ca-missing");
	TRY(make_bundle(ctx, keys, &in));
	in.issuance = id_new(ctx->now);
	err = ctx_transaction(ctx, do_install, &in);
	/* unsure: it may be the one that is stored */
	if ((err == OK || err == ERR_UNSURE) && is_new_secret(in.secret, wish->device_secret))
		*new_device_secret = in.secret;
	return err;
}
