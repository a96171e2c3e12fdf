/* Configuration files: INI by libinih, read into a struct by a table of keys. Unknown sections and keys, wrong types
 * and values out of bounds are refused with file and line. */
#pragma once
#include "base/arena.h"

enum conf_type { CONF_TEXT, CONF_INT, CONF_FLAG, CONF_URL, CONF_PATH, CONF_SECRET_FILE, CONF_SHARED_SECRET_FILE };

/* One key. target: offset of a const char *, int64_t or bool in the caller's struct. PATH and SECRET_FILE are taken
 * relative to the configuration file's folder; the file of a SECRET_FILE must exist with mode 0600 or stricter once it
 * is named, one that programs of several users read (SHARED) with 0640, and the field holds its path. URL: http or
 * https, no query, no final slash.
 * FLAG: yes or no (also true/false, on/off, 1/0). A text, URL or path whose fallback is "" may be empty: none. Comments
 * have lines of their own, starting with # or ;. */
struct conf_key {
	const char *section, *name;
	enum conf_type type;
	size_t target;
	const char *fallback; /* as written in a file; NULL: the key must be given */
	int64_t min, max;     /* of an INT; of a TEXT's length in bytes when max > 0 */
	const char *about;    /* one line for docs/configuration.md and doctor */
};

/* Reads path into out (zeroed by the caller), texts into the arena. On ERR_INVALID *why says "file:line: what is
 * wrong"; ERR_NOT_FOUND: no such file. keys end with a NULL name. */
enum err conf_read(struct arena *, const char *path, const struct conf_key *keys, void *out, const char **why) CHECKED;
/* The file's text with every key, its meaning and its fallback or the value given in values ("section.name=value"),
 * for a first start and for the documentation. */
char *conf_write(struct arena *, const struct conf_key *keys, const char *const *values);
