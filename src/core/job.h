/* The outbox: what leaves the portal or waits for a lane, as rows of the transaction they follow from (MSG-3). Writes
 * job. */
#pragma once
#include "core/ctx.h"

enum lane { LANE_CA, LANE_LOG, LANE_OUT, LANE_TIDY };
enum job_kind { JOB_SMS_CODE = 1, JOB_ISSUE = 2, JOB_CRL = 4 }; /* stored: never renumber */
enum job_state { JOB_DUE, JOB_HELD, JOB_DONE, JOB_FAILED };
struct job_rule { /* one row a kind, in job.c */
	enum job_kind kind;
	enum lane lane;
	const char *name;
	const int64_t
		*waits; /* ms before the 2nd, 3rd … try; ends with 0: given up. The last repeats where `forever` */
	bool forever;
	int64_t not_after; /* ms after it was made; 0: no end */
	int64_t keep;      /* ms that an ended row stays */
};
extern const struct job_rule job_rules[];
extern const size_t job_rules_count;
const struct job_rule *job_rule(enum job_kind); /* NULL: no such kind */
struct job {
	int64_t id, object, due, not_after, made;
	enum job_kind kind;
	enum job_state state;
	int tries;
	struct bytes payload;
	const char *error;
};
enum err job_add(struct ctx *, enum job_kind, int64_t object, struct bytes payload, int64_t *id) CHECKED;
/* The lane's next due job. ERR_NOT_FOUND: none; *wake: when the next is due (0: none at all). Reads only: one process a
 * lane takes jobs, so nothing is claimed. */
enum err job_next(struct ctx *, enum lane, struct job *out, int64_t *wake) CHECKED;
bool job_too_late(const struct job *, int64_t now);
/* How a try ended, in a transaction of its own or the act's. */
enum err job_done(struct ctx *, const struct job *) CHECKED;
enum err job_held(struct ctx *, const struct job *) CHECKED;                     /* keeps its payload until not-after */
enum err job_again(struct ctx *, const struct job *, const char *error) CHECKED; /* next wait, or failed when used up */
enum err job_failed(struct ctx *, const struct job *, const char *error) CHECKED;
/* For yinxinctl outbox: newest first; payload decrypted only for held SMS. */
enum err job_list(struct ctx *, int64_t after, bool held_only, struct job **out, size_t *count) CHECKED;
enum err job_tidy(struct ctx *) CHECKED; /* erases what is past its time */
enum err job_counts(struct ctx *, int64_t due[4], int64_t *failed) CHECKED;
