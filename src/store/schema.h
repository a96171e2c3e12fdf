/* schema.sql taken apart for the engines: statements without comments, and what the comments tell the loader. */
#pragma once
#include "base/arena.h"

struct schema {
	int64_t version;          /* "-- version: 1" */
	const char **append_only; /* tables named by "-- append-only: table table"; NULL ends it */
	const char **statements;  /* without comments and final semicolons, the version's own last; NULL ends it */
};

/* ERR_INVALID: no version, a table's name that is none, quotes or comments that do not end. */
enum err schema_parse(struct arena *, const char *text, struct schema *out, const char **why) CHECKED;

/* A word of the shared SQL and the engine's word for it. */
struct word {
	const char *from, *to;
};
/* The statement with whole words outside quotes replaced, those in upper case alone: "text" may be a column's name. The
 * list ends with a NULL from. */
char *schema_translate(struct arena *, const char *statement, const struct word *words);
