/* multipart/form-data (RFC 7578) as a stream: pieces go in as they come, parts and their bytes come out through two
 * calls. Nothing is kept but one piece of at most a few KB. Bounds: 20 parts, 2 KB of headers a part, a limit for the
 * whole. */
#pragma once
#include "web/http.h"

enum { MULTIPART_PARTS_MOST = 20, MULTIPART_HEADER_MOST = 2048 };

struct multipart_part {
	const char *name, *filename,
		*content_type; /* name never NULL; the others NULL when not sent. What a client says */
};
/* Each returns HTTP_OK to go on; anything else ends the reading and is what multipart_feed returns. */
struct multipart_sink {
	enum http (*part)(void *arg, const struct multipart_part *);
	enum http (*data)(void *arg, struct bytes); /* a run of the part begun last */
	void *arg;
};
struct multipart;

/* declared: what Content-Length says. HTTP_BAD_TYPE: not multipart/form-data with a good boundary. HTTP_TOO_LARGE: more
 * declared than limit. The sink must stay. */
enum http multipart_start(struct arena *, const char *content_type, size_t declared, size_t limit,
	const struct multipart_sink *, struct multipart **out);
/* HTTP_BAD_REQUEST: broken boundary or part header, too many parts, more than declared. After a fault it stays. */
enum http multipart_feed(struct multipart *, struct bytes);
/* HTTP_BAD_REQUEST: the last boundary or declared bytes are missing. */
enum http multipart_end(struct multipart *);
