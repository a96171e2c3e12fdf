/* The open API's route tables, one for each family of answers; the program's keys; and what the families share. */
#pragma once
#include "base/json.h"
#include "cgi-bin/site/visit.h"
#include "core/token.h"
#include "web/route.h"

extern const struct route *const openapi_tables[];
extern const struct route metrics_routes[];
extern const struct route discovery_routes[]; /* /.well-known, JWKS */
extern const struct route oauth_routes[];     /* /oauth2, and CSC's names for the same under /csc/oauth2 */
extern const struct route csc_routes[];       /* /csc/v1, /csc/v2 */
extern const struct route pki_routes[];       /* /pki: signed things, over plain HTTP too */

/* Read once before the program is confined, wiped at its end. */
enum err openapi_read_keys(struct arena *, const struct settings *, const char **why) CHECKED;
const struct api_keys *openapi_keys(void);
const struct key *openapi_ocsp_key(enum key_kind hierarchy);
const char *openapi_log_key(void); /* the verifier key's line, as witnesses want it */
void openapi_wipe_keys(void);

/* ---- answers (api.c). All are JSON and never kept. */
enum http api_json(struct visit *, enum http, json_t *); /* takes the object over */
enum http api_error(struct visit *, enum http, const char *code, const char *description);
/* What a core call refused, by OAuth's code and description in the fault (RFC 6749 5.2). */
enum http api_failed(struct visit *, enum err);

/* The client behind a request: Basic, or client_id and client_secret in the form; a public one by client_id alone
 * (RFC 6749 2.3). It becomes the actor. HTTP_OK, or the answer is made. */
enum http api_client(struct visit *, struct platform *out);
/* The living token of Authorization: Bearer (RFC 6750), whose platform becomes the actor. HTTP_OK, or the answer is
 * made. */
enum http api_bearer(struct visit *, struct token *out);
const char *api_field(const struct visit *, const char *name); /* of the form; NULL: absent or empty */
