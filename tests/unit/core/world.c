/* Worlds (world.h). */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "core/key_check.h"
#include "core/metrics.h"
#include "tests/unit/core/world.h"

#define START 1795478400000LL /* 2026-11-24T00:00:00Z */
enum { MOST_VALUES = 20, GIVEN = 5 };

static struct store_conf made_database(const char *folder)
{
	struct bytes schema;

	for (const char *const *sub = (const char *const[]){ "db", "blob", "keys", NULL }; *sub; sub++)
		assert_ok(folder_make(path_join(test_arena(), folder, *sub), 0770));
	assert_ok(file_read(test_arena(), "schema.sql", 1 << 20, &schema));
	return engine_made(path_join(test_arena(), folder, "db/yinxin.db"), 10000, (const char *)schema.data);
}

static void make_folder(const char *folder, const char *const *values)
{
	struct store_conf conf = made_database(folder);
	const char *keys = path_join(test_arena(), folder, "keys/data"), *why = NULL;
	const char *all[MOST_VALUES + GIVEN + 1] = { "portal.public_url=http://localhost:8080",
		"portal.pki_url=http://localhost:8082", "pin.kdf_cost=10",
		arena_printf(test_arena(), "store.engine=%s", conf.engine),
		arena_printf(test_arena(), "store.connection=%s", conf.connection ? conf.connection : "") };

	for (int i = 0; i < MOST_VALUES && values && values[i]; i++)
		all[GIVEN + i] = values[i];
	assert_ok(file_write(path_join(test_arena(), folder, "yinxin.conf"),
		bytes_of_text(conf_write(test_arena(), settings_keys, all)), 0640));
	assert_ok(vault_create(keys));
	if (key_check_make(test_arena(), &conf, keys, &why) != OK)
		fail_msg("%s", why);
}

static void publish(struct world *w)
{
	int64_t id;

	assert_ok(agreement_publish(as_cli(w), AGREEMENT_USER, "1", "用户协议", "一", &id));
	assert_ok(agreement_publish(as_cli(w), AGREEMENT_PRIVACY, "1", "隐私政策", "一", &id));
	assert_ok(agreement_publish(as_cli(w), AGREEMENT_CERTIFICATE, "1", "证书协议", "一", &id));
}

struct world *world_with(const char *const *values)
{
	static int made; /* a test may have several, one after the other */
	struct world *w = ARENA_NEW(test_arena(), struct world);
	const char *why = NULL;

	w->data = arena_printf(test_arena(), "%s/world-%d", test_folder(), ++made);
	assert_ok(folder_make(w->data, 0750));
	make_folder(w->data, values);
	if (house_open(test_arena(), w->data, &w->house, &w->settings, &why) != OK)
		fail_msg("%s", why);
	w->secret = arena_new(true);
	w->ctx = ctx_for(&w->house, test_arena(), w->secret, START);
	publish(w);
	return w;
}

struct world *world(void)
{
	return world_with(NULL);
}

void world_metrics(struct world *w)
{
	assert_ok(metrics_open(path_join(test_arena(), w->data, "metrics"), "worker", &w->house.metrics));
}

bool world_metric(struct world *w, const char *line)
{
	struct buf out = buf_new(test_arena());

	metrics_print(w->house.metrics, &out);
	return strstr(out.data, arena_printf(test_arena(), "\n%s\n", line));
}

void world_close(struct world *w)
{
	metrics_close(&w->house.metrics);
	house_close(&w->house);
	arena_free(&w->secret);
}

struct ctx *as(struct world *w, int64_t account)
{
	w->ctx.actor = (struct actor){ .kind = account ? ACTOR_ACCOUNT : ACTOR_NOBODY, .id = account };
	return &w->ctx;
}

struct ctx *as_cli(struct world *w)
{
	w->ctx.actor = (struct actor){ .kind = ACTOR_CLI };
	return &w->ctx;
}

void world_pass(struct world *w, int64_t ms)
{
	w->ctx.now += ms;
}

const char *world_code(struct world *w)
{
	struct job job;
	int64_t wake;
	json_t *payload;
	const char *code;

	assert_ok(job_next(&w->ctx, LANE_OUT, &job, &wake));
	assert_ok(json_read(job.payload, &payload));
	code = arena_text(test_arena(), json_text(payload, "code"));
	json_release(&payload);
	assert_ok(job_held(&w->ctx, &job));
	return code;
}

struct login world_login(struct world *w, const char *e164, const char *handle)
{
	struct login in = { .e164 = e164, .agreed = true, .device_handle = handle };
	int64_t resend_s;

	as(w, 0)->session = 0;
	assert_ok(login_send_code(&w->ctx, e164, true, &resend_s));
	in.code = world_code(w);
	assert_ok(login(&w->ctx, &in));
	world_pass(w, resend_s * SECOND);
	return in;
}

int64_t world_account(struct world *w, const char *e164)
{
	return world_login(w, e164, NULL).account;
}

int64_t world_person(struct world *w, const char *e164, const char *name, const char *doc)
{
	int64_t account = world_account(w, e164);

	assert_ok(realname_vouch(as_cli(w), account, name, DOC_RESIDENT, doc));
	as(w, account);
	return account;
}

