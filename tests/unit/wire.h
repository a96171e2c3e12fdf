/* PostgreSQL alone: a wire between a test's programs and the server, which can be cut. A process of its own hands on what either
 * side says, one connection after the other. */
#pragma once
#include "tests/unit/engine.h"

enum wire_side { TO_SERVER, TO_CLIENT };
/* What is done with data on its way to that side: so many bytes are handed on, and whether the connection ends behind them. */
struct wire_way {
	size_t len;
	bool ends;
};
/* Decides in the wire's process: what the test orders stands in memory that wire_orders made. mark is the connection's own, false
 * at its begin. */
typedef struct wire_way wire_judge(enum wire_side, const char *data, size_t len, bool *mark);

void *wire_orders(size_t size); /* shared memory, zeroed, before wire_open; gone with wire_close */
void wire_open(wire_judge *);
const char *wire_conninfo(const char *conninfo); /* the same, by the wire; from the test's arena */
void wire_close(void);
