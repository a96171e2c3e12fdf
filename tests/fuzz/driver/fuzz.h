/* Fuzz targets register themselves: FUZZ("name") { ... input ... }. With libFuzzer (make fuzz) a program holds one of
 * them; a plain program holds all and runs each kept input through its target (make fuzz-corpus). */
#pragma once
#include "base/text.h"

struct fuzz_target {
	const char *name;
	void (*prepare)(void); /* once, before the first input; NULL: nothing to do */
	void (*run)(struct bytes input);
};
void fuzz_add(const struct fuzz_target *);
const struct fuzz_target *fuzz_targets(size_t *count);
void fuzz_prepare(const struct fuzz_target *);
void fuzz_run(const struct fuzz_target *, const void *data, size_t len);

#define FUZZ_PREPARED(name, prepare)                                                                                   \
	static void run_target(struct bytes input);                                                                    \
	__attribute__((constructor)) static void add_target(void)                                                      \
	{                                                                                                              \
		fuzz_add(&(const struct fuzz_target){ name, prepare, run_target });                                    \
	}                                                                                                              \
	static void run_target(struct bytes input)
#define FUZZ(name) FUZZ_PREPARED(name, NULL)

struct arena *fuzz_arena(void);         /* what an input took is given back before the next */
struct arena *fuzz_kept(void);          /* for what a target makes once */
const char *fuzz_folder(void);          /* a temporary folder of this process, removed at its end */
char *fuzz_text(struct bytes);          /* up to the first NUL */
uint8_t fuzz_byte(struct bytes *input); /* cuts off the first byte; 0 at the end */
struct bytes fuzz_part(
	struct bytes *input, char end); /* cuts off what stands before the first such byte, and that byte */

/* What must hold of every input. Otherwise the process ends, which is a finding. */
#define HOLDS(condition) ((condition) ? (void)0 : fuzz_found(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_found(const char *file, int line, const char *condition);

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);
