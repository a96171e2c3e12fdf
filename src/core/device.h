/* Devices: one browser's profile as one account knows it (CERT-7). Writes device. */
#pragma once
#include "core/ctx.h"

struct device {
	int64_t id, account, made, seen;
	const char *name;
	bool has_secret, holds_keys;
};
/* The account's device of this cookie, made when it is new; *new_handle is a new cookie value, or NULL when the
 * browser's own stands. *fresh: this account never used it. Inside a write transaction. */
enum err device_find_or_make(
	struct ctx *, int64_t account, const char *handle, int64_t *id, const char **new_handle, bool *fresh) CHECKED;
enum err device_touch(struct ctx *, int64_t id) CHECKED; /* writes "seen"; inside a write transaction */
enum err device_list(struct ctx *, struct device **out, size_t *count) CHECKED;
enum err device_load(struct ctx *, int64_t id, struct device *out) CHECKED; /* the actor's own */
enum err device_rename(struct ctx *, int64_t id, const char *name) CHECKED;
/* The device secret: 32 random bytes that only the browser holds, as the cookie's base64url value. make: *value is the
 * cookie itself where it is this device's, or that of another account in the same browser (there is one such cookie a
 * browser, so both share it), else a new one; inside a write transaction. holds: whether cookie is the device's. */
enum err device_secret_make(struct ctx *, int64_t id, const char *cookie, const char **value) CHECKED;
bool device_secret_holds(struct ctx *, int64_t id, const char *cookie);
/* "Chrome，Windows", from a short table: what ctx->agent holds. */
const char *agent_in_words(struct arena *, const char *user_agent);
bool agent_is_phone(const char *words); /* of what agent_in_words said; NULL: no */
