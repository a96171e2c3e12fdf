#include "base/key_file.h"
#include "core/bundle.h"
#include "tests/unit/core/pki_world.h"
#include "trust/ca.h"

TEST("CERT-2: a cert is taken with its agreement, and its time runs from then, installed or not")
{
	struct pki_world *p = pki_world();
	int64_t id, item = trial_item(p, CERT_PERSONAL), from = p->w->ctx.now;
	struct cert cert, *list;
	size_t count;

	assert_err(ERR_INVALID, cert_take(zhang(p), item, false, &id));
	assert_string_equal("agree", p->w->ctx.fault.field);
	assert_ok(cert_take(zhang(p), item, true, &id));
	cert = the_cert(p, id);
	assert_int_equal(from, cert.starts);
	assert_int_equal(from + 365 * (int64_t)DAY, cert.ends); /* 2026-11-24 to 2027-11-24 */
	assert_int_equal(INSTANCE_WAITING, cert.state);
	assert_int_equal(FREE_REISSUES, cert.free_left);
	assert_false(cert.usable);
	assert_ok(cert_list(zhang(p), 0, &list, &count));
	assert_int_equal(1, count);
	assert_int_equal(1,
		world_count(p->w, "SELECT count(*) FROM agreement_yes WHERE agreement = (SELECT agreement FROM cert)"));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 30"));
	pki_close(p);
}

TEST("CERT-2: nothing that is not on sale, costs money or is unknown is taken; nobody takes without a real name")
{
	struct pki_world *p = pki_world();
	int64_t id, item = trial_item(p, CERT_PERSONAL);

	assert_err(ERR_NOT_FOUND, cert_take(zhang(p), 17, true, &id));
	world_tamper(p->w, "UPDATE catalogue_item SET price = 100");
	assert_err(ERR_DENIED, cert_take(zhang(p), item, true, &id));
	assert_string_equal("item-not-free", p->w->ctx.fault.word);
	world_tamper(p->w, "UPDATE catalogue_item SET price = 0, on_sale = 0");
	assert_err(ERR_NOT_FOUND, cert_take(zhang(p), item, true, &id));
	world_tamper(p->w, "UPDATE catalogue_item SET on_sale = 1");
	world_account(p->w, LI);
	assert_err(ERR_DENIED, cert_take(&p->w->ctx, item, true, &id));
	assert_string_equal("realname-needed", p->w->ctx.fault.word);
	pki_close(p);
}

TEST("CERT-2: one person has 20 certs in force at most")
{
	struct pki_world *p = pki_world();
	int64_t id, item = trial_item(p, CERT_PERSONAL);

	for (int i = 0; i < 20; i++)
		assert_ok(cert_take(zhang(p), item, true, &id));
	assert_err(ERR_LIMITED, cert_take(zhang(p), item, true, &id));
	assert_ok(cert_revoke(zhang(p), id, 0));
	assert_ok(cert_take(zhang(p), item, true, &id));
	pki_close(p);
}

TEST("HOME-1: the foremost cert is the one that can be used, else the newest, of this person alone")
{
	struct pki_world *p = pin_world();
	int64_t first, second, org;
	struct cert cert;

	assert_ok(cert_foremost(zhang(p), &cert));
	assert_int_equal(0, cert.id);
	(void)org_cert(p, &org);
	assert_ok(cert_foremost(zhang(p), &cert));
	assert_int_equal(0, cert.id);
	first = installed(p);
	assert_ok(cert_take(zhang(p), trial_item(p, CERT_PERSONAL), true, &second));
	assert_ok(cert_foremost(zhang(p), &cert));
	assert_int_equal(first, cert.id);
	assert_true(cert.usable);
	assert_int_equal(the_cert(p, first).ends, cert.ends);
	assert_int_equal(the_cert(p, first).issuance, cert.issuance);
	assert_ok(cert_revoke(zhang(p), first, 0));
	assert_ok(cert_foremost(zhang(p), &cert));
	assert_int_equal(second, cert.id);
	assert_int_equal(INSTANCE_WAITING, cert.state);
	another_person(p);
	assert_ok(cert_foremost(as(p->w, p->other), &cert));
	assert_int_equal(0, cert.id);
	pki_close(p);
}

