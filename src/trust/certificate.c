/* Reading certificates. */
#include "trust/libcrypto.h"
#include "base/clock.h"
#include "base/text.h"
#include <openssl/err.h>
#include <openssl/x509v3.h>

X509 *x509_read(struct bytes der)
{
	const unsigned char *at = der.data;
	X509 *x = der.len <= CERTIFICATE_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;
	unsigned char *again = NULL;
	int len = x ? i2d_X509(x, &again) : 0;

	if (!der_is(der, again, len)) {
		X509_free(x);
		ERR_clear_error();
		return NULL;
	}
	if (X509_get_signature_nid(x) == NID_SM2_with_SM3) {
		ASN1_OCTET_STRING *identity = must(ASN1_OCTET_STRING_new());

		ASN1_OCTET_STRING_set(identity, (const unsigned char *)SM2_IDENTITY, sizeof SM2_IDENTITY - 1);
		X509_set0_distinguishing_id(x, identity);
	}
	return x;
}

/* RFC 4514 text with UTF-8 left readable; NULL when it can't be said. */
static const char *name_text(struct arena *arena, const X509_NAME *name)
{
	BIO *bio = must(BIO_new(BIO_s_mem()));
	const char *out = NULL;
	char *data;
	long len;

	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		len = BIO_get_mem_data(bio, &data);
		out = arena_text_n(arena, data, len > 0 ? (size_t)len : 0);
	}
	BIO_free(bio);
	return out;
}

/* One attribute as UTF-8; NULL when the name has none. false: it holds a NUL, which would end the text early. */
static bool attribute(struct arena *arena, const X509_NAME *name, int nid, const char **out)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *utf8 = NULL;
	int len;
	bool whole;

	*out = NULL;
	if (at < 0)
		return true;
	len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	whole = len >= 0 && !memchr(utf8, 0, (size_t)len);
	if (whole)
		*out = arena_text_n(arena, (const char *)utf8, (size_t)len);
	OPENSSL_free(utf8);
	return whole;
}

static const char *uri(struct arena *arena, const GENERAL_NAME *name)
{
	int type;
	const ASN1_STRING *text = GENERAL_NAME_get0_value(name, &type);
	const unsigned char *data;
	int len;

	if (type != GEN_URI)
		return NULL;
	data = ASN1_STRING_get0_data(text);
	len = ASN1_STRING_length(text);
	for (int i = 0; i < len; i++)
		if (data[i] <= ' ' || data[i] > '~')
			return NULL;
	return arena_text_n(arena, (const char *)data, (size_t)len);
}

static const char *crl_url(struct arena *arena, const X509 *x)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
	const char *out = NULL;

	for (int i = 0; !out && i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT_NAME *name = sk_DIST_POINT_value(points, i)->distpoint;

		if (!name || name->type) /* 0: fullName */
			continue;
		for (int j = 0; !out && j < sk_GENERAL_NAME_num(name->name.fullname); j++)
			out = uri(arena, sk_GENERAL_NAME_value(name->name.fullname, j));
	}
	CRL_DIST_POINTS_free(points);
	return out;
}

static const char *access_url(struct arena *arena, const X509 *x, int method)
{
	AUTHORITY_INFO_ACCESS *all = X509_get_ext_d2i(x, NID_info_access, NULL, NULL);
	const char *out = NULL;

	for (int i = 0; !out && i < sk_ACCESS_DESCRIPTION_num(all); i++) {
		const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(all, i);

		if (OBJ_obj2nid(one->method) == method)
			out = uri(arena, one->location);
	}
	AUTHORITY_INFO_ACCESS_free(all);
	return out;
}

static const char *serial_hex(struct arena *arena, const X509 *x)
{
	BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	unsigned char octets[64];
	int len = n ? BN_num_bytes(n) : 0;
	const char *out = NULL;

	if (n && !BN_is_negative(n) && !BN_is_zero(n) && len <= (int)sizeof octets) {
		BN_bn2bin(n, octets);
		out = hex_encode(arena, (struct bytes){ octets, (size_t)len });
	}
	BN_free(n);
	return out;
}

