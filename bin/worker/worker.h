/* The worker's lanes: separate processes of one program, so that each reads only its own keys (conventions,
 * Programs). */
#pragma once
#include "core/ctx.h"
#include "core/job.h"
#include "trust/key.h"

enum { PAUSE_LEAST = 50 /* ms */, PAUSE_USUAL = 200, PAUSE_MOST = 1000 };

struct authority;
struct worker {
	struct arena *arena; /* the process's */
	struct settings settings;
	struct house house;
	bool leads;                  /* this process does the lane's work; else one on another machine */
	int64_t pause;               /* ms to wait after a unit that left nothing to do */
	struct key *checkpoint_key;  /* log */
	struct authority *authority; /* ca */
	int64_t published;           /* ca: when it last looked for what is due, in ms of the ticks; 0: never */
	int failures;                /* out: in a row */
};

struct lane_row {
	enum lane lane;
	const char *name, *program;
	const char *const *key_folders; /* below DATA */
	/* Reads what only this lane needs, before the doors are shut. */
	enum err (*open)(struct worker *, const char **why);
	/* One unit of work. *more: there may be more to do at once; else the lane waits worker.pause. */
	enum err (*unit)(struct worker *, struct ctx *, bool *more);
	void (*close)(struct worker *);
	bool network; /* may leave this machine; the others can make no socket for it */
};
extern const struct lane_row lane_ca, lane_log, lane_out, lane_tidy;
