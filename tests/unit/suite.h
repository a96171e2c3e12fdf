/* Unit tests register themselves: TEST("RULE-1: what holds") { ... }. The sentence is the test's name; the rule's
 * number stands in it. A suite that runs nothing fails. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/arena.h"

void suite_add(const char *name, void (*run)(void **));
struct arena *test_arena(void); /* fresh for each test, released after it */
const char *test_folder(void);  /* a temporary folder of this test's own, removed after it */

/* Runs body in a process of its own; its status, as waitpid tells it. */
int test_child(int (*body)(void *arg), void *arg);
int test_child_start(int (*body)(void *arg), void *arg); /* the pid */
int test_child_end(int pid);                             /* the status */

/* Chance that can be had again: each test begins with the same numbers, SEED=n in the environment with others. */
uint64_t test_random(void);
uint32_t test_random_below(uint32_t bound);

#define TEST_JOIN_(a, b) a##b
#define TEST_JOIN(a, b)  TEST_JOIN_(a, b)
#define TEST_(name, id)                                                                                                \
	static void TEST_JOIN(test_, id)(void **);                                                                     \
	__attribute__((constructor)) static void TEST_JOIN(add_test_, id)(void)                                        \
	{                                                                                                              \
		suite_add(name, TEST_JOIN(test_, id));                                                                 \
	}                                                                                                              \
	static void TEST_JOIN(test_, id)(void **state __attribute__((unused)))
#define TEST(name) TEST_(name, __COUNTER__)

#define assert_ok(call)        assert_int_equal(OK, call)
#define assert_err(want, call) assert_int_equal(want, call)
