#include <unistd.h>
#include "base/file.h"
#include "tests/unit/core/pki_world.h"
#include "trust/ca.h"

static struct ctx *lane(struct pki_world *p)
{
	struct ctx *ctx = as(p->w, 0);

	ctx->actor.kind = ACTOR_SYSTEM;
	ctx->device = 0;
	return ctx;
}

static int64_t waiting_issuance(struct pki_world *p)
{
	return world_count(p->w, "SELECT id FROM issuance WHERE state = 0 ORDER BY id LIMIT 1");
}

static int64_t count(struct pki_world *p, const char *sql)
{
	return world_count(p->w, sql);
}
#define CERTIFICATES "SELECT count(*) FROM certificate WHERE role = 0"

/* ---- CERT-9 */

TEST("CERT-9: three reissues are free, each costs one when it is issued and not before, then there is none left")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	struct issuance *list;
	size_t n;

	for (int left = 2; left >= 0; left--) {
		another_browser(p);
		assert_ok(install(p, id));
		assert_int_equal(left + 1, the_cert(p, id).free_left);
		run_ca_lane(p);
		assert_int_equal(left, the_cert(p, id).free_left);
		assert_true(the_cert(p, id).here);
	}
	another_browser(p);
	assert_err(ERR_LIMITED, install(p, id));
	assert_string_equal("reissues-used", p->w->ctx.fault.word);
	assert_ok(cert_issuances(zhang(p), id, &list, &n));
	assert_int_equal(4, n);
	assert_int_equal(ISSUANCE_REISSUE, list[0].kind);
	assert_int_equal(ISSUANCE_FIRST, list[3].kind);
	assert_int_equal(0, count(p, "SELECT tries FROM pin_try")); /* the refusal cost no try */
	pki_close(p);
}

TEST("CERT-9: a lost secret is a reissue in the same browser; the form sent twice is none")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	const char *lost = p->secret;
	struct opened opened;

	assert_err(ERR_CONFLICT, install(p, id));
	assert_string_equal("cert-installed-here", p->w->ctx.fault.word);
	p->secret = NULL;
	assert_ok(install(p, id));
	assert_string_not_equal(lost, p->secret);
	run_ca_lane(p);
	assert_int_equal(2, the_cert(p, id).free_left);
	assert_ok(open_instance(p, id, PIN, p->secret, &opened));
	instance_close(&opened);
	assert_err(ERR_DENIED, open_instance(p, id, PIN, lost, &opened));
	pki_close(p);
}

TEST("CERT-7: a browser that lost its secret and got another one with another cert reissues the first there too")
{
	struct pki_world *p = pin_world();
	int64_t one = installed(p), other;
	const char *lost = p->secret;
	struct opened opened;

	p->secret = NULL;
	other = installed(p);
	assert_string_not_equal(lost, p->secret);
	assert_false(cert_opens_here(zhang(p), the_cert(p, one).instance, p->secret));
	assert_true(cert_opens_here(zhang(p), the_cert(p, other).instance, p->secret));
	assert_ok(install(p, one));
	run_ca_lane(p);
	assert_ok(open_instance(p, one, PIN, p->secret, &opened));
	instance_close(&opened);
	assert_ok(open_instance(p, other, PIN, p->secret, &opened));
	instance_close(&opened);
	pki_close(p);
}

/* ---- CERT-10 */

TEST("CERT-10: while a reissue runs the former keys stay in use, then they are superseded in one step")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), former = current_credential(p, id, USE_SM2_SIGN), here = p->device;
	struct bytes old = current_certificate(p, id, USE_SM2_SIGN);
	const char *secret = p->secret, *new_secret;
	struct credential credential;
	enum chain_fault fault;
	struct opened opened;

	another_browser(p);
	assert_ok(install(p, id));
	new_secret = p->secret;
	p->device = here;
	assert_true(the_cert(p, id).usable);
	assert_ok(open_instance(p, id, PIN, secret, &opened));
	instance_close(&opened);
	run_ca_lane(p);
	assert_ok(credential_load(zhang(p), former, &credential));
	assert_false(credential.usable);
	assert_string_equal("cert-revoked", credential.why_not);
	assert_ok(certificate_check(zhang(p), old, &fault));
	assert_int_equal(CHAIN_REVOKED, fault);
	assert_err(ERR_DENIED, open_instance(p, id, PIN, secret, &opened));
	assert_int_equal(2, count(p, "SELECT count(*) FROM certificate WHERE revoked IS NOT NULL AND reason = 4"));
	assert_int_equal(3, count(p, "SELECT count(*) FROM instance_key WHERE state = 2"));
	p->device = the_cert(p, id).device;
	assert_ok(open_instance(p, id, PIN, new_secret, &opened));
	instance_close(&opened);
	pki_close(p);
}

