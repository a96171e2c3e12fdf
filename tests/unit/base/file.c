/* Files. */
#include "tests/unit/suite.h"
#include "base/file.h"
#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *in_folder(const char *name)
{
	return path_join(test_arena(), test_folder(), name);
}

static unsigned mode_of(const char *path)
{
	struct stat state;

	assert_int_equal(0, stat(path, &state));
	return state.st_mode & 07777;
}

static size_t count_files(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2; /* . and .. */
}

static void assert_holds(const char *path, const char *want)
{
	struct bytes got;

	assert_ok(file_read(test_arena(), path, 1000000, &got));
	assert_true(bytes_equal(bytes_of_text(want), got));
	assert_int_equal(0, got.data[got.len]);
}

TEST("file: write makes and replaces, with exactly its mode, and leaves nothing beside it")
{
	const char *path = in_folder("a");
	mode_t before = umask(0077);

	assert_ok(file_write(path, bytes_of_text("one"), 0640));
	assert_int_equal(0640, mode_of(path));
	assert_ok(file_write(path, bytes_of_text(""), 0600));
	assert_int_equal(0600, mode_of(path));
	umask(before);
	assert_holds(path, "");
	assert_int_equal(1, count_files(test_folder()));
}

TEST("file: create never replaces")
{
	const char *path = in_folder("key");

	assert_ok(file_create(path, bytes_of_text("first"), 0400));
	assert_err(ERR_CONFLICT, file_create(path, bytes_of_text("second"), 0400));
	assert_holds(path, "first");
	assert_int_equal(1, count_files(test_folder()));
}

TEST("file: where the folder is missing nothing is written; a folder is not replaced")
{
	assert_err(ERR_NOT_FOUND, file_write(in_folder("none/a"), bytes_of_text("x"), 0600));
	assert_err(ERR_NOT_FOUND, file_create(in_folder("none/a"), bytes_of_text("x"), 0600));
	assert_ok(folder_make(in_folder("b"), 0700));
	assert_err(ERR_INVALID, file_write(in_folder("b"), bytes_of_text("x"), 0600));
	assert_int_equal(1, count_files(test_folder()));
}

TEST("SEC-5: read takes a file up to its bound and no larger one")
{
	char *text = arena_alloc(test_arena(), 100001);
	const char *path = in_folder("a");
	struct bytes got;

	memset(text, 'x', 100000);
	assert_ok(file_write(path, bytes_of_text(text), 0600));
	assert_holds(path, text);
	assert_ok(file_read(test_arena(), path, 100000, &got));
	assert_err(ERR_INVALID, file_read(test_arena(), path, 99999, &got));
	assert_err(ERR_NOT_FOUND, file_read(test_arena(), in_folder("none"), 10, &got));
	assert_err(ERR_NOT_FOUND, file_read(test_arena(), in_folder("a/b"), 10, &got));
	assert_err(ERR_INVALID, file_read(test_arena(), test_folder(), 10, &got));
	assert_int_equal(0, mkfifo(in_folder("fifo"), 0600));
	assert_err(ERR_INVALID, file_read(test_arena(), in_folder("fifo"), 10, &got));
}

TEST("SEC-5: a file that says it is empty is still read to its end and bound")
{
	struct bytes got;

	assert_ok(file_read(test_arena(), "/proc/self/stat", 100000, &got));
	assert_true(got.len > 10);
	assert_err(ERR_INVALID, file_read(test_arena(), "/proc/self/stat", 10, &got));
}

TEST("file: folders come with their parents, with their mode, and may exist")
{
	mode_t before = umask(0077);

	assert_ok(folder_make(in_folder("a/b//c/"), 02770));
	umask(before);
	assert_int_equal(02770, mode_of(in_folder("a")));
	assert_int_equal(02770, mode_of(in_folder("a/b/c")));
	assert_ok(folder_make(in_folder("a/b"), 0700));
	assert_int_equal(02770, mode_of(in_folder("a/b")));
	assert_ok(file_write(in_folder("file"), bytes_of_text("x"), 0600));
	assert_err(ERR_CONFLICT, folder_make(in_folder("file"), 0700));
	assert_err(ERR_NOT_FOUND, folder_make(in_folder("file/a"), 0700));
	assert_err(ERR_INVALID, folder_make("", 0700));
	assert_true(file_exists(in_folder("a/b/c")) && !file_exists(in_folder("none")));
}

TEST("file: paths are joined with one slash")
{
	assert_string_equal("a/b", path_join(test_arena(), "a", "b"));
	assert_string_equal("a/b", path_join(test_arena(), "a/", "b"));
	assert_string_equal("/b", path_join(test_arena(), "/", "b"));
	assert_string_equal("b", path_join(test_arena(), "", "b"));
}

/* A limit on the size of files stands for the full disk: write fails half-way there too. */
static int out_of_space(void *arg)
{
	struct bytes data = { arena_alloc(test_arena(), 50000), 50000 };

	(void)arg;
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &(const struct rlimit){ 20000, 20000 }) != 0)
		return 1;
	if (file_write(in_folder("a"), data, 0600) != ERR_UNAVAILABLE)
		return 2;
	return file_create(in_folder("b"), data, 0600) == ERR_UNAVAILABLE ? 0 : 3;
}

TEST("OPS-15: without space a write says so, the old file stays and nothing is left beside it")
{
	assert_ok(file_write(in_folder("a"), bytes_of_text("old"), 0600));
	assert_int_equal(0, test_child(out_of_space, NULL));
	assert_holds(in_folder("a"), "old");
	assert_int_equal(1, count_files(test_folder()));
}
