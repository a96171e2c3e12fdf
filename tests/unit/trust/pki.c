#include "tests/unit/trust/pki.h"

static const struct subject root_name = { .country = "CN", .org = "示例认证", .common_name = "示例根" };
static const struct subject issuing_name = { .country = "CN", .org = "示例认证", .common_name = "示例签发" };
static const struct subject ocsp_name = { .country = "CN", .org = "示例认证", .common_name = "示例状态" };
static const struct subject leaf_name = { "CN", "北京示例科技有限公司", "91110105MA00ABC16K", "张三", "H-000017",
	"3f5a9c" };

struct issue pki_issue(const struct pki *pki, enum profile profile)
{
	struct issue issue = { .profile = profile,
		.public_half = pki->leaf_key,
		.subject = leaf_name,
		.not_before = PKI_FROM,
		.not_after = PKI_TO,
		.crl_url = "http://127.0.0.1:8082/pki/issuing.crl",
		.ocsp_url = "http://127.0.0.1:8082/pki/ocsp",
		.issuer_url = "http://127.0.0.1:8082/pki/issuing.cer",
		.policy_oid = "1.3.6.1.4.1.55555.1" };

	serial_make(issue.serial);
	return issue;
}

struct bytes pki_certify(const struct issuer *issuer, const struct issue *issue)
{
	struct bytes der;

	assert_ok(ca_issue(test_arena(), issuer, issue, &der));
	return der;
}

static struct bytes own(
	const struct issuer *issuer, enum profile profile, const struct key *key, const struct subject *name)
{
	struct issue issue = { .profile = profile,
		.public_half = key,
		.subject = *name,
		.not_before = PKI_FROM,
		.not_after = PKI_TO + DAY };

	serial_make(issue.serial);
	return pki_certify(issuer, &issue);
}

struct pki *pki_make(enum key_kind kind, enum key_kind leaf)
{
	struct pki *pki = ARENA_NEW(test_arena(), struct pki);
	struct issue issue;

	assert_ok(key_make(kind, &pki->root_key));
	assert_ok(key_make(kind, &pki->issuing_key));
	assert_ok(key_make(kind, &pki->ocsp_key));
	assert_ok(key_make(leaf, &pki->leaf_key));
	pki->by_root.key = pki->root_key;
	pki->root = own(&pki->by_root, PROFILE_ROOT, pki->root_key, &root_name);
	pki->by_root.certificate = pki->root;
	pki->issuing = own(&pki->by_root, PROFILE_ISSUING, pki->issuing_key, &issuing_name);
	pki->by_issuing = (struct issuer){ pki->issuing_key, pki->issuing };
	issue = pki_issue(pki, PROFILE_SIGNING);
	pki->leaf = pki_certify(&pki->by_issuing, &issue);
	pki->ocsp = own(&pki->by_issuing, PROFILE_OCSP, pki->ocsp_key, &ocsp_name);
	pki->by_ocsp = (struct issuer){ pki->ocsp_key, pki->ocsp };
	return pki;
}

void pki_free(struct pki *pki)
{
	key_free(&pki->root_key);
	key_free(&pki->issuing_key);
	key_free(&pki->leaf_key);
	key_free(&pki->ocsp_key);
}

struct bytes pki_crl(const struct pki *pki, const struct revoked *revoked, size_t count)
{
	struct bytes der;

	assert_ok(ca_crl(test_arena(), &pki->by_issuing, revoked, count, 1, PKI_NOW, PKI_NOW + DAY, &der));
	return der;
}

enum chain_fault pki_check(const struct pki *pki, struct bytes leaf, int64_t when)
{
	return chain_check(leaf, &pki->issuing, 1, &pki->root, 1, NULL, 0, when);
}

enum chain_fault pki_check_crl(const struct pki *pki, struct bytes crl, int64_t when)
{
	return chain_check(pki->leaf, &pki->issuing, 1, &pki->root, 1, &crl, 1, when);
}

struct bytes pki_serial(struct bytes certificate)
{
	struct certificate read;
	struct bytes octets;

	assert_ok(certificate_read(test_arena(), certificate, &read));
	assert_true(hex_decode(test_arena(), read.serial, &octets));
	return octets;
}
