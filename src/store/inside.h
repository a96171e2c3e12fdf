/* A store from inside, for the two files that make up what every engine shares: store.c runs statements and
 * transactions, open.c makes, opens and closes. */
#pragma once
#include "store/engine.h"
#include "store/statement.h"

struct store {
	const struct engine *engine;
	void *connection;
	struct statements *statements;
	struct arena *arena;
	enum store_use use;
	enum { IDLE, READING, WRITING } state;
	enum err spoilt; /* the first error after which the transaction must not be believed or committed */
	bool clashed;    /* a row could not be added because its key was taken */
	bool again;      /* the transaction met another one and may be run again */
	int64_t busy_us;
};

/* Of its schema. ERR_BROKEN: it has none. */
enum err store_version(struct store *, int64_t *out) CHECKED;
