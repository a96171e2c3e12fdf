/* What platforms may know of a person (SCAN-5, SET-2). Writes consent. */
#pragma once
#include "core/ctx.h"

struct consent {
	int64_t id, platform, made, last_used;
	const char *platform_name, *scopes;
};
enum err consent_list(
	struct ctx *, struct consent **out, size_t *count) CHECKED; /* the actor's in force, newest first */
enum err consent_load(struct ctx *, int64_t id, struct consent *out) CHECKED;
/* Whether all of scopes were consented to before, by this account for this platform. */
enum err consent_covers(struct ctx *, int64_t account, int64_t platform, const char *scopes, bool *out) CHECKED;
enum err consent_give(
	struct ctx *, int64_t account, int64_t platform, const char *scopes) CHECKED; /* in a write transaction */
enum err consent_used(struct ctx *, int64_t account, int64_t platform) CHECKED;       /* once a minute */
enum err consent_revoke(struct ctx *, int64_t id) CHECKED; /* ends its tokens in the same transaction */
