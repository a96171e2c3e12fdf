/* One process forks the workers, keeps their number, and tells them when to end: by signals that it waits for, so that
 * it is never in the middle of something else when one comes. */
#include "base/workers.h"
#include "base/clock.h"
#include "base/log.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HASTY_US = 1000000, PAUSE_NS = 100000000 };

struct crew {
	int count;
	char *const *command;
	int (*work)(void *);
	void *arg;
	sigset_t watched;
	struct member {
		pid_t pid;
		int64_t started; /* clock_ticks */
	} members[MOST_WORKERS];
};

static _Noreturn void be_worker(const struct crew *crew, pid_t keeper)
{
	sigprocmask(SIG_UNBLOCK, &crew->watched, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != keeper)
		exit(1);
	exit(crew->work(crew->arg));
}

static bool start(struct crew *crew, struct member *member)
{
	pid_t keeper = getpid();

	member->started = clock_ticks();
	member->pid = fork();
	if (member->pid == 0)
		be_worker(crew, keeper);
	if (member->pid < 0)
		LOG(LOG_ERROR, "fork-failed", L("errno", errno));
	return member->pid > 0;
}

static void forget(struct crew *crew, pid_t pid)
{
	for (int i = 0; i < crew->count; i++)
		if (crew->members[i].pid == pid)
			crew->members[i].pid = 0;
}

/* First all that have ended, for one signal may stand for several; then each once, so that one who ends again and again
 * does not keep us from hearing when we are told to end. */
static bool replace_ended(struct crew *crew)
{
	const struct timespec pause = { 0, PAUSE_NS };
	bool good = true;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		forget(crew, pid);
	for (struct member *m = crew->members; m < crew->members + crew->count && good; m++) {
		if (m->pid)
			continue;
		if (clock_ticks() - m->started < HASTY_US)
			nanosleep(&pause, NULL);
		good = start(crew, m);
	}
	return good;
}

static void tell_to_end(const struct crew *crew)
{
	for (int i = 0; i < crew->count; i++)
		if (crew->members[i].pid > 0)
			kill(crew->members[i].pid, SIGTERM);
}

static void end_all(const struct crew *crew)
{
	tell_to_end(crew);
	for (int i = 0; i < crew->count; i++)
		if (crew->members[i].pid > 0)
			waitpid(crew->members[i].pid, NULL, 0);
}

/* Comes back only where the program can't be begun; then those that were told to end are replaced by this build. The
 * signals stay held back, here and until the program begun anew waits for them itself: in between, a worker's end would
 * go unheard and HUP would end the keeper. */
static void begin_anew(const struct crew *crew)
{
	tell_to_end(crew);
	execvp(crew->command[0], crew->command);
	LOG(LOG_ERROR, "exec-failed", L("errno", errno));
}

static int keep(struct crew *crew)
{
	bool good = true;
	int signal = SIGCHLD;

	for (int i = 0; i < crew->count && good; i++)
		good = start(crew, &crew->members[i]);
	while (good && (signal == SIGCHLD || signal == SIGHUP)) {
		sigwait(&crew->watched, &signal);
		if (signal == SIGCHLD)
			good = replace_ended(crew);
		else if (signal == SIGHUP)
			begin_anew(crew);
	}
	end_all(crew);
	return good ? 0 : 1;
}

int workers_run(int count, char *const *command, int (*work)(void *arg), void *arg)
{
	static struct crew crew;

	crew = (struct crew){ .count = count, .command = command, .work = work, .arg = arg };
	sigemptyset(&crew.watched);
	for (const int *one = (const int[]){ SIGCHLD, SIGHUP, SIGTERM, SIGINT, SIGUSR1, 0 }; *one; one++)
		sigaddset(&crew.watched, *one);
	sigprocmask(count > 0 ? SIG_BLOCK : SIG_UNBLOCK, &crew.watched, NULL);
	return count > 0 ? keep(&crew) : work(arg);
}
