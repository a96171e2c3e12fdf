/* A COMMIT whose answer was lost: it may have been done or not. No act is run a second time by itself; asked again, it
 * is done once, whichever of the two it was. */
#include "base/text.h"
#include "connect/sms.h"
#include "tests/unit/core/cut.h"
#include "tests/unit/core/log_world.h"
#include "tests/unit/core/ticket_world.h"

enum { BOTH = 2 };
static const enum cut cuts[BOTH] = { CUT_QUESTION, CUT_ANSWER };

static enum err count_runs(struct ctx *ctx, void *arg)
{
	int *runs = arg;

	(*runs)++;
	return message_add(ctx, ctx->actor.id, MESSAGE_PIN_SET, 0, NULL);
}

TEST_POSTGRES("MSG-3: what was not confirmed is not run again, whether it was stored or not")
{
	for (int i = 0; i < BOTH; i++) {
		struct world *w = world();
		int64_t account = world_account(w, ZHANG), before;
		int runs = 0;

		cut_wire(w);
		before = world_count(w, "SELECT count(*) FROM message");
		cut_commit(1, cuts[i]);
		assert_err(ERR_UNSURE, ctx_transaction(as(w, account), count_runs, &runs));
		assert_int_equal(1, runs);
		assert_int_equal(before + (cuts[i] == CUT_ANSWER), world_count(w, "SELECT count(*) FROM message"));
		assert_ok(ctx_transaction(as(w, account), count_runs, &runs)); /* the next act finds a new connection */
		world_close(w);
		cut_end();
	}
}

TEST_POSTGRES(
	"LOGIN-3: a login that was not confirmed is not recorded as refused; its code is used where it was stored")
{
	for (int i = 0; i < BOTH; i++) {
		struct world *w = world();
		struct login in = { .e164 = ZHANG, .agreed = true };
		int64_t resend_s;

		world_account(w, ZHANG);
		cut_wire(w);
		as(w, 0)->session = 0;
		assert_ok(login_send_code(&w->ctx, ZHANG, true, &resend_s));
		in.code = world_code(w);
		cut_commit(2, cuts[i]); /* the first takes one of the code's tries */
		assert_err(ERR_UNSURE, login(&w->ctx, &in));
		assert_int_equal(0, w->ctx.session);
		assert_int_equal(0, world_count(w, "SELECT count(*) FROM oplog WHERE action = 7"));
		assert_err(cuts[i] == CUT_ANSWER ? ERR_INVALID : OK, login(&w->ctx, &in));
		assert_int_equal(2, world_count(w, "SELECT count(*) FROM session"));
		world_close(w);
		cut_end();
	}
}

/* A service that notes what it was given. */
struct noting {
	struct sms_way way;
	int sent;
	int64_t job;
};

static enum sms_end note_sms(const struct sms_way *way, struct arena *arena, const struct sms *sms, const char **error)
{
	struct noting *noting = (struct noting *)(uintptr_t)way;

	(void)arena;
	(void)error;
	assert_true(!noting->sent || noting->job == sms->job);
	noting->sent++;
	noting->job = sms->job;
	return SMS_SENT;
}

TEST_POSTGRES("MSG-3, CON-2: a job whose end was not confirmed is looked at again, and goes out a second time under "
	      "its id alone")
{
	for (int i = 0; i < BOTH; i++) {
		struct world *w = world();
		struct noting noting = { .way = { .send = note_sms } };
		int64_t resend_s, wake;
		struct job job;

		w->house.sms = &noting.way;
		assert_ok(login_send_code(as(w, 0), ZHANG, true, &resend_s));
		cut_wire(w);
		assert_ok(job_next(&w->ctx, LANE_OUT, &job, &wake));
		cut_commit(1, cuts[i]);
		assert_err(ERR_UNSURE, sms_code_deliver(&w->ctx, &job));
		if (cuts[i] == CUT_QUESTION) {
			assert_ok(job_next(&w->ctx, LANE_OUT, &job, &wake));
			assert_ok(sms_code_deliver(&w->ctx, &job));
		}
		assert_err(ERR_NOT_FOUND, job_next(&w->ctx, LANE_OUT, &job, &wake));
		assert_int_equal(cuts[i] == CUT_QUESTION ? 2 : 1, noting.sent);
		world_close(w);
		cut_end();
	}
}

