/* Codes, tokens, claims (API-1). */
#include <cjose/cjose.h>
#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"
#include "core/consent.h"
#include "tests/unit/core/ticket_world.h"

static enum err by_code(struct ticket_world *t, const char *code, const char *redirect, const char *verifier)
{
	struct grant_client by = grant_client(t);
	struct grant_answer answer;

	return token_by_code(client(t), &by, code, redirect, verifier, &answer);
}

static enum err by_refresh(struct ticket_world *t, const char *token, const char *scope, struct grant_answer *out)
{
	struct grant_client by = grant_client(t);

	return token_by_refresh(client(t), &by, token, scope, out);
}

static bool lives(struct ticket_world *t, const char *text)
{
	struct token token;

	return token_find(client(t), text, &token) == OK;
}

/* ---- collecting */

TEST("SCAN-2: the browser that asked collects, once; state and iss come back")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);
	const char *location;

	assert_err(ERR_CONFLICT, token_collect(desktop(t), id, DESKTOP, &location));
	assert_string_equal("ticket-not-yet", t->ctx->fault.word);
	assert_ok(approve(t, &a));
	assert_err(ERR_NOT_FOUND, token_collect(desktop(t), id, PHONE, &location));
	assert_err(ERR_NOT_FOUND, token_collect(desktop(t), id, NULL, &location));
	assert_ok(token_collect(desktop(t), id, DESKTOP, &location));
	assert_string_equal("a%20state%20%26%20more", url_part(location, "state"));
	assert_string_equal("http%3A%2F%2Flocalhost%3A8080", url_part(location, "iss"));
	assert_int_equal(0,
		world_count(t->w,
			arena_printf(test_arena(), "SELECT count(*) FROM auth_code WHERE code_hash = '%s'",
				url_part(location, "code"))));
	assert_err(ERR_CONFLICT, token_collect(desktop(t), id, DESKTOP, &location));
	ticket_world_close(t);
}

TEST("SCAN-2: what was refused goes back as access_denied with its state")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	int64_t id = claimed(t, &r);
	const char *location;

	assert_ok(ticket_refuse(phone(t), id));
	assert_ok(token_collect(desktop(t), id, DESKTOP, &location));
	assert_string_equal(REDIRECT
		"&error=access_denied&state=a%20state%20%26%20more&iss=http%3A%2F%2Flocalhost%3A8080",
		location);
	ticket_world_close(t);
}

/* ---- codes */

TEST("API-1: a code is good for 60 seconds and not a moment longer")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	const char *early = collected(t, approved(t, &r)), *late = collected(t, approved(t, &r));

	world_pass(t->w, CODE_LIFE - 1);
	assert_ok(by_code(t, early, REDIRECT, VERIFIER));
	world_pass(t->w, 1);
	assert_refused(t, ERR_DENIED, by_code(t, late, REDIRECT, VERIFIER), "invalid_grant", "The code is expired");
	ticket_world_close(t);
}

TEST("API-1: a code used twice ends all that came of the first use, and stands in the log")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid offline_access");
	const char *code = collected(t, approved(t, &r));
	struct grant_client by = grant_client(t);
	struct grant_answer answer;

	assert_ok(token_by_code(client(t), &by, code, REDIRECT, VERIFIER, &answer));
	assert_true(lives(t, answer.access_token));
	assert_refused(t, ERR_DENIED, by_code(t, code, REDIRECT, VERIFIER), "invalid_grant", NULL);
	assert_false(lives(t, answer.access_token));
	assert_false(lives(t, answer.refresh_token));
	assert_refused(t, ERR_DENIED, by_code(t, code, REDIRECT, VERIFIER), "invalid_grant", NULL);
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 71"));
	ticket_world_close(t);
}

