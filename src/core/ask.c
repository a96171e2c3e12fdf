/* Asking: a request by authorize, pushed or by device grant becomes a ticket (SCAN-1, API-1 to API-3). */
#include "base/id.h"
#include "base/text.h"
#include "core/ask_items.h"

enum { WORD_OCTETS = 32, SCOPE_MOST = 200, STATE_MOST = 1024, NONCE_MOST = 512, CHALLENGE_LEN = 43 };

const char *ticket_random_word(struct ctx *ctx)
{
	unsigned char raw[WORD_OCTETS];
	const char *word;

	crypto_random(raw, sizeof raw);
	word = base64url_encode(ctx->arena, BYTES_OF(raw));
	crypto_wipe(raw, sizeof raw);
	return word;
}

struct making {
	const struct ticket_request *request;
	struct platform platform;
	struct asked asked;
	enum ticket_act act;
	int64_t id;
	const char *visit, *handle, *scope;
	struct bytes secret, digest;
	int numbers[3];
};

/* ---- form and authority */

static bool is_act(const char *scope, const char *word)
{
	return words_have(scope, word, strlen(word));
}

/* Items are signed with a SAD alone, so their scope stands alone. */
static enum err find_act(struct ctx *ctx, struct making *m)
{
	bool signs = text_equal(m->scope, "credential");

	if (!*m->scope || strlen(m->scope) > SCOPE_MOST || !platform_scope_allowed(&m->platform, m->scope) ||
		(!signs && is_act(m->scope, "credential")))
		return ask_refuse(ctx, ERR_INVALID, "invalid_scope", "The scope is not allowed for this client");
	if (signs != (m->request->count > 0))
		return ask_refuse(ctx, ERR_INVALID, signs ? "invalid_request" : "invalid_scope",
			signs ? "Empty hash array" : "Hashes need the scope credential");
	if (signs)
		m->act = m->request->seal_kind >= 0 ? TICKET_SEAL : TICKET_SIGN;
	else if (is_act(m->scope, "service"))
		m->act = TICKET_SERVICE;
	else if (is_act(m->scope, "openid"))
		m->act = TICKET_LOGIN;
	else
		return ask_refuse(ctx, ERR_INVALID, "invalid_scope", "The scope needs openid, service or credential");
	return OK;
}

static bool is_challenge(struct ctx *ctx, const char *challenge)
{
	struct bytes raw;

	return strlen(challenge) == CHALLENGE_LEN && base64url_decode(ctx->arena, challenge, &raw);
}

/* CSC v1 clients know no PKCE; only where a secret proves who fetches the token may it be missing. */
static bool may_waive_pkce(const struct platform *platform)
{
	return platform->csc1 && platform->confidential;
}

static bool fits(const char *text, size_t most)
{
	return !text || (strlen(text) <= most && text_is_plain(text));
}

static enum err check_browser_way(struct ctx *ctx, const struct making *m)
{
	const struct ticket_request *r = m->request;

	if (!r->redirect_uri || !platform_redirect_allowed(&m->platform, r->redirect_uri))
		return ask_refuse(ctx, ERR_INVALID, "invalid_request", "Invalid parameter redirect_uri");
	if (!fits(r->state, STATE_MOST))
		return ask_refuse(ctx, ERR_INVALID, "invalid_request", "Invalid parameter state");
	if (!fits(r->nonce, NONCE_MOST))
		return ask_refuse(ctx, ERR_INVALID, "invalid_request", "Invalid parameter nonce");
	if (!r->challenge && !may_waive_pkce(&m->platform))
		return ask_refuse(ctx, ERR_INVALID, "invalid_request",
			"Missing (or invalid type) string parameter code_challenge");
	if (r->challenge && !is_challenge(ctx, r->challenge))
		return ask_refuse(ctx, ERR_INVALID, "invalid_request", "Invalid parameter code_challenge");
	return OK;
}

/* Without the number beside the code, whoever relays it is not found out: such a platform gets no signatures (API-3).
 */
static enum err check_device_way(struct ctx *ctx, const struct making *m)
{
	if (m->request->count && !m->platform.shows_number)
		return ask_refuse(ctx, ERR_DENIED, "unauthorized_client",
			"Signatures by device grant need a client that shows match_number");
	return OK;
}

static enum err check(struct ctx *ctx, void *arg)
{
	struct making *m = arg;

	if (platform_load(ctx, m->request->platform, &m->platform) != OK || m->platform.state != PLATFORM_OPEN)
		return ask_refuse(ctx, ERR_DENIED, "unauthorized_client", "Unknown client");
	if (m->request->way == TICKET_PAGE && !m->visit)
		return ERR_BROKEN;
	TRY(m->request->way == TICKET_DEVICE ? check_device_way(ctx, m) : check_browser_way(ctx, m));
	TRY(find_act(ctx, m));
	return ask_items_check(ctx, &m->platform, m->request, &m->asked);
}

/* ---- storing */

/* Three different numbers from 10 to 99. */
static void draw_numbers(int numbers[3])
{
	for (int i = 0; i < 3; i++) {
		numbers[i] = 10 + (int)crypto_random_below(90);
		for (int before = 0; before < i; before++)
			if (numbers[before] == numbers[i])
				i--;
	}
}

/* 0 stands for "none" outside the database. */
static struct bind id_or_null(int64_t id)
{
	return id ? V(id) : V_NULL;
}

