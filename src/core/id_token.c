/* ID tokens, their keys and the pairwise subject (OpenID Connect Core 2, 8.1; RFC 7515, 7517). cjose stays in this
 * file. Its calls take and give malloc's memory, one thread at a time, and end with a release here. */
#include <cjose/cjose.h>
#include "base/file.h"
#include "base/key_file.h"
#include "base/log.h"
#include "core/token_row.h"

enum { RSA_BITS = 2048, JWK_MAX = 8192, KID_LEN = 16 };

struct api_keys {
	cjose_jwk_t *rs256, *es256;
	unsigned char pairwise[KEY_LEN];
};

/* ---- keys */

/* RFC 7638 names a key by its public half; the first characters tell ours apart. */
static bool name_key(struct arena *arena, cjose_jwk_t *jwk)
{
	char *json = cjose_jwk_to_json(jwk, false, NULL);
	unsigned char hash[HASH_LEN];
	const char *kid;

	if (!json)
		return false;
	crypto_hash(HASH_SHA256, bytes_of_text(json), hash);
	free(json);
	/* cjose copies the NUL too, from where the length says */
	kid = arena_text_n(arena, base64url_encode(arena, BYTES_OF(hash)), KID_LEN);
	return cjose_jwk_set_kid(jwk, kid, KID_LEN, NULL);
}

static enum err store_key(const char *path, cjose_jwk_t *jwk)
{
	char *json = cjose_jwk_to_json(jwk, true, NULL);
	enum err err;

	if (!json)
		return ERR_BROKEN;
	err = file_create(path, bytes_of_text(json), 0600);
	crypto_wipe(json, strlen(json));
	free(json);
	return err;
}

static cjose_jwk_t *new_rsa(void)
{
	static const unsigned char exponent[] = { 1, 0, 1 };

	return cjose_jwk_create_RSA_random(RSA_BITS, exponent, sizeof exponent, NULL);
}

static cjose_jwk_t *new_p256(void)
{
	return cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, NULL);
}

static enum err make_key(struct arena *arena, const char *path, cjose_jwk_t *(*make)(void))
{
	enum err err = ERR_BROKEN;
	cjose_jwk_t *jwk;

	if (file_exists(path))
		return OK;
	jwk = make();
	if (jwk && name_key(arena, jwk))
		err = store_key(path, jwk);
	cjose_jwk_release(jwk);
	return err;
}

static enum err make_all(struct arena *arena, const char *folder)
{
	const char *pairwise = path_join(arena, folder, "pairwise.key");

	TRY(folder_make(folder, 0750));
	TRY(make_key(arena, path_join(arena, folder, "id-rs256.jwk"), new_rsa));
	TRY(make_key(arena, path_join(arena, folder, "id-es256.jwk"), new_p256));
	return file_exists(pairwise) ? OK : key_file_make(pairwise);
}

enum err api_keys_create(const char *folder)
{
	struct arena *arena = arena_new(false);
	enum err err = make_all(arena, folder);

	arena_free(&arena);
	return err;
}

static enum err read_key(
	struct arena *arena, const char *path, cjose_jwk_kty_t kind, cjose_jwk_t **out, const char **why)
{
	struct arena *secret = arena_new(true);
	struct bytes text;
	enum err err = secret_file_read(arena, secret, path, JWK_MAX, &text, why);

	if (err == OK) {
		*why = arena_printf(arena, "the key file %s does not hold a JWK of its kind", path);
		*out = cjose_jwk_import((const char *)text.data, text.len, NULL);
		err = *out && cjose_jwk_get_kty(*out, NULL) == kind && cjose_jwk_get_kid(*out, NULL) ? OK : ERR_INVALID;
	}
	arena_free(&secret);
	return err;
}

static enum err read_all(struct arena *arena, const struct settings *settings, struct api_keys *keys, const char **why)
{
	TRY(read_key(
		arena, settings_path(arena, settings, "keys/api/id-rs256.jwk"), CJOSE_JWK_KTY_RSA, &keys->rs256, why));
	TRY(read_key(
		arena, settings_path(arena, settings, "keys/api/id-es256.jwk"), CJOSE_JWK_KTY_EC, &keys->es256, why));
	return key_file_read(arena, settings_path(arena, settings, "keys/api/pairwise.key"), keys->pairwise, why);
}

enum err api_keys_read(struct arena *arena, const struct settings *settings, struct api_keys **out, const char **why)
{
	enum err err;

