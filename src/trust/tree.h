/* The log's Merkle tree (RFC 9162 2.1; facts 9), kept as the hashes of complete subtrees: level 0 are leaves, the node
 * (level, index) covers leaves index*2^level to (index+1)*2^level - 1. A tree of n leaves is defined by those alone. */
#pragma once
#include "base/crypto.h"

struct hash_value {
	unsigned char octets[HASH_LEN];
};
struct hash_value tree_leaf(struct bytes leaf);                               /* SHA-256(0x00 || leaf) */
struct hash_value tree_node(struct hash_value left, struct hash_value right); /* SHA-256(0x01 || left || right) */

/* Where nodes are kept. read gives a complete subtree's hash that was added before. */
struct tree {
	enum err (*read)(void *arg, int level, int64_t index, struct hash_value *out);
	enum err (*add)(void *arg, int level, int64_t index, struct hash_value); /* used by tree_append alone */
	void *arg;
};
/* Adds the leaf with number size and every subtree that it completes. */
enum err tree_append(const struct tree *, int64_t size, struct hash_value leaf) CHECKED;
enum err tree_root(const struct tree *, int64_t size, struct hash_value *out) CHECKED; /* size 0: SHA-256("") */

enum { TREE_PROOF_MAX = 64 };
struct tree_proof {
	size_t count;
	struct hash_value hashes[TREE_PROOF_MAX];
};
/* 0 <= index < size. */
enum err tree_inclusion(const struct tree *, int64_t index, int64_t size, struct tree_proof *out) CHECKED;
/* 0 < from <= to. */
enum err tree_consistency(const struct tree *, int64_t from, int64_t to, struct tree_proof *out) CHECKED;
bool tree_inclusion_holds(
	struct hash_value leaf, int64_t index, int64_t size, const struct tree_proof *, struct hash_value root);
bool tree_consistency_holds(
	int64_t from, int64_t to, struct hash_value old_root, struct hash_value new_root, const struct tree_proof *);
