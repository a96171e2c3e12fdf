/* multipart/form-data. What comes out may not depend on how the stream was cut. Input: a byte for the pieces' size, the
 * content type up to a line feed, then the body. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/buf.h"
#include "web/multipart.h"

enum { LIMIT = 1024 * 1024 };

struct heard {
	struct buf parts, data;
	unsigned count;
};

static enum http on_part(void *arg, const struct multipart_part *part)
{
	struct heard *heard = arg;

	HOLDS(part->name && *part->name && text_is_plain(part->name));
	HOLDS(!part->filename || text_is_plain(part->filename));
	HOLDS(!part->content_type || text_is_plain(part->content_type));
	HOLDS(++heard->count <= MULTIPART_PARTS_MOST);
	buf_printf(&heard->parts, "%zu %s|%s|%s\n", heard->data.len, part->name, part->filename ? part->filename : "",
		part->content_type ? part->content_type : "");
	return HTTP_OK;
}

static enum http on_data(void *arg, struct bytes data)
{
	struct heard *heard = arg;

	HOLDS(heard->count > 0 && data.len > 0);
	buf_bytes(&heard->data, data);
	return HTTP_OK;
}

static enum http feed(struct multipart *reader, struct bytes body, size_t piece)
{
	while (body.len) {
		size_t len = body.len < piece ? body.len : piece;

		if (multipart_feed(reader, (struct bytes){ body.data, len }) != HTTP_OK)
			break;
		body = (struct bytes){ body.data + len, body.len - len };
	}
	return multipart_end(reader);
}

static enum http read_body(const char *type, struct bytes body, size_t piece, struct heard *heard)
{
	const struct multipart_sink sink = { on_part, on_data, heard };
	struct multipart *reader;
	enum http fault;

	*heard = (struct heard){ .parts = buf_new(fuzz_arena()), .data = buf_new(fuzz_arena()) };
	fault = multipart_start(fuzz_arena(), type, body.len, LIMIT, &sink, &reader);
	if (fault != HTTP_OK)
		return fault;
	return feed(reader, body, piece);
}

FUZZ("multipart")
{
	size_t piece = fuzz_byte(&input) + 1U;
	const char *type = fuzz_text(fuzz_part(&input, '\n'));
	struct heard whole, pieces;
	enum http fault = read_body(type, input, SIZE_MAX, &whole);

	HOLDS(fault == read_body(type, input, piece, &pieces));
	if (fault != HTTP_OK)
		return;
	HOLDS(text_equal(whole.parts.data, pieces.parts.data));
	HOLDS(bytes_equal(buf_view(&whole.data), buf_view(&pieces.data)));
	HOLDS(whole.data.len < input.len);
}
