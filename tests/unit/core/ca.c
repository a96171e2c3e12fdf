#include "base/buf.h"
#include "base/file.h"
#include "tests/unit/core/pki_world.h"
#include "tests/unit/trust/openssl.h"
#include "trust/ca.h"

static const char *why_not(struct pki_world *p, int64_t credential)
{
	struct credential c;

	assert_ok(credential_load(zhang(p), credential, &c));
	assert_int_equal(c.usable, !c.why_not);
	return c.why_not;
}

/* ---- CERT-12 */

TEST("CERT-12: an expired instance signs no more, what it signed still verifies")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), credential = current_credential(p, id, USE_THIRD_SIGN);
	struct bytes signature, der = current_certificate(p, id, USE_THIRD_SIGN);
	struct key *public_half;
	struct opened opened;

	assert_ok(open_instance(p, id, PIN, p->secret, &opened));
	assert_ok(key_sign(opened.keys[USE_THIRD_SIGN], test_arena(), bytes_of_text("a"), &signature));
	instance_close(&opened);
	assert_null(why_not(p, credential));
	p->w->ctx.now = the_cert(p, id).ends - 1;
	assert_null(why_not(p, credential));
	assert_true(the_cert(p, id).usable);
	world_pass(p->w, 1);
	assert_string_equal("cert-expired", why_not(p, credential));
	assert_false(the_cert(p, id).usable);
	assert_err(ERR_DENIED, open_instance(p, id, PIN, p->secret, &opened));
	assert_string_equal("cert-expired", p->w->ctx.fault.word);
	world_pass(p->w, SECOND);
	assert_int_equal(CHAIN_EXPIRED, checked(p, der));
	assert_ok(certificate_public(der, &public_half));
	assert_ok(key_verify(public_half, bytes_of_text("a"), signature));
	key_free(&public_half);
	pki_close(p);
}

TEST("CERT-12: why a credential can't be used: not installed, revoked, another device, not yet; encryption keys are "
     "none")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p), credential = current_credential(p, id, USE_SM2_SIGN), pending;
	struct credential none;
	struct opened opened;

	assert_err(ERR_NOT_FOUND, credential_load(zhang(p), current_credential(p, id, USE_SM2_ENCRYPT), &none));
	assert_err(ERR_NOT_FOUND, credential_load(zhang(p), 17, &none));
	assert_ok(install(p, taken(p)));
	assert_ok(
		store_one(p->w->ctx.store, "SELECT id FROM instance_key WHERE state = 0 AND use = 0", INTO(&pending)));
	assert_string_equal("cert-not-installed", why_not(p, pending));
	p->device++;
	assert_string_equal("cert-other-device", why_not(p, credential));
	p->device = 0; /* a program, not a browser */
	assert_null(why_not(p, credential));
	p->device = the_cert(p, id).device;
	p->w->ctx.now -= 10 * (int64_t)DAY;
	assert_string_equal("cert-not-yet", why_not(p, credential));
	world_pass(p->w, 10 * (int64_t)DAY);
	assert_ok(cert_revoke(zhang(p), id, 1));
	assert_string_equal("cert-revoked", why_not(p, credential));
	assert_err(ERR_DENIED, open_instance(p, id, PIN, p->secret, &opened));
	assert_string_equal("cert-revoked", p->w->ctx.fault.word);
	pki_close(p);
}

TEST("CERT-12: for an org signs only who is its member, while it stands verified")
{
	struct pki_world *p = pin_world();
	int64_t org, id = org_cert(p, &org), credential;

	assert_ok(install(p, id));
	run_ca_lane(p);
	credential = current_credential(p, id, USE_SM2_SIGN);
	assert_null(why_not(p, credential));
	world_tamper(p->w, "UPDATE org SET state = 2");
	assert_string_equal("org-not-verified", why_not(p, credential));
	world_tamper(p->w, "UPDATE org SET state = 1");
	world_tamper(p->w, "UPDATE member SET ended = 1");
	assert_string_equal("org-not-member", why_not(p, credential));
	pki_close(p);
}

