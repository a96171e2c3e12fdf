/* Orgs. What an operator imports is a confirmed record: it alone gives the role of legal representative (ORG-5). */
#include "base/id.h"
#include "base/text.h"
#include "core/document.h"
#include "core/oplog.h"
#include "core/org.h"
#include "core/realname.h"

enum { USCC_LEN = 18, MOST_ORGS = 100, LONGEST_ORG_NAME = 100, LONGEST_NAME = 50 };

/* GB 32100: the alphabet in the order of its values. */
static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

bool uscc_holds(const char *uscc)
{
	int sum = 0, weight = 1;

	if (!uscc || strlen(uscc) != USCC_LEN || strspn(uscc, alphabet) != USCC_LEN ||
		strspn(uscc + 2, "0123456789") < 6)
		return false;
	for (int i = 0; i < USCC_LEN - 1; i++) {
		sum += (int)(strchr(alphabet, uscc[i]) - alphabet) * weight;
		weight = weight * 3 % 31;
	}
	return uscc[USCC_LEN - 1] == alphabet[(31 - sum % 31) % 31];
}

struct importing {
	const char *uscc, *name, *legal_name;
	struct bytes legal_doc; /* hash; empty: the record names nobody's document */
	int64_t id;
};

static enum err check_name(struct ctx *ctx, const char **name, size_t longest, const char *field)
{
	size_t len;

	*name = text_trim(ctx->arena, *name);
	len = *name && text_is_plain(*name) ? utf8_count(*name) : 0;
	return len < 2 || len > longest ? fault(ctx, ERR_INVALID, field, "name-form") : OK;
}

static enum err check_form(struct ctx *ctx, struct importing *in, const char *legal_doc)
{
	enum doc_kind kind;
	char *uscc = text_trim(ctx->arena, in->uscc);

	for (char *c = uscc; c && *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	in->uscc = uscc;
	if (!uscc_holds(uscc))
		return fault(ctx, ERR_INVALID, "uscc", "uscc-form");
	TRY(check_name(ctx, &in->name, LONGEST_ORG_NAME, "name"));
	TRY(check_name(ctx, &in->legal_name, LONGEST_NAME, "legal_name"));
	if (!legal_doc || !*legal_doc)
		return OK;
	if (document_kind(ctx->arena, legal_doc, ctx->now, &kind) != OK)
		return fault(ctx, ERR_INVALID, "legal_doc", "document-form");
	in->legal_doc = realname_doc_hash(ctx, kind, document_read(ctx->arena, kind, legal_doc, ctx->now));
	return OK;
}

static enum err add(struct ctx *ctx, struct importing *in)
{
	enum err err;

	in->id = id_new(ctx->now);
	err = store_add(ctx->store,
		"INSERT INTO org (id, uscc, name, legal_name_box, legal_doc_hash, state, made) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7)",
		V(in->id), V(in->uscc), V(in->name),
		V(vault_seal_text(ctx->vault, ctx->arena, AT("org", "legal_name_box", in->id), in->legal_name)),
		V(in->legal_doc), V(ORG_VERIFIED), V(ctx->now));
	return err == ERR_CONFLICT ? fault(ctx, ERR_CONFLICT, "uscc", "org-known") : err;
}

/* A name alone never gives a role, nor does a document under another name. */
static enum err join_if_same(struct ctx *ctx, int64_t org, const char *legal_name, int64_t account)
{
	struct realname realname;
	enum role role;

	TRY(realname_load(ctx, account, &realname));
	if (realname.state != REALNAME_VERIFIED || !text_equal(realname.name, legal_name))
		return OK;
	TRY(member_role(ctx, org, account, &role));
	return role == ROLE_NONE ? member_join(ctx, org, account, ROLE_LEGAL_REP) : OK;
}

static enum err join_owner(struct ctx *ctx, const struct importing *in)
{
	int64_t account;
	enum err err;

	if (!in->legal_doc.len)
		return OK;
	err = store_one(
		ctx->store, "SELECT account FROM realname WHERE doc_hash = $1", V(in->legal_doc), INTO(&account));
	if (err != OK)
		return err == ERR_NOT_FOUND ? OK : err;
	return join_if_same(ctx, in->id, in->legal_name, account);
}

static enum err do_import(struct ctx *ctx, void *arg)
{
	struct importing *in = arg;

