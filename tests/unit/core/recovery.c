#include <unistd.h>
#include "base/file.h"
#include "core/bundle.h"
#include "tests/unit/core/pki_world.h"

static enum err settle(struct ctx *ctx, void *arg)
{
	(void)arg;
	return pin_settle(ctx);
}

/* The box of a cert's instance, opened with the password and a device's secret. */
static enum err open_box(struct pki_world *p, int64_t cert, const char *secret, unsigned char box[BOX_PRIVATE_LEN])
{
	int64_t instance = the_cert(p, cert).instance;
	struct bytes box_public, box_private;
	unsigned char account_key[KEY_LEN];

	TRY(pin_open(zhang(p), &p->keys, PIN, account_key));
	TRY(ctx_transaction(&p->w->ctx, settle, NULL));
	TRY(store_one(p->w->ctx.store, "SELECT box_public, box_private FROM instance WHERE id = $1", V(instance),
		INTO(&box_public), INTO(&box_private)));
	return bundle_unlock(&p->w->ctx, instance, box_public, box_private, account_key, secret, box);
}

static struct bundle_key row_of(struct pki_world *p, int64_t credential)
{
	struct bundle_key row = { .id = credential };

	assert_ok(store_one(p->w->ctx.store, "SELECT spki, sealed, recovery FROM instance_key WHERE id = $1",
		V(credential), INTO(&row.spki), INTO(&row.sealed), INTO(&row.recovery)));
	return row;
}

/* Whether the row's private half comes out of that box, and is that of the row's public half. */
static bool opens(struct pki_world *p, const unsigned char box[BOX_PRIVATE_LEN], int64_t credential)
{
	struct bundle_key row = row_of(p, credential);
	struct bytes spki;
	struct key *key;
	bool same;

	if (bundle_key_open(zhang(p), box, credential, row.sealed, &key) != OK)
		return false;
	assert_ok(key_public_der(key, test_arena(), &spki));
	same = bytes_equal(spki, row.spki);
	key_free(&key);
	return same;
}

static int64_t encryption_key(struct pki_world *p, int64_t cert)
{
	return current_credential(p, cert, USE_SM2_ENCRYPT);
}

static void reissue(struct pki_world *p, int64_t cert)
{
	another_browser(p);
	assert_ok(install(p, cert));
	run_ca_lane(p);
	assert_true(the_cert(p, cert).usable);
	assert_true(the_cert(p, cert).here);
}

#define RECORDS  "SELECT count(*) FROM oplog WHERE action = 36 AND actor_kind = 4 AND result = 0"
#define MESSAGES "SELECT count(*) FROM message WHERE kind = 14"

TEST("CERT-12: after a reissue on another device each former encryption key opens there, and with the old secret none")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), keys[3] = { encryption_key(p, id) };
	unsigned char box[BOX_PRIVATE_LEN], old_box[BOX_PRIVATE_LEN];
	struct bundle_key before = row_of(p, keys[0]);

	for (int n = 1; n < 3; n++) {
		const char *old_secret = p->secret;

		assert_ok(open_box(p, id, old_secret, old_box));
		reissue(p, id);
		keys[n] = encryption_key(p, id);
		assert_int_not_equal(keys[n - 1], keys[n]);
		assert_err(ERR_BROKEN, open_box(p, id, old_secret, box));
		assert_ok(open_box(p, id, p->secret, box));
		for (int i = 0; i <= n; i++) {
			assert_true(opens(p, box, keys[i]));
			assert_false(opens(p, old_box, keys[i]));
		}
	}
	assert_true(bytes_equal(before.recovery, row_of(p, keys[0]).recovery));
	assert_int_equal(2, world_count(p->w, "SELECT count(*) FROM instance_key WHERE use = 1 AND state = 2"));
	pki_close(p);
}

