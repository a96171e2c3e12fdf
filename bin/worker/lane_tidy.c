/* The tidy lane: what ends by itself, what nobody needs any more, and the database's journal. */
#include "base/clock.h"
#include "base/log.h"
#include "bin/worker/worker.h"
#include "core/blob_tidy.h"
#include "core/job.h"
#include "core/login.h"
#include "core/session.h"
#include "core/ticket.h"

static enum err move_journal(struct ctx *ctx)
{
	return store_checkpoint(ctx->store);
}

static const struct {
	const char *name;
	enum err (*tidy)(struct ctx *);
	int64_t every; /* ms */
} parts[] = {
	{ "ticket", ticket_tidy, SECOND },
	{ "job", job_tidy, 30 * SECOND },
	{ "sms-code", sms_code_tidy, MINUTE },
	{ "session", session_tidy, MINUTE },
	{ "journal", move_journal, 30 * SECOND },
	{ "blob", blob_tidy, HOUR },
};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* One part that fails keeps no other from its work. Ticks, because a clock that is set must not stop them. */
static enum err tidy(struct worker *w, struct ctx *ctx, bool *more)
{
	static int64_t next[PARTS]; /* ms of the ticks */
	int64_t now = clock_ticks() / 1000;
	enum err worst = OK;

	(void)more;
	for (size_t i = 0; i < PARTS; i++) {
		enum err err;

		if (now < next[i])
			continue;
		next[i] = now + parts[i].every;
		err = parts[i].tidy(ctx);
		if (err != OK)
			LOG(LOG_ERROR, "tidy-failed", L("part", parts[i].name), L("error", err_name(err)));
		worst = err != OK ? err : worst;
	}
	w->pause = PAUSE_MOST;
	return worst;
}

static const char *const folders[] = { "keys/data", NULL };
const struct lane_row lane_tidy = { LANE_TIDY, "tidy", "worker-tidy", folders, NULL, tidy, NULL };
