/* The route table: which row a request gets. */
#include "tests/unit/suite.h"
#include "web/route.h"

static enum http nothing(struct visit *v)
{
	(void)v;
	return HTTP_OK;
}

static const struct route first[] = { { "GET", "/", ANYONE, 0, NO_BODY, nothing },
	{ "GET", "/orgs", SIGNED_IN, 0, NO_BODY, nothing }, { "GET", "/orgs/:org", SIGNED_IN, 0, NO_BODY, nothing },
	{ "POST", "/orgs/:org", SIGNED_IN, 0, FORM_BODY, nothing },
	{ "GET", "/orgs/new", SIGNED_IN, 0, NO_BODY, nothing },
	{ "GET", "/orgs/:org/seals/:seal/void", LEGAL_REP, 0, NO_BODY, nothing },
	{ "GET", "/orgs/:org/seals/new", LEGAL_REP, 0, NO_BODY, nothing },
	{ "GET", "/orgs/:org/seals/:seal", LEGAL_REP, 0, NO_BODY, nothing }, ROUTES_END };
static const struct route second[] = { { "POST", "/login", ANYONE, 0, FORM_BODY, nothing },
	{ "GET", "/:page", ANYONE, 0, NO_BODY, nothing }, { "POST", "/orgs/new", SIGNED_IN, 0, FORM_BODY, nothing },
	{ "GET", "/a/:b/c/:d/e/:f", ANYONE, 0, NO_BODY, nothing }, ROUTES_END };
static const struct route *const tables[] = { first, second, NULL };

static enum http find(const char *method, const char *path, struct match *match)
{
	const char *allow;

	return route_find(tables, method, path, test_arena(), match, &allow);
}

static const char *pattern(const char *method, const char *path)
{
	struct match match;

	assert_int_equal(HTTP_OK, find(method, path, &match));
	return match.route->pattern;
}

static const char *allowed(const char *method, const char *path)
{
	struct match match;
	const char *allow;

	assert_int_equal(HTTP_NOT_ALLOWED, route_find(tables, method, path, test_arena(), &match, &allow));
	return allow;
}

TEST("SEC-1: a path finds its row, across tables and with its parts named")
{
	struct match match;

	assert_string_equal("/", pattern("GET", "/"));
	assert_string_equal("/orgs", pattern("GET", "/orgs"));
	assert_string_equal("/:page", pattern("GET", "/about"));
	assert_int_equal(HTTP_OK, find("GET", "/orgs/12/seals/34/void", &match));
	assert_string_equal("12", match_part(&match, "org"));
	assert_string_equal("34", match_part(&match, "seal"));
	assert_null(match_part(&match, "cert"));
	assert_string_equal("/a/:b/c/:d/e/:f", pattern("GET", "/a/1/c/2/e/3"));
}

TEST("SEC-1: words win over parts, the leftmost first")
{
	assert_string_equal("/orgs/new", pattern("GET", "/orgs/new"));
	assert_string_equal("/orgs/:org", pattern("GET", "/orgs/newer"));
	assert_string_equal("/orgs/:org/seals/new", pattern("GET", "/orgs/1/seals/new"));
	assert_string_equal("/orgs/:org/seals/:seal", pattern("GET", "/orgs/1/seals/news"));
	assert_string_equal("/orgs/:org", pattern("POST", "/orgs/9"));
	assert_string_equal("/orgs/new", pattern("POST", "/orgs/new"));
}

TEST("SEC-1: a known path with another method is told what it takes, and never falls to a wider pattern")
{
	assert_string_equal("GET, HEAD", allowed("POST", "/orgs"));
	assert_string_equal("GET, HEAD", allowed("DELETE", "/orgs/1/seals/2/void"));
	assert_string_equal("POST", allowed("GET", "/login"));
	assert_string_equal("GET, HEAD", allowed("OPTIONS", "/"));
}

TEST("SEC-1: HEAD takes GET's row and no other")
{
	assert_string_equal("/orgs/new", pattern("HEAD", "/orgs/new"));
	assert_string_equal("POST", allowed("HEAD", "/login"));
}

TEST("SEC-1: a slash more, an empty part or a part too many is another path")
{
	static const char *const strange[] = { "/orgs/", "//", "/orgs//seals/1", "/orgs/1/seals/", "orgs", "",
		"/a/1/c/2/e/3/4", "/a/1/c/2/e", "/ORGS/1/seals/2/void" };
	struct match match;

	for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
		assert_int_equal(HTTP_NOT_FOUND, find("GET", strange[i], &match));
}
