/* The append-only record of what was done (LOG-*). Writes oplog, oplog_ref, oplog_new, tree, checkpoint.
 * oplog_add joins the caller's transaction: an act and its record stand or fall together. */
#pragma once
#include "core/ctx.h"
#include "trust/checkpoint.h"

enum oplog_action { /* the numbers are stored: never renumber */
	OPLOG_REGISTER = 1,
	OPLOG_LOGIN = 2,
	OPLOG_LOGOUT = 3,
	OPLOG_SESSION_END = 4,
	OPLOG_EDITION = 5,
	OPLOG_SESSION_KEEP = 6,
	OPLOG_LOGIN_REFUSED = 7,
	OPLOG_REALNAME_VOUCH = 10,
	OPLOG_ORG_IMPORT = 11,
	OPLOG_MEMBER_JOIN = 12,
	OPLOG_PIN_SET = 20,
	OPLOG_PIN_LOCK = 21,
	OPLOG_PIN_WRONG = 22,
	OPLOG_CERT_TAKE = 30,
	OPLOG_CERT_INSTALL = 31,
	OPLOG_CERT_ISSUED = 32,
	OPLOG_CERT_REISSUE = 33,
	OPLOG_CERT_REVOKE = 34,
	OPLOG_CERT_ISSUE_FAILED = 35,
	OPLOG_CERT_KEYS_MOVED = 36,
	OPLOG_SEAL_MAKE = 40,
	OPLOG_SEAL_VOID = 41,
	OPLOG_SCAN_LOGIN = 50,
	OPLOG_SCAN_SERVICE = 51,
	OPLOG_SCAN_SIGN = 52,
	OPLOG_SCAN_SEAL = 53,
	OPLOG_CONSENT = 60,
	OPLOG_CONSENT_REVOKE = 61,
	OPLOG_AGREEMENT_PUBLISH = 62,
	OPLOG_AGREEMENT_YES = 63,
	OPLOG_PLATFORM_ADD = 70,
	OPLOG_TOKEN_REUSE = 71,
	OPLOG_DEVICE_NEW = 72,
	OPLOG_DEVICE_NAME = 73
};
enum object_kind {
	OBJECT_NONE,
	OBJECT_ACCOUNT,
	OBJECT_ORG,
	OBJECT_SEAL,
	OBJECT_CERT,
	OBJECT_INSTANCE,
	OBJECT_PLATFORM,
	OBJECT_TICKET,
	OBJECT_SESSION,
	OBJECT_DEVICE,
	OBJECT_CONSENT,
	OBJECT_AGREEMENT,
	OBJECT_ISSUANCE
};
/* The kinds of LOG-2's filter; a seal's use is one thing, its making and voiding another (SEAL-6). Stored: never
 * renumber. */
enum record_kind {
	RECORD_ANY,
	RECORD_LOGIN,
	RECORD_SEAL,
	RECORD_SIGN,
	RECORD_ENCRYPT,
	RECORD_DECRYPT,
	RECORD_OTHER,
	RECORD_SEAL_CHANGE
};

struct oplog_entry {
	enum oplog_action action;
	enum object_kind object_kind;
	int64_t object;
	enum err result;                                     /* OK, or why it was refused */
	int64_t account;                                     /* the person in whose records it stands; 0: the actor */
	int64_t org, platform, ticket, instance, cert, seal; /* participants; 0: none. org 0 counts as ctx->org */
	struct bytes digest;                                 /* 32 bytes or empty */
	const char *detail; /* document label, serial, kind …: stands encrypted in the row; NULL: none */
};
/* Adds the row, its refs (person, org, seal, cert, instance, platform) and its place in oplog_new. Address and device
 * of ctx stand encrypted under the person's subject key. Only inside a write transaction. */
enum err oplog_add(struct ctx *, const struct oplog_entry *) CHECKED;

