/* Real names: sealed in the row, the document found by its keyed hash, so that it belongs to one account (RN-6). */
#include "base/text.h"
#include "core/account.h"
#include "core/document.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/realname.h"

enum { ADULT = 18, SHORTEST_NAME = 2, LONGEST_NAME = 50 };

enum err realname_load(struct ctx *ctx, int64_t account, struct realname *out)
{
	struct bytes name, doc;
	enum err err;

	*out = (struct realname){ .state = REALNAME_NONE };
	err = store_one(ctx->store,
		"SELECT state, name_box, doc_kind, doc_box, method, verified FROM realname WHERE account = $1",
		V(account), INTO(&out->state), INTO(&name), INTO(&out->doc_kind), INTO(&doc), INTO(&out->method),
		INTO(&out->verified));
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	if (name.data)
		TRY(vault_unseal_text(ctx->vault, ctx->arena, AT("realname", "name_box", account), name, &out->name));
	if (doc.data)
		TRY(vault_unseal_text(ctx->vault, ctx->arena, AT("realname", "doc_box", account), doc, &out->doc));
	return OK;
}

static const char called_sql[] = "SELECT state, name_box FROM realname WHERE account = $1";

void person_called_ahead(struct ctx *ctx, int64_t account)
{
	store_ahead(ctx->store, called_sql, V(account));
}

enum err person_called(struct ctx *ctx, int64_t account, const char **name, bool *verified)
{
	enum realname_state state;
	struct account found;
	struct bytes box;
	enum err err = store_one(ctx->store, called_sql, V(account), INTO(&state), INTO(&box));

	*verified = err == OK && state == REALNAME_VERIFIED;
	if (*verified)
		return vault_unseal_text(ctx->vault, ctx->arena, AT("realname", "name_box", account), box, name);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	TRY(account_load(ctx, account, &found));
	*name = phone_masked(ctx->arena, found.phone);
	return OK;
}

static enum err state_of(struct ctx *ctx, int64_t account, enum realname_state *out)
{
	enum err err = store_one(ctx->store, "SELECT state FROM realname WHERE account = $1", V(account), INTO(out));

	if (err == ERR_NOT_FOUND)
		*out = REALNAME_NONE;
	return err == ERR_NOT_FOUND ? OK : err;
}

bool realname_is_verified(struct ctx *ctx, int64_t account)
{
	enum realname_state state;

	return state_of(ctx, account, &state) == OK && state == REALNAME_VERIFIED;
}

enum err realname_require(struct ctx *ctx)
{
	enum realname_state state;

	TRY(state_of(ctx, ctx->actor.id, &state));
	return state == REALNAME_VERIFIED ? OK : fault(ctx, ERR_DENIED, NULL, "realname-needed");
}

struct bytes realname_doc_hash(struct ctx *ctx, enum doc_kind kind, const char *doc)
{
	return vault_hash_text(
		ctx->vault, ctx->arena, "realname.doc", arena_printf(ctx->secret, "%d|%s", (int)kind, doc));
}

struct vouching {
	int64_t account;
	const char *name, *doc;
	enum doc_kind kind;
};

static enum err check_free(struct ctx *ctx, const struct vouching *v)
{
	int64_t owner;
	enum err err = store_one(ctx->store, "SELECT account FROM realname WHERE doc_hash = $1",
		V(realname_doc_hash(ctx, v->kind, v->doc)), INTO(&owner));

	if (err == ERR_NOT_FOUND || (err == OK && owner == v->account))
		return OK;
	return err == OK ? fault(ctx, ERR_CONFLICT, "doc", "document-taken") : err;
}

static enum err store_identity(struct ctx *ctx, const struct vouching *v)
{
	struct bytes name = vault_seal_text(ctx->vault, ctx->arena, AT("realname", "name_box", v->account), v->name);
	struct bytes doc = vault_seal_text(ctx->vault, ctx->arena, AT("realname", "doc_box", v->account), v->doc);
	struct bytes hash = realname_doc_hash(ctx, v->kind, v->doc);
	int64_t changed;

	TRY(store_change(ctx->store, &changed,
		"UPDATE realname SET state = $2, name_box = $3, doc_kind = $4, doc_box = $5, doc_hash = $6, method = "
		"$7, "
		"verified = $8 WHERE account = $1",
		V(v->account), V(REALNAME_VERIFIED), V(name), V(v->kind), V(doc), V(hash), V(METHOD_OPERATOR),
		V(ctx->now)));
	if (changed)
		return OK;
	return store_add(ctx->store,
		"INSERT INTO realname (account, state, name_box, doc_kind, doc_box, doc_hash, method, verified) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		V(v->account), V(REALNAME_VERIFIED), V(name), V(v->kind), V(doc), V(hash), V(METHOD_OPERATOR),
		V(ctx->now));
}

/* Whether the account is this person already: vouched for once more, nothing happens. */
static enum err is_vouched(struct ctx *ctx, const struct vouching *v, bool *out)
{
	struct realname known;

	TRY(realname_load(ctx, v->account, &known));
	*out = known.state == REALNAME_VERIFIED && known.doc_kind == v->kind && text_equal(known.name, v->name) &&
		text_equal(known.doc, v->doc);
	return OK;
}

static enum err do_vouch(struct ctx *ctx, void *arg)
{
	const struct vouching *v = arg;
	bool known;

	TRY(is_vouched(ctx, v, &known));
	if (known)
		return OK;
	TRY(check_free(ctx, v));
	TRY(store_identity(ctx, v));
	TRY(message_add(ctx, v->account, MESSAGE_REALNAME_VERIFIED, 0, NULL));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_REALNAME_VOUCH,
			.object_kind = OBJECT_ACCOUNT,
			.object = v->account,
			.account = v->account });
}

static enum err check_form(struct ctx *ctx, struct vouching *v)
{
	size_t len;
	int age;

	v->name = text_trim(ctx->arena, v->name);
	len = v->name && text_is_plain(v->name) ? utf8_count(v->name) : 0;
	if (len < SHORTEST_NAME || len > LONGEST_NAME)
		return fault(ctx, ERR_INVALID, "name", "name-form");
	v->doc = document_read(ctx->arena, v->kind, v->doc, ctx->now);
	if (!v->doc)
		return fault(ctx, ERR_INVALID, "doc", "document-form");
	age = document_age(v->kind, v->doc, ctx->now);
	if (age >= 0 && age < ADULT) /* RN-2 */
		return fault(ctx, ERR_INVALID, "doc", "document-age");
	return OK;
}

enum err realname_vouch(struct ctx *ctx, int64_t account, const char *name, enum doc_kind kind, const char *doc)
{
	struct vouching v = { .account = account, .name = name, .doc = doc, .kind = kind };

	TRY(check_form(ctx, &v));
	return ctx_transaction(ctx, do_vouch, &v);
}
