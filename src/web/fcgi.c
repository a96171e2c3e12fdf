/* The FastCGI loop. nginx holds the whole body before it connects (request buffering), so reading never waits for a
 * slow client, and closes the connection when the client goes. */
#include "base/log.h"
#include "base/text.h"
#include "web/fcgi.h"
#include "web/request.h"
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { LISTENING = 0 /* the file that FastCGI hands over */, LARGE_ANSWER = 64 * 1024 };

/* After the body's end nothing more comes on this connection: whatever poll reports is an abort record or the end. */
static bool client_gone(void *arg)
{
	struct pollfd connection = { .fd = *(const int *)arg, .events = POLLIN | POLLRDHUP };

	return poll(&connection, 1, 0) > 0;
}

/* The body must be exactly as long as CONTENT_LENGTH says. Reading to the end also takes the record that closes the
 * stream, which client_gone relies on. */
static enum http read_body(FCGX_Request *call, struct request *request, size_t limit)
{
	const char *declared = request_param((const char *const *)call->envp, "CONTENT_LENGTH");
	int64_t len = 0;
	unsigned char *data;
	int got;

	if (declared && *declared && !parse_int(declared, 0, INT32_MAX, &len))
		return HTTP_BAD_REQUEST;
	if ((size_t)len > limit)
		return HTTP_TOO_LARGE;
	data = arena_alloc(request->arena, (size_t)len + 1);
	got = len ? FCGX_GetStr((char *)data, (int)len, call->in) : 0;
	if (got != len || FCGX_GetChar(call->in) != -1)
		return HTTP_BAD_REQUEST;
	request->body = (struct bytes){ data, (size_t)len };
	return HTTP_OK;
}

static const char *reason(enum http status)
{
	switch (status) {
	case HTTP_OK:
		return "OK";
	case HTTP_CREATED:
		return "Created";
	case HTTP_NO_CONTENT:
		return "No Content";
	case HTTP_SEE_OTHER:
		return "See Other";
	case HTTP_NOT_MODIFIED:
		return "Not Modified";
	case HTTP_PERMANENT:
		return "Permanent Redirect";
	case HTTP_BAD_REQUEST:
		return "Bad Request";
	case HTTP_UNAUTHORIZED:
		return "Unauthorized";
	case HTTP_FORBIDDEN:
		return "Forbidden";
	case HTTP_NOT_FOUND:
		return "Not Found";
	case HTTP_NOT_ALLOWED:
		return "Method Not Allowed";
	case HTTP_CONFLICT:
		return "Conflict";
	case HTTP_TOO_LARGE:
		return "Content Too Large";
	case HTTP_BAD_TYPE:
		return "Unsupported Media Type";
	case HTTP_UNPROCESSABLE:
		return "Unprocessable Content";
	case HTTP_TOO_MANY:
		return "Too Many Requests";
	case HTTP_BROKEN:
		return "Internal Server Error";
	case HTTP_UNAVAILABLE:
		return "Service Unavailable";
	}
	return "Unknown";
}

static void send_response(FCGX_Request *call, const struct request *request, const struct response *response)
{
	bool bodiless = response->status == HTTP_NO_CONTENT || response->status == HTTP_NOT_MODIFIED;
	struct buf head = buf_new(request->arena);

	buf_printf(&head, "Status: %d %s\r\n", (int)response->status, reason(response->status));
	buf_printf(&head, "X-Request-Id: %s\r\n", request->id);
	if (!bodiless)
		buf_printf(&head, "Content-Length: %zu\r\n", response->body.len);
	buf_bytes(&head, buf_view(&response->headers));
	buf_text(&head, "\r\n");
	FCGX_PutStr(head.data, (int)head.len, call->out);
	if (!bodiless && strcmp(request->method, "HEAD"))
		FCGX_PutStr(response->body.data, (int)response->body.len, call->out);
}

