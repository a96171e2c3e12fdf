/* The stream is read through a window that always holds a whole delimiter or a whole part header; what is before a
 * possible delimiter is handed on. */
#include "base/text.h"
#include "web/multipart.h"

enum { BOUNDARY_MOST = 70, WINDOW = 8192 };
enum state { AT_START, AFTER_DELIMITER, IN_HEADER, IN_DATA, AT_END };

struct multipart {
	struct arena *arena;
	const struct multipart_sink *sink;
	size_t declared, taken;
	enum state state;
	enum http fault;
	unsigned parts;
	char delimiter[BOUNDARY_MOST + 5]; /* CR LF "--" boundary */
	size_t delimiter_len;
	unsigned char window[WINDOW];
	size_t len;
};

/* RFC 2046 5.1.1: 1 to 70 characters, here without space. */
static const char *read_boundary(struct arena *arena, const char *content_type)
{
	static const char type[] = "multipart/form-data";
	const char *at;
	size_t len;

	if (!content_type || strncasecmp(content_type, type, strlen(type)) ||
		!strchr("; \t", content_type[strlen(type)]))
		return NULL;
	at = strcasestr(content_type, "boundary=");
	if (!at)
		return NULL;
	at += strlen("boundary=");
	if (*at == '"')
		at++;
	len = strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=?");
	if (!len || len > BOUNDARY_MOST || (at[-1] == '"' ? at[len] != '"' : at[len] && !strchr("; \t", at[len])))
		return NULL;
	return arena_text_n(arena, at, len);
}

enum http multipart_start(struct arena *arena, const char *content_type, size_t declared, size_t limit,
	const struct multipart_sink *sink, struct multipart **out)
{
	const char *boundary = read_boundary(arena, content_type);
	struct multipart *reader;

	*out = NULL;
	if (!boundary)
		return HTTP_BAD_TYPE;
	if (declared > limit)
		return HTTP_TOO_LARGE;
	reader = ARENA_NEW(arena, struct multipart);
	reader->arena = arena;
	reader->sink = sink;
	reader->declared = declared;
	reader->fault = HTTP_OK;
	reader->delimiter_len = (size_t)snprintf(reader->delimiter, sizeof reader->delimiter, "\r\n--%s", boundary);
	/* The first delimiter has no line end before it: one is lent, so that there is one kind only. */
	memcpy(reader->window, "\r\n", 2);
	reader->len = 2;
	*out = reader;
	return HTTP_OK;
}

static void drop(struct multipart *reader, size_t count)
{
	memmove(reader->window, reader->window + count, reader->len - count);
	reader->len -= count;
}

/* A parameter's quoted value: name="..." after a separator. Browsers escape '"' as %22, so a backslash stands for
 * itself. */
static char *quoted(struct arena *arena, const char *line, const char *parameter)
{
	size_t len = strlen(parameter);

	for (const char *at = line; (at = strcasestr(at, parameter)); at += len) {
		const char *from, *end;

		if (at == line || !strchr("; \t", at[-1]) || at[len] != '=' || at[len + 1] != '"')
			continue;
		from = at + len + 2;
		end = strchr(from, '"');
		return end ? arena_text_n(arena, from, (size_t)(end - from)) : NULL;
	}
	return NULL;
}

static const char *after_name(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) || line[len] != ':')
		return NULL;
	line += len + 1;
	return line + strspn(line, " \t");
}

static enum http read_line(struct multipart *reader, const char *line, struct multipart_part *part)
{
	const char *value;

	if (!text_is_plain(line))
		return HTTP_BAD_REQUEST;
	if ((value = after_name(line, "Content-Disposition"))) {
		if (part->name || strncasecmp(value, "form-data;", strlen("form-data;")))
			return HTTP_BAD_REQUEST;
		part->name = quoted(reader->arena, value, "name");
		part->filename = quoted(reader->arena, value, "filename");
	} else if ((value = after_name(line, "Content-Type"))) {
		part->content_type = arena_text(reader->arena, value);
	}
	return HTTP_OK;
}

/* header: the lines of a part's header, each ended by CR LF. */
static enum http begin_part(struct multipart *reader, const unsigned char *header, size_t len)
{
	struct multipart_part part = { NULL };
	size_t from = 0;

