/* The authorization endpoint's parameters (API-1 to API-3). */
#include "base/buf.h"
#include "base/text.h"
#include "core/ticket_row.h"
#include "tests/unit/core/ticket_world.h"

enum { MOST = 24 };

/* A query; set replaces, add sends a name a second time. */
struct query {
	const char *names[MOST], *values[MOST];
	int count;
};

static void add(struct query *q, const char *name, const char *value)
{
	assert_true(q->count < MOST);
	q->names[q->count] = name;
	q->values[q->count++] = value;
}

static void set(struct query *q, const char *name, const char *value)
{
	for (int i = 0; i < q->count; i++)
		if (text_equal(q->names[i], name)) {
			q->values[i] = value;
			return;
		}
	add(q, name, value);
}

static const char *get(const void *arg, const char *name, bool *twice)
{
	const struct query *q = arg;
	const char *found = NULL;

	for (int i = 0; i < q->count; i++)
		if (text_equal(q->names[i], name)) {
			*twice |= found != NULL;
			found = found ? found : q->values[i];
		}
	return found;
}

static struct query login_query(struct ticket_world *t)
{
	struct query q = { .count = 0 };

	add(&q, "client_id", t->platform.client);
	add(&q, "redirect_uri", REDIRECT);
	add(&q, "response_type", "code");
	add(&q, "scope", "openid");
	add(&q, "state", "s");
	add(&q, "nonce", "n");
	add(&q, "code_challenge", challenge());
	add(&q, "code_challenge_method", "S256");
	return q;
}

static const char *encoded(size_t number, bool url)
{
	unsigned char hash[HASH_LEN];

	crypto_hash(HASH_SHA256, bytes_of_text(arena_printf(test_arena(), "document %zu", number)), hash);
	return url ? base64url_encode(test_arena(), BYTES_OF(hash)) : base64_encode(test_arena(), BYTES_OF(hash));
}

static const char *encoded_list(size_t count)
{
	struct buf list = buf_new(test_arena());

	for (size_t i = 0; i < count; i++)
		buf_printf(&list, "%s%s", i ? "," : "", encoded(i, true));
	return list.data;
}

static struct query plain_query(struct ticket_world *t, const char *hashes_name, size_t count)
{
	struct query q = login_query(t);

	set(&q, "scope", "credential");
	set(&q, "credentialID", arena_printf(test_arena(), "%lld", (long long)t->p256));
	set(&q, "numSignatures", arena_printf(test_arena(), "%zu", count));
	set(&q, hashes_name, encoded_list(count));
	return q;
}

/* One entry for each key, as an example platform sends it. */
static const char *details(struct ticket_world *t, const char *p256_rest, const char *sm2_rest)
{
	return arena_printf(test_arena(),
		"[{\"type\":\"credential\",\"credentialID\":\"%lld\",\"documentDigests\":[{\"hash\":\"%s\",\"label\":"
		"\"投标函.pdf\"}],\"hashAlgorithmOID\":\"2.16.840.1.101.3.4.2.1\"%s},"
		"{\"type\":\"credential\",\"credentialID\":\"%lld\",\"documentDigests\":[{\"hash\":\"%s\",\"label\":"
		"\"投标函.pdf\"}],\"hashAlgorithmOID\":\"1.2.156.10197.1.401\"%s}]",
		(long long)t->p256, encoded(0, false), p256_rest, (long long)t->sm2, encoded(1, false), sm2_rest);
}

static enum err go(struct ticket_world *t, const struct query *q, int64_t *ticket, const char **location)
{
	return authorize(desktop(t), &(struct authorize_source){ get, q }, DESKTOP, ticket, location);
}

static int64_t taken_query(struct ticket_world *t, const struct query *q)
{
	const char *location;
	int64_t ticket;

	assert_ok(go(t, q, &ticket, &location));
	if (!ticket)
		fail_msg("sent back: %s", location);
	return ticket;
}

static void assert_back(struct ticket_world *t, const struct query *q, const char *code, const char *description)
{
	const char *location = NULL;
	int64_t ticket = 0;

	assert_ok(go(t, q, &ticket, &location));
	assert_int_equal(0, ticket);
	assert_true(text_starts(location, REDIRECT "&error="));
	assert_string_equal(code, url_part(location, "error"));
	assert_string_equal("s", url_part(location, "state"));
	assert_string_equal("http%3A%2F%2Flocalhost%3A8080", url_part(location, "iss"));
	if (description)
		assert_string_equal(percent_encode(test_arena(), description), url_part(location, "error_description"));
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM ticket"));
}

