/* A text or byte string that grows, inside an arena. data is always NUL-terminated, also when empty. */
#pragma once
#include "base/arena.h"

struct buf {
	struct arena *arena;
	char *data;
	size_t len, cap;
};

struct buf buf_new(struct arena *);
void buf_add(struct buf *, const void *data, size_t len);
void buf_bytes(struct buf *, struct bytes);
void buf_part(struct buf *, struct bytes); /* its length as buf_u32, then the bytes */
void buf_text(struct buf *, const char *text);
void buf_char(struct buf *, char);
void buf_printf(struct buf *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_u8(struct buf *, unsigned value);
void buf_u16(struct buf *, unsigned value); /* big-endian, as are the next two */
void buf_u32(struct buf *, uint32_t value);
void buf_u64(struct buf *, uint64_t value);
struct bytes buf_view(const struct buf *); /* good until the next change */
