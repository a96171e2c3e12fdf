/* Accounts: one person who signs in with a phone number; and the keys under which a person's data stand in the log.
 * Writes account and subject_key. */
#pragma once
#include "core/ctx.h"

enum account_state { ACCOUNT_OPEN, ACCOUNT_LOCKED, ACCOUNT_ERASED };
struct account {
	int64_t id, made, last_login;
	enum account_state state;
	const char *phone; /* E.164 */
};
struct region {
	const char *code; /* "86" */
	const char *name; /* 中国大陆 */
};
extern const struct region phone_regions[]; /* 86, 852, 853, 886 first, then others; ends with a NULL code */
/* What a person typed, as E.164 ("+8613800138000"); facts 1.4. ERR_INVALID with field "phone" or "region". */
enum err phone_read(struct ctx *, const char *region, const char *typed, const char **out) CHECKED;
char *phone_masked(struct arena *, const char *e164); /* 138****6021, +852 6***1234 */

enum err account_load(struct ctx *, int64_t id, struct account *out) CHECKED;
enum err account_by_phone(struct ctx *, const char *e164, int64_t *id) CHECKED; /* ERR_NOT_FOUND: none */
/* Inside a write transaction: finds or makes (LOGIN-2). */
enum err account_find_or_make(struct ctx *, const char *e164, int64_t *id, bool *made) CHECKED;
enum err account_logged_in(struct ctx *, int64_t id) CHECKED;

/* A person's data in the log: seals text under the account's current subject key; *key is the key id the row names. */
enum err subject_seal(
	struct ctx *, int64_t account, struct bytes aad, struct bytes plain, int64_t *key, struct bytes *out) CHECKED;
struct subject_opened {
	int64_t id;
	struct bytes secret;
};
/* last: the key that was opened last, all 0 at first; for one transaction. ERR_NOT_FOUND: that key was destroyed. */
enum err subject_unseal(struct ctx *, struct subject_opened *last, int64_t key, struct bytes aad, struct bytes box,
	struct bytes *out) CHECKED;
