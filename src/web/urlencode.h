/* Percent encoding (RFC 3986 2.1) and application/x-www-form-urlencoded, both ways. */
#pragma once
#include "base/crypto.h" /* percent_encode */
#include "web/http.h"

/* Pairs of a urlencoded text (a query, a form's body). HTTP_BAD_REQUEST: more than most pairs, a broken or cut escape,
 * NUL, or what is not UTF-8 once decoded. */
enum http pairs_decode(struct arena *, struct bytes text, size_t most, struct pairs *out);
/* Decodes one run; plus: '+' stands for a space. NULL: broken escape, NUL, not UTF-8. */
char *percent_decode(struct arena *, struct bytes text, bool plus);
