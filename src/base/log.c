/* Log lines: built on the stack without an arena, so that also the end of memory can be told, and written by one
 * write(2), so that lines of several processes never mix. */
#include "base/log.h"
#include "base/clock.h"
#include "base/text.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

/* A line holds PIPE_BUF bytes: what a pipe takes in one piece. Pairs that do not fit are left out, and "cut" says so.
 */
enum { LINE_MAX_LEN = PIPE_BUF, VALUE_MAX_LEN = 1000 };
static const char cut_end[] = ",\"cut\":true}\n";

struct line {
	char data[LINE_MAX_LEN];
	size_t len;
	bool full;
};

static const char *program, *request;
static enum log_level threshold = LOG_INFO;

static void add(struct line *line, const char *data, size_t len)
{
	if (line->full || len > sizeof line->data - sizeof cut_end - line->len) {
		line->full = true;
		return;
	}
	memcpy(line->data + line->len, data, len);
	line->len += len;
}

static void add_character(struct line *line, const char *at, const char *next, uint32_t code)
{
	char escape[8];

	if (code == '"' || code == '\\') {
		add(line, "\\", 1);
		add(line, at, 1);
	} else if (code < 0x20 || code == 0x7F || code == 0xFFFD || code == 0x2028 || code == 0x2029) {
		add(line, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)code));
	} else {
		add(line, at, (size_t)(next - at));
	}
}

/* What stands in a line as it is: most values are nothing else. */
static size_t plain_run(const char *text, size_t most)
{
	size_t len = 0;

	while (len < most && text[len] >= 0x20 && text[len] < 0x7F && text[len] != '"' && text[len] != '\\')
		len++;
	return len;
}

static void add_text(struct line *line, const char *text)
{
	size_t run = plain_run(text, VALUE_MAX_LEN);
	const char *at = text + run, *next = at;
	uint32_t code;

	add(line, "\"", 1);
	add(line, text, run);
	while ((code = utf8_next(&next)) && next - text <= VALUE_MAX_LEN) {
		add_character(line, at, next, code);
		at = next;
	}
	add(line, "\"", 1);
}

/* A pair stands in the line whole or not at all. */
static void add_pair(struct line *line, struct log_pair pair)
{
	size_t before = line->len;
	char number[24];

	if (before > 1)
		add(line, ",", 1);
	add_text(line, pair.name);
	add(line, ":", 1);
	if (pair.text)
		add_text(line, pair.text);
	else
		add(line, number, (size_t)snprintf(number, sizeof number, "%" PRId64, pair.number));
	if (line->full)
		line->len = before;
}

struct log_pair log_pair_int(const char *name, int64_t number)
{
	return (struct log_pair){ name, NULL, number };
}

struct log_pair log_pair_text(const char *name, const char *text)
{
	return (struct log_pair){ name, text ? text : "", 0 };
}

void log_program(const char *name)
{
	program = name;
}

void log_request(const char *request_id)
{
	request = request_id;
}

void log_threshold(enum log_level level)
{
	threshold = level;
}

static void add_time(struct line *line)
{
	struct civil c = civil_utc(clock_now());
	char text[64];

	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour, c.minute,
		c.second, c.ms);
	add_pair(line, log_pair_text("time", text));
}

void log_write(enum log_level level, const char *event, const struct log_pair *pairs)
{
	static const char *const levels[] = { "debug", "info", "warn", "error" };
	struct line line = { .len = 0 };
	int saved = errno;

	if (level < threshold)
		return;
	add(&line, "{", 1);
	add_time(&line);
	add_pair(&line, log_pair_text("level", levels[level]));
	if (program)
		add_pair(&line, log_pair_text("program", program));
	if (request)
		add_pair(&line, log_pair_text("request", request));
	add_pair(&line, log_pair_text("event", event));
	for (; pairs->name && !line.full; pairs++)
		add_pair(&line, *pairs);
	/* add leaves room for this end */
	memcpy(line.data + line.len, line.full ? cut_end : "}\n", line.full ? sizeof cut_end - 1 : 2);
	line.len += line.full ? sizeof cut_end - 1 : 2;
	while (write(STDERR_FILENO, line.data, line.len) < 0 && errno == EINTR)
		;
	errno = saved;
}

_Noreturn void log_die(const char *event)
{
	LOG(LOG_ERROR, event);
	abort();
}
