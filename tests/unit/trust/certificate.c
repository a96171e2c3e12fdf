#include "tests/unit/trust/openssl.h"
#include "tests/unit/trust/pki.h"

static const enum key_kind kinds[][2] = { { KEY_SM2, KEY_SM2 }, { KEY_P256, KEY_P256 }, { KEY_P256, KEY_RSA2048 } };
enum { KINDS = sizeof kinds / sizeof *kinds };

static void write_pki(const struct pki *pki)
{
	write_out("root.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->root));
	write_out("issuing.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->issuing));
	write_out("leaf.pem", pem_wrap(test_arena(), "CERTIFICATE", pki->leaf));
}

static const char *show(struct bytes certificate)
{
	const char *text;
	int code;

	write_out("shown.der", certificate);
	text = openssl(
		&code, "x509 -inform DER -in %s/shown.der -noout -text -nameopt RFC2253,-esc_msb,utf8", test_folder());
	assert_int_equal(0, code);
	return text;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("missing: %s\nin: %s\n", part, text);
	assert_non_null(strstr(text, part));
}

TEST("CERT-17: openssl verifies root, issuing CA and leaf in SM2 (with the default ID), P-256 and RSA")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i][0], kinds[i][1]);
		const char *identity = kinds[i][0] == KEY_SM2 ? "-vfyopt distid:1234567812345678" : "";

		write_pki(pki);
		/* Link by link: openssl gives -vfyopt to the first certificate only, not to its issuers. */
		assert_openssl("verify %s -x509_strict -attime %lld -CAfile %s/root.pem %s/issuing.pem", identity,
			(long long)(PKI_NOW / SECOND), test_folder(), test_folder());
		assert_openssl("verify %s -x509_strict -attime %lld -partial_chain -trusted %s/issuing.pem %s/leaf.pem",
			identity, (long long)(PKI_NOW / SECOND), test_folder(), test_folder());
		assert_int_equal(CHAIN_GOOD, pki_check(pki, pki->leaf, PKI_NOW));
		assert_int_equal(CHAIN_GOOD, pki_check(pki, pki->ocsp, PKI_NOW));
		assert_int_equal(CHAIN_GOOD, pki_check(pki, pki->issuing, PKI_NOW));
		pki_free(pki);
	}
}

TEST("CERT-5: an SM2 certificate does not verify under openssl's empty identity")
{
	struct pki *pki = pki_make(KEY_SM2, KEY_SM2);

	write_pki(pki);
	assert_openssl_refuses("verify -attime %lld -CAfile %s/root.pem -untrusted %s/issuing.pem %s/leaf.pem",
		(long long)(PKI_NOW / SECOND), test_folder(), test_folder(), test_folder());
	pki_free(pki);
}

TEST("CERT-16: a signing certificate holds what the profile asks, and SM2's has no BasicConstraints")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i][0], kinds[i][1]);
		const char *text = show(pki->leaf);

		has(text, "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation\n");
		has(text, "E-mail Protection, 1.3.6.1.5.5.7.3.36");
		has(text, "CA Issuers - URI:http://127.0.0.1:8082/pki/issuing.cer");
		has(text, "OCSP - URI:http://127.0.0.1:8082/pki/ocsp");
		has(text, "URI:http://127.0.0.1:8082/pki/issuing.crl");
		has(text, "Policy: 1.3.6.1.4.1.55555.1");
		has(text, "X509v3 Subject Key Identifier");
		has(text, "X509v3 Authority Key Identifier");
		has(text,
			"dnQualifier=3f5a9c,serialNumber=H-000017,CN=张三,organizationIdentifier=91110105MA00ABC16K,"
			"O=北京示例科技有限公司,C=CN");
		if (kinds[i][0] == KEY_SM2)
			assert_null(strstr(text, "Basic Constraints"));
		else
			has(text, "X509v3 Basic Constraints: \n                CA:FALSE");
		pki_free(pki);
	}
}

TEST("CERT-16: the encryption, CA and responder profiles")
{
	struct pki *pki = pki_make(KEY_SM2, KEY_SM2);
	struct issue issue = pki_issue(pki, PROFILE_ENCRYPTION);
	const char *text = show(pki_certify(&pki->by_issuing, &issue));

	has(text, "X509v3 Key Usage: critical\n                Key Encipherment, Data Encipherment, Key Agreement\n");
	assert_null(strstr(text, "Extended Key Usage"));
	text = show(pki->issuing);
	has(text, "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0");
	has(text, "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign");
	has(show(pki->root), "X509v3 Basic Constraints: critical\n                CA:TRUE\n");
	text = show(pki->ocsp);
	has(text, "OCSP Signing");
	has(text, "OCSP No Check");
	pki_free(pki);
}

