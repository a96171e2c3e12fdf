/* The mixed load: people who each do what people do, eight requests at once, each person's own; beside them the lanes
 * of the log, of what leaves and of what ends. Few rows meet, so what is run again here is what the engine holds for a
 * meeting. */
#include <poll.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include "base/text.h"
#include "tests/race/count.h"
#include "tests/unit/core/log_world.h"
#include "tests/unit/core/ticket_world.h"

enum { PEOPLE = 48, LANES = 3, PAUSE_MS = 50 };

struct person {
	int64_t account, device, sm2, p256;
	const char *phone, *handle, *secret;
};

struct load {
	struct pin_keys keys;
	const struct api_keys *api;
	struct platform platform;
	struct key *log_key;
	struct person people[PEOPLE];
	int requests;
	struct progress { /* shared */
		_Atomic int next, working;
	} * progress;
};

/* ---- what people do */

static void be(struct ctx *ctx, enum actor_kind kind, int64_t id, int64_t device)
{
	ctx->actor = (struct actor){ .kind = kind, .id = id };
	ctx->device = device;
}

static enum err sign_in(struct ctx *ctx, const struct load *load, const struct person *who)
{
	struct login in = { .e164 = who->phone,
		.agreed = true,
		.device_handle = who->handle,
		.code = arena_printf(ctx->arena, "%d", COUNT_CODE) };
	int64_t resend_s;

	(void)load;
	be(ctx, ACTOR_NOBODY, 0, 0);
	TRY(login_send_code(ctx, who->phone, true, &resend_s));
	return login(ctx, &in);
}

static enum err do_settle(struct ctx *ctx, void *arg)
{
	(void)arg;
	return pin_settle(ctx);
}

static enum err type_wrong_then_right(struct ctx *ctx, const struct load *load, const struct person *who)
{
	unsigned char key[KEY_LEN];
	enum err err;

	be(ctx, ACTOR_ACCOUNT, who->account, who->device);
	err = pin_open(ctx, &load->keys, WRONG_PIN, key);
	if (err != ERR_INVALID)
		return err == OK ? ERR_BROKEN : err;
	TRY(pin_open(ctx, &load->keys, PIN, key));
	return ctx_transaction(ctx, do_settle, NULL);
}

static enum err read_messages(struct ctx *ctx, const struct load *load, const struct person *who)
{
	(void)load;
	be(ctx, ACTOR_ACCOUNT, who->account, who->device);
	return message_read_all(ctx);
}

static enum err ask(struct ctx *ctx, const struct load *load, const struct person *who, int64_t *id)
{
	static const unsigned char hash[HASH_LEN] = { 1 };
	const struct ticket_item items[] = { { .credential = who->sm2, .hash = BYTES_OF(hash), .label = "甲.pdf" },
		{ .credential = who->p256, .hash = BYTES_OF(hash), .label = "甲.pdf" } };
	const struct ticket_request request = { .way = TICKET_PAGE,
		.platform = load->platform.id,
		.redirect_uri = REDIRECT,
		.scope = "credential",
		.challenge = challenge(),
		.items = items,
		.count = 2,
		.seal_kind = -1 };
	const char *handle;

	be(ctx, ACTOR_NOBODY, 0, 0);
	return ticket_ask(ctx, &request, DESKTOP, id, &handle);
}

static enum err approve_it(struct ctx *ctx, const struct load *load, const struct person *who, int64_t id)
{
	struct approval wanted = {
		.ticket = id, .pin = PIN, .visit = PHONE, .device_secret = who->secret, .trust_platform = true
	};
	struct ticket seen;
	const char *url;

	TRY(ticket_link(ctx, id, &url));
	be(ctx, ACTOR_ACCOUNT, who->account, who->device);
	TRY(ticket_claim(ctx, strrchr(url, '/') + 1, PHONE, &id));
	TRY(ticket_watch(ctx, id, DESKTOP, &seen));
	wanted.number = seen.number;
	return ticket_approve(ctx, &load->keys, &wanted);
}

static enum err sign(struct ctx *ctx, const struct load *load, const struct person *who)
{
	const struct grant_client by = { .keys = load->api, .platform = &load->platform };
	struct grant_answer answer;
	const char *location;
	int64_t id;

	TRY(ask(ctx, load, who, &id));
	TRY(approve_it(ctx, load, who, id));
	be(ctx, ACTOR_NOBODY, 0, 0);
	TRY(token_collect(ctx, id, DESKTOP, &location));
	be(ctx, ACTOR_CLIENT, load->platform.id, 0);
	return token_by_code(ctx, &by, url_part(location, "code"), REDIRECT, VERIFIER, &answer);
}

/* Of ten requests. */
static enum err (*const acts[10])(struct ctx *, const struct load *, const struct person *) = { sign_in, sign, sign,
	read_messages, type_wrong_then_right, sign_in, sign, sign, read_messages, sign_in };

static int act_of(int number)
{
	return (number + number / PEOPLE) % 10;
}

static int count_acts(int requests, enum err (*act)(struct ctx *, const struct load *, const struct person *))
{
	int count = 0;

	for (int number = 0; number < requests; number++)
		count += acts[act_of(number)] == act;
	return count;
}

/* ---- what lanes do: until they have nothing to do, then they pause */

static enum err run_log_lane(struct ctx *ctx, const struct load *load)
{
	int numbered;

	return oplog_number(ctx, load->log_key, 500, &numbered);
}

static enum err run_out_lane(struct ctx *ctx, const struct load *load)
{
	struct job job;
	int64_t wake;
	enum err err;

