/* Two databases for the tests of moving: from PostgreSQL to SQLite or back where the suites run on PostgreSQL, else
 * from one file to another. */
#pragma once
#include "store/tables.h"
#include "tests/unit/store/room.h"

enum { PERSONS = 9000, PAIRS = 700 };

struct ends {
	struct store_conf from, to;
};
/* A source with rows that nobody has open, and a target without: each to be opened for the move. */
struct ends filled(bool back);
struct table *ends_tables(void);
void add_person(struct store *, int64_t id);

struct store *opened(struct store_conf);
enum err open_as(struct store_conf, enum store_use, const char **why); /* and closes it again */
