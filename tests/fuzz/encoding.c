/* Hexadecimal and base64 have one spelling: what decodes is what encoding gives. Hashes as platforms write them may
 * come in four, and give the same bytes. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/crypto.h"
#include "core/authorize.h"

static void check_hash(const char *text)
{
	struct bytes hash, again;

	if (!authorize_hash(fuzz_arena(), text, &hash))
		return;
	HOLDS(authorize_hash(fuzz_arena(), base64_encode(fuzz_arena(), hash), &again) && bytes_equal(hash, again));
	HOLDS(authorize_hash(fuzz_arena(), base64url_encode(fuzz_arena(), hash), &again) && bytes_equal(hash, again));
}

FUZZ("encoding")
{
	const char *text = fuzz_text(input);
	struct bytes bytes;

	if (base64_decode(fuzz_arena(), text, &bytes))
		HOLDS(text_equal(text, base64_encode(fuzz_arena(), bytes)));
	if (base64url_decode(fuzz_arena(), text, &bytes))
		HOLDS(text_equal(text, base64url_encode(fuzz_arena(), bytes)));
	if (hex_decode(fuzz_arena(), text, &bytes))
		HOLDS(!strcasecmp(text, hex_encode(fuzz_arena(), bytes)));
	HOLDS(base64_decode(fuzz_arena(), base64_encode(fuzz_arena(), input), &bytes) && bytes_equal(input, bytes));
	HOLDS(base64url_decode(fuzz_arena(), base64url_encode(fuzz_arena(), input), &bytes) &&
		bytes_equal(input, bytes));
	HOLDS(hex_decode(fuzz_arena(), hex_encode(fuzz_arena(), input), &bytes) && bytes_equal(input, bytes));
	check_hash(text);
}
