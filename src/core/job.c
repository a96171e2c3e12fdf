/* The outbox. A row is due until a lane says how its try ended; one process a lane takes jobs, so nothing is claimed.
 */
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "core/job.h"

/* The first waits are short: a person is looking at the page. */
static const int64_t sms_waits[] = { 2 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, 60 * SECOND, 60 * SECOND,
	60 * SECOND, 0 };
static const int64_t ca_waits[] = { SECOND, 5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 0 };

const struct job_rule job_rules[] = {
	{ JOB_SMS_CODE, LANE_OUT, "sms-code", sms_waits, false, 5 * MINUTE, 2 * (int64_t)DAY },
	{ JOB_ISSUE, LANE_CA, "issue", ca_waits, true, 0, 30 * (int64_t)DAY },
	{ JOB_CRL, LANE_CA, "crl", ca_waits, true, 0, 2 * (int64_t)DAY },
};
const size_t job_rules_count = sizeof job_rules / sizeof job_rules[0];
enum { JOB_PAGE = 50, MOST_ERROR = 200 };

const struct job_rule *job_rule(enum job_kind kind)
{
	for (size_t i = 0; i < job_rules_count; i++) {
		if (job_rules[i].kind == kind)
			return &job_rules[i];
	}
	return NULL;
}

enum err job_add(struct ctx *ctx, enum job_kind kind, int64_t object, struct bytes payload, int64_t *id)
{
	const struct job_rule *rule = job_rule(kind);
	struct bytes box = { NULL, 0 };

	if (!rule)
		return ERR_BROKEN;
	*id = id_new(ctx->now);
	if (payload.len)
		box = vault_seal(ctx->vault, ctx->arena, AT("job", "payload_box", *id), payload);
	return store_add(ctx->store,
		"INSERT INTO job (id, kind, lane, state, object, payload_box, due, not_after, tries, made) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $7)",
		V(*id), V(kind), V(rule->lane), V(JOB_DUE), V(object), V(box), V(ctx->now),
		V(rule->not_after ? ctx->now + rule->not_after : 0));
}

#define JOB_COLUMNS "id, kind, state, object, payload_box, due, not_after, tries, error, made"
#define JOB_INTO(job)                                                                                                  \
	INTO(&(job)->id), INTO(&(job)->kind), INTO(&(job)->state), INTO(&(job)->object), INTO(&(job)->payload),        \
		INTO(&(job)->due), INTO(&(job)->not_after), INTO(&(job)->tries), INTO(&(job)->error),                  \
		INTO(&(job)->made)

static enum err open_payload(struct ctx *ctx, struct job *job)
{
	if (!job->payload.data)
		return OK;
	return vault_unseal(ctx->vault, ctx->secret, AT("job", "payload_box", job->id), job->payload, &job->payload);
}

/* Due later than any wait of its kind leads to, or later than now though it was never tried: the clock was set back,
 * and the hour that it lost is not to be waited for. */
static bool was_set_back(const struct job *job, int64_t now)
{
	const struct job_rule *rule = job_rule(job->kind);
	int64_t longest = 0;

	for (int i = 0; rule && rule->waits[i]; i++)
		longest = rule->waits[i] > longest ? rule->waits[i] : longest;
	return !job->tries || job->due - now > longest + longest / 4;
}

enum err job_next(struct ctx *ctx, enum lane lane, struct job *out, int64_t *wake)
{
	*wake = 0;
	*out = (struct job){ 0 };
	TRY(store_one(ctx->store,
		"SELECT " JOB_COLUMNS " FROM job WHERE lane = $1 AND state = 0 ORDER BY due, id LIMIT 1", V(lane),
		JOB_INTO(out)));
	*wake = out->due;
	if (out->due > ctx->now && !was_set_back(out, ctx->now))
		return ERR_NOT_FOUND;
	return open_payload(ctx, out);
}

bool job_too_late(const struct job *job, int64_t now)
{
	return job->not_after && now >= job->not_after;
}

/* Every way in which a try ends is one conditional change of the row. */
struct ending {
	const struct job *job;
	enum job_state state;
	const char *error;
	int64_t due;
};

static enum err do_end(struct ctx *ctx, void *arg)
{
	const struct ending *e = arg;

	if (e->state == JOB_DUE)
		return store_change_one(ctx->store,
			"UPDATE job SET due = $2, tries = tries + 1, error = $3 WHERE id = $1 AND state = 0",
			V(e->job->id), V(e->due), V(e->error));
	if (e->state == JOB_HELD)
		return store_change_one(ctx->store,
			"UPDATE job SET state = $2, tries = tries + 1, error = NULL WHERE id = $1 AND state = 0",
			V(e->job->id), V(e->state));
	return store_change_one(ctx->store,
		"UPDATE job SET state = $2, tries = tries + 1, error = $3, payload_box = NULL, ended = $4 "
		"WHERE id = $1 AND state = 0",
		V(e->job->id), V(e->state), V(e->error), V(ctx->now));
}