static void assert_page(struct ticket_world *t, const struct query *q, const char *word)
{
	const char *location = NULL;
	int64_t ticket = 0;

	assert_refused(t, ERR_INVALID, go(t, q, &ticket, &location), word, NULL);
	assert_null(location);
	assert_int_equal(0, ticket);
}

TEST("API-1: a right request waits, bound to its browser")
{
	struct ticket_world *t = ticket_world();
	struct query q = login_query(t);
	int64_t ticket = taken_query(t, &q);
	struct ticket seen;

	assert_ok(ticket_watch(desktop(t), ticket, DESKTOP, &seen));
	assert_int_equal(TICKET_LOGIN, seen.act);
	assert_string_equal("n", seen.nonce);
	assert_string_equal("s", seen.client_state);
	ticket_world_close(t);
}

TEST("API-1: unknown client, foreign or doubled redirect URI: an error page, and nothing is redirected")
{
	struct ticket_world *t = ticket_world();
	struct query q = login_query(t);

	set(&q, "client_id", "nobody");
	assert_page(t, &q, "authorize-client");
	set(&q, "client_id", NULL);
	assert_page(t, &q, "authorize-client");
	q = login_query(t);
	set(&q, "redirect_uri", REDIRECT "1");
	assert_page(t, &q, "authorize-redirect");
	set(&q, "redirect_uri", "");
	assert_page(t, &q, "authorize-redirect");
	q = login_query(t);
	add(&q, "redirect_uri", "https://evil.example/");
	assert_page(t, &q, "authorize-client");
	world_tamper(t->w, "UPDATE platform SET state = 1");
	q = login_query(t);
	assert_page(t, &q, "authorize-client");
	ticket_world_close(t);
}

TEST("API-1: what else is wrong goes back with the standard's code, the state and iss")
{
	static const struct {
		const char *name, *value, *code;
	} wrong[] = { { "response_type", "token", "unsupported_response_type" },
		{ "response_type", NULL, "invalid_request" }, { "response_mode", "fragment", "invalid_request" },
		{ "scope", "openid everything", "invalid_scope" }, { "scope", NULL, "invalid_scope" },
		{ "code_challenge", NULL, "invalid_request" }, { "code_challenge", "short", "invalid_request" },
		{ "code_challenge_method", "plain", "invalid_request" },
		{ "code_challenge_method", NULL, "invalid_request" }, { "prompt", "none", "interaction_required" },
		{ "request", "e30.e30.", "request_not_supported" }, { "nonce", "a\nb", "invalid_request" } };
	struct ticket_world *t = ticket_world();

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct query q = login_query(t);

		set(&q, wrong[i].name, wrong[i].value);
		assert_back(t, &q, wrong[i].code, NULL);
	}
	ticket_world_close(t);
}

TEST("API-1: hints and wishes change nothing: whoever scans decides, and nobody is looked up")
{
	static const char *const wishes[][2] = { { "login_hint", "+8613800138000" }, { "id_token_hint", "x.y.z" },
		{ "prompt", "login consent" }, { "max_age", "99999" }, { "acr_values", "x" }, { "ui_locales", "en" },
		{ "claims", "{\"id_token\":{\"phone_number\":{\"essential\":true}}}" }, { "display", "popup" } };
	struct ticket_world *t = ticket_world();
	struct query plain = login_query(t), wishing = plain;
	struct ticket_row one, other;

	for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++)
		set(&wishing, wishes[i][0], wishes[i][1]);
	assert_ok(ticket_row_load(t->ctx, taken_query(t, &plain), &one));
	assert_ok(ticket_row_load(t->ctx, taken_query(t, &wishing), &other));
	assert_int_equal(0, other.view.account);
	assert_int_equal(one.view.act, other.view.act);
	assert_string_equal(one.view.scope, other.view.scope);
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM ticket WHERE state <> 1"));
	ticket_world_close(t);
}

TEST("API-1: a request object, by value or by an address of somebody's own, is not fetched and not believed")
{
	struct ticket_world *t = ticket_world();
	struct query by_value = login_query(t), by_address = by_value, posted = by_value;

	set(&by_value, "request", "eyJhbGciOiJub25lIn0.e30.");
	assert_back(t, &by_value, "request_not_supported", NULL);
	set(&by_address, "request_uri", "http://127.0.0.1:1/object");
	assert_page(t, &by_address, "authorize-handle");
	set(&posted, "response_mode", "form_post");
	assert_back(t, &posted, "invalid_request", NULL);
	ticket_world_close(t);
}