TEST("CERT-3: an org's cert is taken by its legal representative or admin alone, and seen by nobody outside")
{
	struct pki_world *p = pin_world();
	int64_t org, id, cert = org_cert(p, &org), item = trial_item(p, CERT_ORG);
	struct cert seen, *list;
	size_t count;

	seen = the_cert(p, cert);
	assert_int_equal(org, seen.org);
	assert_string_equal("福州印信贸易有限公司", seen.org_name);
	assert_int_not_equal(0, seen.instance);
	another_person(p);
	as(p->w, p->other)->org = org;
	assert_err(ERR_NOT_FOUND, cert_take(&p->w->ctx, item, true, &id));
	assert_err(ERR_NOT_FOUND, cert_load(&p->w->ctx, cert, &seen));
	assert_err(ERR_NOT_FOUND, cert_list(&p->w->ctx, org, &list, &count));
	assert_ok(member_join(as_cli(p->w), org, p->other, ROLE_MEMBER));
	as(p->w, p->other)->org = org;
	assert_err(ERR_DENIED, cert_take(&p->w->ctx, item, true, &id));
	assert_err(ERR_NOT_FOUND, cert_load(&p->w->ctx, cert, &seen));
	assert_ok(cert_list(&p->w->ctx, org, &list, &count));
	assert_int_equal(0, count);
	pki_close(p);
}

TEST("CERT-3: another's personal cert is nobody's business")
{
	struct pki_world *p = pin_world();
	int64_t cert = installed(p);
	struct bytes chain[3], one = current_certificate(p, cert, USE_SM2_SIGN);
	struct cert_file *files;
	struct issuance *issuances;
	struct opened opened;
	unsigned char key[KEY_LEN];
	int64_t instance = the_cert(p, cert).instance, file;
	size_t count;
	struct cert seen;

	assert_ok(cert_files(zhang(p), cert, &files, &count));
	file = files[0].id;
	assert_ok(cert_chain(zhang(p), file, chain));
	assert_true(bytes_equal(one, chain[0]));
	another_person(p);
	as(p->w, p->other);
	assert_err(ERR_NOT_FOUND, cert_load(&p->w->ctx, cert, &seen));
	assert_err(ERR_NOT_FOUND, cert_files(&p->w->ctx, cert, &files, &count));
	assert_err(ERR_NOT_FOUND, cert_issuances(&p->w->ctx, cert, &issuances, &count));
	assert_err(ERR_NOT_FOUND, cert_chain(&p->w->ctx, file, chain));
	assert_err(ERR_NOT_FOUND, cert_revoke(&p->w->ctx, cert, 0));
	assert_ok(pin_open(&p->w->ctx, &p->keys, PIN, key));
	assert_err(ERR_NOT_FOUND,
		instance_open(&p->w->ctx, instance, (struct named_keys){ NULL, 0 }, key, p->secret, &opened));
	pki_close(p);
}

TEST("CERT-4: installing makes the keys, the ca lane issues, and the instance is usable on this device")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p);
	struct issuance *issuances;
	struct cert_file *files;
	size_t count;
	struct cert cert;

	assert_ok(install(p, id));
	assert_non_null(p->secret);
	cert = the_cert(p, id);
	assert_int_equal(INSTANCE_ISSUING, cert.state);
	assert_false(cert.usable);
	assert_err(ERR_CONFLICT, install(p, id));
	assert_string_equal("cert-issuing", p->w->ctx.fault.word);
	run_ca_lane(p);
	cert = the_cert(p, id);
	assert_int_equal(INSTANCE_ACTIVE, cert.state);
	assert_true(cert.usable);
	assert_true(cert.here);
	assert_int_equal(FREE_REISSUES, cert.free_left);
	assert_ok(cert_issuances(zhang(p), id, &issuances, &count));
	assert_int_equal(1, count);
	assert_int_equal(ISSUANCE_FIRST, issuances[0].kind);
	assert_int_equal(ISSUANCE_ISSUED, issuances[0].state);
	assert_int_equal(3 * 40 + 2, strlen(issuances[0].serials));
	assert_ok(cert_files(zhang(p), id, &files, &count));
	assert_int_equal(3, count);
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM message WHERE kind = 6"));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 31"));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 32 AND actor_kind = 4"));
	pki_close(p);
}

TEST("CERT-4: without a password, with a wrong one, or after the end nothing is made")
{
	struct pki_world *p = pki_world();
	int64_t id = taken(p);
	const char *secret;

	assert_err(ERR_NOT_FOUND, install(p, id));
	assert_string_equal("pin-unset", p->w->ctx.fault.word);
	assert_ok(pin_set(zhang(p), &p->keys, PIN, PIN));
	assert_err(
		ERR_INVALID, cert_install(zhang(p), &p->keys, &(struct cert_wish){ id, 0, WRONG_PIN, NULL }, &secret));
	assert_string_equal("pin", p->w->ctx.fault.field);
	world_pass(p->w, 366 * (int64_t)DAY);
	assert_err(ERR_DENIED, install(p, id));
	assert_string_equal("cert-expired", p->w->ctx.fault.word);
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM issuance"));
	assert_int_equal(1, world_count(p->w, "SELECT tries FROM pin_try")); /* the last refusal cost none */
	pki_close(p);
}

