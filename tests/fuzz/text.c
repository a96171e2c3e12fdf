/* UTF-8 against a decoder that follows the table of RFC 3629 row by row, and what is built on it. */
#include "tests/fuzz/driver/fuzz.h"

struct row {
	unsigned char low[4], high[4];
	size_t len;
};

static const struct row rows[] = {
	{ { 0x00 }, { 0x7F }, 1 },
	{ { 0xC2, 0x80 }, { 0xDF, 0xBF }, 2 },
	{ { 0xE0, 0xA0, 0x80 }, { 0xE0, 0xBF, 0xBF }, 3 },
	{ { 0xE1, 0x80, 0x80 }, { 0xEC, 0xBF, 0xBF }, 3 },
	{ { 0xED, 0x80, 0x80 }, { 0xED, 0x9F, 0xBF }, 3 },
	{ { 0xEE, 0x80, 0x80 }, { 0xEF, 0xBF, 0xBF }, 3 },
	{ { 0xF0, 0x90, 0x80, 0x80 }, { 0xF0, 0xBF, 0xBF, 0xBF }, 4 },
	{ { 0xF1, 0x80, 0x80, 0x80 }, { 0xF3, 0xBF, 0xBF, 0xBF }, 4 },
	{ { 0xF4, 0x80, 0x80, 0x80 }, { 0xF4, 0x8F, 0xBF, 0xBF }, 4 },
};

static bool fits(const struct row *row, struct bytes at)
{
	if (at.len < row->len)
		return false;
	for (size_t i = 0; i < row->len; i++)
		if (at.data[i] < row->low[i] || at.data[i] > row->high[i])
			return false;
	return true;
}

static bool valid_by_table(struct bytes at, size_t *count)
{
	for (*count = 0; at.len; ++*count) {
		size_t i = 0;

		while (i < sizeof rows / sizeof rows[0] && !fits(&rows[i], at))
			i++;
		if (i == sizeof rows / sizeof rows[0])
			return false;
		at = (struct bytes){ at.data + rows[i].len, at.len - rows[i].len };
	}
	return true;
}

static void check_cut(const char *text, size_t count)
{
	for (size_t most = 0; most <= count && most < 20; most++) {
		const char *cut = utf8_cut(fuzz_arena(), text, most);

		HOLDS(utf8_valid(cut, strlen(cut)) && utf8_count(cut) == most && text_starts(text, cut));
	}
}

static void check_any(const char *text)
{
	const char *part = text_plain_part(fuzz_arena(), text), *trimmed = text_trim(fuzz_arena(), text);

	HOLDS(text_is_plain(part) && (!text_is_plain(text) || text_equal(text, part)));
	HOLDS(strlen(part) <= strlen(text) && strlen(trimmed) <= strlen(text) && strstr(text, trimmed));
	HOLDS(text_equal(trimmed, text_trim(fuzz_arena(), trimmed)));
	HOLDS(!text_is_plain(text) || text_is_plain_lines(text));
	HOLDS(utf8_count(text) <= strlen(text));
}

FUZZ("text")
{
	const char *text = fuzz_text(input);
	size_t count;
	bool valid = valid_by_table(input, &count);

	HOLDS(utf8_valid((const char *)input.data, input.len) == valid);
	check_any(text);
	if (!valid || strlen(text) != input.len)
		return;
	HOLDS(utf8_count(text) == count);
	check_cut(text, count);
}
