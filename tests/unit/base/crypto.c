/* Known answers of the standards, and boxes that open only unharmed. */
#include "tests/unit/suite.h"
#include "base/crypto.h"

static struct bytes hex(const char *text)
{
	struct bytes bytes = { NULL, 0 };

	assert_true(hex_decode(test_arena(), text, &bytes));
	return bytes;
}

static void assert_hex(const char *want, const unsigned char *got, size_t len)
{
	assert_string_equal(want, hex_encode(test_arena(), (struct bytes){ got, len }));
}

TEST("crypto: SHA-256 (FIPS 180-4) and SM3 (GB/T 32905)")
{
	unsigned char out[HASH_LEN];

	crypto_hash(HASH_SHA256, bytes_of_text("abc"), out);
	assert_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", out, sizeof out);
	crypto_hash(HASH_SHA256, bytes_of_text(NULL), out);
	assert_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", out, sizeof out);
	crypto_hash(HASH_SM3, bytes_of_text("abc"), out);
	assert_hex("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", out, sizeof out);
	crypto_hash(HASH_SM3, bytes_of_text("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"), out);
	assert_hex("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732", out, sizeof out);
	crypto_hash(HASH_SM3, bytes_of_text(NULL), out);
	assert_hex("1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b", out, sizeof out);
}

TEST("crypto: SHA-256 over parts is that of the whole")
{
	const struct bytes parts[] = { bytes_of_text("a"), { NULL, 0 }, bytes_of_text("bc") };
	unsigned char out[HASH_LEN];

	crypto_sha256_of(parts, 3, out);
	assert_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", out, sizeof out);
	crypto_sha256_of(NULL, 0, out);
	assert_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", out, sizeof out);
}

TEST("crypto: HMAC-SHA-256, RFC 4231 cases 1, 2, 6 and an empty key")
{
	unsigned char out[HASH_LEN], key[131];

	crypto_hmac(hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), bytes_of_text("Hi There"), out);
	assert_hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", out, sizeof out);
	crypto_hmac(bytes_of_text("Jefe"), bytes_of_text("what do ya want for nothing?"), out);
	assert_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", out, sizeof out);
	memset(key, 0xaa, sizeof key);
	crypto_hmac(BYTES_OF(key), bytes_of_text("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	assert_hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", out, sizeof out);
	crypto_hmac(bytes_of_text(NULL), bytes_of_text(NULL), out);
	assert_hex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", out, sizeof out);
}

TEST("crypto: a key made ready gives the same sums, one after the other")
{
	static const unsigned char key[KEY_LEN] = { 1, 2, 3 };
	struct hmac_key *ready = hmac_key_new(key);
	unsigned char want[HASH_LEN], got[HASH_LEN];

	for (int i = 0; i < 3; i++) {
		struct bytes data = bytes_of_text(arena_printf(test_arena(), "data %d", i));

		crypto_hmac(BYTES_OF(key), data, want);
		hmac_key_run(ready, data, got);
		assert_memory_equal(want, got, HASH_LEN);
	}
	hmac_key_free(&ready);
	assert_null(ready);
	hmac_key_free(&ready);
}

TEST("crypto: boxes of a key made ready and of the same key by hand are one kind, also after one that did not open")
{
	static const unsigned char key[KEY_LEN] = { 4, 5, 6 };
	struct bytes aad = bytes_of_text("place"), plain = bytes_of_text("text"), box, altered, out;
	struct box_key *ready = box_key_new(key);

	box = box_key_seal(ready, test_arena(), aad, plain);
	assert_ok(crypto_open(test_arena(), key, aad, box, &out));
	assert_true(bytes_equal(plain, out));
	altered = arena_bytes(test_arena(), box.data, box.len);
	((unsigned char *)altered.data)[box.len - 1] ^= 1;
	assert_err(ERR_BROKEN, box_key_open(ready, test_arena(), aad, altered, &out));
	assert_err(ERR_BROKEN, box_key_open(ready, test_arena(), bytes_of_text("elsewhere"), box, &out));
	assert_ok(box_key_open(ready, test_arena(), aad, crypto_seal(test_arena(), key, aad, plain), &out));
	assert_true(bytes_equal(plain, out));
	assert_false(
		bytes_equal(box, box_key_seal(ready, test_arena(), aad, plain))); /* a nonce of its own each time */
	box_key_free(&ready);
	assert_null(ready);
}

