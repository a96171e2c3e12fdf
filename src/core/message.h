/* In-portal messages (MSG-1, MSG-3): a row of the transaction that it tells about. Writes message. */
#pragma once
#include "core/ctx.h"

enum message_kind { /* stored: never renumber */
	MESSAGE_REGISTERED = 1,
	MESSAGE_NEW_DEVICE = 2,
	MESSAGE_PIN_LOCKED = 3,
	MESSAGE_PIN_SET = 4,
	MESSAGE_ORG_JOINED = 5,
	MESSAGE_CERT_ISSUED = 6,
	MESSAGE_CERT_FAILED = 7,
	MESSAGE_CERT_REVOKED = 8,
	MESSAGE_SEAL_MADE = 9,
	MESSAGE_SEAL_VOIDED = 10,
	MESSAGE_SEAL_USED = 11,
	MESSAGE_REALNAME_VERIFIED = 12,
	MESSAGE_LEGAL_REP = 13,
	MESSAGE_CERT_KEYS_MOVED = 14
};
struct message {
	int64_t id, org, object, read_at;
	enum message_kind kind;
	const char *words[4]; /* what the kind's sentence holds, NULL-filled; the sentence itself is site's */
};
enum { MESSAGE_PAGE = 20 };
enum err message_add(
	struct ctx *, int64_t account, enum message_kind, int64_t object, const char *const words[4]) CHECKED;
/* The actor's, newest first, older than `after` (0: all), at most `most` (MESSAGE_PAGE and less); *next 0: the end. */
enum err message_list(struct ctx *, bool unread_only, int64_t after, size_t most, struct message **out, size_t *count,
	int64_t *next) CHECKED;
void message_unread_ahead(struct ctx *, size_t most); /* store_ahead: the newest */
enum err message_load(struct ctx *, int64_t id, struct message *out) CHECKED;
enum err message_count_unread(struct ctx *, int64_t *out) CHECKED;
void message_count_ahead(struct ctx *); /* store_ahead */
enum err message_read(struct ctx *, int64_t id) CHECKED;
enum err message_read_all(struct ctx *) CHECKED;