TEST("CERT-6: a reissue moves encryption keys alone: former signing keys open nowhere anew")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), signing = current_credential(p, id, USE_SM2_SIGN);
	struct bytes sealed = row_of(p, signing).sealed;
	unsigned char box[BOX_PRIVATE_LEN];

	reissue(p, id);
	assert_true(bytes_equal(sealed, row_of(p, signing).sealed));
	assert_ok(open_box(p, id, p->secret, box));
	assert_false(opens(p, box, signing));
	pki_close(p);
}

TEST("CERT-6: each use of the recovery key is a record and a message to the owner; a first download uses none")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), next;
	struct oplog_filter filter = { .object_kind = OBJECT_CERT, .object = id };
	struct oplog_page page;
	struct message *list;
	size_t count;

	assert_int_equal(0, world_count(p->w, RECORDS));
	assert_int_equal(0, world_count(p->w, MESSAGES));
	reissue(p, id);
	assert_int_equal(1, world_count(p->w, RECORDS));
	assert_int_equal(1, world_count(p->w, MESSAGES));
	filter.action_low = filter.action_high = OPLOG_CERT_KEYS_MOVED;
	assert_ok(oplog_list(zhang(p), &filter, &page));
	assert_int_equal(1, page.count);
	assert_int_equal(the_cert(p, id).instance, page.rows[0].instance);
	assert_ok(message_list(zhang(p), false, 0, MESSAGE_PAGE, &list, &count, &next));
	for (size_t i = 0; i < count; i++) {
		if (list[i].kind != MESSAGE_CERT_KEYS_MOVED)
			continue;
		assert_int_equal(id, list[i].object);
		assert_string_equal(the_cert(p, id).item_name, list[i].words[0]);
		assert_string_equal("张三", list[i].words[1]);
		assert_string_equal(the_cert(p, id).device_name, list[i].words[2]);
	}
	pki_close(p);
}

TEST("CERT-6: of an org's cert its legal representative hears too, and once where it is the owner")
{
	struct pki_world *p = pin_world();
	int64_t org, id = org_cert(p, &org);

	assert_ok(install(p, id));
	run_ca_lane(p);
	reissue(p, id);
	assert_int_equal(1, world_count(p->w, MESSAGES));
	world_tamper(p->w, "UPDATE member SET role = 2");
	assert_ok(member_join(as_cli(p->w), org, another_person(p), ROLE_LEGAL_REP));
	reissue(p, id);
	assert_int_equal(3, world_count(p->w, MESSAGES));
	assert_int_equal(3,
		world_count(p->w,
			arena_printf(test_arena(), MESSAGES " AND org = %lld AND object = %lld", (long long)org,
				(long long)id)));
	assert_int_equal(
		1, world_count(p->w, arena_printf(test_arena(), MESSAGES " AND account = %lld", (long long)p->other)));
	assert_int_equal(2, world_count(p->w, RECORDS));
	pki_close(p);
}