TEST("CERT-9: a form that was shown before the keys were made costs no reissue, in whatever browser it is sent")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	int64_t keys = the_cert(p, id).issuance;
	const char *secret;

	assert_int_not_equal(0, keys);
	assert_err(ERR_CONFLICT, cert_install(zhang(p), &p->keys, &(struct cert_wish){ id, 0, PIN, NULL }, &secret));
	assert_string_equal("cert-installed-meanwhile", p->w->ctx.fault.word);
	assert_ok(cert_install(zhang(p), &p->keys, &(struct cert_wish){ id, keys, PIN, NULL }, &secret));
	run_ca_lane(p);
	assert_err(ERR_CONFLICT, cert_install(zhang(p), &p->keys, &(struct cert_wish){ id, keys, PIN, NULL }, &secret));
	assert_int_equal(FREE_REISSUES - 1, the_cert(p, id).free_left);
	pki_close(p);
}

TEST("CERT-4: a cert that stands revoked meanwhile is refused, though the right password clears the tries")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p);
	const char *secret;

	assert_err(
		ERR_INVALID, cert_install(zhang(p), &p->keys, &(struct cert_wish){ id, 0, WRONG_PIN, NULL }, &secret));
	/* a second browser asks first */
	engine_trigger("AFTER UPDATE OF tries ON pin_try", "NEW.tries = 2", "UPDATE instance SET state = 1");
	assert_err(ERR_CONFLICT, install(p, id));
	assert_string_equal("cert-issuing", p->w->ctx.fault.word);
	assert_int_equal(0, world_count(p->w, "SELECT tries FROM pin_try"));
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM issuance"));
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM device WHERE secret_hash IS NOT NULL"));
	pki_close(p);
}

TEST("CERT-5: SM2 for signing, SM2 for encryption, P-256 for signing, and what each signs verifies")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	struct bytes message = bytes_of_text("合同"), signature, der;
	struct opened opened;
	struct key *public_half;

	assert_ok(open_instance(p, id, PIN, p->secret, &opened));
	assert_null(opened.keys[USE_SM2_ENCRYPT]);
	for (int use = 0; use < 3; use += 2) {
		der = current_certificate(p, id, (enum key_use)use);
		assert_int_equal(use ? KEY_P256 : KEY_SM2, key_kind(opened.keys[use]));
		assert_int_equal(current_credential(p, id, (enum key_use)use), opened.credentials[use]);
		assert_ok(key_sign(opened.keys[use], test_arena(), message, &signature));
		assert_ok(certificate_public(der, &public_half));
		assert_ok(key_verify(public_half, message, signature));
		key_free(&public_half);
	}
	instance_close(&opened);
	assert_null(opened.keys[USE_SM2_SIGN]);
	pki_close(p);
}

TEST("CERT-6: a signing key has no recovery copy; an encryption key's opens with the recovery key and its owner alone")
{
	struct pki_world *p = pin_world();
	struct bundle_owner owner, other[4];
	struct bundle_key row = { 0 };
	unsigned char key[KEY_LEN], box_public[BOX_PUBLIC_LEN], box_private[BOX_PRIVATE_LEN];
	struct key *opened;
	const char *why;

	installed(p);
	assert_int_equal(2, world_count(p->w, "SELECT count(*) FROM instance_key WHERE use <> 1 AND recovery IS NULL"));
	assert_ok(store_one(p->w->ctx.store, "SELECT id, recovery, spki FROM instance_key WHERE use = 1", INTO(&row.id),
		INTO(&row.recovery), INTO(&row.spki)));
	assert_ok(store_one(p->w->ctx.store, "SELECT id, cert, account, holder FROM instance", INTO(&owner.instance),
		INTO(&owner.cert), INTO(&owner.account), INTO(&owner.holder)));
	assert_ok(key_file_read(
		test_arena(), settings_path(test_arena(), &p->w->settings, "keys/ca/recovery.key"), key, &why));
	assert_ok(box_make(box_public, box_private));
	for (int i = 0; i < 4; i++)
		other[i] = owner;
	other[0].instance++;
	other[1].cert++;
	other[2].account++;
	other[3].holder = "0";
	for (int i = 0; i < 4; i++)
		assert_err(ERR_BROKEN, bundle_key_move(zhang(p), key, &other[i], BYTES_OF(box_public), &row));
	assert_ok(bundle_key_move(zhang(p), key, &owner, BYTES_OF(box_public), &row));
	assert_ok(bundle_key_open(zhang(p), box_private, row.id, row.sealed, &opened));
	key_free(&opened);
	key[1] ^= 1;
	assert_err(ERR_BROKEN, bundle_key_move(zhang(p), key, &owner, BYTES_OF(box_public), &row));
	pki_close(p);
}

