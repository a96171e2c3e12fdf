/* Every kept input once through its target: replay FOLDER [TARGET], where FOLDER holds corpus/TARGET and crash/TARGET.
 * Each target runs in a process of its own; an input that ends it is named. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/file.h"
#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUT_MOST = 2 * 1024 * 1024, PATH_ROOM = 512 };
struct progress {
	int inputs;
	char path[PATH_ROOM]; /* of the input that runs */
};

static void run_file(const struct fuzz_target *target, const char *path, struct progress *progress)
{
	struct arena *own = arena_new(false);
	struct bytes input;
	char *exact;

	snprintf(progress->path, sizeof progress->path, "%s", path);
	if (file_read(own, path, INPUT_MOST, &input) != OK)
		abort();
	exact = malloc(input.len ? input.len : 1); /* with nothing behind it, so that reading on is seen */
	if (!exact)
		abort();
	memcpy(exact, input.data, input.len);
	fuzz_run(target, exact, input.len);
	progress->inputs++;
	free(exact);
	arena_free(&own);
}

static void run_folder(const struct fuzz_target *target, const char *folder, struct progress *progress)
{
	struct arena *names = arena_new(false);
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			run_file(target, path_join(names, folder, entry->d_name), progress);
	if (dir)
		closedir(dir);
	arena_free(&names);
}

static void run_kept(const struct fuzz_target *target, const char *folder, struct progress *progress)
{
	static const char *const kinds[] = { "corpus", "crash" };
	struct arena *names = arena_new(false);

	fuzz_prepare(target);
	for (size_t i = 0; i < 2; i++)
		run_folder(target, path_join(names, path_join(names, folder, kinds[i]), target->name), progress);
	arena_free(&names);
	exit(0);
}

/* A target without inputs would hold nothing, so it counts as failed. */
static bool passes(const struct fuzz_target *target, const char *folder, struct progress *progress)
{
	pid_t child;
	int status;

	*progress = (struct progress){ 0 };
	fflush(NULL);
	child = fork();
	if (!child)
		run_kept(target, folder, progress);
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	if (status) {
		printf("fuzz-corpus: %s fails at %s\n", target->name, progress->path);
		return false;
	}
	printf("fuzz-corpus: %-14s %5d inputs\n", target->name, progress->inputs);
	return progress->inputs > 0;
}

int main(int argc, char **argv)
{
	struct progress *progress = mmap(
		NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct fuzz_target *targets;
	size_t count, failed = 0, run = 0;

	if (argc < 2 || progress == MAP_FAILED)
		return 2;
	targets = fuzz_targets(&count);
	for (size_t i = 0; i < count; i++) {
		if (argc > 2 && *argv[2] && strcmp(argv[2], targets[i].name))
			continue;
		run++;
		failed += !passes(&targets[i], argv[1], progress);
	}
	if (!run)
		printf("fuzz-corpus: no target is named %s\n", argc > 2 ? argv[2] : "");
	return failed || !run ? 1 : 0;
}
