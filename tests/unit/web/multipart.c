/* The multipart reader: what it takes, in pieces of any size, and what it refuses. */
#include "tests/unit/suite.h"
#include "base/buf.h"
#include "web/multipart.h"

struct heard {
	struct buf text; /* "[name|filename|type]data" for each part */
	unsigned parts;
};

static enum http hear_part(void *arg, const struct multipart_part *part)
{
	struct heard *heard = arg;

	heard->parts++;
	buf_printf(&heard->text, "[%s|%s|%s]", part->name, part->filename ? part->filename : "-",
		part->content_type ? part->content_type : "-");
	return HTTP_OK;
}

static enum http hear_data(void *arg, struct bytes data)
{
	buf_bytes(&((struct heard *)arg)->text, data);
	return HTTP_OK;
}

static enum http refuse_data(void *arg, struct bytes data)
{
	(void)arg;
	(void)data;
	return HTTP_TOO_LARGE;
}

static enum http run(struct heard *heard, const char *type, struct bytes body, size_t declared, size_t piece)
{
	struct multipart_sink sink = { hear_part, hear_data, heard };
	struct multipart *reader;
	enum http status;

	*heard = (struct heard){ .text = buf_new(test_arena()) };
	status = multipart_start(test_arena(), type, declared, 1 << 20, &sink, &reader);
	for (size_t at = 0; status == HTTP_OK && at < body.len; at += piece)
		status = multipart_feed(
			reader, (struct bytes){ body.data + at, at + piece > body.len ? body.len - at : piece });
	return status == HTTP_OK ? multipart_end(reader) : status;
}

#define TYPE "multipart/form-data; boundary=XyZ"
#define PART "Content-Disposition: form-data; name=\"a\"\r\n\r\n"
#define GOOD                                                                                                           \
	"--XyZ\r\n" PART "one\r\n--Xy\r\n--XyZ\r\n"                                                                    \
	"Content-Disposition: form-data; name=\"photo\"; filename=\"\xE5\x8D\xB0.png\"\r\nContent-Type: "              \
	"image/png\r\n\r\n"                                                                                            \
	"\x89PNG\r\n\r\n--XyZ--\r\n"

static enum http read(struct heard *heard, const char *body)
{
	return run(heard, TYPE, bytes_of_text(body), strlen(body), 4096);
}

TEST("SEC-5: parts come out whole, however the body is cut into pieces")
{
	for (size_t piece = 1; piece <= strlen(GOOD); piece++) {
		struct heard heard;

		assert_int_equal(HTTP_OK, run(&heard, TYPE, bytes_of_text(GOOD), strlen(GOOD), piece));
		assert_int_equal(2, heard.parts);
		assert_string_equal("[a|-|-]one\r\n--Xy[photo|\xE5\x8D\xB0.png|image/png]\x89PNG\r\n", heard.text.data);
	}
}

TEST("SEC-5: a large part passes through without being held")
{
	struct heard heard;
	struct buf body = buf_new(test_arena());

	buf_text(&body, "--XyZ\r\n" PART);
	for (int i = 0; i < 300000; i++)
		buf_char(&body, "\r\n-X"[i % 4]);
	buf_text(&body, "\r\n--XyZ--");
	assert_int_equal(HTTP_OK, run(&heard, TYPE, buf_view(&body), body.len, 16384));
	assert_int_equal(strlen("[a|-|-]") + 300000, heard.text.len);
}

TEST("SEC-5: a length that lies refuses the body, whichever way it lies")
{
	struct heard heard;

	assert_int_equal(HTTP_BAD_REQUEST, run(&heard, TYPE, bytes_of_text(GOOD), strlen(GOOD) - 1, 4096));
	assert_int_equal(HTTP_BAD_REQUEST, run(&heard, TYPE, bytes_of_text(GOOD), strlen(GOOD) + 1, 4096));
	assert_int_equal(HTTP_TOO_LARGE, run(&heard, TYPE, bytes_of_text(GOOD), (1 << 20) + 1, 4096));
}

