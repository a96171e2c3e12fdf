#include "tests/unit/suite.h"
#include "tests/unit/trust/openssl.h"
#include "trust/certificate.h"

static struct bytes unhex(const char *text)
{
	struct bytes out;

	assert_true(hex_decode(test_arena(), text, &out));
	return out;
}

/* GB/T 32918.5, appendix A: the sample's public key as SubjectPublicKeyInfo. */
static const char sample_public[] = "3059301306072a8648ce3d020106082a811ccf5501822d03420004"
				    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
				    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
static const char sample_digest[] = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";
static const char sample_signature[] = "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
				       "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

TEST("CERT-5: SM2 hashes with the default identity and verifies the sample of GB/T 32918.5")
{
	struct bytes message = bytes_of_text("message digest"), digest = unhex(sample_digest);
	unsigned char e[HASH_LEN];
	struct key *key;

	assert_ok(key_from_public_der(unhex(sample_public), &key));
	assert_int_equal(KEY_SM2, key_kind(key));
	assert_ok(key_digest(key, message, e));
	assert_memory_equal(digest.data, e, HASH_LEN);
	assert_ok(key_verify_digest(key, digest, unhex(sample_signature)));
	assert_ok(key_verify(key, message, unhex(sample_signature)));
	assert_err(ERR_DENIED, key_verify(key, bytes_of_text("Message digest"), unhex(sample_signature)));
	key_free(&key);
}

static void sign_and_verify(enum key_kind kind)
{
	struct bytes message = bytes_of_text("合同"), signature, der;
	unsigned char *wrong;
	struct key *key, *public_half;

	assert_ok(key_make(kind, &key));
	assert_int_equal(kind, key_kind(key));
	assert_ok(key_public_der(key, test_arena(), &der));
	assert_ok(key_from_public_der(der, &public_half));
	assert_int_equal(kind, key_kind(public_half));
	assert_true(key_same_public(key, public_half));
	assert_ok(key_sign(key, test_arena(), message, &signature));
	assert_ok(key_verify(public_half, message, signature));
	assert_err(ERR_DENIED, key_verify(public_half, bytes_of_text("合同2"), signature));
	wrong = arena_alloc(test_arena(), signature.len);
	for (size_t i = 0; i < 8 * signature.len; i += 9) {
		memcpy(wrong, signature.data, signature.len);
		wrong[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_err(ERR_DENIED, key_verify(public_half, message, (struct bytes){ wrong, signature.len }));
	}
	assert_err(ERR_DENIED, key_verify(public_half, message, (struct bytes){ signature.data, 0 }));
	assert_err(ERR_BROKEN, key_sign(public_half, test_arena(), message, &signature));
	key_free(&public_half);
	key_free(&key);
	assert_null(key);
}

TEST("CERT-5: keys of every kind sign, and a flipped bit of text or signature is refused")
{
	for (enum key_kind kind = KEY_SM2; kind <= KEY_ED25519; kind++)
		sign_and_verify(kind);
}

TEST("CERT-5: only digests of 32 bytes are signed")
{
	static const unsigned char digest[33];
	struct bytes out;
	struct key *key;

	assert_ok(key_make(KEY_SM2, &key));
	assert_err(ERR_INVALID, key_sign_digest(key, test_arena(), (struct bytes){ digest, 31 }, &out));
	assert_err(ERR_INVALID, key_sign_digest(key, test_arena(), (struct bytes){ digest, 33 }, &out));
	assert_err(ERR_INVALID, key_sign_digest(key, test_arena(), (struct bytes){ digest, 0 }, &out));
	assert_ok(key_sign_digest(key, test_arena(), (struct bytes){ digest, 32 }, &out));
	key_free(&key);
}

static void keep(enum key_kind kind)
{
	struct bytes der, pem;
	struct key *key, *again;

	assert_ok(key_make(kind, &key));
	assert_ok(key_private_der(key, test_arena(), &der));
	assert_ok(key_from_private_der(der, &again));
	assert_int_equal(kind, key_kind(again));
	assert_true(key_same_public(key, again));
	key_free(&again);
	assert_err(ERR_INVALID, key_from_private_der((struct bytes){ der.data, der.len - 1 }, &again));
	assert_ok(key_private_pem(key, test_arena(), &pem));
	assert_ok(key_from_private_pem(pem, &again));
	assert_true(key_same_public(key, again));
	key_free(&again);
	assert_err(ERR_INVALID, key_from_private_pem((struct bytes){ pem.data, pem.len / 2 }, &again));
	key_free(&key);
}

TEST("SCAN-6: many digests at once get a signature each, in their order; one that is no digest stops them all")
{
	enum { MANY = 20 };
	static const enum key_kind kinds[] = { KEY_SM2, KEY_P256, KEY_RSA2048 };
	unsigned char octets[MANY][HASH_LEN];
	struct bytes digests[MANY], values[MANY];
	struct key *key;

	for (int i = 0; i < MANY; i++) {
		crypto_random(octets[i], HASH_LEN);
		digests[i] = BYTES_OF(octets[i]);
	}
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		assert_ok(key_make(kinds[k], &key));
		digests[MANY - 1].len = HASH_LEN;
		assert_ok(key_sign_digests(key, test_arena(), digests, MANY, values));
		for (int i = 0; i < MANY; i++) {
			assert_ok(key_verify_digest(key, digests[i], values[i]));
			assert_err(ERR_DENIED, key_verify_digest(key, digests[i], values[(i + 1) % MANY]));
		}
		digests[MANY - 1].len = HASH_LEN - 1;
		assert_err(ERR_INVALID, key_sign_digests(key, test_arena(), digests, MANY, values));
		key_free(&key);
	}
}