/* Ends the answer. libfcgi would say that it is done, and then wait until the other side has read all and closed: on a
 * TCP connection closing with unread input would cut off what was sent. Here all input was read, and what lies in a
 * local socket's queue stays readable, so the worker can go on. */
static void finish(FCGX_Request *call, bool drained)
{
	if (drained)
		FCGX_Detach(call);
	FCGX_Finish_r(call);
}

/* Whether the answer was a large one. */
static bool serve_one(const struct fcgi_handler *handler, FCGX_Request *call, struct arena *arena)
{
	struct request request;
	struct response response;
	bool drained = false;

	request_read(&request, arena, (const char *const *)call->envp, handler->base_path);
	log_request(request.id);
	if (request.fault == HTTP_OK) {
		request.fault = read_body(call, &request, handler->body_limit);
		drained = request.fault == HTTP_OK;
	}
	request.gone = client_gone;
	request.gone_arg = &call->ipcFd;
	response_init(&response, arena);
	handler->serve(handler->arg, &request, &response);
	send_response(call, &request, &response);
	finish(call, drained);
	log_request(NULL);
	return response.body.len > LARGE_ANSWER;
}

/* TERM and USR1 are held back, and wait to be read like a connection: libfcgi's own handlers would break off a request
 * that was just taken. -1: no such thing can be made. */
static int hold_signals_back(void)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGUSR1);
	sigprocmask(SIG_BLOCK, &held, NULL);
	return signalfd(-1, &held, SFD_CLOEXEC);
}

static bool watch_for(int watch, int file, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = file };

	return epoll_ctl(watch, EPOLL_CTL_ADD, file, &event) == 0;
}

/* Of the processes that wait at the socket each connection wakes one. Who comes too late finds none and waits on, so
 * taking one must not wait. -1: no such thing can be made. */
static int watch_door(void)
{
	int watch = epoll_create1(EPOLL_CLOEXEC), ended = hold_signals_back();
	bool good = watch >= 0 && ended >= 0 &&
		fcntl(LISTENING, F_SETFL, fcntl(LISTENING, F_GETFL) | O_NONBLOCK) == 0 &&
		watch_for(watch, LISTENING, EPOLLIN | EPOLLEXCLUSIVE) && watch_for(watch, ended, EPOLLIN);

	return good ? watch : -1;
}

/* Waits. Whether there is a connection to be taken; false: told to end, whatever else there is. */
static bool somebody_knocks(int watch)
{
	struct epoll_event events[2];
	int count;

	do
		count = epoll_wait(watch, events, 2, -1);
	while (count < 0 && errno == EINTR);
	for (int i = 0; i < count; i++)
		if (events[i].data.fd != LISTENING)
			return false;
	return count > 0;
}

static void serve_one_and_tidy(const struct fcgi_handler *handler, FCGX_Request *call, struct arena *arena)
{
	bool large = serve_one(handler, call, arena);

	arena_reset(arena);
	if (large) /* a page of a thousand documents leaves holes of some megabytes */
		malloc_trim(0);
}

/* Whether it may go on. */
static bool take_next(const struct fcgi_handler *handler, FCGX_Request *call, struct arena *arena)
{
	int taken = FCGX_Accept_r(call);

	if (taken == 0)
		serve_one_and_tidy(handler, call, arena);
	return taken == 0 || taken == -EAGAIN;
}

int fcgi_run(const struct fcgi_handler *handler)
{
	struct arena *arena = arena_new(true); /* a body may hold a password */
	FCGX_Request call;
	int watch = watch_door(); /* before libfcgi's handlers, which only take note, could meet a signal */

	if (watch < 0 || FCGX_Init() || FCGX_InitRequest(&call, LISTENING, 0)) {
		LOG(LOG_ERROR, "fcgi-init-failed");
		return 1;
	}
	while (somebody_knocks(watch) && take_next(handler, &call, arena))
		continue;
	arena_free(&arena);
	return 0;
}