TEST("API-1: a parameter that is sent twice is refused")
{
	struct ticket_world *t = ticket_world();
	struct query q = login_query(t);

	add(&q, "scope", "openid phone");
	assert_back(t, &q, "invalid_request", "A parameter was sent more than once");
	ticket_world_close(t);
}

TEST("API-2: hashes by the names of v1 and of v2, in either alphabet")
{
	struct ticket_world *t = ticket_world();
	struct query q = plain_query(t, "hash", 3);
	struct ticket_item *items;
	int64_t ticket;
	size_t count;

	ticket = taken_query(t, &q);
	assert_ok(ticket_claim_here(phone(t), ticket, DESKTOP));
	assert_ok(ticket_items(phone(t), ticket, &items, &count));
	assert_int_equal(3, count);
	assert_string_equal(encoded(2, true), base64url_encode(test_arena(), items[2].hash));
	assert_string_equal(key_signature_oid(KEY_P256), items[2].sign_oid);
	q = plain_query(t, "hashes", 2);
	set(&q, "hashAlgorithmOID", key_hash_oid(KEY_P256));
	set(&q, "hashes", arena_printf(test_arena(), "%s,%s", encoded(0, false), encoded(1, true)));
	taken_query(t, &q);
	ticket_world_close(t);
}

TEST("API-2: credentialID, numSignatures and hash are missed and refused in the standard's own words")
{
	static const struct {
		const char *name, *value, *description;
	} wrong[] = { { "credentialID", NULL, "Missing (or invalid type) string parameter credentialID" },
		{ "credentialID", "abc", "Invalid parameter credentialID" },
		{ "credentialID", "17", "Invalid parameter credentialID" },
		{ "hash", NULL, "Missing (or invalid type) array parameter hash" },
		{ "hash", "a*b,", "Invalid Base64 hash string parameter" },
		{ "hash", "AAAA,AAAA", "Invalid digest value length" },
		{ "numSignatures", NULL, "Missing (or invalid type) integer parameter numSignatures" },
		{ "numSignatures", "0", "Invalid value for parameter numSignatures" },
		{ "numSignatures", "2x", "Invalid value for parameter numSignatures" },
		{ "numSignatures", "3", "Invalid value for parameter numSignatures" },
		{ "numSignatures", "1001", "Numbers of signatures is too high" },
		{ "seal_kind", "golden", "Invalid parameter seal_kind" },
		{ "hashAlgorithmOID", "1.2.3", "Invalid parameter hashAlgorithmOID" } };
	struct ticket_world *t = ticket_world();

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct query q = plain_query(t, "hash", 2);

		set(&q, wrong[i].name, wrong[i].value);
		assert_back(t, &q, "invalid_request", wrong[i].description);
	}
	ticket_world_close(t);
}

TEST("SCAN-6: authorization_details with two keys of one instance are one ticket, and a document's two hashes one "
     "document")
{
	struct ticket_world *t = seal_world();
	struct query q = login_query(t);
	struct ticket_item *items;
	struct ticket seen;
	int64_t ticket;
	size_t count;

	set(&q, "scope", NULL);
	set(&q, "authorization_details", details(t, ",\"seal_kind\":\"official\"", ""));
	ticket = taken_query(t, &q);
	assert_ok(ticket_claim_here(phone(t), ticket, DESKTOP));
	assert_ok(ticket_load(phone(t), ticket, DESKTOP, &seen));
	assert_int_equal(TICKET_SEAL, seen.act);
	assert_int_equal(t->seal, seen.seal);
	assert_int_equal(t->org, seen.org);
	assert_ok(ticket_items(phone(t), ticket, &items, &count));
	assert_int_equal(2, count);
	assert_int_equal(t->p256, items[0].credential);
	assert_int_equal(t->sm2, items[1].credential);
	assert_string_equal("投标函.pdf", items[0].label);
	assert_string_equal("投标函.pdf", items[1].label);
	ticket_world_close(t);
}