	*out = ARENA_NEW(arena, struct api_keys);
	err = read_all(arena, settings, *out, why);
	if (err != OK)
		api_keys_close(out);
	return err;
}

void api_keys_close(struct api_keys **keys)
{
	if (!*keys)
		return;
	cjose_jwk_release((*keys)->rs256);
	cjose_jwk_release((*keys)->es256);
	crypto_wipe((*keys)->pairwise, KEY_LEN);
	*keys = NULL;
}

/* ---- what is published */

static enum err add_public(json_t *list, const cjose_jwk_t *jwk, const char *alg)
{
	char *text = cjose_jwk_to_json(jwk, false, NULL);
	json_t *object = NULL;
	enum err err = text ? json_read(bytes_of_text(text), &object) : ERR_BROKEN;

	free(text);
	if (err != OK)
		return ERR_BROKEN;
	json_put_text(object, "use", "sig");
	json_put_text(object, "alg", alg);
	return json_array_append_new(list, object) ? ERR_BROKEN : OK;
}

enum err api_jwks(struct arena *arena, const struct api_keys *keys, const char **json)
{
	json_t *set = json_object(), *list = json_array();
	enum err err;

	json_object_set_new(set, "keys", list);
	err = add_public(list, keys->rs256, CJOSE_HDR_ALG_RS256);
	if (err == OK)
		err = add_public(list, keys->es256, CJOSE_HDR_ALG_ES256);
	*json = json_write(arena, set);
	json_release(&set);
	return err;
}

const char *token_subject(struct ctx *ctx, const struct api_keys *keys, int64_t account, int64_t platform)
{
	const char *pair = arena_printf(ctx->arena, "%lld|%lld", (long long)account, (long long)platform);
	unsigned char mac[HASH_LEN];

	crypto_hmac(BYTES_OF(keys->pairwise), bytes_of_text(pair), mac);
	return base64url_encode(ctx->arena, BYTES_OF(mac));
}

/* ---- signing */

/* The left half of the access token's hash (OpenID Connect Core 3.1.3.6); SHA-256 for both algorithms. */
static const char *at_hash(struct ctx *ctx, const char *access_token)
{
	unsigned char hash[HASH_LEN];

	crypto_hash(HASH_SHA256, bytes_of_text(access_token), hash);
	return base64url_encode(ctx->arena, (struct bytes){ hash, HASH_LEN / 2 });
}

static const char *claims_of(struct ctx *ctx, const struct api_keys *keys, const struct id_token *token)
{
	json_t *claims = json_object();
	const char *text;

	json_put_text(claims, "iss", ctx->settings->public_url);
	json_put_text(claims, "sub", token_subject(ctx, keys, token->account, token->platform));
	json_put_text(claims, "aud", token->client);
	json_put_int(claims, "iat", ctx->now / SECOND);
	json_put_int(claims, "exp", (ctx->now + ACCESS_LIFE) / SECOND);
	json_put_int(claims, "auth_time", token->auth_time / SECOND);
	json_put_text(claims, "nonce", token->nonce);
	json_put_text(claims, "at_hash", at_hash(ctx, token->access_token));
	text = json_write(ctx->arena, claims);
	json_release(&claims);
	return text;
}

static bool sign(struct ctx *ctx, cjose_jwk_t *jwk, cjose_header_t *header, const char *claims, const char **out)
{
	cjose_jws_t *jws = cjose_jws_sign(jwk, header, (const uint8_t *)claims, strlen(claims), NULL);
	const char *compact = NULL;
	bool exported = jws && cjose_jws_export(jws, &compact, NULL);

	*out = exported ? arena_text(ctx->arena, compact) : NULL;
	cjose_jws_release(jws);
	return exported;
}

enum err id_token_make(struct ctx *ctx, const struct api_keys *keys, const struct id_token *token, const char **out)
{
	cjose_jwk_t *jwk = token->es256 ? keys->es256 : keys->rs256;
	const char *alg = token->es256 ? CJOSE_HDR_ALG_ES256 : CJOSE_HDR_ALG_RS256;
	cjose_header_t *header = cjose_header_new(NULL);
	bool made;

	made = header && cjose_header_set(header, CJOSE_HDR_ALG, alg, NULL) &&
		cjose_header_set(header, CJOSE_HDR_KID, cjose_jwk_get_kid(jwk, NULL), NULL) &&
		sign(ctx, jwk, header, claims_of(ctx, keys, token), out);
	cjose_header_release(header);
	if (!made)
		LOG(LOG_ERROR, "id-token-failed", L("alg", alg));
	return made ? OK : ERR_BROKEN;
}
