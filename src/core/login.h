/* Signing in by SMS (LOGIN-1 to LOGIN-3, LOGIN-5, LOGIN-7): orchestrates sms_code, account, agreement, device,
 * session. */
#pragma once
#include "core/session.h"

enum sms_purpose { SMS_LOGIN, SMS_PIN_FORGOTTEN, SMS_PHONE_CHANGE, SMS_FRESH };
/* Sends a code (table sms_code, job). ERR_INVALID field "agree": without consent nothing is sent (LOGIN-1). ERR_LIMITED
 * with fault.number = seconds to wait: "code-wait" (60 s), "code-hour" (5), "code-day" (10), "code-address" (31st an
 * hour). The answer never tells whether the number has an account. *resend_s: seconds until the next may be asked
 * for. */
enum err login_send_code(struct ctx *, const char *e164, bool agreed, int64_t *resend_s) CHECKED;
/* Reserves a try and commits it, compares in constant time, then in one transaction: uses the code, finds or makes the
 * account, stores the versions agreed to, device, session, message, oplog. ERR_INVALID field "code": wrong, expired or
 * used (tries left in fault.number), ERR_LIMITED: void after 5 wrong tries; ERR_DENIED: account locked. */
struct login {
	const char *e164, *code;
	enum edition edition;
	bool agreed;
	const char *device_handle; /* the device cookie, or NULL */
	/* out */
	const char *token, *new_device_handle; /* handle NULL: the browser keeps its own */
	int64_t account;
	bool registered;
};
enum err login(struct ctx *, struct login *) CHECKED;
enum err logout(struct ctx *) CHECKED;

/* core/sms_code: shared by every purpose. Two calls around the act: reserve (own transaction), settle (inside the
 * act's). */
enum err sms_code_send(struct ctx *, const char *e164, enum sms_purpose, int64_t *resend_s) CHECKED;
bool sms_code_has_form(const char *code); /* 6 digits */
enum err sms_code_check(struct ctx *, const char *e164, enum sms_purpose, const char *code, int64_t *id) CHECKED;
enum err sms_code_use(struct ctx *, int64_t id) CHECKED; /* ERR_CONFLICT: used meanwhile */
/* The out lane: sends what the job holds by house->sms and settles the job. ERR_UNAVAILABLE: the service does not take
 * it now; the job is tried again later. */
struct job;
enum err sms_code_deliver(struct ctx *, const struct job *) CHECKED;
const char *sms_code_text(struct arena *, const struct settings *, const char *code); /* the whole sentence */
enum err sms_code_tidy(struct ctx *) CHECKED; /* deletes what no limit counts any more */
