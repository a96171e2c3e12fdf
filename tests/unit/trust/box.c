#include "tests/unit/suite.h"
#include "trust/box.h"

/* Made once by the npm package @hpke/core 1.9.0 with this suite: RFC 9180 itself has no vector for AES-256-GCM with
 * this KEM. info "yinxin-box-test", aad "instance 7", plain "印章 key". */
static const char private_hex[] = "1cb092a67083fb1441d2cedb3ba893b4c4ea945709d2fc71a1451daf843b8d2b";
static const char box_hex[] = "83b15654b43833541ed1c384bde07203549e1e6245747f5a59c3b2f399792647"
			      "ba2fdc86e6d7e0407d102205b057be5f0834d9e2471608319e0b";

static struct bytes unhex(const char *text)
{
	struct bytes out;

	assert_true(hex_decode(test_arena(), text, &out));
	return out;
}

TEST("PIN-5: a box that another HPKE implementation sealed opens")
{
	struct bytes plain;

	assert_ok(box_open(test_arena(), unhex(private_hex).data, bytes_of_text("yinxin-box-test"),
		bytes_of_text("instance 7"), unhex(box_hex), &plain));
	assert_true(bytes_equal(bytes_of_text("印章 key"), plain));
}

TEST("PIN-5: a box opens only whole, with its own key, purpose and place")
{
	unsigned char public_half[BOX_PUBLIC_LEN], private_half[BOX_PRIVATE_LEN], other[BOX_PRIVATE_LEN];
	struct bytes info = bytes_of_text("key"), aad = bytes_of_text("instance 7"),
		     text = bytes_of_text("a private key");
	struct bytes box, plain;

	assert_ok(box_make(public_half, private_half));
	assert_ok(box_seal(test_arena(), public_half, info, aad, text, &box));
	assert_int_equal(32 + text.len + 16, box.len);
	assert_ok(box_open(test_arena(), private_half, info, aad, box, &plain));
	assert_true(bytes_equal(text, plain));

	assert_ok(box_make(public_half, other));
	assert_err(ERR_BROKEN, box_open(test_arena(), other, info, aad, box, &plain));
	assert_err(ERR_BROKEN, box_open(test_arena(), private_half, aad, aad, box, &plain));
	assert_err(ERR_BROKEN, box_open(test_arena(), private_half, info, info, box, &plain));
	for (size_t len = 0; len < box.len; len++)
		assert_err(ERR_BROKEN,
			box_open(test_arena(), private_half, info, aad, (struct bytes){ box.data, len }, &plain));
}

TEST("PIN-5: a box with one flipped bit anywhere does not open")
{
	struct bytes box = unhex(box_hex), plain;
	unsigned char *wrong = arena_alloc(test_arena(), box.len);

	/* Also the one bit that X25519 ignores in a public key (RFC 7748 5): the key schedule does not. */
	for (size_t i = 0; i < 8 * box.len; i++) {
		memcpy(wrong, box.data, box.len);
		wrong[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_err(ERR_BROKEN,
			box_open(test_arena(), unhex(private_hex).data, bytes_of_text("yinxin-box-test"),
				bytes_of_text("instance 7"), (struct bytes){ wrong, box.len }, &plain));
	}
}

TEST("PIN-5: an empty text fits in a box, and two boxes of one text differ")
{
	unsigned char public_half[BOX_PUBLIC_LEN], private_half[BOX_PRIVATE_LEN];
	struct bytes none = { NULL, 0 }, first, second, plain;

	assert_ok(box_make(public_half, private_half));
	assert_ok(box_seal(test_arena(), public_half, none, none, none, &first));
	assert_ok(box_seal(test_arena(), public_half, none, none, none, &second));
	assert_false(bytes_equal(first, second));
	assert_ok(box_open(test_arena(), private_half, none, none, first, &plain));
	assert_int_equal(0, plain.len);
}

TEST("PIN-5: nothing is sealed to a point of low order")
{
	static const unsigned char zero[BOX_PUBLIC_LEN];
	struct bytes none = { NULL, 0 }, box;

	assert_err(ERR_INVALID, box_seal(test_arena(), zero, none, none, none, &box));
}
