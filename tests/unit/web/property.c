/* Forms and percent encoding over many texts: what goes out comes back, and what comes in is judged as a slow reader
 * would. */
#include "tests/unit/suite.h"
#include "base/text.h"
#include "web/urlencode.h"
#include <ctype.h>

enum { ROUNDS = 20000, MOST = 12 };

/* Valid UTF-8 of up to MOST characters, with those that escaping is about more often than others. */
static char *any_text(void)
{
	static const char *const parts[] = { "&", "=", "+", "%", " ", "\n", "%41", "a", "~", "/", "印", "é", "😀",
		"\xE2\x80\xAE", "\x7f", "\x01" };
	struct buf out = buf_new(test_arena());

	for (uint32_t i = test_random_below(MOST); i; i--)
		buf_text(&out, parts[test_random_below(sizeof parts / sizeof parts[0])]);
	return out.data;
}

TEST("SEC-5: any text comes back from percent encoding, with and without '+' for spaces")
{
	for (int i = 0; i < ROUNDS; i++) {
		const char *text = any_text(), *sent = percent_encode(test_arena(), text);

		assert_string_equal(text, percent_decode(test_arena(), bytes_of_text(sent), false));
		assert_string_equal(text, percent_decode(test_arena(), bytes_of_text(sent), true));
		assert_true(!strpbrk(sent, "&=+ \n") && text_is_plain(sent));
		if (i % 100 == 0)
			arena_reset(test_arena());
	}
}

TEST("SEC-5: any form comes back from its encoding, pair for pair")
{
	for (int i = 0; i < ROUNDS / 10; i++) {
		struct pair sent[MOST];
		size_t count = test_random_below(MOST);
		struct buf body = buf_new(test_arena());
		struct pairs got;

		for (size_t p = 0; p < count; p++) {
			sent[p] = (struct pair){ arena_printf(test_arena(), "n%s", any_text()), any_text() };
			buf_printf(&body, "%s%s=%s", p ? "&" : "", percent_encode(test_arena(), sent[p].name),
				percent_encode(test_arena(), sent[p].value));
		}
		assert_int_equal(HTTP_OK, pairs_decode(test_arena(), buf_view(&body), MOST, &got));
		assert_int_equal(count, got.count);
		for (size_t p = 0; p < count; p++) {
			assert_string_equal(sent[p].name, got.list[p].name);
			assert_string_equal(sent[p].value, got.list[p].value);
		}
		arena_reset(test_arena());
	}
}

/* By the library's own reading of numbers; NULL where it must be refused. */
static const char *decoded_slowly(const char *text)
{
	struct buf out = buf_new(test_arena());

	for (; *text; text++) {
		char pair[3] = { 0 }, *end;

		if (*text != '%') {
			buf_char(&out, *text);
			continue;
		}
		if (!isxdigit((unsigned char)text[1]) || !isxdigit((unsigned char)text[2]))
			return NULL;
		memcpy(pair, text + 1, 2);
		buf_char(&out, (char)strtol(pair, &end, 16));
		text += 2;
	}
	return strlen(out.data) == out.len && utf8_valid(out.data, out.len) ? out.data : NULL;
}

TEST("SEC-5: percent decoding takes and refuses what a slow reader does")
{
	static const char alphabet[] = "%%%%%%0123456789abcdefABCDEFgxEe8+&";
	size_t taken = 0;

	for (int i = 0; i < ROUNDS * 5; i++) {
		char text[20] = { 0 };
		const char *want, *got;

		for (uint32_t at = test_random_below(sizeof text); at; at--)
			text[at - 1] = alphabet[test_random_below(sizeof alphabet - 1)];
		want = decoded_slowly(text);
		got = percent_decode(test_arena(), bytes_of_text(text), false);
		if (!text_equal(want, got))
			fail_msg("%s", text);
		taken += want != NULL;
		if (i % 100 == 0)
			arena_reset(test_arena());
	}
	assert_in_range(taken, ROUNDS / 2, ROUNDS * 4); /* both ends were met */
}
