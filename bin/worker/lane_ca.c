/* The ca lane: issues, and publishes what is revoked. It alone reads the issuing keys and the recovery key,
 * and touches no network. */
#include "base/clock.h"
#include "base/log.h"
#include "bin/worker/worker.h"
#include "core/ca_builtin.h"
#include "core/job.h"

enum { LOOK_EVERY = MINUTE /* for lists and responders' certificates that grow old */ };

static enum err open_authority(struct worker *w, const char **why)
{
	struct arena *secret = arena_new(true);
	struct ctx ctx = ctx_for(&w->house, w->arena, secret, clock_now());
	enum err err = authority_open(&ctx, &w->authority, why);

	if (err == OK) {
		w->house.ca = ca_builtin(w->arena, w->authority);
		w->house.recovery = authority_recovery(w->authority);
	}
	arena_free(&secret);
	return err;
}

static enum err publish(struct worker *w, struct ctx *ctx)
{
	bool published;

	w->published = clock_ticks() / 1000;
	return revocation_publish(ctx, w->authority, &published);
}

static enum err act(struct worker *w, struct ctx *ctx, const struct job *job)
{
	switch (job->kind) {
	case JOB_ISSUE:
		return issuance_run(ctx, job->object);
	case JOB_CRL:
		return publish(w, ctx);
	default:
		return ERR_NOT_FOUND;
	}
}

static enum err do_job(struct worker *w, struct ctx *ctx, const struct job *job)
{
	enum err err = act(w, ctx, job);

	ctx->now = clock_now(); /* signing took its time */
	if (err == OK)
		return job_done(ctx, job);
	LOG(LOG_WARN, "job-failed", L("job", job->id), L("kind", job->kind), L("object", job->object),
		L("tries", job->tries + 1), L("error", err_name(err)));
	return err == ERR_NOT_FOUND ? job_failed(ctx, job, err_name(err)) : job_again(ctx, job, err_name(err));
}

static enum err do_next(struct worker *w, struct ctx *ctx, bool *more)
{
	struct job job;
	int64_t wake;
	enum err err = job_next(ctx, LANE_CA, &job, &wake);

	if (err == OK) {
		*more = true;
		return do_job(w, ctx, &job);
	}
	if (err != ERR_NOT_FOUND)
		return err;
	/* ticks, because a clock that is set must not stop it */
	return w->published && clock_ticks() / 1000 - w->published < LOOK_EVERY ? OK : publish(w, ctx);
}

static void close_authority(struct worker *w)
{
	w->house.recovery = NULL;
	authority_close(&w->authority);
}

static const char *const folders[] = { "keys/data", "keys/ca", NULL };
const struct lane_row lane_ca = { LANE_CA, "ca", "worker-ca", folders, open_authority, do_next, close_authority };
