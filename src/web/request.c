/* Reads what nginx sends. The path is decoded here from what the client wrote, so that there is one decoder and one
 * judgement: what nginx normalised is not asked. */
#include "base/crypto.h"
#include "base/text.h"
#include "web/cookie.h"
#include "web/request.h"
#include "web/urlencode.h"

const char *request_param(const char *const *params, const char *name)
{
	size_t len = strlen(name);

	for (; *params; params++)
		if (!strncmp(*params, name, len) && (*params)[len] == '=')
			return *params + len + 1;
	return NULL;
}

static const char *param_or(const char *const *params, const char *name, const char *fallback)
{
	const char *value = request_param(params, name);

	return value && *value ? value : fallback;
}

static bool holds_only(const char *text, const char *allowed, size_t least, size_t most)
{
	size_t len = strlen(text);

	return len >= least && len <= most && strspn(text, allowed) == len;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* nginx makes 32 hexadecimal digits; where it did not, one is made, for an error page always names one (HELP-3). */
static const char *request_id(struct arena *arena, const char *const *params)
{
	const char *id = param_or(params, "X_REQUEST_ID", "");
	unsigned char random[16];

	if (holds_only(id, LETTERS DIGITS "-", 8, 64))
		return arena_text(arena, id);
	crypto_random(random, sizeof random);
	return hex_encode(arena, BYTES_OF(random));
}

/* "1764000000.123" as $msec writes it. 0: unknown. */
static int64_t arrival(struct arena *arena, const char *text)
{
	const char *dot = text ? strchr(text, '.') : NULL;
	int64_t seconds, ms;

	if (!dot || strlen(dot) != 4 ||
		!parse_int(arena_text_n(arena, text, (size_t)(dot - text)), 0, INT64_C(1) << 40, &seconds) ||
		!parse_int(dot + 1, 0, 999, &ms))
		return 0;
	return seconds * 1000 + ms;
}

/* NULL: not a name as CGI writes it (RFC 3875 4.1.18). */
static char *header_name(struct arena *arena, const char *param, size_t len)
{
	char *name = arena_text_n(arena, param, len);

	if (!holds_only(name, LETTERS DIGITS "_", 1, HEADER_MOST))
		return NULL;
	for (char *c = name; *c; c++)
		*c = *c == '_' ? '-' : *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	return name;
}

static enum http read_headers(struct request *request, const char *const *params)
{
	size_t most = 0;

	for (const char *const *p = params; *p; p++)
		most += text_starts(*p, "HTTP_");
	if (most > HEADERS_MOST)
		return HTTP_BAD_REQUEST;
	request->headers.list = ARENA_ARRAY(request->arena, struct pair, most);
	for (; *params; params++) {
		const char *param = *params + 5, *equals = strchr(*params, '='), *name;

		if (!text_starts(*params, "HTTP_") || !equals || text_starts(param, "COOKIE="))
			continue;
		if (strlen(equals + 1) > HEADER_MOST)
			return HTTP_BAD_REQUEST;
		name = header_name(request->arena, param, (size_t)(equals - param));
		if (!name || !text_is_plain(equals + 1))
			continue;
		request->headers.list[request->headers.count++] = (struct pair){ name,
			arena_text(request->arena, equals + 1) };
	}
	return HTTP_OK;
}

static bool has_dot_segment(const char *path)
{
	while (*path) {
		size_t len;

		path++;
		len = strcspn(path, "/");
		if ((len == 1 && path[0] == '.') || (len == 2 && path[0] == '.' && path[1] == '.'))
			return true;
		path += len;
	}
	return false;
}

/* An escaped slash is refused: it would make two paths of one. */
static bool has_escaped_slash(struct bytes raw)
{
	for (size_t i = 0; i + 2 < raw.len; i++)
		if (raw.data[i] == '%' && raw.data[i + 1] == '2' && (raw.data[i + 2] | 0x20) == 'f')
			return true;
	return false;
}

static enum http read_path(struct request *request, struct bytes raw, const char *base_path)
{
	size_t base_len = strlen(base_path);
	const char *path;

	if (!raw.len || raw.len > PATH_MOST || raw.data[0] != '/' || has_escaped_slash(raw))
		return HTTP_BAD_REQUEST;
	path = percent_decode(request->arena, raw, false);
	if (!path || !text_is_plain(path) || strpbrk(path, "\\#") || has_dot_segment(path))
		return HTTP_BAD_REQUEST;
	if (strncmp(path, base_path, base_len) || (path[base_len] && path[base_len] != '/'))
		return HTTP_NOT_FOUND;
	request->path = path[base_len] ? path + base_len : "/";
	return HTTP_OK;
}

static enum http read_query(struct request *request, const char *query)
{
	if (strlen(query) > QUERY_MOST)
		return HTTP_BAD_REQUEST;
	request->raw_query = arena_text(request->arena, query);
	return pairs_decode(request->arena, bytes_of_text(request->raw_query), QUERY_PAIRS_MOST, &request->query);
}

static enum http read_host(struct request *request)
{
	const char *host = pairs_get(&request->headers, "host");

	if (!host)
		return HTTP_OK;
	if (!holds_only(host, LETTERS DIGITS ".-:[]", 1, 255))
		return HTTP_BAD_REQUEST;
	request->host = host;
	return HTTP_OK;
}

static enum http read_all(struct request *request, const char *const *params, const char *base_path)
{
	const char *method = param_or(params, "REQUEST_METHOD", ""), *uri = param_or(params, "REQUEST_URI", "");
	size_t path_len = strcspn(uri, "?");
	enum http fault;

	if (!holds_only(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1, 16))
		return HTTP_BAD_REQUEST;
	request->method = arena_text(request->arena, method);
	if ((fault = read_headers(request, params)) != HTTP_OK || (fault = read_host(request)) != HTTP_OK)
		return fault;
	request->fragment = text_equal(pairs_get(&request->headers, "hx-request"), "true");
	if ((fault = cookies_decode(request->arena, request_param(params, "HTTP_COOKIE"), &request->cookies)) !=
		HTTP_OK)
		return fault;
	fault = read_path(request, (struct bytes){ (const unsigned char *)uri, path_len }, base_path);
	if (fault != HTTP_OK)
		return fault;
	return read_query(request, uri[path_len] ? uri + path_len + 1 : "");
}

enum http request_read(struct request *request, struct arena *arena, const char *const *params, const char *base_path)
{
	*request = (struct request){
		.arena = arena,
		.method = "GET",
		.path = "/",
		.raw_query = "",
		.host = "",
		.content_type = arena_text(arena, param_or(params, "CONTENT_TYPE", "")),
		.scheme = text_equal(request_param(params, "REQUEST_SCHEME"), "https") ? "https" : "http",
		.address = arena_text(arena, param_or(params, "REMOTE_ADDR", "")),
		.id = request_id(arena, params),
		.arrived = arrival(arena, request_param(params, "MSEC")),
	};
	request->fault = read_all(request, params, base_path);
	if (request->fault != HTTP_OK)
		request->query = (struct pairs){ NULL, 0 };
	return request->fault;
}
