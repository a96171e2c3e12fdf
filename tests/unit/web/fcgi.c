/* The FastCGI loop, spoken to as nginx does. All calls wait in the listening socket's queue before the loop starts, so
 * nothing here depends on timing; the last call ends the loop by SIGTERM from within its handler. */
#include "tests/unit/suite.h"
#include "tests/unit/web/fcgi_record.h"
#include "base/buf.h"
#include "base/log.h"
#include "web/fcgi.h"
#include <dirent.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BODY_LIMIT = 100000, BEGIN_REQUEST = 1, PARAMS = 4, STDIN = 5, STDOUT = 6, RECORD_MOST = 65535 };

struct line {
	int listening;
	const char *path;
};

static struct line listen_here(void)
{
	struct line line = { socket(AF_UNIX, SOCK_STREAM, 0), arena_printf(test_arena(), "%s/sock", test_folder()) };
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof at.sun_path, "%s", line.path);
	assert_int_equal(0, bind(line.listening, (struct sockaddr *)&at, sizeof at));
	assert_int_equal(0, listen(line.listening, 16));
	return line;
}

static void add_param(struct buf *out, const char *name, const char *value)
{
	buf_u8(out, (unsigned)strlen(name));
	buf_u8(out, (unsigned)strlen(value));
	buf_text(out, name);
	buf_text(out, value);
}

static void send_all(int connection, struct bytes bytes)
{
	assert_int_equal(bytes.len, write(connection, bytes.data, bytes.len));
}

static int connected(const struct line *line)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int connection = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", line->path);
	assert_int_equal(0, connect(connection, (struct sockaddr *)&at, sizeof at));
	return connection;
}

/* What nginx would send of a request. */
static struct bytes records(const char *method, const char *uri, const char *length, struct bytes body)
{
	struct buf params = buf_new(test_arena()), out = buf_new(test_arena());

	add_param(&params, "REQUEST_METHOD", method);
	add_param(&params, "REQUEST_URI", uri);
	add_param(&params, "X_REQUEST_ID", "0123456789abcdef");
	if (length)
		add_param(&params, "CONTENT_LENGTH", length);
	add_record(&out, BEGIN_REQUEST, BYTES_OF("\0\1\0\0\0\0\0"));
	add_record(&out, PARAMS, buf_view(&params));
	add_record(&out, PARAMS, (struct bytes){ NULL, 0 });
	for (size_t at_byte = 0; at_byte < body.len; at_byte += RECORD_MOST)
		add_record(&out, STDIN,
			(struct bytes){ body.data + at_byte,
				body.len - at_byte < RECORD_MOST ? body.len - at_byte : RECORD_MOST });
	add_record(&out, STDIN, (struct bytes){ NULL, 0 });
	return buf_view(&out);
}

/* The connection, with the whole request written into it. */
static int call(const struct line *line, const char *method, const char *uri, const char *length, struct bytes body)
{
	int connection = connected(line);

	send_all(connection, records(method, uri, length, body));
	return connection;
}

static int call_text(const struct line *line, const char *length, const char *body)
{
	return call(line, "POST", "/echo", length, bytes_of_text(body));
}

/* What the program wrote as its output, until it closed. */
static char *answer(int connection)
{
	struct buf all = buf_new(test_arena()), out = buf_new(test_arena());
	char piece[4096];
	ssize_t got;

	while ((got = read(connection, piece, sizeof piece)) > 0)
		buf_add(&all, piece, (size_t)got);
	close(connection);
	for (size_t at = 0; at + 8 <= all.len;) {
		const unsigned char *record = (const unsigned char *)all.data + at;
		size_t len = (size_t)record[4] << 8 | record[5];

		if (record[1] == STDOUT)
			buf_add(&out, record + 8, len);
		at += 8 + len + record[6];
	}
	return out.data;
}

static void serve(void *arg, const struct request *request, struct response *response)
{
	bool gone = request->gone(request->gone_arg);

	(void)arg;
	if (!strcmp(request->path, "/end"))
		raise(SIGTERM);
	if (request->fault != HTTP_OK) {
		respond(response, request->fault, "text/plain", bytes_of_text("fault"));
		return;
	}
	response_header(response, "X-Gone", gone ? "yes" : "no");
	respond(response, !strcmp(request->path, "/empty") ? HTTP_NO_CONTENT : HTTP_OK, "text/plain", request->body);
}

/* The loop in a process of its own, as it is started by spawn-fcgi. Its end is waited for. */
static pid_t start(const struct line *line, void (*handler)(void *, const struct request *, struct response *))
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child)
		return child;
	dup2(line->listening, 0);
	_exit(fcgi_run(&(struct fcgi_handler){ handler, NULL, BODY_LIMIT, "" }));
}

static void end(const struct line *line, pid_t child)
{
	int status;

	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFEXITED(status));
	assert_int_equal(0, WEXITSTATUS(status));
	close(line->listening);
}

#define assert_starts(prefix, text) assert_memory_equal(prefix, text, strlen(prefix))

TEST("OPS-5: a request is answered with its id, its length and its body, and the request in progress at SIGTERM is "
     "finished")
{
	struct line line = listen_here();
	int body = call_text(&line, "5", "hello"), head = call(&line, "HEAD", "/echo", NULL, (struct bytes){ NULL, 0 });
	int empty = call(&line, "GET", "/empty", "", (struct bytes){ NULL, 0 }),
	    last = call(&line, "POST", "/end", "3", bytes_of_text("bye"));
	pid_t child = start(&line, serve);
	const char *text = answer(body);

	assert_starts("Status: 200 OK\r\nX-Request-Id: 0123456789abcdef\r\nContent-Length: 5\r\n", text);
	assert_non_null(strstr(text, "X-Gone: no\r\n"));
	assert_non_null(strstr(text, "\r\n\r\nhello"));
	assert_string_equal("\r\n\r\n", strstr(answer(head), "\r\n\r\n"));
	text = answer(empty);
	assert_starts("Status: 204 No Content\r\n", text);
	assert_null(strstr(text, "Content-Length"));
	assert_non_null(strstr(answer(last), "\r\n\r\nbye"));
	end(&line, child);
}

