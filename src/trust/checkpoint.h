/* Checkpoints and receipts of the log: C2SP signed-note, tlog-checkpoint, tlog-proof (facts 9). */
#pragma once
#include "trust/key.h"
#include "trust/tree.h"

struct checkpoint {
	const char *origin; /* NAME: no space, no '+' */
	int64_t size;
	struct hash_value root;
};
/* The signed note, signed by an Ed25519 key under the name origin. */
enum err checkpoint_sign(struct arena *, const struct key *, const struct checkpoint *, const char **note) CHECKED;
/* Checks the signature line of this verifier key ("NAME+hash+key"); unknown signature lines are passed over.
 * ERR_INVALID: malformed; ERR_DENIED: no line of this key, or a wrong signature. */
enum err checkpoint_open(struct arena *, const char *note, const char *verifier, struct checkpoint *out) CHECKED;
enum err checkpoint_verifier(struct arena *, const char *name, const struct key *, const char **out) CHECKED;

/* A .tlog-proof: index, inclusion proof, checkpoint. extra may be empty; it is carried along, no signature covers
 * it. */
enum err receipt_write(struct arena *, struct bytes extra, int64_t index, const struct tree_proof *, const char *note,
	const char **out) CHECKED;
/* Proves that leaf stands at the receipt's place in the tree of its checkpoint, which this verifier key signed. */
enum err receipt_check(struct arena *, struct bytes receipt, struct bytes leaf, const char *verifier, int64_t *index,
	struct checkpoint *out) CHECKED;
