/* The tidy lane: what ends by itself, and the database's journal. */
#include "base/clock.h"
#include "base/log.h"
#include "bin/worker/worker.h"
#include "core/job.h"
#include "core/login.h"
#include "core/session.h"
#include "core/ticket.h"

enum { CHECKPOINT_EVERY = 30 * SECOND };

static const struct {
	const char *name;
	enum err (*tidy)(struct ctx *);
} parts[] = {
	{ "job", job_tidy },
	{ "sms-code", sms_code_tidy },
	{ "session", session_tidy },
	{ "ticket", ticket_tidy },
};

/* One part that fails keeps no other from its work. */
static enum err tidy(struct worker *w, struct ctx *ctx, bool *more)
{
	enum err worst = OK;

	(void)more;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		enum err err = parts[i].tidy(ctx);

		if (err != OK)
			LOG(LOG_ERROR, "tidy-failed", L("part", parts[i].name), L("error", err_name(err)));
		worst = err != OK ? err : worst;
	}
	if (ctx->now - w->checkpointed >= CHECKPOINT_EVERY) {
		TRY(store_checkpoint(ctx->store));
		w->checkpointed = ctx->now;
	}
	w->pause = PAUSE_MOST;
	return worst;
}

static const char *const folders[] = { "keys/data", NULL };
const struct lane_row lane_tidy = { "tidy", "worker-tidy", folders, NULL, tidy, NULL };
