/* libcrypto's manners, met in one place: errors, memory, digests, signatures with an SM2 identity, times and numbers.
 */
#include "trust/libcrypto.h"
#include "base/clock.h"
#include <openssl/decoder.h>
#include <openssl/err.h>

enum err settle(bool ok, enum err otherwise)
{
	if (ok)
		return OK;
	ERR_clear_error();
	return otherwise;
}

void *must(void *pointer)
{
	if (!pointer)
		abort();
	return pointer;
}

const EVP_MD *digest_sha256(void)
{
	static EVP_MD *digest;

	if (!digest)
		digest = must(EVP_MD_fetch(NULL, "SHA256", NULL));
	return digest;
}

const EVP_MD *digest_sm3(void)
{
	static EVP_MD *digest;

	if (!digest)
		digest = must(EVP_MD_fetch(NULL, "SM3", NULL));
	return digest;
}

/* The identity must be there before the digest begins, and a context that was set this way is ours to free. */
static bool set_identity(struct signer *s, EVP_PKEY *pkey)
{
	s->identity = must(EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL));
	if (EVP_PKEY_CTX_set1_id(s->identity, SM2_IDENTITY, sizeof SM2_IDENTITY - 1) != 1)
		return false;
	EVP_MD_CTX_set_pkey_ctx(s->ctx, s->identity);
	return true;
}

bool signer_open(struct signer *s, const struct key *key)
{
	const EVP_MD *digest = key->kind == KEY_SM2 ? digest_sm3() : digest_sha256();

	*s = (struct signer){ must(EVP_MD_CTX_new()), NULL };
	if (key->kind == KEY_ED25519)
		digest = NULL;
	if (key->kind == KEY_SM2 && !set_identity(s, key->pkey))
		return false;
	return EVP_DigestSignInit(s->ctx, NULL, digest, NULL, key->pkey) == 1;
}

void signer_close(struct signer *s)
{
	EVP_MD_CTX_free(s->ctx);
	EVP_PKEY_CTX_free(s->identity);
}

static bool digest_is_fit(int nid)
{
	return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512 || nid == NID_sm3;
}

bool signature_holds(EVP_PKEY *pkey, const X509_ALGOR *algorithm, const ASN1_BIT_STRING *signature, struct bytes tbs)
{
	const ASN1_OBJECT *oid;
	struct signer s;
	int digest, kind, parameters;
	bool ok;

	X509_ALGOR_get0(&oid, &parameters, NULL, algorithm);
	if (!pkey || (parameters != V_ASN1_UNDEF && parameters != V_ASN1_NULL) ||
		OBJ_find_sigid_algs(OBJ_obj2nid(oid), &digest, &kind) != 1 || !digest_is_fit(digest) ||
		!EVP_PKEY_is_a(pkey, OBJ_nid2sn(kind)) || signature->flags & 0x07) /* unused bits */
		return false;
	s = (struct signer){ must(EVP_MD_CTX_new()), NULL };
	ok = (kind != NID_sm2 || set_identity(&s, pkey)) &&
		EVP_DigestVerifyInit(s.ctx, NULL, EVP_get_digestbynid(digest), NULL, pkey) == 1 &&
		EVP_DigestVerify(s.ctx, ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature),
			tbs.data, tbs.len) == 1;
	signer_close(&s);
	return ok;
}

enum err der_take(struct arena *arena, unsigned char *der, int len, struct bytes *out)
{
	if (len <= 0)
		return settle(false, ERR_BROKEN);
	*out = arena_bytes(arena, der, (size_t)len);
	OPENSSL_clear_free(der, (size_t)len);
	return OK;
}

bool der_is(struct bytes der, unsigned char *again, int len)
{
	bool same = len > 0 && bytes_equal((struct bytes){ again, (size_t)len }, der);

	OPENSSL_free(again);
	return same;
}

ASN1_TIME *time_to_asn1(int64_t ms)
{
	return ASN1_TIME_adj(
		NULL, (time_t)(ms / SECOND), 0, 0); /* UTCTime up to 2049, then GeneralizedTime (RFC 5280) */
}

bool time_from_asn1(const ASN1_TIME *time, int64_t *ms)
{
	struct tm tm;

	if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*ms = civil_to_ms_utc(
		(struct civil){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, 0 });
	return true;
}

enum err serial_number(struct bytes octets, ASN1_INTEGER **out)
{
	BIGNUM *n;
	bool ok;

	if (!octets.len || octets.len > 20)
		return ERR_INVALID;
	n = must(BN_bin2bn(octets.data, (int)octets.len, NULL));
	ok = !BN_is_zero(n) && BN_num_bits(n) <= 159;
	*out = ok ? must(BN_to_ASN1_INTEGER(n, NULL)) : NULL;
	BN_free(n);
	return settle(ok, ERR_INVALID);
}

/* The types of private keys that we know, and for each what reads them. */
enum private_type { PRIVATE_EC, PRIVATE_SM2, PRIVATE_RSA, PRIVATE_ED25519, PRIVATE_UNKNOWN };

static enum private_type type_of(const PKCS8_PRIV_KEY_INFO *info)
{
	const ASN1_OBJECT *oid;
	const X509_ALGOR *algorithm;
	const void *curve;
	int form;

	if (PKCS8_pkey_get0(&oid, NULL, NULL, &algorithm, info) != 1)
		return PRIVATE_UNKNOWN;
	X509_ALGOR_get0(NULL, &form, &curve, algorithm);
	switch (OBJ_obj2nid(oid)) {
	case NID_X9_62_id_ecPublicKey:
		return form == V_ASN1_OBJECT && OBJ_obj2nid(curve) == NID_sm2 ? PRIVATE_SM2 : PRIVATE_EC;
	case NID_rsaEncryption:
		return PRIVATE_RSA;
	case NID_ED25519:
		return PRIVATE_ED25519;
	default:
		return PRIVATE_UNKNOWN;
	}
}

/* Told the type, libcrypto 3.0 asks one decoder instead of all that it has: a quarter of the time of EVP_PKCS82PKEY. To
 * set that one up takes most of what is left, so each is kept for the life of the process; it puts what it read
 * here. */
static EVP_PKEY *was_read;

static OSSL_DECODER_CTX *decoder_of(enum private_type type)
{
	static const char *const names[] = { "EC", "SM2", "RSA", "ED25519" };
	static OSSL_DECODER_CTX *decoders[sizeof names / sizeof *names];

	if (!decoders[type])
		decoders[type] = must(OSSL_DECODER_CTX_new_for_pkey(
			&was_read, "DER", "PrivateKeyInfo", names[type], EVP_PKEY_KEYPAIR, NULL, NULL));
	return decoders[type];
}

EVP_PKEY *private_read(struct bytes der)
{
	const unsigned char *at = der.data;
	PKCS8_PRIV_KEY_INFO *info = der.len <= CERTIFICATE_MAX ? d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len)
							       : NULL;
	enum private_type type = info && at == der.data + der.len ? type_of(info) : PRIVATE_UNKNOWN;
	size_t left = der.len;
	EVP_PKEY *out;
	bool whole;

	PKCS8_PRIV_KEY_INFO_free(info);
	if (type == PRIVATE_UNKNOWN)
		return NULL;
	at = der.data;
	whole = OSSL_DECODER_from_data(decoder_of(type), &at, &left) == 1 && !left;
	out = was_read;
	was_read = NULL;
	if (whole)
		return out;
	EVP_PKEY_free(out);
	return NULL;
}
