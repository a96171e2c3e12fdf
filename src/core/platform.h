/* Trading platforms as OAuth clients (PLAT-4). Writes platform. */
#pragma once
#include "core/ctx.h"

enum platform_state { PLATFORM_OPEN, PLATFORM_CLOSED };
struct platform {
	int64_t id, made;
	const char *client, *name, *redirect_uris, *scopes, *takes_seals;
	bool confidential, csc1, shows_number;
	enum platform_state state;
};
struct platform_new {
	const char *name, *redirect_uris, *scopes,
		*takes_seals; /* redirect_uris: one a line, https or loopback http, no fragment */
	bool is_public, csc1, shows_number;
};
/* CLI. *client and *secret (shown once, NULL for a public client). */
enum err platform_add(
	struct ctx *, const struct platform_new *, int64_t *id, const char **client, const char **secret) CHECKED;
enum err platform_load(struct ctx *, int64_t id, struct platform *out) CHECKED;
enum err platform_by_client(
	struct ctx *, const char *client, struct platform *out) CHECKED; /* open ones; ERR_NOT_FOUND */
/* Secret of a confidential client, in constant time. ERR_DENIED: wrong. A public client passes without one. */
enum err platform_authenticate(struct ctx *, const char *client, const char *secret, struct platform *out) CHECKED;
bool platform_redirect_allowed(const struct platform *, const char *uri); /* byte by byte */
bool platform_scope_allowed(const struct platform *, const char *scopes); /* every word of scopes */
bool platform_takes_seal(const struct platform *, const char *kind);      /* SEAL-14; kind as seal_kind_word says */
