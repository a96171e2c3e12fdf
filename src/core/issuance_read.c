/* What an issuance is entitled to, and whom it names: read afresh by the ca lane (CERT-16), and shown to its owner. */
#include "base/buf.h"
#include "base/log.h"
#include "core/issuance.h"
#include "core/org.h"
#include "core/realname.h"

enum { MOST_LISTED = 200, MOST_SERIALS = 16, ID_HASH_BYTES = 20 };

enum err issuance_deny(struct issuing_act *act, const char *why)
{
	act->denied = why;
	return ERR_DENIED;
}

struct bytes issuance_intent_mac(struct ctx *ctx, const struct intent *intent)
{
	const struct bundle_owner *owner = &intent->owner;
	const int64_t numbers[] = { intent->issuance, owner->instance, owner->cert, owner->account, intent->device };
	struct buf text = buf_new(ctx->arena);

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		buf_u64(&text, (uint64_t)numbers[i]);
	buf_part(&text, intent->box_public);
	for (int i = 0; i < BUNDLE_KEYS; i++) {
		const struct intent_key *key = &intent->keys[i];

		buf_u64(&text, (uint64_t)key->id);
		buf_u32(&text, key->use);
		buf_u32(&text, key->kind);
		buf_part(&text, key->spki);
	}
	buf_text(&text, owner->holder);
	return vault_hash(ctx->vault, ctx->arena, "issuance.intent", buf_view(&text));
}

struct entitlement {
	enum instance_state instance;
	const char *holder;
	int64_t starts, ends, revoked;
	struct bytes intent_mac;
};

static enum err read_row(struct ctx *ctx, struct issuing_act *act, struct entitlement *e)
{
	return store_one(ctx->store,
		"SELECT s.kind, s.state, s.device, s.instance, n.account, n.state, n.holder, c.id, c.org, c.starts, "
		"c.ends, c.revoked, i.name, d.name, s.box_public, s.intent_mac FROM issuance s JOIN instance n ON n.id "
		"= s.instance "
		"JOIN cert c ON c.id = n.cert JOIN catalogue_item i ON i.id = c.item "
		"LEFT JOIN device d ON d.id = s.device WHERE s.id = $1",
		V(act->id), INTO(&act->kind), INTO(&act->state), INTO(&act->device), INTO(&act->instance),
		INTO(&act->account), INTO(&e->instance), INTO(&e->holder), INTO(&act->cert), INTO(&act->org),
		INTO(&e->starts), INTO(&e->ends), INTO(&e->revoked), INTO(&act->item_name), INTO(&act->device_name),
		INTO(&act->box_public), INTO(&e->intent_mac));
}

static enum err read_keys(struct ctx *ctx, struct issuing_act *act)
{
	struct rows rows;
	int n = 0;

	rows_open(ctx->store, &rows,
		"SELECT id, use, kind, spki, request FROM instance_key WHERE issuance = $1 AND state = $2 ORDER BY use",
		V(act->id), V(IKEY_PENDING));
	while (n < BUNDLE_KEYS &&
		rows_next(&rows, INTO(&act->keys[n].id), INTO(&act->keys[n].use), INTO(&act->keys[n].kind),
			INTO(&act->keys[n].spki), INTO(&act->keys[n].request)))
		n++;
	TRY(rows_close(&rows));
	return n == BUNDLE_KEYS ? OK : ERR_BROKEN;
}

static bool intent_holds(struct ctx *ctx, const struct issuing_act *act, const struct entitlement *e)
{
	struct intent intent = { act->id, { act->instance, act->cert, act->account, e->holder }, act->device,
		act->box_public };
	struct bytes mac;

	for (int i = 0; i < BUNDLE_KEYS; i++)
		intent.keys[i] = (struct intent_key){ act->keys[i].id, act->keys[i].use, act->keys[i].kind,
			act->keys[i].spki };
	mac = issuance_intent_mac(ctx, &intent);
	return mac.len == e->intent_mac.len && crypto_equal(mac.data, e->intent_mac.data, mac.len);
}

/* ---- whom the certificate names */

/* Only a keyed hash: who knows a number can't find its certificates, but the operator can prove that two are one
 * person's. */
static const char *id_hash(struct ctx *ctx, const struct realname *person)
{
	const char *number = arena_printf(ctx->secret, "%d:%s", (int)person->doc_kind, person->doc);
	struct bytes hash = vault_hash_text(ctx->vault, ctx->arena, "certificate.subject", number);

	return hex_encode(ctx->arena, (struct bytes){ hash.data, ID_HASH_BYTES });
}

