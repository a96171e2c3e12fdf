/* A world with a log lane, for the tests of the log. */
#pragma once
#include "core/oplog_row.h"
#include "tests/unit/core/world.h"

struct key *log_key(struct world *, const char **verifier); /* the lane's; freed by key_free */
int log_number(struct world *, int most);                   /* runs the lane once: how many rows got their place */
struct oplog_verdict log_verdict(struct world *);
void log_names(struct world *, enum oplog_finding, int64_t row); /* asserts that just this is what verify-log says */
int64_t log_row_at(struct world *, int64_t place);
/* A world with some history: registration, logins, a person, an org; all numbered in steps of three. */
struct world *log_history(int64_t *account, int64_t *org);