TEST("PIN-5: private keys of every kind come back from PKCS#8 and PEM, and not from a part of it")
{
	for (enum key_kind kind = KEY_SM2; kind <= KEY_ED25519; kind++) /* a larger RSA key is kept the same way */
		if (kind != KEY_RSA3072)
			keep(kind);
}

TEST("PIN-5: a private key beside another's public half is refused")
{
	struct bytes first, second;
	struct key *key, *again;
	unsigned char *mixed;

	for (enum key_kind kind = KEY_SM2; kind <= KEY_P256; kind++) {
		assert_ok(key_make(kind, &key));
		assert_ok(key_private_der(key, test_arena(), &first));
		key_free(&key);
		assert_ok(key_make(kind, &key));
		assert_ok(key_private_der(key, test_arena(), &second));
		key_free(&key);
		assert_int_equal(first.len, second.len);
		mixed = arena_alloc(test_arena(), first.len);
		memcpy(mixed, first.data, first.len);
		memcpy(mixed + first.len - 64, second.data + second.len - 64, 64);
		assert_err(ERR_INVALID, key_from_private_der((struct bytes){ mixed, first.len }, &again));
	}
}

TEST("CERT-5: points off the curve, other curves and other sizes are no keys of ours")
{
	unsigned char *wrong = arena_alloc(test_arena(), sizeof sample_public / 2);
	struct bytes good = unhex(sample_public);
	struct key *key;

	memcpy(wrong, good.data, good.len);
	wrong[good.len - 1] ^= 1;
	assert_err(ERR_INVALID, key_from_public_der((struct bytes){ wrong, good.len }, &key));
	assert_err(ERR_INVALID, key_from_public_der((struct bytes){ NULL, 0 }, &key));
	assert_openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out %s/k.pem", test_folder());
	assert_err(ERR_INVALID, key_from_private_pem(read_back("k.pem"), &key));
	assert_openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out %s/k.pem", test_folder());
	assert_err(ERR_INVALID, key_from_private_pem(read_back("k.pem"), &key));
	assert_openssl(
		"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit -out %s/k.pem",
		test_folder());
	assert_err(ERR_INVALID, key_from_private_pem(read_back("k.pem"), &key));
}

TEST("CERT-5: openssl verifies an SM2 signature with the distinguishing ID, and we verify one of openssl's")
{
	struct bytes message = bytes_of_text("message"), signature, pem, der;
	struct key *key, *foreign;

	assert_ok(key_make(KEY_SM2, &key));
	assert_ok(key_sign(key, test_arena(), message, &signature));
	assert_ok(key_public_der(key, test_arena(), &der));
	write_out("public.pem", pem_wrap(test_arena(), "PUBLIC KEY", der));
	write_out("message", message);
	write_out("signature", signature);
	assert_openssl(
		"dgst -sm3 -verify %s/public.pem -sigopt distid:1234567812345678 -signature %s/signature %s/message",
		test_folder(), test_folder(), test_folder());
	assert_openssl_refuses("dgst -sm3 -verify %s/public.pem -signature %s/signature %s/message", test_folder(),
		test_folder(), test_folder());
	key_free(&key);

	assert_openssl("genpkey -algorithm SM2 -out %s/k.pem", test_folder());
	assert_openssl("dgst -sm3 -sign %s/k.pem -sigopt distid:1234567812345678 -out %s/signature %s/message",
		test_folder(), test_folder(), test_folder());
	pem = read_back("k.pem");
	assert_ok(key_from_private_pem(pem, &foreign));
	assert_ok(key_verify(foreign, message, read_back("signature")));
	key_free(&foreign);
}

TEST("CERT-5: kinds name their algorithms")
{
	assert_string_equal("1.2.156.10197.1.501", key_signature_oid(KEY_SM2));
	assert_string_equal("1.2.156.10197.1.401", key_hash_oid(KEY_SM2));
	assert_string_equal("1.2.840.10045.4.3.2", key_signature_oid(KEY_P256));
	assert_string_equal("1.2.840.113549.1.1.11", key_signature_oid(KEY_RSA3072));
	assert_string_equal("2.16.840.1.101.3.4.2.1", key_hash_oid(KEY_RSA2048));
	assert_string_equal("RSA-3072", key_kind_name(KEY_RSA3072));
	assert_int_equal(3072, key_bits(KEY_RSA3072));
	assert_int_equal(256, key_bits(KEY_SM2));
}