struct oplog_row {
	int64_t id, time, actor, on_behalf, org, platform, ticket, instance, object;
	enum actor_kind actor_kind;
	enum oplog_action action;
	enum object_kind object_kind;
	enum err result;
	struct bytes digest;
	const char *address, *agent, *detail, *actor_name, *platform_name, *org_name; /* NULL where unknown or erased */
	bool proven; /* numbered, so that a receipt can be had */
};
struct oplog_filter {
	enum object_kind object_kind; /* whose records: ACCOUNT, ORG, SEAL, CERT, INSTANCE */
	int64_t object;
	enum record_kind kind;
	enum oplog_scope { SCOPE_ALL, SCOPE_PERSONAL, SCOPE_ORG } scope;
	int64_t from, to;                /* ms UTC; 0: open */
	int64_t after;                   /* cursor: rows older than this id; 0: from the newest */
	int64_t action_low, action_high; /* 0, 0: any */
	size_t most; /* the newest few, at most OPLOG_PAGE; 0: a page, which ends with next 0 where no other follows */
};
enum { OPLOG_PAGE = 20, OPLOG_LOOK = 2000 };
struct oplog_page {
	struct oplog_row rows[OPLOG_PAGE];
	size_t count;
	int64_t next;       /* cursor for more; 0: the end */
	bool looked_enough; /* stopped after OPLOG_LOOK index rows: offer "search further back" */
};
/* Authority: ACCOUNT only one's own; ORG, SEAL, CERT by membership (SEAL-6, CERT-15). ERR_NOT_FOUND otherwise. */
enum err oplog_list(struct ctx *, const struct oplog_filter *, struct oplog_page *out) CHECKED;
/* One row in which the actor takes part. ERR_NOT_FOUND otherwise. */
enum err oplog_load(struct ctx *, int64_t id, struct oplog_row *out) CHECKED;
/* The canonical bytes, and the receipt against the newest checkpoint that covers the row. ERR_NOT_FOUND: not the
 * actor's; ERR_CONFLICT: not numbered yet (a second later it is). */
enum err oplog_leaf(struct ctx *, int64_t id, struct bytes *leaf) CHECKED;
enum err oplog_receipt(struct ctx *, int64_t id, const char **receipt) CHECKED;
enum record_kind oplog_record_kind(enum oplog_action);

/* ---- the log lane and the operator */
/* Numbers at most `most` new rows in one transaction: checks leaf hash and HMAC, extends the tree, signs a checkpoint.
 * *numbered 0: nothing was waiting. A row without a right HMAC is refused and logged, and blocks nothing else. */
enum err oplog_number(struct ctx *, const struct key *checkpoint_key, int most, int *numbered) CHECKED;
/* Rows that wait for their number, and since when the oldest does (0: none). */
enum err oplog_waiting(struct ctx *, int64_t *count, int64_t *oldest) CHECKED;
enum err oplog_newest_checkpoint(struct ctx *, const char **note) CHECKED;
enum err oplog_checkpoint_at(struct ctx *, int64_t size, const char **note) CHECKED;
enum err oplog_consistency(struct ctx *, int64_t from, int64_t to, struct tree_proof *out) CHECKED;

enum oplog_finding {
	FINDING_NONE,
	FINDING_CHANGED,
	FINDING_LOST,
	FINDING_SLIPPED_IN,
	FINDING_BAD_MAC,
	FINDING_BAD_REF, /* oplog_ref does not say of it what its leaf does: changed, taken out, or slipped in */
	FINDING_BAD_TREE,
	FINDING_BAD_CHECKPOINT,
	FINDING_STALE,
	FINDING_REWRITTEN
};
struct oplog_verdict {
	enum oplog_finding finding;
	int64_t row, place; /* the first that is wrong */
	int64_t rows, size; /* what was proven */
};
/* Proves every row against the tree, the tree against every checkpoint (verifier key text), the lists (oplog_ref)
 * against the rows, and that no row stands outside: streaming, any size (LOG-3). */
enum err oplog_verify(struct ctx *, const char *verifier, struct oplog_verdict *out) CHECKED;
/* Further, whether the log goes on from a checkpoint that somebody kept elsewhere: the same root at its size. Without
 * one, a log that was cut off or written anew with all keys proves itself. For a verdict that found nothing.
 * ERR_INVALID, ERR_DENIED: the note is no checkpoint of this log. */
enum err oplog_verify_since(struct ctx *, const char *verifier, const char *note, struct oplog_verdict *out) CHECKED;
