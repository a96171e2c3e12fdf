/* PostgreSQL alone: a wire between a world and its database that can be cut in the middle of a COMMIT. */
#pragma once
#include "tests/unit/core/world.h"

enum cut {
	CUT_QUESTION, /* before the server has heard it: nothing is stored */
	CUT_ANSWER    /* when it has done so: all is stored, and nobody is told */
};
/* From now on the world's own process reaches its database by the wire. */
void cut_wire(struct world *);
/* The n-th COMMIT from now on is the one; after it the wire is whole again. */
void cut_commit(int nth, enum cut);
void cut_end(void); /* of the wire, once the world is closed */
