/* Blobs in a folder beside the database: folder/xx/<id>.blob, xx the id's last byte, which is random. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "store/blob_way.h"

enum { FOLDERS = 256 };

struct folder {
	char *path;
	unsigned mode; /* of the folder, and so of those in it: who may share it was decided there */
};

static enum err folder_open(struct arena *arena, struct store *store, const char *folder, void **out)
{
	struct folder *made = ARENA_NEW(arena, struct folder);
	struct stat is;

	(void)store;
	if (stat(folder, &is) != 0 || !S_ISDIR(is.st_mode))
		return ERR_NOT_FOUND;
	*made = (struct folder){ arena_text(arena, folder), is.st_mode & 07777 };
	*out = made;
	return OK;
}

static char *subfolder(const struct folder *folder, struct arena *arena, unsigned n)
{
	return arena_printf(arena, "%s/%02x", folder->path, n);
}

static char *path_of(const struct folder *folder, struct arena *arena, int64_t id)
{
	return arena_printf(
		arena, "%s/%lld.blob", subfolder(folder, arena, (unsigned)(id & (FOLDERS - 1))), (long long)id);
}

static enum err folder_put(void *arg, struct arena *arena, int64_t id, struct bytes box)
{
	const struct folder *folder = arg;
	const char *path = path_of(folder, arena, id);

	if (file_exists(path))
		return ERR_CONFLICT;
	TRY(folder_make(subfolder(folder, arena, (unsigned)(id & (FOLDERS - 1))), folder->mode));
	return file_create(path, box, 0660);
}

static enum err folder_get(void *arg, struct arena *arena, int64_t id, struct bytes *box)
{
	return file_read(arena, path_of(arg, arena, id), BLOB_BOX_MAX, box);
}

static enum err folder_drop(void *arg, int64_t id)
{
	struct arena *arena = arena_new(false);
	bool gone = unlink(path_of(arg, arena, id)) == 0 || errno == ENOENT;

	arena_free(&arena);
	return gone ? OK : ERR_UNAVAILABLE;
}

/* Walking. */

struct walk {
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
	if (walk->before == BLOB_EVER)
		return OK;
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

static enum err folder_walk(void *arg, int64_t before, enum err (*visit)(void *arg, int64_t id), void *visit_arg)
{
	enum err err = OK;

	for (unsigned n = 0; err == OK && n < FOLDERS; n++) {
		struct walk walk = { arena_new(false), before, visit, visit_arg };

		err = walk_folder(&walk, subfolder(arg, walk.arena, n));
		arena_free(&walk.arena);
	}
	return err;
}

const struct blob_way blob_folder = { folder_open, folder_put, folder_get, folder_drop, folder_walk };
