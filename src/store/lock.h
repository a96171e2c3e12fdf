/* The writers' lock: one writer of a database at a time, taken in about the order of asking, and waited for no longer
 * than told. The kernel holds it, so it goes with a process that is killed. */
#pragma once
#include "base/arena.h"

struct lock;
/* Opens or makes the lock's file (mode 0660). One struct lock is one holder: not to be shared after fork. */
enum err lock_open(const char *path, struct lock **out) CHECKED;
void lock_close(struct lock **);
enum err lock_take(struct lock *, int64_t wait_ms) CHECKED; /* ERR_UNAVAILABLE: not in time */
void lock_give(struct lock *);
/* Who has the database open: one of many, or alone; until the lock is closed. ERR_CONFLICT: others have it open, so
 * nobody can be alone. ERR_UNAVAILABLE: somebody is. */
enum err lock_enter(struct lock *, bool alone) CHECKED;
