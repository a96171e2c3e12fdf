/* Keys and signatures. Input: a byte for what it is, then public or private DER, PEM, or a signature. */
#include "tests/fuzz/driver/pki.h"

static void check_public(struct bytes der)
{
	struct key *key = NULL, *again = NULL;
	struct bytes written;

	if (key_from_public_der(der, &key) != OK)
		return;
	HOLDS(key_public_der(key, fuzz_arena(), &written) == OK && key_from_public_der(written, &again) == OK);
	HOLDS(key_same_public(key, again) && *key_kind_name(key_kind(key)));
	key_free(&again);
	key_free(&key);
}

static void check_private(struct bytes der)
{
	struct key *key = NULL, *again = NULL;
	struct bytes written;

	if (key_from_private_der(der, &key) != OK && key_from_private_pem(der, &key) != OK)
		return;
	HOLDS(key_private_der(key, fuzz_arena(), &written) == OK && key_from_private_der(written, &again) == OK);
	HOLDS(key_same_public(key, again));
	key_free(&again);
	key_free(&key);
}

/* Nobody finds a signature by trying; the kept ones are of the two keys over 32 zeros. */
static void check_signature(struct bytes signature)
{
	static const unsigned char digest[HASH_LEN], other[HASH_LEN] = { 1 };
	static const enum key_kind kinds[] = { KEY_SM2, KEY_P256 };

	for (size_t i = 0; i < 2; i++) {
		const struct key *key = fuzz_pki(kinds[i])->leaf_key;

		(void)!key_verify_digest(key, BYTES_OF(digest), signature);
		HOLDS(key_verify_digest(key, BYTES_OF(other), signature) == ERR_DENIED);
	}
}

FUZZ("key")
{
	static void (*const ways[])(struct bytes) = { check_public, check_private, check_signature };

	ways[fuzz_byte(&input) % 3](input);
}
