/* What was ordered is what the ca lane carries out (CERT-10): somebody who can write to the database, but has no key,
 * orders nothing in another's name. */
#include "tests/unit/core/pki_world.h"

#define CERTIFICATES "SELECT count(*) FROM certificate WHERE role = 0"

static void tamper(struct pki_world *p, const char *set, const char *value)
{
	world_tamper(p->w, arena_printf(test_arena(), "UPDATE %s %s", set, value));
}

/* A key and request of somebody's own, as columns to set. */
static const char *own_key(void)
{
	struct bytes spki, request;
	struct key *key;

	assert_ok(key_make(KEY_SM2, &key));
	assert_ok(key_public_der(key, test_arena(), &spki));
	assert_ok(request_make(key, test_arena(), &(struct subject){ .holder = "1" }, &request));
	key_free(&key);
	return arena_printf(test_arena(), "spki = x'%s', request = x'%s' WHERE use = 0 AND state = 0",
		hex_encode(test_arena(), spki), hex_encode(test_arena(), request));
}

TEST("CERT-10: an order whose box, key, person, device or instance was changed in the database is refused and named")
{
	static const struct {
		const char *set, *value; /* NULL: a key of one's own */
	} changes[] = {
		{ "issuance SET",
			"box_public = x'0900000000000000000000000000000000000000000000000000000000000000' "
			"WHERE state = 0" },
		{ "instance_key SET", NULL },
		{ "instance SET", "holder = 'abcdefghijklmnop'" },
		{ "issuance SET", "device = device + 1 WHERE state = 0" },
		{ "issuance SET", "intent_mac = zeroblob(32) WHERE state = 0" },
		{ "issuance SET", "intent_mac = x'' WHERE state = 0" },
		{ "issuance SET",
			"instance = (SELECT n.id FROM instance n WHERE n.id <> issuance.instance) "
			"WHERE state = 0" },
	};

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct pki_world *p = pin_world();
		int64_t id = installed(p), made, failed;

		installed(p);
		made = world_count(p->w, CERTIFICATES);
		another_browser(p);
		assert_ok(install(p, id));
		tamper(p, changes[i].set, changes[i].value ? changes[i].value : own_key());
		run_ca_lane(p);
		failed = world_count(p->w,
			"SELECT count(*) FROM issuance WHERE state = 2 AND "
			"error = 'it was not ordered like this'");
		assert_int_equal(1, failed);
		assert_int_equal(made, world_count(p->w, CERTIFICATES));
		assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 36"));
		pki_close(p);
	}
}

TEST("CERT-10: an order that nobody gave is not carried out")
{
	struct pki_world *p = pin_world();
	int64_t made;

	installed(p);
	made = world_count(p->w, CERTIFICATES);
	world_tamper(p->w,
		"INSERT INTO issuance (id, instance, kind, state, device, box_public, box_private, intent_mac, made, "
		"tries) "
		"SELECT id + 1, instance, 1, 0, device, box_public, x'00', intent_mac, made, 0 FROM issuance; "
		"INSERT INTO instance_key SELECT id + 9, instance, issuance + 1, use, kind, 0, spki, request, sealed, "
		"recovery, NULL "
		"FROM instance_key; UPDATE instance SET state = 1");
	assert_ok(issuance_run(as_cli(p->w), world_count(p->w, "SELECT max(id) FROM issuance")));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM issuance WHERE state = 2"));
	assert_int_equal(made, world_count(p->w, CERTIFICATES));
	pki_close(p);
}
