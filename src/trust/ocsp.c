/* OCSP (RFC 6960): answers, and checking them by our own code in both algorithms. */
#include "trust/libcrypto.h"
#include "base/clock.h"
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

enum { REQUEST_MAX = 4096, RESPONSE_MAX = 64 * 1024, ASKED_MAX = 16, NONCE_MAX = 32 };

/* The hashes that a CertID may be made with. */
static const EVP_MD *cert_id_digest(OCSP_CERTID *id)
{
	ASN1_OBJECT *oid;

	OCSP_id_get0_info(NULL, &oid, NULL, NULL, id);
	switch (OBJ_obj2nid(oid)) {
	case NID_sha1:
		return EVP_sha1();
	case NID_sha256:
		return digest_sha256();
	case NID_sm3:
		return digest_sm3();
	default:
		return NULL;
	}
}

static bool is_below(OCSP_CERTID *id, X509 *issuer)
{
	const EVP_MD *digest = cert_id_digest(id);
	OCSP_CERTID *own = digest ? OCSP_cert_to_id(digest, NULL, issuer) : NULL;
	bool below = own && !OCSP_id_issuer_cmp(own, id);

	OCSP_CERTID_free(own);
	return below;
}

/* RFC 8954: an OCTET STRING of 1 to 32 octets, or the request is malformed. Every other critical extension asks for
 * something that this responder does not do. */
static bool extensions_are_fit(OCSP_REQUEST *request)
{
	for (int i = 0; i < OCSP_REQUEST_get_ext_count(request); i++) {
		X509_EXTENSION *extension = OCSP_REQUEST_get_ext(request, i);
		const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
		const unsigned char *at = ASN1_STRING_get0_data(value), *end = at + ASN1_STRING_length(value);
		ASN1_OCTET_STRING *nonce;
		bool fit;

		if (OBJ_obj2nid(X509_EXTENSION_get_object(extension)) != NID_id_pkix_OCSP_Nonce) {
			if (X509_EXTENSION_get_critical(extension))
				return false;
			continue;
		}
		nonce = d2i_ASN1_OCTET_STRING(NULL, &at, end - at);
		fit = nonce && at == end && ASN1_STRING_length(nonce) > 0 && ASN1_STRING_length(nonce) <= NONCE_MAX;
		ASN1_OCTET_STRING_free(nonce);
		if (!fit)
			return false;
	}
	return true;
}

static OCSP_REQUEST *read_request(struct bytes der)
{
	const unsigned char *at = der.data;
	OCSP_REQUEST *request = der.len && der.len <= REQUEST_MAX ? d2i_OCSP_REQUEST(NULL, &at, (long)der.len) : NULL;

	if (request && at == der.data + der.len && OCSP_request_onereq_count(request) > 0 &&
		OCSP_request_onereq_count(request) <= ASKED_MAX && extensions_are_fit(request))
		return request;
	OCSP_REQUEST_free(request);
	return NULL;
}

struct answering {
	X509 *issuer, *responder;
	const struct key *key;
	const struct ocsp_lookup *lookup;
	int64_t now, next_update;
};

static enum ocsp_state state_of(const struct answering *a, OCSP_CERTID *id, int64_t *revoked, int *reason)
{
	ASN1_INTEGER *serial;
	unsigned char octets[64];
	BIGNUM *n;
	int len;

	if (!is_below(id, a->issuer))
		return OCSP_UNKNOWN;
	OCSP_id_get0_info(NULL, NULL, NULL, &serial, id);
	n = ASN1_INTEGER_to_BN(serial, NULL);
	len = n && !BN_is_negative(n) && BN_num_bytes(n) <= (int)sizeof octets ? BN_bn2bin(n, octets) : 0;
	BN_free(n);
	if (!len)
		return OCSP_UNKNOWN;
	return a->lookup->state(a->lookup->arg, (struct bytes){ octets, (size_t)len }, revoked, reason);
}

