/* Certificates made after the profiles of CERT-16. */
#include "trust/libcrypto.h"
#include "base/clock.h"
#include <openssl/err.h>
#include <openssl/x509v3.h>

/* Bits of keyUsage as RFC 5280 4.2.1.3 numbers them. */
#define USE(bit) (1u << (bit))
enum {
	DIGITAL_SIGNATURE,
	NON_REPUDIATION,
	KEY_ENCIPHERMENT,
	DATA_ENCIPHERMENT,
	KEY_AGREEMENT,
	CERT_SIGN,
	CRL_SIGN,
	USES
};

static const struct {
	bool ca;
	int path_len; /* of a CA; -1: unbounded */
	unsigned use;
	const char *extended[2];
} profiles[] = {
	[PROFILE_ROOT] = { true, -1, USE(CERT_SIGN) | USE(CRL_SIGN) },
	[PROFILE_ISSUING] = { true, 0, USE(CERT_SIGN) | USE(CRL_SIGN) },
	[PROFILE_SIGNING] = { false, -1, USE(DIGITAL_SIGNATURE) | USE(NON_REPUDIATION),
		{ "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36" } }, /* emailProtection, documentSigning (RFC 9336) */
	[PROFILE_ENCRYPTION] = { false, -1, USE(KEY_ENCIPHERMENT) | USE(DATA_ENCIPHERMENT) | USE(KEY_AGREEMENT) },
	[PROFILE_OCSP] = { false, -1, USE(DIGITAL_SIGNATURE), { "1.3.6.1.5.5.7.3.9" } },
};

static bool add(X509 *x, int nid, void *value, bool critical)
{
	return X509_add1_ext_i2d(x, nid, value, critical, X509V3_ADD_DEFAULT) == 1;
}

static bool add_constraints(X509 *x, enum profile profile, bool sm2)
{
	BASIC_CONSTRAINTS *constraints;
	bool ok;

	if (!profiles[profile].ca && sm2)
		return true;
	constraints = must(BASIC_CONSTRAINTS_new());
	constraints->ca = profiles[profile].ca;
	if (profiles[profile].ca && profiles[profile].path_len >= 0) {
		constraints->pathlen = must(ASN1_INTEGER_new());
		ASN1_INTEGER_set(constraints->pathlen, profiles[profile].path_len);
	}
	ok = add(x, NID_basic_constraints, constraints, profiles[profile].ca);
	BASIC_CONSTRAINTS_free(constraints);
	return ok;
}

static bool add_use(X509 *x, unsigned use)
{
	ASN1_BIT_STRING *bits = must(ASN1_BIT_STRING_new());
	bool ok = true;

	for (int i = 0; i < USES; i++)
		if (use & USE(i))
			ok = ok && ASN1_BIT_STRING_set_bit(bits, i, 1) == 1;
	ok = ok && add(x, NID_key_usage, bits, true);
	ASN1_BIT_STRING_free(bits);
	return ok;
}

static bool add_extended(X509 *x, const char *const oids[2])
{
	EXTENDED_KEY_USAGE *use;
	bool ok;

	if (!oids[0])
		return true;
	use = must(EXTENDED_KEY_USAGE_new());
	for (int i = 0; i < 2 && oids[i]; i++)
		if (!sk_ASN1_OBJECT_push(use, must(OBJ_txt2obj(oids[i], 1))))
			abort();
	ok = add(x, NID_ext_key_usage, use, false);
	EXTENDED_KEY_USAGE_free(use);
	return ok;
}

/* RFC 7093 2, method 1: the first 160 bits of SHA-256 over the key's bits. */
static bool add_key_ids(X509 *x, X509 *issuer)
{
	ASN1_OCTET_STRING *own = must(ASN1_OCTET_STRING_new());
	AUTHORITY_KEYID *authority = must(AUTHORITY_KEYID_new());
	const ASN1_OCTET_STRING *above;
	unsigned char digest[HASH_LEN];
	bool ok = X509_pubkey_digest(x, EVP_sha256(), digest, NULL) == 1 &&
		ASN1_OCTET_STRING_set(own, digest, 20) == 1 && add(x, NID_subject_key_identifier, own, false);

	above = issuer ? X509_get0_subject_key_id(issuer) : own;
	authority->keyid = above ? must(ASN1_OCTET_STRING_dup(above)) : NULL;
	ok = ok && above && add(x, NID_authority_key_identifier, authority, false);
	ASN1_OCTET_STRING_free(own);
	AUTHORITY_KEYID_free(authority);
	return ok;
}

static GENERAL_NAME *uri(const char *url)
{
	GENERAL_NAME *name = must(GENERAL_NAME_new());
	ASN1_IA5STRING *text = must(ASN1_IA5STRING_new());

	if (ASN1_STRING_set(text, url, -1) != 1)
		abort();
	GENERAL_NAME_set0_value(name, GEN_URI, text);
	return name;
}

static bool add_crl_url(X509 *x, const char *url)
{
	CRL_DIST_POINTS *points;
	DIST_POINT *point;
	bool ok;

	if (!url)
		return true;
	points = must(CRL_DIST_POINTS_new());
	point = must(DIST_POINT_new());
	point->distpoint = must(DIST_POINT_NAME_new());
	point->distpoint->type = 0; /* fullName */
	point->distpoint->name.fullname = must(GENERAL_NAMES_new());
	if (!sk_GENERAL_NAME_push(point->distpoint->name.fullname, uri(url)) || !sk_DIST_POINT_push(points, point))
		abort();
	ok = add(x, NID_crl_distribution_points, points, false);
	CRL_DIST_POINTS_free(points);
	return ok;
}

