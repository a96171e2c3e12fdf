/* Blobs beside the SQLite database (blob.h): folder/xx/<id>.blob, xx the id's last byte, which is random. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "store/blob.h"

enum { FOLDERS = 256, BOX_MORE = 64 };

struct blobs {
	struct vault *vault;
	char *folder;
	unsigned mode; /* of the folder, and so of those in it: who may share it was decided there */
};

enum err blobs_open(struct arena *arena, const char *folder, struct vault *vault, struct blobs **out)
{
	struct stat is;

	if (stat(folder, &is) != 0 || !S_ISDIR(is.st_mode))
		return ERR_NOT_FOUND;
	*out = ARENA_NEW(arena, struct blobs);
	**out = (struct blobs){ vault, arena_text(arena, folder), is.st_mode & 07777 };
	return OK;
}

void blobs_close(struct blobs **blobs)
{
	*blobs = NULL;
}

static char *subfolder(struct blobs *blobs, struct arena *arena, unsigned n)
{
	return arena_printf(arena, "%s/%02x", blobs->folder, n);
}

static char *path_of(struct blobs *blobs, struct arena *arena, int64_t id)
{
	return arena_printf(
		arena, "%s/%lld.blob", subfolder(blobs, arena, (unsigned)(id & (FOLDERS - 1))), (long long)id);
}

static enum err put(struct blobs *blobs, struct arena *arena, int64_t id, struct bytes data)
{
	const char *path = path_of(blobs, arena, id);

	if (file_exists(path))
		return ERR_CONFLICT;
	TRY(folder_make(subfolder(blobs, arena, (unsigned)(id & (FOLDERS - 1))), blobs->mode));
	return file_create(path, vault_seal(blobs->vault, arena, AT("blob", "data", id), data), 0660);
}

enum err blob_put(struct blobs *blobs, int64_t id, struct bytes data)
{
	struct arena *arena;
	enum err err;

	if (id <= 0 || data.len > BLOB_MAX)
		return ERR_INVALID;
	arena = arena_new(false);
	err = put(blobs, arena, id, data);
	arena_free(&arena);
	return err;
}

enum err blob_get(struct blobs *blobs, struct arena *arena, int64_t id, struct bytes *out)
{
	struct bytes box;

	TRY(file_read(arena, path_of(blobs, arena, id), BLOB_MAX + BOX_MORE, &box));
	return vault_unseal(blobs->vault, arena, AT("blob", "data", id), box, out);
}

enum err blob_drop(struct blobs *blobs, int64_t id)
{
	struct arena *arena = arena_new(false);
	bool gone = unlink(path_of(blobs, arena, id)) == 0 || errno == ENOENT;

	arena_free(&arena);
	return gone ? OK : ERR_UNAVAILABLE;
}

/* Walking. */

struct walk {
	struct blobs *blobs;
	struct arena *arena;
	int64_t before;
	enum err (*visit)(void *arg, int64_t id);
	void *arg;
};

/* By the file's time or the id's, whichever is later: a moved clock or a restored backup makes nothing look older. */
static bool is_old(const struct walk *walk, const struct stat *is, int64_t id)
{
	int64_t written = (int64_t)is->st_mtim.tv_sec * 1000 + is->st_mtim.tv_nsec / 1000000;

	return written < walk->before && (!id || id_time(id) < walk->before);
}

static enum err walk_file(const struct walk *walk, const char *folder, const char *name)
{
	const char *path = path_join(walk->arena, folder, name);
	struct stat is;
	int64_t id = 0;

	if (lstat(path, &is) != 0 || !S_ISREG(is.st_mode))
		return OK;
	if (text_ends(name, ".blob") && !id_parse(arena_text_n(walk->arena, name, strlen(name) - strlen(".blob")), &id))
		return OK;
	if (!is_old(walk, &is, id))
		return OK;
	if (id)
		return walk->visit(walk->arg, id);
	/* What a write left that did not come to its end. */
	return unlink(path) == 0 || errno == ENOENT ? OK : ERR_UNAVAILABLE;
}

static enum err walk_folder(const struct walk *walk, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	enum err err = OK;

	if (!dir)
		return errno == ENOENT ? OK : ERR_UNAVAILABLE;
	while (err == OK && (entry = readdir(dir)))
		err = walk_file(walk, folder, entry->d_name);
	closedir(dir);
	return err;
}

enum err blob_walk(struct blobs *blobs, int64_t before, enum err (*visit)(void *arg, int64_t id), void *arg)
{
	enum err err = OK;

	for (unsigned n = 0; err == OK && n < FOLDERS; n++) {
		struct walk walk = { blobs, arena_new(false), before, visit, arg };

		err = walk_folder(&walk, subfolder(blobs, walk.arena, n));
		arena_free(&walk.arena);
	}
	return err;
}