	TRY(add(ctx, in));
	TRY(oplog_add(ctx,
		&(struct oplog_entry){
			.action = OPLOG_ORG_IMPORT, .object_kind = OBJECT_ORG, .object = in->id, .org = in->id }));
	return join_owner(ctx, in);
}

enum err org_import(
	struct ctx *ctx, const char *uscc, const char *name, const char *legal_name, const char *legal_doc, int64_t *id)
{
	struct importing in = { .uscc = uscc, .name = name, .legal_name = legal_name };

	TRY(check_form(ctx, &in, legal_doc));
	TRY(ctx_transaction(ctx, do_import, &in));
	*id = in.id;
	return OK;
}

static enum err unseal_legal_name(struct ctx *ctx, int64_t id, struct bytes box, const char **out)
{
	return vault_unseal_text(ctx->vault, ctx->arena, AT("org", "legal_name_box", id), box, out);
}

#define ORG_COLUMNS "org.id, org.made, org.uscc, org.name, org.legal_name_box, org.state, member.role, member.joined"
#define ORG_INTO(o, box)                                                                                               \
	INTO(&(o)->id), INTO(&(o)->made), INTO(&(o)->uscc), INTO(&(o)->name), INTO(box), INTO(&(o)->state),            \
		INTO(&(o)->role), INTO(&(o)->joined)

enum err org_load(struct ctx *ctx, int64_t id, struct org *out)
{
	struct bytes box;

	*out = (struct org){ 0 };
	TRY(store_one(ctx->store,
		"SELECT " ORG_COLUMNS " FROM member JOIN org ON org.id = member.org "
		"WHERE member.org = $1 AND member.account = $2 AND member.ended IS NULL",
		V(id), V(ctx->actor.id), ORG_INTO(out, &box)));
	return unseal_legal_name(ctx, id, box, &out->legal_name);
}

static const char list_sql[] = "SELECT " ORG_COLUMNS " FROM member JOIN org ON org.id = member.org "
			       "WHERE member.account = $1 AND member.ended IS NULL ORDER BY member.org LIMIT $2";

void org_list_ahead(struct ctx *ctx)
{
	store_ahead(ctx->store, list_sql, V(ctx->actor.id), V(MOST_ORGS));
}

enum err org_list(struct ctx *ctx, struct org **out, size_t *count)
{
	struct rows rows;
	struct org one;
	struct bytes box;
	enum err err = OK;

	*out = NULL;
	*count = 0;
	rows_open(ctx->store, &rows, list_sql, V(ctx->actor.id), V(MOST_ORGS));
	while (err == OK && (ARENA_ROOM(ctx->arena, *out, *count), rows_next(&rows, ORG_INTO(&one, &box)))) {
		err = unseal_legal_name(ctx, one.id, box, &one.legal_name);
		(*out)[(*count)++] = one;
	}
	TRY(rows_close(&rows));
	return err;
}

struct joining {
	int64_t account;
	const char *name;
	struct bytes doc;
};

static enum err do_join_confirmed(struct ctx *ctx, void *arg)
{
	const struct joining *j = arg;
	int64_t orgs[MOST_ORGS];
	struct bytes box;
	struct rows rows;
	size_t count = 0;
	enum err err = OK;

	rows_open(ctx->store, &rows, "SELECT id, legal_name_box FROM org WHERE legal_doc_hash = $1 AND state = $2",
		V(j->doc), V(ORG_VERIFIED));
	while (err == OK && count < MOST_ORGS && rows_next(&rows, INTO(&orgs[count]), INTO(&box))) {
		const char *legal_name;

		err = unseal_legal_name(ctx, orgs[count], box, &legal_name);
		count += err == OK && text_equal(legal_name, j->name);
	}
	TRY(rows_close(&rows));
	TRY(err);
	for (size_t i = 0; i < count; i++)
		TRY(join_if_same(ctx, orgs[i], j->name, j->account));
	return OK;
}

enum err org_join_confirmed(struct ctx *ctx, int64_t account)
{
	struct realname realname;
	struct joining j = { .account = account };

	TRY(realname_load(ctx, account, &realname));
	if (realname.state != REALNAME_VERIFIED)
		return OK;
	j.name = realname.name;
	j.doc = realname_doc_hash(ctx, realname.doc_kind, realname.doc);
	return ctx_transaction(ctx, do_join_confirmed, &j);
}
