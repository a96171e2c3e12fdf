/* A database in the test's own folder, with a few tables for everything that the store promises. */
#pragma once
#include <unistd.h>
#include "base/file.h"
#include "store/store.h"
#include "tests/unit/engine.h"

extern const char test_schema[];
struct store_conf test_conf(void);
struct store *test_open(void); /* the database of test_conf: made at the first call, opened at each */
void test_make(void);          /* made only */
int64_t test_count(struct store *, const char *sql);
/* PostgreSQL alone: the process of the server that serves this store, and its end. */
int64_t test_backend(struct store *);
void test_end_backend(int64_t);