/* Until the other side has read all that was sent. */
static void wait_until_read(int connection)
{
	int unread = 1;

	while (unread) {
		poll(NULL, 0, 1);
		assert_int_equal(0, ioctl(connection, SIOCOUTQ, &unread));
	}
}

static int open_files(pid_t child)
{
	DIR *folder = opendir(arena_printf(test_arena(), "/proc/%d/fd", (int)child));
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

TEST("OPS-5: a worker told to end when it has taken a connection, and nothing of the request has come, answers it")
{
	struct line line = listen_here();
	struct bytes all = records("POST", "/echo", "5", bytes_of_text("hello"));
	pid_t child = start(&line, serve);
	int before, taken;

	assert_non_null(strstr(answer(call_text(&line, "5", "first")), "first"));
	before = open_files(child); /* the first one's is closed with its answer */
	taken = connected(&line);
	while (open_files(child) == before)
		poll(NULL, 0, 1);
	assert_int_equal(0, kill(child, SIGTERM));
	poll(NULL, 0, 20); /* so that what would break it off has done so */
	send_all(taken, all);
	assert_non_null(strstr(answer(taken), "\r\n\r\nhello"));
	end(&line, child);
}

TEST("OPS-5: a worker told to end while a request that it took is still coming answers it, and takes no other")
{
	enum { BEGINNING = 8 };
	struct line line = listen_here();
	struct bytes all = records("POST", "/echo", "5", bytes_of_text("hello"));
	pid_t child = start(&line, serve);
	int taken = connected(&line), late;
	struct pollfd more;

	send_all(taken, (struct bytes){ all.data, BEGINNING });
	wait_until_read(taken);
	assert_int_equal(0, kill(child, SIGTERM));
	late = call_text(&line, "5", "later");
	send_all(taken, (struct bytes){ all.data + BEGINNING, all.len - BEGINNING });
	assert_non_null(strstr(answer(taken), "\r\n\r\nhello"));
	end(&line, child);
	more = (struct pollfd){ .fd = late, .events = POLLIN };
	assert_int_equal(1, poll(&more, 1, -1)); /* nobody listens any more */
	assert_string_equal("", answer(late));
}

TEST("OPS-5: a worker that has nothing to do ends when it is told once, by either signal")
{
	static const int signals[] = { SIGTERM, SIGUSR1 };

	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		struct line line = listen_here();
		pid_t child = start(&line, serve);

		assert_non_null(strstr(answer(call_text(&line, "5", "hello")), "\r\n\r\nhello"));
		assert_int_equal(0, kill(child, signals[i]));
		end(&line, child);
		unlink(line.path);
	}
}

TEST("SEC-5: a body longer or shorter than Content-Length says is 400, whatever the length claims to be")
{
	static const char *const lies[] = { "2", "4", "0", "", NULL, "3x", "-3", " 3", "99999999999999999999" };
	enum { LIES = sizeof lies / sizeof lies[0] };
	struct line line = listen_here();
	int calls[LIES], last;
	pid_t child;

	for (size_t i = 0; i < LIES; i++)
		calls[i] = call_text(&line, lies[i], "abc");
	last = call(&line, "GET", "/end", NULL, (struct bytes){ NULL, 0 });
	child = start(&line, serve);
	for (size_t i = 0; i < LIES; i++)
		assert_starts("Status: 400 Bad Request\r\n", answer(calls[i]));
	assert_starts("Status: 200 OK\r\n", answer(last));
	end(&line, child);
}

TEST("SEC-5: a body of the limit is read whole, a larger one is 413 without being read")
{
	struct line line = listen_here();
	unsigned char *body = arena_alloc(test_arena(), BODY_LIMIT + 1);
	int fits, large, last;
	const char *text;
	pid_t child;

	memset(body, 'x', BODY_LIMIT + 1);
	fits = call(&line, "POST", "/echo", "100000", (struct bytes){ body, BODY_LIMIT });
	large = call(&line, "POST", "/echo", "100001", (struct bytes){ body, BODY_LIMIT + 1 });
	last = call(&line, "GET", "/end", NULL, (struct bytes){ NULL, 0 });
	child = start(&line, serve);
	text = strstr(answer(fits), "\r\n\r\n");
	assert_int_equal(BODY_LIMIT, strlen(text + 4));
	assert_starts("Status: 413 Content Too Large\r\n", answer(large));
	assert_starts("Status: 200 OK\r\n", answer(last));
	end(&line, child);
}

enum { SAW_IT_GONE = 7 };

static void note_gone(void *arg, const struct request *request, struct response *response)
{
	(void)response;
	if (request->gone(request->gone_arg))
		_exit(SAW_IT_GONE);
	serve(arg, request, response);
}

TEST("PIN-4: a client that has left is noticed before its request is served")
{
	struct line line = listen_here();
	int status, last;
	pid_t child;

	close(call_text(&line, "3", "abc"));
	last = call(&line, "GET", "/end", NULL, (struct bytes){ NULL, 0 });
	child = start(&line, note_gone);
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_int_equal(SAW_IT_GONE, WEXITSTATUS(status));
	close(last);
	close(line.listening);
}
