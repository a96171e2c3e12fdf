/* Responses, cookies and signed tokens. */
#include "tests/unit/suite.h"
#include "base/buf.h"
#include "web/cookie.h"
#include "web/csrf.h"
#include "web/http.h"

/* One of a few web keys, for the whole process. */
static struct hmac_key *key_of(unsigned char number)
{
	static struct hmac_key *made[10];

	if (!made[number])
		made[number] = hmac_key_new((const unsigned char[KEY_LEN]){ number });
	return made[number];
}

TEST("SEC-2: a header with a line end becomes an empty 500, for good")
{
	static const char *const bad[] = { "a\r\nSet-Cookie: x=y", "a\nb", "a\rb", "a\x01" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct response response;

		response_init(&response, test_arena());
		response_header(&response, "X-Good", "fine");
		response_header(&response, "X-Bad", bad[i]);
		respond(&response, HTTP_OK, "text/html", bytes_of_text("page"));
		assert_int_equal(HTTP_BROKEN, response.status);
		assert_int_equal(0, response.body.len);
		assert_int_equal(0, response.headers.len);
	}
}

TEST("SEC-2: a header's name is a token")
{
	struct response response;

	response_init(&response, test_arena());
	response_header(&response, "X: y", "z");
	assert_int_equal(HTTP_BROKEN, response.status);
}

TEST("SEC-2: a redirect is 303 with the place in Location")
{
	struct response response;

	response_init(&response, test_arena());
	assert_int_equal(HTTP_SEE_OTHER, respond_redirect(&response, "/yinxin/orgs/1"));
	assert_string_equal("Location: /yinxin/orgs/1\r\n", response.headers.data);
}

TEST("SEC-2: cookies are HttpOnly and Lax or Strict, and hold no separator")
{
	struct response response;

	response_init(&response, test_arena());
	response_cookie(&response, &(struct cookie){ "session", "abc", "/yinxin", 0, false, true });
	response_cookie(&response, &(struct cookie){ "device-secret", "x", "", 34560000, true, false });
	response_cookie(&response, &(struct cookie){ "flash", "", "/", -1, false, false });
	assert_string_equal("Set-Cookie: session=abc; Path=/yinxin; HttpOnly; SameSite=Lax; Secure\r\n"
			    "Set-Cookie: device-secret=x; Path=/; HttpOnly; SameSite=Strict; Max-Age=34560000\r\n"
			    "Set-Cookie: flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0\r\n",
		response.headers.data);
	response_cookie(&response, &(struct cookie){ "a", "b; Domain=x", "/" });
	assert_int_equal(HTTP_BROKEN, response.status);
}

TEST("SEC-5: of two cookies with one name the first counts, a malformed one is left out")
{
	struct pairs cookies;

	assert_int_equal(
		HTTP_OK, cookies_decode(test_arena(), "session=one; x; =y; bad=a b; session=two;;z=1=2", &cookies));
	assert_int_equal(3, cookies.count);
	assert_string_equal("one", pairs_get(&cookies, "session"));
	assert_string_equal("1=2", pairs_get(&cookies, "z"));
	assert_int_equal(HTTP_OK, cookies_decode(test_arena(), NULL, &cookies));
	assert_int_equal(0, cookies.count);
}

TEST("SEC-5: 50 cookies and 8 KB are read, more is refused")
{
	struct buf header = buf_new(test_arena());
	struct pairs cookies;

	for (int i = 0; i < COOKIES_MOST; i++)
		buf_printf(&header, "%sc%d=1", i ? "; " : "", i);
	assert_int_equal(HTTP_OK, cookies_decode(test_arena(), header.data, &cookies));
	assert_int_equal(COOKIES_MOST, cookies.count);
	buf_text(&header, "; d=1");
	assert_int_equal(HTTP_BAD_REQUEST, cookies_decode(test_arena(), header.data, &cookies));

	header = buf_new(test_arena());
	buf_text(&header, "a=");
	while (header.len < COOKIE_HEADER_MOST)
		buf_char(&header, 'a');
	assert_int_equal(HTTP_OK, cookies_decode(test_arena(), header.data, &cookies));
	buf_char(&header, 'a');
	assert_int_equal(HTTP_BAD_REQUEST, cookies_decode(test_arena(), header.data, &cookies));
}

TEST("SEC-2: a CSRF token holds for its session alone and looks different each time")
{
	char *one = csrf_token(test_arena(), key_of(1), "session-1"),
	     *two = csrf_token(test_arena(), key_of(1), "session-1");

	assert_string_not_equal(one, two);
	assert_true(csrf_holds(key_of(1), "session-1", one));
	assert_true(csrf_holds(key_of(1), "session-1", two));
	assert_false(csrf_holds(key_of(1), "session-2", one));
	assert_false(csrf_holds(key_of(9), "session-1", one));
}

TEST("SEC-2: a CSRF token that is missing, cut or changed does not hold")
{
	char *token = csrf_token(test_arena(), key_of(1), "s");

	assert_false(csrf_holds(key_of(1), "s", NULL));
	assert_false(csrf_holds(key_of(1), "s", ""));
	assert_false(csrf_holds(key_of(1), "s", arena_text_n(test_arena(), token, strlen(token) - 4)));
	token[50] = token[50] == 'A' ? 'B' : 'A';
	assert_false(csrf_holds(key_of(1), "s", token));
}

TEST("SEC-2: a signed text opens for its purpose alone")
{
	char *text = signed_text(test_arena(), key_of(1), "flash", "a.b");

	assert_string_equal("a.b", signed_text_open(test_arena(), key_of(1), "flash", text));
	assert_null(signed_text_open(test_arena(), key_of(1), "other", text));
	assert_null(signed_text_open(test_arena(), key_of(1), "flash", "a.b"));
	assert_null(signed_text_open(test_arena(), key_of(1), "flash", NULL));
	text[0] = 'c';
	assert_null(signed_text_open(test_arena(), key_of(1), "flash", text));
}
