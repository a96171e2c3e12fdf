/* Whole files: bounded reads, writes that are there whole or not at all, also after a power cut. */
#include "base/file.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err from_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	case EEXIST:
		return ERR_CONFLICT;
	case EISDIR:
	case ENAMETOOLONG:
	case ELOOP:
		return ERR_INVALID;
	default:
		return ERR_UNAVAILABLE; /* no space, no descriptors, an I/O error */
	}
}

static enum err read_all(struct arena *arena, int fd, size_t expected, size_t max, struct bytes *out)
{
	size_t cap = expected + 2, len = 0; /* one byte to see the end by, one for a NUL behind the data */
	unsigned char *data = arena_alloc(arena, cap);

	for (;;) {
		ssize_t got = read(fd, data + len, cap - 1 - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return from_errno();
		if (got == 0)
			break;
		len += (size_t)got;
		if (len > max)
			return ERR_INVALID;
		if (len == cap - 1) {
			data = arena_grow(arena, data, cap, cap * 2);
			cap *= 2;
		}
	}
	*out = (struct bytes){ data, len };
	return OK;
}

enum err file_read(struct arena *arena, const char *path, size_t max, struct bytes *out)
{
	struct stat state;
	enum err err;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */

	if (fd < 0)
		return from_errno();
	if (fstat(fd, &state) != 0)
		err = from_errno();
	else if (!S_ISREG(state.st_mode) || (uint64_t)state.st_size > max)
		err = ERR_INVALID;
	else
		err = read_all(arena, fd, (size_t)state.st_size, max, out);
	close(fd);
	return err;
}

static enum err write_all(int fd, struct bytes data)
{
	while (data.len) {
		ssize_t put = write(fd, data.data, data.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return from_errno();
		data.data += put;
		data.len -= (size_t)put;
	}
	return OK;
}

/* The folder that holds path. */
static enum err folder_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 1;

	if (slash == path)
		len = 1;
	if (snprintf(out, PATH_MAX, "%.*s", (int)len, slash ? path : ".") >= PATH_MAX)
		return ERR_INVALID;
	return OK;
}

/* A rename or link is on the disk only when its folder is. */
static enum err sync_folder_of(const char *path)
{
	char folder[PATH_MAX];
	enum err err;
	int fd;

	TRY(folder_of(path, folder));
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return from_errno();
	err = fsync(fd) == 0 ? OK : from_errno();
	close(fd);
	return err;
}

/* A new file beside path with data on the disk; its name to out. */
static enum err write_beside(const char *path, struct bytes data, unsigned mode, char out[PATH_MAX])
{
	enum err err;
	int fd;

	if (snprintf(out, PATH_MAX, "%s.new-XXXXXX", path) >= PATH_MAX)
		return ERR_INVALID;
	fd = mkostemp(out, O_CLOEXEC);
	if (fd < 0)
		return from_errno();
	err = write_all(fd, data);
	if (err == OK && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
		err = from_errno();
	if (close(fd) != 0 && err == OK)
		err = from_errno();
	if (err != OK)
		unlink(out);
	return err;
}

enum err file_write(const char *path, struct bytes data, unsigned mode)
{
	char beside[PATH_MAX];

	TRY(write_beside(path, data, mode, beside));
	if (rename(beside, path) != 0) {
		enum err err = from_errno();

		unlink(beside);
		return err;
	}
	return sync_folder_of(path);
}

enum err file_create(const char *path, struct bytes data, unsigned mode)
{
	char beside[PATH_MAX];
	enum err err;

	TRY(write_beside(path, data, mode, beside));
	err = link(beside, path) == 0 ? OK : from_errno(); /* unlike rename it never replaces */
	unlink(beside);
	return err == OK ? sync_folder_of(path) : err;
}

bool file_exists(const char *path)
{
	struct stat state;

	return stat(path, &state) == 0;
}

static enum err make_one(const char *path, unsigned mode)
{
	struct stat state;

	if (mkdir(path, mode) == 0)
		return chmod(path, mode) == 0 ? OK : from_errno(); /* the mode asked for, whatever the umask */
	if (errno != EEXIST)
		return from_errno();
	if (stat(path, &state) != 0)
		return from_errno();
	return S_ISDIR(state.st_mode) ? OK : ERR_CONFLICT;
}

enum err folder_make(const char *path, unsigned mode)
{
	char part[PATH_MAX];

	if (!*path || snprintf(part, sizeof part, "%s", path) >= (int)sizeof part)
		return ERR_INVALID;
	for (char *at = part + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = 0;
		if (!file_exists(part)) /* a parent that may be passed need not be one we may make */
			TRY(make_one(part, mode));
		*at = '/';
	}
	return make_one(part, mode);
}

char *path_join(struct arena *arena, const char *folder, const char *name)
{
	return arena_printf(arena, "%s%s%s", folder, !*folder || text_ends(folder, "/") ? "" : "/", name);
}
