/* Receipts and checkpoints as the checker of a receipt gets them from strangers. Input: a byte for what it is, then a
 * receipt, a checkpoint, a verifier key or a leaf. One log was ever signed: that of facts 9. */
#include "tests/fuzz/driver/fuzz.h"
#include "trust/checkpoint.h"

enum { LEAVES = 7, PLACE = 2 };
#define NAME "portal.example/oplog"

static const char *const leaves[LEAVES] = { "", "a", "印章", "d", "e", "f", "g" };

static struct {
	const char *note, *receipt, *verifier;
	struct checkpoint checkpoint;
} known;

static struct hash_value leaf_hash(int i)
{
	return tree_leaf(bytes_of_text(leaves[i]));
}

static struct hash_value pair_hash(int i)
{
	return tree_node(leaf_hash(i), leaf_hash(i + 1));
}

static void make(void)
{
	struct tree_proof proof = { 3, { leaf_hash(3), pair_hash(0), tree_node(pair_hash(4), leaf_hash(6)) } };
	unsigned char seed[32];
	struct key *key;

	memset(seed, 1, sizeof seed);
	known.checkpoint = (struct checkpoint){ NAME, LEAVES,
		tree_node(tree_node(pair_hash(0), pair_hash(2)), proof.hashes[2]) };
	HOLDS(key_ed25519_from_seed(seed, &key) == OK);
	HOLDS(checkpoint_sign(fuzz_kept(), key, &known.checkpoint, &known.note) == OK);
	HOLDS(checkpoint_verifier(fuzz_kept(), NAME, key, &known.verifier) == OK);
	HOLDS(receipt_write(fuzz_kept(), bytes_of_text(NULL), PLACE, &proof, known.note, &known.receipt) == OK);
	key_free(&key);
}

static bool is_known(const struct checkpoint *read)
{
	return text_equal(read->origin, NAME) && read->size == LEAVES &&
		!memcmp(&read->root, &known.checkpoint.root, sizeof read->root);
}

static void check_receipt(struct bytes receipt)
{
	struct checkpoint read;
	int64_t index;

	if (receipt_check(fuzz_arena(), receipt, bytes_of_text(leaves[PLACE]), known.verifier, &index, &read) == OK)
		HOLDS(index == PLACE && is_known(&read));
	HOLDS(receipt_check(fuzz_arena(), receipt, bytes_of_text("not a leaf"), known.verifier, &index, &read) != OK);
}

static void check_checkpoint(struct bytes note)
{
	struct checkpoint read;

	if (checkpoint_open(fuzz_arena(), fuzz_text(note), known.verifier, &read) == OK)
		HOLDS(is_known(&read));
}

static void check_verifier(struct bytes verifier)
{
	struct checkpoint read;

	if (checkpoint_open(fuzz_arena(), known.note, fuzz_text(verifier), &read) == OK)
		HOLDS(is_known(&read) && text_equal(known.verifier, fuzz_text(verifier)));
}

static void check_leaf(struct bytes leaf)
{
	struct checkpoint read;
	int64_t index;

	if (receipt_check(fuzz_arena(), bytes_of_text(known.receipt), leaf, known.verifier, &index, &read) == OK)
		HOLDS(bytes_equal(leaf, bytes_of_text(leaves[PLACE])));
}

FUZZ_PREPARED("receipt", make)
{
	static void (*const ways[])(struct bytes) = { check_receipt, check_checkpoint, check_verifier, check_leaf };

	ways[fuzz_byte(&input) & 3](input);
}
