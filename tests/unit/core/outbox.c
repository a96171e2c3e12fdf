/* Messages and the outbox: MSG-1, MSG-3. */
#include "base/text.h"
#include "connect/sms.h"
#include "tests/unit/core/world.h"

static enum err add_message(struct ctx *ctx, void *arg)
{
	return message_add(ctx, ctx->actor.id, MESSAGE_PIN_SET, 0, (const char *const[4]){ arg, NULL });
}

TEST("MSG-1: messages are listed newest first by key, read one by one or all")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG), next, unread;
	struct message *list;
	size_t count;

	for (int i = 0; i < MESSAGE_PAGE; i++)
		assert_ok(ctx_transaction(as(w, account), add_message, arena_printf(test_arena(), "第 %d 条", i)));
	assert_ok(message_list(&w->ctx, false, 0, MESSAGE_PAGE, &list, &count, &next));
	assert_int_equal(MESSAGE_PAGE, count);
	assert_string_equal("第 19 条", list[0].words[0]);
	assert_null(list[0].words[1]);
	assert_int_not_equal(0, next);
	assert_ok(message_read(&w->ctx, list[0].id));
	assert_ok(message_count_unread(&w->ctx, &unread));
	assert_int_equal(MESSAGE_PAGE, unread);
	assert_ok(message_list(&w->ctx, false, next, MESSAGE_PAGE, &list, &count, &next));
	assert_int_equal(1, count);
	assert_int_equal(MESSAGE_REGISTERED, list[0].kind);
	assert_int_equal(0, next);
	assert_ok(message_list(
		&w->ctx, true, 0, MESSAGE_PAGE - 1, &list, &count, &next)); /* fewer, as the home page wants */
	assert_int_equal(MESSAGE_PAGE - 1, count);
	assert_int_equal(list[count - 1].id, next);
	assert_ok(message_list(&w->ctx, true, 0, MESSAGE_PAGE, &list, &count, &next));
	assert_int_equal(MESSAGE_PAGE, count);
	assert_int_equal(0, next); /* a full page, and no more */
	assert_ok(message_read_all(&w->ctx));
	assert_ok(message_count_unread(&w->ctx, &unread));
	assert_int_equal(0, unread);
	world_close(w);
}

TEST("MSG-1: another's message is not found")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG), next, id;
	struct message *list, message;
	size_t count;

	assert_ok(message_list(as(w, account), false, 0, MESSAGE_PAGE, &list, &count, &next));
	id = list[0].id;
	world_account(w, LI);
	assert_err(ERR_NOT_FOUND, message_load(&w->ctx, id, &message));
	assert_err(ERR_NOT_FOUND, message_read(&w->ctx, id));
	world_close(w);
}

static enum err add_and_refuse(struct ctx *ctx, void *arg)
{
	int64_t id;

	TRY(job_add(ctx, JOB_SMS_CODE, 1, bytes_of_text(arg), &id));
	TRY(add_message(ctx, arg));
	return ERR_DENIED;
}

TEST("MSG-3: what leaves goes with the act that is refused")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG), jobs = world_count(w, "SELECT count(*) FROM job");
	char text[] = "x";

	assert_err(ERR_DENIED, ctx_transaction(as(w, account), add_and_refuse, text));
	assert_int_equal(jobs, world_count(w, "SELECT count(*) FROM job"));
	assert_int_equal(1, world_count(w, "SELECT count(*) FROM message"));
	world_close(w);
}

struct adding {
	enum job_kind kind;
	int64_t id;
};

static enum err add_job(struct ctx *ctx, void *arg)
{
	struct adding *adding = arg;

	return job_add(ctx, adding->kind, 7, bytes_of_text("payload"), &adding->id);
}

static struct job due(struct world *w, enum job_kind kind, enum lane lane)
{
	struct adding adding = { .kind = kind };
	struct job job;
	int64_t wake;

	assert_ok(ctx_transaction(&w->ctx, add_job, &adding));
	assert_ok(job_next(&w->ctx, lane, &job, &wake));
	assert_int_equal(adding.id, job.id);
	return job;
}

