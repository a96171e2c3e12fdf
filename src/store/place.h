/* Where a database file may lie: not on a network file system, whose locks and shared memory lose data (OPS-15). */
#pragma once
#include "base/arena.h"

/* *why is set where the folder of path is refused (ERR_INVALID) or is not there (ERR_NOT_FOUND). */
enum err place_check(struct arena *, const char *path, const char **why) CHECKED;
/* By the number that statfs gives a file system, and the type that the mount table gives it (NULL: unknown). */
bool place_is_network(long magic, const char *type);