TEST("CERT-10: carried through again after the end, nothing changes")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p), issuance;

	assert_ok(install(p, id));
	issuance = waiting_issuance(p);
	for (int i = 0; i < 3; i++)
		assert_ok(issuance_run(lane(p), issuance));
	assert_int_equal(3, count(p, CERTIFICATES));
	assert_int_equal(1, count(p, "SELECT count(*) FROM message WHERE kind = 6"));
	assert_int_equal(0, count(p, "SELECT count(*) FROM issuance WHERE state = 0"));
	assert_err(ERR_NOT_FOUND, issuance_run(lane(p), 17));
	pki_close(p);
}

/* A CA way that ends its process at the n-th order, before or after it was signed, or answers as told. */
struct odd_way {
	struct ca_way way;
	const struct ca_way *real;
	int orders, at;
	enum odd { DIES_BEFORE, DIES_AFTER, IS_AWAY, REFUSES, MIXES_KEYS, IS_ANOTHER_CA } how;
	struct bytes first;
};

/* The right key under a CA that only calls itself ours. */
static struct bytes sign_elsewhere(struct arena *arena, struct bytes der, int64_t now)
{
	struct issue issue = { .profile = PROFILE_ROOT,
		.subject = { .country = "CN", .common_name = "印信 SM2 内置签发 CA" },
		.not_before = now,
		.not_after = now + DAY };
	struct key *foreign, *certified;
	struct bytes root, out;

	assert_ok(key_make(KEY_SM2, &foreign));
	assert_ok(certificate_public(der, &certified));
	serial_make(issue.serial);
	issue.public_half = foreign;
	assert_ok(ca_issue(arena, &(struct issuer){ .key = foreign }, &issue, &root));
	issue.profile = PROFILE_SIGNING;
	issue.public_half = certified;
	assert_ok(ca_issue(arena, &(struct issuer){ foreign, root }, &issue, &out));
	key_free(&foreign);
	key_free(&certified);
	return out;
}

static enum err odd_issue(
	const struct ca_way *way, struct arena *arena, const struct ca_order *order, struct bytes *der)
{
	struct odd_way *odd = way->state;
	bool now = ++odd->orders == odd->at;
	enum err err;

	if (now && odd->how == DIES_BEFORE)
		_exit(99);
	if (now && odd->how == IS_AWAY)
		return ERR_UNAVAILABLE;
	if (now && odd->how == REFUSES)
		return ERR_DENIED;
	err = odd->real->issue(odd->real, arena, order, der);
	if (odd->orders == 1)
		odd->first = *der;
	if (now && odd->how == MIXES_KEYS)
		*der = odd->first;
	else if (now && odd->how == IS_ANOTHER_CA)
		*der = sign_elsewhere(arena, *der, order->not_before);
	if (now && odd->how == DIES_AFTER)
		_exit(99);
	return err;
}

static struct odd_way *odd_way(struct pki_world *p, enum odd how, int at)
{
	struct odd_way *odd = ARENA_NEW(test_arena(), struct odd_way);

	*odd = (struct odd_way){ .real = p->w->house.ca, .how = how, .at = at };
	odd->way = (struct ca_way){ .name = "odd", .issue = odd_issue, .state = odd };
	return odd;
}

struct running {
	int64_t issuance;
	const struct ca_way *way;
};

/* In a process of its own, whose house has no way to a CA yet. */
static enum err run_alone(struct ctx *ctx, int number, void *arg)
{
	const struct running *r = arg;
	struct house house = *ctx->house;

	(void)number;
	house.ca = r->way;
	ctx->house = &house;
	return issuance_run(ctx, r->issuance);
}

TEST("CERT-10: a lane that dies at any order leaves all as it was, and the next one finishes")
{
	struct pki_world *p = pin_world();

	for (int at = 1; at <= 3; at++) {
		for (int how = DIES_BEFORE; how <= DIES_AFTER; how++) {
			int64_t id = taken(p), before = count(p, CERTIFICATES);
			struct running r = { .way = &odd_way(p, (enum odd)how, at)->way };
			enum err answer;

			assert_ok(install(p, id));
			r.issuance = waiting_issuance(p);
			world_at_once(p->w, 1, run_alone, &r, &answer);
			assert_int_equal(99, answer);
			assert_int_equal(before, count(p, CERTIFICATES));
			assert_int_equal(INSTANCE_ISSUING, the_cert(p, id).state);
			run_ca_lane(p);
			assert_true(the_cert(p, id).usable);
			assert_int_equal(before + 3, count(p, CERTIFICATES));
		}
	}
	pki_close(p);
}

