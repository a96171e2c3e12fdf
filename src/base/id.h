/* Row ids: 63 bits, made in C: 41 bits of ms since 2025-01-01 UTC, then 22 random bits, so that they rise with time and
 * two processes rarely meet. Decimal in URLs, strings in JSON. Never a proof of anything. */
#pragma once
#include "base/arena.h"

/* How far an id may run ahead of the time it was made at: where the clock was set back, a process goes on from its last
 * id. */
enum { ID_AHEAD_MS = 61 * 60 * 1000 };
int64_t id_new(int64_t now);                   /* above every id this process made before, but for a larger step back */
bool id_parse(const char *text, int64_t *out); /* 1 to 2^63-1, no leading zero */
int64_t id_time(int64_t id);                   /* the ms UTC it was made at */
int64_t id_at(int64_t ms);                     /* below every id made at that time or later */
char *id_text(struct arena *, int64_t id);
