/* Approving, in the keys pool (SCAN-3, SCAN-6, SCAN-7): cheap checks, the password, all signatures with no transaction
 * open, then one short transaction that asks everything again and moves the ticket by condition. */
#include "base/log.h"
#include "base/text.h"
#include "core/consent.h"
#include "core/device.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/org.h"
#include "core/ticket_row.h"

struct approving {
	const struct approval *want;
	struct ticket_row row; /* org and instance as chosen */
	struct ticket_item *items;
	size_t count;
	struct named_keys keys; /* that they name */
	struct bytes *values;   /* one for each item */
	const char *labels;     /* where somebody else is told of it: TICKET_SEAL */
	enum err made;          /* what became of the signing */
	struct fault made_fault;
};

/* ---- what is cheap to ask, before a try is reserved and again in the transaction */

static enum err check_trust(struct ctx *ctx, const struct approving *a)
{
	bool before;

	TRY(consent_covers(ctx, ctx->actor.id, a->row.view.platform, "", &before));
	return before || a->want->trust_platform ? OK : fault(ctx, ERR_INVALID, "trust_platform", "ticket-trust");
}

/* Usable, the actor's own, and installed in this browser. */
static enum err check_key(struct ctx *ctx, const struct credential *key)
{
	if (key->account != ctx->actor.id)
		return fault(ctx, ERR_DENIED, NULL, "ticket-not-yours");
	if (!key->usable)
		return fault(ctx, ERR_DENIED, NULL, key->why_not);
	return key->device == ctx->device ? OK : fault(ctx, ERR_DENIED, NULL, "choice-other-device");
}

static enum err check_items(struct ctx *ctx, const struct approving *a)
{
	for (size_t i = 0; i < a->count; i++) {
		struct credential key;

		if (!ticket_item_is_first(a->items, i))
			continue;
		TRY(credential_load(ctx, a->items[i].credential, &key));
		TRY(check_key(ctx, &key));
	}
	return OK;
}

static enum err check_seal(struct ctx *ctx, const struct approving *a)
{
	if (a->row.view.act != TICKET_SEAL)
		return OK;
	if (!a->row.view.seal)
		return fault(ctx, ERR_CONFLICT, NULL, "ticket-no-seal");
	return seal_check_use(ctx, a->row.view.seal);
}

/* A service ticket's instance is the person's choice: its org comes with it. */
static enum err check_choice(struct ctx *ctx, struct approving *a)
{
	struct credential *keys;
	int64_t only = 0;
	size_t count;

	if (!a->want->instance)
		return fault(ctx, ERR_INVALID, "instance", "ticket-choose");
	TRY(credential_list(ctx, a->want->instance, &keys, &count));
	if (!count)
		return fault(ctx, ERR_INVALID, "instance", "ticket-choose");
	for (size_t i = 0; i < count; i++)
		TRY(check_key(ctx, &keys[i]));
	TRY(store_one(ctx->store, "SELECT platform FROM cert WHERE id = $1", V(keys[0].cert), INTO(&only)));
	if (only && only != a->row.view.platform)
		return fault(ctx, ERR_DENIED, NULL, "choice-other-platform");
	a->row.view.instance = a->want->instance;
	a->row.view.org = keys[0].org;
	return OK;
}

static enum err check_org(struct ctx *ctx, struct approving *a)
{
	enum role role = ROLE_NONE;

	if (!a->want->org)
		return OK;
	TRY(member_role(ctx, a->want->org, ctx->actor.id, &role));
	if (role == ROLE_NONE)
		return fault(ctx, ERR_DENIED, "org", "ticket-choose");
	a->row.view.org = a->want->org;
	return OK;
}

static enum err check_act(struct ctx *ctx, struct approving *a)
{
	switch (a->row.view.act) {
	case TICKET_LOGIN:
		return check_org(ctx, a);
	case TICKET_SERVICE:
		return check_choice(ctx, a);
	default:
		TRY(check_items(ctx, a));
		return check_seal(ctx, a);
	}
}

static enum err load(struct ctx *ctx, struct approving *a)
{
	enum ticket_state to;

	TRY(ticket_row_load(ctx, a->want->ticket, &a->row));
	if (ctx->actor.kind != ACTOR_ACCOUNT || a->row.view.account != ctx->actor.id)
		return ERR_NOT_FOUND;
	return ticket_may(ctx, &a->row, EVENT_APPROVE, &to);
}