TEST("CERT-12: a key whose recovery copy does not open keeps nobody from a reissue, and the others are moved")
{
	static const char *const changes[] = { "recovery = NULL", "recovery = x'00'",
		"recovery = (SELECT k.recovery FROM instance_key k WHERE k.use = 1 AND k.id <> instance_key.id "
		"ORDER BY k.id LIMIT 1)",
		"recovery = zeroblob(length(recovery))", "certificate = NULL",
		"certificate = (SELECT k.certificate FROM instance_key k WHERE k.use = 1 AND k.id <> instance_key.id "
		"ORDER BY k.id LIMIT 1)",
		"spki = (SELECT k.spki FROM instance_key k WHERE k.use = 0 AND k.instance = instance_key.instance "
		"ORDER BY k.id LIMIT 1)" };
	struct pki_world *p = pin_world();
	int64_t id = installed(p), broken = encryption_key(p, id), other;
	int64_t certificate = world_count(p->w, "SELECT certificate FROM instance_key WHERE use = 1");
	struct bundle_key before = row_of(p, broken);
	unsigned char box[BOX_PRIVATE_LEN];

	reissue(p, id); /* a second one, that is whole */
	other = encryption_key(p, id);
	before.sealed = row_of(p, broken).sealed;
	world_tamper(p->w, "UPDATE instance SET free_left = 9");
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		const char *hex = hex_encode(test_arena(), before.recovery);

		world_tamper(p->w,
			arena_printf(test_arena(),
				"UPDATE instance_key SET recovery = x'%s', certificate = %lld WHERE id = %lld; "
				"UPDATE instance_key SET %s WHERE id = %lld",
				hex, (long long)certificate, (long long)broken, changes[i], (long long)broken));
		world_pass(p->w, DAY); /* a number is sent few codes a day */
		reissue(p, id);
		assert_true(bytes_equal(before.sealed, row_of(p, broken).sealed));
		assert_ok(open_box(p, id, p->secret, box));
		assert_true(opens(p, box, other));
		assert_int_equal(2 + (int)i, world_count(p->w, RECORDS));
	}
	pki_close(p);
}

/* Somebody who can write to the database brings a key's row under an instance of his own, and what names the owner with
 * it, as far as rows can say it. */
TEST("CERT-6: a key's row that was moved to another instance is not sealed to that one's box")
{
	for (int with_holder = 0; with_holder < 2; with_holder++) {
		struct pki_world *p = pin_world();
		int64_t one = installed(p), other = installed(p), key = encryption_key(p, one);
		long long victim = the_cert(p, one).instance, own = the_cert(p, other).instance;
		struct bytes sealed = row_of(p, key).sealed;

		world_tamper(p->w,
			arena_printf(test_arena(), "UPDATE instance_key SET instance = %lld, state = 2 WHERE id = %lld",
				own, (long long)key));
		if (with_holder)
			world_tamper(p->w,
				arena_printf(test_arena(),
					"UPDATE instance SET holder = (SELECT n.holder FROM instance n WHERE n.id = "
					"%lld) WHERE id = %lld",
					victim, own));
		reissue(p, other);
		assert_true(bytes_equal(sealed, row_of(p, key).sealed));
		/* its own key went on, where it is still named as its holder */
		assert_int_equal(!with_holder, world_count(p->w, RECORDS));
		pki_close(p);
	}
}

TEST("CERT-6: another person who takes the instance itself over by its row gets none of its former keys")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), key = encryption_key(p, id);
	struct bytes sealed = row_of(p, key).sealed;

	another_person(p);
	world_tamper(p->w,
		arena_printf(test_arena(), "UPDATE cert SET account = %lld; UPDATE instance SET account = %lld",
			(long long)p->other, (long long)p->other));
	p->account = p->other;
	reissue(p, id);
	assert_true(bytes_equal(sealed, row_of(p, key).sealed));
	assert_int_equal(0, world_count(p->w, RECORDS));
	pki_close(p);
}

TEST("CERT-6: once an instance holds its box nothing else does, and a refused issuance keeps none")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);

	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM issuance WHERE box_private IS NOT NULL"));
	another_browser(p);
	assert_ok(install(p, id));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM issuance WHERE box_private IS NOT NULL"));
	run_ca_lane(p);
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM issuance WHERE box_private IS NOT NULL"));
	another_browser(p);
	assert_ok(install(p, id));
	world_tamper(p->w, "UPDATE cert SET revoked = 1");
	run_ca_lane(p);
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM issuance WHERE state = 2"));
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM issuance WHERE box_private IS NOT NULL"));
	pki_close(p);
}