TEST("CERT-7: the keys open only in the browser that holds the device secret")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), here = p->device;
	const char *secret = p->secret;
	struct opened opened;

	assert_err(ERR_DENIED, open_instance(p, id, PIN, NULL, &opened));
	assert_string_equal("device-other", p->w->ctx.fault.word);
	assert_err(ERR_DENIED, open_instance(p, id, PIN, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &opened));
	another_browser(p);
	assert_false(the_cert(p, id).here);
	assert_err(ERR_DENIED, open_instance(p, id, PIN, secret, &opened));
	assert_string_equal("device-other", p->w->ctx.fault.word);
	p->device = here;
	assert_ok(open_instance(p, id, PIN, secret, &opened));
	instance_close(&opened);
	pki_close(p);
}

TEST("CERT-7: two certs in one browser share its secret")
{
	struct pki_world *p = pin_world();
	int64_t one = installed(p), other;
	const char *first = p->secret;
	struct opened opened;

	other = installed(p);
	assert_string_equal(first, p->secret);
	assert_ok(open_instance(p, one, PIN, p->secret, &opened));
	instance_close(&opened);
	assert_ok(open_instance(p, other, PIN, p->secret, &opened));
	instance_close(&opened);
	pki_close(p);
}

/* ---- PIN-5 for instances */

TEST("PIN-5: another account's key and swapped rows open no instance")
{
	struct pki_world *p = pin_world();
	int64_t one = installed(p), other = installed(p);
	unsigned char key[KEY_LEN];
	struct opened opened;

	assert_non_null(p->secret);
	crypto_random(key, sizeof key);
	assert_err(ERR_BROKEN,
		instance_open(
			zhang(p), the_cert(p, one).instance, (struct named_keys){ NULL, 0 }, key, p->secret, &opened));
	world_tamper(p->w,
		arena_printf(test_arena(),
			"UPDATE instance SET (box_public, box_private) = (SELECT o.box_public, o.box_private "
			"FROM instance o WHERE o.id <> instance.id) WHERE id = %lld",
			(long long)the_cert(p, one).instance));
	assert_err(ERR_BROKEN, open_instance(p, one, PIN, p->secret, &opened));
	assert_null(opened.keys[USE_SM2_SIGN]);
	assert_ok(open_instance(p, other, PIN, p->secret, &opened)); /* its own row, as it was */
	instance_close(&opened);
	pki_close(p);
}

TEST("PIN-5: a sealed key moved to another credential does not open")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	struct opened opened;

	world_tamper(
		p->w, "UPDATE instance_key SET sealed = (SELECT sealed FROM instance_key WHERE use = 2) WHERE use = 0");
	assert_err(ERR_BROKEN, open_instance(p, id, PIN, p->secret, &opened));
	pki_close(p);
}

TEST("PIN-5: a key comes out only for the certificate of its own public half")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), other = installed(p);
	struct opened opened;

	assert_int_not_equal(id, other);
	world_tamper(p->w,
		"UPDATE instance_key SET certificate = (SELECT k.certificate FROM instance_key k WHERE k.use = 0 AND "
		"k.id <> instance_key.id) WHERE use = 0");
	assert_err(ERR_DENIED, open_instance(p, id, PIN, p->secret, &opened));
	assert_string_equal("cert-broken", p->w->ctx.fault.word);
	assert_null(opened.keys[USE_SM2_SIGN]);
	pki_close(p);
}

TEST("PIN-5: a certificate of another CA, slipped into the database, lets no key out")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	struct opened opened;
	struct key *foreign, *public_half;
	struct issue issue = { .profile = PROFILE_ROOT,
		.subject = { .country = "CN", .common_name = "印信" },
		.not_before = p->w->ctx.now,
		.not_after = p->w->ctx.now + DAY };
	struct bytes root, leaf, own = current_certificate(p, id, USE_SM2_SIGN);

	assert_ok(key_make(KEY_SM2, &foreign));
	issue.public_half = foreign;
	serial_make(issue.serial);
	assert_ok(ca_issue(test_arena(), &(struct issuer){ .key = foreign }, &issue, &root));
	assert_ok(certificate_public(own, &public_half));
	issue.profile = PROFILE_SIGNING;
	issue.public_half = public_half;
	assert_ok(ca_issue(test_arena(), &(struct issuer){ foreign, root }, &issue, &leaf));
	world_tamper(p->w,
		arena_printf(test_arena(),
			"UPDATE certificate SET der = x'%s' WHERE instance_key = (SELECT id FROM instance_key WHERE "
			"use = 0)",
			hex_encode(test_arena(), leaf)));
	assert_err(ERR_DENIED, open_instance(p, id, PIN, p->secret, &opened));
	assert_string_equal("cert-broken", p->w->ctx.fault.word);
	key_free(&foreign);
	key_free(&public_half);
	pki_close(p);
}
