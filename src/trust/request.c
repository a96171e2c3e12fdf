/* Certification requests (PKCS#10, RFC 2986) and the names that stand in requests and certificates. */
#include "trust/libcrypto.h"
#include "base/text.h"

/* GB/T 20518 5.2.3.4 and X.520: libcrypto's table of attributes makes countryName, serialNumber and dnQualifier a
 * PrintableString and the others a UTF8String, and bounds their lengths. */
static bool put(X509_NAME *name, int nid, const char *text)
{
	if (!text)
		return true;
	return *text && utf8_valid(text, strlen(text)) && text_is_plain(text) &&
		X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) == 1;
}

enum err subject_name(const struct subject *subject, X509_NAME **out)
{
	X509_NAME *name = must(X509_NAME_new());

	if (put(name, NID_countryName, subject->country) && put(name, NID_organizationName, subject->org) &&
		put(name, NID_organizationIdentifier, subject->org_id) &&
		put(name, NID_commonName, subject->common_name) && put(name, NID_serialNumber, subject->holder) &&
		put(name, NID_dnQualifier, subject->id_hash) && X509_NAME_entry_count(name)) {
		*out = name;
		return OK;
	}
	X509_NAME_free(name);
	return settle(false, ERR_INVALID);
}

static bool sign(X509_REQ *request, const struct key *key)
{
	struct signer signer;
	bool ok = signer_open(&signer, key) && X509_REQ_sign_ctx(request, signer.ctx) > 0;

	signer_close(&signer);
	return ok;
}

enum err request_make(const struct key *key, struct arena *arena, const struct subject *subject, struct bytes *der)
{
	X509_REQ *request;
	X509_NAME *name;
	unsigned char *out = NULL;
	int len = 0;

	TRY(subject_name(subject, &name));
	request = must(X509_REQ_new());
	if (X509_REQ_set_version(request, 0) == 1 && X509_REQ_set_subject_name(request, name) == 1 &&
		X509_REQ_set_pubkey(request, key->pkey) == 1 && sign(request, key))
		len = i2d_X509_REQ(request, &out);
	X509_NAME_free(name);
	X509_REQ_free(request);
	return der_take(arena, out, len, der);
}

static bool proof_holds(X509_REQ *request, EVP_PKEY *pkey)
{
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *algorithm;
	unsigned char *tbs = NULL;
	int len = i2d_re_X509_REQ_tbs(request, &tbs);
	bool ok;

	X509_REQ_get0_signature(request, &signature, &algorithm);
	ok = len > 0 && signature_holds(pkey, algorithm, signature, (struct bytes){ tbs, (size_t)len });
	OPENSSL_free(tbs);
	return ok;
}

enum err request_check(struct bytes der, struct key **public_half)
{
	const unsigned char *at = der.data;
	X509_REQ *request = der.len <= CERTIFICATE_MAX ? d2i_X509_REQ(NULL, &at, (long)der.len) : NULL;
	unsigned char *again = NULL;
	int len = request ? i2d_X509_REQ(request, &again) : 0;
	struct key *key = NULL;
	EVP_PKEY *pkey;
	enum err err = ERR_INVALID;

	if (der_is(der, again, len) && (pkey = X509_REQ_get0_pubkey(request)) && EVP_PKEY_up_ref(pkey) == 1)
		err = key_adopt(pkey, &key);
	if (err == OK && !proof_holds(request, key->pkey)) {
		key_free(&key);
		err = ERR_INVALID;
	}
	X509_REQ_free(request);
	if (err == OK)
		*public_half = key;
	return settle(err == OK, err);
}