TEST("API-1: another client, another redirect URI or a verifier that does not fit get nothing and spoil nothing")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	const char *code = collected(t, approved(t, &r));
	static const char *const verifiers[] = { NULL, "", "verifier-0123456789-0123456789-0123456789-02",
		"verifier-0123456789-0123456789-0123456789-0", VERIFIER "1" };
	struct platform own = t->platform;

	t->platform = t->other;
	assert_refused(t, ERR_DENIED, by_code(t, code, REDIRECT, VERIFIER), "invalid_grant", "The code is unknown");
	t->platform = own;
	assert_refused(t, ERR_DENIED, by_code(t, code, REDIRECT "1", VERIFIER), "invalid_grant", NULL);
	assert_refused(t, ERR_DENIED, by_code(t, code, NULL, VERIFIER), "invalid_grant", NULL);
	assert_refused(t, ERR_DENIED, by_code(t, "guess", REDIRECT, VERIFIER), "invalid_grant", NULL);
	for (size_t i = 0; i < sizeof verifiers / sizeof *verifiers; i++)
		assert_refused(t, ERR_DENIED, by_code(t, code, REDIRECT, verifiers[i]), "invalid_grant",
			"code_verifier does not fit");
	assert_ok(by_code(t, code, REDIRECT, VERIFIER));
	ticket_world_close(t);
}

TEST("API-1: a verifier has 43 to 128 characters, even where a shorter or longer one would fit its challenge")
{
	struct ticket_world *t = ticket_world();
	static const size_t lengths[] = { 42, 43, 128, 129 };

	for (size_t i = 0; i < 4; i++) {
		struct ticket_request r = login_request(t, "openid");
		char verifier[130] = { 0 };
		unsigned char hash[HASH_LEN];
		const char *code;

		memset(verifier, 'v', lengths[i]);
		crypto_hash(HASH_SHA256, bytes_of_text(verifier), hash);
		r.challenge = base64url_encode(test_arena(), BYTES_OF(hash));
		code = collected(t, approved(t, &r));
		assert_int_equal(i == 0 || i == 3 ? ERR_DENIED : OK, by_code(t, code, REDIRECT, verifier));
	}
	ticket_world_close(t);
}

TEST("API-1: a verifier where no challenge was sent is refused")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	const char *code;

	world_tamper(t->w, "UPDATE platform SET csc1 = 1");
	r.challenge = NULL;
	code = collected(t, approved(t, &r));
	assert_refused(t, ERR_DENIED, by_code(t, code, REDIRECT, VERIFIER), "invalid_grant", NULL);
	assert_ok(by_code(t, code, REDIRECT, NULL));
	ticket_world_close(t);
}

static enum err code_at_once(struct ctx *ctx, int number, void *arg)
{
	struct ticket_world *t = arg;
	struct grant_client by = grant_client(t);
	struct grant_answer answer;

	(void)number;
	ctx->actor = (struct actor){ ACTOR_CLIENT, t->platform.id, 0 };
	return token_by_code(ctx, &by, t->p->secret, REDIRECT, VERIFIER, &answer);
}

TEST("API-1: a code that four use at once gives tokens once, and these are dead")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	enum err answers[4];
	int won = 0;

	t->p->secret = collected(t, approved(t, &r)); /* for the children */
	world_at_once(t->w, 4, code_at_once, t, answers);
	for (int i = 0; i < 4; i++)
		won += answers[i] == OK;
	assert_int_equal(1, won);
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM token"));
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM token WHERE ended IS NULL"));
	ticket_world_close(t);
}

/* ---- access and refresh tokens */

TEST("API-1: an access token lives an hour, and only its hash is kept")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	struct grant_answer got = granted(t, &r);

	assert_string_equal("Bearer", got.token_type);
	assert_int_equal(3600, got.expires_in);
	assert_null(got.refresh_token);
	world_pass(t->w, ACCESS_LIFE - 1);
	assert_true(lives(t, got.access_token));
	world_pass(t->w, 1);
	assert_false(lives(t, got.access_token));
	assert_int_equal(0,
		world_count(t->w,
			arena_printf(
				test_arena(), "SELECT count(*) FROM token WHERE token_hash = '%s'", got.access_token)));
	ticket_world_close(t);
}

TEST("API-1: refresh tokens rotate; an old one used again ends the family")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid offline_access");
	struct grant_answer first = granted(t, &r), second, third;

	world_pass(t->w, MINUTE);
	assert_ok(by_refresh(t, first.refresh_token, NULL, &second));
	assert_int_equal(t->ctx->now, world_count(t->w, "SELECT last_used FROM consent"));
	assert_true(lives(t, first.access_token) && lives(t, second.access_token));
	assert_string_not_equal(first.refresh_token, second.refresh_token);
	assert_refused(t, ERR_DENIED, by_refresh(t, first.refresh_token, NULL, &third), "invalid_grant", NULL);
	assert_false(lives(t, first.access_token) || lives(t, second.access_token) || lives(t, second.refresh_token));
	assert_refused(t, ERR_DENIED, by_refresh(t, second.refresh_token, NULL, &third), "invalid_grant", NULL);
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 71"));
	ticket_world_close(t);
}