static bool add_status(OCSP_BASICRESP *basic, OCSP_CERTID *id, const struct answering *a)
{
	static const int codes[] = { [OCSP_GOOD] = V_OCSP_CERTSTATUS_GOOD,
		[OCSP_REVOKED] = V_OCSP_CERTSTATUS_REVOKED,
		[OCSP_UNKNOWN] = V_OCSP_CERTSTATUS_UNKNOWN };
	int64_t revoked = 0;
	int reason = 0;
	enum ocsp_state state = state_of(a, id, &revoked, &reason);
	ASN1_TIME *from = must(ASN1_GENERALIZEDTIME_set(NULL, (time_t)(a->now / SECOND)));
	ASN1_TIME *to = must(ASN1_GENERALIZEDTIME_set(NULL, (time_t)(a->next_update / SECOND)));
	ASN1_TIME *when = must(ASN1_GENERALIZEDTIME_set(NULL, (time_t)(revoked / SECOND)));
	bool ok = OCSP_basic_add1_status(basic, id, codes[state], reason ? reason : OCSP_REVOKED_STATUS_NOSTATUS, when,
			  from, to) != NULL;

	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	ASN1_TIME_free(when);
	return ok;
}

/* libcrypto would take producedAt from the machine's clock; the caller's clock is the one that counts here. */
static bool set_produced(OCSP_BASICRESP *basic, int64_t now)
{
	ASN1_GENERALIZEDTIME *produced = (ASN1_GENERALIZEDTIME *)OCSP_resp_get0_produced_at(basic);

	return ASN1_GENERALIZEDTIME_set(produced, (time_t)(now / SECOND)) != NULL;
}

static bool sign(OCSP_BASICRESP *basic, const struct answering *a)
{
	struct signer signer;
	bool ok = signer_open(&signer, a->key) &&
		OCSP_basic_sign_ctx(basic, a->responder, signer.ctx, NULL, OCSP_RESPID_KEY | OCSP_NOTIME) == 1;

	signer_close(&signer);
	return ok;
}

static OCSP_BASICRESP *answer(OCSP_REQUEST *request, const struct answering *a)
{
	OCSP_BASICRESP *basic = must(OCSP_BASICRESP_new());
	bool ok = true;

	for (int i = 0; ok && i < OCSP_request_onereq_count(request); i++)
		ok = add_status(basic, OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, i)), a);
	if (ok && OCSP_copy_nonce(basic, request) > 0 && set_produced(basic, a->now) && sign(basic, a))
		return basic;
	OCSP_BASICRESP_free(basic);
	return NULL;
}

static enum err encode(struct arena *arena, int status, OCSP_BASICRESP *basic, struct bytes *der)
{
	OCSP_RESPONSE *response = must(OCSP_response_create(status, basic));
	unsigned char *out = NULL;
	int len = i2d_OCSP_RESPONSE(response, &out);

	OCSP_RESPONSE_free(response);
	return der_take(arena, out, len, der);
}

enum err ocsp_answer(struct arena *arena, struct bytes issuer_certificate, const struct issuer *responder,
	struct bytes request, const struct ocsp_lookup *lookup, int64_t now, int64_t next_update, struct bytes *der)
{
	struct answering a = { x509_read(issuer_certificate), x509_read(responder->certificate), responder->key, lookup,
		now, next_update };
	OCSP_REQUEST *asked = read_request(request);
	OCSP_BASICRESP *basic = NULL;
	enum err err = ERR_BROKEN;

	if (!asked)
		err = encode(arena, OCSP_RESPONSE_STATUS_MALFORMEDREQUEST, NULL, der);
	else if (a.issuer && a.responder && (basic = answer(asked, &a)))
		err = encode(arena, OCSP_RESPONSE_STATUS_SUCCESSFUL, basic, der);
	OCSP_BASICRESP_free(basic);
	OCSP_REQUEST_free(asked);
	X509_free(a.issuer);
	X509_free(a.responder);
	(void)settle(false, OK);
	return err;
}

bool ocsp_may_be_kept(struct bytes request)
{
	OCSP_REQUEST *asked = read_request(request);
	bool kept = asked && OCSP_REQUEST_get_ext_by_NID(asked, NID_id_pkix_OCSP_Nonce, -1) < 0;

	OCSP_REQUEST_free(asked);
	return settle(kept, ERR_INVALID) == OK;
}

enum err ocsp_request_make(struct arena *arena, struct bytes certificate, struct bytes issuer, struct bytes *der)
{
	X509 *x = x509_read(certificate), *above = x509_read(issuer);
	OCSP_CERTID *id = x && above ? OCSP_cert_to_id(EVP_sha1(), x, above) : NULL; /* RFC 5019 2.1.1: SHA-1 here */
	OCSP_REQUEST *request = must(OCSP_REQUEST_new());
	unsigned char *out = NULL;
	int len = 0;

