/* Percent encoding: strict on the way in, unreserved characters only on the way out. */
#include "base/text.h"
#include "web/urlencode.h"

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *percent_decode(struct arena *arena, struct bytes text, bool plus)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.data[i];

		if (c == '%') {
			int high, low;

			if (text.len - i < 3)
				return NULL;
			high = hex_value(text.data[i + 1]);
			low = hex_value(text.data[i + 2]);
			if (high < 0 || low < 0)
				return NULL;
			c = (unsigned char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (!c)
			return NULL;
		out[len++] = (char)c;
	}
	out[len] = 0;
	return utf8_valid(out, len) ? out : NULL;
}

static size_t count_pairs(struct bytes text)
{
	size_t count = text.len ? 1 : 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.data[i] == '&';
	return count;
}

enum http pairs_decode(struct arena *arena, struct bytes text, size_t most, struct pairs *out)
{
	size_t count = count_pairs(text), start = 0;

	*out = (struct pairs){ NULL, 0 };
	/* Counted with the empty ones, so that a body of '&' costs nothing. */
	if (count > most)
		return HTTP_BAD_REQUEST;
	out->list = ARENA_ARRAY(arena, struct pair, count);
	while (start < text.len) {
		const unsigned char *from = text.data + start;
		const unsigned char *amp = memchr(from, '&', text.len - start);
		size_t len = amp ? (size_t)(amp - from) : text.len - start;
		const unsigned char *equals = memchr(from, '=', len);
		size_t name_len = equals ? (size_t)(equals - from) : len;
		struct pair *pair = &out->list[out->count];

		start += len + 1;
		if (!len)
			continue;
		pair->name = percent_decode(arena, (struct bytes){ from, name_len }, true);
		pair->value = equals ? percent_decode(arena, (struct bytes){ equals + 1, len - name_len - 1 }, true)
				     : "";
		if (!pair->name || !pair->value)
			return HTTP_BAD_REQUEST;
		out->count++;
	}
	return HTTP_OK;
}