TEST("CERT-16: names are UTF8String, the country, holder's number and hash PrintableString")
{
	struct pki *pki = pki_make(KEY_P256, KEY_P256);
	const char *text;
	int code;

	write_out("leaf.der", pki->leaf);
	text = openssl(&code,
		"x509 -inform DER -in %s/leaf.der -noout -subject -nameopt RFC2253,show_type,-esc_msb,utf8",
		test_folder());
	has(text,
		"dnQualifier=PRINTABLESTRING:3f5a9c,serialNumber=PRINTABLESTRING:H-000017,CN=UTF8STRING:张三,"
		"organizationIdentifier=UTF8STRING:91110105MA00ABC16K,O=UTF8STRING:北京示例科技有限公司,C="
		"PRINTABLESTRING:CN");
	pki_free(pki);
}

TEST("CERT-16: serials are 20 octets, positive and never the same")
{
	unsigned char last[20] = { 0 }, serial[20];

	for (int i = 0; i < 2000; i++) {
		serial_make(serial);
		assert_int_equal(0, serial[0] & 0x80);
		assert_int_not_equal(0, serial[0]);
		assert_memory_not_equal(last, serial, sizeof serial);
		memcpy(last, serial, sizeof serial);
	}
}

TEST("CERT-4: a certificate's details are read as they were written")
{
	for (size_t i = 0; i < KINDS; i++) {
		struct pki *pki = pki_make(kinds[i][0], kinds[i][1]);
		struct issue issue = pki_issue(pki, PROFILE_SIGNING);
		struct certificate read;
		struct bytes spki;
		struct key *key;

		issue.not_after = PKI_TO + 999; /* whole seconds in the certificate */
		assert_ok(certificate_read(test_arena(), pki_certify(&pki->by_issuing, &issue), &read));
		assert_string_equal(hex_encode(test_arena(), BYTES_OF(issue.serial)), read.serial);
		assert_string_equal("dnQualifier=3f5a9c,serialNumber=H-000017,CN=张三,"
				    "organizationIdentifier=91110105MA00ABC16K,O=北京示例科技有限公司,C=CN",
			read.subject);
		assert_string_equal("CN=示例签发,O=示例认证,C=CN", read.issuer);
		assert_string_equal("张三", read.subject_cn);
		assert_string_equal("北京示例科技有限公司", read.subject_o);
		assert_string_equal("示例签发", read.issuer_cn);
		assert_int_equal(PKI_FROM, read.not_before);
		assert_int_equal(PKI_TO, read.not_after);
		assert_int_equal(kinds[i][1], read.kind);
		assert_string_equal(key_signature_oid(kinds[i][0]), read.signature_oid);
		assert_string_equal(issue.crl_url, read.crl_url);
		assert_string_equal(issue.ocsp_url, read.ocsp_url);
		assert_string_equal(issue.issuer_url, read.issuer_url);
		assert_true(read.for_signing && !read.for_encryption && !read.is_ca);
		assert_ok(key_public_der(pki->leaf_key, test_arena(), &spki));
		assert_true(bytes_equal(spki, read.spki));
		assert_ok(certificate_public(read.der, &key));
		assert_true(key_same_public(pki->leaf_key, key));
		key_free(&key);
		assert_ok(certificate_read(test_arena(), pki->issuing, &read));
		assert_true(read.is_ca && !read.for_signing && !read.for_encryption);
		assert_null(read.crl_url);
		pki_free(pki);
	}
}

TEST("CERT-12: a certificate is good through the whole second that its end names")
{
	struct certificate info = { .not_after = 1795000000000 };

	assert_false(certificate_ended(&info, info.not_after + 999));
	assert_true(certificate_ended(&info, info.not_after + 1000));
}

TEST("SEC-5: a certificate that is cut, followed by more, or too long is not read")
{
	struct pki *pki = pki_make(KEY_SM2, KEY_SM2);
	unsigned char *longer = arena_alloc(test_arena(), 17 * 1024);
	struct certificate read;
	struct key *key;

	for (size_t len = 0; len < pki->leaf.len; len++)
		assert_err(ERR_INVALID, certificate_read(test_arena(), (struct bytes){ pki->leaf.data, len }, &read));
	memcpy(longer, pki->leaf.data, pki->leaf.len);
	assert_err(ERR_INVALID, certificate_read(test_arena(), (struct bytes){ longer, pki->leaf.len + 1 }, &read));
	assert_err(ERR_INVALID, certificate_read(test_arena(), (struct bytes){ longer, 17 * 1024 }, &read));
	assert_err(ERR_INVALID, certificate_public((struct bytes){ longer, pki->leaf.len + 1 }, &key));
	pki_free(pki);
}

