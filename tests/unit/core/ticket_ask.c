/* Asking: what a request may be (SCAN-6, SCAN-7, API-1, API-3). */
#include "base/text.h"
#include "tests/unit/core/ticket_world.h"

static enum err ask(struct ticket_world *t, const struct ticket_request *r)
{
	const char *handle;
	int64_t id;

	return ticket_ask(desktop(t), r, DESKTOP, &id, &handle);
}

static void assert_ask(
	struct ticket_world *t, const struct ticket_request *r, const char *code, const char *description)
{
	int64_t before = world_count(t->w, "SELECT count(*) FROM ticket");

	assert_refused(t, ERR_INVALID, ask(t, r), code, description);
	assert_int_equal(before, world_count(t->w, "SELECT count(*) FROM ticket"));
}

static void spoil(struct ticket_world *t, struct ticket_item item, const char *description)
{
	struct ticket_request r = sign_request(t, 2);

	memcpy((void *)&r.items[1], &item, sizeof item);
	assert_ask(t, &r, "invalid_request", description);
}

TEST("SCAN-6: 20 hashes come by URL and 21 do not; pushed, 1,000 come and 1,001 do not")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 20);

	assert_ok(ask(t, &r));
	r = sign_request(t, 21);
	assert_ask(t, &r, "invalid_request", "Numbers of signatures is too high");
	r.way = TICKET_PUSHED;
	assert_ok(ask(t, &r));
	r = sign_request(t, 1001);
	r.way = TICKET_PUSHED;
	assert_ask(t, &r, "invalid_request", "Numbers of signatures is too high");
	r.count = 1000;
	assert_ok(ask(t, &r));
	assert_int_equal(1041, world_count(t->w, "SELECT CAST(sum(items) AS BIGINT) FROM ticket"));
	assert_int_equal(3, world_count(t->w, "SELECT count(*) FROM ticket_items"));
	ticket_world_close(t);
}

TEST("SCAN-6: a hash has 32 bytes, not 31 or 33")
{
	struct ticket_world *t = ticket_world();
	struct ticket_item item = sign_request(t, 2).items[1];
	unsigned char octets[33] = { 1 };

	for (size_t len = 31; len <= 33; len += 2) {
		item.hash = (struct bytes){ octets, len };
		spoil(t, item, "Invalid digest value length");
	}
	item.hash = (struct bytes){ NULL, 0 };
	spoil(t, item, "Invalid digest value length");
	ticket_world_close(t);
}

TEST("API-2: hash and signature algorithm are those of the key, or left out")
{
	struct ticket_world *t = ticket_world();
	struct ticket_item item = sign_request(t, 2).items[1];
	struct ticket_request r = sign_request(t, 2);

	item.hash_oid = key_hash_oid(KEY_P256); /* the item's key is SM2 */
	spoil(t, item, "Invalid parameter hashAlgorithmOID");
	item.hash_oid = key_hash_oid(KEY_SM2);
	item.sign_oid = key_signature_oid(KEY_P256);
	spoil(t, item, "Invalid parameter signAlgo");
	item.sign_oid = key_signature_oid(KEY_SM2);
	memcpy((void *)&r.items[1], &item, sizeof item);
	assert_ok(ask(t, &r));
	ticket_world_close(t);
}

TEST("API-2: unknown, encryption, revoked and another instance's credentials are all told alike")
{
	struct ticket_world *t = ticket_world();
	struct ticket_item item = sign_request(t, 2).items[1];
	struct ticket_request r = sign_request(t, 2);
	int64_t second = installed(t->p);

	item.credential = 17;
	spoil(t, item, "Invalid parameter credentialID");
	item.credential = current_credential(t->p, t->cert, USE_SM2_ENCRYPT);
	spoil(t, item, "Invalid parameter credentialID");
	item.credential = current_credential(t->p, second, USE_SM2_SIGN);
	spoil(t, item, "Invalid parameter credentialID");
	assert_ok(ask(t, &r));
	assert_ok(cert_revoke(phone(t), t->cert, 1));
	assert_ask(t, &r, "invalid_request", "Invalid parameter credentialID");
	ticket_world_close(t);
}

TEST("API-2: it does not matter which of the person's browsers brings the request")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	const char *handle;
	int64_t id;

	another_browser(t->p);
	assert_ok(ticket_ask(phone(t), &r, DESKTOP, &id, &handle));
	ticket_world_close(t);
}

TEST("SCAN-6: a document's name is one plain line of at most 200 characters")
{
	struct ticket_world *t = ticket_world();
	struct ticket_item item = sign_request(t, 2).items[1];
	char long_name[202] = { 0 };

	memset(long_name, 'x', 201);
	item.label = long_name;
	spoil(t, item, "Invalid parameter label");
	item.label = "\xe2\x80\xae"
		     "fdp.exe";
	spoil(t, item, "Invalid parameter label");
	item.label = "a\nb";
	spoil(t, item, "Invalid parameter label");
	ticket_world_close(t);
}

