/* A ticket's row as the files of ticket and token share it. */
#pragma once
#include "core/ticket.h"

struct ticket_row {
	struct ticket view; /* state: EXPIRED from the moment its time is over, whatever is stored */
	enum ticket_state stored;
	struct bytes secret, bound, digest, asked_mac, address_box;
	int64_t polled;
	bool shows_number; /* its platform does (API-3) */
};
enum err ticket_row_load(
	struct ctx *, int64_t id, struct ticket_row *out) CHECKED; /* any ticket: callers check whose */
/* HMAC under keys/data of what the platform asked for: id, way, act, platform, redirect URI, scope, nonce, challenge,
 * kind of seal, the number to pick, and the items by their digest. */
struct bytes ticket_asked_mac(struct ctx *, const struct ticket_row *);
/* Whether row and items are what was asked for, so that nobody who can only write to the database has a person sign
 * anything else. ERR_CONFLICT "ticket-changed" where they are not. */
enum err ticket_is_as_asked(
	struct ctx *, const struct ticket_row *, const struct ticket_item *items, size_t count) CHECKED;
enum err ticket_row_by_device(struct ctx *, const char *device_code, struct ticket_row *out) CHECKED;
/* Whether visit (may be NULL) is the browser that asked. */
bool ticket_is_bound(struct ctx *, const struct ticket_row *, const char *visit);
struct bytes ticket_visit_hash(struct ctx *, const char *visit);
struct bytes ticket_pushed_hash(struct ctx *, const char *handle);
struct bytes ticket_device_hash(struct ctx *, const char *code);
/* Where an event leads from here. ERR_CONFLICT with the word that says why not ("ticket-expired", "ticket-decided",
 * "ticket-ended"). */
enum err ticket_may(struct ctx *, const struct ticket_row *, enum ticket_event, enum ticket_state *to) CHECKED;
/* Ends a ticket without its approval, in a write transaction: state by condition, and the record where somebody had
 * claimed it (SCAN-10). result: what the record says. */
enum err ticket_finish(
	struct ctx *, const struct ticket_row *, enum ticket_event, const char *reason, enum err result) CHECKED;
/* The same where its time is over, in a transaction of its own; OK without it. ERR_CONFLICT: somebody was quicker. */
enum err ticket_expire(struct ctx *, int64_t id) CHECKED;
/* When the tidy lane is to look at it. Inside a write transaction. */
enum err ticket_due_add(struct ctx *, int64_t ticket, int64_t at) CHECKED;
/* The rows of the log that an approval or another end leaves: one for the ticket, or one for each of its credentials.
 * items: the ticket's, as ticket_items_of gave them. */
enum err ticket_record(struct ctx *, const struct ticket_row *, const struct ticket_item *items, size_t count,
	enum err result) CHECKED;
enum err ticket_items_store(struct ctx *, int64_t ticket, const struct ticket_item *items, size_t count) CHECKED;
/* In the platform's order; a label is "" where the platform gave none. None: count 0. */
enum err ticket_items_of(struct ctx *, int64_t ticket, struct ticket_item **out, size_t *count) CHECKED;
/* At most three names, then how many: for the log and for messages. */
const char *ticket_labels(struct arena *, const struct ticket_item *, size_t count, int64_t credential);
/* values[i] is that of items[i]. */
enum err ticket_values_store(struct ctx *, int64_t ticket, const struct ticket_item *items, const struct bytes *values,
	size_t count) CHECKED;
/* A key's approved values, in the platform's order; none where they are erased. out: room for TICKET_ITEMS_MAX + 1. */
struct ticket_value {
	struct bytes hash, value;
};
enum err ticket_values_load(
	struct ctx *, int64_t ticket, int64_t credential, struct ticket_value *out, size_t *count) CHECKED;
/* What of an act the log and the platform's books hold: SHA-256 over the items, each as credential, then length and
 * bytes of hash OID, signature OID, hash and label; numbers big-endian (docs/ticket-digest.md). */
struct bytes ticket_digest(struct arena *, const struct ticket_item *, size_t count);
/* Bearer secrets: 32 random bytes as base64url. */
const char *ticket_random_word(struct ctx *);
