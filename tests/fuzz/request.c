/* What nginx hands over of a request, and the way to its row. Input: base path by the first byte, then NAME=value, each
 * ended by a NUL. */
#include "tests/fuzz/driver/fuzz.h"
#include "web/cookie.h"
#include "web/request.h"
#include "web/route.h"

enum { MOST_PARAMS = 300 };

static const struct route rows[] = { { "GET", "/" }, { "GET", "/orgs/:org" }, { "POST", "/orgs/:org" },
	{ "GET", "/orgs/:org/seals/:seal" }, { "GET", "/orgs/new" }, { "POST", "/orgs/:org/seals/new" },
	{ "GET", "/s/:code" }, { "GET", "/a/b/c/d/e/:f" }, ROUTES_END };
static const struct route *const tables[] = { rows, NULL };

static const char *const *read_params(struct bytes input)
{
	const char **params = ARENA_ARRAY(fuzz_arena(), const char *, MOST_PARAMS + 1);

	for (size_t i = 0; input.len && i < MOST_PARAMS; i++)
		params[i] = fuzz_text(fuzz_part(&input, 0));
	return params;
}

static void check_pairs(const struct pairs *pairs, size_t most)
{
	HOLDS(pairs->count <= most);
	for (size_t i = 0; i < pairs->count; i++)
		HOLDS(utf8_valid(pairs->list[i].name, strlen(pairs->list[i].name)) &&
			utf8_valid(pairs->list[i].value, strlen(pairs->list[i].value)));
}

static void check_path(const char *path)
{
	HOLDS(path[0] == '/' && text_is_plain(path) && strlen(path) <= PATH_MOST);
	HOLDS(!strpbrk(path, "\\#") && !text_ends(path, "/..") && !text_ends(path, "/."));
	HOLDS(!strstr(path, "/../") && !strstr(path, "/./"));
}

static void check_route(const struct request *request)
{
	struct match match;
	const char *allow;
	enum http found = route_find(tables, request->method, request->path, request->arena, &match, &allow);

	HOLDS(found == HTTP_OK || found == HTTP_NOT_FOUND || found == HTTP_NOT_ALLOWED);
	HOLDS((found == HTTP_NOT_ALLOWED) == (allow != NULL) && (found == HTTP_OK) == (match.route != NULL));
	for (size_t i = 0; i < match.count; i++)
		HOLDS(*match.parts[i].value && !strchr(match.parts[i].value, '/'));
}

FUZZ("request")
{
	const char *base_path = fuzz_byte(&input) & 1 ? "/yinxin" : "";
	struct request request;
	enum http fault = request_read(&request, fuzz_arena(), read_params(input), base_path);

	HOLDS(fault == request.fault);
	HOLDS(fault == HTTP_OK || fault == HTTP_BAD_REQUEST || fault == HTTP_NOT_FOUND);
	HOLDS(strlen(request.id) >= 8 && strlen(request.id) <= 64 && request.method && *request.method && request.path);
	HOLDS(request.host && request.scheme && request.address && request.content_type && request.arrived >= 0);
	check_pairs(&request.query, QUERY_PAIRS_MOST);
	check_pairs(&request.headers, HEADERS_MOST);
	if (fault != HTTP_OK)
		return;
	check_pairs(&request.cookies, COOKIES_MOST);
	check_path(request.path);
	check_route(&request);
}
