/* libFuzzer's way in, for a program with one target. */
#include "tests/fuzz/driver/fuzz.h"

static const struct fuzz_target *the_target(void)
{
	size_t count;
	const struct fuzz_target *target = fuzz_targets(&count);

	if (count != 1)
		abort();
	return target;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_prepare(the_target());
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_run(the_target(), data, size);
	return 0;
}

/* A file that it refuses costs libmaxminddb 1.7 the list of its languages, once at a program's start. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libmaxminddb\n";
}
