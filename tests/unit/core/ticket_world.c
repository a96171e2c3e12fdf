#include "base/file.h"
#include "base/text.h"
#include "core/ticket_row.h"
#include "tests/unit/core/ticket_world.h"

/* RSA keys take half a second: one set serves all tests of the process. */
static const struct api_keys *shared_keys(void)
{
	static struct api_keys *keys;
	static struct arena *arena;
	struct settings settings = { .data = test_folder() };
	const char *why = NULL;

	if (keys)
		return keys;
	arena = arena_new(false);
	assert_ok(api_keys_create(path_join(test_arena(), test_folder(), "keys/api")));
	if (api_keys_read(arena, &settings, &keys, &why) != OK)
		fail_msg("%s", why);
	return keys;
}

static void add_platform(struct ticket_world *t, bool is_public, struct platform *out)
{
	const struct platform_new new = { .name = "交易平台",
		.redirect_uris = REDIRECT "\nhttps://platform.example/other",
		.scopes = ALL_SCOPES,
		.takes_seals = "official",
		.is_public = is_public };
	const char *name, *secret;
	int64_t id;

	assert_ok(platform_add(as_cli(t->w), &new, &id, &name, &secret));
	assert_ok(platform_load(t->ctx, id, out));
}

static struct ticket_world *begin(const char *const *values)
{
	struct ticket_world *t = ARENA_NEW(test_arena(), struct ticket_world);

	t->p = pki_world_with(values);
	assert_ok(pin_set(zhang(t->p), &t->p->keys, PIN, PIN));
	t->w = t->p->w;
	t->ctx = &t->w->ctx;
	t->keys = shared_keys();
	add_platform(t, false, &t->platform);
	add_platform(t, true, &t->other);
	return t;
}

static void find_keys(struct ticket_world *t)
{
	t->instance = the_cert(t->p, t->cert).instance;
	t->sm2 = current_credential(t->p, t->cert, USE_SM2_SIGN);
	t->p256 = current_credential(t->p, t->cert, USE_THIRD_SIGN);
}

struct ticket_world *ticket_world_with(const char *const *values)
{
	struct ticket_world *t = begin(values);

	t->cert = installed(t->p);
	find_keys(t);
	return t;
}

struct ticket_world *ticket_world(void)
{
	return ticket_world_with(NULL);
}

struct ticket_world *seal_world(void)
{
	const struct seal_style style = seal_style_official();
	struct ticket_world *t = begin(NULL);

	t->cert = org_cert(t->p, &t->org);
	assert_ok(install(t->p, t->cert));
	run_ca_lane(t->p);
	find_keys(t);
	phone(t)->org = t->org;
	assert_ok(seal_make(t->ctx, SEAL_OFFICIAL, &style, 1, &t->seal));
	t->ctx->org = 0;
	return t;
}

void ticket_world_close(struct ticket_world *t)
{
	pki_close(t->p);
}

struct ctx *desktop(struct ticket_world *t)
{
	struct ctx *ctx = as(t->w, 0);

	ctx->device = 0;
	ctx->address = "203.0.113.7";
	ctx->agent = "Chrome，Windows";
	return ctx;
}

struct ctx *phone(struct ticket_world *t)
{
	struct ctx *ctx = zhang(t->p);

	ctx->address = "198.51.100.9";
	ctx->agent = "Safari，iPhone";
	return ctx;
}

struct ctx *client(struct ticket_world *t)
{
	struct ctx *ctx = desktop(t);

	ctx->actor = (struct actor){ .kind = ACTOR_CLIENT, .id = t->platform.id };
	return ctx;
}

struct ctx *tidy_lane(struct ticket_world *t)
{
	struct ctx *ctx = desktop(t);

	ctx->actor.kind = ACTOR_SYSTEM;
	return ctx;
}

const char *challenge(void)
{
	unsigned char hash[HASH_LEN];

	crypto_hash(HASH_SHA256, bytes_of_text(VERIFIER), hash);
	return base64url_encode(test_arena(), BYTES_OF(hash));
}

struct ticket_request login_request(struct ticket_world *t, const char *scope)
{
	return (struct ticket_request){ .way = TICKET_PAGE,
		.platform = t->platform.id,
		.redirect_uri = REDIRECT,
		.scope = scope,
		.state = "a state & more",
		.nonce = "n-1",
		.challenge = challenge(),
		.seal_kind = -1 };
}

struct ticket_request sign_request(struct ticket_world *t, size_t count)
{
	struct ticket_item *items = ARENA_ARRAY(test_arena(), struct ticket_item, count ? count : 1);
	struct ticket_request r = login_request(t, "credential");

