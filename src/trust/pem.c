/* PEM (RFC 7468), written in the caller's arena so that a private key's text lies in a secret one. */
#include "trust/certificate.h"
#include "base/buf.h"

enum { LINE = 64 };

struct bytes pem_wrap(struct arena *arena, const char *label, struct bytes der)
{
	const char *text = base64_encode(arena, der);
	size_t len = strlen(text);
	struct buf out = buf_new(arena);

	buf_printf(&out, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < len; at += LINE) {
		buf_add(&out, text + at, len - at < LINE ? len - at : LINE);
		buf_char(&out, '\n');
	}
	buf_printf(&out, "-----END %s-----\n", label);
	return buf_view(&out);
}

enum err pem_unwrap(struct arena *arena, const char *label, struct bytes pem, struct bytes *der)
{
	const char *begin = arena_printf(arena, "-----BEGIN %s-----", label);
	const char *end = arena_printf(arena, "-----END %s-----", label);
	const char *from = pem.len ? memmem(pem.data, pem.len, begin, strlen(begin)) : NULL;
	const char *stop = (const char *)pem.data + pem.len, *to;
	char *text;
	size_t len = 0;

	if (!from || (from != (const char *)pem.data && from[-1] != '\n'))
		return ERR_INVALID;
	from += strlen(begin);
	to = memmem(from, (size_t)(stop - from), end, strlen(end));
	if (!to || to == from || to[-1] != '\n')
		return ERR_INVALID;
	text = arena_alloc(arena, (size_t)(to - from) + 1);
	for (; from < to; from++) {
		if (!*from) /* would end the text, and what stands behind it would not be looked at */
			return ERR_INVALID;
		if (*from != '\n' && *from != '\r')
			text[len++] = *from;
	}
	return len && base64_decode(arena, text, der) ? OK : ERR_INVALID;
}
