/* Who belongs to an org, in which role. */
#include "base/id.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/org.h"
#include "core/realname.h"

enum { MOST_MEMBERS = 1000 };

enum err member_role(struct ctx *ctx, int64_t org, int64_t account, enum role *out)
{
	enum err err = store_one(ctx->store,
		"SELECT role FROM member WHERE org = $1 AND account = $2 AND ended IS NULL", V(org), V(account),
		INTO(out));

	if (err == ERR_NOT_FOUND)
		*out = ROLE_NONE;
	return err == ERR_NOT_FOUND ? OK : err;
}

const char *role_name(enum role role)
{
	static const char *const names[] = {
		[ROLE_NONE] = "none", [ROLE_LEGAL_REP] = "legal_rep", [ROLE_ADMIN] = "admin", [ROLE_MEMBER] = "member"
	};

	return names[role];
}

struct joining {
	int64_t org, account;
	enum role role;
};

static enum err do_join(struct ctx *ctx, void *arg)
{
	const struct joining *j = arg;
	struct realname person;
	const char *name;
	enum err err;

	TRY(store_one(ctx->store, "SELECT name FROM org WHERE id = $1", V(j->org), INTO(&name)));
	err = store_add(ctx->store, "INSERT INTO member (id, org, account, role, joined) VALUES ($1, $2, $3, $4, $5)",
		V(id_new(ctx->now)), V(j->org), V(j->account), V(j->role), V(ctx->now));
	if (err == ERR_CONFLICT)
		return fault(ctx, ERR_CONFLICT, NULL, "member-already");
	TRY(err);
	TRY(message_add(ctx, j->account, j->role == ROLE_LEGAL_REP ? MESSAGE_LEGAL_REP : MESSAGE_ORG_JOINED, j->org,
		(const char *const[4]){ name }));
	TRY(realname_load(ctx, j->account, &person));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_MEMBER_JOIN,
			.object_kind = OBJECT_ORG,
			.object = j->org,
			.account = j->account,
			.org = j->org,
			.detail = arena_printf(
				ctx->arena, "%s %s", role_name(j->role), person.name ? person.name : "") });
}

enum err member_join(struct ctx *ctx, int64_t org, int64_t account, enum role role)
{
	return ctx_transaction(ctx, do_join, &(struct joining){ org, account, role });
}

enum err member_list(struct ctx *ctx, int64_t org, int64_t **accounts, enum role **roles, size_t *count)
{
	struct rows rows;
	int64_t account;
	enum role role;

	*accounts = ARENA_ARRAY(ctx->arena, int64_t, MOST_MEMBERS);
	*roles = ARENA_ARRAY(ctx->arena, enum role, MOST_MEMBERS);
	*count = 0;
	rows_open(ctx->store, &rows,
		"SELECT account, role FROM member WHERE org = $1 AND ended IS NULL ORDER BY account LIMIT $2", V(org),
		V(MOST_MEMBERS));
	while (rows_next(&rows, INTO(&account), INTO(&role))) {
		(*accounts)[*count] = account;
		(*roles)[(*count)++] = role;
	}
	return rows_close(&rows);
}
