/* Queries and bodies of forms, and the percent encoding by itself, there and back. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/buf.h"
#include "web/urlencode.h"

enum { MOST_PAIRS = 100 };

static void check_text(const char *text)
{
	HOLDS(utf8_valid(text, strlen(text)));
	HOLDS(text_equal(text, percent_decode(fuzz_arena(), bytes_of_text(percent_encode(fuzz_arena(), text)), true)));
}

static struct bytes again(const struct pairs *pairs)
{
	struct buf out = buf_new(fuzz_arena());

	for (size_t i = 0; i < pairs->count; i++)
		buf_printf(&out, "%s%s=%s", i ? "&" : "", percent_encode(fuzz_arena(), pairs->list[i].name),
			percent_encode(fuzz_arena(), pairs->list[i].value));
	return buf_view(&out);
}

static bool same(const struct pairs *a, const struct pairs *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (!text_equal(a->list[i].name, b->list[i].name) || !text_equal(a->list[i].value, b->list[i].value))
			return false;
	return a->count == b->count;
}

FUZZ("urlencoded")
{
	const char *plain = percent_decode(fuzz_arena(), input, false);
	struct pairs pairs, more;

	if (plain) {
		HOLDS(strlen(plain) <= input.len);
		check_text(plain);
	}
	if (pairs_decode(fuzz_arena(), input, MOST_PAIRS, &pairs) != HTTP_OK)
		return;
	HOLDS(pairs.count <= MOST_PAIRS);
	for (size_t i = 0; i < pairs.count; i++) {
		check_text(pairs.list[i].name);
		check_text(pairs.list[i].value);
	}
	HOLDS(pairs_decode(fuzz_arena(), again(&pairs), MOST_PAIRS, &more) == HTTP_OK && same(&pairs, &more));
}
