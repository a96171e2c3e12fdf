/* Codes and tokens (API-1 to API-3): minting, exchange, rotation, revocation, and what a token opens.
 * Writes auth_code and token. All opaque and stored hashed; ID tokens are JWTs (cjose), by openapi's keys. */
#pragma once
#include "base/json.h"
#include "core/ticket.h"

enum token_kind { TOKEN_ACCESS, TOKEN_REFRESH, TOKEN_SAD };
#define CODE_LIFE    ((int64_t)60 * SECOND)
#define ACCESS_LIFE  ((int64_t)HOUR)
#define REFRESH_LIFE ((int64_t)30 * DAY)
#define SAD_LIFE     ((int64_t)5 * MINUTE)

/* The bound browser collects: mints the code (APPROVED -> COLLECTED) and gives the whole redirect: redirect_uri with
 * code, state, iss; or error=access_denied after refusal or end. ERR_CONFLICT: not decided yet, or collected before. */
enum err token_collect(struct ctx *, int64_t ticket, const char *visit, const char **location) CHECKED;

/* ---- keys of DATA/keys/api (id_token.c) */
struct api_keys; /* ID token keys RS256 and ES256, pairwise key; read once by the process */
enum err api_keys_read(struct arena *, const struct settings *, struct api_keys **out, const char **why) CHECKED;
enum err api_keys_create(const char *folder) CHECKED; /* DATA/keys/api: those that are missing */
void api_keys_close(struct api_keys **);
enum err api_jwks(struct arena *, const struct api_keys *, const char **json) CHECKED;
const char *token_subject(struct ctx *, const struct api_keys *, int64_t account, int64_t platform); /* pairwise sub */
struct id_token {
	int64_t account, platform, auth_time;      /* ms UTC */
	const char *client, *nonce, *access_token; /* nonce NULL: none was sent */
	bool es256;                                /* else RS256 */
};
/* OpenID Connect Core 2, signed; good for ACCESS_LIFE. */
enum err id_token_make(struct ctx *, const struct api_keys *, const struct id_token *, const char **out) CHECKED;

/* ---- grants (grant.c) */
struct grant_client {
	const struct api_keys *keys;
	const struct platform *platform;
	bool es256; /* asked for by id_token_signed_response_alg=ES256 at the token endpoint */
};
struct grant_answer {
	const char *access_token, *refresh_token, *id_token, *scope,
		*token_type;             /* "SAD" for csc1 platforms, else "Bearer" */
	int64_t expires_in;              /* seconds */
	const struct ticket_item *items; /* of a SAD: what it opens */
	size_t count;
	int seal_kind; /* of a SAD; -1: none */
};
/* Errors carry OAuth's code in fault.word ("invalid_grant", "authorization_pending", "slow_down", "expired_token",
 * "access_denied" …) and a description in fault.detail. A second use of a code, and of a rotated refresh token, revokes
 * the family (committed though refused). ctx->actor is the client. */
enum err token_by_code(struct ctx *, const struct grant_client *, const char *code, const char *redirect_uri,
	const char *verifier, struct grant_answer *out) CHECKED;
enum err token_by_refresh(struct ctx *, const struct grant_client *, const char *token, const char *scope,
	struct grant_answer *out) CHECKED;
/* *number: match_number once the ticket is claimed and the platform shows it; -1 otherwise. */
enum err token_by_device(struct ctx *, const struct grant_client *, const char *device_code, int *number,
	struct grant_answer *out) CHECKED;

struct token {
	int64_t id, platform, account, ticket, instance, made, expires;
	enum token_kind kind;
	const char *scope;
};
/* A living token of an open account and platform. ERR_DENIED "invalid_token" otherwise; "SAD expired" in
 * fault.detail. */
enum err token_find(struct ctx *, const char *text, struct token *out) CHECKED;
enum err token_tidy(struct ctx *) CHECKED; /* deletes codes and tokens that ended 30 days ago */
enum err token_revoke(struct ctx *, const struct platform *, const char *text) CHECKED; /* RFC 7009: unknown is OK */
enum err token_end_consent(struct ctx *, int64_t account, int64_t platform) CHECKED;    /* SET-2: in its transaction */

/* What userinfo tells (SCAN-5): the claims that the token's scopes open. A new JSON object, the caller's. */
enum err token_claims(struct ctx *, const struct api_keys *, const struct token *, json_t **out) CHECKED;

/* Signatures of a SAD for exactly the ticket's hashes of one credential, in the order given; the same again to an
 * identical repeat while it lives. ERR_DENIED "Hash is not authorized by the SAD", ERR_INVALID for lengths and
 * algorithms, ERR_CONFLICT when the certificate is no longer good. */
enum err token_sign_hashes(struct ctx *, const struct token *sad, int64_t credential, const char *sign_oid,
	const struct bytes *hashes, size_t count, struct bytes *signatures) CHECKED;
