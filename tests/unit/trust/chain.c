#include "tests/unit/trust/openssl.h"
#include "tests/unit/trust/pki.h"

static const enum key_kind kinds[] = { KEY_SM2, KEY_P256 };
enum { KINDS = sizeof kinds / sizeof *kinds };

TEST("CERT-12: a chain is good from the first second of its leaf to the last, and not one second before or after")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		struct issue issue = pki_issue(pki, PROFILE_SIGNING);
		struct bytes leaf;

		issue.not_before = PKI_NOW - MINUTE;
		issue.not_after = PKI_NOW + MINUTE;
		leaf = pki_certify(&pki->by_issuing, &issue);
		assert_int_equal(CHAIN_NOT_YET, pki_check(pki, leaf, issue.not_before - SECOND));
		assert_int_equal(CHAIN_NOT_YET, pki_check(pki, leaf, issue.not_before - 1));
		assert_int_equal(CHAIN_GOOD, pki_check(pki, leaf, issue.not_before));
		assert_int_equal(CHAIN_GOOD, pki_check(pki, leaf, issue.not_after));
		assert_int_equal(CHAIN_EXPIRED, pki_check(pki, leaf, issue.not_after + SECOND));
		issue.not_before = PKI_NOW - 9 * DAY; /* the leaf is good, its issuer not yet */
		leaf = pki_certify(&pki->by_issuing, &issue);
		assert_int_equal(CHAIN_NOT_YET, pki_check(pki, leaf, PKI_FROM - SECOND));
		pki_free(pki);
	}
}

TEST("CERT-20: a chain leads to its own root only, and over its own issuer only")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]), *other = pki_make(kinds[i], kinds[i]);
		struct bytes both[] = { other->root, pki->root };

		assert_int_equal(CHAIN_GOOD, chain_check(pki->leaf, &pki->issuing, 1, both, 2, NULL, 0, PKI_NOW));
		assert_int_equal(CHAIN_UNTRUSTED, chain_check(pki->leaf, &pki->issuing, 1, NULL, 0, NULL, 0, PKI_NOW));
		assert_int_equal(CHAIN_UNTRUSTED, chain_check(pki->leaf, NULL, 0, &pki->root, 1, NULL, 0, PKI_NOW));
		assert_int_not_equal(CHAIN_GOOD, pki_check(other, pki->leaf, PKI_NOW));
		assert_int_not_equal(
			CHAIN_GOOD, chain_check(pki->leaf, &pki->issuing, 1, &other->root, 1, NULL, 0, PKI_NOW));
		assert_int_not_equal(
			CHAIN_GOOD, chain_check(pki->leaf, &other->issuing, 1, &pki->root, 1, NULL, 0, PKI_NOW));
		pki_free(other);
		pki_free(pki);
	}
}

TEST("CERT-16: a chain is good for the key that its leaf certifies, and for no other")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);

		assert_int_equal(CHAIN_GOOD,
			chain_check_key(pki->leaf_key, pki->leaf, &pki->issuing, 1, &pki->root, 1, PKI_NOW));
		assert_int_equal(CHAIN_OTHER_KEY,
			chain_check_key(pki->issuing_key, pki->leaf, &pki->issuing, 1, &pki->root, 1, PKI_NOW));
		assert_int_equal(
			CHAIN_UNTRUSTED, chain_check_key(pki->leaf_key, pki->leaf, NULL, 0, &pki->root, 1, PKI_NOW));
		pki_free(pki);
	}
}

TEST("CERT-16: who may not issue makes no chain: a leaf, a responder, a CA below a CA of path length 0")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		struct issuer by_leaf = { pki->leaf_key, pki->leaf }, below;
		struct issue issue = pki_issue(pki, PROFILE_SIGNING);
		struct bytes chain[2], leaf, der;

		assert_err(ERR_INVALID, ca_issue(test_arena(), &by_leaf, &issue, &der));
		chain[0] = pki->leaf, chain[1] = pki->issuing;
		assert_int_equal(CHAIN_BAD_USE, chain_check(pki->ocsp, chain, 2, &pki->root, 1, NULL, 0, PKI_NOW));
		issue.profile = PROFILE_ISSUING;
		issue.subject = (struct subject){ .country = "CN", .common_name = "below" };
		below = (struct issuer){ pki->leaf_key, pki_certify(&pki->by_issuing, &issue) };
		issue = pki_issue(pki, PROFILE_SIGNING);
		issue.public_half = pki->ocsp_key;
		leaf = pki_certify(&below, &issue);
		chain[0] = below.certificate, chain[1] = pki->issuing;
		assert_int_equal(CHAIN_BAD_USE, chain_check(leaf, chain, 2, &pki->root, 1, NULL, 0, PKI_NOW));
		pki_free(pki);
	}
}

