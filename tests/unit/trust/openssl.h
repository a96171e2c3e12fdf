/* Asking the openssl program for a second opinion; files lie in the test's folder. */
#pragma once
#include "tests/unit/suite.h"

void write_out(const char *name, struct bytes);
struct bytes read_back(const char *name);

/* Runs "openssl <arguments>", gives what it printed on both channels and its exit code. */
const char *openssl(int *code, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define assert_openssl(...)                                                                                            \
	do {                                                                                                           \
		int code_;                                                                                             \
		const char *said_ = openssl(&code_, __VA_ARGS__);                                                      \
		if (code_)                                                                                             \
			print_error("openssl: %s\n", said_);                                                           \
		assert_int_equal(0, code_);                                                                            \
	} while (0)
#define assert_openssl_refuses(...)                                                                                    \
	do {                                                                                                           \
		int code_;                                                                                             \
		openssl(&code_, __VA_ARGS__);                                                                          \
		assert_int_not_equal(0, code_);                                                                        \
	} while (0)
