/* The two versions of the CSC API: one set of handlers, and what they call things. Used by csc*.c alone. */
#pragma once
#include "cgi-bin/openapi/openapi.h"

struct csc {
	bool v2;
	const char *specs, *hash, *hash_oid; /* field names of signHash */
};
/* The version that the path names. */
const struct csc *csc_of(const struct visit *);
/* The call's JSON object, released by csc_end. HTTP_OK, or the answer is made. */
enum http csc_begin(struct visit *, json_t **body);
/* HTTP_OK, or 400 "Missing (or invalid type) string parameter X". */
enum http csc_text(struct visit *, const json_t *body, const char *name, const char **out);
enum http csc_invalid(struct visit *, const char *description);

enum http csc_info(struct visit *);
enum http csc_credentials_list(struct visit *);
enum http csc_credentials_info(struct visit *);
enum http csc_sign_hash(struct visit *);
/* A credential that this token may know of: of the instance it was granted for, or that its SAD opens. An unknown one,
 * and another's: 400 "Invalid parameter credentialID". */
enum http csc_credential(struct visit *, const struct token *, const json_t *body, struct credential *out);
