/* The out lane: what leaves the portal over the network. No signing key is within its reach. */
#include "base/clock.h"
#include "bin/worker/worker.h"
#include "core/job.h"
#include "core/login.h"

/* After so many failures in a row a service is given rest, whatever is due (CON-1). */
enum { BREAKS_AFTER = 5, REST = 5 * SECOND };

static enum err open_sms(struct worker *w, const char **why)
{
	return house_open_sms(w->arena, &w->house, why);
}

static int64_t pause_until(int64_t wake, int64_t now)
{
	int64_t pause = wake ? wake - now : PAUSE_USUAL;

	return pause < PAUSE_LEAST ? PAUSE_LEAST : pause > PAUSE_USUAL ? PAUSE_USUAL : pause;
}

static enum err send_next(struct worker *w, struct ctx *ctx, bool *more)
{
	struct job job;
	int64_t wake;
	enum err err = job_next(ctx, LANE_OUT, &job, &wake);

	if (err == ERR_NOT_FOUND) {
		w->pause = pause_until(wake, ctx->now);
		return OK;
	}
	TRY(err);
	err = sms_code_deliver(ctx, &job);
	if (err != OK && err != ERR_UNAVAILABLE)
		return err;
	w->failures = err == OK ? 0 : w->failures + 1;
	*more = w->failures < BREAKS_AFTER;
	if (!*more)
		w->pause = REST;
	return OK;
}

static const char *const folders[] = { "keys/data", NULL };
const struct lane_row lane_out = { LANE_OUT, "out", "worker-out", folders, open_sms, send_next, NULL, true };
