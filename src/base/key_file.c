/* Key files (key_file.h). What is read passes only through arenas that are wiped. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "base/file.h"
#include "base/key_file.h"
#include "base/text.h"

enum { KEY_FILE_MAX = 4096 };

static enum err check_mode(struct arena *arena, const char *path, const char **why)
{
	struct stat is;

	if (stat(path, &is) != 0) {
		*why = arena_printf(arena, "the key file %s: %s", path, strerror(errno));
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_DENIED;
	}
	*why = arena_printf(
		arena, "the key file %s is open to others (mode %03o): chmod 600", path, is.st_mode & 0777u);
	return is.st_mode & 0027 ? ERR_INVALID : OK;
}

enum err key_file_read(struct arena *arena, const char *path, unsigned char key[KEY_LEN], const char **why)
{
	struct arena *scratch = arena_new(true);
	struct bytes text, raw;
	enum err err = check_mode(arena, path, why);

	if (err == OK) {
		*why = arena_printf(arena, "the key file %s cannot be read", path);
		err = file_read(scratch, path, KEY_FILE_MAX, &text);
	}
	if (err == OK) {
		*why = arena_printf(arena, "the key file %s does not hold 64 hex digits", path);
		if (hex_decode(scratch, text_trim(scratch, arena_text_n(scratch, (const char *)text.data, text.len)),
			    &raw) &&
			raw.len == KEY_LEN)
			memcpy(key, raw.data, KEY_LEN);
		else
			err = ERR_INVALID;
	}
	arena_free(&scratch);
	return err;
}

enum err key_file_store(const char *path, const unsigned char key[KEY_LEN])
{
	struct arena *scratch = arena_new(true);
	const char *hex = hex_encode(scratch, (struct bytes){ key, KEY_LEN });
	enum err err = file_create(path, bytes_of_text(arena_printf(scratch, "%s\n", hex)), 0600);

	arena_free(&scratch);
	return err;
}

enum err key_file_make(const char *path)
{
	unsigned char key[KEY_LEN];
	enum err err;

	crypto_random(key, sizeof key);
	err = key_file_store(path, key);
	crypto_wipe(key, sizeof key);
	return err;
}
