/* The tables that a schema makes, for what treats all of them alike (copy.h). */
#pragma once
#include "store/schema.h"

enum { TABLE_MOST_KEYS = 4 };

struct column {
	const char *name;
	int octets; /* of a whole number; 0: a text or bytes */
};

struct table {
	const char *name;
	struct column *columns;   /* in the schema's order */
	int count;                /* of columns */
	int key[TABLE_MOST_KEYS]; /* which of them are the primary key, in its order: whole numbers all of them */
	int keys;
};

/* All but schema_version, which is the store's own; in the schema's order, so that a table stands behind those that it
 * references; a NULL name ends the list. ERR_INVALID: a table without a primary key of 1 to 4 whole numbers. */
enum err tables_read(struct arena *, const struct schema *, struct table **out, const char **why) CHECKED;
