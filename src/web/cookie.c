/* Cookies on their way in; response_cookie in http.c writes them. */
#include "web/cookie.h"

static bool is_plain(const char *from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (from[i] <= 0x20 || from[i] >= 0x7f)
			return false;
	return true;
}

static void take(struct arena *arena, const char *from, size_t len, struct pairs *out)
{
	const char *equals;
	size_t name_len;

	while (len && (*from == ' ' || *from == '\t')) {
		from++;
		len--;
	}
	while (len && (from[len - 1] == ' ' || from[len - 1] == '\t'))
		len--;
	equals = memchr(from, '=', len);
	if (!equals || equals == from || !is_plain(from, len))
		return;
	name_len = (size_t)(equals - from);
	out->list[out->count++] = (struct pair){ arena_text_n(arena, from, name_len),
		arena_text_n(arena, equals + 1, len - name_len - 1) };
}

enum http cookies_decode(struct arena *arena, const char *header, struct pairs *out)
{
	size_t count = 1;

	*out = (struct pairs){ NULL, 0 };
	if (!header || !*header)
		return HTTP_OK;
	if (strlen(header) > COOKIE_HEADER_MOST)
		return HTTP_BAD_REQUEST;
	for (const char *c = header; *c; c++)
		count += *c == ';';
	if (count > COOKIES_MOST)
		return HTTP_BAD_REQUEST;
	out->list = ARENA_ARRAY(arena, struct pair, count);
	for (const char *at = header; *at;) {
		size_t len = strcspn(at, ";");

		take(arena, at, len, out);
		at += len + (at[len] == ';');
	}
	return HTTP_OK;
}
