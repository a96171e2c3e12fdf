/* The authorization endpoint's parameters (RFC 6749, 7636, 9126, 9396, OpenID Connect Core 3.1.2, CSC 8.4) as requests
 * for tickets: authorize's own, pushed ones, and those of the device grant. authorize.c the rules of OAuth;
 * authorize_items.c what is to be signed. */
#pragma once
#include "core/ticket.h"

/* Where parameters come from. get: NULL when absent or empty; *twice is set when a name was sent more than once. */
struct authorize_source {
	const char *(*get)(const void *arg, const char *name, bool *twice);
	const void *arg;
};
#define REQUEST_URI_PREFIX "urn:ietf:params:oauth:request_uri:"

/* The authorization endpoint. OK: *ticket is the one to wait for (its browser is visit's), or, where that is 0,
 * *location is where the browser goes with an error. Any other end is an error page, and nothing is redirected:
 * fault.word "authorize-client" (unknown client), "authorize-redirect" (redirect_uri is not byte for byte a registered
 * one), "authorize-handle" (request_uri unknown, run out, or brought by another browser before). */
enum err authorize(struct ctx *, const struct authorize_source *, const char *visit, int64_t *ticket,
	const char **location) CHECKED;
/* Pushed (RFC 9126): *handle goes behind REQUEST_URI_PREFIX. Refused: OAuth's code in fault.word, words for programs in
 * fault.detail. */
enum err authorize_push(
	struct ctx *, const struct platform *, const struct authorize_source *, const char **handle) CHECKED;
/* Device grant (RFC 8628): refused as pushed ones are. */
enum err authorize_device(struct ctx *, const struct platform *, const struct authorize_source *, int64_t *ticket,
	const char **device_code) CHECKED;

/* A hash as platforms write it: base64 or base64url, padded or not. */
bool authorize_hash(struct arena *, const char *text, struct bytes *out);