TEST_POSTGRES("SCAN-3: an approval that was not confirmed is found in its ticket, or can be given again")
{
	for (int i = 0; i < BOTH; i++) {
		struct ticket_world *t = ticket_world();
		struct ticket_request r = sign_request(t, 2);
		struct approval a = approval_of(t, claimed(t, &r));
		bool stored = cuts[i] == CUT_ANSWER;

		cut_wire(t->w);
		cut_commit(2, cuts[i]); /* the first reserves a try of the password */
		assert_err(ERR_UNSURE, approve(t, &a));
		assert_int_equal(stored ? TICKET_APPROVED_UNCOLLECTED : TICKET_CLAIMED, state_of(t, a.ticket));
		assert_err(stored ? ERR_CONFLICT : OK, approve(t, &a));
		assert_int_equal(2, values_kept(t));
		assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52"));
		ticket_world_close(t);
		cut_end();
	}
}

TEST_POSTGRES("CERT-7: a browser has the secret of an installation that was not confirmed, so that its keys open if it "
	      "was stored")
{
	for (int i = 0; i < BOTH; i++) {
		struct pki_world *p = pin_world();
		int64_t cert = taken(p);
		struct opened opened = { 0 };

		cut_wire(p->w);
		cut_commit(2, cuts[i]);
		assert_err(ERR_UNSURE, install(p, cert));
		assert_non_null(p->secret);
		if (cuts[i] == CUT_QUESTION)
			assert_ok(install(p, cert));
		run_ca_lane(p);
		assert_ok(open_instance(p, cert, PIN, p->secret, &opened));
		instance_close(&opened);
		assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM issuance"));
		pki_close(p);
		cut_end();
	}
}

TEST_POSTGRES("LOG-3: a numbering that was not confirmed is gone on from where the tree ends")
{
	for (int i = 0; i < BOTH; i++) {
		struct world *w = world();
		const char *verifier;
		struct key *key = log_key(w, &verifier);
		int numbered;

		world_account(w, ZHANG);
		cut_wire(w);
		cut_commit(1, cuts[i]);
		assert_err(ERR_UNSURE, oplog_number(&w->ctx, key, 2, &numbered));
		while (log_number(w, 2))
			;
		log_names(w, FINDING_NONE, 0);
		key_free(&key);
		world_close(w);
		cut_end();
	}
}

/* Takes whatever goes wrong for "there is none", as a rule might. */
static enum err conclude(struct ctx *ctx, void *arg)
{
	const char *backend = arg;
	int64_t found;

	TRY(store_ping(ctx->store)); /* a first question would be asked again, on another connection */
	engine_server(arena_printf(ctx->arena, "SELECT pg_terminate_backend(%s, 5000)", backend));
	if (store_one(ctx->store, "SELECT id FROM account", INTO(&found)) != OK)
		return fault(ctx, ERR_DENIED, NULL, "unauthorized_client");
	return OK;
}

TEST_POSTGRES("API-6: nobody is told that something is not there because the database was not")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG), backend;
	const char *number;

	assert_ok(store_one(w->ctx.store, "SELECT pg_backend_pid()", INTO(&backend)));
	number = arena_printf(test_arena(), "%d", (int)backend);
	assert_err(ERR_UNAVAILABLE, ctx_reading(as(w, account), conclude, (void *)number));
	assert_null(w->ctx.fault.word);
	assert_ok(ctx_reading(as(w, account), conclude, (void *)"0"));
	world_close(w);
}
