/* Trading platforms as OAuth clients (PLAT-4, API-1). */
#include "core/platform.h"
#include "base/id.h"
#include "base/text.h"
#include "core/oplog.h"

enum { CLIENT_OCTETS = 12, SECRET_OCTETS = 32, NAME_MOST = 60, URI_MOST = 2000 };

static const char scopes_known[] = "openid profile phone orgs offline_access service credential";
static const char seals_known[] = "official finance contract legal_rep";

bool platform_scope_allowed(const struct platform *platform, const char *scopes)
{
	return words_within(scopes, platform->scopes);
}

bool platform_takes_seal(const struct platform *platform, const char *kind)
{
	return words_have(platform->takes_seals, kind, strlen(kind));
}

/* ---- redirect URIs */

bool platform_redirect_allowed(const struct platform *platform, const char *uri)
{
	const char *line = platform->redirect_uris;
	size_t want = strlen(uri);

	if (strchr(uri, '\n') || !want)
		return false;
	while (*line) {
		size_t len = strcspn(line, "\n");

		if (len == want && !memcmp(line, uri, len))
			return true;
		line += len;
		line += *line == '\n';
	}
	return false;
}

static bool after_host(char c)
{
	return !c || c == ':' || c == '/';
}

/* https anywhere, http on this machine alone; no fragment (RFC 6749 3.1.2), nothing but printable ASCII. */
static bool redirect_fits(const char *uri, size_t len)
{
	static const char *const local[] = { "http://127.0.0.1", "http://localhost", "http://[::1]" };
	bool fits = len > 8 && !memcmp(uri, "https://", 8) && uri[8] != '/';

	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		if (!strncmp(uri, local[i], strlen(local[i])) && after_host(uri[strlen(local[i])]))
			fits = true;
	for (size_t i = 0; i < len; i++)
		if (uri[i] <= ' ' || uri[i] > '~' || uri[i] == '#')
			return false;
	return fits && len <= URI_MOST;
}

static bool redirects_fit(const char *uris)
{
	if (!*uris)
		return false;
	while (*uris) {
		size_t len = strcspn(uris, "\n");

		if (!redirect_fits(uris, len))
			return false;
		uris += len;
		uris += *uris == '\n';
	}
	return true;
}

/* ---- reading */

#define PLATFORM_COLUMNS                                                                                               \
	"id, client, name, redirect_uris, scopes, takes_seals, secret_hash IS NOT NULL, csc1, shows_number, state, "   \
	"made"
#define INTO_PLATFORM(p)                                                                                               \
	INTO(&(p)->id), INTO(&(p)->client), INTO(&(p)->name), INTO(&(p)->redirect_uris), INTO(&(p)->scopes),           \
		INTO(&(p)->takes_seals), INTO(&(p)->confidential), INTO(&(p)->csc1), INTO(&(p)->shows_number),         \
		INTO(&(p)->state), INTO(&(p)->made)

enum err platform_load(struct ctx *ctx, int64_t id, struct platform *out)
{
	return store_one(
		ctx->store, "SELECT " PLATFORM_COLUMNS " FROM platform WHERE id = $1", V(id), INTO_PLATFORM(out));
}

enum err platform_by_client(struct ctx *ctx, const char *client, struct platform *out)
{
	return store_one(ctx->store, "SELECT " PLATFORM_COLUMNS " FROM platform WHERE client = $1 AND state = $2",
		V(client), V(PLATFORM_OPEN), INTO_PLATFORM(out));
}

static struct bytes secret_hash(struct ctx *ctx, const char *client, const char *secret)
{
	return vault_hash_text(
		ctx->vault, ctx->arena, "platform.secret", arena_printf(ctx->arena, "%s|%s", client, secret));
}

enum err platform_authenticate(struct ctx *ctx, const char *client, const char *secret, struct platform *out)
{
	struct bytes stored, given;
	enum err err = client ? platform_by_client(ctx, client, out) : ERR_NOT_FOUND;

	if (err != OK)
		return err == ERR_NOT_FOUND ? ERR_DENIED : err;
	if (!out->confidential)
		return OK;
	if (!secret)
		return ERR_DENIED;
	TRY(store_one(ctx->store, "SELECT secret_hash FROM platform WHERE id = $1", V(out->id), INTO(&stored)));
	given = secret_hash(ctx, client, secret);
	return stored.len == given.len && crypto_equal(stored.data, given.data, given.len) ? OK : ERR_DENIED;
}

/* ---- registering (an operator, PLAT-4) */

struct adding {
	const struct platform_new *new;
	int64_t id;
	const char *client, *secret;
};

static enum err do_add(struct ctx *ctx, void *arg)
{
	const struct adding *a = arg;
	struct bytes hash = { NULL, 0 };

	if (a->secret)
		hash = secret_hash(ctx, a->client, a->secret);
	TRY(store_add(ctx->store,
		"INSERT INTO platform (id, client, secret_hash, name, redirect_uris, scopes, csc1, shows_number, "
		"takes_seals, "
		"state, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		V(a->id), V(a->client), V(hash), V(a->new->name), V(a->new->redirect_uris), V(a->new->scopes),
		V(a->new->csc1), V(a->new->shows_number), V(a->new->takes_seals), V(PLATFORM_OPEN), V(ctx->now)));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_PLATFORM_ADD,
			.object_kind = OBJECT_PLATFORM,
			.object = a->id,
			.platform = a->id });
}

static enum err check_new(struct ctx *ctx, const struct platform_new *new)
{
	if (!*new->name || utf8_count(new->name) > NAME_MOST || !text_is_plain(new->name))
		return fault(ctx, ERR_INVALID, "name", "platform-name");
	if (!redirects_fit(new->redirect_uris))
		return fault(ctx, ERR_INVALID, "redirect_uris", "platform-redirect");
	if (!*new->scopes || !words_within(new->scopes, scopes_known))
		return fault(ctx, ERR_INVALID, "scopes", "platform-scopes");
	if (!words_within(new->takes_seals, seals_known))
		return fault(ctx, ERR_INVALID, "takes_seals", "platform-seals");
	return OK;
}

static const char *random_word(struct ctx *ctx, size_t octets)
{
	unsigned char raw[SECRET_OCTETS];
	const char *word;

	crypto_random(raw, octets);
	word = base64url_encode(ctx->arena, (struct bytes){ raw, octets });
	crypto_wipe(raw, sizeof raw);
	return word;
}

enum err platform_add(
	struct ctx *ctx, const struct platform_new *new, int64_t *id, const char **client, const char **secret)
{
	struct adding a = { .new = new };

	if (ctx->actor.kind != ACTOR_CLI)
		return fault(ctx, ERR_DENIED, NULL, "operator-only");
	TRY(check_new(ctx, new));
	a.id = id_new(ctx->now);
	a.client = random_word(ctx, CLIENT_OCTETS);
	a.secret = new->is_public ? NULL : random_word(ctx, SECRET_OCTETS);
	TRY(ctx_transaction(ctx, do_add, &a));
	*id = a.id;
	*client = a.client;
	*secret = a.secret;
	return OK;
}