TEST("API-1: a redirect URI off by one character, before or behind, is refused")
{
	struct ticket_world *t = ticket_world();
	static const char *const wrong[] = { REDIRECT "1", "https://platform.example/cb?from=yinxi",
		"https://platform.example/cB?from=yinxin", "https://platform.example/cb?from=yinxin/", NULL };

	for (const char *const *uri = wrong; *uri; uri++) {
		struct ticket_request r = login_request(t, "openid");

		r.redirect_uri = *uri;
		assert_ask(t, &r, "invalid_request", "Invalid parameter redirect_uri");
	}
	ticket_world_close(t);
}

TEST("API-1: PKCE is asked for, but of a confidential CSC v1 platform")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");

	r.challenge = NULL;
	assert_ask(t, &r, "invalid_request", "Missing (or invalid type) string parameter code_challenge");
	world_tamper(t->w, "UPDATE platform SET csc1 = 1");
	assert_ok(ask(t, &r));
	r.platform = t->other.id; /* public */
	assert_ask(t, &r, "invalid_request", "Missing (or invalid type) string parameter code_challenge");
	r.challenge = "not 43 characters";
	assert_ask(t, &r, "invalid_request", "Invalid parameter code_challenge");
	ticket_world_close(t);
}

TEST("API-1: scopes beyond the platform's, unknown ones, and hashes without their scope are refused")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid everything");

	assert_ask(t, &r, "invalid_scope", NULL);
	r.scope = "profile";
	assert_ask(t, &r, "invalid_scope", NULL);
	r.scope = "";
	assert_ask(t, &r, "invalid_scope", NULL);
	r.scope = "openid credential";
	assert_ask(t, &r, "invalid_scope", NULL);
	r.scope = "credential";
	assert_ask(t, &r, "invalid_request", "Empty hash array");
	r = sign_request(t, 2);
	r.scope = "openid";
	assert_ask(t, &r, "invalid_scope", NULL);
	world_tamper(t->w, "UPDATE platform SET scopes = 'openid'");
	r = login_request(t, "openid phone");
	assert_ask(t, &r, "invalid_scope", NULL);
	ticket_world_close(t);
}

TEST("SCAN-7: a seal is asked for with an org's credential and of a kind that the platform takes")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);

	r.seal_kind = SEAL_OFFICIAL;
	assert_ask(t, &r, "invalid_request", "Invalid parameter seal_kind: the credential is not an organization's");
	r.seal_kind = SEAL_FINANCE;
	assert_ask(t, &r, "invalid_request", "Invalid parameter seal_kind");
	r = login_request(t, "openid");
	r.seal_kind = SEAL_OFFICIAL;
	assert_ask(t, &r, "invalid_request", "Invalid parameter seal_kind");
	ticket_world_close(t);
	t = seal_world();
	r = sign_request(t, 2);
	r.seal_kind = SEAL_OFFICIAL;
	assert_ok(ask(t, &r));
	ticket_world_close(t);
}

TEST("API-3: by device grant a platform gets signatures only if it shows match_number")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);

	r.way = TICKET_DEVICE;
	assert_refused(t, ERR_DENIED, ask(t, &r), "unauthorized_client", NULL);
	world_tamper(t->w, "UPDATE platform SET shows_number = 1");
	assert_ok(ask(t, &r));
	ticket_world_close(t);
}

TEST("SCAN-3: two-digit numbers, three different ones, in an order that stays and is not always the same")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int first[3] = { 0 };

	for (int i = 0; i < 60; i++) {
		int64_t id = claimed(t, &r);
		struct ticket seen, again, watched;

		assert_ok(ticket_load(phone(t), id, PHONE, &seen));
		assert_ok(ticket_load(phone(t), id, PHONE, &again));
		assert_ok(ticket_watch(desktop(t), id, DESKTOP, &watched));
		assert_memory_equal(seen.choices, again.choices, sizeof seen.choices);
		assert_int_equal(0, seen.number);
		for (int c = 0; c < 3; c++) {
			assert_in_range(seen.choices[c], 10, 99);
			assert_int_not_equal(seen.choices[c], seen.choices[(c + 1) % 3]);
			first[c] += seen.choices[c] == watched.number;
		}
	}
	assert_int_equal(60, first[0] + first[1] + first[2]);
	assert_true(first[0] && first[1] && first[2]);
	ticket_world_close(t);
}

TEST("API-1: a pushed request is brought once, by one browser, for its own client")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	const char *handle;
	int64_t id, same;

	r.way = TICKET_PUSHED;
	assert_ok(ticket_ask(client(t), &r, NULL, &id, &handle));
	assert_err(ERR_NOT_FOUND, ticket_present(desktop(t), "guess", t->platform.client, DESKTOP, &same));
	assert_err(ERR_NOT_FOUND, ticket_present(desktop(t), handle, t->other.client, DESKTOP, &same));
	assert_ok(ticket_present(desktop(t), handle, t->platform.client, DESKTOP, &same));
	assert_int_equal(id, same);
	assert_ok(ticket_present(desktop(t), handle, t->platform.client, DESKTOP, &same)); /* loaded again */
	assert_err(ERR_CONFLICT, ticket_present(desktop(t), handle, t->platform.client, PHONE, &same));
	assert_ok(ticket_ask(client(t), &r, NULL, &id, &handle));
	world_pass(t->w, TICKET_LIFE);
	assert_err(ERR_CONFLICT, ticket_present(desktop(t), handle, t->platform.client, DESKTOP, &same));
	ticket_world_close(t);
}
