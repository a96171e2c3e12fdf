/* Signing keys in use: which may be used now, and opening them (PIN-5). */
#include "base/log.h"
#include "core/authority.h"
#include "core/bundle.h"
#include "core/device.h"
#include "core/org.h"

/* What a credential's usability hangs on, beside what callers see. */
struct standing {
	enum instance_state instance;
	enum instance_key_state key;
	int64_t starts, ends, revoked;       /* of the cert */
	int64_t not_before, not_after, gone; /* of the certificate */
	enum org_state org;
	int64_t member; /* 0: the holder is no member of the org */
};

#define CREDENTIAL_COLUMNS                                                                                             \
	"k.id, k.instance, n.cert, n.account, c.org, n.device, k.use, k.kind, k.certificate, x.der, n.state, "         \
	"k.state, c.starts, c.ends, c.revoked, x.not_before, x.not_after, x.revoked, o.state, m.id "                   \
	"FROM instance_key k JOIN instance n ON n.id = k.instance JOIN cert c ON c.id = n.cert "                       \
	"LEFT JOIN certificate x ON x.id = k.certificate LEFT JOIN org o ON o.id = c.org "                             \
	"LEFT JOIN member m ON m.org = c.org AND m.account = n.account AND m.ended IS NULL "
#define CREDENTIAL_INTO(c, s)                                                                                          \
	INTO(&(c)->id), INTO(&(c)->instance), INTO(&(c)->cert), INTO(&(c)->account), INTO(&(c)->org),                  \
		INTO(&(c)->device), INTO(&(c)->use), INTO(&(c)->kind), INTO(&(c)->certificate),                        \
		INTO(&(c)->certificate_der), INTO(&(s)->instance), INTO(&(s)->key), INTO(&(s)->starts),                \
		INTO(&(s)->ends), INTO(&(s)->revoked), INTO(&(s)->not_before), INTO(&(s)->not_after),                  \
		INTO(&(s)->gone), INTO(&(s)->org), INTO(&(s)->member)

/* The gravest reason first; a device only keeps from use what is otherwise fit for it. */
static const char *why_not(const struct ctx *ctx, const struct credential *c, const struct standing *s)
{
	if (s->revoked || s->gone || s->instance == INSTANCE_REVOKED)
		return "cert-revoked";
	if (ctx->now >= s->ends)
		return "cert-expired";
	if (s->key != IKEY_CURRENT || !c->certificate || !c->device)
		return "cert-not-installed";
	if (ctx->now >= s->not_after + 1000) /* RFC 5280 4.1.2.5: through that second */
		return "cert-expired";
	if (ctx->now < s->starts || ctx->now < s->not_before)
		return "cert-not-yet";
	if (c->org && s->org != ORG_VERIFIED)
		return "org-not-verified";
	if (c->org && !s->member)
		return "org-not-member";
	if (ctx->device && c->device != ctx->device)
		return "cert-other-device";
	return NULL;
}

static void judge(const struct ctx *ctx, struct credential *c, const struct standing *s)
{
	c->why_not = why_not(ctx, c, s);
	c->usable = !c->why_not;
}

enum err credential_load(struct ctx *ctx, int64_t id, struct credential *out)
{
	struct standing s = { 0 };

	*out = (struct credential){ 0 };
	TRY(store_one(ctx->store, "SELECT " CREDENTIAL_COLUMNS "WHERE k.id = $1 AND k.use <> $2", V(id),
		V(USE_SM2_ENCRYPT), CREDENTIAL_INTO(out, &s)));
	judge(ctx, out, &s);
	return OK;
}

enum err credential_list(struct ctx *ctx, int64_t instance, struct credential **out, size_t *count)
{
	struct credential *list = ARENA_ARRAY(ctx->arena, struct credential, BUNDLE_KEYS + 1);
	struct standing s = { 0 };
	struct rows rows;
	size_t n = 0;

	rows_open(ctx->store, &rows,
		"SELECT " CREDENTIAL_COLUMNS
		"WHERE k.instance = $1 AND k.state = $2 AND k.use <> $3 ORDER BY k.use LIMIT $4",
		V(instance), V(IKEY_CURRENT), V(USE_SM2_ENCRYPT), V(BUNDLE_KEYS));
	while (rows_next(&rows, CREDENTIAL_INTO(&list[n], &s)))
		judge(ctx, &list[n++], &s);
	TRY(rows_close(&rows));
	*out = list;
	*count = n;
	return OK;
}