TEST("CERT-12: a leaf or issuer with one flipped bit is refused")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		unsigned char *wrong = arena_alloc(test_arena(), pki->leaf.len + pki->issuing.len);

		for (size_t bit = 0; bit < 8 * pki->leaf.len; bit += 9) {
			memcpy(wrong, pki->leaf.data, pki->leaf.len);
			wrong[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_int_not_equal(
				CHAIN_GOOD, pki_check(pki, (struct bytes){ wrong, pki->leaf.len }, PKI_NOW));
		}
		for (size_t bit = 0; bit < 8 * pki->issuing.len; bit += 9) {
			struct bytes issuing = { wrong, pki->issuing.len };

			memcpy(wrong, pki->issuing.data, pki->issuing.len);
			wrong[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_int_not_equal(
				CHAIN_GOOD, chain_check(pki->leaf, &issuing, 1, &pki->root, 1, NULL, 0, PKI_NOW));
		}
		pki_free(pki);
	}
}

TEST("CERT-13: a revoked certificate is refused from its revocation on, another one is not")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		struct revoked revoked[] = { { pki_serial(pki->ocsp), PKI_NOW - HOUR, 4 },
			{ pki_serial(pki->leaf), PKI_NOW, 1 } };
		struct bytes both = pki_crl(pki, revoked, 2), one = pki_crl(pki, revoked, 1),
			     none = pki_crl(pki, NULL, 0);

		assert_int_equal(CHAIN_REVOKED, pki_check_crl(pki, both, PKI_NOW));
		assert_int_equal(CHAIN_GOOD, pki_check_crl(pki, both, PKI_NOW - SECOND));
		assert_int_equal(CHAIN_GOOD, pki_check_crl(pki, one, PKI_NOW));
		assert_int_equal(CHAIN_GOOD, pki_check_crl(pki, none, PKI_NOW));
		pki_free(pki);
	}
}

TEST("CERT-13: an issuing CA that the root revoked takes its leaves along")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		struct revoked revoked = { pki_serial(pki->issuing), PKI_NOW, 5 };
		struct bytes crl;

		assert_ok(ca_crl(test_arena(), &pki->by_root, &revoked, 1, 7, PKI_NOW, PKI_NOW + DAY, &crl));
		assert_int_equal(CHAIN_REVOKED, pki_check_crl(pki, crl, PKI_NOW));
		pki_free(pki);
	}
}

TEST("CERT-13: a CRL out of date, damaged, or of nobody in the chain clears nobody")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]), *other = pki_make(kinds[i], kinds[i]);
		struct bytes crl, foreign = pki_crl(other, NULL, 0);
		unsigned char *wrong;

		assert_ok(ca_crl(test_arena(), &pki->by_issuing, NULL, 0, 1, PKI_NOW - DAY, PKI_NOW - SECOND, &crl));
		assert_int_equal(CHAIN_BAD_CRL, pki_check_crl(pki, crl, PKI_NOW));
		assert_int_equal(CHAIN_GOOD, pki_check_crl(pki, crl, PKI_NOW - SECOND));
		assert_int_equal(CHAIN_BAD_CRL, pki_check_crl(pki, foreign, PKI_NOW));
		crl = pki_crl(pki, NULL, 0);
		wrong = arena_alloc(test_arena(), crl.len);
		for (size_t bit = 0; bit < 8 * crl.len; bit += 9) {
			memcpy(wrong, crl.data, crl.len);
			wrong[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_int_equal(CHAIN_BAD_CRL, pki_check_crl(pki, (struct bytes){ wrong, crl.len }, PKI_NOW));
		}
		pki_free(other);
		pki_free(pki);
	}
}

TEST("CERT-13: a CRL under another name of the same key, or with a byte behind it, clears nobody")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		struct issue issue = pki_issue(pki, PROFILE_ISSUING);
		struct issuer renamed = { pki->issuing_key, { NULL, 0 } };
		struct bytes crl;
		unsigned char *longer;

		issue.public_half = pki->issuing_key;
		renamed.certificate = pki_certify(&pki->by_root, &issue);
		assert_ok(ca_crl(test_arena(), &renamed, NULL, 0, 1, PKI_NOW, PKI_NOW + DAY, &crl));
		assert_int_equal(CHAIN_BAD_CRL, pki_check_crl(pki, crl, PKI_NOW));
		crl = pki_crl(pki, NULL, 0);
		longer = arena_alloc(test_arena(), crl.len + 1);
		memcpy(longer, crl.data, crl.len);
		assert_int_equal(CHAIN_BAD_CRL, pki_check_crl(pki, (struct bytes){ longer, crl.len + 1 }, PKI_NOW));
		pki_free(pki);
	}
}

/* A CRL of the issuing CA made by openssl, with this issuingDistributionPoint. */
static struct bytes partial_crl(const struct pki *pki, const char *point)
{
	struct bytes key, der;

