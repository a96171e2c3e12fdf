#include "tests/unit/suite.h"
#include "base/buf.h"
#include "trust/checkpoint.h"

static const char origin[] = "portal.example/oplog";
static const char verifier[] = "portal.example/oplog+95c59ae9+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
static const char signature[] =
	"— portal.example/oplog "
	"lcWa6UfUbTNHJb70SFvYwYpDgYGcXfPRD3ivsgKryfjsuDkTAtCDxf9d3WihYy/9/Wv7/rtMrlA6+p28E/vmmOdqrQA=\n";
static const char root_of_seven[] = "tgCIeW86tsqzCN1/tpDx9pOfVlabfKTZNw7XdMAEESM=";
static const char *const proof_of_two[] = { "0HDcW42prqfcD1rUwp2JllIABZyaDOyjq9XaJJLctx0=",
	"aI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aY=", "4obTOQZlp83HWUU77QsAze0YQtdX4+bP6H31PbF35yU=" };

static struct hash_value hash_of(const char *text)
{
	struct hash_value out;
	struct bytes octets;

	assert_true(base64_decode(test_arena(), text, &octets));
	assert_int_equal(HASH_LEN, octets.len);
	memcpy(out.octets, octets.data, HASH_LEN);
	return out;
}

static struct key *log_key(void)
{
	unsigned char seed[32];
	struct key *key;

	memset(seed, 0x01, sizeof seed);
	assert_ok(key_ed25519_from_seed(seed, &key));
	return key;
}

static const char *note_of_seven(void)
{
	struct checkpoint checkpoint = { origin, 7, hash_of(root_of_seven) };
	struct key *key = log_key();
	const char *note;

	assert_ok(checkpoint_sign(test_arena(), key, &checkpoint, &note));
	key_free(&key);
	return note;
}

TEST("LOG-3: the verifier key is written as C2SP signed-note asks")
{
	struct key *key = log_key();
	const char *text;

	assert_ok(checkpoint_verifier(test_arena(), origin, key, &text));
	assert_string_equal(verifier, text);
	assert_err(ERR_INVALID, checkpoint_verifier(test_arena(), "two words", key, &text));
	assert_err(ERR_INVALID, checkpoint_verifier(test_arena(), "a+b", key, &text));
	assert_err(ERR_INVALID, checkpoint_verifier(test_arena(), "", key, &text));
	key_free(&key);
}

TEST("LOG-3: the checkpoint of seven leaves is the published one to the byte")
{
	assert_string_equal(
		arena_printf(test_arena(), "%s\n7\n%s\n\n%s", origin, root_of_seven, signature), note_of_seven());
}

TEST("LOG-3: a checkpoint opens under its own key alone, and passes over the lines of witnesses")
{
	const char *note = note_of_seven();
	const char *witnessed = arena_printf(test_arena(), "%s— witness.example/w AAAAAAAAAAAAAAAA\n", note);
	struct checkpoint read;
	const char *other;
	struct key *key;

	assert_ok(checkpoint_open(test_arena(), witnessed, verifier, &read));
	assert_string_equal(origin, read.origin);
	assert_int_equal(7, read.size);
	assert_memory_equal(hash_of(root_of_seven).octets, read.root.octets, HASH_LEN);

	assert_ok(key_make(KEY_ED25519, &key));
	assert_ok(checkpoint_verifier(test_arena(), origin, key, &other));
	assert_err(ERR_DENIED, checkpoint_open(test_arena(), note, other, &read));
	assert_ok(checkpoint_verifier(test_arena(), "other.example/oplog", key, &other));
	assert_err(ERR_DENIED, checkpoint_open(test_arena(), note, other, &read));
	key_free(&key);
}

TEST("LOG-3: a checkpoint with one byte changed anywhere does not open")
{
	const char *note = note_of_seven();
	struct checkpoint read;

	for (size_t i = 0; note[i]; i++) {
		for (int bit = 0; bit < 8; bit++) {
			char *wrong = arena_text(test_arena(), note);

			wrong[i] = (char)(wrong[i] ^ 1 << bit);
			assert_int_not_equal(OK, checkpoint_open(test_arena(), wrong, verifier, &read));
		}
	}
}

/* A note with this text, rightly signed by the log's key under its name. */
static const char *signed_note(const char *text)
{
	struct buf value = buf_new(test_arena());
	struct key *key = log_key();
	struct bytes made;

	assert_ok(key_sign(key, test_arena(), bytes_of_text(text), &made));
	key_free(&key);
	buf_add(&value, "\x95\xc5\x9a\xe9", 4);
	buf_bytes(&value, made);
	return arena_printf(test_arena(), "%s\n— %s %s\n", text, origin, base64_encode(test_arena(), buf_view(&value)));
}

TEST("LOG-3: a rightly signed note is no checkpoint when it names another log or writes its size or root otherwise")
{
	struct checkpoint read;
	const char *root = root_of_seven;

	assert_ok(checkpoint_open(test_arena(),
		signed_note(arena_printf(test_arena(), "%s\n7\n%s\nmore\n", origin, root)), verifier, &read));
	assert_err(ERR_DENIED,
		checkpoint_open(test_arena(), signed_note(arena_printf(test_arena(), "other/oplog\n7\n%s\n", root)),
			verifier, &read));
	assert_err(ERR_INVALID,
		checkpoint_open(test_arena(), signed_note(arena_printf(test_arena(), "%s\n07\n%s\n", origin, root)),
			verifier, &read));
	assert_err(ERR_INVALID,
		checkpoint_open(test_arena(), signed_note(arena_printf(test_arena(), "%s\n-7\n%s\n", origin, root)),
			verifier, &read));
	assert_err(ERR_INVALID,
		checkpoint_open(test_arena(), signed_note(arena_printf(test_arena(), "%s\n7\nAAAA\n", origin)),
			verifier, &read));
	assert_err(ERR_INVALID,
		checkpoint_open(
			test_arena(), signed_note(arena_printf(test_arena(), "%s\n7\n", origin)), verifier, &read));
}