/* ---- CERT-16 */

TEST("CERT-16: a person's certificate names the verified name and an opaque number, the document only as a keyed hash")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	struct bytes der = current_certificate(p, id, USE_SM2_SIGN);
	struct certificate info;
	const char *holder;

	assert_ok(store_one(p->w->ctx.store, "SELECT holder FROM instance", INTO(&holder)));
	assert_ok(certificate_read(test_arena(), der, &info));
	assert_string_equal("张三", info.subject_cn);
	assert_null(info.subject_o);
	assert_non_null(strstr(info.subject, holder));
	assert_non_null(strstr(info.subject, "dnQualifier="));
	assert_null(memmem(der.data, der.len, ZHANG_ID, strlen(ZHANG_ID)));
	assert_null(memmem(der.data, der.len, "13800138000", 11));
	assert_int_equal(40, strlen(info.serial));
	assert_string_equal("http://localhost:8082/pki/crl/sm2.crl", info.crl_url);
	assert_string_equal("http://localhost:8082/pki/ocsp/sm2", info.ocsp_url);
	assert_string_equal("http://localhost:8082/pki/ca/issuing-sm2.cer", info.issuer_url);
	assert_true(info.for_signing);
	assert_false(info.for_encryption);
	assert_int_equal(the_cert(p, id).ends / SECOND * SECOND, info.not_after);
	assert_int_equal(p->w->ctx.now / SECOND * SECOND, info.not_before);
	assert_ok(certificate_read(test_arena(), current_certificate(p, id, USE_SM2_ENCRYPT), &info));
	assert_true(info.for_encryption);
	assert_false(info.for_signing);
	assert_ok(certificate_read(test_arena(), current_certificate(p, id, USE_THIRD_SIGN), &info));
	assert_string_equal("http://localhost:8082/pki/crl/p256.crl", info.crl_url);
	assert_string_equal("1.2.840.10045.4.3.2", info.signature_oid);
	pki_close(p);
}

TEST("CERT-16: an org's certificate names the org, its USCC and the holder's opaque number, and no person")
{
	struct pki_world *p = pin_world();
	int64_t org, id = org_cert(p, &org);
	struct certificate info;

	assert_ok(install(p, id));
	run_ca_lane(p);
	assert_ok(certificate_read(test_arena(), current_certificate(p, id, USE_SM2_SIGN), &info));
	assert_string_equal("福州印信贸易有限公司", info.subject_o);
	assert_string_equal("福州印信贸易有限公司", info.subject_cn);
	assert_non_null(strstr(info.subject, USCC));
	assert_null(strstr(info.subject, "张三"));
	assert_null(strstr(info.subject, "dnQualifier"));
	pki_close(p);
}

/* ---- CERT-17 */

static void write_pem(const char *name, struct bytes der)
{
	write_out(name, pem_wrap(test_arena(), "CERTIFICATE", der));
}

static void write_chain(struct pki_world *p, int64_t cert, enum key_use use, enum key_kind hierarchy)
{
	write_pem("leaf.pem", current_certificate(p, cert, use));
	write_pem("issuing.pem", authority_der(p, CERTIFICATE_ISSUING, hierarchy));
	write_pem("root.pem", authority_der(p, CERTIFICATE_ROOT, hierarchy));
	write_out("list.pem", pem_wrap(test_arena(), "X509 CRL", newest_crl(p, hierarchy)));
}

/* "openssl verify" at the world's time; @ in files stands for the test's folder. */
static int verify(struct pki_world *p, const char *identity, const char *files)
{
	struct buf arguments = buf_new(test_arena());
	int code;

	for (; *files; files++) {
		if (*files == '@')
			buf_printf(&arguments, "%s/", test_folder());
		else
			buf_char(&arguments, *files);
	}
	openssl(&code, "verify -x509_strict %s -attime %lld %s", identity, (long long)(p->w->ctx.now / SECOND),
		arguments.data);
	return code;
}

