/* Log lines, and the names of errors in them. */
#include "tests/unit/suite.h"
#include "base/log.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int before = -1;

/* stderr goes into a file until caught() reads it. */
static void start_catching(void)
{
	int fd = open(path_join(test_arena(), test_folder(), "log"), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);

	assert_true(fd >= 0);
	before = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static char *caught(void)
{
	struct bytes text;

	dup2(before, STDERR_FILENO);
	close(before);
	assert_ok(file_read(test_arena(), path_join(test_arena(), test_folder(), "log"), 1000000, &text));
	return arena_text_n(test_arena(), (const char *)text.data, text.len);
}

/* The one line caught, which must be JSON. */
static json_t *caught_line(size_t *len)
{
	char *text = caught();
	json_t *line;

	*len = strlen(text);
	assert_true(*len > 0 && text[*len - 1] == '\n');
	text[*len - 1] = 0;
	assert_null(strchr(text, '\n'));
	assert_ok(json_read(bytes_of_text(text), &line));
	return line;
}

TEST("OPS-8: a line holds time, level, program, request, event, then the pairs")
{
	char *text;

	log_program("portal");
	log_request("r-1");
	start_catching();
	LOG(LOG_WARN, "seal-voided", L("seal", (int64_t)7), L("state", "active"), L("again", true));
	LOG(LOG_INFO, "plain");
	text = caught();
	log_program(NULL);
	log_request(NULL);
	assert_non_null(strstr(text,
		"Z\",\"level\":\"warn\",\"program\":\"portal\",\"request\":\"r-1\",\"event\":\"seal-voided\","
		"\"seal\":7,\"state\":\"active\",\"again\":1}\n"));
	assert_non_null(
		strstr(text, "\"level\":\"info\",\"program\":\"portal\",\"request\":\"r-1\",\"event\":\"plain\"}\n"));
	assert_true(text_starts(text, "{\"time\":\"20"));
}

TEST("OPS-8: whatever a value holds, the line is one JSON object")
{
	const char *value = "a\"b\\c\nd\x01\x7F\u2028é𠮷\x80\xE4\xBD|";
	json_t *line;
	size_t len;

	start_catching();
	LOG(LOG_ERROR, "odd\n\"event", L("value", value), L("least", INT64_MIN), L("none", (const char *)NULL));
	line = caught_line(&len);
	assert_string_equal("odd\n\"event", json_text(line, "event"));
	assert_string_equal("a\"b\\c\nd\x01\x7F\u2028é𠮷\uFFFD\uFFFD\uFFFD|", json_text(line, "value"));
	assert_string_equal("", json_text(line, "none"));
	json_release(&line);
}

TEST("OPS-8: a value is cut at 1,000 bytes, between characters")
{
	struct arena *arena = test_arena();
	char *value = arena_alloc(arena, 3001);
	json_t *line;
	size_t len;

	for (int i = 0; i < 1000; i++)
		memcpy(value + (size_t)i * 3, "印", 3);
	start_catching();
	LOG(LOG_ERROR, "long", L("value", value));
	line = caught_line(&len);
	assert_int_equal(999, strlen(json_text(line, "value")));
	json_release(&line);
}

TEST("OPS-8: a line never passes what a pipe takes at once; what does not fit is left out and said")
{
	struct arena *arena = test_arena();
	struct log_pair pairs[9] = { { NULL } };
	bool cut = false;
	json_t *line;
	size_t len;

	for (int i = 0; i < 8; i++) {
		char *value = arena_alloc(arena, 1001);

		memset(value, i < 3 ? 'x' : 1, 1000);
		pairs[i] = log_pair_text(arena_printf(arena, "p%d", i), value);
	}
	start_catching();
	log_write(LOG_ERROR, "long", pairs);
	line = caught_line(&len);
	assert_true(len <= PIPE_BUF);
	assert_non_null(json_text(line, "p2"));
	assert_null(json_text(line, "p3"));
	assert_true(json_flag(line, "cut", &cut) && cut);
	json_release(&line);
}

TEST("log: a line that cannot be written changes nothing, errno included")
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), stderr_before = dup(STDERR_FILENO);

	assert_true(full >= 0);
	dup2(full, STDERR_FILENO);
	errno = EILSEQ;
	LOG(LOG_ERROR, "lost");
	assert_int_equal(EILSEQ, errno);
	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	close(full);
}

TEST("log: lines below the threshold are not written")
{
	char *text;

	start_catching();
	log_threshold(LOG_ERROR);
	LOG(LOG_WARN, "quiet");
	LOG(LOG_ERROR, "loud");
	log_threshold(LOG_DEBUG);
	LOG(LOG_DEBUG, "talkative");
	log_threshold(LOG_INFO);
	LOG(LOG_DEBUG, "quiet");
	text = caught();
	assert_null(strstr(text, "quiet"));
	assert_non_null(strstr(text, "loud"));
	assert_non_null(strstr(text, "talkative"));
}

TEST("OPS-5: log_die says why and ends the process")
{
	int status;
	pid_t child;

	start_catching();
	child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		log_die("out-of-memory");
	}
	waitpid(child, &status, 0);
	assert_non_null(strstr(caught(), "\"level\":\"error\",\"event\":\"out-of-memory\"}"));
	assert_true(WIFSIGNALED(status));
}

TEST("err: each error has a name of its own")
{
	for (enum err err = OK; err <= ERR_UNSURE; err++) {
		for (enum err other = OK; other < err; other++)
			assert_string_not_equal(err_name(other), err_name(err));
	}
	assert_string_equal("ok", err_name(OK));
	assert_string_equal("not-found", err_name(ERR_NOT_FOUND));
	assert_string_equal("unknown", err_name((enum err)99));
}
