/* worker --config FILE --lane NAME: does what is due in one lane until it is told to end, and ends between two units.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "bin/worker/worker.h"
#include "core/metrics.h"
#include <getopt.h>
#include <signal.h>

static const struct lane_row *const lanes[] = { &lane_ca, &lane_log, &lane_out, &lane_tidy };

static const struct lane_row *lane_named(const char *name)
{
	for (size_t i = 0; i < sizeof lanes / sizeof lanes[0]; i++) {
		if (text_equal(lanes[i]->name, name))
			return lanes[i];
	}
	return NULL;
}

static int usage(void)
{
	fprintf(stderr, "usage: worker --config FILE --lane NAME\nlanes:");
	for (size_t i = 0; i < sizeof lanes / sizeof lanes[0]; i++)
		fprintf(stderr, " %s", lanes[i]->name);
	fprintf(stderr, "\n");
	return 2;
}

static bool read_arguments(int argc, char **argv, const char **config, const struct lane_row **lane)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
		{ "lane", required_argument, NULL, 'l' }, { NULL } };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			*config = optarg;
		else if (option == 'l')
			*lane = lane_named(optarg);
		else
			return false;
	}
	return *config && *lane && optind == argc;
}

static const char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_text_n(arena, path, slash == path ? 1 : (size_t)(slash - path)) : ".";
}

static enum err open_all(struct worker *w, const struct lane_row *lane, const char *config, const char **why)
{
	TRY(house_open(w->arena, folder_of(w->arena, config), &w->house, &w->settings, why));
	if (lane->open)
		TRY(lane->open(w, why));
	TRY(house_confine(w->arena, &w->house, lane->key_folders, (const char *const[]){ NULL }, why));
	if (!lane->network)
		TRY(house_leave_network(w->arena, &w->house, why));
	if (metrics_open(settings_path(w->arena, &w->settings, "run/metrics"), lane->program, &w->house.metrics) != OK)
		LOG(LOG_WARN, "metrics-missing");
	return OK;
}

/* The signals that end a lane are blocked and taken here: never in the middle of a unit. */
static bool told_to_end(const sigset_t *signals, int64_t wait_ms)
{
	const struct timespec wait = { .tv_sec = wait_ms / SECOND, .tv_nsec = wait_ms % SECOND * 1000000 };

	return sigtimedwait(signals, NULL, &wait) > 0;
}

/* Several machines may have the same lanes; one of each works, and the others ask whether it still does. */
static enum err do_unit(struct worker *w, const struct lane_row *lane, struct ctx *ctx, bool *more)
{
	bool leads;

	TRY(store_lead(w->house.store, (int)lane->lane + 1, &leads));
	if (leads != w->leads)
		LOG(LOG_INFO, leads ? "lane-led" : "lane-left");
	w->leads = leads;
	return leads ? lane->unit(w, ctx, more) : OK;
}

static void run(struct worker *w, const struct lane_row *lane, const sigset_t *signals)
{
	struct arena *arena = arena_new(false), *secret = arena_new(true);
	bool more = true;

	while (!told_to_end(signals, more ? 0 : w->pause)) {
		struct ctx ctx = ctx_for(&w->house, arena, secret, clock_now());
		enum err err;

		ctx.actor.kind = ACTOR_SYSTEM;
		w->pause = PAUSE_USUAL;
		more = false;
		err = do_unit(w, lane, &ctx, &more);
		if (err != OK) {
			LOG(LOG_ERROR, "unit-failed", L("error", err_name(err)));
			w->pause = PAUSE_MOST;
			more = false;
		}
		metrics_busy(w->house.metrics, store_busy_us(w->house.store));
		arena_reset(arena);
		arena_reset(secret);
	}
	arena_free(&arena);
	arena_free(&secret);
}

int main(int argc, char **argv)
{
	struct worker w = { .pause = PAUSE_USUAL };
	const struct lane_row *lane = NULL;
	const char *config = NULL, *why = "";
	sigset_t signals;

	if (!read_arguments(argc, argv, &config, &lane))
		return usage();
	log_program(lane->program);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGUSR1); /* how multiwatch says it */
	sigprocmask(SIG_BLOCK, &signals, NULL);
	w.arena = arena_new(false);
	if (open_all(&w, lane, config, &why) != OK) {
		LOG(LOG_ERROR, "start-failed", L("why", why));
		return 1;
	}
	LOG(LOG_INFO, "started");
	run(&w, lane, &signals);
	if (lane->close)
		lane->close(&w);
	metrics_close(&w.house.metrics);
	house_close(&w.house);
	arena_free(&w.arena);
	LOG(LOG_INFO, "ended");
	return 0;
}
