/* The growing buffer: doubles, and stays in place while it is the last thing in its arena. */
#include "base/buf.h"
#include "base/log.h"

enum { FIRST_CAP = 64 };

struct buf buf_new(struct arena *arena)
{
	struct buf buf = { .arena = arena, .data = arena_raw(arena, FIRST_CAP), .cap = FIRST_CAP };

	*buf.data = 0;
	return buf;
}

/* Room for len more bytes and the final NUL. */
static void reserve(struct buf *buf, size_t len)
{
	size_t cap = buf->cap;

	if (len < cap - buf->len)
		return;
	if (len > PTRDIFF_MAX / 8 || buf->len > PTRDIFF_MAX / 8)
		log_die("memory-request-absurd");
	while (cap - buf->len <= len)
		cap *= 2;
	buf->data = arena_stretch(buf->arena, buf->data, buf->cap, cap);
	buf->cap = cap;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	if (!len)
		return;
	reserve(buf, len);
	memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = 0;
}

void buf_bytes(struct buf *buf, struct bytes bytes)
{
	buf_add(buf, bytes.data, bytes.len);
}

void buf_text(struct buf *buf, const char *text)
{
	if (text)
		buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list values;
	int len;

	va_start(values, format);
	len = vsnprintf(buf->data + buf->len, buf->cap - buf->len, format, values);
	va_end(values);
	if (len < 0)
		log_die("format-refused");
	if ((size_t)len >= buf->cap - buf->len) {
		reserve(buf, (size_t)len);
		va_start(values, format);
		vsnprintf(buf->data + buf->len, buf->cap - buf->len, format, values);
		va_end(values);
	}
	buf->len += (size_t)len;
}

static void add_big_endian(struct buf *buf, uint64_t value, size_t len)
{
	unsigned char octets[8];

	for (size_t i = len; i > 0; i--, value >>= 8)
		octets[i - 1] = (unsigned char)value;
	buf_add(buf, octets, len);
}

void buf_u8(struct buf *buf, unsigned value)
{
	add_big_endian(buf, value, 1);
}

void buf_u16(struct buf *buf, unsigned value)
{
	add_big_endian(buf, value, 2);
}

void buf_u32(struct buf *buf, uint32_t value)
{
	add_big_endian(buf, value, 4);
}

void buf_u64(struct buf *buf, uint64_t value)
{
	add_big_endian(buf, value, 8);
}

struct bytes buf_view(const struct buf *buf)
{
	return (struct bytes){ (const unsigned char *)buf->data, buf->len };
}

void buf_part(struct buf *buf, struct bytes part)
{
	buf_u32(buf, (uint32_t)part.len);
	buf_bytes(buf, part);
}
