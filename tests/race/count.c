/* Counts what the transactions of a race did. The linker leads calls of the functions below here (deploy/make/race.mk),
 * so that the product has nothing in it for our counting. After each race one line of JSON tells, on standard
 * output. */
#include <stdatomic.h>
#include <sys/mman.h>
#include "base/text.h"
#include "tests/race/count.h"

enum { ID_DRAW = 1 << 22 /* base/id.c */, CODE_DRAW = 1000000 /* core/sms_code.c */ };

/* Shared by all processes of a race. */
static struct counts {
	_Atomic int64_t transactions, runs, aborted, third, gave_up, longest_us;
} * counts;
static int64_t began;
static bool draws_alike; /* the first id of each transaction is everybody's */
static int run_now;      /* of the transaction that this process is in, from 1; 0: none */
static bool drawn;

__attribute__((constructor)) static void share(void)
{
	counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		abort();
}

void count_begin(void)
{
	*counts = (struct counts){ 0 };
	began = clock_ticks();
}

void count_print(const char *what, int requests)
{
	printf("{\"engine\":\"%s\",\"what\":\"%s\",\"requests\":%d,\"seconds\":%.3f,\"transactions\":%lld,\"aborted\":%"
	       "lld,"
	       "\"again\":%lld,\"third\":%lld,\"gave_up\":%lld,\"longest_ms\":%.1f}\n",
		engine_is_postgres() ? "postgres" : "sqlite", what, requests, (double)(clock_ticks() - began) / 1000000,
		(long long)counts->transactions, (long long)counts->aborted,
		(long long)(counts->runs - counts->transactions), (long long)counts->third, (long long)counts->gave_up,
		(double)counts->longest_us / 1000);
	fflush(stdout);
}

void __real_world_race(struct world *, const char *, int, world_act *, void *, enum err *);
void __wrap_world_race(struct world *, const char *, int, world_act *, void *, enum err *);
void __wrap_world_race(struct world *w, const char *what, int requests, world_act *act, void *arg, enum err *answers)
{
	draws_alike = text_equal(what, "ids");
	count_begin();
	__real_world_race(w, what, requests, act, arg, answers);
	count_print(what, requests);
	draws_alike = false;
}

static void longest(int64_t took)
{
	int64_t before = counts->longest_us;

	while (took > before && !atomic_compare_exchange_weak(&counts->longest_us, &before, took))
		;
}

enum err __real_ctx_transaction(struct ctx *, ctx_body *, void *);
enum err __wrap_ctx_transaction(struct ctx *, ctx_body *, void *);
enum err __wrap_ctx_transaction(struct ctx *ctx, ctx_body *body, void *arg)
{
	int64_t start = clock_ticks();
	enum err err;

	if (store_in_write(ctx->store))
		return __real_ctx_transaction(ctx, body, arg);
	run_now = 0;
	err = __real_ctx_transaction(ctx, body, arg);
	longest(clock_ticks() - start);
	counts->transactions++;
	counts->third += run_now >= 3;
	counts->gave_up += err == ERR_UNAVAILABLE;
	run_now = 0;
	return err;
}

static void count_run(void)
{
	counts->runs++;
	run_now++;
	drawn = false;
}

enum err __real_store_begin_write(struct store *);
enum err __wrap_store_begin_write(struct store *);
enum err __wrap_store_begin_write(struct store *store)
{
	count_run();
	return __real_store_begin_write(store);
}

enum err __real_store_begin_alone(struct store *);
enum err __wrap_store_begin_alone(struct store *);
enum err __wrap_store_begin_alone(struct store *store)
{
	count_run();
	return __real_store_begin_alone(store);
}

enum err __real_store_commit(struct store *);
enum err __wrap_store_commit(struct store *);
enum err __wrap_store_commit(struct store *store)
{
	enum err err = __real_store_commit(store);

	counts->aborted += err == ERR_CONFLICT;
	return err;
}

void __real_store_rollback(struct store *);
void __wrap_store_rollback(struct store *);
void __wrap_store_rollback(struct store *store)
{
	counts->aborted += store_again(store);
	__real_store_rollback(store);
}

/* In the race of the ids all draw one number first, in their first run. A code that is sent is always the same, so that
 * the mixed load knows it. */
uint32_t __real_crypto_random_below(uint32_t);
uint32_t __wrap_crypto_random_below(uint32_t);
uint32_t __wrap_crypto_random_below(uint32_t bound)
{
	bool first = run_now == 1 && !drawn;

	if (bound == CODE_DRAW)
		return COUNT_CODE;
	if (bound != ID_DRAW || !draws_alike || !first)
		return __real_crypto_random_below(bound);
	drawn = true;
	return 7;
}

/* What a password costs is not what is raced for. */
enum err __wrap_crypto_scrypt(struct bytes password, struct bytes salt, int cost, unsigned char out[KEY_LEN]);
enum err __wrap_crypto_scrypt(struct bytes password, struct bytes salt, int cost, unsigned char out[KEY_LEN])
{
	(void)cost;
	crypto_hkdf(password, salt, "race", out, KEY_LEN);
	return OK;
}
