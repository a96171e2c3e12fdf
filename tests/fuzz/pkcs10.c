/* Certification requests: what passes has a public half that can be written and read again. */
#include "tests/fuzz/driver/pki.h"

FUZZ("pkcs10")
{
	struct key *key = NULL, *again = NULL;
	struct bytes der;

	if (request_check(input, &key) != OK) {
		HOLDS(!key);
		return;
	}
	HOLDS(key_public_der(key, fuzz_arena(), &der) == OK && key_from_public_der(der, &again) == OK);
	HOLDS(key_same_public(key, again));
	key_free(&again);
	key_free(&key);
}
