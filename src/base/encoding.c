/* Hexadecimal and base64 (RFC 4648). Decoders are strict: for each run of bytes there is one text, so that a value
 * can't come back in a second spelling. */
#include "base/crypto.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *hex_encode(struct arena *arena, struct bytes bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_array(arena, bytes.len + 1, 2);

	for (size_t i = 0; i < bytes.len; i++) {
		text[2 * i] = digits[bytes.data[i] >> 4];
		text[2 * i + 1] = digits[bytes.data[i] & 15];
	}
	return text;
}

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

bool hex_decode(struct arena *arena, const char *text, struct bytes *out)
{
	size_t len = text ? strlen(text) : 1;
	unsigned char *data;

	if (len % 2)
		return false;
	data = arena_alloc(arena, len / 2 + 1);
	for (size_t i = 0; i < len / 2; i++) {
		int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		data[i] = (unsigned char)(high << 4 | low);
	}
	*out = (struct bytes){ data, len / 2 };
	return true;
}

static char *encode(struct arena *arena, struct bytes bytes, const char *digits, bool padded)
{
	char *text = arena_array(arena, bytes.len / 3 + 2, 4), *at = text;

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t group = (uint32_t)bytes.data[i] << 16 | (left > 1 ? (uint32_t)bytes.data[i + 1] << 8 : 0) |
			(left > 2 ? bytes.data[i + 2] : 0);

		for (size_t digit = 0; digit < 4; digit++) {
			if (digit <= left)
				*at++ = digits[group >> (18 - 6 * digit) & 63];
			else if (padded)
				*at++ = '=';
		}
	}
	return text;
}

/* len digits without their padding. */
static bool decode(struct arena *arena, const char *text, size_t len, const char *digits, struct bytes *out)
{
	unsigned char *data = arena_alloc(arena, len / 4 * 3 + 4);
	uint32_t group = 0;
	size_t bits = 0, count = 0;

	if (len % 4 == 1)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char *digit = memchr(digits, text[i], 64);

		if (!digit)
			return false;
		group = group << 6 | (uint32_t)(digit - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			data[count++] = (unsigned char)(group >> bits);
			group &= (1U << bits) - 1;
		}
	}
	if (group) /* spare bits */
		return false;
	*out = (struct bytes){ data, count };
	return true;
}

char *base64_encode(struct arena *arena, struct bytes bytes)
{
	return encode(arena, bytes, base64_digits, true);
}

char *base64url_encode(struct arena *arena, struct bytes bytes)
{
	return encode(arena, bytes, base64url_digits, false);
}

bool base64_decode(struct arena *arena, const char *text, struct bytes *out)
{
	size_t len = text ? strlen(text) : 1;

	if (len % 4)
		return false;
	for (size_t padding = 0; padding < 2 && len && text[len - 1] == '='; padding++)
		len--;
	return decode(arena, text, len, base64_digits, out);
}

bool base64url_decode(struct arena *arena, const char *text, struct bytes *out)
{
	return text && decode(arena, text, strlen(text), base64url_digits, out);
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		c == '_' || c == '~';
}

char *percent_encode(struct arena *arena, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_array(arena, strlen(text) + 1, 3);
	size_t len = 0;

	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (is_unreserved(*c)) {
			out[len++] = (char)*c;
			continue;
		}
		out[len++] = '%';
		out[len++] = digits[*c >> 4];
		out[len++] = digits[*c & 15];
	}
	out[len] = 0;
	return out;
}