TEST("CERT-12: a lane without the recovery key reissues; nothing is moved and nothing recorded as if it were")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), former = encryption_key(p, id);
	struct bytes sealed = row_of(p, former).sealed;
	unsigned char box[BOX_PRIVATE_LEN];

	p->w->house.recovery = NULL;
	reissue(p, id);
	assert_true(bytes_equal(sealed, row_of(p, former).sealed));
	assert_int_equal(0, world_count(p->w, RECORDS));
	p->w->house.recovery = authority_recovery(p->authority);
	reissue(p, id); /* the copy was kept: the next one moves both */
	assert_ok(open_box(p, id, p->secret, box));
	assert_true(opens(p, box, former));
	pki_close(p);
}

static struct ctx *lane(struct pki_world *p)
{
	struct ctx *ctx = as(p->w, 0);

	ctx->actor.kind = ACTOR_SYSTEM;
	ctx->device = 0;
	return ctx;
}

static int64_t reissue_waiting(struct pki_world *p, int64_t cert)
{
	another_browser(p);
	assert_ok(install(p, cert));
	return world_count(p->w, "SELECT id FROM issuance WHERE state = 0");
}

TEST("CERT-12: a middle step that fails moves nothing, the next run all of it, and further ones nothing more")
{
	static const char *const places[][2] = { { "BEFORE UPDATE OF sealed ON instance_key", "true" },
		{ "BEFORE INSERT ON message", "NEW.kind = 14" }, { "BEFORE INSERT ON oplog", "NEW.action = 36" } };
	struct pki_world *p = pin_world();
	int64_t id = installed(p), former = encryption_key(p, id), issuance = reissue_waiting(p, id);
	struct bytes sealed = row_of(p, former).sealed;
	unsigned char box[BOX_PRIVATE_LEN];

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		engine_trigger(places[i][0], places[i][1], engine_fails);
		assert_int_not_equal(OK, issuance_run(lane(p), issuance));
		world_tamper(p->w, "SELECT 1"); /* takes the trigger away */
		assert_true(bytes_equal(sealed, row_of(p, former).sealed));
		assert_int_equal(0, world_count(p->w, MESSAGES));
		assert_int_equal(former, encryption_key(p, id));
	}
	assert_ok(issuance_run(lane(p), issuance));
	sealed = row_of(p, former).sealed;
	for (int i = 0; i < 2; i++)
		assert_ok(issuance_run(lane(p), issuance));
	assert_true(bytes_equal(sealed, row_of(p, former).sealed));
	assert_int_equal(1, world_count(p->w, RECORDS));
	assert_int_equal(1, world_count(p->w, MESSAGES));
	assert_ok(open_box(p, id, p->secret, box));
	assert_true(opens(p, box, former));
	pki_close(p);
}

struct running {
	int64_t issuance;
	const struct house *house;
};

/* In a process of its own, with the lane's keys. */
static enum err run_alone(struct ctx *ctx, int number, void *arg)
{
	const struct running *r = arg;
	struct house house = *ctx->house;

	(void)number;
	house.ca = r->house->ca;
	house.recovery = r->house->recovery;
	ctx->house = &house;
	return issuance_run(ctx, r->issuance);
}

TEST("CERT-12: two lanes at one reissue move a key once")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), former = encryption_key(p, id);
	struct running r = { reissue_waiting(p, id), &p->w->house };
	unsigned char box[BOX_PRIVATE_LEN];
	enum err answers[2];

	world_at_once(p->w, 2, run_alone, &r, answers);
	assert_ok(answers[0]);
	assert_ok(answers[1]);
	assert_ok(open_box(p, id, p->secret, box));
	assert_true(opens(p, box, former));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 36"));
	pki_close(p);
}

TEST("CERT-6: the ca lane does not start without the recovery key")
{
	struct pki_world *p = pki_world();
	struct authority *authority = NULL;
	const char *why = "";

	assert_int_equal(0, unlink(path_join(test_arena(), p->w->data, "keys/ca/recovery.key")));
	assert_err(ERR_NOT_FOUND, authority_open(as_cli(p->w), &authority, &why));
	assert_non_null(strstr(why, "recovery.key"));
	assert_null(authority);
	pki_close(p);
}