static enum err name_person(struct ctx *ctx, struct issuing_act *act)
{
	struct realname person;

	TRY(realname_load(ctx, act->account, &person));
	if (person.state != REALNAME_VERIFIED || !person.name || !person.doc)
		return issuance_deny(act, "the real name is not verified");
	act->person_name = person.name;
	if (act->org)
		return OK;
	act->order.common_name = person.name;
	act->order.id_hash = id_hash(ctx, &person);
	return OK;
}

static enum err name_org(struct ctx *ctx, struct issuing_act *act)
{
	enum org_state state;
	enum role role;

	if (!act->org)
		return OK;
	TRY(store_one(ctx->store, "SELECT name, uscc, state FROM org WHERE id = $1", V(act->org), INTO(&act->order.org),
		INTO(&act->order.org_id), INTO(&state)));
	TRY(member_role(ctx, act->org, act->account, &role));
	if (state != ORG_VERIFIED)
		return issuance_deny(act, "the org is not verified");
	if (role == ROLE_NONE)
		return issuance_deny(act, "the holder is no member of the org");
	act->order.common_name = act->order.org;
	return OK;
}

static enum err entitle(struct ctx *ctx, struct issuing_act *act, const struct entitlement *e)
{
	if (e->revoked || e->instance != INSTANCE_ISSUING)
		return issuance_deny(act, "the certificate is revoked");
	if (ctx->now >= e->ends)
		return issuance_deny(act, "the certificate has expired");
	act->order.transaction = act->id;
	act->order.holder = e->holder;
	act->order.not_before = ctx->now > e->starts ? ctx->now : e->starts;
	act->order.not_after = e->ends;
	TRY(name_person(ctx, act));
	return name_org(ctx, act);
}

enum err issuance_read(struct ctx *ctx, void *arg)
{
	struct issuing_act *act = arg;
	struct entitlement e = { 0 };
	enum err err;

	TRY(read_row(ctx, act, &e));
	ctx->org = act->org; /* messages and records stand with the org */
	if (act->state != ISSUANCE_INTENT)
		return OK;
	TRY(read_keys(ctx, act));
	if (!intent_holds(ctx, act, &e)) {
		LOG(LOG_ERROR, "issuance-forged", L("issuance", act->id), L("instance", act->instance));
		act->denied = "it was not ordered like this";
		return OK;
	}
	TRY(recovery_read(ctx, act));
	err = entitle(ctx, act, &e);
	return act->denied ? OK : err;
}

/* ---- what the owner sees */

static enum err read_serials(struct ctx *ctx, struct issuance *issuance)
{
	struct bytes serial;
	struct rows rows;

	rows_open(ctx->store, &rows,
		"SELECT x.serial FROM instance_key k JOIN certificate x ON x.instance_key = k.id "
		"WHERE k.issuance = $1 AND x.issuance = $1 ORDER BY k.use LIMIT $2",
		V(issuance->id), V(MOST_SERIALS));
	while (rows_next(&rows, INTO(&serial)))
		issuance->serials = arena_printf(ctx->arena, "%s%s%s", issuance->serials ? issuance->serials : "",
			issuance->serials ? "," : "", hex_encode(ctx->arena, serial));
	return rows_close(&rows);
}

enum err cert_issuances(struct ctx *ctx, int64_t cert, struct issuance **out, size_t *count)
{
	struct issuance *list = ARENA_ARRAY(ctx->arena, struct issuance, MOST_LISTED + 1);
	struct cert loaded;
	struct rows rows;
	size_t n = 0;

	TRY(cert_load(ctx, cert, &loaded));
	rows_open(ctx->store, &rows,
		"SELECT s.id, s.made, s.ended, s.device, s.kind, s.state, d.name, s.error FROM issuance s "
		"LEFT JOIN device d ON d.id = s.device WHERE s.instance = $1 ORDER BY s.id DESC LIMIT $2",
		V(loaded.instance), V(MOST_LISTED));
	while (rows_next(&rows, INTO(&list[n].id), INTO(&list[n].made), INTO(&list[n].ended), INTO(&list[n].device),
		INTO(&list[n].kind), INTO(&list[n].state), INTO(&list[n].device_name), INTO(&list[n].error)))
		n++;
	TRY(rows_close(&rows));
	for (size_t i = 0; i < n; i++)
		TRY(read_serials(ctx, &list[i]));
	*out = list;
	*count = n;
	return OK;
}