	assert_ok(key_private_pem(pki->issuing_key, test_arena(), &key));
	write_out("issuing.key", key);
	write_out("issuing.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->issuing));
	write_out("index", (struct bytes){ NULL, 0 });
	write_out("ca.conf",
		bytes_of_text(arena_printf(test_arena(),
			"[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index\ndefault_md=sha256\n"
			"crl_extensions=e\n[e]\nissuingDistributionPoint=%s\n[p]\nonlyuser=TRUE\n",
			test_folder(), point)));
	assert_openssl("ca -gencrl -config %s/ca.conf -keyfile %s/issuing.key -cert %s/issuing.pem -crldays 3650 -out "
		       "%s/crl.pem",
		test_folder(), test_folder(), test_folder(), test_folder());
	assert_ok(pem_unwrap(test_arena(), "X509 CRL", read_back("crl.pem"), &der));
	return der;
}

TEST("CERT-13: a CRL that says critically that it speaks of a part only clears nobody")
{
	struct pki *pki = pki_make(KEY_P256, KEY_P256);

	assert_int_equal(CHAIN_GOOD, pki_check_crl(pki, partial_crl(pki, "@p"), PKI_NOW));
	assert_int_equal(CHAIN_BAD_CRL, pki_check_crl(pki, partial_crl(pki, "critical,@p"), PKI_NOW));
	pki_free(pki);
}

TEST("CERT-13: openssl reads the CRL, and checks the P-256 one against its issuer")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		struct revoked revoked = { pki_serial(pki->leaf), PKI_NOW - HOUR, 4 };
		const char *text;
		int code;

		write_out("crl.der", pki_crl(pki, &revoked, 1));
		write_out("crl.pem", pem_wrap(test_arena(), "X509 CRL", read_back("crl.der")));
		write_out("leaf.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->leaf));
		write_out("root.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->root));
		write_out("issuing.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->issuing));
		text = openssl(&code, "crl -inform DER -in %s/crl.der -noout -text", test_folder());
		assert_int_equal(0, code);
		assert_non_null(strstr(text, "Superseded"));
		assert_non_null(strstr(text, "X509v3 CRL Number"));
		assert_non_null(strstr(text, "X509v3 Authority Key Identifier"));
		if (kinds[i] == KEY_P256) {
			text = openssl(&code, "crl -inform DER -in %s/crl.der -noout -CAfile %s/issuing.pem",
				test_folder(), test_folder());
			assert_non_null(strstr(text, "verify OK"));
			text = openssl(&code,
				"verify -attime %lld -crl_check -CRLfile %s/crl.pem -CAfile %s/root.pem "
				"-untrusted %s/issuing.pem %s/leaf.pem",
				(long long)(PKI_NOW / SECOND), test_folder(), test_folder(), test_folder(),
				test_folder());
			assert_int_not_equal(0, code);
			assert_non_null(strstr(text, "certificate revoked"));
		}
		pki_free(pki);
	}
}

TEST("CERT-13: what no CRL may hold is refused")
{
	struct pki *pki = pki_make(KEY_P256, KEY_P256);
	static const unsigned char long_serial[21] = { 1 };
	struct revoked revoked = { pki_serial(pki->leaf), PKI_NOW, 0 };
	struct issuer nameless = { pki->root_key, { NULL, 0 } };
	struct bytes der;

	assert_ok(ca_crl(test_arena(), &pki->by_issuing, &revoked, 1, 1, PKI_NOW, PKI_NOW + DAY, &der));
	assert_err(ERR_INVALID, ca_crl(test_arena(), &nameless, &revoked, 1, 1, PKI_NOW, PKI_NOW + DAY, &der));
	assert_err(ERR_INVALID, ca_crl(test_arena(), &pki->by_issuing, &revoked, 1, 1, PKI_NOW, PKI_NOW, &der));
	assert_err(ERR_INVALID, ca_crl(test_arena(), &pki->by_issuing, &revoked, 1, -1, PKI_NOW, PKI_NOW + DAY, &der));
	revoked.reason = 7;
	assert_err(ERR_INVALID, ca_crl(test_arena(), &pki->by_issuing, &revoked, 1, 1, PKI_NOW, PKI_NOW + DAY, &der));
	revoked = (struct revoked){ BYTES_OF(long_serial), PKI_NOW, 1 };
	assert_err(ERR_INVALID, ca_crl(test_arena(), &pki->by_issuing, &revoked, 1, 1, PKI_NOW, PKI_NOW + DAY, &der));
	pki_free(pki);
}

TEST("CERT-12: every fault has its own name")
{
	for (enum chain_fault a = CHAIN_GOOD; a <= CHAIN_BAD_CRL; a++)
		for (enum chain_fault b = CHAIN_GOOD; b < a; b++)
			assert_string_not_equal(chain_fault_name(a), chain_fault_name(b));
}
