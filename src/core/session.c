/* Sessions (LOGIN-5). The cookie's value is stored nowhere: the row holds its keyed hash. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "core/account.h"
#include "core/device.h"
#include "core/oplog.h"
#include "core/org.h"
#include "core/session.h"

#define BETWEEN "\x1f"
enum { TOKEN_BYTES = 32, MOST_LISTED = 50 };

/* The oldest "seen" and "made" of a session that lives now: the very end of a span is outside it. */
struct bounds {
	int64_t seen, made, kept;
};

static struct bounds bounds_now(const struct ctx *ctx)
{
	return (struct bounds){
		.seen = ctx->now - ctx->settings->session_idle_min * MINUTE,
		.made = ctx->now - ctx->settings->session_max_min * MINUTE,
		.kept = ctx->now - SESSION_KEPT_LIFE,
	};
}

static struct bytes token_hash(struct ctx *ctx, const char *token)
{
	return vault_hash_text(ctx->vault, ctx->arena, "session", token);
}

static const char *new_token(struct ctx *ctx)
{
	unsigned char random[TOKEN_BYTES];
	const char *token;

	crypto_random(random, sizeof random);
	token = base64url_encode(ctx->arena, BYTES_OF(random));
	crypto_wipe(random, sizeof random);
	return token;
}

enum err session_last_login(struct ctx *ctx, int64_t account, struct former_login *out)
{
	struct oplog_filter filter = { .object_kind = OBJECT_ACCOUNT,
		.object = account,
		.kind = RECORD_LOGIN,
		.action_low = OPLOG_LOGIN,
		.action_high = OPLOG_LOGIN,
		.most = 1 };
	struct oplog_page *found = ARENA_NEW(ctx->arena, struct oplog_page);
	const struct oplog_row *last = &found->rows[0];
	struct ctx owner = *ctx;

	owner.actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = account };
	*out = (struct former_login){ 0 };
	TRY(oplog_list(&owner, &filter, found));
	if (found->count)
		*out = (struct former_login){ last->time, last->address ? last->address : "",
			last->agent ? last->agent : "" };
	return OK;
}

/* Kept in the session, for the home page shows it again and again. */
static struct bytes former_box(struct ctx *ctx, int64_t session, const struct former_login *former)
{
	return vault_seal_text(ctx->vault, ctx->arena, AT("session", "former_box", session),
		arena_printf(ctx->arena, "%lld" BETWEEN "%s" BETWEEN "%s", (long long)former->time, former->address,
			former->agent));
}

enum err session_former(struct ctx *ctx, const struct session *session, struct former_login *out)
{
	const char *text;
	char *address, *agent;

	*out = (struct former_login){ 0 };
	TRY(vault_unseal_text(
		ctx->vault, ctx->arena, AT("session", "former_box", session->id), session->former_box, &text));
	if (!text)
		return OK;
	address = strstr(text, BETWEEN);
	agent = address ? strstr(address + 1, BETWEEN) : NULL;
	if (!agent || !parse_int(arena_text_n(ctx->arena, text, (size_t)(address - text)), 1, INT64_MAX, &out->time))
		return ERR_BROKEN;
	out->address = arena_text_n(ctx->arena, address + 1, (size_t)(agent - address - 1));
	out->agent = agent + 1;
	return OK;
}

enum err session_open(
	struct ctx *ctx, int64_t account, enum edition edition, const struct former_login *former, const char **token)
{
	int64_t id = id_new(ctx->now);

	*token = new_token(ctx);
	TRY(store_add(ctx->store,
		"INSERT INTO session (id, token_hash, account, device, edition, kept, address_box, agent, former_box, "
		"made, seen, code_at) "
		"VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $9, $8, $8, $8)",
		V(id), V(token_hash(ctx, *token)), V(account), V(ctx->device), V(edition),
		V(vault_seal_text(
			ctx->vault, ctx->arena, AT("session", "address_box", id), ctx->address ? ctx->address : "")),
		V(ctx->agent ? ctx->agent : ""), V(ctx->now),
		former && former->time ? V(former_box(ctx, id, former)) : V_NULL));
	ctx->session = id;
	ctx->edition = edition;
	return OK;
}

enum err session_find(struct ctx *ctx, const char *token, struct session *out)
{
	struct bounds since = bounds_now(ctx);

	*out = (struct session){ 0 };
	return store_one(ctx->store,
		"SELECT session.id, account, device, org, edition, kept, session.made, seen, code_at, former_box "
		"FROM session JOIN account ON account.id = session.account "
		"WHERE token_hash = $1 AND account.state = $2 "
		"AND ((kept = 0 AND seen > $3 AND session.made > $4) OR (kept = 1 AND session.made > $5))",
		V(token_hash(ctx, token)), V(ACCOUNT_OPEN), V(since.seen), V(since.made), V(since.kept), INTO(&out->id),
		INTO(&out->account), INTO(&out->device), INTO(&out->org), INTO(&out->edition), INTO(&out->kept),
		INTO(&out->made), INTO(&out->seen), INTO(&out->code_at), INTO(&out->former_box));
}

static enum err do_touch(struct ctx *ctx, void *arg)
{
	const struct session *session = arg;

	/* the session may have been ended since it was found; several requests may come at once */
	TRY(store_change(ctx->store, NULL, "UPDATE session SET seen = $2 WHERE id = $1 AND seen < $2", V(session->id),
		V(ctx->now)));
	return device_touch(ctx, session->device);
}

enum err session_touch(struct ctx *ctx, const struct session *session)
{
	struct session copy = *session;

	if (ctx->now - session->seen < MINUTE)
		return OK;
	return ctx_transaction(ctx, do_touch, &copy);
}