TEST("crypto: HKDF-SHA-256, RFC 5869 cases 1 and 3, and text as info")
{
	unsigned char out[42], again[42];

	crypto_hkdf(hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), hex("000102030405060708090a0b0c"),
		"\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9", out, sizeof out);
	assert_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865", out,
		sizeof out);
	crypto_hkdf(hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), bytes_of_text(NULL), "", out, sizeof out);
	assert_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8", out,
		sizeof out);
	crypto_hkdf(hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), bytes_of_text(NULL), "x", again, sizeof again);
	assert_memory_not_equal(out, again, sizeof out);
}

TEST("crypto: scrypt, RFC 7914 section 12 with N = 2^14, and the bounds of its cost")
{
	unsigned char out[KEY_LEN];

	assert_ok(crypto_scrypt(bytes_of_text("pleaseletmein"), bytes_of_text("SodiumChloride"), 14, out));
	assert_hex("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2", out, sizeof out);
	assert_ok(crypto_scrypt(bytes_of_text(NULL), bytes_of_text(NULL), 10, out));
	assert_err(ERR_INVALID, crypto_scrypt(bytes_of_text("a"), bytes_of_text("b"), 9, out));
	assert_err(ERR_INVALID, crypto_scrypt(bytes_of_text("a"), bytes_of_text("b"), 21, out));
}

TEST("crypto: a box opens to what was sealed, also to nothing and without AAD")
{
	static const char *const texts[] = { "", "a", "法定代表人", NULL };
	unsigned char key[KEY_LEN];

	crypto_random(key, sizeof key);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct bytes box = crypto_seal(test_arena(), key, bytes_of_text(texts[3 - i]), bytes_of_text(texts[i])),
			     out;

		assert_int_equal(GCM_NONCE_LEN + bytes_of_text(texts[i]).len + GCM_TAG_LEN, box.len);
		assert_ok(crypto_open(test_arena(), key, bytes_of_text(texts[3 - i]), box, &out));
		assert_true(bytes_equal(bytes_of_text(texts[i]), out));
		assert_int_equal(0, out.data[out.len]);
	}
}

TEST("crypto: AES-256-GCM opens the box of McGrew and Viega's test case 16")
{
	struct bytes key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"), out;
	struct bytes box = hex("cafebabefacedbaddecaf888"
			       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
			       "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
			       "76fc6ece0f4e1768cddf8853bb2d551b");

	assert_ok(crypto_open(test_arena(), key.data, hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), box, &out));
	assert_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
		   "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
		out.data, out.len);
}

