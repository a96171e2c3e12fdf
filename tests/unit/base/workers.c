/* Workers that one process keeps. Each tells its number through a pipe and then waits for its end. */
#include "tests/unit/suite.h"
#include "base/workers.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 3, STATUS = 7 };

static char program[] = "/bin/sh";
static char *const begins_as[] = { program, (char[]){ "-c" }, (char[]){ "exit 9" }, NULL };

struct told {
	int pipe[2];
	bool refuses; /* ends at once, as one that cannot open its house */
};

static int tell(void *arg)
{
	const struct told *told = arg;
	pid_t self = getpid();

	if (write(told->pipe[1], &self, sizeof self) != sizeof self || told->refuses)
		return STATUS;
	for (;;)
		pause();
}

/* The keeper's pid; what the workers tell can be read, and its end is the end of all of them. */
static pid_t keep(struct told *told)
{
	pid_t keeper;

	assert_int_equal(0, pipe2(told->pipe, O_CLOEXEC));
	keeper = fork();
	assert_true(keeper >= 0);
	if (keeper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(workers_run(WORKERS, begins_as, tell, told));
	}
	close(told->pipe[1]);
	return keeper;
}

/* 0: there is none left who could tell anything. */
static pid_t next_told(const struct told *told)
{
	pid_t pid = 0;

	return read(told->pipe[0], &pid, sizeof pid) == sizeof pid ? pid : 0;
}

static int status_of(pid_t keeper)
{
	int status;

	assert_int_equal(keeper, waitpid(keeper, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST("OPS-5: as many workers as wanted run side by side; one that is killed is replaced; TERM ends all")
{
	struct told told = { .refuses = false };
	pid_t keeper = keep(&told), pids[WORKERS], another;

	for (int i = 0; i < WORKERS; i++) {
		pids[i] = next_told(&told);
		assert_true(pids[i] > 0 && pids[i] != keeper);
	}
	assert_int_equal(0, kill(pids[1], SIGKILL));
	another = next_told(&told);
	assert_true(another > 0 && another != pids[0] && another != pids[2]);
	assert_int_equal(0, kill(keeper, SIGTERM));
	assert_int_equal(0, next_told(&told));
	assert_int_equal(0, status_of(keeper));
	close(told.pipe[0]);
}

TEST("OPS-5: workers whose keeper is killed end too: none goes on with what the next keeper no longer knows")
{
	struct told told = { .refuses = false };
	pid_t keeper = keep(&told);

	for (int i = 0; i < WORKERS; i++)
		assert_true(next_told(&told) > 0);
	assert_int_equal(0, kill(keeper, SIGKILL));
	assert_int_equal(0, next_told(&told));
	assert_int_equal(-SIGKILL, status_of(keeper));
	close(told.pipe[0]);
}

TEST("OPS-5: a worker that ends at once is tried again, and the keeper still hears when it is told to end")
{
	struct told told = { .refuses = true };
	pid_t keeper = keep(&told);

	for (int i = 0; i < 2 * WORKERS; i++)
		assert_true(next_told(&told) > 0);
	assert_int_equal(0, kill(keeper, SIGTERM));
	assert_int_equal(0, status_of(keeper));
	close(told.pipe[0]);
}

TEST("OPS-5: HUP begins the program anew in the keeper's place, and its workers are told to end")
{
	struct told told = { .refuses = false };
	pid_t keeper = keep(&told);

	for (int i = 0; i < WORKERS; i++)
		assert_true(next_told(&told) > 0);
	assert_int_equal(0, kill(keeper, SIGHUP));
	assert_int_equal(9, status_of(keeper));
	assert_int_equal(0, next_told(&told));
	close(told.pipe[0]);
}

TEST("OPS-5: a program that can't be begun anew goes on as it was, with as many workers")
{
	struct told told = { .refuses = false };
	pid_t keeper;

	program[0] = '!'; /* there is no such file */
	keeper = keep(&told);
	for (int i = 0; i < WORKERS; i++)
		assert_true(next_told(&told) > 0);
	assert_int_equal(0, kill(keeper, SIGHUP));
	for (int i = 0; i < WORKERS; i++)
		assert_true(next_told(&told) > 0);
	assert_int_equal(0, kill(keeper, SIGTERM));
	assert_int_equal(0, next_told(&told));
	assert_int_equal(0, status_of(keeper));
	close(told.pipe[0]);
	program[0] = '/';
}

static int answer(void *arg)
{
	return *(const pid_t *)arg == getpid() ? STATUS : 1;
}

TEST("OPS-5: without workers the work runs in the process itself, whose status it gives")
{
	pid_t self = getpid();

	assert_int_equal(STATUS, workers_run(0, begins_as, answer, &self));
}
