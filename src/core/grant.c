/* The token endpoint's grants (API-1 to API-3). What a grant gives is written in one transaction; the ID token is
 * signed behind it. */
#include "base/text.h"
#include "core/account.h"
#include "core/consent.h"
#include "core/token_row.h"

enum { POLL_INTERVAL = 2 * SECOND, VERIFIER_LEAST = 43, VERIFIER_MOST = 128 };

struct granting {
	const struct grant_client *client;
	const char *presented; /* code, refresh token or device code */
	const char *redirect_uri, *verifier, *scope;
	struct ticket_row row;
	const char *access, *refresh; /* drawn before the transaction, which may run twice */
	bool from_refresh;
	int number;
	struct grant_answer answer;
};

static enum err invalid_grant(struct ctx *ctx, const char *description)
{
	return token_refuse(ctx, ERR_DENIED, "invalid_grant", description);
}

static bool has(const char *scope, const char *word)
{
	return words_have(scope, word, strlen(word));
}

/* ---- minting */

static enum err add(struct ctx *ctx, const struct granting *g, enum token_kind kind, const char *text,
	const char *scope, int64_t life)
{
	const struct ticket *t = &g->row.view;

	return token_add(ctx,
		&(struct token_new){ .kind = kind,
			.platform = t->platform,
			.account = t->account,
			.ticket = t->id,
			/* a login opens no certificate, whatever stands in its ticket */
			.instance = t->act == TICKET_LOGIN ? 0 : t->instance,
			.scope = scope,
			.text = text,
			.life = life });
}

/* The token is the SAD (CSC): it opens the values of its ticket and nothing else. */
static enum err mint_sad(struct ctx *ctx, struct granting *g)
{
	struct ticket_item *items;

	TRY(ticket_items_of(ctx, g->row.view.id, &items, &g->answer.count));
	TRY(add(ctx, g, TOKEN_SAD, g->access, g->row.view.scope, SAD_LIFE));
	g->answer.items = items;
	g->answer.seal_kind = g->row.view.seal_kind;
	g->answer.token_type = g->client->platform->csc1 ? "SAD" : "Bearer";
	g->answer.expires_in = SAD_LIFE / SECOND;
	return OK;
}

/* What was granted by an account that is locked or erased since gives nothing new. */
static enum err check_person(struct ctx *ctx, const struct granting *g)
{
	enum account_state state;

	TRY(store_one(ctx->store, "SELECT state FROM account WHERE id = $1", V(g->row.view.account), INTO(&state)));
	return state == ACCOUNT_OPEN ? OK : invalid_grant(ctx, "The account is closed");
}

static enum err mint(struct ctx *ctx, struct granting *g)
{
	const char *granted = g->row.view.scope;

	TRY(check_person(ctx, g));
	g->answer = (struct grant_answer){ .access_token = g->access,
		.scope = g->scope ? g->scope : granted,
		.token_type = "Bearer",
		.expires_in = ACCESS_LIFE / SECOND,
		.seal_kind = -1 };
	if (g->row.view.items)
		return mint_sad(ctx, g);
	TRY(add(ctx, g, TOKEN_ACCESS, g->access, g->answer.scope, ACCESS_LIFE));
	if (!has(granted, "offline_access") && !has(granted, "service"))
		return OK;
	g->answer.refresh_token = g->refresh;
	return add(ctx, g, TOKEN_REFRESH, g->refresh, granted, REFRESH_LIFE);
}

/* What a person took back between approval and exchange stays taken back (SET-2). */
static enum err check_consent(struct ctx *ctx, const struct granting *g)
{
	const struct ticket *t = &g->row.view;
	bool covers;

	TRY(consent_covers(ctx, t->account, t->platform, t->scope, &covers));
	return covers ? OK : invalid_grant(ctx, "The consent was revoked");
}

