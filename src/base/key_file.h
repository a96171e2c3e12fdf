/* A secret of 32 bytes as a file: 64 hex digits and a line feed, writable by its owner alone and closed to others. */
#pragma once
#include "base/crypto.h"

/* ERR_NOT_FOUND, ERR_DENIED; ERR_INVALID: not such a file, writable by its group, or open to others. why tells a person. */
enum err key_file_read(struct arena *, const char *path, unsigned char key[KEY_LEN], const char **why) CHECKED;
/* ERR_CONFLICT: there is one; a key is never replaced. */
enum err key_file_store(const char *path, const unsigned char key[KEY_LEN]) CHECKED;
enum err key_file_make(const char *path) CHECKED; /* a random one */