	for (size_t i = 0; i < count; i++) {
		const char *text = arena_printf(test_arena(), "document %zu", i);
		unsigned char hash[HASH_LEN];

		crypto_hash(HASH_SHA256, bytes_of_text(text), hash);
		items[i] = (struct ticket_item){ .credential = i % 2 ? t->sm2 : t->p256,
			.hash = arena_bytes(test_arena(), hash, sizeof hash),
			.label = arena_printf(test_arena(), "文件 %zu.pdf", i / 2) };
	}
	r.items = items;
	r.count = count;
	return r;
}

int64_t asked(struct ticket_world *t, const struct ticket_request *request)
{
	const char *handle;
	int64_t id;

	assert_ok(ticket_ask(desktop(t), request, DESKTOP, &id, &handle));
	return id;
}

int64_t claimed(struct ticket_world *t, const struct ticket_request *request)
{
	int64_t id = asked(t, request), same;
	const char *url;

	assert_ok(ticket_link(t->ctx, id, &url));
	assert_ok(ticket_claim(phone(t), strrchr(url, '/') + 1, PHONE, &same));
	assert_int_equal(id, same);
	return id;
}

struct approval approval_of(struct ticket_world *t, int64_t ticket)
{
	struct ticket seen;

	assert_ok(ticket_watch(desktop(t), ticket, DESKTOP, &seen));
	return (struct approval){ .ticket = ticket,
		.pin = PIN,
		.visit = PHONE,
		.device_secret = t->p->secret,
		.number = seen.number,
		.instance = seen.act == TICKET_SERVICE ? t->instance : 0,
		.trust_platform = true };
}

enum err approve(struct ticket_world *t, const struct approval *approval)
{
	return ticket_approve(phone(t), &t->p->keys, approval);
}

int64_t approved(struct ticket_world *t, const struct ticket_request *request)
{
	int64_t id = claimed(t, request);
	struct approval approval = approval_of(t, id);

	assert_ok(approve(t, &approval));
	return id;
}

const char *collected(struct ticket_world *t, int64_t ticket)
{
	const char *location;

	assert_ok(token_collect(desktop(t), ticket, DESKTOP, &location));
	assert_true(text_starts(location, REDIRECT "&code="));
	return url_part(location, "code");
}

struct grant_client grant_client(struct ticket_world *t)
{
	return (struct grant_client){ .keys = t->keys, .platform = &t->platform };
}

struct grant_answer granted(struct ticket_world *t, const struct ticket_request *request)
{
	const char *code = collected(t, approved(t, request));
	struct grant_client by = grant_client(t);
	struct grant_answer answer;

	assert_ok(token_by_code(client(t), &by, code, REDIRECT, VERIFIER, &answer));
	return answer;
}

struct token the_token(struct ticket_world *t, const char *text)
{
	struct token token;

	assert_ok(token_find(client(t), text, &token));
	return token;
}

enum ticket_state state_of(struct ticket_world *t, int64_t ticket)
{
	enum ticket_state state;

	assert_ok(store_one(t->ctx->store, "SELECT state FROM ticket WHERE id = $1", V(ticket), INTO(&state)));
	return state;
}

const char *url_part(const char *url, const char *name)
{
	const char *at = strchr(url, '?');
	size_t len = strlen(name);

	while (at) {
		at++;
		if (!strncmp(at, name, len) && at[len] == '=')
			return arena_text_n(test_arena(), at + len + 1, strcspn(at + len + 1, "&"));
		at = strchr(at, '&');
	}
	return NULL;
}

void assert_refused(struct ticket_world *t, enum err want, enum err got, const char *code, const char *description)
{
	assert_err(want, got);
	assert_string_equal(code, t->ctx->fault.word ? t->ctx->fault.word : "");
	if (description)
		assert_string_equal(description, t->ctx->fault.detail ? t->ctx->fault.detail : "");
}

/* As many as the rows hold, whatever they are for. */
size_t values_kept(struct ticket_world *t)
{
	struct bytes list;
	struct rows rows;
	size_t count = 0;

	rows_open(t->ctx->store, &rows, "SELECT list FROM signature");
	while (rows_next(&rows, INTO(&list)))
		for (size_t at = 0; at + 2 < list.len; count++)
			at += 2 + ((size_t)list.data[at] << 8 | list.data[at + 1]);
	assert_ok(rows_close(&rows));
	return count;
}

struct bytes value_of(struct ticket_world *t, int64_t ticket, size_t place)
{
	struct ticket_value *values = ARENA_ARRAY(test_arena(), struct ticket_value, TICKET_ITEMS_MAX + 1);
	struct ticket_item *items;
	size_t count, before = 0;

	assert_ok(ticket_items_of(t->ctx, ticket, &items, &count));
	assert_true(place < count);
	for (size_t i = 0; i < place; i++)
		before += items[i].credential == items[place].credential;
	assert_ok(ticket_values_load(t->ctx, ticket, items[place].credential, values, &count));
	assert_true(before < count);
	assert_true(bytes_equal(values[before].hash, items[place].hash));
	return values[before].value;
}
