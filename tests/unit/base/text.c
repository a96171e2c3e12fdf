/* UTF-8, plain text, numbers. */
#include "tests/unit/suite.h"
#include "base/text.h"

TEST("SEC-5: UTF-8 is valid up to the borders of RFC 3629 and not beyond")
{
	static const char *const good[] = { "", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
		"\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "印信𠮷" };
	static const char *const bad[] = {
		"\x80",
		"\xBF",
		"\xC0\x80",
		"\xC1\xBF", /* lone continuations, overlong in two */
		"\xE0\x80\x80",
		"\xE0\x9F\xBF", /* overlong in three */
		"\xF0\x80\x80\x80",
		"\xF0\x8F\xBF\xBF", /* overlong in four */
		"\xED\xA0\x80",
		"\xED\xBF\xBF", /* surrogates */
		"\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80",
		"\xFF", /* beyond the last */
		"\xC2",
		"\xE4\xBD",
		"\xF0\x9F\x98",
		"a\xE4", /* cut off */
		"\xC2"
		"a",
		"\xE4"
		"a\x80",
		"\xE4\xBD"
		"a", /* not continued */
		"\xF8\x88\x80\x80\x80",
	};

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
		assert_false(text_is_plain(bad[i]));
	}
	assert_true(utf8_valid("a\0b", 3));
	assert_false(utf8_valid("印", 2));
}

TEST("LOG-5: names are counted and cut by characters, beyond the basic plane too")
{
	assert_int_equal(0, utf8_count(""));
	assert_int_equal(4, utf8_count("印a𠮷é"));
	assert_string_equal("印a𠮷", utf8_cut(test_arena(), "印a𠮷é", 3));
	assert_string_equal("印a𠮷é", utf8_cut(test_arena(), "印a𠮷é", 9));
	assert_string_equal("", utf8_cut(test_arena(), "印", 0));
}

TEST("text: stepping through broken text ends and names the broken bytes")
{
	const char *text = "a\xE4\xBD";

	assert_int_equal('a', utf8_next(&text));
	assert_int_equal(0xFFFD, utf8_next(&text));
	assert_int_equal(0xFFFD, utf8_next(&text));
	assert_int_equal(0, utf8_next(&text));
	assert_int_equal(0, utf8_next(&text));
	text = "𠮷";
	assert_int_equal(0x20BB7, utf8_next(&text));
}

TEST("SEC-5: plain text holds no control, line or direction characters")
{
	static const char *const bad[] = { "a\nb", "a\tb", "a\rb", "\x01", "\x1B[0m", "\x7F", "\xC2\x80", "\xC2\x9F",
		"\u2028", "\u2029", "\u202A", "\u202B", "\u202C", "\u202D", "合同\u202Efdp.exe", "\u2066", "\u2067",
		"\u2068", "\u2069", "\u200E", "\u200F", "\u061C" };
	static const char *const good[] = { "", "张三·买买提", "a b", "\u00A0", "\u200D", "\u2027", "\u202F", "\u2065",
		"\u206A", "\u200B", "\u061B", "\u061D" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_is_plain(bad[i]));
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(text_is_plain(good[i]));
	assert_false(text_is_plain(NULL));
}

TEST("SEC-5: text of several lines takes line feeds and nothing else more")
{
	assert_true(text_is_plain_lines("第一行\n第二行\n"));
	assert_false(text_is_plain_lines("a\r\nb"));
	assert_false(text_is_plain_lines("a\n\u202Eb"));
	assert_false(text_is_plain_lines("a\tb"));
}

TEST("text: trim takes ASCII and ideographic spaces from both ends only")
{
	assert_string_equal("张 三", text_trim(test_arena(), "　 \t张 三\r\n　"));
	assert_string_equal("a　b", text_trim(test_arena(), "a　b"));
	assert_string_equal("", text_trim(test_arena(), " 　 "));
	assert_string_equal("", text_trim(test_arena(), ""));
	assert_string_equal("\xE3\x80", text_trim(test_arena(), " \xE3\x80"));
	assert_null(text_trim(test_arena(), NULL));
}

TEST("SEC-5: numbers are whole, decimal and within their bounds")
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "--1", "１",
		"9223372036854775808", "-9223372036854775809", "99999999999999999999999" };
	int64_t n = 7;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(parse_int(bad[i], INT64_MIN, INT64_MAX, &n));
	assert_false(parse_int(NULL, INT64_MIN, INT64_MAX, &n));
	assert_false(parse_int("11", 1, 10, &n));
	assert_false(parse_int("0", 1, 10, &n));
	assert_int_equal(7, n);
	assert_true(parse_int("9223372036854775807", INT64_MIN, INT64_MAX, &n) && n == INT64_MAX);
	assert_true(parse_int("-9223372036854775808", INT64_MIN, INT64_MAX, &n) && n == INT64_MIN);
	assert_true(parse_int("10", 1, 10, &n) && n == 10);
	assert_true(parse_int("-0", 0, 0, &n) && n == 0);
}

TEST("text: equal, starts and ends")
{
	assert_true(text_equal(NULL, NULL));
	assert_false(text_equal(NULL, ""));
	assert_false(text_equal("", NULL));
	assert_true(text_equal("a", "a"));
	assert_true(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("a", "ab") &&
		!text_starts(NULL, ""));
	assert_true(text_ends("abc", "bc") && text_ends("abc", "") && !text_ends("c", "bc") && !text_ends(NULL, ""));
}

TEST("SEC-5: the plain part of a text is the text without control and direction characters and broken bytes")
{
	struct arena *arena = arena_new(false);

	assert_string_equal(text_plain_part(arena, "139\a0000\u202E0001\n"), "13900000001");
	assert_string_equal(text_plain_part(arena, "\u2066\xFF\xE5\x8D"), "");
	assert_string_equal(text_plain_part(arena, "中青"), "中青");
	arena_free(&arena);
}
