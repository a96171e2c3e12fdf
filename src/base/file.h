/* Whole files, safely: bounded reads, writes that are either there or not. */
#pragma once
#include "base/arena.h"

/* A regular file; a NUL stands behind the data.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_INVALID (larger than max), ERR_UNAVAILABLE. */
enum err file_read(struct arena *, const char *path, size_t max, struct bytes *out) CHECKED;
/* Through a temporary file beside it, fsync, rename, fsync of the folder. */
enum err file_write(const char *path, struct bytes, unsigned mode) CHECKED;
/* As file_write, but ERR_CONFLICT where the file exists (never replaces a key). */
enum err file_create(const char *path, struct bytes, unsigned mode) CHECKED;
bool file_exists(const char *path);
enum err folder_make(const char *path, unsigned mode) CHECKED; /* with its parents; fine when it exists */
char *path_join(struct arena *, const char *folder, const char *name);