/* ---- opening */

struct locked {
	int64_t account, device;
	struct bytes box_public, box_private;
};

static enum err check_opener(struct ctx *ctx, int64_t instance, const char *device_secret, struct locked *out)
{
	TRY(store_one(ctx->store, "SELECT account, device, box_public, box_private FROM instance WHERE id = $1",
		V(instance), INTO(&out->account), INTO(&out->device), INTO(&out->box_public), INTO(&out->box_private)));
	if (out->account != ctx->actor.id)
		return ERR_NOT_FOUND;
	if (!out->device)
		return fault(ctx, ERR_DENIED, NULL, "cert-not-installed");
	if (out->device != ctx->device || !device_secret_holds(ctx, out->device, device_secret))
		return fault(ctx, ERR_DENIED, NULL, "device-other");
	return OK;
}

bool cert_opens_here(struct ctx *ctx, int64_t instance, const char *device_secret)
{
	struct locked locked;

	return device_secret && check_opener(ctx, instance, device_secret, &locked) == OK &&
		bundle_fits(ctx, instance, locked.box_public, locked.box_private, device_secret);
}

/* A key comes out only as the private half of what our CA certifies now. */
static enum err check_key(struct ctx *ctx, const struct credential *credential, const struct key *key)
{
	enum chain_fault chain;

	TRY(certificate_trusted(
		ctx, hierarchy_of(credential->kind), credential->certificate_der, key, ctx->now, &chain));
	if (chain == CHAIN_GOOD)
		return OK;
	LOG(LOG_ERROR, "credential-refused", L("credential", credential->id), L("why", chain_fault_name(chain)));
	return fault(ctx, ERR_DENIED, NULL, "cert-broken");
}

static enum err open_one(struct ctx *ctx, const unsigned char box[BOX_PRIVATE_LEN], const struct credential *credential,
	struct opened *out)
{
	struct bytes sealed;

	if (!credential->usable)
		return fault(ctx, ERR_DENIED, NULL, credential->why_not);
	TRY(store_one(ctx->store, "SELECT sealed FROM instance_key WHERE id = $1", V(credential->id), INTO(&sealed)));
	TRY(bundle_key_open(ctx, box, credential->id, sealed, &out->keys[credential->use]));
	out->credentials[credential->use] = credential->id;
	return check_key(ctx, credential, out->keys[credential->use]);
}

static bool is_named(struct named_keys named, int64_t credential)
{
	for (size_t i = 0; i < named.count; i++)
		if (named.credentials[i] == credential)
			return true;
	return !named.count;
}

static enum err open_all(struct ctx *ctx, int64_t instance, struct named_keys named,
	const unsigned char box[BOX_PRIVATE_LEN], struct opened *out)
{
	struct credential *list;
	enum err err = OK;
	size_t count;

	TRY(credential_list(ctx, instance, &list, &count));
	if (!count)
		return fault(ctx, ERR_DENIED, NULL, "cert-not-installed");
	for (size_t i = 0; i < count && err == OK; i++)
		if (is_named(named, list[i].id))
			err = open_one(ctx, box, &list[i], out);
	return err;
}

enum err instance_open(struct ctx *ctx, int64_t instance, struct named_keys named,
	const unsigned char account_key[KEY_LEN], const char *device_secret, struct opened *out)
{
	unsigned char box[BOX_PRIVATE_LEN];
	struct locked locked;
	enum err err;

	*out = (struct opened){ 0 };
	TRY(check_opener(ctx, instance, device_secret, &locked));
	err = bundle_unlock(ctx, instance, locked.box_public, locked.box_private, account_key, device_secret, box);
	if (err != OK) {
		LOG(LOG_ERROR, "instance-box-refused", L("instance", instance));
		return err;
	}
	err = open_all(ctx, instance, named, box, out);
	crypto_wipe(box, sizeof box);
	if (err != OK)
		instance_close(out);
	return err;
}

void instance_close(struct opened *opened)
{
	for (int i = 0; i < BUNDLE_KEYS; i++)
		if (opened->keys[i])
			key_free(&opened->keys[i]);
	*opened = (struct opened){ 0 };
}
