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

enum err secret_file_read(
	struct arena *arena, struct arena *secret, const char *path, size_t max, struct bytes *out, const char **why)
{
	TRY(check_mode(arena, path, why));
	*why = arena_printf(arena, "the key file %s cannot be read", path);
	return file_read(secret, path, max, out);
}

static bool key_from_text(struct arena *secret, struct bytes text, unsigned char key[KEY_LEN])
{
	const char *trimmed = text_trim(secret, arena_text_n(secret, (const char *)text.data, text.len));
	struct bytes raw;

	if (!hex_decode(secret, trimmed, &raw) || raw.len != KEY_LEN)
		return false;
	memcpy(key, raw.data, KEY_LEN);
	return true;
}

enum err key_file_read(struct arena *arena, const char *path, unsigned char key[KEY_LEN], const char **why)
{
	struct arena *scratch = arena_new(true);
	struct bytes text;
	enum err err = secret_file_read(arena, scratch, path, KEY_FILE_MAX, &text, why);

	if (err == OK && !key_from_text(scratch, text, key)) {
		*why = arena_printf(arena, "the key file %s does not hold 64 hex digits", path);
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
