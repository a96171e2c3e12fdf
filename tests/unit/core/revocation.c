#include "tests/unit/core/pki_world.h"
#include "trust/ca.h"

static bool publish(struct pki_world *p)
{
	struct ctx *ctx = as(p->w, 0);
	bool published;

	ctx->actor.kind = ACTOR_SYSTEM;
	assert_ok(revocation_publish(ctx, p->authority, &published));
	zhang(p);
	return published;
}

static enum chain_fault chain_with_crl(struct pki_world *p, struct bytes leaf, enum key_kind hierarchy)
{
	struct bytes issuing = authority_der(p, CERTIFICATE_ISSUING, hierarchy);
	struct bytes root = authority_der(p, CERTIFICATE_ROOT, hierarchy), list = newest_crl(p, hierarchy);

	return chain_check(leaf, &issuing, 1, &root, 1, &list, 1, p->w->ctx.now);
}

TEST("CERT-13: revoking ends cert, instance and certificates, once, with message and record; the list follows at once")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	struct bytes sm2 = current_certificate(p, id, USE_SM2_SIGN), p256 = current_certificate(p, id, USE_THIRD_SIGN);
	struct bytes encryption = current_certificate(p, id, USE_SM2_ENCRYPT);

	assert_int_equal(CHAIN_GOOD, chain_with_crl(p, sm2, KEY_SM2));
	assert_int_equal(CHAIN_GOOD, chain_with_crl(p, p256, KEY_P256));
	assert_false(publish(p));
	assert_err(ERR_INVALID, cert_revoke(zhang(p), id, 6));
	assert_ok(cert_revoke(zhang(p), id, 1));
	assert_int_equal(INSTANCE_REVOKED, the_cert(p, id).state);
	assert_int_equal(CHAIN_REVOKED, checked(p, sm2));
	assert_int_equal(CHAIN_GOOD, chain_with_crl(p, sm2, KEY_SM2));
	run_ca_lane(p);
	assert_int_equal(CHAIN_REVOKED, chain_with_crl(p, sm2, KEY_SM2));
	assert_int_equal(CHAIN_REVOKED, chain_with_crl(p, encryption, KEY_SM2));
	assert_int_equal(CHAIN_REVOKED, chain_with_crl(p, p256, KEY_P256));
	assert_int_equal(3, world_count(p->w, "SELECT count(*) FROM certificate WHERE reason = 1"));
	assert_err(ERR_CONFLICT, cert_revoke(zhang(p), id, 1));
	assert_string_equal("cert-revoked-already", p->w->ctx.fault.word);
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM message WHERE kind = 8"));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 34"));
	assert_err(ERR_DENIED, install(p, id));
	pki_close(p);
}

TEST("CERT-13: an issuance under way ends without certificates when its cert is revoked")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p);

	assert_ok(install(p, id));
	assert_ok(cert_revoke(zhang(p), id, 5));
	run_ca_lane(p);
	assert_int_equal(INSTANCE_REVOKED, the_cert(p, id).state);
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM certificate WHERE role = 0"));
	pki_close(p);
}

TEST("CERT-13: an org's cert is revoked by who took it or its legal representative, by no other admin or member")
{
	struct pki_world *p = pin_world();
	int64_t org, id = org_cert(p, &org), item = trial_item(p, CERT_ORG), theirs, own;

	another_person(p);
	assert_ok(member_join(as_cli(p->w), org, p->other, ROLE_ADMIN));
	as(p->w, p->other)->org = org;
	assert_err(ERR_DENIED, cert_revoke(&p->w->ctx, id, 0));
	assert_string_equal("cert-not-yours", p->w->ctx.fault.word);
	assert_ok(cert_take(&p->w->ctx, item, true, &theirs));
	assert_ok(cert_take(&p->w->ctx, item, true, &own));
	assert_ok(cert_revoke(&p->w->ctx, own, 0));
	assert_ok(cert_revoke(zhang(p), theirs, 0));
	pki_close(p);
}

TEST("CERT-13: a list is 12 hours old at most, good for 24, and its number rises")
{
	struct pki_world *p = pki_world();
	struct bytes issuing = authority_der(p, CERTIFICATE_ISSUING, KEY_SM2), list = newest_crl(p, KEY_SM2);
	struct bytes root = authority_der(p, CERTIFICATE_ROOT, KEY_SM2),
		     responder = authority_der(p, CERTIFICATE_OCSP, KEY_SM2);

	p->w->ctx.now = world_count(p->w, "SELECT max(this_update) FROM crl");
	world_pass(p->w, 12 * (int64_t)HOUR - 1);
	assert_false(publish(p));
	world_pass(p->w, 1);
	assert_true(publish(p));
	assert_false(publish(p));
	assert_int_equal(2, world_count(p->w, "SELECT max(number) FROM crl WHERE hierarchy = 0"));
	assert_int_equal(2, world_count(p->w, "SELECT max(number) FROM crl WHERE hierarchy = 1"));
	world_pass(p->w, 12 * (int64_t)HOUR - 2 * SECOND);
	assert_int_equal(CHAIN_GOOD, chain_check(responder, &issuing, 1, &root, 1, &list, 1, p->w->ctx.now));
	world_pass(p->w, 4 * SECOND);
	assert_int_equal(CHAIN_BAD_CRL, chain_check(responder, &issuing, 1, &root, 1, &list, 1, p->w->ctx.now));
	pki_close(p);
}