TEST("LOG-3: malformed checkpoints and verifier keys are told apart from foreign ones")
{
	const char *note = note_of_seven();
	static const char *const notes[] = { "", "\n", "\n\n", "portal.example/oplog\n7\n",
		"portal.example/oplog\n7\n\n— x\n", "portal.example/oplog\n7\n\n— portal.example/oplog lcWa6Q==\n",
		"a\n\n— a AAAAAAAA", "a\xff\n\n— a AAAAAAAA\n" };
	static const char *const keys[] = { "", "+", "++", "portal.example/oplog", "portal.example/oplog+95c59ae9",
		"portal.example/oplog+95c59ae8+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
		"portal.example/oplog+95c59ae9+AoqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c" };
	struct checkpoint read;

	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
		assert_err(ERR_INVALID, checkpoint_open(test_arena(), notes[i], verifier, &read));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_err(ERR_INVALID, checkpoint_open(test_arena(), note, keys[i], &read));
}

static const char *receipt_of_two(struct bytes extra)
{
	struct tree_proof proof = { .count = 3 };
	const char *out;

	for (size_t i = 0; i < proof.count; i++)
		proof.hashes[i] = hash_of(proof_of_two[i]);
	assert_ok(receipt_write(test_arena(), extra, 2, &proof, note_of_seven(), &out));
	return out;
}

TEST("LOG-4: a receipt is written as C2SP tlog-proof asks")
{
	const char *want = arena_printf(test_arena(),
		"c2sp.org/tlog-proof@v1\nextra bGVhZg==\nindex 2\n%s\n%s\n%s\n\n%s", proof_of_two[0], proof_of_two[1],
		proof_of_two[2], note_of_seven());

	assert_string_equal(want, receipt_of_two(bytes_of_text("leaf")));
}

TEST("LOG-4: a receipt proves its own leaf at its own place, with or without extra data")
{
	struct bytes leaf = bytes_of_text("印章"), extra = bytes_of_text("for its owner");
	struct checkpoint read;
	int64_t index = -1;

	assert_ok(receipt_check(
		test_arena(), bytes_of_text(receipt_of_two((struct bytes){ NULL, 0 })), leaf, verifier, &index, &read));
	assert_int_equal(2, index);
	assert_int_equal(7, read.size);
	assert_ok(receipt_check(test_arena(), bytes_of_text(receipt_of_two(extra)), leaf, verifier, &index, &read));
	assert_err(ERR_DENIED,
		receipt_check(test_arena(), bytes_of_text(receipt_of_two(extra)), bytes_of_text("印"), verifier, &index,
			&read));
}

TEST("LOG-4: a receipt or leaf with one flipped bit anywhere is refused")
{
	struct bytes receipt = bytes_of_text(receipt_of_two((struct bytes){ NULL, 0 })), leaf = bytes_of_text("印章");
	unsigned char *wrong = arena_alloc(test_arena(), receipt.len);
	struct checkpoint read;
	int64_t index;

	for (size_t i = 0; i < 8 * receipt.len; i++) {
		memcpy(wrong, receipt.data, receipt.len);
		wrong[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_int_not_equal(OK,
			receipt_check(
				test_arena(), (struct bytes){ wrong, receipt.len }, leaf, verifier, &index, &read));
	}
	for (size_t i = 0; i < 8 * leaf.len; i++) {
		memcpy(wrong, leaf.data, leaf.len);
		wrong[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_err(ERR_DENIED,
			receipt_check(
				test_arena(), receipt, (struct bytes){ wrong, leaf.len }, verifier, &index, &read));
	}
}

TEST("LOG-4: a receipt cut off at any byte is refused")
{
	struct bytes receipt = bytes_of_text(receipt_of_two((struct bytes){ NULL, 0 }));
	struct checkpoint read;
	int64_t index;

	for (size_t len = 0; len < receipt.len; len++)
		assert_int_not_equal(OK,
			receipt_check(test_arena(), (struct bytes){ receipt.data, len }, bytes_of_text("印章"),
				verifier, &index, &read));
}

TEST("LOG-4: a receipt has one way of writing: no other number, no line too few or too many")
{
	static const struct {
		const char *before, *between;
	} wrong[] = { { "index 02\n", "\n" }, { "index +2\n", "\n" }, { "index 2 \n", "\n" }, { "index  2\n", "\n" },
		{ "index -2\n", "\n" }, { "index 2\n\n", "\n" }, { "\nindex 2\n", "\n" }, { "", "\n" },
		{ "index 2\n", "" }, { "extra \xff\nindex 2\n", "\n" }, { "extra AA==\nextra AA==\nindex 2\n", "\n" } };
	struct checkpoint read;
	int64_t index;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const char *text = arena_printf(test_arena(), "c2sp.org/tlog-proof@v1\n%s%s\n%s\n%s\n%s%s",
			wrong[i].before, proof_of_two[0], proof_of_two[1], proof_of_two[2], wrong[i].between,
			note_of_seven());

		assert_int_not_equal(OK,
			receipt_check(
				test_arena(), bytes_of_text(text), bytes_of_text("印章"), verifier, &index, &read));
	}
}
