/* What a SAD hands out (API-2, SCAN-6). */
#include "tests/unit/core/ticket_world.h"

enum { HASHES = 4 };

struct sad_world {
	struct ticket_world *t;
	struct ticket_request request;
	struct token sad;
	const char *text;
	struct bytes p256[HASHES / 2], sm2[HASHES / 2]; /* the hashes of each key */
	struct bytes out[1001];
};

static struct sad_world *sad_world(void)
{
	struct sad_world *s = ARENA_NEW(test_arena(), struct sad_world);

	s->t = ticket_world();
	s->request = sign_request(s->t, HASHES);
	s->text = granted(s->t, &s->request).access_token;
	s->sad = the_token(s->t, s->text);
	for (int i = 0; i < HASHES; i++)
		(i % 2 ? s->sm2 : s->p256)[i / 2] = s->request.items[i].hash;
	return s;
}

static enum err sign(struct sad_world *s, int64_t credential, const struct bytes *hashes, size_t count)
{
	enum key_kind kind = credential == s->t->sm2 ? KEY_SM2 : KEY_P256;

	return token_sign_hashes(client(s->t), &s->sad, credential, key_signature_oid(kind), hashes, count, s->out);
}

static void assert_sign(
	struct sad_world *s, const struct bytes *hashes, size_t count, enum err want, const char *description)
{
	assert_refused(s->t, want, sign(s, s->t->p256, hashes, count), "invalid_request", description);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(0, s->out[i].len);
}

TEST("API-2: a SAD gives the values of its ticket for both keys, and the same to an identical repeat")
{
	struct sad_world *s = sad_world();
	struct bytes first[2];
	struct key *key;

	assert_ok(sign(s, s->t->p256, s->p256, 2));
	assert_ok(certificate_public(current_certificate(s->t->p, s->t->cert, USE_THIRD_SIGN), &key));
	assert_ok(key_verify_digest(key, s->p256[1], s->out[1]));
	memcpy(first, s->out, sizeof first);
	assert_ok(sign(s, s->t->p256, s->p256, 2));
	assert_true(bytes_equal(first[0], s->out[0]) && bytes_equal(first[1], s->out[1]));
	assert_ok(sign(s, s->t->sm2, s->sm2, 2));
	key_free(&key);
	assert_ok(certificate_public(current_certificate(s->t->p, s->t->cert, USE_SM2_SIGN), &key));
	assert_ok(key_verify_digest(key, s->sm2[0], s->out[0]));
	key_free(&key);
	assert_int_equal(3, world_count(s->t->w, "SELECT uses FROM token"));
	ticket_world_close(s->t);
}

TEST("API-2: a hash that was not approved, one of the other key, or one changed bit: nothing is handed out")
{
	struct sad_world *s = sad_world();
	unsigned char octets[HASH_LEN];
	struct bytes wrong[2] = { s->p256[0], { octets, HASH_LEN } };

	memcpy(octets, s->p256[1].data, HASH_LEN);
	octets[31] ^= 1;
	assert_sign(s, wrong, 2, ERR_DENIED, "Hash is not authorized by the SAD");
	wrong[1] = s->sm2[0];
	assert_sign(s, wrong, 2, ERR_DENIED, "Hash is not authorized by the SAD");
	wrong[1] = s->p256[1];
	assert_ok(sign(s, s->t->p256, wrong, 2));
	ticket_world_close(s->t);
}

TEST("API-2: lengths, counts and algorithms in the standard's own words")
{
	struct sad_world *s = sad_world();
	struct bytes wrong[1001], none = { NULL, 0 };
	unsigned char octets[33] = { 0 };

	assert_sign(s, s->p256, 0, ERR_INVALID, "Empty hash array");
	for (size_t len = 31; len <= 33; len += 2) {
		wrong[0] = (struct bytes){ octets, len };
		assert_sign(s, wrong, 1, ERR_INVALID, "Invalid digest value length");
	}
	assert_sign(s, &none, 1, ERR_INVALID, "Invalid digest value length");
	for (int i = 0; i < 1001; i++)
		wrong[i] = s->p256[0];
	assert_ok(sign(s, s->t->p256, wrong, 1000));
	memset(s->out, 0, sizeof s->out);
	assert_sign(s, wrong, 1001, ERR_INVALID, "Numbers of signatures is too high");
	assert_refused(s->t, ERR_INVALID,
		token_sign_hashes(client(s->t), &s->sad, s->t->p256, key_signature_oid(KEY_SM2), s->p256, 2, s->out),
		"invalid_request", "Invalid parameter signAlgo");
	ticket_world_close(s->t);
}