static enum err end(struct ctx *ctx, struct ending ending)
{
	if (ending.error)
		ending.error = utf8_cut(ctx->arena, ending.error, MOST_ERROR);
	return ctx_transaction(ctx, do_end, &ending);
}

enum err job_done(struct ctx *ctx, const struct job *job)
{
	return end(ctx, (struct ending){ .job = job, .state = JOB_DONE });
}

enum err job_held(struct ctx *ctx, const struct job *job)
{
	return end(ctx, (struct ending){ .job = job, .state = JOB_HELD });
}

enum err job_failed(struct ctx *ctx, const struct job *job, const char *error)
{
	return end(ctx, (struct ending){ .job = job, .state = JOB_FAILED, .error = error });
}

/* The wait after this try; 0: there is no further one. */
static int64_t wait_after(const struct job_rule *rule, int tries)
{
	int i = 0;

	while (i < tries && rule->waits[i])
		i++;
	if (!rule->waits[i] && rule->forever && i)
		i--;
	return rule->waits[i];
}

enum err job_again(struct ctx *ctx, const struct job *job, const char *error)
{
	const struct job_rule *rule = job_rule(job->kind);
	int64_t wait = rule ? wait_after(rule, job->tries) : 0;
	/* a quarter more at most, so that what failed together is not tried again together (CON-1) */
	int64_t due = ctx->now + wait + crypto_random_below((uint32_t)(wait / 4) + 1);

	if (!wait || (job->not_after && due >= job->not_after))
		return job_failed(ctx, job, error);
	return end(ctx, (struct ending){ .job = job, .state = JOB_DUE, .error = error, .due = due });
}

enum err job_list(struct ctx *ctx, int64_t after, bool held_only, struct job **out, size_t *count)
{
	struct job *list = ARENA_ARRAY(ctx->arena, struct job, JOB_PAGE);
	struct rows rows;
	enum err err = OK;
	size_t n = 0;

	rows_open(ctx->store, &rows,
		"SELECT " JOB_COLUMNS " FROM job WHERE id < $1 AND (state = $2 OR $3 = 0) ORDER BY id DESC LIMIT $4",
		V(after ? after : INT64_MAX), V(JOB_HELD), V(held_only), V(JOB_PAGE));
	while (err == OK && n < JOB_PAGE && rows_next(&rows, JOB_INTO(&list[n]))) {
		if (list[n].state == JOB_HELD)
			err = open_payload(ctx, &list[n]);
		else
			list[n].payload = (struct bytes){ NULL, 0 };
		n++;
	}
	TRY(rows_close(&rows));
	*out = list;
	*count = n;
	return err;
}

static enum err tidy_kind(struct ctx *ctx, const struct job_rule *rule)
{
	return store_change(ctx->store, NULL,
		"DELETE FROM job WHERE state IN (1, 2, 3) AND ended IS NOT NULL AND kind = $1 AND ended <= $2",
		V(rule->kind), V(ctx->now - rule->keep));
}

static enum err do_tidy(struct ctx *ctx, void *arg)
{
	(void)arg;
	TRY(store_change(ctx->store, NULL,
		"UPDATE job SET payload_box = NULL, ended = $2 "
		"WHERE state = $1 AND ended IS NULL AND not_after > 0 AND not_after <= $2",
		V(JOB_HELD), V(ctx->now)));
	TRY(store_change(ctx->store, NULL,
		"UPDATE job SET state = $2, payload_box = NULL, ended = $3, error = 'too late' "
		"WHERE state = $1 AND not_after > 0 AND not_after <= $3",
		V(JOB_DUE), V(JOB_FAILED), V(ctx->now)));
	for (size_t i = 0; i < job_rules_count; i++)
		TRY(tidy_kind(ctx, &job_rules[i]));
	return OK;
}

enum err job_tidy(struct ctx *ctx)
{
	return ctx_transaction(ctx, do_tidy, NULL);
}

enum err job_counts(struct ctx *ctx, int64_t due[4], int64_t *failed)
{
	for (int lane = 0; lane < 4; lane++)
		TRY(store_one(ctx->store, "SELECT count(*) FROM job WHERE lane = $1 AND state = 0", V(lane),
			INTO(&due[lane])));
	return store_one(ctx->store, "SELECT count(*) FROM job WHERE state = $1", V(JOB_FAILED), INTO(failed));
}
