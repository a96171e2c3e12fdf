/* Declared, validated input: a form's fields as its route's row names them, with what was typed kept for the way
 * back. */
#pragma once
#include "web/route.h"
#include "web/urlencode.h"

struct form_value {
	const struct field *field;
	const char *text; /* NULL: absent; secrets in the secret arena */
	int64_t number;
	const char *fault; /* key of the message for this field, NULL: fine */
};
struct form {
	struct form_value *values;
	size_t count;
	bool faulty;
	struct pairs raw; /* everything that was sent, undeclared names too (csrf, edition); secrets emptied */
};
/* Parses an application/x-www-form-urlencoded body: at most 200 pairs, valid UTF-8, no NUL. HTTP_OK, HTTP_BAD_REQUEST,
 * HTTP_BAD_TYPE. A value that breaks its field's row sets its fault ("field-missing", "field-too-long",
 * "field-too-short", "field-not-plain", "field-not-number", "field-unknown-word"). */
enum http form_read(struct form *, const struct request *, const struct route *, struct arena *secret);
/* The same fields from the query of a GET; faulty values count as absent. */
void form_from_query(struct form *, const struct request *, const struct field *);

/* Of a name that was sent twice the first counts. An empty value counts as absent. */
const char *form_value_text(
	const struct form *, const char *name); /* NULL: absent; an undeclared name ends the process */
int64_t form_value_int(const struct form *, const char *name, int64_t fallback);
bool form_value_flag(const struct form *, const char *name);
/* Whether the row, or a rule since, found something wrong with the field. */
bool form_value_faulty(const struct form *, const char *name);
/* What the rules found wrong with a field. A name that the form lacks marks the form alone. */
void form_fault(struct form *, const char *name, const char *message);