static void push_access(AUTHORITY_INFO_ACCESS *all, int method, const char *url)
{
	ACCESS_DESCRIPTION *one;

	if (!url)
		return;
	one = must(ACCESS_DESCRIPTION_new());
	ASN1_OBJECT_free(one->method);
	one->method = OBJ_nid2obj(method);
	GENERAL_NAME_free(one->location);
	one->location = uri(url);
	if (!sk_ACCESS_DESCRIPTION_push(all, one))
		abort();
}

static bool add_access(X509 *x, const struct issue *issue)
{
	AUTHORITY_INFO_ACCESS *all = must(AUTHORITY_INFO_ACCESS_new());
	bool ok;

	push_access(all, NID_ad_OCSP, issue->ocsp_url);
	push_access(all, NID_ad_ca_issuers, issue->issuer_url);
	ok = !sk_ACCESS_DESCRIPTION_num(all) || add(x, NID_info_access, all, false);
	AUTHORITY_INFO_ACCESS_free(all);
	return ok;
}

static bool add_policy(X509 *x, const char *oid)
{
	CERTIFICATEPOLICIES *policies;
	ASN1_OBJECT *id;
	POLICYINFO *one;
	bool ok;

	if (!oid)
		return true;
	id = OBJ_txt2obj(oid, 1);
	if (!id)
		return false;
	policies = must(CERTIFICATEPOLICIES_new());
	one = must(POLICYINFO_new());
	ASN1_OBJECT_free(one->policyid);
	one->policyid = id;
	if (!sk_POLICYINFO_push(policies, one))
		abort();
	ok = add(x, NID_certificate_policies, policies, false);
	CERTIFICATEPOLICIES_free(policies);
	return ok;
}

/* RFC 6960 4.2.2.2.1 */
static bool add_no_check(X509 *x)
{
	ASN1_NULL *nothing = must(ASN1_NULL_new());
	bool ok = add(x, NID_id_pkix_OCSP_noCheck, nothing, false);

	ASN1_NULL_free(nothing);
	return ok;
}

static bool set_times(X509 *x, int64_t not_before, int64_t not_after)
{
	ASN1_TIME *from = must(time_to_asn1(not_before)), *to = must(time_to_asn1(not_after));
	bool ok = X509_set1_notBefore(x, from) == 1 && X509_set1_notAfter(x, to) == 1;

	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return ok;
}

static enum err set_identity(X509 *x, const struct issue *issue, X509 *issuer)
{
	ASN1_INTEGER *serial;
	X509_NAME *name;
	bool ok;

	TRY(serial_number(BYTES_OF(issue->serial), &serial));
	ok = X509_set_serialNumber(x, serial) == 1;
	ASN1_INTEGER_free(serial);
	TRY(subject_name(&issue->subject, &name));
	ok = ok && X509_set_version(x, X509_VERSION_3) == 1 && X509_set_subject_name(x, name) == 1 &&
		X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : name) == 1 &&
		X509_set_pubkey(x, issue->public_half->pkey) == 1 && set_times(x, issue->not_before, issue->not_after);
	X509_NAME_free(name);
	return ok ? OK : ERR_BROKEN;
}

static bool add_extensions(X509 *x, const struct issue *issue, X509 *issuer, bool sm2)
{
	return add_constraints(x, issue->profile, sm2) && add_use(x, profiles[issue->profile].use) &&
		add_extended(x, profiles[issue->profile].extended) && add_key_ids(x, issuer) &&
		add_crl_url(x, issue->crl_url) && add_access(x, issue) && add_policy(x, issue->policy_oid) &&
		(issue->profile != PROFILE_OCSP || add_no_check(x));
}

static bool sign(X509 *x, const struct key *key)
{
	struct signer signer;
	bool ok = signer_open(&signer, key) && X509_sign_ctx(x, signer.ctx) > 0;

	signer_close(&signer);
	return ok;
}

/* Only a root signs itself; everybody else stands below a CA whose certificate belongs to the signing key. */
static bool fits(const struct issuer *issuer, X509 *above, const struct issue *issue)
{
	if (issue->not_after <= issue->not_before)
		return false;
	if (issue->profile == PROFILE_ROOT)
		return !issuer->certificate.len && key_same_public(issuer->key, issue->public_half);
	return above && X509_check_ca(above) == 1 && EVP_PKEY_eq(X509_get0_pubkey(above), issuer->key->pkey) == 1;
}

void serial_make(unsigned char out[20])
{
	do {
		crypto_random(out, 20);
		out[0] &= 0x7f;
	} while (!out[0]); /* 20 octets in the DER too */
}

enum err ca_issue(struct arena *arena, const struct issuer *issuer, const struct issue *issue, struct bytes *der)
{
	bool sm2 = issuer->key->kind == KEY_SM2 || issue->public_half->kind == KEY_SM2;
	X509 *above = issuer->certificate.len ? x509_read(issuer->certificate) : NULL;
	X509 *x = must(X509_new());
	unsigned char *out = NULL;
	enum err err = ERR_INVALID;
	int len = 0;

	if (fits(issuer, above, issue))
		err = set_identity(x, issue, above);
	if (err == OK && add_extensions(x, issue, above, sm2) && sign(x, issuer->key))
		len = i2d_X509(x, &out);
	X509_free(x);
	X509_free(above);
	return err == OK ? der_take(arena, out, len, der) : settle(false, err);
}
