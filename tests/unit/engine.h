/* Which engine a suite runs on: SQLite, or PostgreSQL where tests/harness/postgres started one. Tests that say nothing
 * of it run on both. */
#pragma once
#include "store/store.h"
#include "tests/unit/suite.h"

bool engine_is_postgres(void);
/* A place of this test's own without tables; asked again with the same path, the same place. path: the SQLite
 * file's. */
struct store_conf engine_conf(const char *path, int64_t busy_ms);
/* One with the tables of this schema, empty. */
struct store_conf engine_made(const char *path, int64_t busy_ms, const char *schema);

/* Behind the program's back, in the place that was asked for last: */
void engine_tamper(
	const char *sql); /* runs SQL, triggers and foreign keys off; x'00' is bytes. Ends engine_trigger's */
/* As a trigger for each row: event "AFTER UPDATE OF tries ON pin_try", when "NEW.tries = 2" or "true", body a statement
 * or one of these. */
extern const char engine_fails[], engine_hangs[];
void engine_trigger(const char *event, const char *when, const char *body);
void engine_wait_for_hang(void);
/* PostgreSQL alone: as its superuser, in no place; the first value that it answers. */
const char *engine_server(const char *sql);
/* PostgreSQL alone: the SQLSTATE with which it refuses this to the programs' own role. */
const char *engine_refuses(const char *sql);
const char *engine_row_number(void);
bool engine_knows(struct bytes); /* whether these bytes stand anywhere in the database */
/* A condition: whether a column's bytes hold this text. */
const char *engine_holding(const char *column, const char *text);

/* For what only one engine has: files on the disk, connections that break. */
#define TEST_SQLITE_(name, id)                                                                                         \
	static void TEST_JOIN(test_, id)(void **);                                                                     \
	__attribute__((constructor)) static void TEST_JOIN(add_test_, id)(void)                                        \
	{                                                                                                              \
		if (!engine_is_postgres())                                                                             \
			suite_add(name, TEST_JOIN(test_, id));                                                         \
	}                                                                                                              \
	static void TEST_JOIN(test_, id)(void **state __attribute__((unused)))
#define TEST_SQLITE(name) TEST_SQLITE_(name, __COUNTER__)
#define TEST_POSTGRES_(name, id)                                                                                       \
	static void TEST_JOIN(test_, id)(void **);                                                                     \
	__attribute__((constructor)) static void TEST_JOIN(add_test_, id)(void)                                        \
	{                                                                                                              \
		if (engine_is_postgres())                                                                              \
			suite_add(name, TEST_JOIN(test_, id));                                                         \
	}                                                                                                              \
	static void TEST_JOIN(test_, id)(void **state __attribute__((unused)))
#define TEST_POSTGRES(name) TEST_POSTGRES_(name, __COUNTER__)