/* One transaction, then the ID token. */
static enum err grant(struct ctx *ctx, struct granting *g, ctx_body *body, struct grant_answer *out)
{
	g->access = ticket_random_word(ctx);
	g->refresh = ticket_random_word(ctx);
	TRY(ctx_transaction(ctx, body, g));
	*out = g->answer;
	if (!has(out->scope, "openid"))
		return OK;
	return id_token_make(ctx, g->client->keys,
		&(struct id_token){ .account = g->row.view.account,
			.platform = g->row.view.platform,
			.auth_time = g->row.view.decided,
			.client = g->client->platform->client,
			.nonce = g->from_refresh ? NULL : g->row.view.nonce,
			.access_token = g->access,
			.es256 = g->client->es256 },
		&out->id_token);
}

/* ---- authorization code */

/* RFC 7636 4.6. A verifier where no challenge was sent is a sign of a code from elsewhere (RFC 9700 4.8). */
static bool verifier_fits(struct ctx *ctx, const char *challenge, const char *verifier)
{
	unsigned char hash[HASH_LEN];
	size_t len = verifier ? strlen(verifier) : 0;

	if (!challenge || !verifier)
		return !challenge && !verifier;
	if (len < VERIFIER_LEAST || len > VERIFIER_MOST)
		return false;
	crypto_hash(HASH_SHA256, bytes_of_text(verifier), hash);
	return crypto_equal_text(challenge, base64url_encode(ctx->arena, BYTES_OF(hash)));
}

static enum err do_code(struct ctx *ctx, void *arg)
{
	struct granting *g = arg;
	int64_t id, ticket, made, used;
	enum err err;

	err = store_one(ctx->store, "SELECT id, ticket, made, used FROM auth_code WHERE code_hash = $1",
		V(vault_hash_text(ctx->vault, ctx->arena, "auth_code", g->presented)), INTO(&id), INTO(&ticket),
		INTO(&made), INTO(&used));
	if (err == ERR_NOT_FOUND)
		return invalid_grant(ctx, "The code is unknown");
	TRY(err);
	TRY(ticket_row_load(ctx, ticket, &g->row));
	if (g->row.view.platform != g->client->platform->id)
		return invalid_grant(ctx, "The code is unknown");
	if (used)
		return token_reused(ctx, g->row.view.platform, g->row.view.account, ticket);
	if (ctx->now >= made + CODE_LIFE)
		return invalid_grant(ctx, "The code is expired");
	if (!text_equal(g->redirect_uri, g->row.view.redirect_uri))
		return invalid_grant(ctx, "redirect_uri is not the one of the authorization request");
	if (!verifier_fits(ctx, g->row.view.challenge, g->verifier))
		return invalid_grant(ctx, "code_verifier does not fit");
	TRY(check_consent(ctx, g));
	TRY(store_change_one(
		ctx->store, "UPDATE auth_code SET used = $2 WHERE id = $1 AND used IS NULL", V(id), V(ctx->now)));
	return mint(ctx, g);
}

enum err token_by_code(struct ctx *ctx, const struct grant_client *client, const char *code, const char *redirect_uri,
	const char *verifier, struct grant_answer *out)
{
	struct granting g = { .client = client, .presented = code, .redirect_uri = redirect_uri, .verifier = verifier };

	return grant(ctx, &g, do_code, out);
}

/* ---- refresh token, rotated at each use */

static enum err do_refresh(struct ctx *ctx, void *arg)
{
	struct granting *g = arg;
	int64_t id, platform, ticket, expires, ended;
	const char *granted;
	enum err err;