TEST("MSG-3: a job is due at once, in its lane alone, with its payload")
{
	struct world *w = world();
	struct job job = due(w, JOB_SMS_CODE, LANE_OUT), other;
	int64_t wake;

	assert_true(bytes_equal(bytes_of_text("payload"), job.payload));
	assert_int_equal(7, job.object);
	assert_err(ERR_NOT_FOUND, job_next(&w->ctx, LANE_CA, &other, &wake));
	assert_int_equal(0, wake);
	assert_int_equal(0,
		world_count(w,
			arena_printf(test_arena(), "SELECT count(*) FROM job WHERE %s",
				engine_holding("payload_box", "payload"))));
	world_close(w);
}

TEST("MSG-3: a failed try waits by the table, and is given up at its end or not-after")
{
	struct world *w = world();
	struct job job = due(w, JOB_SMS_CODE, LANE_OUT);
	const struct job_rule *rule = job_rule(JOB_SMS_CODE);
	int64_t wake, start = w->ctx.now;

	for (int i = 0; rule->waits[i]; i++) {
		int64_t now = w->ctx.now;

		assert_ok(job_again(&w->ctx, &job, "the service answered 503"));
		if (job_next(&w->ctx, LANE_OUT, &job, &wake) == ERR_NOT_FOUND && !wake)
			break;
		assert_in_range(wake - now, rule->waits[i], rule->waits[i] + rule->waits[i] / 4);
		w->ctx.now = wake - 1;
		assert_err(ERR_NOT_FOUND, job_next(&w->ctx, LANE_OUT, &job, &wake));
		w->ctx.now = wake;
		assert_ok(job_next(&w->ctx, LANE_OUT, &job, &wake));
		assert_true(w->ctx.now - start < rule->not_after);
	}
	if (world_count(w, "SELECT state FROM job") == JOB_DUE)
		assert_ok(job_again(&w->ctx, &job, "the service answered 503"));
	assert_int_equal(JOB_FAILED, world_count(w, "SELECT state FROM job"));
	assert_int_equal(1, world_count(w, "SELECT payload_box IS NULL FROM job"));
	world_close(w);
}

TEST("MSG-3: a job waits for no hour that the clock was set back by")
{
	struct world *w = world();
	struct job job = due(w, JOB_SMS_CODE, LANE_OUT), again;
	int64_t wake;

	w->ctx.now -= HOUR;
	assert_ok(job_next(&w->ctx, LANE_OUT, &again, &wake));
	assert_int_equal(job.id, again.id);
	world_close(w);
}

TEST("MSG-3: where the clock was set back, a job that failed before is tried at once, and keeps its waits from then on")
{
	struct world *w = world();
	struct job job = due(w, JOB_SMS_CODE, LANE_OUT);
	int64_t wake;

	assert_ok(job_again(&w->ctx, &job, "no answer"));
	w->ctx.now -= HOUR;
	assert_ok(job_next(&w->ctx, LANE_OUT, &job, &wake));
	assert_ok(job_again(&w->ctx, &job, "no answer"));
	assert_err(ERR_NOT_FOUND, job_next(&w->ctx, LANE_OUT, &job, &wake));
	assert_in_range(wake - w->ctx.now, 5 * SECOND, 5 * SECOND * 5 / 4);
	world_close(w);
}

TEST("MSG-3: what must not be lost is tried again for ever, at the longest wait")
{
	struct world *w = world();
	struct job job = due(w, JOB_ISSUE, LANE_CA);
	int64_t wake;

	for (int i = 0; i < 20; i++) {
		assert_ok(job_again(&w->ctx, &job, "no answer"));
		(void)!job_next(&w->ctx, LANE_CA, &job, &wake);
		assert_int_not_equal(0, wake);
		assert_true(wake - w->ctx.now <= 15 * MINUTE * 5 / 4);
		w->ctx.now = wake;
		assert_ok(job_next(&w->ctx, LANE_CA, &job, &wake));
	}
	assert_int_equal(20, job.tries);
	world_close(w);
}

TEST("MSG-3: an end is told once")
{
	struct world *w = world();
	struct job job = due(w, JOB_SMS_CODE, LANE_OUT), next;
	int64_t wake;

	assert_ok(job_done(&w->ctx, &job));
	assert_err(ERR_NOT_FOUND, job_next(&w->ctx, LANE_OUT, &next, &wake));
	assert_int_equal(0, wake);
	assert_err(ERR_CONFLICT, job_done(&w->ctx, &job));
	assert_err(ERR_CONFLICT, job_again(&w->ctx, &job, "x"));
	world_close(w);
}