TEST("API-2: unknown and foreign credentials are told alike; another token is no SAD")
{
	struct sad_world *s = sad_world();
	struct ticket_request service = login_request(s->t, "service");
	int64_t encryption = current_credential(s->t->p, s->t->cert, USE_SM2_ENCRYPT);

	assert_refused(s->t, ERR_INVALID, sign(s, 17, s->p256, 2), "invalid_request", "Invalid parameter credentialID");
	assert_refused(s->t, ERR_INVALID, sign(s, encryption, s->p256, 2), "invalid_request",
		"Invalid parameter credentialID");
	s->sad.account++;
	assert_sign(s, s->p256, 2, ERR_INVALID, "Invalid parameter credentialID");
	s->sad = the_token(s->t, granted(s->t, &service).access_token);
	assert_refused(s->t, ERR_DENIED, sign(s, s->t->p256, s->p256, 2), "invalid_token", NULL);
	ticket_world_close(s->t);
}

TEST("API-2: another ticket's SAD opens nothing of this one")
{
	struct sad_world *s = sad_world();
	struct ticket_request r = sign_request(s->t, 2);

	s->sad = the_token(s->t, granted(s->t, &r).access_token);
	assert_ok(sign(s, s->t->p256, s->p256, 1));
	assert_sign(s, s->p256, 2, ERR_DENIED, "Hash is not authorized by the SAD");
	ticket_world_close(s->t);
}

TEST("API-2: a SAD lives five minutes; then it is expired, and its values are erased")
{
	struct sad_world *s = sad_world();
	struct token again;

	world_pass(s->t->w, SAD_LIFE - 1);
	assert_ok(token_find(client(s->t), s->text, &again));
	assert_ok(sign(s, s->t->p256, s->p256, 2));
	world_pass(s->t->w, 1);
	assert_refused(s->t, ERR_DENIED, token_find(client(s->t), s->text, &again), "invalid_token", "SAD expired");
	assert_err(ERR_CONFLICT, sign(s, s->t->p256, s->p256, 2));
	assert_int_equal(0, s->out[0].len);
	assert_ok(ticket_tidy(tidy_lane(s->t)));
	assert_int_equal(HASHES, values_kept(s->t));
	world_pass(s->t->w, CODE_LIFE);
	assert_ok(ticket_tidy(tidy_lane(s->t)));
	assert_int_equal(0, values_kept(s->t));
	ticket_world_close(s->t);
}

TEST("API-2: an approval that nobody collects loses its values at its end")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t id = approved(t, &r);

	world_pass(t->w, TICKET_LIFE - 1);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_int_equal(2, values_kept(t));
	world_pass(t->w, 1);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_int_equal(0, values_kept(t));
	assert_int_equal(TICKET_EXPIRED, state_of(t, id));
	ticket_world_close(t);
}

TEST("API-2: a certificate revoked behind the approval: its values are not handed out")
{
	struct sad_world *s = sad_world();

	assert_ok(cert_revoke(phone(s->t), s->t->cert, 1));
	assert_sign(s, s->p256, 2, ERR_CONFLICT, "The certificate is no longer valid");
	ticket_world_close(s->t);
}

TEST("API-2: a revoked SAD hands out nothing, also where it was found before")
{
	struct sad_world *s = sad_world();
	struct token again;

	assert_ok(token_revoke(client(s->t), &s->t->platform, s->text));
	assert_err(ERR_DENIED, token_find(client(s->t), s->text, &again));
	assert_err(ERR_CONFLICT, sign(s, s->t->p256, s->p256, 2));
	assert_int_equal(0, s->out[0].len);
	ticket_world_close(s->t);
}

TEST("API-2: a SAD comes without refresh token, for five minutes, and is called SAD to CSC v1 clients alone")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	struct grant_answer got = granted(t, &r);

	assert_string_equal("Bearer", got.token_type);
	assert_int_equal(300, got.expires_in);
	assert_null(got.refresh_token);
	assert_null(got.id_token);
	t->platform.csc1 = true;
	assert_string_equal("SAD", granted(t, &r).token_type);
	ticket_world_close(t);
}

TEST("API-2: a service token is for the instance that the person chose, and can be renewed")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "service");
	struct grant_answer got = granted(t, &r);

	assert_int_equal(t->instance, the_token(t, got.access_token).instance);
	assert_non_null(got.refresh_token);
	r = login_request(t, "openid");
	got = granted(t, &r);
	assert_int_equal(0, the_token(t, got.access_token).instance);
	ticket_world_close(t);
}
