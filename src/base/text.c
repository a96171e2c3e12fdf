/* Text from strangers: UTF-8, plain text, numbers. */
#include "base/text.h"

#define BAD         UINT32_MAX
#define REPLACEMENT 0xFFFDU

/* The code point at the start of text (len > 0) and the bytes it takes; BAD and 1 where RFC 3629 is broken. */
static uint32_t decode(const unsigned char *text, size_t len, size_t *taken)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned first = text[0];
	size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
	uint32_t code;

	*taken = 1;
	if (size == 1)
		return first;
	if (!size || size > len)
		return BAD;
	code = first & (0x7FU >> size);
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xC0) != 0x80)
			return BAD;
		code = code << 6 | (text[i] & 0x3F);
	}
	if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return BAD;
	*taken = size;
	return code;
}

bool utf8_valid(const char *text, size_t len)
{
	size_t taken;

	for (; len; text += taken, len -= taken) {
		if (decode((const unsigned char *)text, len, &taken) == BAD)
			return false;
	}
	return true;
}

uint32_t utf8_next(const char **text)
{
	size_t taken;
	uint32_t code;

	if (!**text)
		return 0;
	code = decode((const unsigned char *)*text, strnlen(*text, 4), &taken);
	*text += taken;
	return code == BAD ? REPLACEMENT : code;
}

size_t utf8_count(const char *text)
{
	size_t count = 0;

	while (utf8_next(&text))
		count++;
	return count;
}

char *utf8_cut(struct arena *arena, const char *text, size_t code_points)
{
	const char *end = text;

	while (code_points-- && utf8_next(&end))
		;
	return arena_text_n(arena, text, (size_t)(end - text));
}

struct range {
	uint32_t first, last;
};

static bool is_hidden(uint32_t code)
{
	static const struct range hidden[] = {
		{ 0x00, 0x1F }, { 0x7F, 0x9F }, /* C0, DEL, C1 */
		{ 0x61C, 0x61C }, { 0x200E, 0x200F },
		{ 0x202A, 0x202E },                     /* marks, embeddings and overrides of direction */
		{ 0x2028, 0x2029 }, { 0x2066, 0x2069 }, /* line separators, isolates */
	};

	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
		if (code >= hidden[i].first && code <= hidden[i].last)
			return true;
	}
	return false;
}

static bool is_plain_but(const char *text, uint32_t allowed)
{
	uint32_t code;

	if (!text || !utf8_valid(text, strlen(text)))
		return false;
	while ((code = utf8_next(&text))) {
		if (is_hidden(code) && code != allowed)
			return false;
	}
	return true;
}

bool text_is_plain(const char *text)
{
	return is_plain_but(text, 0);
}

bool text_is_plain_lines(const char *text)
{
	return is_plain_but(text, '\n');
}

char *text_plain_part(struct arena *arena, const char *text)
{
	size_t len = strlen(text), taken;
	char *out = arena_alloc(arena, len + 1), *end = out;

	for (; len; text += taken, len -= taken) {
		uint32_t code = decode((const unsigned char *)text, len, &taken);

		if (code == BAD || is_hidden(code))
			continue;
		memcpy(end, text, taken);
		end += taken;
	}
	*end = 0;
	return out;
}

/* Bytes of the space at the start of text, or 0. */
static size_t space_at(const char *text)
{
	static const char ideographic[] = "\xE3\x80\x80"; /* U+3000 */

	if (*text && strchr(" \t\n\v\f\r", *text))
		return 1;
	return text_starts(text, ideographic) ? sizeof ideographic - 1 : 0;
}

char *text_trim(struct arena *arena, const char *text)
{
	const char *end, *at;

	if (!text)
		return NULL;
	while (space_at(text))
		text += space_at(text);
	for (at = end = text; *at;) {
		size_t space = space_at(at);

		at += space ? space : 1;
		if (!space)
			end = at;
	}
	return arena_text_n(arena, text, (size_t)(end - text));
}

bool parse_int(const char *text, int64_t min, int64_t max, int64_t *out)
{
	bool negative;
	int64_t value = 0;

	if (!text)
		return false;
	negative = *text == '-';
	text += negative;
	if (!*text)
		return false;
	/* counted downwards: the least number has no positive twin */
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, *text - '0', &value))
			return false;
	}
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_starts(const char *text, const char *prefix)
{
	return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	size_t len = text ? strlen(text) : 0, tail = strlen(suffix);

	return text && len >= tail && memcmp(text + len - tail, suffix, tail) == 0;
}