static struct bytes asked_mac(struct ctx *ctx, const struct making *m)
{
	const struct ticket_request *r = m->request;
	const struct ticket_row row = { .view = { .id = m->id,
						.platform = m->platform.id,
						.items = (int64_t)m->asked.count,
						.way = r->way,
						.act = m->act,
						.seal_kind = r->seal_kind,
						.number = m->numbers[0],
						.redirect_uri = r->redirect_uri,
						.scope = m->scope,
						.nonce = r->nonce,
						.challenge = r->challenge },
		.digest = m->digest };

	return ticket_asked_mac(ctx, &row);
}

static enum err do_ask(struct ctx *ctx, void *arg)
{
	const struct making *m = arg;
	const struct ticket_request *r = m->request;
	static const struct bytes none = { NULL, 0 };
	/* a pushed request comes from the platform's server; who asks is known when a browser brings it */
	const char *address = r->way == TICKET_PUSHED ? NULL : ctx->address;

	TRY(store_add(ctx->store,
		"INSERT INTO ticket (id, way, act, state, platform, redirect_uri, scope, client_state, nonce, "
		"challenge, items, digest, asked_mac, seal_kind, secret, pushed_hash, device_hash, bound, address_box, "
		"agent, "
		"number, decoy_a, decoy_b, org, instance, made, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
		"$10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)",
		V(m->id), V(r->way), V(m->act), V(r->way == TICKET_PUSHED ? TICKET_REQUESTED : TICKET_WAITING),
		V(m->platform.id), V(r->redirect_uri), V(m->scope), V(r->state), V(r->nonce), V(r->challenge),
		V((int64_t)m->asked.count), V(m->digest), V(asked_mac(ctx, m)),
		r->seal_kind < 0 ? V_NULL : V(r->seal_kind), V(m->secret),
		V(r->way == TICKET_PUSHED ? ticket_pushed_hash(ctx, m->handle) : none),
		V(r->way == TICKET_DEVICE ? ticket_device_hash(ctx, m->handle) : none),
		V(r->way == TICKET_PAGE ? ticket_visit_hash(ctx, m->visit) : none),
		V(vault_seal_text(ctx->vault, ctx->arena, AT("ticket", "address_box", m->id), address)),
		V(r->way == TICKET_PUSHED ? NULL : ctx->agent), V(m->numbers[0]), V(m->numbers[1]), V(m->numbers[2]),
		id_or_null(m->asked.org), id_or_null(m->asked.instance), V(ctx->now), V(ctx->now + TICKET_LIFE)));
	TRY(ticket_due_add(ctx, m->id, ctx->now + TICKET_LIFE));
	return m->asked.count ? ticket_items_store(ctx, m->id, m->asked.items, m->asked.count) : OK;
}

enum err ticket_ask(
	struct ctx *ctx, const struct ticket_request *request, const char *visit, int64_t *id, const char **handle)
{
	struct making m = { .request = request, .visit = visit };
	unsigned char secret[WORD_OCTETS];

	m.scope = words_joined(ctx->arena, "", request->scope ? request->scope : "");
	TRY(ctx_reading(ctx, check, &m));
	crypto_random(secret, sizeof secret);
	m.secret = BYTES_OF(secret);
	m.handle = ticket_random_word(ctx);
	m.id = id_new(ctx->now);
	if (m.asked.count)
		m.digest = ticket_digest(ctx->arena, m.asked.items, m.asked.count);
	draw_numbers(m.numbers);
	TRY(ctx_transaction(ctx, do_ask, &m));
	*id = m.id;
	*handle = request->way == TICKET_PAGE ? NULL : m.handle;
	return OK;
}

/* ---- a browser brings a pushed request */

struct presenting {
	const char *handle, *client, *visit;
	int64_t id;
};

static enum err do_present(struct ctx *ctx, void *arg)
{
	struct presenting *p = arg;
	struct platform platform;
	struct ticket_row row;
	enum ticket_state to;

	TRY(store_one(ctx->store, "SELECT id FROM ticket WHERE pushed_hash = $1", V(ticket_pushed_hash(ctx, p->handle)),
		INTO(&p->id)));
	TRY(ticket_row_load(ctx, p->id, &row));
	TRY(platform_load(ctx, row.view.platform, &platform));
	if (!text_equal(platform.client, p->client))
		return ERR_NOT_FOUND;
	/* the same browser loading the page again has it already */
	if (row.stored != TICKET_REQUESTED && ticket_is_bound(ctx, &row, p->visit))
		return OK;
	TRY(ticket_may(ctx, &row, EVENT_PRESENT, &to));
	return store_change_one(ctx->store,
		"UPDATE ticket SET state = $2, bound = $3, address_box = $4, agent = $5 WHERE id = $1 AND state = $6",
		V(p->id), V(to), V(ticket_visit_hash(ctx, p->visit)),
		V(vault_seal_text(ctx->vault, ctx->arena, AT("ticket", "address_box", p->id), ctx->address)),
		V(ctx->agent), V(row.stored));
}

enum err ticket_present(struct ctx *ctx, const char *handle, const char *client, const char *visit, int64_t *id)
{
	struct presenting p = { handle, client, visit, 0 };

	TRY(ctx_transaction(ctx, do_present, &p));
	*id = p.id;
	return OK;
}