TEST("API-1: a refresh token is its client's, for 30 days, and its scope shrinks but never grows")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid profile offline_access");
	struct grant_answer first = granted(t, &r), next;
	struct platform own = t->platform;

	t->platform = t->other;
	assert_refused(t, ERR_DENIED, by_refresh(t, first.refresh_token, NULL, &next), "invalid_grant", NULL);
	t->platform = own;
	assert_refused(t, ERR_DENIED, by_refresh(t, first.access_token, NULL, &next), "invalid_grant", NULL);
	assert_refused(
		t, ERR_INVALID, by_refresh(t, first.refresh_token, "openid phone", &next), "invalid_scope", NULL);
	assert_ok(by_refresh(t, first.refresh_token, "openid", &next));
	assert_string_equal("openid", next.scope);
	assert_ok(by_refresh(t, next.refresh_token, "openid profile", &next));
	world_pass(t->w, REFRESH_LIFE - 1);
	assert_ok(by_refresh(t, next.refresh_token, NULL, &next));
	world_pass(t->w, REFRESH_LIFE);
	assert_refused(t, ERR_DENIED, by_refresh(t, next.refresh_token, NULL, &next), "invalid_grant", NULL);
	ticket_world_close(t);
}

TEST("API-1: revoking: another client's changes nothing, an access token goes alone, a refresh token takes all with it")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid offline_access");
	struct grant_answer got = granted(t, &r), more;

	assert_ok(token_revoke(client(t), &t->other, got.access_token));
	assert_ok(token_revoke(client(t), &t->platform, "unknown"));
	assert_true(lives(t, got.access_token));
	assert_ok(token_revoke(client(t), &t->platform, got.access_token));
	assert_false(lives(t, got.access_token));
	assert_ok(by_refresh(t, got.refresh_token, NULL, &more));
	assert_ok(token_revoke(client(t), &t->platform, more.refresh_token));
	assert_false(lives(t, more.access_token) || lives(t, more.refresh_token));
	ticket_world_close(t);
}

TEST("SET-2: a consent taken back ends its tokens, and a code on its way gives none")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid offline_access");
	struct grant_answer got = granted(t, &r);
	const char *code = collected(t, approved(t, &r));
	struct consent *consents;
	size_t count;

	assert_ok(consent_list(phone(t), &consents, &count));
	assert_int_equal(1, count);
	assert_ok(consent_revoke(phone(t), consents[0].id));
	assert_false(lives(t, got.access_token) || lives(t, got.refresh_token));
	assert_refused(t, ERR_DENIED, by_code(t, code, REDIRECT, VERIFIER), "invalid_grant", "The consent was revoked");
	ticket_world_close(t);
}

TEST("API-1: an account that was locked gets no tokens, by code, refresh token or device code")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid offline_access"), device = r;
	struct grant_answer answer = granted(t, &r);
	const char *refresh = answer.refresh_token, *code = collected(t, approved(t, &r)), *device_code, *url;
	struct grant_client by = grant_client(t);
	struct approval approval;
	int number;
	int64_t id;

	device.way = TICKET_DEVICE;
	assert_ok(ticket_ask(client(t), &device, NULL, &id, &device_code));
	assert_ok(ticket_link(t->ctx, id, &url));
	assert_ok(ticket_claim(phone(t), strrchr(url, '/') + 1, PHONE, &id));
	approval = (struct approval){ .ticket = id, .pin = PIN, .visit = PHONE, .device_secret = t->p->secret };
	assert_ok(approve(t, &approval));
	world_tamper(t->w, "UPDATE account SET state = 1");
	assert_refused(t, ERR_DENIED, token_by_code(client(t), &by, code, REDIRECT, VERIFIER, &answer), "invalid_grant",
		"The account is closed");
	assert_refused(t, ERR_DENIED, token_by_refresh(client(t), &by, refresh, NULL, &answer), "invalid_grant",
		"The account is closed");
	assert_refused(t, ERR_DENIED, token_by_device(client(t), &by, device_code, &number, &answer), "invalid_grant",
		"The account is closed");
	world_tamper(t->w, "UPDATE account SET state = 0");
	assert_ok(token_by_code(client(t), &by, code, REDIRECT, VERIFIER, &answer));
	assert_ok(token_by_refresh(client(t), &by, refresh, NULL, &answer));
	ticket_world_close(t);
}

