#include "tests/fuzz/driver/pki.h"
#include "base/clock.h"

/* PKCS#8 without the public half: the curve's last six octets and the number are put in. */
static const unsigned char pkcs8[67] = "\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08"
				       "\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x27\x30\x25\x02\x01\x01\x04\x20";
static const unsigned char sm2_oid[] = { 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d };

static struct key *small_key(enum key_kind kind, unsigned char number)
{
	unsigned char der[sizeof pkcs8];
	struct key *key = NULL;

	memcpy(der, pkcs8, sizeof der);
	if (kind == KEY_SM2)
		memcpy(der + 18, sm2_oid, sizeof sm2_oid);
	der[sizeof der - 1] = number;
	HOLDS(key_from_private_der(BYTES_OF(der), &key) == OK && key_kind(key) == kind);
	return key;
}

static struct bytes certify(
	const struct issuer *by, enum profile profile, const struct key *key, const char *name, unsigned char number)
{
	struct issue issue = { .profile = profile,
		.public_half = key,
		.subject = { .country = "CN", .org = "示例认证", .common_name = name },
		.not_before = PKI_NOW - DAY,
		.not_after = PKI_NOW + DAY,
		.serial = { 1, [19] = number } };
	struct bytes der;

	HOLDS(ca_issue(fuzz_kept(), by, &issue, &der) == OK);
	return der;
}

static void make(enum key_kind kind, struct fuzz_pki *out)
{
	struct issuer by_root, by_issuing;

	out->root_key = small_key(kind, 2);
	out->issuing_key = small_key(kind, 3);
	out->leaf_key = small_key(kind, 4);
	out->ocsp_key = small_key(kind, 5);
	by_root = (struct issuer){ .key = out->root_key };
	by_root.certificate = out->root = certify(&by_root, PROFILE_ROOT, out->root_key, "根", 1);
	out->issuing = certify(&by_root, PROFILE_ISSUING, out->issuing_key, "签发", 2);
	by_issuing = (struct issuer){ out->issuing_key, out->issuing };
	out->leaf = certify(&by_issuing, PROFILE_SIGNING, out->leaf_key, "张三", 3);
	out->ocsp = certify(&by_issuing, PROFILE_OCSP, out->ocsp_key, "状态", 4);
}

const struct fuzz_pki *fuzz_pki(enum key_kind kind)
{
	static struct fuzz_pki made[2];
	struct fuzz_pki *pki = &made[kind == KEY_SM2];

	if (!pki->root_key)
		make(kind, pki);
	return pki;
}
