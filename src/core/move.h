/* Carrying an installation's data over to another database, on whichever engines (OPS-9). Rows and files are copied as
 * they are, then read whole on both sides and compared, then the log is proven on the other side; only then may
 * programs open it. While it runs nothing else opens either database. What was cut off goes on when it is run again. */
#pragma once
#include "core/oplog.h"
#include "store/copy.h"

/* A table, or "files": both sides of it. */
struct move_part {
	const char *name;
	struct table_sum from, to;
	bool same;
};

struct move {
	const struct settings *from, *to;
	const char *schema;                                  /* the text of schema.sql */
	const char *verifier;                                /* of the log */
	struct copy_told copied;                             /* after each piece of a table, or of "files" */
	void (*proven)(void *arg, const struct move_part *); /* with the arg of copied */

	const char *why;          /* it could not be done */
	int64_t rows, files;      /* there are on the other side */
	bool differs;             /* a part does; the log was not looked at */
	struct oplog_verdict log; /* of the other side */
};

/* OK: moved, unless m->differs or the log does not hold: then the other side is not to be opened and why says what to
 * do. ERR_CONFLICT: a database is in use, or the other side holds something already. ERR_INVALID: the other side has
 * other keys, or either is no database for us. Whatever it answers, the source is as it was. */
enum err move_run(struct arena *, struct arena *secret, struct move *m) CHECKED;