TEST("API-1: codes and tokens that ended 30 days ago are gone, younger ones not")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");

	granted(t, &r);
	world_pass(t->w, (int64_t)30 * DAY);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM auth_code"));
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM token"));
	world_pass(t->w, ACCESS_LIFE);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM token"));
	world_pass(t->w, 1);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM auth_code"));
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM token"));
	ticket_world_close(t);
}

/* ---- what a platform learns */

static json_t *claims_of(struct ticket_world *t, const char *scope)
{
	struct ticket_request r = login_request(t, scope);
	struct token token = the_token(t, granted(t, &r).access_token);
	json_t *claims;

	assert_ok(token_claims(client(t), t->keys, &token, &claims));
	return claims;
}

TEST("SCAN-5: a platform learns what its scopes name and nothing else")
{
	struct ticket_world *t = seal_world();
	json_t *claims = claims_of(t, "openid"), *org;

	assert_int_equal(1, json_object_size(claims));
	assert_int_equal(43, strlen(json_text(claims, "sub")));
	json_release(&claims);
	claims = claims_of(t, "openid profile phone");
	assert_int_equal(4, json_object_size(claims));
	assert_string_equal("张三", json_text(claims, "name"));
	assert_string_equal(ZHANG, json_text(claims, "phone_number"));
	json_release(&claims);
	claims = claims_of(t, "openid orgs");
	assert_int_equal(2, json_object_size(claims));
	assert_int_equal(1, json_array_size(json_list(claims, "orgs")));
	org = json_array_get(json_list(claims, "orgs"), 0);
	assert_string_equal(USCC, json_text(org, "uscc"));
	assert_string_equal("福州印信贸易有限公司", json_text(org, "name"));
	assert_string_equal("legal_rep", json_text(org, "role"));
	json_release(&claims);
	ticket_world_close(t);
}

TEST("SCAN-5: a token without openid, a refresh token and a SAD open no claims")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request login = login_request(t, "openid offline_access"), service = login_request(t, "service"),
			      sign = sign_request(t, 2);
	const char *const texts[] = { granted(t, &login).refresh_token, granted(t, &service).access_token,
		granted(t, &sign).access_token };

	for (size_t i = 0; i < 3; i++) {
		struct token token = the_token(t, texts[i]);
		json_t *claims;

		assert_refused(
			t, ERR_DENIED, token_claims(client(t), t->keys, &token, &claims), "insufficient_scope", NULL);
	}
	ticket_world_close(t);
}

TEST("SCAN-5: two platforms know a person under two names that stay")
{
	struct ticket_world *t = ticket_world();
	const char *one = token_subject(client(t), t->keys, t->p->account, t->platform.id);

	assert_string_equal(one, token_subject(client(t), t->keys, t->p->account, t->platform.id));
	assert_string_not_equal(one, token_subject(client(t), t->keys, t->p->account, t->other.id));
	assert_string_not_equal(one, token_subject(client(t), t->keys, t->p->account + 1, t->platform.id));
	ticket_world_close(t);
}

/* ---- ID tokens */

static const json_t *published(json_t *set, const char *alg)
{
	const json_t *keys = json_list(set, "keys");

	for (size_t i = 0; i < json_array_size(keys); i++)
		if (text_equal(json_text(json_array_get(keys, i), "alg"), alg))
			return json_array_get(keys, i);
	fail_msg("no key for %s", alg);
	return NULL;
}

/* The payload, after the signature was checked with the key that JWKS names by the token's kid. */
static json_t *opened(struct ticket_world *t, const char *jwt, const char *alg)
{
	cjose_jws_t *jws = cjose_jws_import(jwt, strlen(jwt), NULL);
	const char *jwks;
	cjose_jwk_t *jwk;
	uint8_t *text;
	size_t len;
	json_t *set, *claims;
	char *key;

	assert_non_null(jws);
	assert_ok(api_jwks(test_arena(), t->keys, &jwks));
	assert_ok(json_read(bytes_of_text(jwks), &set));
	key = json_dumps(published(set, alg), 0);
	assert_null(json_object_get(published(set, alg), "d"));
	assert_string_equal(alg, cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, NULL));
	assert_string_equal(json_text(published(set, alg), "kid"),
		cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_KID, NULL));
	assert_int_equal(16, strlen(json_text(published(set, alg), "kid")));
	jwk = cjose_jwk_import(key, strlen(key), NULL);
	assert_true(cjose_jws_verify(jws, jwk, NULL));
	assert_true(cjose_jws_get_plaintext(jws, &text, &len, NULL));
	assert_ok(json_read((struct bytes){ text, len }, &claims));
	free(key);
	json_release(&set);
	cjose_jwk_release(jwk);
	cjose_jws_release(jws);
	return claims;
}

