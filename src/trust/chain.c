/* Whether a certificate leads to a root: libcrypto finds and checks the path, this file adds time to the second, strict
 * authority of every issuer, and CRLs in both algorithms. */
#include "trust/libcrypto.h"
#include "base/clock.h"
#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { CHAIN_LONGEST = 16, ISSUERS_KEPT = 8 };

struct path {
	X509 *leaf;
	STACK_OF(X509) * given, *roots;
	X509_STORE_CTX *ctx;
	STACK_OF(X509) * found; /* the ctx's own: leaf to root */
};

static const struct {
	int code;
	enum chain_fault fault;
} faults[] = {
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, CHAIN_BAD_SIGNATURE },
	{ X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, CHAIN_BAD_SIGNATURE },
	{ X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, CHAIN_BAD_SIGNATURE },
	{ X509_V_ERR_INVALID_CA, CHAIN_BAD_USE },
	{ X509_V_ERR_INVALID_NON_CA, CHAIN_BAD_USE },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED, CHAIN_BAD_USE },
	{ X509_V_ERR_INVALID_PURPOSE, CHAIN_BAD_USE },
	{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN, CHAIN_BAD_USE },
	{ X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, CHAIN_BAD_USE },
	{ X509_V_ERR_INVALID_EXTENSION, CHAIN_MALFORMED },
	{ X509_V_ERR_PERMITTED_VIOLATION, CHAIN_BAD_USE },
	{ X509_V_ERR_EXCLUDED_VIOLATION, CHAIN_BAD_USE },
};

/* The CAs are few and their certificates come again with each check: the last ones read are kept, and found by their
 * whole encoding. Reading one costs as much as checking its signature. */
static X509 *issuer_read(struct bytes der)
{
	static struct {
		unsigned char der[CERTIFICATE_MAX];
		size_t len;
		X509 *x;
	} kept[ISSUERS_KEPT];
	static size_t next;
	X509 *x;

	for (size_t i = 0; i < ISSUERS_KEPT; i++)
		if (kept[i].x && kept[i].len == der.len && !memcmp(kept[i].der, der.data, der.len))
			return X509_up_ref(kept[i].x) == 1 ? kept[i].x : NULL;
	x = x509_read(der);
	if (!x || X509_up_ref(x) != 1)
		return x;
	X509_free(kept[next].x);
	memcpy(kept[next].der, der.data, der.len);
	kept[next].len = der.len;
	kept[next].x = x;
	next = (next + 1) % ISSUERS_KEPT;
	return x;
}

static bool read_some(const struct bytes *ders, size_t count, STACK_OF(X509) * out)
{
	for (size_t i = 0; i < count; i++) {
		X509 *x = issuer_read(ders[i]);

		if (!x)
			return false;
		if (!sk_X509_push(out, x))
			abort();
	}
	return true;
}

static bool may_issue(X509 *x)
{
	uint32_t use = X509_get_key_usage(x);

	return X509_check_ca(x) == 1 && use != UINT32_MAX && use & KU_KEY_CERT_SIGN;
}

/* libcrypto passes over an issuer that may not issue and then misses one; the truer reason is its use. */
static bool issuers_may_issue(const STACK_OF(X509) * issuers)
{
	for (int i = 0; i < sk_X509_num(issuers); i++)
		if (!may_issue(sk_X509_value(issuers, i)))
			return false;
	return true;
}

static enum chain_fault find_path(struct path *path)
{
	path->ctx = must(X509_STORE_CTX_new());
	if (X509_STORE_CTX_init(path->ctx, NULL, path->leaf, path->given) != 1)
		abort();
	X509_STORE_CTX_set0_trusted_stack(path->ctx, path->roots);
	X509_STORE_CTX_set_flags(path->ctx, X509_V_FLAG_NO_CHECK_TIME);
	X509_STORE_CTX_set_depth(path->ctx, CHAIN_LONGEST);
	if (X509_verify_cert(path->ctx) == 1) {
		path->found = X509_STORE_CTX_get0_chain(path->ctx);
		return CHAIN_GOOD;
	}
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].code == X509_STORE_CTX_get_error(path->ctx))
			return faults[i].fault;
	return CHAIN_UNTRUSTED;
}