static bool takes_number(struct ctx *ctx, const struct approving *a)
{
	bool shown = a->row.view.way != TICKET_DEVICE || a->row.shows_number;

	return shown && !ticket_is_bound(ctx, &a->row, a->want->visit);
}

static bool number_holds(struct ctx *ctx, const struct approving *a)
{
	return !takes_number(ctx, a) || a->want->number == a->row.view.number;
}

static enum err check_first(struct ctx *ctx, void *arg)
{
	struct approving *a = arg;

	TRY(load(ctx, a));
	if (!a->want->number && takes_number(ctx, a)) /* forgotten is not wrong: the ticket lives on */
		return fault(ctx, ERR_INVALID, "number", "ticket-number");
	if (!number_holds(ctx, a))
		return OK;
	TRY(ticket_items_of(ctx, a->row.view.id, &a->items, &a->count));
	TRY(ticket_is_as_asked(ctx, &a->row, a->items, a->count));
	TRY(check_trust(ctx, a));
	TRY(check_act(ctx, a));
	if (a->row.view.act == TICKET_LOGIN)
		return OK;
	if (!device_secret_holds(ctx, ctx->device, a->want->device_secret))
		return fault(ctx, ERR_DENIED, NULL, "choice-other-device");
	return cert_opens_here(ctx, a->row.view.instance, a->want->device_secret)
		? OK
		: fault(ctx, ERR_DENIED, NULL, "cert-keys-lost");
}

/* ---- a wrong number: somebody may have relayed the code, so the ticket ends */

static enum err do_wrong_number(struct ctx *ctx, void *arg)
{
	struct approving *a = arg;

	TRY(load(ctx, a));
	TRY(ticket_finish(ctx, &a->row, EVENT_WRONG_NUMBER, "ticket-wrong-number", ERR_INVALID));
	return ctx_commit_though(ctx, fault(ctx, ERR_CONFLICT, NULL, "ticket-wrong-number"));
}

/* ---- the password and the keys; no transaction is open */

static const struct key *key_of(const struct opened *opened, int64_t credential)
{
	for (size_t i = 0; i < sizeof opened->keys / sizeof *opened->keys; i++)
		if (opened->keys[i] && opened->credentials[i] == credential)
			return opened->keys[i];
	return NULL;
}

/* All items of one key: each key is set up once. */
static enum err sign_with(struct ctx *ctx, struct approving *a, const struct key *key, int64_t credential)
{
	struct bytes *hashes = ARENA_ARRAY(ctx->arena, struct bytes, a->count);
	struct bytes *values = ARENA_ARRAY(ctx->arena, struct bytes, a->count);
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].credential == credential)
			hashes[count++] = a->items[i].hash;
	TRY(key_sign_digests(key, ctx->arena, hashes, count, values));
	count = 0;
	for (size_t i = 0; i < a->count; i++)
		if (a->items[i].credential == credential)
			a->values[i] = values[count++];
	return OK;
}

static enum err sign_items(struct ctx *ctx, struct approving *a, const struct opened *opened)
{
	a->values = ARENA_ARRAY(ctx->arena, struct bytes, a->count);
	for (size_t i = 0; i < a->keys.count; i++) {
		const struct key *key = key_of(opened, a->keys.credentials[i]);

		if (!key)
			return fault(ctx, ERR_DENIED, NULL, "choice-not-installed");
		TRY(sign_with(ctx, a, key, a->keys.credentials[i]));
	}
	return OK;
}

/* The keys that the items name; none for a service ticket, which means all. */
static void name_keys(struct ctx *ctx, struct approving *a)
{
	int64_t *credentials = ARENA_ARRAY(ctx->arena, int64_t, a->count);

	a->keys = (struct named_keys){ credentials, 0 };
	for (size_t i = 0; i < a->count; i++)
		if (ticket_item_is_first(a->items, i))
			credentials[a->keys.count++] = a->items[i].credential;
}

/* A service ticket opens its keys too, and with that proves that they can be used; a login ticket needs none. */
static enum err sign_all(struct ctx *ctx, struct approving *a, const unsigned char account_key[KEY_LEN])
{
	struct opened opened = { 0 };
	enum err err;

