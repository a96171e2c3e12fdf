/* What nginx hands over, and what is made of it. */
#include "tests/unit/suite.h"
#include "web/request.h"

static struct request request;

static enum http read(const char *uri, const char *more, const char *base_path)
{
	const char *params[] = { "REQUEST_METHOD=GET", arena_printf(test_arena(), "REQUEST_URI=%s", uri),
		"HTTP_HOST=localhost:8080", "REMOTE_ADDR=192.0.2.7", "X_REQUEST_ID=0123456789abcdef0123456789abcdef",
		"MSEC=1764000000.123", more, NULL };

	return request_read(&request, test_arena(), params, base_path);
}

static enum http path(const char *uri)
{
	return read(uri, NULL, "");
}

TEST("SEC-5: a request is read into its parts")
{
	assert_int_equal(HTTP_OK, read("/orgs/%E5%8D%B0+x?after=12&q=a+b", "HTTP_USER_AGENT=test", ""));
	assert_string_equal("GET", request.method);
	assert_string_equal("/orgs/\xE5\x8D\xB0+x", request.path);
	assert_string_equal("after=12&q=a+b", request.raw_query);
	assert_string_equal("a b", pairs_get(&request.query, "q"));
	assert_string_equal("test", pairs_get(&request.headers, "user-agent"));
	assert_string_equal("localhost:8080", request.host);
	assert_string_equal("192.0.2.7", request.address);
	assert_string_equal("0123456789abcdef0123456789abcdef", request.id);
	assert_string_equal("http", request.scheme);
	assert_int_equal(INT64_C(1764000000123), request.arrived);
	assert_false(request.fragment);
}

TEST("SEC-5: a path that could mean two things is refused")
{
	static const char *const strange[] = { "", "orgs", "/a%00", "/a%0Ab", "/a%7F", "/%FF", "/a%C0%AF", "/..",
		"/a/../b", "/a/%2e%2E", "/.", "/a\\b", "/a%5Cb", "/a%2Fb", "/a%2fb", "/%", "/%4", "/a#b",
		"/a%E2%80%AEb", "http://x/a" };

	for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
		assert_int_equal(HTTP_BAD_REQUEST, path(strange[i]));
		assert_int_equal(HTTP_BAD_REQUEST, request.fault);
		assert_non_null(request.path);
	}
	assert_int_equal(HTTP_OK, path("/...a/.well-known/a..b"));
}

TEST("SEC-5: a path of 1,024 bytes is read, a longer one refused")
{
	char *uri = arena_alloc(test_arena(), PATH_MOST + 2);

	memset(uri, 'a', PATH_MOST);
	uri[0] = '/';
	assert_int_equal(HTTP_OK, path(uri));
	uri[PATH_MOST] = 'a';
	assert_int_equal(HTTP_BAD_REQUEST, path(uri));
}

TEST("SEC-5: a query of 16 KB and 100 pairs is read, more is refused")
{
	struct buf uri = buf_new(test_arena());

	buf_text(&uri, "/?");
	for (int i = 0; i < QUERY_PAIRS_MOST; i++)
		buf_printf(&uri, "%sa", i ? "&" : "");
	assert_int_equal(HTTP_OK, path(uri.data));
	assert_int_equal(QUERY_PAIRS_MOST, request.query.count);
	buf_text(&uri, "&a");
	assert_int_equal(HTTP_BAD_REQUEST, path(uri.data));
	assert_int_equal(0, request.query.count);

	uri.len = strlen("/?");
	for (int i = 0; i < QUERY_MOST; i++)
		buf_char(&uri, 'a');
	assert_int_equal(HTTP_OK, path(uri.data));
	buf_char(&uri, 'a');
	assert_int_equal(HTTP_BAD_REQUEST, path(uri.data));
	assert_int_equal(HTTP_BAD_REQUEST, path("/?a=%C3%28"));
}

TEST("OPS-14: the base path is taken off, and what lies outside is not found")
{
	assert_int_equal(HTTP_OK, read("/yinxin/orgs/1", NULL, "/yinxin"));
	assert_string_equal("/orgs/1", request.path);
	assert_int_equal(HTTP_OK, read("/yinxin", NULL, "/yinxin"));
	assert_string_equal("/", request.path);
	assert_int_equal(HTTP_OK, read("/yinxin/", NULL, "/yinxin"));
	assert_string_equal("/", request.path);
	assert_int_equal(HTTP_NOT_FOUND, read("/orgs/1", NULL, "/yinxin"));
	assert_int_equal(HTTP_NOT_FOUND, read("/yinxinx/orgs", NULL, "/yinxin"));
}

TEST("HELP-3: a request has an id whatever comes")
{
	const char *params[] = { "REQUEST_METHOD=get", "X_REQUEST_ID=short\r\n", NULL };

	assert_int_equal(HTTP_BAD_REQUEST, request_read(&request, test_arena(), params, ""));
	assert_int_equal(32, strlen(request.id));
	assert_string_equal("GET", request.method);
	assert_string_equal("/", request.path);
}

TEST("SEC-5: a header that is not plain text is left out, a host that is none refused")
{
	assert_int_equal(HTTP_OK, read("/", "HTTP_USER_AGENT=a\xFF", ""));
	assert_null(pairs_get(&request.headers, "user-agent"));
	assert_int_equal(HTTP_OK, read("/", "HTTP_A\xFF=b", ""));
	assert_null(pairs_get(&request.headers, "a\xFF"));
	assert_int_equal(HTTP_OK, read("/", "HTTP_=b", ""));
	assert_null(pairs_get(&request.headers, ""));
	assert_int_equal(HTTP_OK, read("/", "HTTP_HX_REQUEST=true", ""));
	assert_true(request.fragment);
	{
		const char *params[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/", "HTTP_HOST=a/b", NULL };

		assert_int_equal(HTTP_BAD_REQUEST, request_read(&request, test_arena(), params, ""));
	}
}

TEST("SEC-5: a header of 8 KB is read, a longer one refused")
{
	char *header = arena_alloc(test_arena(), HEADER_MOST + 20);
	size_t name = strlen("HTTP_X=");

	memset(header, 'a', HEADER_MOST + name);
	memcpy(header, "HTTP_X=", name);
	assert_int_equal(HTTP_OK, read("/", header, ""));
	header[HEADER_MOST + name] = 'a';
	assert_int_equal(HTTP_BAD_REQUEST, read("/", header, ""));
}