/* RFC 5280 4.1.2.5: from notBefore through notAfter, both whole seconds. libcrypto would end one second early. */
static enum chain_fault time_fault(const X509 *x, int64_t when)
{
	int64_t from, to;

	if (!time_from_asn1(X509_get0_notBefore(x), &from) || !time_from_asn1(X509_get0_notAfter(x), &to))
		return CHAIN_MALFORMED;
	if (when < from)
		return CHAIN_NOT_YET;
	return when < to + SECOND ? CHAIN_GOOD : CHAIN_EXPIRED;
}

static enum chain_fault walk(const struct path *path, int64_t when)
{
	int count = sk_X509_num(path->found);

	for (int i = 0; i < count; i++) {
		X509 *x = sk_X509_value(path->found, i);
		enum chain_fault fault = time_fault(x, when);

		if (fault != CHAIN_GOOD)
			return fault;
		if (i && !may_issue(x))
			return CHAIN_BAD_USE;
	}
	return CHAIN_GOOD;
}

/* A CRL that no issuer on the path has signed is not passed over: it may be a damaged one that names this certificate.
 */
static enum chain_fault ask_crl(const struct path *path, struct bytes der, int64_t when)
{
	X509_CRL *crl = crl_read(der);
	enum chain_fault fault = CHAIN_BAD_CRL;

	for (int i = 1; crl && i < sk_X509_num(path->found); i++) {
		if (!crl_is_of(crl, sk_X509_value(path->found, i)))
			continue;
		fault = crl_fault(crl, X509_get0_serialNumber(sk_X509_value(path->found, i - 1)), when);
		break;
	}
	X509_CRL_free(crl);
	return fault;
}

static enum chain_fault check(struct path *path, const struct bytes *crls, size_t crl_count, int64_t when)
{
	enum chain_fault fault;

	if (!issuers_may_issue(path->given))
		return CHAIN_BAD_USE;
	fault = find_path(path);
	if (fault == CHAIN_GOOD)
		fault = walk(path, when);
	for (size_t i = 0; fault == CHAIN_GOOD && i < crl_count; i++)
		fault = ask_crl(path, crls[i], when);
	return fault;
}

/* The documents that a check is about. */
struct question {
	struct bytes leaf;
	const struct key *key; /* NULL: whoever's */
	const struct bytes *chain, *roots, *crls;
	size_t chain_count, root_count, crl_count;
	int64_t when;
};

static enum chain_fault answer(const struct question *q)
{
	struct path path = { x509_read(q->leaf), must(sk_X509_new_null()), must(sk_X509_new_null()), NULL, NULL };
	enum chain_fault fault = CHAIN_MALFORMED;

	if (path.leaf && q->chain_count <= CHAIN_LONGEST && read_some(q->chain, q->chain_count, path.given) &&
		read_some(q->roots, q->root_count, path.roots))
		fault = q->key && EVP_PKEY_eq(q->key->pkey, X509_get0_pubkey(path.leaf)) != 1
			? CHAIN_OTHER_KEY
			: check(&path, q->crls, q->crl_count, q->when);
	X509_STORE_CTX_free(path.ctx);
	sk_X509_pop_free(path.given, X509_free);
	sk_X509_pop_free(path.roots, X509_free);
	X509_free(path.leaf);
	ERR_clear_error();
	return fault;
}

enum chain_fault chain_check(struct bytes leaf, const struct bytes *chain, size_t chain_count,
	const struct bytes *roots, size_t root_count, const struct bytes *crls, size_t crl_count, int64_t when)
{
	return answer(&(struct question){ leaf, NULL, chain, roots, crls, chain_count, root_count, crl_count, when });
}

enum chain_fault chain_check_key(const struct key *key, struct bytes leaf, const struct bytes *chain,
	size_t chain_count, const struct bytes *roots, size_t root_count, int64_t when)
{
	return answer(&(struct question){ leaf, key, chain, roots, NULL, chain_count, root_count, 0, when });
}

const char *chain_fault_name(enum chain_fault fault)
{
	static const char *const names[] = { "good", "malformed", "untrusted", "bad-signature", "not-yet", "expired",
		"revoked", "bad-use", "bad-crl", "other-key" };

	return names[fault];
}
