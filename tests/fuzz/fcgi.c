/* The FastCGI loop's own part: what nginx sends as records becomes a request, and its answer a response without a line
 * that the stranger chose. Input: NAME=value, each ended by a NUL; behind an empty one the body. */
#include "tests/fuzz/driver/fuzz.h"
#include "tests/unit/web/fcgi_record.h"
#include "src/web/fcgi.c"
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BODY_LIMIT = 4096, ALL_MOST = 60000, BEGIN_REQUEST = 1, PARAMS = 4, STDIN = 5, STDOUT = 6, HEAD_LEN = 8 };

static void serve(void *arg, const struct request *request, struct response *response)
{
	(void)arg;
	HOLDS(request->body.len <= BODY_LIMIT);
	HOLDS(request->fault == HTTP_OK || request->fault == HTTP_BAD_REQUEST || request->fault == HTTP_NOT_FOUND ||
		request->fault == HTTP_TOO_LARGE);
	response_header(response, "X-Path", request->path);
	respond(response, request->fault, "text/plain", request->body);
}

static const struct fcgi_handler handler = { serve, NULL, BODY_LIMIT, "/yinxin" };

/* libfcgi takes connections from file descriptor 0, as spawn-fcgi leaves it. */
static const char *listen_once(void)
{
	static char path[sizeof((struct sockaddr_un *)NULL)->sun_path];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listening;

	if (*path)
		return path;
	listening = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(at.sun_path, sizeof at.sun_path, "%s/sock", fuzz_folder());
	HOLDS(bind(listening, (struct sockaddr *)&at, sizeof at) == 0 && listen(listening, 4) == 0);
	HOLDS(dup2(listening, 0) == 0 && FCGX_Init() == 0);
	close(listening);
	snprintf(path, sizeof path, "%s", at.sun_path);
	return path;
}

static void add_len(struct buf *out, size_t len)
{
	if (len < 128)
		buf_u8(out, (unsigned)len);
	else
		buf_u32(out, (uint32_t)len | 0x80000000U);
}

static struct bytes params_of(struct bytes *input)
{
	struct buf out = buf_new(fuzz_arena());

	while (input->len) {
		struct bytes value = fuzz_part(input, 0), name = value.len ? fuzz_part(&value, '=') : value;

		if (!name.len && !value.len)
			break;
		add_len(&out, name.len);
		add_len(&out, value.len);
		buf_bytes(&out, name);
		buf_bytes(&out, value);
	}
	return buf_view(&out);
}

static int call_with(struct bytes params, struct bytes body)
{
	static const char begin[8] = { 0, 1 }; /* responder, the connection is closed at the end */
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct buf out = buf_new(fuzz_arena());
	int connection;

	snprintf(at.sun_path, sizeof at.sun_path, "%s", listen_once());
	connection = socket(AF_UNIX, SOCK_STREAM, 0);
	add_record(&out, BEGIN_REQUEST, BYTES_OF(begin));
	if (params.len)
		add_record(&out, PARAMS, params);
	add_record(&out, PARAMS, bytes_of_text(NULL));
	if (body.len)
		add_record(&out, STDIN, body);
	add_record(&out, STDIN, bytes_of_text(NULL));
	HOLDS(connect(connection, (struct sockaddr *)&at, sizeof at) == 0);
	HOLDS(send(connection, out.data, out.len, MSG_DONTWAIT) == (ssize_t)out.len);
	HOLDS(shutdown(connection, SHUT_WR) == 0); /* libfcgi waits for this end before it closes */
	return connection;
}

/* Status, X-Request-Id, Content-Length, then the handler's two; a path that broke the answer leaves three. */
static void check_answer(int connection)
{
	static char answer[2 * ALL_MOST];
	size_t len = 0, lines = 0;
	const char *end, *at = answer + HEAD_LEN;
	ssize_t got;

	while ((got = recv(connection, answer + len, sizeof answer - 1 - len, 0)) > 0)
		len += (size_t)got;
	answer[len] = 0;
	HOLDS(len > HEAD_LEN && answer[1] == STDOUT && text_starts(at, "Status: "));
	end = strstr(at, "\r\n\r\n");
	HOLDS(end != NULL);
	for (; at < end + 2; at = strstr(at, "\r\n") + 2)
		lines++;
	HOLDS(lines == 5);
}

FUZZ("fcgi")
{
	struct bytes params;
	FCGX_Request call;
	int connection;

	if (input.len > ALL_MOST)
		return;
	params = params_of(&input);
	connection = call_with(params, input);
	HOLDS(FCGX_InitRequest(&call, 0, FCGI_FAIL_ACCEPT_ON_INTR) == 0 && FCGX_Accept_r(&call) == 0);
	serve_one(&handler, &call, fuzz_arena());
	FCGX_Finish_r(&call);
	check_answer(connection);
	close(connection);
}