	(void)load;
	while ((err = job_next(ctx, LANE_OUT, &job, &wake)) == OK)
		TRY(job_held(ctx, &job));
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err run_tidy_lane(struct ctx *ctx, const struct load *load)
{
	(void)load;
	TRY(ticket_tidy(ctx));
	TRY(job_tidy(ctx));
	TRY(sms_code_tidy(ctx));
	return session_tidy(ctx);
}

static enum err (*const lanes[LANES])(
	struct ctx *, const struct load *) = { run_log_lane, run_out_lane, run_tidy_lane };

/* ---- processes */

/* As between requests: all memory goes back. */
static struct ctx fresh(const struct ctx *ctx, int64_t began)
{
	struct ctx next = ctx_for(ctx->house, ctx->arena, ctx->secret, ctx->now + (clock_ticks() - began) / 1000);

	next.actor.kind = ACTOR_SYSTEM;
	return next;
}

/* All of them, whatever becomes of one: who is refused would leave the others more room. */
static enum err be_many(struct ctx *ctx, const struct load *load)
{
	struct arena_mark mark = arena_mark(ctx->arena), secret = arena_mark(ctx->secret);
	int64_t began = clock_ticks();
	enum err worst = OK;
	int number;

	while ((number = load->progress->next++) < load->requests) {
		struct ctx now = fresh(ctx, began);
		enum err err;

		now.address = arena_printf(now.arena, "203.0.113.%d", number % PEOPLE);
		err = acts[act_of(number)](&now, load, &load->people[number % PEOPLE]);

		if (err != OK) {
			fprintf(stderr, "request %d: %s %s\n", number, err_name(err),
				now.fault.word ? now.fault.word : "");
			worst = err;
		}
		arena_rewind(ctx->arena, mark);
		arena_rewind(ctx->secret, secret);
	}
	load->progress->working--;
	return worst;
}

static enum err be_lane(struct ctx *ctx, const struct load *load, int lane)
{
	struct arena_mark mark = arena_mark(ctx->arena), secret = arena_mark(ctx->secret);
	int64_t began = clock_ticks();
	enum err err = OK;

	while (err == OK && load->progress->working) {
		struct ctx now = fresh(ctx, began);

		err = lanes[lane](&now, load);
		arena_rewind(ctx->arena, mark);
		arena_rewind(ctx->secret, secret);
		poll(NULL, 0, PAUSE_MS);
	}
	return err;
}

static enum err be_one(struct ctx *ctx, int number, void *arg)
{
	return number < RACERS ? be_many(ctx, arg) : be_lane(ctx, arg, number - RACERS);
}

/* ---- the world */

static struct person new_person(struct ticket_world *t, int number)
{
	struct person who = { .phone = arena_printf(test_arena(), "+86138%08d", number) };
	struct login in;
	int64_t cert;

	world_pass(t->w, MINUTE);
	in = world_login(t->w, who.phone, NULL);
	who.account = t->p->account = in.account;
	who.device = t->p->device = t->w->ctx.device;
	who.handle = in.new_device_handle;
	t->p->secret = NULL;
	assert_ok(realname_vouch(
		as_cli(t->w), who.account, "王五", DOC_PASSPORT, arena_printf(test_arena(), "E%08d", number)));
	assert_ok(pin_set(zhang(t->p), &t->p->keys, PIN, PIN));
	cert = installed(t->p);
	who.secret = t->p->secret;
	who.sm2 = current_credential(t->p, cert, USE_SM2_SIGN);
	who.p256 = current_credential(t->p, cert, USE_THIRD_SIGN);
	return who;
}

static struct load *new_load(struct ticket_world *t)
{
	struct load *load = ARENA_NEW(test_arena(), struct load);
	const char *verifier;

	for (int i = 0; i < PEOPLE; i++)
		load->people[i] = new_person(t, i);
	world_pass(t->w, MINUTE); /* what is newer is the load's */
	load->keys = t->p->keys;
	load->api = t->keys;
	load->platform = t->platform;
	load->log_key = log_key(t->w, &verifier);
	load->requests = world_race_requests();
	load->progress = mmap(NULL, sizeof *load->progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(load->progress != MAP_FAILED);
	load->progress->working = RACERS;
	return load;
}

TEST("the mixed load: nobody is refused, nothing is lost, and the log holds")
{
	static const char *const loose[] = { "limits.sms_address_hour=1000000", "limits.sms_phone_hour=1000000",
		"limits.sms_phone_day=1000000", "limits.sms_resend_s=0", NULL };
	struct ticket_world *t = ticket_world_with(loose);
	struct load *load = new_load(t);
	enum err answers[RACERS + LANES];

	count_begin();
	world_at_once(t->w, RACERS + LANES, be_one, load, answers);
	count_print("mixed load", load->requests);
	for (int i = 0; i < RACERS + LANES; i++)
		assert_ok(answers[i]);
	assert_int_equal(count_acts(load->requests, sign_in),
		world_count(t->w,
			arena_printf(test_arena(), "SELECT count(*) FROM session WHERE made >= %lld",
				(long long)t->w->ctx.now)));
	assert_int_equal(
		count_acts(load->requests, sign), world_count(t->w, "SELECT count(*) FROM ticket WHERE state = 4"));
	assert_int_equal(2 * count_acts(load->requests, sign),
		world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52"));
	assert_int_equal(count_acts(load->requests, type_wrong_then_right),
		world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 22"));
	while (log_number(t->w, 500))
		;
	log_names(t->w, FINDING_NONE, 0);
	key_free(&load->log_key);
	ticket_world_close(t);
}
