/* A row of the log as it is stored, and the bytes that the tree proves: shared by the files of oplog alone.
 * docs/log-format.md describes the leaf for those who check receipts by other means. */
#pragma once
#include "core/oplog.h"

enum { OPLOG_LEAF_VERSION = 2, OPLOG_REF_LEN = 16 };

struct oplog_stored {
	int64_t id, time, actor, on_behalf, org, platform, ticket, instance, object;
	enum actor_kind actor_kind;
	enum oplog_action action;
	enum object_kind object_kind;
	enum err result;
	struct bytes digest;   /* 32 bytes or empty */
	struct bytes refs;     /* kind of object (8), object (8); again for each further one, in rising order */
	struct bytes subjects; /* key id (8), length (4), ciphertext; again for each further person */
	struct bytes leaf_hash, mac;
};
/* Who and what the row is about. The table oplog_ref says the same once more, as an index for lists. */
struct oplog_ref {
	enum object_kind kind;
	int64_t object;
};
size_t oplog_row_ref_count(const struct oplog_stored *);
struct oplog_ref oplog_row_ref(const struct oplog_stored *, size_t i);
struct bytes oplog_row_leaf(struct arena *, const struct oplog_stored *);
struct hash_value oplog_row_hash(struct arena *, const struct oplog_stored *);
/* Whether leaf hash and HMAC stored in the row are those of its columns. */
bool oplog_row_holds(struct ctx *, const struct oplog_stored *);

/* Columns of oplog in the order in which OPLOG_ROW_INTO takes them. */
#define OPLOG_ROW_COLUMNS                                                                                              \
	"oplog.id, oplog.time, oplog.actor_kind, oplog.actor, oplog.on_behalf, oplog.org, oplog.platform, "            \
	"oplog.ticket, oplog.instance, oplog.action, oplog.object_kind, oplog.object, oplog.result, oplog.digest, "    \
	"oplog.refs, oplog.subjects, oplog.leaf_hash, oplog.mac"
#define OPLOG_ROW_INTO(row)                                                                                            \
	INTO(&(row)->id), INTO(&(row)->time), INTO(&(row)->actor_kind), INTO(&(row)->actor), INTO(&(row)->on_behalf),  \
		INTO(&(row)->org), INTO(&(row)->platform), INTO(&(row)->ticket), INTO(&(row)->instance),               \
		INTO(&(row)->action), INTO(&(row)->object_kind), INTO(&(row)->object), INTO(&(row)->result),           \
		INTO(&(row)->digest), INTO(&(row)->refs), INTO(&(row)->subjects), INTO(&(row)->leaf_hash),             \
		INTO(&(row)->mac)

/* What a person's ciphertext is bound to: the row it stands in. */
struct bytes oplog_subject_aad(struct arena *, int64_t row);

/* The table tree, to read proofs from. Growing it is oplog_number's affair. */
struct tree oplog_tree(struct store *);
enum err oplog_tree_size(struct store *, int64_t *out) CHECKED;

/* A row in which the actor takes part, or that is about an org whose legal_rep or admin the actor is. ERR_NOT_FOUND
 * otherwise: the log's other rows are nobody's business. */
enum err oplog_check_mine(struct ctx *, int64_t id) CHECKED;
/* Whether the actor may see the org's records. */
enum err oplog_check_org(struct ctx *, int64_t org) CHECKED;
