/* What count.c tells the mixed load. */
#pragma once
#include "base/crypto.h"
#include "tests/unit/core/world.h"

enum { COUNT_CODE = 123456 }; /* every SMS code, in the race program */

void count_begin(void);
void count_print(const char *what, int requests);
