/* What the out lane does with a code: the sentence, the way, and how the job ends (CON-2). No transaction is open while
 * the way works. */
#include "base/json.h"
#include "base/log.h"
#include "connect/sms.h"
#include "core/job.h"
#include "core/login.h"
#include "core/metrics.h"

static enum err settle(struct ctx *ctx, const struct job *job, enum sms_end end, const char *error)
{
	if (error)
		LOG(LOG_WARN, "sms-failed", L("job", job->id), L("tries", job->tries + 1), L("error", error));
	metrics_connector(ctx->house->metrics, CONNECTOR_SMS, end == SMS_AGAIN || end == SMS_REFUSED);
	switch (end) {
	case SMS_SENT:
		return job_done(ctx, job);
	case SMS_HELD:
		return job_held(ctx, job);
	case SMS_AGAIN:
		TRY(job_again(ctx, job, error));
		return ERR_UNAVAILABLE;
	default:
		return job_failed(ctx, job, error);
	}
}

static enum err read_payload(struct ctx *ctx, const struct job *job, struct sms *sms)
{
	json_t *payload;

	TRY(json_read(job->payload, &payload));
	sms->phone = arena_text(ctx->secret, json_text(payload, "phone"));
	sms->code = arena_text(ctx->secret, json_text(payload, "code"));
	json_release(&payload);
	return sms->phone && sms->code ? OK : ERR_INVALID;
}

const char *sms_code_text(struct arena *arena, const struct settings *settings, const char *code)
{
	return arena_printf(
		arena, "【%s】验证码 %s，5 分钟内有效。请勿告诉他人；若非本人操作，请忽略。", settings->sms_sign, code);
}

enum err sms_code_deliver(struct ctx *ctx, const struct job *job)
{
	struct sms sms = { .job = job->id, .template = "code" };
	const char *error = NULL;

	if (job_too_late(job, ctx->now))
		return job_failed(ctx, job, "too late");
	if (read_payload(ctx, job, &sms) != OK)
		return job_failed(ctx, job, "the payload is damaged");
	sms.text = sms_code_text(ctx->secret, ctx->settings, sms.code);
	return settle(ctx, job, ctx->house->sms->send(ctx->house->sms, ctx->secret, &sms, &error), error);
}
