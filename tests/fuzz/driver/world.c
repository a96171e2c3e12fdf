/* What tests/unit/core's worlds ask of a suite. */
#include "tests/fuzz/driver/fuzz.h"
#include "tests/unit/suite.h"

struct arena *test_arena(void)
{
	return fuzz_kept();
}

const char *test_folder(void)
{
	return fuzz_folder();
}

void suite_add(const char *name, void (*run)(void **))
{
	(void)name;
	(void)run;
}
