#include "tests/unit/suite.h"
#include "trust/tree.h"

enum { MOST = 200, LEVELS = 9 };

struct memory {
	struct hash_value nodes[LEVELS][MOST];
	bool there[LEVELS][MOST];
};

static enum err read_node(void *arg, int level, int64_t index, struct hash_value *out)
{
	const struct memory *m = arg;

	if (level >= LEVELS || index >= MOST || !m->there[level][index])
		return ERR_NOT_FOUND;
	*out = m->nodes[level][index];
	return OK;
}

static enum err add_node(void *arg, int level, int64_t index, struct hash_value node)
{
	struct memory *m = arg;

	if (m->there[level][index])
		return ERR_CONFLICT;
	m->nodes[level][index] = node;
	m->there[level][index] = true;
	return OK;
}

static struct tree grow(const char *const *leaves, int64_t count)
{
	struct tree tree = { read_node, add_node, ARENA_NEW(test_arena(), struct memory) };

	for (int64_t i = 0; i < count; i++) {
		struct bytes leaf = leaves ? bytes_of_text(leaves[i])
					   : bytes_of_text(arena_printf(test_arena(), "%d", (int)i));

		assert_ok(tree_append(&tree, i, tree_leaf(leaf)));
	}
	return tree;
}

static const char *root_text(const struct tree *tree, int64_t size)
{
	struct hash_value root;

	assert_ok(tree_root(tree, size, &root));
	return base64_encode(test_arena(), BYTES_OF(root.octets));
}

static const char *proof_text(const struct tree_proof *proof)
{
	const char *out = "";

	for (size_t i = 0; i < proof->count; i++)
		out = arena_printf(
			test_arena(), "%s%s ", out, base64_encode(test_arena(), BYTES_OF(proof->hashes[i].octets)));
	return out;
}

static const char *const known[] = { "", "a", "印章", "d", "e", "f", "g" };

TEST("LOG-3: roots of the tree are those of the published format")
{
	struct tree tree = grow(known, 7);

	assert_string_equal("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", root_text(&tree, 0)); /* SHA-256("") */
	assert_string_equal("bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=", root_text(&tree, 1));
	assert_string_equal("aI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aY=", root_text(&tree, 2));
	assert_string_equal("LVUuF/ZgSynk3PuSEo+EKF4YNdteIOkcHkKXhfOXmo8=", root_text(&tree, 3));
	assert_string_equal("wlycSZEfhu1U0kA4Nrcy0rV/NZ+k1CjVDHra2JMco6Y=", root_text(&tree, 4));
	assert_string_equal("tgCIeW86tsqzCN1/tpDx9pOfVlabfKTZNw7XdMAEESM=", root_text(&tree, 7));
}

TEST("LOG-3: proofs of inclusion and consistency are those of the published format")
{
	struct tree tree = grow(known, 7);
	struct tree_proof proof;

	assert_ok(tree_inclusion(&tree, 2, 7, &proof));
	assert_string_equal("0HDcW42prqfcD1rUwp2JllIABZyaDOyjq9XaJJLctx0= aI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aY= "
			    "4obTOQZlp83HWUU77QsAze0YQtdX4+bP6H31PbF35yU= ",
		proof_text(&proof));
	assert_ok(tree_consistency(&tree, 3, 7, &proof));
	assert_string_equal(
		"x5IDXhfG5v+crOTKxpHppdR2Ye2GsLEWoSdD0JNwqtM= 0HDcW42prqfcD1rUwp2JllIABZyaDOyjq9XaJJLctx0= "
		"aI3GJEsEEZnnq0mQ32NAzj3BTKpc1aDhExrdqhIJ4aY= 4obTOQZlp83HWUU77QsAze0YQtdX4+bP6H31PbF35yU= ",
		proof_text(&proof));
}

static void flip(struct hash_value *hash, int64_t salt)
{
	hash->octets[salt % HASH_LEN] ^= (unsigned char)(1 << salt % 8);
}

