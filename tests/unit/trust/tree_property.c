/* The tree of any size against the recursive definitions of RFC 9162 2.1, which hash every leaf each time. */
#include "tests/unit/suite.h"
#include "trust/tree.h"

enum { MOST = 4200, LEVELS = 14, TRIES = 24, PLACES = 4 };

static struct hash_value leaves[MOST];

struct memory {
	struct hash_value nodes[LEVELS][MOST];
};

static enum err read_node(void *arg, int level, int64_t index, struct hash_value *out)
{
	*out = ((const struct memory *)arg)->nodes[level][index];
	return OK;
}

static enum err add_node(void *arg, int level, int64_t index, struct hash_value node)
{
	((struct memory *)arg)->nodes[level][index] = node;
	return OK;
}

static struct tree whole_tree(void)
{
	struct tree tree = { read_node, add_node, ARENA_NEW(test_arena(), struct memory) };

	for (int64_t i = 0; i < MOST; i++) {
		leaves[i] = tree_leaf(bytes_of_text(arena_printf(test_arena(), "%llx", (long long)test_random())));
		assert_ok(tree_append(&tree, i, leaves[i]));
	}
	return tree;
}

/* The largest power of two below n. */
static int64_t half(int64_t n)
{
	int64_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

/* MTH(D[from:to]) */
static struct hash_value mth(int64_t from, int64_t to)
{
	int64_t k = half(to - from);

	return to - from == 1 ? leaves[from] : tree_node(mth(from, from + k), mth(from + k, to));
}

/* PATH(m, D[from:to]), 2.1.3.1 */
static void path(int64_t m, int64_t from, int64_t to, struct tree_proof *out)
{
	int64_t k = half(to - from);

	if (to - from == 1)
		return;
	if (m < k) {
		path(m, from, from + k, out);
		out->hashes[out->count++] = mth(from + k, to);
	} else {
		path(m - k, from + k, to, out);
		out->hashes[out->count++] = mth(from, from + k);
	}
}

/* SUBPROOF(m, D[from:to], b), 2.1.4.1 */
static void subproof(int64_t m, int64_t from, int64_t to, bool b, struct tree_proof *out)
{
	int64_t k = half(to - from);

	if (m == to - from) {
		if (!b)
			out->hashes[out->count++] = mth(from, to);
		return;
	}
	if (m <= k) {
		subproof(m, from, from + k, b, out);
		out->hashes[out->count++] = mth(from + k, to);
	} else {
		subproof(m - k, from + k, to, false, out);
		out->hashes[out->count++] = mth(from, from + k);
	}
}

static void assert_same(const struct tree_proof *want, const struct tree_proof *got)
{
	assert_int_equal(want->count, got->count);
	assert_memory_equal(want->hashes, got->hashes, want->count * sizeof *want->hashes);
}

/* Any size, those around powers of two as often as others. */
static int64_t any_size(void)
{
	int64_t size = test_random_below(2) ? 1 + test_random_below(MOST)
					    : (INT64_C(1) << (1 + test_random_below(12))) + test_random_below(3) - 1;

	return size > MOST ? MOST : size;
}

static void check_inclusion(const struct tree *tree, int64_t size, struct hash_value root)
{
	for (int i = 0; i < PLACES; i++) {
		int64_t index = test_random_below((uint32_t)size), other = test_random_below((uint32_t)size);
		struct tree_proof want = { 0 }, got;

		path(index, 0, size, &want);
		assert_ok(tree_inclusion(tree, index, size, &got));
		assert_same(&want, &got);
		assert_true(tree_inclusion_holds(leaves[index], index, size, &got, root));
		assert_true(other == index || !tree_inclusion_holds(leaves[index], other, size, &got, root));
		assert_true(other == index || !tree_inclusion_holds(leaves[other], index, size, &got, root));
	}
}

static void check_consistency(const struct tree *tree, int64_t size, struct hash_value root)
{
	for (int i = 0; i < PLACES; i++) {
		int64_t from = 1 + test_random_below((uint32_t)size);
		struct hash_value old = mth(0, from), wrong = old;
		struct tree_proof want = { 0 }, got;

		subproof(from, 0, size, true, &want);
		assert_ok(tree_consistency(tree, from, size, &got));
		assert_same(&want, &got);
		assert_true(tree_consistency_holds(from, size, old, root, &got));
		wrong.octets[test_random_below(HASH_LEN)] ^= (unsigned char)(1U << test_random_below(8));
		assert_false(tree_consistency_holds(from, size, wrong, root, &got));
		assert_false(tree_consistency_holds(from, size, old, wrong, &got));
	}
}

TEST("LOG-3: roots and proofs of trees of some thousand leaves are those of the recursive definitions, and hold")
{
	struct tree tree = whole_tree();

	for (int i = 0; i < TRIES; i++) {
		int64_t size = any_size();
		struct hash_value want = mth(0, size), got;

		assert_ok(tree_root(&tree, size, &got));
		assert_memory_equal(&want, &got, sizeof want);
		check_inclusion(&tree, size, want);
		check_consistency(&tree, size, want);
	}
}
