#include "tests/unit/trust/openssl.h"
#include "tests/unit/trust/pki.h"
#include <openssl/ocsp.h>

static const enum key_kind kinds[] = { KEY_SM2, KEY_P256 };
enum { KINDS = sizeof kinds / sizeof *kinds };

static const unsigned char malformed[] = { 0x30, 0x03, 0x0a, 0x01, 0x01 }; /* RFC 6960 4.2.1 */

struct book {
	struct bytes serial;
	enum ocsp_state state;
};

static enum ocsp_state state_of(void *arg, struct bytes serial, int64_t *revoked, int *reason)
{
	const struct book *book = arg;

	if (!bytes_equal(book->serial, serial))
		return OCSP_UNKNOWN;
	*revoked = PKI_NOW - HOUR;
	*reason = 4;
	return book->state;
}

static struct bytes ask(const struct pki *pki, enum ocsp_state state, struct bytes request)
{
	struct book book = { pki_serial(pki->leaf), state };
	struct ocsp_lookup lookup = { state_of, &book };
	struct bytes response;

	assert_ok(ocsp_answer(
		test_arena(), pki->issuing, &pki->by_ocsp, request, &lookup, PKI_NOW, PKI_NOW + HOUR, &response));
	return response;
}

static struct bytes question(const struct pki *pki)
{
	struct bytes request;

	assert_ok(ocsp_request_make(test_arena(), pki->leaf, pki->issuing, &request));
	return request;
}

TEST("CERT-13: the responder says good, revoked and unknown, and our own check reads it in SM2 and P-256")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);

		for (enum ocsp_state want = OCSP_GOOD; want <= OCSP_UNKNOWN; want++) {
			struct bytes response = ask(pki, want, question(pki));
			enum ocsp_state got;

			assert_ok(ocsp_check(response, pki->leaf, pki->issuing, PKI_NOW, &got));
			assert_int_equal(want, got);
		}
		pki_free(pki);
	}
}

TEST("CERT-13: an answer counts in its time only, for its certificate only, from its issuer only")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]), *other = pki_make(kinds[i], kinds[i]);
		struct bytes response = ask(pki, OCSP_GOOD, question(pki));
		enum ocsp_state got;

		assert_ok(ocsp_check(response, pki->leaf, pki->issuing, PKI_NOW + HOUR, &got));
		assert_err(ERR_DENIED, ocsp_check(response, pki->leaf, pki->issuing, PKI_NOW + HOUR + SECOND, &got));
		assert_err(ERR_DENIED, ocsp_check(response, pki->leaf, pki->issuing, PKI_NOW - SECOND, &got));
		assert_err(ERR_DENIED, ocsp_check(response, pki->ocsp, pki->issuing, PKI_NOW, &got));
		assert_err(ERR_DENIED, ocsp_check(response, pki->leaf, other->issuing, PKI_NOW, &got));
		pki_free(other);
		pki_free(pki);
	}
}

TEST("CERT-13: only the issuer itself or its named responder may answer")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		struct pki *other = pki_make(kinds[i], kinds[i]); /* of the same names */
		struct pki by_leaf = *pki, by_issuer = *pki, by_other = *pki;
		enum ocsp_state got;

		by_leaf.by_ocsp = (struct issuer){ pki->leaf_key, pki->leaf };
		assert_err(ERR_DENIED,
			ocsp_check(ask(&by_leaf, OCSP_GOOD, question(pki)), pki->leaf, pki->issuing, PKI_NOW, &got));
		by_other.by_ocsp = other->by_ocsp;
		assert_err(ERR_DENIED,
			ocsp_check(ask(&by_other, OCSP_GOOD, question(pki)), pki->leaf, pki->issuing, PKI_NOW, &got));
		pki_free(other);
		by_issuer.by_ocsp = pki->by_issuing;
		assert_ok(
			ocsp_check(ask(&by_issuer, OCSP_GOOD, question(pki)), pki->leaf, pki->issuing, PKI_NOW, &got));
		pki_free(pki);
	}
}

TEST("CERT-13: an answer with one flipped bit anywhere is refused")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i], kinds[i]);
		struct bytes response = ask(pki, OCSP_REVOKED, question(pki));
		unsigned char *wrong = arena_alloc(test_arena(), response.len);
		enum ocsp_state got;

		for (size_t bit = 0; bit < 8 * response.len; bit += 9) {
			memcpy(wrong, response.data, response.len);
			wrong[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_err(ERR_DENIED,
				ocsp_check(
					(struct bytes){ wrong, response.len }, pki->leaf, pki->issuing, PKI_NOW, &got));
		}
		pki_free(pki);
	}
}

