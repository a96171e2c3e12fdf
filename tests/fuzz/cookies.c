/* The Cookie header, and what stands in cookies and forms under our own keys. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/buf.h"
#include "web/cookie.h"
#include "web/csrf.h"

static struct hmac_key *key;

static void make_key(void)
{
	static const unsigned char own[KEY_LEN] = "a key of the fuzz target alone.";

	key = hmac_key_new(own);
}

static void check_plain(const char *text)
{
	for (; *text; text++)
		HOLDS(*text > ' ' && *text < 0x7f && *text != ';');
}

static const char *again(const struct pairs *pairs)
{
	struct buf out = buf_new(fuzz_arena());

	for (size_t i = 0; i < pairs->count; i++)
		buf_printf(&out, "%s%s=%s", i ? "; " : "", pairs->list[i].name, pairs->list[i].value);
	return out.data;
}

/* A signed text has one spelling: what opens is to the letter what was signed. */
static void check_signed(const char *value)
{
	const char *text = signed_text_open(fuzz_arena(), key, "flash", value);

	if (text)
		HOLDS(text_equal(value, signed_text(fuzz_arena(), key, "flash", text)));
	HOLDS(!signed_text_open(fuzz_arena(), key, "other", value));
	(void)csrf_holds(key, "subject", value);
	HOLDS(!csrf_holds(key, "another", value));
}

FUZZ_PREPARED("cookies", make_key)
{
	const char *header = fuzz_text(input);
	struct pairs pairs, more;

	if (cookies_decode(fuzz_arena(), header, &pairs) != HTTP_OK) {
		HOLDS(!pairs.count);
		return;
	}
	HOLDS(pairs.count <= COOKIES_MOST);
	for (size_t i = 0; i < pairs.count; i++) {
		HOLDS(*pairs.list[i].name && !strchr(pairs.list[i].name, '='));
		check_plain(pairs.list[i].name);
		check_plain(pairs.list[i].value);
		check_signed(pairs.list[i].value);
	}
	header = again(&pairs);
	if (strlen(header) > COOKIE_HEADER_MOST) /* a space was added behind each semicolon */
		return;
	HOLDS(cookies_decode(fuzz_arena(), header, &more) == HTTP_OK && more.count == pairs.count);
	HOLDS(text_equal(header, again(&more)));
}
