/* commits --data DIR --writers N --seconds S: N processes that each commit one record at a time, as acts do. Prints
 * { "rate": commits a second, "longest_ms": the longest that one of them waited }. */
#include "base/clock.h"
#include "base/text.h"
#include "core/account.h"
#include "core/ctx.h"
#include "core/oplog.h"
#include <getopt.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WRITERS = 64 };

struct run {
	const char *data;
	int64_t writers, seconds, account;
};
struct result {
	int64_t commits, longest_us;
};

static bool read_arguments(int argc, char **argv, struct run *r)
{
	static const struct option options[] = { { "data", required_argument, NULL, 'd' },
		{ "writers", required_argument, NULL, 'w' }, { "seconds", required_argument, NULL, 's' }, { NULL } };
	int option;

	*r = (struct run){ .writers = 1, .seconds = 3 };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'd')
			r->data = optarg;
		else if (option != 'w' && option != 's')
			return false;
		else if (!parse_int(optarg, 1, MOST_WRITERS, option == 'w' ? &r->writers : &r->seconds))
			return false;
	}
	return r->data && optind == argc;
}

static enum err do_find(struct ctx *ctx, void *arg)
{
	bool made;

	return account_find_or_make(ctx, "+8610000000000", arg, &made);
}

static enum err do_add(struct ctx *ctx, void *arg)
{
	(void)arg;
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_LOGIN, .object_kind = OBJECT_ACCOUNT, .object = ctx->actor.id });
}

static enum err write_on(struct run *r, const struct house *house, struct result *out)
{
	struct arena *arena = arena_new(false), *secret = arena_new(true);
	struct ctx ctx = ctx_for(house, arena, secret, clock_now());
	int64_t end = clock_ticks() + r->seconds * 1000000;
	enum err err;

	ctx.actor.kind = ACTOR_SYSTEM;
	err = ctx_transaction(&ctx, do_find, &r->account);
	while (err == OK && clock_ticks() < end) {
		int64_t began = clock_ticks(), took;

		ctx = ctx_for(house, arena, secret, clock_now());
		ctx.actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = r->account };
		err = ctx_transaction(&ctx, do_add, NULL);
		took = clock_ticks() - began;
		out->commits += err == OK;
		out->longest_us = took > out->longest_us ? took : out->longest_us;
		arena_reset(arena);
		arena_reset(secret);
	}
	arena_free(&secret);
	arena_free(&arena);
	return err;
}

/* A writer as a process of its own: what it did goes up the pipe. */
static int be_writer(struct run *r, int pipe_end)
{
	struct arena *kept = arena_new(false);
	struct result result = { 0 };
	struct settings settings;
	struct house house;
	const char *why = "";
	enum err err = house_open(kept, r->data, &house, &settings, &why);

	if (err == OK) {
		err = write_on(r, &house, &result);
		house_close(&house);
	}
	arena_free(&kept);
	if (err != OK)
		fprintf(stderr, "commits: %s %s\n", err_name(err), why);
	return err == OK && write(pipe_end, &result, sizeof result) == sizeof result ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct result one, all = { 0 };
	struct run run;
	int ends[2];

	if (!read_arguments(argc, argv, &run) || pipe(ends) != 0) {
		fprintf(stderr, "usage: commits --data DIR [--writers N] [--seconds S]\n");
		return 2;
	}
	for (int64_t i = 0; i < run.writers; i++)
		if (fork() == 0)
			_exit(be_writer(&run, ends[1]));
	close(ends[1]);
	for (int64_t i = 0; i < run.writers; i++) {
		if (read(ends[0], &one, sizeof one) != sizeof one)
			return 1;
		all.commits += one.commits;
		all.longest_us = one.longest_us > all.longest_us ? one.longest_us : all.longest_us;
	}
	while (wait(NULL) > 0)
		;
	printf("{\"rate\":%lld,\"longest_ms\":%.1f}\n", (long long)(all.commits / run.seconds),
		(double)all.longest_us / 1000);
	return 0;
}
