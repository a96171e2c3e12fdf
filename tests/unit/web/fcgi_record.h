/* A record of the FastCGI protocol (specification 1.0, section 3.3) of request 1, for those who play nginx. */
#pragma once
#include "base/buf.h"

static inline void add_record(struct buf *out, unsigned type, struct bytes content)
{
	buf_u8(out, 1);
	buf_u8(out, type);
	buf_u16(out, 1);
	buf_u16(out, (unsigned)content.len);
	buf_u16(out, 0);
	buf_bytes(out, content);
}
