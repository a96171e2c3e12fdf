#include "tests/fuzz/driver/fuzz.h"
#include "base/log.h"
#include <ftw.h>
#include <unistd.h>

enum { MOST_TARGETS = 50 };
static struct fuzz_target targets[MOST_TARGETS];
static size_t count;
static struct arena *arena, *kept;
static char folder[64];
static pid_t owner;

void fuzz_add(const struct fuzz_target *target)
{
	if (count == MOST_TARGETS)
		abort();
	targets[count++] = *target;
}

const struct fuzz_target *fuzz_targets(size_t *out)
{
	*out = count;
	return targets;
}

void fuzz_prepare(const struct fuzz_target *target)
{
	if (target->prepare)
		target->prepare();
	log_threshold(LOG_ERROR + 1); /* refusals are what most inputs are made for */
}

void fuzz_run(const struct fuzz_target *target, const void *data, size_t len)
{
	arena_reset(fuzz_arena());
	target->run((struct bytes){ data, len });
}

struct arena *fuzz_arena(void)
{
	if (!arena)
		arena = arena_new(false);
	return arena;
}

struct arena *fuzz_kept(void)
{
	if (!kept)
		kept = arena_new(false);
	return kept;
}

static int remove_one(const char *path, const struct stat *s, int flag, struct FTW *f)
{
	(void)s;
	(void)flag;
	(void)f;
	return remove(path);
}

static void remove_folder(void)
{
	if (owner == getpid())
		nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_folder(void)
{
	if (owner == getpid())
		return folder;
	snprintf(folder, sizeof folder, "%s/yinxin-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	if (!mkdtemp(folder))
		abort();
	owner = getpid();
	atexit(remove_folder);
	return folder;
}

char *fuzz_text(struct bytes bytes)
{
	return arena_text_n(
		fuzz_arena(), (const char *)bytes.data, bytes.len ? strnlen((const char *)bytes.data, bytes.len) : 0);
}

uint8_t fuzz_byte(struct bytes *input)
{
	if (!input->len)
		return 0;
	input->len--;
	return *input->data++;
}

struct bytes fuzz_part(struct bytes *input, char end)
{
	const unsigned char *found = input->len ? memchr(input->data, end, input->len) : NULL;
	struct bytes part = { input->data, found ? (size_t)(found - input->data) : input->len };

	if (found)
		*input = (struct bytes){ found + 1, input->len - part.len - 1 };
	else
		*input = (struct bytes){ NULL, 0 };
	return part;
}

void fuzz_found(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}
