/* The statements of one connection: prepared once, kept for the next call with the same text, never shared by two calls
 * at once. */
#pragma once
#include "store/engine.h"

struct statement {
	struct prepared prepared;
	const char *sql;
	struct statement *next; /* of the same bucket */
	uint64_t used;          /* when, counted in takes */
	bool busy;
};

struct statements;
struct statements *statements_new(const struct engine *, void *connection);
void statements_free(struct statements **); /* before the connection goes */

/* One that nobody uses: a kept one or a new one. Give it back reset. */
enum err statement_take(struct statements *, const char *sql, const struct bind *, struct statement **out) CHECKED;
void statement_give(struct statements *, struct statement *); /* fine when it was given back already */
size_t statements_give_all(struct statements *);              /* how many were still in use */