TEST("LOG-4: for all sizes to 200 and all places inclusion holds, and not with a flipped bit, another place or size")
{
	struct tree tree = grow(NULL, MOST);
	const struct memory *memory = tree.arg;

	for (int64_t size = 1; size <= MOST; size++) {
		struct hash_value root;

		assert_ok(tree_root(&tree, size, &root));
		for (int64_t index = 0; index < size; index++) {
			struct hash_value leaf = memory->nodes[0][index], wrong = leaf, wrong_root = root;
			struct tree_proof proof;

			assert_ok(tree_inclusion(&tree, index, size, &proof));
			assert_true(tree_inclusion_holds(leaf, index, size, &proof, root));
			flip(&wrong, size + index);
			assert_false(tree_inclusion_holds(wrong, index, size, &proof, root));
			flip(&wrong_root, size + index);
			assert_false(tree_inclusion_holds(leaf, index, size, &proof, wrong_root));
			assert_false(tree_inclusion_holds(leaf, index + 1, size, &proof, root));
			assert_false(index && tree_inclusion_holds(leaf, index - 1, size, &proof, root));
			if (!proof.count)
				continue;
			flip(&proof.hashes[index % (int64_t)proof.count], size + index);
			assert_false(tree_inclusion_holds(leaf, index, size, &proof, root));
			flip(&proof.hashes[index % (int64_t)proof.count], size + index);
			proof.count--;
			assert_false(tree_inclusion_holds(leaf, index, size, &proof, root));
			proof.count += 2;
			assert_false(tree_inclusion_holds(leaf, index, size, &proof, root));
		}
	}
}

TEST("LOG-3: for all pairs of sizes to 200 consistency holds, and not with a flipped bit or another size")
{
	struct tree tree = grow(NULL, MOST);

	for (int64_t to = 1; to <= MOST; to++) {
		struct hash_value new_root;

		assert_ok(tree_root(&tree, to, &new_root));
		for (int64_t from = 1; from <= to; from++) {
			struct hash_value old_root, wrong;
			struct tree_proof proof;

			assert_ok(tree_root(&tree, from, &old_root));
			assert_ok(tree_consistency(&tree, from, to, &proof));
			assert_true(tree_consistency_holds(from, to, old_root, new_root, &proof));
			wrong = old_root;
			flip(&wrong, from + to);
			assert_false(tree_consistency_holds(from, to, wrong, new_root, &proof));
			wrong = new_root;
			flip(&wrong, from + to);
			assert_false(tree_consistency_holds(from, to, old_root, wrong, &proof));
			if (!proof.count)
				continue;
			assert_false(tree_consistency_holds(from + 1, to, old_root, new_root, &proof));
			flip(&proof.hashes[from % (int64_t)proof.count], from + to);
			assert_false(tree_consistency_holds(from, to, old_root, new_root, &proof));
			flip(&proof.hashes[from % (int64_t)proof.count], from + to);
			proof.count--;
			assert_false(tree_consistency_holds(from, to, old_root, new_root, &proof));
		}
	}
}

TEST("LOG-3: what stands outside the tree is refused")
{
	struct tree tree = grow(known, 7);
	struct hash_value root = { { 0 } };
	struct tree_proof proof = { .count = 0 };

	assert_err(ERR_INVALID, tree_inclusion(&tree, 7, 7, &proof));
	assert_err(ERR_INVALID, tree_inclusion(&tree, -1, 7, &proof));
	assert_err(ERR_INVALID, tree_consistency(&tree, 0, 7, &proof));
	assert_err(ERR_INVALID, tree_consistency(&tree, 5, 4, &proof));
	assert_err(ERR_INVALID, tree_root(&tree, -1, &root));
	assert_err(ERR_NOT_FOUND, tree_root(&tree, 8, &root));
	assert_false(tree_inclusion_holds(root, 0, 0, &proof, root));
	assert_false(tree_inclusion_holds(root, -1, 1, &proof, root));
	proof.count = TREE_PROOF_MAX + 1;
	assert_false(tree_inclusion_holds(root, 0, INT64_MAX, &proof, root));
	assert_false(tree_consistency_holds(1, INT64_MAX, root, root, &proof));
}
