/* Requests and responses, free of transport: the FastCGI loop fills and sends them, tests make them from memory. */
#pragma once
#include "base/buf.h"

enum http {
	HTTP_OK = 200,
	HTTP_CREATED = 201,
	HTTP_NO_CONTENT = 204,
	HTTP_SEE_OTHER = 303,
	HTTP_NOT_MODIFIED = 304,
	HTTP_PERMANENT = 308,
	HTTP_BAD_REQUEST = 400,
	HTTP_UNAUTHORIZED = 401,
	HTTP_FORBIDDEN = 403,
	HTTP_NOT_FOUND = 404,
	HTTP_NOT_ALLOWED = 405,
	HTTP_CONFLICT = 409,
	HTTP_TOO_LARGE = 413,
	HTTP_BAD_TYPE = 415,
	HTTP_UNPROCESSABLE = 422,
	HTTP_TOO_MANY = 429,
	HTTP_BROKEN = 500,
	HTTP_UNAVAILABLE = 503
};

struct pair {
	const char *name, *value;
};
struct pairs {
	struct pair *list;
	size_t count;
};
/* The first value of that name, or NULL. Header names in lower case. */
const char *pairs_get(const struct pairs *, const char *name);

struct request {
	struct arena *arena;
	const char *method, *path; /* path: decoded, valid UTF-8, starts with '/', below the base path */
	const char *raw_query;     /* as sent, bounded */
	struct pairs query, headers, cookies;
	struct bytes body;                                       /* read whole, up to the route's limit */
	const char *content_type, *host, *scheme, *address, *id; /* id: request id; address: after trusted proxies */
	int64_t arrived;                                         /* ms UTC when nginx took it; 0 unknown */
	bool fragment;                                           /* htmx asks for a part of a page */
	enum http fault; /* HTTP_OK, or why it could not be read: 400, 404, 413. The dispatcher answers with it */
	bool (*gone)(void *arg); /* whether the client has left; NULL: unknown */
	void *gone_arg;
};

struct response {
	struct arena *arena;
	enum http status;
	struct buf headers; /* "Name: value\r\n" */
	struct buf body;
	bool refused; /* a bug broke it: stays an empty 500 whatever follows */
};
void response_init(struct response *, struct arena *);
/* A name or value that holds CR, LF or another control character is a bug: the response becomes an empty 500 for
 * good. */
void response_header(struct response *, const char *name, const char *value);
/* Headers ready made, each ended by CRLF: the program's own text, never a value from outside. */
void response_lines(struct response *, const char *lines);
enum http respond(struct response *, enum http status, const char *content_type, struct bytes body);
enum http respond_redirect(struct response *, const char *location); /* 303 */

struct cookie {
	const char *name, *value, *path;
	int64_t max_age; /* seconds; 0: session; -1: forget */
	bool strict;     /* SameSite=Strict, else Lax; always HttpOnly */
	bool secure;
};
void response_cookie(struct response *, const struct cookie *);
