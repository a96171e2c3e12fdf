/* JSON lines on stderr, one object a line: time, level, program, request, event, then the pairs given.
 * Never personal data, never a secret: ids, counts, states, durations. */
#pragma once
#include "base/arena.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_pair {
	const char *name, *text; /* text NULL: number */
	int64_t number;
};
struct log_pair log_pair_int(const char *name, int64_t number);
struct log_pair log_pair_text(const char *name, const char *text);

#define L(name, value)                                                                                                 \
	_Generic((value), char * : log_pair_text, const char * : log_pair_text, default : log_pair_int)(name, value)
#define LOG(level, event, ...)                                                                                         \
	log_write(level, event, (const struct log_pair[]){ __VA_ARGS__ __VA_OPT__(, ){ NULL, NULL, 0 } })

void log_write(enum log_level, const char *event, const struct log_pair *pairs); /* pairs end with a NULL name */
void log_program(const char *name);       /* stands in every line from now on; the text must stay */
void log_request(const char *request_id); /* likewise, NULL between requests */
void log_threshold(enum log_level);
/* Logs an error and ends the process: the system refused memory or randomness, or a caller broke a contract that has no
 * error to return. */
_Noreturn void log_die(const char *event);