TEST("CERT-13: a malformed, empty or oversized question gets the standard's answer malformedRequest")
{
	struct pki *pki = pki_make(KEY_P256, KEY_P256);
	struct bytes request = question(pki);
	unsigned char *longer = arena_alloc(test_arena(), 5000);

	memcpy(longer, request.data, request.len);
	assert_true(bytes_equal(BYTES_OF(malformed), ask(pki, OCSP_GOOD, (struct bytes){ NULL, 0 })));
	assert_true(bytes_equal(BYTES_OF(malformed), ask(pki, OCSP_GOOD, (struct bytes){ longer, 5000 })));
	assert_true(bytes_equal(BYTES_OF(malformed), ask(pki, OCSP_GOOD, (struct bytes){ longer, request.len + 1 })));
	assert_true(bytes_equal(BYTES_OF(malformed), ask(pki, OCSP_GOOD, bytes_of_text("GET / HTTP/1.1"))));
	for (size_t len = 0; len < request.len; len++)
		assert_true(bytes_equal(BYTES_OF(malformed), ask(pki, OCSP_GOOD, (struct bytes){ request.data, len })));
	pki_free(pki);
}

static void write_pki(const struct pki *pki)
{
	write_out("root.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->root));
	write_out("issuing.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->issuing));
	write_out("leaf.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->leaf));
}

static struct bytes openssl_question(const char *options)
{
	assert_openssl("ocsp -issuer %s/issuing.pem %s -cert %s/leaf.pem -reqout %s/request.der", test_folder(),
		options, test_folder(), test_folder());
	return read_back("request.der");
}

TEST("CERT-13: openssl verifies the P-256 answers to its own questions, by SHA-1 and SHA-256, with its nonce")
{
	struct pki *pki = pki_make(KEY_P256, KEY_P256);
	static const char *const options[] = { "", "-no_nonce", "-sha256" };
	static const struct {
		enum ocsp_state state;
		const char *said;
	} states[] = { { OCSP_GOOD, "leaf.pem: good" }, { OCSP_REVOKED, "leaf.pem: revoked" },
		{ OCSP_UNKNOWN, "leaf.pem: unknown" } };
	const char *text;
	int code;

	write_pki(pki);
	for (size_t o = 0; o < 3; o++) {
		struct bytes request = openssl_question(options[o]);

		for (size_t s = 0; s < 3; s++) {
			write_out("response.der", ask(pki, states[s].state, request));
			text = openssl(&code,
				"ocsp -no_nonce -issuer %s/issuing.pem %s -cert %s/leaf.pem -respin %s/response.der "
				"-reqin "
				"%s/request.der -CAfile %s/root.pem -verify_other %s/issuing.pem -attime %lld "
				"-validity_period 4000000000",
				test_folder(), options[o], test_folder(), test_folder(), test_folder(), test_folder(),
				test_folder(), (long long)(PKI_NOW / SECOND));
			if (!strstr(text, "Response verify OK") || !strstr(text, states[s].said))
				print_error("%s", text);
			assert_non_null(strstr(text, "Response verify OK"));
			assert_non_null(strstr(text, states[s].said));
		}
	}
	pki_free(pki);
}

TEST("CERT-13: an SM3 CertID is answered, and a foreign issuer's certificate is unknown")
{
	struct pki *pki = pki_make(KEY_SM2, KEY_SM2), *other = pki_make(KEY_SM2, KEY_SM2);
	struct bytes request, foreign = question(other);
	struct pki mixed = *pki; /* its book knows the foreign serial */
	enum ocsp_state got;
	const char *text;
	int code;

	write_pki(pki);
	request = openssl_question("-sm3");
	assert_ok(ocsp_check(ask(pki, OCSP_GOOD, request), pki->leaf, pki->issuing, PKI_NOW, &got));
	assert_int_equal(OCSP_GOOD, got);
	mixed.leaf = other->leaf;
	write_out("response.der", ask(&mixed, OCSP_GOOD, foreign));
	text = openssl(&code, "ocsp -respin %s/response.der -noverify -resp_text", test_folder());
	assert_non_null(strstr(text, "Cert Status: unknown"));
	pki_free(other);
	pki_free(pki);
}

/* Our question with a nonce of this length. */
static struct bytes with_nonce(struct bytes request, unsigned char *nonce, int len)
{
	const unsigned char *at = request.data;
	OCSP_REQUEST *read = d2i_OCSP_REQUEST(NULL, &at, (long)request.len);
	unsigned char *der = NULL;
	struct bytes out;
	int size;

	assert_non_null(read);
	assert_int_equal(1, OCSP_request_add1_nonce(read, nonce, len));
	size = i2d_OCSP_REQUEST(read, &der);
	assert_true(size > 0);
	out = arena_bytes(test_arena(), der, (size_t)size);
	OPENSSL_free(der);
	OCSP_REQUEST_free(read);
	return out;
}

TEST("CERT-13: a nonce of 1 to 32 octets comes back unchanged, a longer one is malformed")
{
	struct pki *pki = pki_make(KEY_P256, KEY_P256);
	unsigned char nonce[33];

	crypto_random(nonce, sizeof nonce);
	for (int len = 1; len <= 32; len++) {
		struct bytes response = ask(pki, OCSP_GOOD, with_nonce(question(pki), nonce, len));

		assert_true(response.len > 100);
		assert_non_null(memmem(response.data, response.len, nonce, (size_t)len));
	}
	assert_true(bytes_equal(BYTES_OF(malformed), ask(pki, OCSP_GOOD, with_nonce(question(pki), nonce, 33))));
	pki_free(pki);
}