static int64_t newest_update(struct pki_world *p)
{
	return world_count(p->w, "SELECT this_update FROM crl WHERE hierarchy = 0 ORDER BY number DESC LIMIT 1");
}

TEST("CERT-13: where the clock was set back, a list that holds only from later on is followed by one that holds now")
{
	struct pki_world *p = pki_world();

	p->w->ctx.now = newest_update(p) + 12 * (int64_t)HOUR;
	assert_true(publish(p));
	p->w->ctx.now -= HOUR;
	assert_true(publish(p));
	assert_int_equal(p->w->ctx.now, newest_update(p));
	assert_false(publish(p));
	pki_close(p);
}

static bool is_listed(struct pki_world *p, struct bytes certificate)
{
	struct bytes list = newest_crl(p, KEY_SM2), serial;
	struct certificate info;

	assert_ok(certificate_read(test_arena(), certificate, &info));
	assert_true(hex_decode(test_arena(), info.serial, &serial));
	return memmem(list.data, list.len, serial.data, serial.len) != NULL;
}

TEST("CERT-13: old lists go, revoked certificates leave the list a day after their end")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	struct bytes der = current_certificate(p, id, USE_SM2_SIGN);

	assert_false(is_listed(p, der));
	assert_ok(cert_revoke(zhang(p), id, 0));
	run_ca_lane(p);
	assert_true(is_listed(p, der));
	p->w->ctx.now = the_cert(p, id).ends + HOUR;
	assert_true(publish(p));
	assert_true(is_listed(p, der));
	world_pass(p->w, DAY);
	assert_true(publish(p));
	assert_false(is_listed(p, der));
	assert_int_equal(4, world_count(p->w, "SELECT count(*) FROM crl"));
	pki_close(p);
}

TEST("CERT-13: a responder's certificate is renewed 10 days before its end, for the key it has")
{
	struct pki_world *p = pki_world();
	struct bytes first = authority_der(p, CERTIFICATE_OCSP, KEY_P256), second;
	struct key *before, *after, *own;
	const char *why;

	world_pass(p->w, 19 * (int64_t)DAY);
	publish(p);
	assert_true(bytes_equal(first, authority_der(p, CERTIFICATE_OCSP, KEY_P256)));
	world_pass(p->w, DAY);
	assert_true(publish(p));
	second = authority_der(p, CERTIFICATE_OCSP, KEY_P256);
	assert_false(bytes_equal(first, second));
	assert_ok(certificate_public(first, &before));
	assert_ok(certificate_public(second, &after));
	assert_ok(ocsp_key_read(test_arena(), &p->w->settings, KEY_P256, &own, &why));
	assert_true(key_same_public(before, after));
	assert_true(key_same_public(own, after));
	assert_int_equal(CHAIN_GOOD, checked(p, second));
	key_free(&before);
	key_free(&after);
	key_free(&own);
	pki_close(p);
}

TEST("CERT-13: the state of a serial, by hierarchy; one that we never issued is not found")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), revoked;
	struct certificate info;
	struct bytes serial;
	int reason;

	assert_ok(certificate_read(test_arena(), current_certificate(p, id, USE_SM2_SIGN), &info));
	assert_true(hex_decode(test_arena(), info.serial, &serial));
	assert_int_equal(20, serial.len);
	assert_ok(certificate_state(zhang(p), KEY_SM2, serial, &revoked, &reason));
	assert_int_equal(0, revoked);
	assert_err(ERR_NOT_FOUND, certificate_state(zhang(p), KEY_P256, serial, &revoked, &reason));
	assert_ok(cert_revoke(zhang(p), id, 3));
	assert_ok(certificate_state(zhang(p), KEY_SM2, serial, &revoked, &reason));
	assert_int_equal(p->w->ctx.now, revoked);
	assert_int_equal(3, reason);
	assert_err(ERR_NOT_FOUND,
		certificate_state(zhang(p), KEY_SM2, BYTES_OF("12345678901234567890"), &revoked, &reason));
	pki_close(p);
}