	if (++reader->parts > MULTIPART_PARTS_MOST || memchr(header, 0, len) || !utf8_valid((const char *)header, len))
		return HTTP_BAD_REQUEST;
	while (from < len) {
		const unsigned char *end = memmem(header + from, len - from, "\r\n", 2);
		size_t line_len = (size_t)(end - (header + from));
		enum http fault = read_line(
			reader, arena_text_n(reader->arena, (const char *)header + from, line_len), &part);

		if (fault != HTTP_OK)
			return fault;
		from += line_len + 2;
	}
	return part.name && *part.name ? reader->sink->part(reader->sink->arg, &part) : HTTP_BAD_REQUEST;
}

/* Each step sets more when it moved on and the window may hold another step's worth. */
static enum http step_start(struct multipart *reader, bool *more)
{
	if (reader->len < reader->delimiter_len)
		return HTTP_OK;
	if (memcmp(reader->window, reader->delimiter, reader->delimiter_len))
		return HTTP_BAD_REQUEST;
	drop(reader, reader->delimiter_len);
	reader->state = AFTER_DELIMITER;
	*more = true;
	return HTTP_OK;
}

static enum http step_after_delimiter(struct multipart *reader, bool *more)
{
	if (reader->len < 2)
		return HTTP_OK;
	if (!memcmp(reader->window, "--", 2))
		reader->state = AT_END;
	else if (!memcmp(reader->window, "\r\n", 2))
		reader->state = IN_HEADER;
	else
		return HTTP_BAD_REQUEST;
	drop(reader, 2);
	*more = true;
	return HTTP_OK;
}

static enum http step_header(struct multipart *reader, bool *more)
{
	const unsigned char *end = memmem(reader->window, reader->len, "\r\n\r\n", 4);
	size_t len;
	enum http fault;

	if (!end)
		return reader->len > MULTIPART_HEADER_MOST ? HTTP_BAD_REQUEST : HTTP_OK;
	len = (size_t)(end - reader->window) + 2;
	if (len > MULTIPART_HEADER_MOST)
		return HTTP_BAD_REQUEST;
	fault = begin_part(reader, reader->window, len);
	drop(reader, len + 2);
	reader->state = IN_DATA;
	*more = true;
	return fault;
}

static enum http step_data(struct multipart *reader, bool *more)
{
	const unsigned char *end = memmem(reader->window, reader->len, reader->delimiter, reader->delimiter_len);
	size_t sure = end                              ? (size_t)(end - reader->window)
		: reader->len >= reader->delimiter_len ? reader->len - reader->delimiter_len + 1
						       : 0;
	enum http fault = sure ? reader->sink->data(reader->sink->arg, (struct bytes){ reader->window, sure })
			       : HTTP_OK;

	drop(reader, end ? sure + reader->delimiter_len : sure);
	if (end) {
		reader->state = AFTER_DELIMITER;
		*more = true;
	}
	return fault;
}

/* Behind the last boundary only a line end may stand. */
static enum http step_end(struct multipart *reader, bool *more)
{
	(void)more;
	return reader->len <= 2 && !memcmp(reader->window, "\r\n", reader->len) ? HTTP_OK : HTTP_BAD_REQUEST;
}

static enum http run(struct multipart *reader)
{
	static enum http (*const steps[])(struct multipart *, bool *) = {
		[AT_START] = step_start,
		[AFTER_DELIMITER] = step_after_delimiter,
		[IN_HEADER] = step_header,
		[IN_DATA] = step_data,
		[AT_END] = step_end,
	};
	bool more = true;

	while (more && reader->fault == HTTP_OK) {
		more = false;
		reader->fault = steps[reader->state](reader, &more);
	}
	return reader->fault;
}

enum http multipart_feed(struct multipart *reader, struct bytes piece)
{
	if (piece.len > reader->declared - reader->taken)
		reader->fault = HTTP_BAD_REQUEST;
	while (piece.len && reader->fault == HTTP_OK) {
		size_t room = WINDOW - reader->len, count = piece.len < room ? piece.len : room;

		memcpy(reader->window + reader->len, piece.data, count);
		reader->len += count;
		reader->taken += count;
		piece.data += count;
		piece.len -= count;
		run(reader);
	}
	return reader->fault;
}

enum http multipart_end(struct multipart *reader)
{
	if (reader->fault == HTTP_OK && (reader->state != AT_END || reader->taken != reader->declared))
		reader->fault = HTTP_BAD_REQUEST;
	return reader->fault;
}
