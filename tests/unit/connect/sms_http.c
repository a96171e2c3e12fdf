/* SMS over HTTP against a small server of the test's own: CON-1. */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/json.h"
#include "connect/sms.h"
#include "tests/unit/suite.h"

/* Answers one request with `answer` (NULL: never), and writes what it was asked to a pipe. */
struct server {
	pid_t pid;
	int port, asked;
};

static void serve(int listener, int asked, const char *answer)
{
	char request[8192];
	size_t len = 0;
	int peer = accept(listener, NULL, NULL);

	for (;;) {
		ssize_t got = read(peer, request + len, sizeof request - len);

		if (got <= 0)
			break;
		len += (size_t)got;
		if (memmem(request, len, "\"}", 2)) /* the body's end */
			break;
	}
	if (write(asked, request, len) < 0 || (answer && write(peer, answer, strlen(answer)) < 0))
		_exit(1);
	if (!answer)
		pause();
	_exit(0);
}

static struct server start(const char *answer)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM, 0), asked[2];
	struct server server;

	assert_int_equal(0, bind(listener, (struct sockaddr *)&address, sizeof address));
	assert_int_equal(0, listen(listener, 1));
	assert_int_equal(0, getsockname(listener, (struct sockaddr *)&address, &len));
	assert_int_equal(0, pipe(asked));
	server.pid = fork();
	assert_true(server.pid >= 0);
	if (server.pid == 0)
		serve(listener, asked[1], answer);
	close(listener);
	close(asked[1]);
	server.port = ntohs(address.sin_port);
	server.asked = asked[0];
	return server;
}

static const char *stop(struct server *server)
{
	char *text = arena_alloc(test_arena(), 8193);
	ssize_t len;

	kill(server->pid, SIGTERM);
	waitpid(server->pid, NULL, 0);
	len = read(server->asked, text, 8192);
	close(server->asked);
	return len > 0 ? text : "";
}

static const struct sms code = { .job = 9007199254740993,
	.phone = "+8613800138000",
	.template = "code",
	.code = "012345",
	.text = "【印信】验证码 012345" };

static enum sms_end send_to(int port, const char **error)
{
	struct sms_way *way = sms_http(
		test_arena(), arena_printf(test_arena(), "http://127.0.0.1:%d/sms", port), "s3cret");

	return way->send(way, test_arena(), &code, error);
}

TEST("CON-1: the documented request: POST, bearer, JSON with the job's id as a string")
{
	struct server server = start("HTTP/1.1 204 No Content\r\n\r\n");
	const char *error, *asked, *body;
	json_t *object;

	assert_int_equal(SMS_SENT, send_to(server.port, &error));
	assert_null(error);
	asked = stop(&server);
	assert_ptr_equal(asked, strstr(asked, "POST /sms HTTP/1.1\r\n"));
	assert_non_null(strstr(asked, "Authorization: Bearer s3cret\r\n"));
	assert_non_null(strstr(asked, "Content-Type: application/json"));
	body = strstr(asked, "\r\n\r\n") + 4;
	assert_ok(json_read(bytes_of_text(body), &object));
	assert_string_equal("9007199254740993", json_text(object, "id"));
	assert_string_equal("+8613800138000", json_text(object, "phone"));
	assert_string_equal("code", json_text(object, "template"));
	assert_string_equal("012345", json_text(object, "code"));
	assert_string_equal("【印信】验证码 012345", json_text(object, "text"));
	json_release(&object);
}

TEST("CON-1: what the service answers decides, and the error tells no number and no code")
{
	static const struct {
		const char *status;
		enum sms_end end;
	} answers[] = { { "200 OK", SMS_SENT }, { "400 Bad Request", SMS_REFUSED }, { "401 Unauthorized", SMS_REFUSED },
		{ "408 Request Timeout", SMS_AGAIN }, { "429 Too Many Requests", SMS_AGAIN }, { "500 Oops", SMS_AGAIN },
		{ "503 Busy", SMS_AGAIN }, { "302 Found\r\nLocation: http://127.0.0.1:1/", SMS_AGAIN } };

	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct server server = start(
			arena_printf(test_arena(), "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", answers[i].status));
		const char *error;

		assert_int_equal(answers[i].end, send_to(server.port, &error));
		assert_true(!error || (!strstr(error, "138") && !strstr(error, "012345")));
		stop(&server);
	}
}

TEST("CON-1: nobody there, or no answer within five seconds: again")
{
	struct server server = start(NULL);
	const char *error;

	assert_int_equal(SMS_AGAIN, send_to(server.port, &error));
	assert_non_null(error);
	stop(&server);
	assert_int_equal(SMS_AGAIN, send_to(server.port, &error)); /* its port is closed now */
}
