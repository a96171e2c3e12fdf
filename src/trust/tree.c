/* The Merkle tree of RFC 9162 2.1 over stored hashes of complete subtrees. */
#include "trust/tree.h"

struct hash_value tree_leaf(struct bytes leaf)
{
	const struct bytes parts[] = { { (const unsigned char *)"\x00", 1 }, leaf };
	struct hash_value out;

	crypto_sha256_of(parts, 2, out.octets);
	return out;
}

struct hash_value tree_node(struct hash_value left, struct hash_value right)
{
	unsigned char in[1 + 2 * HASH_LEN] = { 0x01 };
	struct hash_value out;

	memcpy(in + 1, left.octets, HASH_LEN);
	memcpy(in + 1 + HASH_LEN, right.octets, HASH_LEN);
	crypto_hash(HASH_SHA256, BYTES_OF(in), out.octets);
	return out;
}

static bool same(struct hash_value a, struct hash_value b)
{
	return !memcmp(a.octets, b.octets, HASH_LEN);
}

/* The hash over count leaves from start on, where start is a multiple of the least power of two that holds count: each
 * bit of count is one complete subtree, joined from the right. */
static enum err range_hash(const struct tree *tree, int64_t start, int64_t count, struct hash_value *out)
{
	bool any = false;

	for (int level = 0; count >> level; level++) {
		struct hash_value part;

		if (!(count >> level & 1))
			continue;
		TRY(tree->read(tree->arg, level, (start >> level) + (count >> level) - 1, &part));
		*out = any ? tree_node(part, *out) : part;
		any = true;
	}
	return OK;
}

/* The largest power of two below n, for n > 1. */
static int64_t split(int64_t n)
{
	int64_t k = 1;

	while (k < n - k)
		k <<= 1;
	return k;
}

static void reverse(struct tree_proof *proof)
{
	for (size_t i = 0; i < proof->count / 2; i++) {
		struct hash_value other = proof->hashes[proof->count - 1 - i];

		proof->hashes[proof->count - 1 - i] = proof->hashes[i];
		proof->hashes[i] = other;
	}
}

enum err tree_append(const struct tree *tree, int64_t size, struct hash_value leaf)
{
	struct hash_value node = leaf;
	int level = 0;

	if (size < 0 || size == INT64_MAX)
		return ERR_INVALID;
	TRY(tree->add(tree->arg, 0, size, node));
	for (; size >> level & 1; level++) {
		struct hash_value left;

		TRY(tree->read(tree->arg, level, (size >> level) - 1, &left));
		node = tree_node(left, node);
		TRY(tree->add(tree->arg, level + 1, size >> (level + 1), node));
	}
	return OK;
}

enum err tree_root(const struct tree *tree, int64_t size, struct hash_value *out)
{
	if (size < 0)
		return ERR_INVALID;
	if (size == 0) {
		crypto_hash(HASH_SHA256, (struct bytes){ NULL, 0 }, out->octets);
		return OK;
	}
	return range_hash(tree, 0, size, out);
}

enum err tree_inclusion(const struct tree *tree, int64_t index, int64_t size, struct tree_proof *out)
{
	int64_t start = 0;

	if (index < 0 || index >= size)
		return ERR_INVALID;
	out->count = 0;
	while (size > 1) {
		int64_t k = split(size);
		struct hash_value *sibling = &out->hashes[out->count++];

		if (index - start < k) {
			TRY(range_hash(tree, start + k, size - k, sibling));
			size = k;
		} else {
			TRY(range_hash(tree, start, k, sibling));
			start += k;
			size -= k;
		}
	}
	reverse(out);
	return OK;
}

/* RFC 9162 2.1.4.1, its recursion walked downwards. */
enum err tree_consistency(const struct tree *tree, int64_t from, int64_t to, struct tree_proof *out)
{
	int64_t start = 0;

	if (from <= 0 || from > to)
		return ERR_INVALID;
	out->count = 0;
	while (from < to) {
		int64_t k = split(to);
		struct hash_value *part = &out->hashes[out->count++];

		if (from <= k) {
			TRY(range_hash(tree, start + k, to - k, part));
			to = k;
		} else {
			TRY(range_hash(tree, start, k, part));
			start += k;
			from -= k;
			to -= k;
		}
	}
	if (start)
		TRY(range_hash(tree, start, to, &out->hashes[out->count++]));
	reverse(out);
	return OK;
}

/* RFC 9162 2.1.3.2 */
bool tree_inclusion_holds(
	struct hash_value leaf, int64_t index, int64_t size, const struct tree_proof *proof, struct hash_value root)
{
	int64_t node = index, last = size - 1;

	if (index < 0 || index >= size || proof->count > TREE_PROOF_MAX)
		return false;
	for (size_t i = 0; i < proof->count; i++) {
		if (!last)
			return false;
		if (node & 1 || node == last) {
			leaf = tree_node(proof->hashes[i], leaf);
			for (; node && !(node & 1); node >>= 1)
				last >>= 1;
		} else {
			leaf = tree_node(leaf, proof->hashes[i]);
		}
		node >>= 1;
		last >>= 1;
	}
	return !last && same(leaf, root);
}

/* RFC 9162 2.1.4.2 */
bool tree_consistency_holds(int64_t from, int64_t to, struct hash_value old_root, struct hash_value new_root,
	const struct tree_proof *proof)
{
	int64_t node = from - 1, last = to - 1;
	struct hash_value before, after;
	size_t i = 0;

	if (from <= 0 || from > to || proof->count > TREE_PROOF_MAX)
		return false;
	if (from == to)
		return !proof->count && same(old_root, new_root);
	if (!proof->count)
		return false;
	before = from & (from - 1) ? proof->hashes[i++] : old_root; /* a power of two is a subtree of its own */
	after = before;
	for (; node & 1; node >>= 1)
		last >>= 1;
	for (; i < proof->count; i++) {
		if (!last)
			return false;
		if (node & 1 || node == last) {
			before = tree_node(proof->hashes[i], before);
			after = tree_node(proof->hashes[i], after);
			for (; node && !(node & 1); node >>= 1)
				last >>= 1;
		} else {
			after = tree_node(after, proof->hashes[i]);
		}
		node >>= 1;
		last >>= 1;
	}
	return !last && same(before, old_root) && same(after, new_root);
}