TEST("CON-2: a held code is kept until it is too late for it, then erased")
{
	struct world *w = world();
	struct job job = due(w, JOB_SMS_CODE, LANE_OUT), *list;
	size_t count;

	assert_ok(job_held(&w->ctx, &job));
	world_pass(w, 5 * MINUTE - 1);
	assert_ok(job_tidy(&w->ctx));
	assert_ok(job_list(&w->ctx, 0, true, &list, &count));
	assert_int_equal(1, count);
	assert_true(bytes_equal(bytes_of_text("payload"), list[0].payload));
	world_pass(w, 1);
	assert_ok(job_tidy(&w->ctx));
	assert_int_equal(1, world_count(w, "SELECT payload_box IS NULL FROM job"));
	world_pass(w, 2 * (int64_t)DAY);
	assert_ok(job_tidy(&w->ctx));
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM job"));
	world_close(w);
}

TEST("CON-2: a code whose time has passed is not sent any more")
{
	struct world *w = world();
	struct job job = due(w, JOB_SMS_CODE, LANE_OUT);

	assert_false(job_too_late(&job, w->ctx.now + 5 * MINUTE - 1));
	assert_true(job_too_late(&job, w->ctx.now + 5 * MINUTE));
	world_pass(w, 5 * MINUTE);
	assert_ok(job_tidy(&w->ctx));
	assert_int_equal(JOB_FAILED, world_count(w, "SELECT state FROM job"));
	world_close(w);
}

static enum sms_end answer_next;
static struct sms sent;

static enum sms_end fake_send(const struct sms_way *way, struct arena *arena, const struct sms *sms, const char **error)
{
	(void)way;
	sent = (struct sms){ .job = sms->job,
		.phone = arena_text(test_arena(), sms->phone),
		.code = arena_text(test_arena(), sms->code),
		.text = arena_text(test_arena(), sms->text) };
	*error = answer_next == SMS_AGAIN || answer_next == SMS_REFUSED ? arena_text(arena, "no") : NULL;
	return answer_next;
}

TEST("CON-2: how the service took a code decides how its job ends, and is counted (OPS-8)")
{
	static const struct sms_way fake = { .name = "fake", .send = fake_send };
	static const struct {
		enum sms_end end;
		enum err err;
		enum job_state state;
	} ends[] = { { SMS_SENT, OK, JOB_DONE }, { SMS_HELD, OK, JOB_HELD }, { SMS_REFUSED, OK, JOB_FAILED },
		{ SMS_AGAIN, ERR_UNAVAILABLE, JOB_DUE } };
	struct world *w = world();
	int64_t resend_s, wake;
	struct job job;

	w->house.sms = &fake;
	world_metrics(w);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		assert_ok(login_send_code(as(w, 0), ZHANG, true, &resend_s));
		assert_ok(job_next(&w->ctx, LANE_OUT, &job, &wake));
		answer_next = ends[i].end;
		assert_err(ends[i].err, sms_code_deliver(&w->ctx, &job));
		assert_int_equal(job.id, sent.job);
		assert_string_equal(ZHANG, sent.phone);
		assert_non_null(strstr(sent.text, sent.code));
		assert_true(text_starts(sent.text, "【印信】"));
		assert_int_equal(ends[i].state, world_count(w, "SELECT state FROM job ORDER BY id DESC LIMIT 1"));
		world_pass(w, MINUTE);
	}
	world_pass(w, 5 * MINUTE); /* the last one is still due, and too late */
	assert_ok(job_next(&w->ctx, LANE_OUT, &job, &wake));
	assert_ok(sms_code_deliver(&w->ctx, &job));
	assert_int_equal(JOB_FAILED, world_count(w, "SELECT state FROM job ORDER BY id DESC LIMIT 1"));
	assert_true(world_metric(w, "yinxin_connector_calls_total{connector=\"sms\"} 4"));
	assert_true(world_metric(w, "yinxin_connector_errors_total{connector=\"sms\"} 2"));
	world_close(w);
}

TEST("OPS-8: jobs are counted by lane")
{
	struct world *w = world();
	int64_t due_jobs[4], failed;
	struct job job = due(w, JOB_SMS_CODE, LANE_OUT);

	due(w, JOB_ISSUE, LANE_CA);
	assert_ok(job_failed(&w->ctx, &job, "refused"));
	assert_ok(job_counts(&w->ctx, due_jobs, &failed));
	assert_int_equal(1, due_jobs[LANE_CA]);
	assert_int_equal(0, due_jobs[LANE_OUT]);
	assert_int_equal(1, failed);
	world_close(w);
}