TEST("CERT-17: openssl accepts every link of the SM2 hierarchy under the default identity, and under no other")
{
	static const char identity[] = "-vfyopt distid:1234567812345678";
	struct pki_world *p = pin_world();
	int64_t id = installed(p);

	/* link by link: openssl gives the identity to the first certificate only */
	for (int use = USE_SM2_SIGN; use <= USE_SM2_ENCRYPT; use++) {
		write_chain(p, id, (enum key_use)use, KEY_SM2);
		assert_int_equal(0, verify(p, identity, "-CAfile @root.pem @issuing.pem"));
		assert_int_equal(0, verify(p, identity, "-partial_chain -trusted @issuing.pem @leaf.pem"));
		assert_int_not_equal(0, verify(p, "", "-partial_chain -trusted @issuing.pem @leaf.pem"));
	}
	pki_close(p);
}

TEST("CERT-17: openssl accepts the P-256 chain with its list, and refuses it once the list names it")
{
	static const char files[] = "-crl_check -CRLfile @list.pem -CAfile @root.pem -untrusted @issuing.pem @leaf.pem";
	struct pki_world *p = pin_world();
	int64_t id = installed(p);

	write_chain(p, id, USE_THIRD_SIGN, KEY_P256);
	assert_int_equal(0, verify(p, "", files));
	assert_ok(cert_revoke(zhang(p), id, 1));
	run_ca_lane(p);
	write_chain(p, id, USE_THIRD_SIGN, KEY_P256);
	assert_int_not_equal(0, verify(p, "", files));
	pki_close(p);
}

TEST("CERT-17: there is one CA; one that was cut off before its rows is made with the keys that it has")
{
	struct pki_world *p = pki_world();
	struct bytes root = authority_der(p, CERTIFICATE_ROOT, KEY_SM2);
	struct key *before, *after;
	const char *why = "";

	assert_err(ERR_CONFLICT, ca_init(as_cli(p->w), &why));
	assert_non_null(strstr(why, "already"));
	world_tamper(p->w, "DELETE FROM certificate");
	world_tamper(p->w, "DELETE FROM crl");
	assert_ok(ca_init(as_cli(p->w), &why));
	assert_ok(certificate_public(root, &before));
	assert_ok(certificate_public(authority_der(p, CERTIFICATE_ROOT, KEY_SM2), &after));
	assert_true(key_same_public(before, after));
	key_free(&before);
	key_free(&after);
	pki_close(p);
}

TEST("CERT-17: the lane does not start with another key than its certificate's, or without a CA")
{
	struct pki_world *p = pki_world();
	const char *path = path_join(test_arena(), p->w->data, "keys/ca/issuing-p256.pem"), *why = "";
	struct authority *authority = NULL;
	struct key *other;
	struct bytes pem;

	assert_ok(key_make(KEY_P256, &other));
	assert_ok(key_private_pem(other, test_arena(), &pem));
	assert_ok(file_write(path, pem, 0600));
	key_free(&other);
	assert_err(ERR_INVALID, authority_open(as_cli(p->w), &authority, &why));
	assert_non_null(strstr(why, "issuing-p256.pem"));
	assert_ok(file_write(path, pem, 0644));
	assert_err(ERR_INVALID, authority_open(as_cli(p->w), &authority, &why));
	assert_non_null(strstr(why, "open to others"));
	world_tamper(p->w, "DELETE FROM certificate");
	assert_err(ERR_NOT_FOUND, authority_open(as_cli(p->w), &authority, &why));
	assert_null(authority);
	pki_close(p);
}