TEST("CERT-10: a middle step that fails anywhere leaves nothing of itself")
{
	static const char *const places[] = { "UPDATE ON issuance", "UPDATE ON instance", "INSERT ON certificate",
		"UPDATE OF certificate ON instance_key", "UPDATE OF revoked ON certificate", "INSERT ON job",
		"INSERT ON message", "INSERT ON oplog", "INSERT ON oplog_new" };
	struct pki_world *p = pin_world();
	int64_t id = installed(p), issuance;

	another_browser(p);
	assert_ok(install(p, id));
	issuance = waiting_issuance(p);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		engine_trigger(arena_printf(test_arena(), "BEFORE %s", places[i]), "true", engine_fails);
		assert_int_not_equal(OK, issuance_run(lane(p), issuance));
		world_tamper(p->w, "SELECT 1"); /* takes the trigger away */
		assert_int_equal(3, count(p, CERTIFICATES));
		assert_int_equal(0, count(p, "SELECT count(*) FROM certificate WHERE revoked IS NOT NULL"));
		assert_int_equal(3, count(p, "SELECT count(*) FROM instance_key WHERE state = 1"));
		assert_int_equal(FREE_REISSUES, the_cert(p, id).free_left);
	}
	run_ca_lane(p);
	assert_int_equal(FREE_REISSUES - 1, the_cert(p, id).free_left);
	assert_int_equal(6, count(p, CERTIFICATES));
	pki_close(p);
}

TEST("CERT-10: two lanes at one issuance store one bundle")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p);
	struct running r = { .way = p->w->house.ca };
	enum err answers[2];

	assert_ok(install(p, id));
	r.issuance = waiting_issuance(p);
	world_at_once(p->w, 2, run_alone, &r, answers);
	assert_ok(answers[0]);
	assert_ok(answers[1]);
	assert_int_equal(3, count(p, CERTIFICATES));
	assert_int_equal(1, count(p, "SELECT count(*) FROM message WHERE kind = 6"));
	pki_close(p);
}

TEST("CERT-10: a CA that is away is asked again; until then nothing has changed")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p), issuance;
	const struct ca_way *real = p->w->house.ca;

	assert_ok(install(p, id));
	issuance = waiting_issuance(p);
	world_metrics(p->w);
	p->w->house.ca = &odd_way(p, IS_AWAY, 2)->way;
	assert_err(ERR_UNAVAILABLE, issuance_run(lane(p), issuance));
	assert_int_equal(issuance, waiting_issuance(p));
	assert_int_equal(1, count(p, "SELECT count(*) FROM issuance WHERE tries = 1 AND error = 'unavailable'"));
	p->w->house.ca = real;
	run_ca_lane(p);
	assert_true(the_cert(p, id).usable);
	assert_true(world_metric(p->w, "yinxin_connector_calls_total{connector=\"ca\"} 5"));
	assert_true(world_metric(p->w, "yinxin_connector_errors_total{connector=\"ca\"} 1")); /* OPS-8 */
	pki_close(p);
}

TEST("CERT-10: where the clock was set back since a cert was taken, it is issued at once and holds from its start on")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p);

	p->w->ctx.now -= HOUR;
	assert_ok(install(p, id));
	run_ca_lane(p);
	assert_int_equal(INSTANCE_ACTIVE, the_cert(p, id).state);
	assert_false(the_cert(p, id).usable);
	p->w->ctx.now += HOUR;
	assert_true(the_cert(p, id).usable);
	assert_int_equal(CHAIN_GOOD, checked(p, current_certificate(p, id, USE_SM2_SIGN)));
	pki_close(p);
}

TEST("CERT-10: an answer for another key, or of another CA, is believed by nobody")
{
	struct pki_world *p = pin_world();
	const struct ca_way *real = p->w->house.ca;
	int64_t id = taken(p);

	assert_ok(install(p, id));
	world_metrics(p->w);
	p->w->house.ca = &odd_way(p, MIXES_KEYS, 2)->way;
	assert_err(ERR_BROKEN, issuance_run(lane(p), waiting_issuance(p)));
	p->w->house.ca = real;
	p->w->house.ca = &odd_way(p, IS_ANOTHER_CA, 1)->way;
	assert_err(ERR_BROKEN, issuance_run(lane(p), waiting_issuance(p)));
	assert_int_equal(0, count(p, CERTIFICATES));
	assert_true(world_metric(p->w, "yinxin_connector_errors_total{connector=\"ca\"} 2"));
	pki_close(p);
}