int64_t world_org(struct world *w, int64_t *legal_rep)
{
	int64_t org;

	*legal_rep = world_person(w, ZHANG, "张三", ZHANG_ID);
	assert_ok(org_import(as_cli(w), USCC, "福州印信贸易有限公司", "张三", ZHANG_ID, &org));
	as(w, *legal_rep);
	return org;
}

int64_t world_count(struct world *w, const char *sql)
{
	int64_t count;

	assert_ok(store_one(w->ctx.store, sql, INTO(&count)));
	return count;
}

void world_tamper(struct world *w, const char *sql)
{
	(void)engine_conf(path_join(test_arena(), w->data, "db/yinxin.db"), 0);
	engine_tamper(sql);
}

/* A process of its own: what was opened before the fork is not touched. */
static enum err act_alone(const struct world *w, int number, int go, world_act *act, void *arg)
{
	struct arena *arena = arena_new(false), *secret = arena_new(true);
	struct settings settings;
	struct house house;
	const char *why;
	struct ctx ctx;
	char byte;

	if (house_open(arena, w->data, &house, &settings, &why) != OK)
		return ERR_BROKEN;
	ctx = ctx_for(&house, arena, secret, w->ctx.now);
	ctx.actor = w->ctx.actor;
	if (read(go, &byte, 1) < 0) /* until the parent closes its end: all at once */
		return ERR_BROKEN;
	return act(&ctx, number, arg);
}

void world_at_once(struct world *w, int processes, world_act *act, void *arg, enum err *answers)
{
	pid_t pids[16];
	int go[2];

	assert_true(processes <= 16);
	assert_int_equal(0, pipe(go));
	for (int i = 0; i < processes; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(go[1]);
			_exit((int)act_alone(w, i, go[0], act, arg));
		}
		assert_true(pids[i] > 0);
	}
	close(go[0]);
	close(go[1]);
	for (int i = 0; i < processes; i++) {
		int status;

		assert_int_equal(pids[i], waitpid(pids[i], &status, 0));
		assert_true(WIFEXITED(status));
		answers[i] = (enum err)WEXITSTATUS(status);
	}
}

/* ---- races */

/* Shared by the processes of a race. */
struct race {
	pthread_barrier_t round;
	int requests;
	int64_t began; /* ticks */
	enum err answers[];
};

static struct race *race_new(int requests)
{
	struct race *race = mmap(NULL, sizeof *race + (size_t)requests * sizeof *race->answers, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_barrierattr_t shared;

	assert_true(race != MAP_FAILED);
	assert_int_equal(0, pthread_barrierattr_init(&shared));
	assert_int_equal(0, pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED));
	assert_int_equal(0, pthread_barrier_init(&race->round, &shared, RACERS));
	race->requests = requests;
	race->began = clock_ticks();
	return race;
}

static void run_rounds(
	const struct world *w, const struct house *house, struct race *race, int process, world_act *act, void *arg)
{
	struct arena *arena = arena_new(false), *secret = arena_new(true);

	for (int number = process; number < race->requests; number += RACERS) {
		struct ctx ctx;

		pthread_barrier_wait(&race->round);
		ctx = ctx_for(house, arena, secret, w->ctx.now + (clock_ticks() - race->began) / 1000);
		race->answers[number] = act(&ctx, number, arg);
		arena_reset(arena);
		arena_reset(secret);
	}
	arena_free(&arena);
	arena_free(&secret);
}

static int be_racer(const struct world *w, struct race *race, int process, world_act *act, void *arg)
{
	struct arena *kept = arena_new(false);
	struct settings settings;
	struct house house;
	const char *why;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* who waits for a round that never comes */
	if (house_open(kept, w->data, &house, &settings, &why) != OK)
		return 1;
	run_rounds(w, &house, race, process, act, arg);
	house_close(&house);
	arena_free(&kept);
	return 0;
}

/* One that dies would leave the others waiting for it. */
static void wait_for_racers(const pid_t pids[RACERS])
{
	bool died = false;

	for (int left = RACERS; left; left--) {
		int status;

		assert_true(wait(&status) > 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			for (int i = 0; !died && i < RACERS; i++)
				kill(pids[i], SIGKILL);
		died |= !WIFEXITED(status) || WEXITSTATUS(status);
	}
	assert_false(died);
}

void world_race(struct world *w, const char *what, int requests, world_act *act, void *arg, enum err *answers)
{
	struct race *race = race_new(requests);
	pid_t pids[RACERS];
	int refused = 0;

	assert_int_equal(0, requests % RACERS);
	for (int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(be_racer(w, race, i, act, arg));
		assert_true(pids[i] > 0);
	}
	wait_for_racers(pids);
	for (int i = 0; i < requests; i++) {
		answers[i] = race->answers[i];
		refused += answers[i] == ERR_UNAVAILABLE;
	}
	munmap(race, sizeof *race + (size_t)requests * sizeof *race->answers);
	if (refused)
		fail_msg("%s: %d of %d requests were refused because of others at the same time", what, refused,
			requests);
}

int world_race_requests(void)
{
	int64_t requests = 200;

	if (getenv("REQUESTS"))
		assert_true(parse_int(getenv("REQUESTS"), RACERS, 1000000, &requests));
	return (int)requests;
}