TEST("CERT-17: a certificate that our key signed but no row knows is none of ours, nor is a stranger's")
{
	struct pki_world *p = pin_world();
	int64_t id = installed(p);
	struct bytes der = current_certificate(p, id, USE_SM2_SIGN),
		     altered = arena_bytes(test_arena(), der.data, der.len);

	assert_int_equal(CHAIN_GOOD, checked(p, der));
	assert_int_equal(CHAIN_GOOD, checked(p, current_certificate(p, id, USE_THIRD_SIGN)));
	assert_int_equal(CHAIN_GOOD, checked(p, authority_der(p, CERTIFICATE_ISSUING, KEY_P256)));
	((unsigned char *)altered.data)[altered.len - 1] ^= 1;
	assert_int_equal(CHAIN_BAD_SIGNATURE, checked(p, altered));
	assert_int_equal(CHAIN_MALFORMED, checked(p, bytes_of_text("nothing")));
	/* a second certificate under one serial is not the one that we made */
	world_tamper(p->w, "CREATE TABLE kept AS SELECT id, der FROM certificate");
	world_tamper(p->w, "UPDATE certificate SET der = x'00' WHERE role = 0");
	assert_int_equal(CHAIN_UNTRUSTED, checked(p, der));
	world_tamper(p->w, "UPDATE certificate SET der = (SELECT der FROM kept WHERE kept.id = certificate.id)");
	assert_ok(cert_revoke(zhang(p), id, 0));
	assert_int_equal(CHAIN_REVOKED, checked(p, der));
	world_tamper(p->w, "DELETE FROM certificate WHERE role = 0");
	assert_int_equal(CHAIN_UNTRUSTED, checked(p, der));
	pki_close(p);
}

TEST("CERT-18: the issuer's name says that it is built in, and the agreement's version is kept")
{
	struct pki_world *p = pki_world();
	struct certificate info;

	assert_ok(certificate_read(test_arena(), authority_der(p, CERTIFICATE_ISSUING, KEY_SM2), &info));
	assert_string_equal("印信 SM2 内置签发 CA", info.subject_cn);
	assert_string_equal("印信 SM2 内置根 CA", info.issuer_cn);
	taken(p);
	assert_int_equal(1,
		world_count(p->w,
			"SELECT count(*) FROM cert JOIN agreement a ON a.id = cert.agreement AND a.kind = 2 AND "
			"a.version = '1'"));
	pki_close(p);
}

struct late { /* taken by another process, because this one's ids would stay in the future */
	int64_t item, now, account;
};

static enum err take_late(struct ctx *ctx, int number, void *arg)
{
	const struct late *late = arg;
	int64_t id;

	(void)number;
	ctx->now = late->now;
	ctx->actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = late->account };
	return cert_take(ctx, late->item, true, &id);
}

TEST("CERT-2, CERT-17: a cert ends with the issuing CA at the latest: one that would outlive it by a second is not "
     "taken")
{
	struct pki_world *p = pin_world();
	struct late late = { .item = trial_item(p, CERT_PERSONAL), .account = p->account };
	int64_t end;
	enum err answer;

	assert_ok(authority_ends(zhang(p), &end));
	late.now = cert_end(end, -1) + SECOND;
	world_at_once(p->w, 1, take_late, &late, &answer);
	assert_err(ERR_CONFLICT, answer);
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM cert"));
	late.now -= SECOND;
	world_at_once(p->w, 1, take_late, &late, &answer);
	assert_ok(answer);
	assert_int_equal(end, world_count(p->w, "SELECT ends FROM cert"));
	pki_close(p);
}

TEST("CERT-10, CERT-17: what would outlive the issuing CA is refused for good and its owner told; what ends with it is "
     "issued")
{
	struct pki_world *p = pin_world();
	int64_t id = taken(p), end;

	assert_ok(install(p, id));
	assert_ok(authority_ends(zhang(p), &end));
	world_tamper(p->w, arena_printf(test_arena(), "UPDATE cert SET ends = %lld", (long long)end + SECOND));
	run_ca_lane(p);
	assert_int_equal(INSTANCE_WAITING, the_cert(p, id).state);
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM issuance WHERE state = 2"));
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM certificate WHERE role = 0"));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM message WHERE kind = 7"));
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM job WHERE lane = 0 AND state = 0"));
	world_tamper(p->w, arena_printf(test_arena(), "UPDATE cert SET ends = %lld", (long long)end));
	assert_ok(install(p, id));
	run_ca_lane(p);
	assert_true(the_cert(p, id).usable);
	pki_close(p);
}
