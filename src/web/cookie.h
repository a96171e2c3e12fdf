/* The Cookie header (RFC 6265 5.4), read with bounds. */
#pragma once
#include "web/http.h"

enum { COOKIE_HEADER_MOST = 8192, COOKIES_MOST = 50 };

/* header: NULL gives none. HTTP_BAD_REQUEST beyond the bounds. A cookie that is malformed (another program on this host
 * may have set it) is left out. Of two with one name the first counts: pairs_get finds it. */
enum http cookies_decode(struct arena *, const char *header, struct pairs *out);