TEST("crypto: a box with any bit flipped, cut, or under another key or AAD stays shut")
{
	unsigned char key[KEY_LEN];
	struct bytes aad = bytes_of_text("account:phone:7"), box, out;
	unsigned char *data;

	crypto_random(key, sizeof key);
	box = crypto_seal(test_arena(), key, aad, bytes_of_text("secret"));
	data = (unsigned char *)box.data;
	for (size_t bit = 0; bit < box.len * 8; bit++) {
		data[bit / 8] ^= (unsigned char)(1 << bit % 8);
		assert_err(ERR_BROKEN, crypto_open(test_arena(), key, aad, box, &out));
		data[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	for (size_t len = 0; len < box.len; len++)
		assert_err(ERR_BROKEN, crypto_open(test_arena(), key, aad, (struct bytes){ box.data, len }, &out));
	assert_err(ERR_BROKEN, crypto_open(test_arena(), key, bytes_of_text("account:phone:8"), box, &out));
	assert_err(ERR_BROKEN, crypto_open(test_arena(), key, bytes_of_text(NULL), box, &out));
	assert_ok(crypto_open(test_arena(), key, aad, box, &out));
	key[0] ^= 1;
	assert_err(ERR_BROKEN, crypto_open(test_arena(), key, aad, box, &out));
}

TEST("crypto: two boxes of the same text differ")
{
	unsigned char key[KEY_LEN] = { 0 };

	assert_false(bytes_equal(crypto_seal(test_arena(), key, bytes_of_text(NULL), bytes_of_text("a")),
		crypto_seal(test_arena(), key, bytes_of_text(NULL), bytes_of_text("a"))));
}

TEST("crypto: random numbers below a bound reach each value and stay below")
{
	bool seen[7] = { false };

	for (int i = 0; i < 1000; i++) {
		uint32_t value = crypto_random_below(7);

		assert_true(value < 7);
		seen[value] = true;
	}
	for (int i = 0; i < 7; i++)
		assert_true(seen[i]);
	assert_int_equal(0, crypto_random_below(1));
}

TEST("crypto: equal compares all of it; no text equals NULL")
{
	assert_true(crypto_equal("abc", "abd", 2));
	assert_false(crypto_equal("abc", "abd", 3));
	assert_true(crypto_equal_text("abc", "abc"));
	assert_false(crypto_equal_text("abc", "abcd"));
	assert_false(crypto_equal_text("abc", "abd"));
	assert_false(crypto_equal_text(NULL, NULL));
	assert_false(crypto_equal_text("", NULL));
}

TEST("crypto: hexadecimal both ways")
{
	struct bytes out;

	assert_string_equal("00ff10", hex_encode(test_arena(), hex("00FF10")));
	assert_string_equal("", hex_encode(test_arena(), hex("")));
	assert_false(hex_decode(test_arena(), "0", &out));
	assert_false(hex_decode(test_arena(), "0g", &out));
	assert_false(hex_decode(test_arena(), " 00", &out));
	assert_false(hex_decode(test_arena(), NULL, &out));
}

TEST("crypto: base64 and base64url, RFC 4648 section 10, both ways")
{
	static const char *const pairs[][3] = { { "", "", "" }, { "f", "Zg==", "Zg" }, { "fo", "Zm8=", "Zm8" },
		{ "foo", "Zm9v", "Zm9v" }, { "foob", "Zm9vYg==", "Zm9vYg" }, { "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" }, { "\xFB\xEF\xFF", "++//", "--__" } };

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct bytes plain = bytes_of_text(pairs[i][0]), out;

		assert_string_equal(pairs[i][1], base64_encode(test_arena(), plain));
		assert_string_equal(pairs[i][2], base64url_encode(test_arena(), plain));
		assert_true(base64_decode(test_arena(), pairs[i][1], &out) && bytes_equal(plain, out));
		assert_true(base64url_decode(test_arena(), pairs[i][2], &out) && bytes_equal(plain, out));
	}
}

TEST("SEC-5: base64 has one spelling: no spare bits, spaces, wrong padding or the other alphabet")
{
	static const char *const bad[] = { "Zg", "Zg=", "Zg===", "Z===", "====", "=", "==", "Zh==", "Zm9=", "Zm9v\n",
		"Zm 9", " Zm9", "Zm9v====", "Zg==Zg==", "--__", "Z=g=", "Zm9\x80" };
	static const char *const bad_url[] = { "A", "AAAAA", "Z", "Zh", "Zm9", "Zg==", "Zm8=", "++//", "Zm9v\n",
		"Zm9vY", " Zm8" };
	struct bytes out;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(base64_decode(test_arena(), bad[i], &out));
	for (size_t i = 0; i < sizeof bad_url / sizeof bad_url[0]; i++)
		assert_false(base64url_decode(test_arena(), bad_url[i], &out));
	assert_false(base64_decode(test_arena(), NULL, &out));
	assert_false(base64url_decode(test_arena(), NULL, &out));
}