	err = store_one(ctx->store,
		"SELECT id, platform, ticket, scope, expires, ended FROM token WHERE token_hash = $1 AND kind = $2",
		V(token_hash(ctx, g->presented)), V(TOKEN_REFRESH), INTO(&id), INTO(&platform), INTO(&ticket),
		INTO(&granted), INTO(&expires), INTO(&ended));
	if (err == ERR_NOT_FOUND || (err == OK && platform != g->client->platform->id))
		return invalid_grant(ctx, "The refresh token is unknown");
	TRY(err);
	TRY(ticket_row_load(ctx, ticket, &g->row));
	if (ended)
		return token_reused(ctx, platform, g->row.view.account, ticket);
	if (ctx->now >= expires)
		return invalid_grant(ctx, "The refresh token is expired");
	if (g->scope && !words_within(g->scope, granted))
		return token_refuse(ctx, ERR_INVALID, "invalid_scope", "The scope is wider than the one granted");
	TRY(store_change_one(
		ctx->store, "UPDATE token SET ended = $2 WHERE id = $1 AND ended IS NULL", V(id), V(ctx->now)));
	TRY(consent_used(ctx, g->row.view.account, platform));
	return mint(ctx, g);
}

enum err token_by_refresh(struct ctx *ctx, const struct grant_client *client, const char *token, const char *scope,
	struct grant_answer *out)
{
	struct granting g = { .client = client, .presented = token, .from_refresh = true };

	if (scope && *scope)
		g.scope = words_joined(ctx->arena, "", scope);
	return grant(ctx, &g, do_refresh, out);
}

/* ---- device grant */

/* Polls that come too early write nothing (RFC 8628 3.5). One from before the clock was set back says nothing. */
static enum err check_pace(struct ctx *ctx, const struct granting *g)
{
	int64_t polled = g->row.polled;

	if (polled && ctx->now < polled + POLL_INTERVAL && polled <= ctx->now + CLOCK_AHEAD)
		return token_refuse(ctx, ERR_LIMITED, "slow_down", "Polled before the interval was over");
	return OK;
}

static enum err still_pending(struct ctx *ctx, struct granting *g)
{
	if (g->row.view.state == TICKET_CLAIMED && g->row.shows_number)
		g->number = g->row.view.number;
	TRY(store_change(
		ctx->store, NULL, "UPDATE ticket SET polled = $2 WHERE id = $1", V(g->row.view.id), V(ctx->now)));
	(void)token_refuse(ctx, ERR_CONFLICT, "authorization_pending", "Not decided yet");
	return ctx_commit_though(ctx, ERR_CONFLICT);
}

static enum err load_device(struct ctx *ctx, struct granting *g)
{
	enum err err = ticket_row_by_device(ctx, g->presented, &g->row);

	if (err == ERR_NOT_FOUND || (err == OK && g->row.view.platform != g->client->platform->id))
		return invalid_grant(ctx, "The device code is unknown");
	return err;
}

static enum err do_device(struct ctx *ctx, void *arg)
{
	struct granting *g = arg;
	enum ticket_state to;

	g->number = -1;
	TRY(load_device(ctx, g));
	TRY(check_pace(ctx, g));
	switch (g->row.view.state) {
	case TICKET_WAITING:
	case TICKET_CLAIMED:
		return still_pending(ctx, g);
	case TICKET_REFUSED:
		return token_refuse(ctx, ERR_DENIED, "access_denied", "The request was refused");
	case TICKET_EXPIRED:
		return token_refuse(ctx, ERR_DENIED, "expired_token", "The device code is expired");
	default:
		break;
	}
	if (ticket_may(ctx, &g->row, EVENT_COLLECT, &to) != OK)
		return invalid_grant(ctx, "The device code was used");
	TRY(check_consent(ctx, g));
	TRY(store_change_one(ctx->store, "UPDATE ticket SET state = $2, collected = $3 WHERE id = $1 AND state = $4",
		V(g->row.view.id), V(to), V(ctx->now), V(g->row.stored)));
	return mint(ctx, g);
}

enum err token_by_device(struct ctx *ctx, const struct grant_client *client, const char *device_code, int *number,
	struct grant_answer *out)
{
	struct granting g = { .client = client, .presented = device_code };
	enum err err;

	*number = -1;
	TRY(load_device(ctx, &g));
	TRY(check_pace(ctx, &g));
	err = grant(ctx, &g, do_device, out);
	*number = g.number;
	return err;
}
