/* Runs every registered test, or those whose name holds the first argument. */
#include "tests/unit/suite.h"
#include "base/text.h"
#include <ftw.h>
#include <sys/wait.h>
#include <unistd.h>

/* LONGEST_S: far over what a test takes under valgrind; one that hangs ends the suite, which has named it just
 * before. */
enum { MOST_TESTS = 2000, LONGEST_S = 600 };
static struct CMUnitTest tests[MOST_TESTS];
static size_t count;
static struct arena *arena;
static char folder[64];
static uint64_t chance;

static void seed(void)
{
	int64_t given = 0;

	if (getenv("SEED") && !parse_int(getenv("SEED"), 0, INT64_MAX, &given))
		abort();
	chance = (uint64_t)given;
}

/* splitmix64 */
uint64_t test_random(void)
{
	uint64_t z = chance += 0x9E3779B97F4A7C15U;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
	z = (z ^ z >> 27) * 0x94D049BB133111EBU;
	return z ^ z >> 31;
}

uint32_t test_random_below(uint32_t bound)
{
	return (uint32_t)((test_random() >> 32) * bound >> 32);
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(false);
	seed();
	folder[0] = 0;
	alarm(LONGEST_S);
	return 0;
}

static int remove_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
	(void)s;
	(void)flag;
	(void)f;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	if (folder[0])
		nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}

void suite_add(const char *name, void (*run)(void **))
{
	if (count == MOST_TESTS)
		abort();
	tests[count++] = (struct CMUnitTest){ name, run, set_up, tear_down, NULL };
}

struct arena *test_arena(void)
{
	return arena;
}

/* In memory where there is such a place: a test's database waits for no disk. */
const char *test_folder(void)
{
	if (!folder[0]) {
		snprintf(
			folder, sizeof folder, "%s/yinxin-unit-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
		if (!mkdtemp(folder))
			abort();
	}
	return folder;
}

int test_child_start(int (*body)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(body(arg));
	assert_true(pid > 0);
	return pid;
}

int test_child_end(int pid)
{
	int status = -1;

	assert_int_equal(pid, waitpid(pid, &status, 0));
	return status;
}

int test_child(int (*body)(void *arg), void *arg)
{
	return test_child_end(test_child_start(body, arg));
}

int main(int argc, char **argv)
{
	char pattern[200];

	if (!count) {
		fprintf(stderr, "this suite has no tests\n");
		return 1;
	}
	if (argc > 1) {
		snprintf(pattern, sizeof pattern, "*%s*", argv[1]);
		cmocka_set_test_filter(pattern);
	}
	return _cmocka_run_group_tests("unit", tests, count, NULL, NULL) ? 1 : 0;
}