	X509_free(x);
	X509_free(above);
	if (id && OCSP_request_add0_id(request, id))
		len = i2d_OCSP_REQUEST(request, &out);
	OCSP_REQUEST_free(request);
	return id ? der_take(arena, out, len, der) : settle(false, ERR_INVALID);
}

static bool in_time(const ASN1_TIME *from, const ASN1_TIME *to, int64_t now)
{
	int64_t begin, end;

	return time_from_asn1(from, &begin) && time_from_asn1(to, &end) && begin <= now && now < end + SECOND;
}

/* RFC 6960 4.2.2.2: the issuer itself, or whom it named for this by a certificate valid now. */
static bool may_answer(X509 *signer, X509 *issuer, int64_t now)
{
	if (!X509_cmp(signer, issuer))
		return true;
	return !X509_NAME_cmp(X509_get_issuer_name(signer), X509_get_subject_name(issuer)) &&
		X509_get_extension_flags(signer) & EXFLAG_XKUSAGE &&
		X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN &&
		X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE &&
		in_time(X509_get0_notBefore(signer), X509_get0_notAfter(signer), now) &&
		X509_verify(signer, X509_get0_pubkey(issuer)) == 1;
}

static bool signed_by(OCSP_BASICRESP *basic, X509 *signer)
{
	unsigned char *tbs = NULL;
	int len = i2d_OCSP_RESPDATA((OCSP_RESPDATA *)OCSP_resp_get0_respdata(basic), &tbs);
	bool ok = len > 0 &&
		signature_holds(X509_get0_pubkey(signer), OCSP_resp_get0_tbs_sigalg(basic),
			OCSP_resp_get0_signature(basic), (struct bytes){ tbs, (size_t)len });

	OPENSSL_free(tbs);
	return ok;
}

/* A copy that x509_read has made ready for verifying; NULL when there is none. Owned by the caller. */
static X509 *find_signer(OCSP_BASICRESP *basic, X509 *issuer)
{
	STACK_OF(X509) *more = must(sk_X509_new_null());
	unsigned char *der = NULL;
	X509 *found = NULL, *copy = NULL;
	int len;

	if (!sk_X509_push(more, issuer))
		abort();
	if (OCSP_resp_get0_signer(basic, &found, more) == 1) {
		len = i2d_X509(found, &der);
		copy = len > 0 ? x509_read((struct bytes){ der, (size_t)len }) : NULL;
		OPENSSL_free(der);
	}
	sk_X509_free(more);
	return copy;
}

static bool says(OCSP_BASICRESP *basic, X509 *x, X509 *issuer, int64_t now, enum ocsp_state *out)
{
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
		OCSP_CERTID *id = (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(single);
		const EVP_MD *digest = cert_id_digest(id);
		OCSP_CERTID *own = digest ? OCSP_cert_to_id(digest, x, issuer) : NULL;
		ASN1_GENERALIZEDTIME *from, *to;
		bool match = own && !OCSP_id_cmp(own, id);
		int status = OCSP_single_get0_status(single, NULL, NULL, &from, &to);

		OCSP_CERTID_free(own);
		if (!match || !in_time(from, to, now))
			continue;
		*out = status == V_OCSP_CERTSTATUS_GOOD       ? OCSP_GOOD
			: status == V_OCSP_CERTSTATUS_REVOKED ? OCSP_REVOKED
							      : OCSP_UNKNOWN;
		return true;
	}
	return false;
}

static OCSP_BASICRESP *read_response(struct bytes der)
{
	const unsigned char *at = der.data;
	OCSP_RESPONSE *response = der.len <= RESPONSE_MAX ? d2i_OCSP_RESPONSE(NULL, &at, (long)der.len) : NULL;
	OCSP_BASICRESP *basic = NULL;

	if (response && at == der.data + der.len && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(response);
	OCSP_RESPONSE_free(response);
	return basic;
}

enum err ocsp_check(
	struct bytes response, struct bytes certificate, struct bytes issuer, int64_t now, enum ocsp_state *out)
{
	X509 *x = x509_read(certificate), *above = x509_read(issuer);
	OCSP_BASICRESP *basic = read_response(response);
	X509 *signer = basic && above ? find_signer(basic, above) : NULL;
	bool ok = x && signer && may_answer(signer, above, now) && signed_by(basic, signer) &&
		says(basic, x, above, now, out);

	X509_free(signer);
	OCSP_BASICRESP_free(basic);
	X509_free(above);
	X509_free(x);
	return settle(ok, ERR_DENIED);
}