TEST("API-2: authorization_details that are no such thing are refused with their own code")
{
	struct ticket_world *t = ticket_world();
	static const char *const wrong[] = { "[", "{}", "[]", "[1]", "[{\"type\":\"payment\"}]",
		"[{\"type\":\"credential\"}]", "[{\"type\":\"credential\",\"credentialID\":5}]",
		"[{\"type\":\"credential\",\"credentialID\":\"5\"}]",
		"[{\"type\":\"credential\",\"credentialID\":\"5\",\"documentDigests\":[{}]}]",
		"[{\"type\":\"credential\",\"credentialID\":\"5\",\"documentDigests\":[{\"hash\":\"?\"}]}]" };
	struct query q;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		q = login_query(t);
		set(&q, "scope", NULL);
		set(&q, "authorization_details", wrong[i]);
		assert_back(t, &q, "invalid_authorization_details", NULL);
	}
	q = plain_query(t, "hash", 1);
	set(&q, "authorization_details", details(t, "", ""));
	assert_back(t, &q, "invalid_request", NULL);
	ticket_world_close(t);
}

TEST("API-2: an entry with a field that nobody defined, or of another type, is refused, not cut down to what is known")
{
	static const struct {
		const char *of_digest, *of_entry;
	} wrong[] = {
		{ "", ",\"signatureQualifier\":\"eu_eidas_qes\"" }, { "", ",\"hash\":\"\"" },
		{ "", ",\"seal_kind\":0" }, { "", ",\"signAlgo\":[]" }, { ",\"label\":7", "" },
		{ ",\"hashType\":\"sdr\"", "" }, { ",\"label\":\"投标函.pdf\"", "" }, /* right, and last */
	};
	struct ticket_world *t = ticket_world();
	struct query q = login_query(t);

	set(&q, "scope", NULL);
	for (size_t i = 0, last = sizeof wrong / sizeof *wrong - 1; i <= last; i++) {
		set(&q, "authorization_details",
			arena_printf(test_arena(),
				"[{\"type\":\"credential\",\"credentialID\":\"%lld\",\"documentDigests\":[{\"hash\":"
				"\"%s\"%s}],\"hashAlgorithmOID\":\"2.16.840.1.101.3.4.2.1\"%s}]",
				(long long)t->p256, encoded(0, false), wrong[i].of_digest, wrong[i].of_entry));
		if (i < last)
			assert_back(t, &q, "invalid_authorization_details", NULL);
		else
			assert_int_not_equal(0, taken_query(t, &q));
	}
	ticket_world_close(t);
}

TEST("SCAN-7: entries that ask for two kinds of seal are refused")
{
	struct ticket_world *t = seal_world();
	struct query q = login_query(t);

	world_tamper(t->w, "UPDATE platform SET takes_seals = 'official finance'");
	set(&q, "scope", "credential");
	set(&q, "authorization_details", details(t, ",\"seal_kind\":\"official\"", ",\"seal_kind\":\"finance\""));
	assert_back(t, &q, "invalid_request", "Invalid parameter seal_kind");
	ticket_world_close(t);
}

TEST("API-1: a pushed request is brought by its request_uri; a wrong or spent one is an error page")
{
	struct ticket_world *t = ticket_world();
	struct query q = login_query(t), brought = { .count = 0 };
	const char *handle, *location;
	int64_t ticket;

	assert_ok(authorize_push(client(t), &t->platform, &(struct authorize_source){ get, &q }, &handle));
	add(&brought, "client_id", t->platform.client);
	add(&brought, "request_uri", handle);
	assert_page(t, &brought, "authorize-handle");
	set(&brought, "request_uri", arena_printf(test_arena(), REQUEST_URI_PREFIX "%s", handle));
	taken_query(t, &brought);
	assert_refused(t, ERR_INVALID,
		authorize(desktop(t), &(struct authorize_source){ get, &brought }, PHONE, &ticket, &location),
		"authorize-handle", NULL);
	set(&q, "request_uri", REQUEST_URI_PREFIX "x");
	assert_refused(t, ERR_INVALID,
		authorize_push(client(t), &t->platform, &(struct authorize_source){ get, &q }, &handle),
		"invalid_request", NULL);
	ticket_world_close(t);
}

TEST("API-3: the device grant takes authorization_details as pushed requests do")
{
	struct ticket_world *t = ticket_world();
	struct query q = { .count = 0 };
	const char *code;
	int64_t ticket;

	add(&q, "authorization_details", details(t, "", ""));
	assert_refused(t, ERR_DENIED,
		authorize_device(client(t), &t->platform, &(struct authorize_source){ get, &q }, &ticket, &code),
		"unauthorized_client", NULL);
	world_tamper(t->w, "UPDATE platform SET shows_number = 1");
	assert_ok(authorize_device(client(t), &t->platform, &(struct authorize_source){ get, &q }, &ticket, &code));
	assert_int_equal(2, world_count(t->w, "SELECT items FROM ticket"));
	ticket_world_close(t);
}