TEST("API-1: an ID token says who, for whom, when and with which access token; RS256 by default")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid profile");
	struct grant_answer got = granted(t, &r);
	json_t *claims = opened(t, got.id_token, "RS256");
	unsigned char hash[HASH_LEN];
	int64_t exp, iat, auth;

	assert_string_equal("http://localhost:8080", json_text(claims, "iss"));
	assert_string_equal(t->platform.client, json_text(claims, "aud"));
	assert_string_equal("n-1", json_text(claims, "nonce"));
	assert_string_equal(token_subject(client(t), t->keys, t->p->account, t->platform.id), json_text(claims, "sub"));
	crypto_hash(HASH_SHA256, bytes_of_text(got.access_token), hash);
	assert_string_equal(base64url_encode(test_arena(), (struct bytes){ hash, 16 }), json_text(claims, "at_hash"));
	assert_true(
		json_int(claims, "exp", &exp) && json_int(claims, "iat", &iat) && json_int(claims, "auth_time", &auth));
	assert_int_equal(t->ctx->now / SECOND, iat);
	assert_int_equal(iat + 3600, exp);
	assert_in_range(auth, iat - 60, iat);
	assert_null(json_text(claims, "name"));
	json_release(&claims);
	ticket_world_close(t);
}

/* r‖s as DER, by hand: another witness than the library that made it. */
static struct bytes der_of(struct bytes raw)
{
	struct buf body = buf_new(test_arena()), out = buf_new(test_arena());

	for (int half = 0; half < 2; half++) {
		const unsigned char *from = raw.data + half * 32;
		size_t len = 32;

		for (; len > 1 && !*from; from++)
			len--;
		buf_u8(&body, 2);
		buf_u8(&body, (unsigned)len + (*from >> 7));
		if (*from >> 7)
			buf_u8(&body, 0);
		buf_add(&body, from, len);
	}
	buf_u8(&out, 0x30);
	buf_u8(&out, (unsigned)body.len);
	buf_bytes(&out, buf_view(&body));
	return buf_view(&out);
}

static struct key *es256_key(struct ticket_world *t)
{
	static const char prefix[] = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
	struct bytes head, x, y;
	struct buf spki = buf_new(test_arena());
	const char *jwks;
	struct key *key;
	json_t *set;

	assert_ok(api_jwks(test_arena(), t->keys, &jwks));
	assert_ok(json_read(bytes_of_text(jwks), &set));
	assert_true(hex_decode(test_arena(), prefix, &head));
	assert_true(base64url_decode(test_arena(), json_text(published(set, "ES256"), "x"), &x));
	assert_true(base64url_decode(test_arena(), json_text(published(set, "ES256"), "y"), &y));
	buf_bytes(&spki, head);
	buf_bytes(&spki, x);
	buf_bytes(&spki, y);
	assert_ok(key_from_public_der(buf_view(&spki), &key));
	json_release(&set);
	return key;
}

TEST("API-1: ES256 where it is asked for: 64 bytes r‖s each time, which our own key code accepts")
{
	struct ticket_world *t = ticket_world();
	struct key *key = es256_key(t);
	struct id_token want = { .account = 1, .platform = 2, .client = "c", .es256 = true };

	for (int i = 0; i < 600; i++) { /* about one in 128 has a short r or s */
		const char *jwt, *dot;
		struct bytes raw;

		want.access_token = arena_printf(test_arena(), "token %d", i);
		assert_ok(id_token_make(client(t), t->keys, &want, &jwt));
		dot = strrchr(jwt, '.');
		assert_true(base64url_decode(test_arena(), dot + 1, &raw));
		assert_int_equal(64, raw.len);
		assert_ok(key_verify(
			key, (struct bytes){ (const unsigned char *)jwt, (size_t)(dot - jwt) }, der_of(raw)));
	}
	key_free(&key);
	ticket_world_close(t);
}