TEST("SEC-5: a body without end, with a broken boundary or part header is refused")
{
	static const char *const broken[] = {
		"",
		"--XyZ",
		"--XyZ\r\n",
		"--XyZ\r\n" PART "data",
		"--XyZ\r\n" PART "data\r\n--XyZ",
		"--XyZ\r\n" PART "data\r\n--XyZ-",
		"--XyY\r\n" PART "data\r\n--XyY--",
		"x--XyZ\r\n" PART "data\r\n--XyZ--",
		"--XyZ\r\n" PART "data\r\n--XyZab--",
		"--XyZ\r\n" PART "data\r\n--XyZ--\r\nmore",
		"--XyZ\r\nContent-Type: text/plain\r\n\r\ndata\r\n--XyZ--",
		"--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\ndata\r\n--XyZ--",
		"--XyZ\r\nContent-Disposition: form-data; name=a\r\n\r\ndata\r\n--XyZ--",
		"--XyZ\r\nContent-Disposition: form-data; filename=\"name\"\r\n\r\ndata\r\n--XyZ--",
		"--XyZ\r\nContent-Disposition: form-data; name=\"a\xFF\"\r\n\r\ndata\r\n--XyZ--",
		"--XyZ\r\nContent-Disposition: form-data; name=\"a\x01\"\r\n\r\ndata\r\n--XyZ--",
		"--XyZ\r\nContent-Disposition: form-data; name=\"\"\r\n\r\ndata\r\n--XyZ--",
	};
	struct heard heard;

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		assert_int_equal(HTTP_BAD_REQUEST, read(&heard, broken[i]));
}

TEST("SEC-5: 20 parts are read, 21 are refused")
{
	struct heard heard;
	struct buf body = buf_new(test_arena());

	for (int i = 0; i < MULTIPART_PARTS_MOST; i++)
		buf_text(&body, "--XyZ\r\n" PART "\r\n");
	assert_int_equal(HTTP_OK, read(&heard, arena_printf(test_arena(), "%s--XyZ--", body.data)));
	assert_int_equal(MULTIPART_PARTS_MOST, heard.parts);
	assert_int_equal(HTTP_BAD_REQUEST,
		read(&heard, arena_printf(test_arena(), "%s--XyZ\r\n" PART "\r\n--XyZ--", body.data)));
}

TEST("SEC-5: a part header beyond 2 KB is refused")
{
	struct heard heard;
	char filler[MULTIPART_HEADER_MOST + 1] = "";

	memset(filler, 'x', MULTIPART_HEADER_MOST);
	assert_int_equal(HTTP_BAD_REQUEST,
		read(&heard, arena_printf(test_arena(), "--XyZ\r\nX: %s\r\n" PART "data\r\n--XyZ--", filler)));
}

TEST("SEC-5: what is no multipart/form-data with a boundary is another type")
{
	static const char *const types[] = { "", "text/plain", "multipart/form-data",
		"multipart/form-data; boundary=", "multipart/form-data; boundary=\"a",
		"multipart/form-data; boundary=a*b",
		"multipart/form-data; "
		"boundary=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhh" };
	struct heard heard;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		assert_int_equal(HTTP_BAD_TYPE, run(&heard, types[i], bytes_of_text(GOOD), strlen(GOOD), 4096));
	assert_int_equal(
		HTTP_OK, run(&heard, "Multipart/Form-Data; boundary=\"XyZ\"", bytes_of_text(GOOD), strlen(GOOD), 4096));
}

TEST("SEC-5: what takes the data may end the reading")
{
	struct heard heard = { .text = buf_new(test_arena()) };
	struct multipart_sink sink = { hear_part, refuse_data, &heard };
	struct multipart *reader;

	assert_int_equal(HTTP_OK, multipart_start(test_arena(), TYPE, strlen(GOOD), 1 << 20, &sink, &reader));
	assert_int_equal(HTTP_TOO_LARGE, multipart_feed(reader, bytes_of_text(GOOD)));
	assert_int_equal(HTTP_TOO_LARGE, multipart_end(reader));
}