TEST("CERT-10: a refused first download waits again, a refused reissue keeps its former keys and its count")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p), here;
	const struct ca_way *real = p->w->house.ca;
	struct issuance *list;
	struct opened opened;
	const char *secret;
	size_t n;

	assert_ok(install(p, id));
	p->w->house.ca = &odd_way(p, REFUSES, 3)->way;
	assert_ok(issuance_run(lane(p), waiting_issuance(p)));
	assert_int_equal(INSTANCE_WAITING, the_cert(p, id).state);
	assert_ok(cert_issuances(zhang(p), id, &list, &n));
	assert_int_equal(ISSUANCE_FAILED, list[0].state);
	assert_int_equal(0, count(p, "SELECT count(*) FROM instance_key"));
	assert_int_equal(1, count(p, "SELECT count(*) FROM message WHERE kind = 7"));
	assert_int_equal(1, count(p, "SELECT count(*) FROM oplog WHERE action = 35"));
	p->w->house.ca = real;
	assert_ok(install(p, id));
	run_ca_lane(p);
	secret = p->secret;
	here = p->device;
	another_browser(p);
	assert_ok(install(p, id));
	p->w->house.ca = &odd_way(p, REFUSES, 1)->way;
	assert_ok(issuance_run(lane(p), waiting_issuance(p)));
	assert_int_equal(INSTANCE_ACTIVE, the_cert(p, id).state);
	assert_int_equal(FREE_REISSUES, the_cert(p, id).free_left);
	p->device = here;
	assert_ok(open_instance(p, id, PIN, secret, &opened));
	instance_close(&opened);
	pki_close(p);
}

TEST("CERT-10: the lane believes records, not the intent: revoked, expired and unverified ones get nothing")
{
	static const char *const changes[] = { "UPDATE realname SET state = 1", "UPDATE cert SET ends = starts + 1",
		"UPDATE cert SET revoked = starts", "UPDATE instance SET state = 3",
		"UPDATE instance_key SET request = (SELECT request FROM instance_key WHERE use = 2) WHERE use = 0",
		"UPDATE instance_key SET spki = (SELECT spki FROM instance_key WHERE use = 2) WHERE use = 0" };

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct pki_world *p = pin_world();
		int64_t id = taken(p);

		assert_ok(install(p, id));
		world_tamper(p->w, changes[i]);
		world_pass(p->w, 2);
		assert_ok(issuance_run(lane(p), waiting_issuance(p)));
		assert_int_equal(0, count(p, CERTIFICATES));
		assert_int_equal(1, count(p, "SELECT count(*) FROM issuance WHERE state = 2"));
		pki_close(p);
		unlink(path_join(test_arena(), p->w->data, "db/yinxin.db"));
		unlink(path_join(test_arena(), p->w->data, "db/yinxin.db-wal"));
		unlink(path_join(test_arena(), p->w->data, "db/yinxin.db-shm"));
		assert_int_equal(0,
			rename(path_join(test_arena(), p->w->data, "keys"),
				path_join(test_arena(), p->w->data, arena_printf(test_arena(), "keys-%zu", i))));
	}
}

TEST("CERT-10: an org that is frozen, or a holder who has left it, gets nothing")
{
	struct pki_world *p = pin_world();
	int64_t org, id = org_cert(p, &org);

	assert_ok(install(p, id));
	world_tamper(p->w, "UPDATE org SET state = 2");
	assert_ok(issuance_run(lane(p), waiting_issuance(p)));
	world_tamper(p->w, "UPDATE org SET state = 1");
	assert_ok(install(p, id));
	world_tamper(p->w, "UPDATE member SET ended = 1");
	assert_ok(issuance_run(lane(p), waiting_issuance(p)));
	assert_int_equal(0, count(p, CERTIFICATES));
	assert_int_equal(2, count(p, "SELECT count(*) FROM issuance WHERE state = 2"));
	pki_close(p);
}

TEST("CERT-10: at the day's alarm limit issuing stops, and goes on the day after")
{
	struct pki_world *p = pki_world_with((const char *const[]){ "limits.issue_day_alarm=1", NULL });
	int64_t one, other;

	assert_ok(pin_set(zhang(p), &p->keys, PIN, PIN));
	one = installed(p);
	other = taken(p);
	assert_ok(install(p, other));
	assert_err(ERR_LIMITED, issuance_run(lane(p), waiting_issuance(p)));
	assert_true(the_cert(p, one).usable);
	assert_int_equal(INSTANCE_ISSUING, the_cert(p, other).state);
	world_pass(p->w, DAY);
	run_ca_lane(p);
	assert_true(the_cert(p, other).usable);
	pki_close(p);
}
