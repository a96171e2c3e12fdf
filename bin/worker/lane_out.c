/* The out lane: what leaves the portal over the network. No signing key is within its reach. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "bin/worker/worker.h"
#include "connect/sms.h"
#include "core/job.h"

/* After so many failures in a row a service is given rest, whatever is due (CON-1). */
enum { BREAKS_AFTER = 5, REST = 5 * SECOND };

static enum err settle(struct worker *w, struct ctx *ctx, const struct job *job, enum sms_end end, const char *error)
{
	w->failures = end == SMS_AGAIN ? w->failures + 1 : 0;
	if (error)
		LOG(LOG_WARN, "sms-failed", L("job", job->id), L("tries", job->tries + 1), L("error", error));
	ctx->now = clock_now(); /* sending took its time */
	switch (end) {
	case SMS_SENT:
		return job_done(ctx, job);
	case SMS_HELD:
		return job_held(ctx, job);
	case SMS_AGAIN:
		return job_again(ctx, job, error);
	default:
		return job_failed(ctx, job, error);
	}
}

static enum err send_code(struct worker *w, struct ctx *ctx, const struct job *job)
{
	struct sms sms = { .job = job->id, .template = "code" };
	const char *error = NULL;
	json_t *payload;

	TRY(json_read(job->payload, &payload));
	sms.phone = arena_text(ctx->secret, json_text(payload, "phone"));
	sms.code = arena_text(ctx->secret, json_text(payload, "code"));
	json_release(&payload);
	if (!sms.phone || !sms.code)
		return job_failed(ctx, job, "the payload is damaged");
	sms.text = arena_printf(ctx->secret, "【%s】验证码 %s，5 分钟内有效。请勿告诉他人；若非本人操作，请忽略。",
		w->settings.sms_sign, sms.code);
	return settle(w, ctx, job, w->house.sms->send(w->house.sms, ctx->secret, &sms, &error), error);
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
	if (job_too_late(&job, ctx->now))
		TRY(job_failed(ctx, &job, "too late"));
	else
		TRY(send_code(w, ctx, &job));
	*more = w->failures < BREAKS_AFTER;
	if (!*more)
		w->pause = REST;
	return OK;
}

static const char *const folders[] = { "keys/data", NULL };
const struct lane_row lane_out = { "out", "worker-out", folders, NULL, send_next, NULL };
