/* The writers' lock (lock.h). Truth is a pair of record locks on open file descriptions, which the kernel takes back
 * from the dead. Such a lock can be waited for without bound or not at all, so waiting is done at a futex beside it, in
 * the same file: whoever gives a lock up rings there. The bell is a hint only; a killed holder rings none, so waiters
 * look again now and then.
 *
 * Two locks in a row make the order: only the holder of the first may wait for the second. A writer that comes straight
 * back therefore finds the door held by the next one and joins the queue, instead of winning the race every time. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "store/lock.h"

enum { DOOR, DESK, PLACES, HOUSE = 16 };
enum { LOOK_AGAIN_MS = 20 };

struct lock {
	int fd;
	_Atomic uint32_t *bells;
};

static int record_lock(struct lock *lock, int place, short type)
{
	struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = place, .l_len = 1 };

	return fcntl(lock->fd, F_OFD_SETLK, &range);
}

static void wait_for_bell(struct lock *lock, int place, uint32_t seen, int64_t us)
{
	struct timespec most = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	syscall(SYS_futex, &lock->bells[place], FUTEX_WAIT, seen, &most, NULL, 0);
}

static enum err take(struct lock *lock, int place, int64_t deadline)
{
	for (;;) {
		/* Read before trying: a bell that rings between the two makes the wait return at once. */
		uint32_t seen = atomic_load(&lock->bells[place]);
		int64_t left;

		if (record_lock(lock, place, F_WRLCK) == 0)
			return OK;
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return ERR_UNAVAILABLE;
		left = deadline - clock_ticks();
		if (left <= 0)
			return ERR_UNAVAILABLE;
		wait_for_bell(lock, place, seen, left < LOOK_AGAIN_MS * 1000 ? left : LOOK_AGAIN_MS * 1000);
	}
}

static void give(struct lock *lock, int place)
{
	record_lock(lock, place, F_UNLCK);
	atomic_fetch_add(&lock->bells[place], 1);
	syscall(SYS_futex, &lock->bells[place], FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* The bells' bytes are written, not left as a hole: touching a hole on a full disk would kill the process. */
static bool prepare_file(int fd)
{
	static const uint32_t silent[PLACES];
	struct stat is;

	if (fstat(fd, &is) != 0)
		return false;
	if (is.st_uid == geteuid() && (is.st_mode & 0777) != 0660 && fchmod(fd, 0660) != 0)
		return false;
	return is.st_size >= (off_t)sizeof silent || pwrite(fd, silent, sizeof silent, 0) == sizeof silent;
}

enum err lock_open(const char *path, struct lock **out)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
	void *bells = MAP_FAILED;

	if (fd < 0)
		return errno == EACCES || errno == EPERM || errno == EROFS ? ERR_DENIED : ERR_UNAVAILABLE;
	if (prepare_file(fd))
		bells = mmap(NULL, PLACES * sizeof(uint32_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bells == MAP_FAILED) {
		close(fd);
		return ERR_UNAVAILABLE;
	}
	*out = calloc(1, sizeof **out);
	if (!*out)
		log_die("out-of-memory");
	**out = (struct lock){ fd, bells };
	return OK;
}

void lock_close(struct lock **lock)
{
	if (!*lock)
		return;
	munmap((void *)(*lock)->bells, PLACES * sizeof(uint32_t));
	close((*lock)->fd);
	free(*lock);
	*lock = NULL;
}

enum err lock_take(struct lock *lock, int64_t wait_ms)
{
	int64_t deadline = clock_ticks() + wait_ms * 1000;
	enum err err;

	TRY(take(lock, DOOR, deadline));
	err = take(lock, DESK, deadline);
	give(lock, DOOR);
	return err;
}

void lock_give(struct lock *lock)
{
	give(lock, DESK);
}

enum err lock_enter(struct lock *lock, bool alone)
{
	if (record_lock(lock, HOUSE, alone ? F_WRLCK : F_RDLCK) == 0)
		return OK;
	return alone && (errno == EAGAIN || errno == EACCES) ? ERR_CONFLICT : ERR_UNAVAILABLE;
}