static const char *signature_oid(struct arena *arena, const X509 *x)
{
	const X509_ALGOR *algorithm;
	const ASN1_OBJECT *oid;
	char text[100];

	X509_get0_signature(NULL, &algorithm, x);
	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	return OBJ_obj2txt(text, sizeof text, oid, 1) > 0 ? arena_text(arena, text) : NULL;
}

static enum err read_key(struct arena *arena, X509 *x, struct certificate *out)
{
	EVP_PKEY *pkey = X509_get0_pubkey(x);
	unsigned char *spki = NULL;
	struct key *key;
	int len;

	if (!pkey || EVP_PKEY_up_ref(pkey) != 1)
		return ERR_INVALID;
	TRY(key_adopt(pkey, &key));
	out->kind = key_kind(key);
	key_free(&key);
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	return der_take(arena, spki, len, &out->spki);
}

static bool read_names(struct arena *arena, X509 *x, struct certificate *out)
{
	const X509_NAME *subject = X509_get_subject_name(x), *issuer = X509_get_issuer_name(x);

	out->subject = name_text(arena, subject);
	out->issuer = name_text(arena, issuer);
	return out->subject && out->issuer && attribute(arena, subject, NID_commonName, &out->subject_cn) &&
		attribute(arena, subject, NID_organizationName, &out->subject_o) &&
		attribute(arena, subject, NID_organizationIdentifier, &out->subject_org_id) &&
		attribute(arena, subject, NID_serialNumber, &out->subject_holder) &&
		attribute(arena, issuer, NID_commonName, &out->issuer_cn);
}

/* A missing keyUsage allows nothing here, though RFC 5280 would allow everything. */
static void read_use(X509 *x, struct certificate *out)
{
	uint32_t use = X509_get_key_usage(x);

	out->is_ca = X509_check_ca(x) == 1;
	if (use == UINT32_MAX || out->is_ca)
		return;
	out->for_signing = use & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
	out->for_encryption = use & (KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT | KU_KEY_AGREEMENT);
}

static enum err read_all(struct arena *arena, X509 *x, struct certificate *out)
{
	TRY(read_key(arena, x, out));
	out->serial = serial_hex(arena, x);
	out->signature_oid = signature_oid(arena, x);
	if (!out->serial || !out->signature_oid || !read_names(arena, x, out) ||
		!time_from_asn1(X509_get0_notBefore(x), &out->not_before) ||
		!time_from_asn1(X509_get0_notAfter(x), &out->not_after))
		return ERR_INVALID;
	out->crl_url = crl_url(arena, x);
	out->ocsp_url = access_url(arena, x, NID_ad_OCSP);
	out->issuer_url = access_url(arena, x, NID_ad_ca_issuers);
	read_use(x, out);
	return OK;
}

enum err certificate_read(struct arena *arena, struct bytes der, struct certificate *out)
{
	X509 *x = x509_read(der);
	enum err err;

	if (!x)
		return ERR_INVALID;
	*out = (struct certificate){ .der = arena_bytes(arena, der.data, der.len) };
	err = read_all(arena, x, out);
	X509_free(x);
	return settle(err == OK, err);
}

bool certificate_ended(const struct certificate *info, int64_t now)
{
	return now >= info->not_after + SECOND;
}

enum err certificate_public(struct bytes der, struct key **out)
{
	X509 *x = x509_read(der);
	EVP_PKEY *pkey = x ? X509_get0_pubkey(x) : NULL;
	enum err err = ERR_INVALID;

	if (pkey && EVP_PKEY_up_ref(pkey) == 1)
		err = key_adopt(pkey, out);
	X509_free(x);
	return settle(err == OK, err);
}
