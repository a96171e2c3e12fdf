/* Certificate revocation lists (RFC 5280 5): made, and asked about one serial. */
#include "trust/libcrypto.h"
#include "base/clock.h"
#include <openssl/x509v3.h>

static bool set_times(X509_CRL *crl, int64_t this_update, int64_t next_update)
{
	ASN1_TIME *from = must(time_to_asn1(this_update)), *to = must(time_to_asn1(next_update));
	bool ok = X509_CRL_set1_lastUpdate(crl, from) == 1 && X509_CRL_set1_nextUpdate(crl, to) == 1;

	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return ok;
}

static bool set_extensions(X509_CRL *crl, X509 *issuer, int64_t number)
{
	const ASN1_OCTET_STRING *key_id = X509_get0_subject_key_id(issuer);
	AUTHORITY_KEYID *authority = must(AUTHORITY_KEYID_new());
	ASN1_INTEGER *n = must(ASN1_INTEGER_new());
	bool ok;

	authority->keyid = key_id ? must(ASN1_OCTET_STRING_dup(key_id)) : NULL;
	ok = key_id && ASN1_INTEGER_set_int64(n, number) == 1 &&
		X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, authority, 0, 0) == 1 &&
		X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0) == 1;
	AUTHORITY_KEYID_free(authority);
	ASN1_INTEGER_free(n);
	return ok;
}

/* RFC 5280 5.3.1: an unspecified reason is left out. */
static bool set_reason(X509_REVOKED *entry, int reason)
{
	ASN1_ENUMERATED *code;
	bool ok;

	if (!reason)
		return true;
	code = must(ASN1_ENUMERATED_new());
	ok = ASN1_ENUMERATED_set(code, reason) == 1 &&
		X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, code, 0, 0) == 1;
	ASN1_ENUMERATED_free(code);
	return ok;
}

static bool reason_is_known(int reason)
{
	return reason >= 0 && reason <= 10 && reason != 7 && reason != 8; /* 7 is unused, 8 belongs to delta CRLs */
}

static enum err add_revoked(X509_CRL *crl, const struct revoked *revoked)
{
	X509_REVOKED *entry;
	ASN1_INTEGER *serial;
	ASN1_TIME *when;
	bool ok;

	if (!reason_is_known(revoked->reason))
		return ERR_INVALID;
	TRY(serial_number(revoked->serial, &serial));
	entry = must(X509_REVOKED_new());
	when = must(time_to_asn1(revoked->when));
	ok = X509_REVOKED_set_serialNumber(entry, serial) == 1 && X509_REVOKED_set_revocationDate(entry, when) == 1 &&
		set_reason(entry, revoked->reason) && X509_CRL_add0_revoked(crl, entry) == 1;
	ASN1_INTEGER_free(serial);
	ASN1_TIME_free(when);
	if (!ok)
		X509_REVOKED_free(entry);
	return ok ? OK : ERR_BROKEN;
}

static bool sign(X509_CRL *crl, const struct key *key)
{
	struct signer signer;
	bool ok = signer_open(&signer, key) && X509_CRL_sort(crl) == 1 && X509_CRL_sign_ctx(crl, signer.ctx) > 0;

	signer_close(&signer);
	return ok;
}

enum err ca_crl(struct arena *arena, const struct issuer *issuer, const struct revoked *revoked, size_t count,
	int64_t number, int64_t this_update, int64_t next_update, struct bytes *der)
{
	X509 *certificate = x509_read(issuer->certificate);
	X509_CRL *crl = must(X509_CRL_new());
	enum err err = ERR_INVALID;
	unsigned char *out = NULL;
	int len = 0;

	if (certificate && number >= 0 && next_update > this_update &&
		EVP_PKEY_eq(X509_get0_pubkey(certificate), issuer->key->pkey) == 1)
		err = OK;
	for (size_t i = 0; err == OK && i < count; i++)
		err = add_revoked(crl, &revoked[i]);
	if (err == OK && X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
		X509_CRL_set_issuer_name(crl, X509_get_subject_name(certificate)) == 1 &&
		set_times(crl, this_update, next_update) && set_extensions(crl, certificate, number) &&
		sign(crl, issuer->key))
		len = i2d_X509_CRL(crl, &out);
	X509_CRL_free(crl);
	X509_free(certificate);
	return err == OK ? der_take(arena, out, len, der) : settle(false, err);
}

X509_CRL *crl_read(struct bytes der)
{
	const unsigned char *at = der.data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);
	unsigned char *again = NULL;
	int len = crl ? i2d_X509_CRL(crl, &again) : 0;

	if (der_is(der, again, len))
		return crl;
	X509_CRL_free(crl);
	return NULL;
}

bool crl_is_of(X509_CRL *crl, X509 *issuer)
{
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *algorithm;
	unsigned char *tbs = NULL;
	bool ok;
	int len;

	if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) ||
		!(X509_get_key_usage(issuer) & KU_CRL_SIGN))
		return false;
	X509_CRL_get0_signature(crl, &signature, &algorithm);
	len = i2d_re_X509_CRL_tbs(crl, &tbs);
	ok = len > 0 &&
		signature_holds(X509_get0_pubkey(issuer), algorithm, signature, (struct bytes){ tbs, (size_t)len });
	OPENSSL_free(tbs);
	return ok;
}

/* A critical extension narrows what a CRL or an entry speaks of (delta, part, other issuer): such a CRL can't clear
 * anybody. */
static bool narrowed(const STACK_OF(X509_EXTENSION) * extensions)
{
	for (int i = 0; i < sk_X509_EXTENSION_num(extensions); i++)
		if (X509_EXTENSION_get_critical(sk_X509_EXTENSION_value(extensions, i)))
			return true;
	return false;
}

static bool any_entry_narrowed(X509_CRL *crl)
{
	STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(crl);

	for (int i = 0; i < sk_X509_REVOKED_num(entries); i++)
		if (narrowed(X509_REVOKED_get0_extensions(sk_X509_REVOKED_value(entries, i))))
			return true;
	return false;
}

enum chain_fault crl_fault(X509_CRL *crl, const ASN1_INTEGER *serial, int64_t when)
{
	X509_REVOKED *entry;
	int64_t next, revoked;

	if (!time_from_asn1(X509_CRL_get0_nextUpdate(crl), &next) || when >= next + SECOND ||
		narrowed(X509_CRL_get0_extensions(crl)) || any_entry_narrowed(crl))
		return CHAIN_BAD_CRL;
	if (!X509_CRL_get0_by_serial(crl, &entry, (ASN1_INTEGER *)serial))
		return CHAIN_GOOD;
	if (!time_from_asn1(X509_REVOKED_get0_revocationDate(entry), &revoked))
		return CHAIN_BAD_CRL;
	return revoked <= when ? CHAIN_REVOKED : CHAIN_GOOD;
}
