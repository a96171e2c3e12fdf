/* The lists that V() and INTO() make, as store.c reads them. */
#pragma once
#include "store/engine.h"

bool bind_is_value(const struct bind *);
int bind_count(const struct bind *, bool values); /* of the values, or of the places */
/* False: the column's value is of another type, or beyond what the place holds, or a text with a NUL in it. */
bool bind_put(struct arena *, const struct bind *into, const struct value *) CHECKED;
