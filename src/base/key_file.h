/* Files that hold secrets: writable by their owner alone and closed to others. A key file is 32 bytes as 64 hex digits
 * and a line feed. */
#pragma once
#include "base/crypto.h"

/* Any file that holds a secret: read into a secret arena, its mode checked alike; why in arena. */
enum err secret_file_read(struct arena *, struct arena *secret, const char *path, size_t max, struct bytes *out,
	const char **why) CHECKED;
/* ERR_NOT_FOUND, ERR_DENIED; ERR_INVALID: not such a file, writable by its group, or open to others. why tells a
 * person. */
enum err key_file_read(struct arena *, const char *path, unsigned char key[KEY_LEN], const char **why) CHECKED;
/* ERR_CONFLICT: there is one; a key is never replaced. */
enum err key_file_store(const char *path, const unsigned char key[KEY_LEN]) CHECKED;
enum err key_file_make(const char *path) CHECKED; /* a random one */
