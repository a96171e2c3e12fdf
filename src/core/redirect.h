/* Answers of the authorization endpoint: redirect_uri with parameters (RFC 6749 4.1.2, RFC 9207). */
#pragma once
#include "base/arena.h"

struct redirect_part {
	const char *name, *value; /* value NULL: left out */
};
/* parts end with a NULL name. */
const char *redirect_with(struct arena *, const char *uri, const struct redirect_part *parts);