	if (a->row.view.act == TICKET_LOGIN)
		return OK;
	name_keys(ctx, a);
	err = instance_open(ctx, a->row.view.instance, a->keys, account_key, a->want->device_secret, &opened);
	if (err == OK)
		err = sign_items(ctx, a, &opened);
	instance_close(&opened);
	return err;
}

/* ---- the transaction */

static enum err move(struct ctx *ctx, const struct approving *a)
{
	const struct ticket *t = &a->row.view;
	int64_t expires = t->expires < ctx->now + TICKET_COLLECT ? ctx->now + TICKET_COLLECT : t->expires;
	enum ticket_state to;

	TRY(ticket_may(ctx, &a->row, EVENT_APPROVE, &to));
	return store_change_one(ctx->store,
		"UPDATE ticket SET state = $2, org = $3, instance = $4, device = $5, decided = $6, expires = $7 "
		"WHERE id = $1 AND state = $8",
		V(t->id), V(to), t->org ? V(t->org) : V_NULL, t->instance ? V(t->instance) : V_NULL, V(ctx->device),
		V(ctx->now), V(expires), V(a->row.stored));
}

/* Everything is asked again, and the move is the last question. */
static enum err decide(struct ctx *ctx, struct approving *a)
{
	TRY(load(ctx, a));
	TRY(ticket_is_as_asked(
		ctx, &a->row, a->items, a->count)); /* what was signed, and what the record will say of it */
	TRY(check_trust(ctx, a));
	TRY(check_act(ctx, a));
	if (a->made != OK) {
		ctx->fault = a->made_fault;
		return a->made;
	}
	return move(ctx, a);
}

/* An act that is refused behind a right password: the tries are cleared, and the record says that it was tried. */
static enum err refuse_act(struct ctx *ctx, const struct approving *a, enum err err)
{
	struct fault why = ctx->fault;

	if (err == ERR_DENIED)
		TRY(ticket_record(ctx, &a->row, a->items, a->count, err));
	ctx->fault = why;
	return ctx_commit_though(ctx, err);
}

/* Whoever answers for the org learns of each use of its seals. */
static enum err tell_seal_used(struct ctx *ctx, const struct approving *a)
{
	const struct ticket *t = &a->row.view;
	struct ctx of_org = *ctx; /* what is told leads to the org's pages */
	const char *name, *seal;
	enum role *roles;
	int64_t *accounts;
	size_t count;

	if (t->act != TICKET_SEAL)
		return OK;
	ctx->org = t->org; /* the message leads to the seal's page in its org */
	TRY(store_one(ctx->store, "SELECT name FROM org WHERE id = $1", V(t->org), INTO(&name)));
	TRY(seal_record_name(ctx, t->seal, &seal));
	TRY(member_list(ctx, t->org, &accounts, &roles, &count));
	of_org.org = t->org;
	for (size_t i = 0; i < count; i++) {
		if (roles[i] != ROLE_LEGAL_REP)
			continue;
		TRY(message_add(&of_org, accounts[i], MESSAGE_SEAL_USED, t->seal,
			(const char *[4]){ name, seal, t->platform_name, a->labels }));
	}
	return OK;
}

static enum err do_approve(struct ctx *ctx, void *arg)
{
	struct approving *a = arg;
	enum err err;

	TRY(pin_settle(ctx));
	err = decide(ctx, a);
	if (err != OK)
		return refuse_act(ctx, a, err);
	TRY(ticket_values_store(ctx, a->row.view.id, a->items, a->values, a->count));
	TRY(consent_give(ctx, ctx->actor.id, a->row.view.platform, a->row.view.scope));
	TRY(tell_seal_used(ctx, a));
	return ticket_record(ctx, &a->row, a->items, a->count, OK);
}

enum err ticket_approve(struct ctx *ctx, const struct pin_keys *keys, const struct approval *want)
{
	struct approving a = { .want = want };
	unsigned char account_key[KEY_LEN];

	TRY(ctx_reading(ctx, check_first, &a));
	if (!number_holds(ctx, &a))
		return ctx_transaction(ctx, do_wrong_number, &a);
	TRY(pin_open(ctx, keys, want->pin, account_key));
	a.made = sign_all(ctx, &a, account_key);
	a.made_fault = ctx->fault;
	crypto_wipe(account_key, sizeof account_key);
	if (a.row.view.act == TICKET_SEAL)
		a.labels = ticket_labels(ctx->arena, a.items, a.count, 0);
	return ctx_transaction(ctx, do_approve, &a);
}
