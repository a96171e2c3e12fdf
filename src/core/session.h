/* Sessions (LOGIN-5): a 256-bit random cookie, stored as a keyed hash; idle and whole life bounded; a new one at login
 * and at every rise of privilege. Writes the table session. */
#pragma once
#include "base/clock.h"
#include "core/ctx.h"

struct session {
	int64_t id, account, device, org; /* org: the one chosen last, 0: none */
	enum edition edition;
	bool kept;                   /* 30 days, for scan, approvals and messages only */
	int64_t made, seen, code_at; /* ms UTC; code_at: last fresh SMS code */
	const char *address, *agent; /* decrypted, for the owner's list */
	struct bytes former_box;     /* of session_find alone, for session_former */
};

/* A login before this one, so that a stranger's is noticed; time 0: there was none. */
struct former_login {
	int64_t time;                /* ms UTC */
	const char *address, *agent; /* "" where the record has none */
};
/* The account's newest login, by its records: for session_open, which stands in a transaction that is to read
 * little. */
enum err session_last_login(struct ctx *, int64_t account, struct former_login *out) CHECKED;
/* Opens a session for account on ctx's device; *token (base64url, 43 characters) is the cookie and is stored nowhere.
 * It becomes ctx->session, its edition ctx->edition. Inside a write transaction. former: NULL: none. */
enum err session_open(
	struct ctx *, int64_t account, enum edition, const struct former_login *former, const char **token) CHECKED;
/* What session_open was told of the login before this session's, out of what session_find found. */
enum err session_former(struct ctx *, const struct session *, struct former_login *out) CHECKED;
/* The living session of a cookie. ERR_NOT_FOUND: unknown, ended, idle or too old. Reads only. address and agent stay
 * NULL. */
enum err session_find(struct ctx *, const char *token, struct session *out) CHECKED;
/* Writes "seen", at most once a minute; cheap to call. */
enum err session_touch(struct ctx *, const struct session *) CHECKED;
/* The actor's living sessions, newest first, at most 50. */
enum err session_list(struct ctx *, struct session **out, size_t *count) CHECKED;
/* Ends ctx->session without a record of its own, in the write transaction of an act that has one (logout). */
enum err session_close(struct ctx *) CHECKED;
enum err session_end(struct ctx *, int64_t id) CHECKED;           /* one's own; ERR_NOT_FOUND otherwise */
enum err session_end_others(struct ctx *) CHECKED;                /* all but ctx->session */
enum err session_set_edition(struct ctx *, enum edition) CHECKED; /* LOGIN-7 */
enum err session_set_org(struct ctx *, int64_t org) CHECKED;
/* Keeps the actor's session for 30 days from its login, for scan, approvals and messages alone (LOGIN-5), and gives it
 * a new token. ERR_DENIED "session-keep-phone": the browser is no phone that holds a cert. Not taken back: ending it
 * is. */
enum err session_keep(struct ctx *, const char **token) CHECKED;
/* Whether session_keep would. */
bool session_may_keep(struct ctx *);
#define SESSION_KEPT_LIFE ((int64_t)30 * DAY)
enum err session_tidy(struct ctx *) CHECKED; /* deletes what ended by itself */