TEST("CERT-16: what no certificate may hold is refused")
{
	struct pki *pki = pki_make(KEY_P256, KEY_P256);
	struct issue good = pki_issue(pki, PROFILE_SIGNING), bad;
	struct bytes der;
	struct issuer mixed = { pki->root_key, pki->issuing };

	bad = good, memset(bad.serial, 0, sizeof bad.serial);
	assert_err(ERR_INVALID, ca_issue(test_arena(), &pki->by_issuing, &bad, &der));
	bad = good, bad.serial[0] = 0x80;
	assert_err(ERR_INVALID, ca_issue(test_arena(), &pki->by_issuing, &bad, &der));
	bad = good, bad.not_after = bad.not_before;
	assert_err(ERR_INVALID, ca_issue(test_arena(), &pki->by_issuing, &bad, &der));
	bad = good, bad.subject.country = "CHN";
	assert_err(ERR_INVALID, ca_issue(test_arena(), &pki->by_issuing, &bad, &der));
	bad = good, bad.subject.common_name = "a\nb";
	assert_err(ERR_INVALID, ca_issue(test_arena(), &pki->by_issuing, &bad, &der));
	bad = good, bad.subject.common_name = "\xff";
	assert_err(ERR_INVALID, ca_issue(test_arena(), &pki->by_issuing, &bad, &der));
	bad = good, bad.subject = (struct subject){ 0 };
	assert_err(ERR_INVALID, ca_issue(test_arena(), &pki->by_issuing, &bad, &der));
	assert_err(ERR_INVALID, ca_issue(test_arena(), &mixed, &good, &der));
	bad = good, bad.profile = PROFILE_ROOT;
	assert_err(ERR_INVALID, ca_issue(test_arena(), &pki->by_issuing, &bad, &der));
	pki_free(pki);
}

TEST("CERT-17: a request proves possession; openssl takes it, and a swapped key or flipped bit does not pass")
{
	static const struct subject name = { .country = "CN", .common_name = "张三" };

	for (enum key_kind kind = KEY_SM2; kind <= KEY_RSA2048; kind++) {
		struct bytes der, spki, other;
		struct key *key, *read;
		unsigned char *wrong;
		size_t at;

		assert_ok(key_make(kind, &key));
		assert_ok(request_make(key, test_arena(), &name, &der));
		assert_ok(request_check(der, &read));
		assert_true(key_same_public(key, read));
		key_free(&read);
		write_out("request.der", der);
		assert_openssl("req -inform DER -in %s/request.der -verify -noout %s", test_folder(),
			kind == KEY_SM2 ? "-vfyopt distid:1234567812345678" : "");

		assert_ok(key_public_der(key, test_arena(), &spki));
		key_free(&key);
		assert_ok(key_make(kind, &key));
		assert_ok(key_public_der(key, test_arena(), &other));
		at = (size_t)((const unsigned char *)memmem(der.data, der.len, spki.data, spki.len) - der.data);
		assert_int_equal(spki.len, other.len);
		wrong = arena_alloc(test_arena(), der.len);
		memcpy(wrong, der.data, der.len);
		memcpy(wrong + at, other.data, other.len);
		assert_err(ERR_INVALID, request_check((struct bytes){ wrong, der.len }, &read));
		for (size_t i = 0; i < 8 * der.len; i += 9) {
			memcpy(wrong, der.data, der.len);
			wrong[i / 8] ^= (unsigned char)(1 << i % 8);
			assert_err(ERR_INVALID, request_check((struct bytes){ wrong, der.len }, &read));
		}
		key_free(&key);
	}
}

TEST("CERT-4: PEM comes back as DER, the first of several, and only under its label")
{
	struct pki *pki = pki_make(KEY_SM2, KEY_SM2);
	struct bytes first = pem_wrap(test_arena(), "CERTIFICATE", pki->leaf), der;
	const char *two = arena_printf(test_arena(), "text before\r\n%s%s", (const char *)first.data,
		(const char *)pem_wrap(test_arena(), "CERTIFICATE", pki->root).data);

	assert_ok(pem_unwrap(test_arena(), "CERTIFICATE", bytes_of_text(two), &der));
	assert_true(bytes_equal(pki->leaf, der));
	assert_err(ERR_INVALID, pem_unwrap(test_arena(), "PRIVATE KEY", first, &der));
	assert_err(ERR_INVALID, pem_unwrap(test_arena(), "CERTIFICATE", (struct bytes){ first.data, 60 }, &der));
	assert_err(ERR_INVALID, pem_unwrap(test_arena(), "CERTIFICATE", (struct bytes){ NULL, 0 }, &der));
	assert_err(ERR_INVALID, pem_unwrap(test_arena(), "X", bytes_of_text("-----BEGIN X----------END X-----"), &der));
	assert_err(ERR_INVALID,
		pem_unwrap(test_arena(), "X", bytes_of_text("-----BEGIN X-----\n-----END X-----\n"), &der));
	assert_err(ERR_INVALID,
		pem_unwrap(test_arena(), "X", bytes_of_text("-----BEGIN X-----\n!\n-----END X-----\n"), &der));
	/* a NUL would end the text early, and leave a part for the whole */
	assert_err(ERR_INVALID,
		pem_unwrap(test_arena(), "X", BYTES_OF("-----BEGIN X-----\nAAAA\0AAAA\n-----END X-----\n"), &der));
	pki_free(pki);
}