static enum err add_living(struct ctx *ctx, struct session *list, size_t *count)
{
	struct bounds since = bounds_now(ctx);
	struct session s;
	struct bytes box;
	struct rows rows;
	enum err err = OK;

	rows_open(ctx->store, &rows,
		"SELECT id, account, device, org, edition, kept, address_box, agent, made, seen, code_at FROM session "
		"WHERE account = $1 AND ((kept = 0 AND seen > $2 AND made > $3) OR (kept = 1 AND made > $4)) "
		"ORDER BY id DESC LIMIT $5",
		V(ctx->actor.id), V(since.seen), V(since.made), V(since.kept), V(MOST_LISTED));
	while (err == OK &&
		rows_next(&rows, INTO(&s.id), INTO(&s.account), INTO(&s.device), INTO(&s.org), INTO(&s.edition),
			INTO(&s.kept), INTO(&box), INTO(&s.agent), INTO(&s.made), INTO(&s.seen), INTO(&s.code_at))) {
		err = vault_unseal_text(ctx->vault, ctx->arena, AT("session", "address_box", s.id), box, &s.address);
		list[(*count)++] = s;
	}
	TRY(rows_close(&rows));
	return err;
}

enum err session_list(struct ctx *ctx, struct session **out, size_t *count)
{
	*out = ARENA_ARRAY(ctx->arena, struct session, MOST_LISTED);
	*count = 0;
	return add_living(ctx, *out, count);
}

static enum err note_end(struct ctx *ctx, int64_t account, int64_t session)
{
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_SESSION_END,
			.object_kind = OBJECT_SESSION,
			.object = session,
			.account = account });
}

static enum err close_one(struct ctx *ctx, int64_t id)
{
	int64_t ended;

	TRY(store_change(
		ctx->store, &ended, "DELETE FROM session WHERE id = $1 AND account = $2", V(id), V(ctx->actor.id)));
	return ended ? OK : ERR_NOT_FOUND;
}

enum err session_close(struct ctx *ctx)
{
	return close_one(ctx, ctx->session);
}

static enum err do_end(struct ctx *ctx, void *arg)
{
	const int64_t *id = arg;

	TRY(close_one(ctx, *id));
	return note_end(ctx, ctx->actor.id, *id);
}

enum err session_end(struct ctx *ctx, int64_t id)
{
	return ctx_transaction(ctx, do_end, &id);
}

struct ending {
	int64_t account, but;
};

/* One record for all that end together; object 0 says so. */
static enum err do_end_all(struct ctx *ctx, void *arg)
{
	const struct ending *want = arg;
	int64_t ended;

	TRY(store_change(ctx->store, &ended, "DELETE FROM session WHERE account = $1 AND id <> $2", V(want->account),
		V(want->but)));
	return ended ? note_end(ctx, want->account, 0) : OK;
}

enum err session_end_others(struct ctx *ctx)
{
	return ctx_transaction(ctx, do_end_all, &(struct ending){ ctx->actor.id, ctx->session });
}

static enum err do_set_edition(struct ctx *ctx, void *arg)
{
	const enum edition *edition = arg;

	TRY(store_change_one(
		ctx->store, "UPDATE session SET edition = $2 WHERE id = $1", V(ctx->session), V(*edition)));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_EDITION,
			.object_kind = OBJECT_SESSION,
			.object = ctx->session,
			.detail = *edition == EDITION_STANDARD ? "standard" : "legal-rep" });
}

enum err session_set_edition(struct ctx *ctx, enum edition edition)
{
	TRY(ctx_transaction(ctx, do_set_edition, &edition));
	ctx->edition = edition;
	return OK;
}

static enum err do_set_org(struct ctx *ctx, void *arg)
{
	const int64_t *org = arg;
	enum role role = ROLE_NONE;

	if (*org)
		TRY(member_role(ctx, *org, ctx->actor.id, &role));
	if (*org && role == ROLE_NONE)
		return ERR_NOT_FOUND;
	return store_change_one(
		ctx->store, "UPDATE session SET org = $2 WHERE id = $1", V(ctx->session), *org ? V(*org) : V_NULL);
}

enum err session_set_org(struct ctx *ctx, int64_t org)
{
	return ctx_transaction(ctx, do_set_org, &org);
}

/* ---- keeping it (LOGIN-5) */

bool session_may_keep(struct ctx *ctx)
{
	struct device here;

	return agent_is_phone(ctx->agent) && device_load(ctx, ctx->device, &here) == OK && here.holds_keys;
}

static enum err do_keep(struct ctx *ctx, void *arg)
{
	const char *token = arg;

	if (!session_may_keep(ctx))
		return fault(ctx, ERR_DENIED, NULL, "session-keep-phone");
	TRY(store_change_one(ctx->store, "UPDATE session SET kept = 1, token_hash = $2 WHERE id = $1 AND kept = 0",
		V(ctx->session), V(token_hash(ctx, token))));
	return oplog_add(ctx,
		&(struct oplog_entry){
			.action = OPLOG_SESSION_KEEP, .object_kind = OBJECT_SESSION, .object = ctx->session });
}

enum err session_keep(struct ctx *ctx, const char **token)
{
	*token = new_token(ctx);
	return ctx_transaction(ctx, do_keep, (void *)(uintptr_t)*token);
}

static enum err do_tidy(struct ctx *ctx, void *arg)
{
	struct bounds since = bounds_now(ctx);

	(void)arg;
	/* one past its whole life is not found any more, so that it is idle soon */
	return store_change(ctx->store, NULL, "DELETE FROM session WHERE seen <= $1 AND (kept = 0 OR made <= $2)",
		V(since.seen), V(since.kept));
}

enum err session_tidy(struct ctx *ctx)
{
	return ctx_transaction(ctx, do_tidy, NULL);
}
