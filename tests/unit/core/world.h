/* A world for the tests of core: an installation in a temporary folder, made and changed by the same calls that
 * programs use, under any clock. */
#pragma once
#include "tests/unit/engine.h"
#include "base/clock.h"
#include "core/account.h"
#include "core/agreement.h"
#include "core/ctx.h"
#include "core/device.h"
#include "core/job.h"
#include "core/login.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/org.h"
#include "core/realname.h"
#include "core/session.h"

struct world {
	struct house house;
	struct settings settings;
	struct arena *secret;
	struct ctx ctx; /* nobody acts */
	const char *data;
};
/* With the settings given ("section.name=value", NULL at the end) beside a loopback public_url. */
struct world *world_with(const char *const *values);
struct world *world(void);
void world_close(struct world *);
void world_metrics(struct world *);                  /* from now on calls are counted, as in the worker (OPS-8) */
bool world_metric(struct world *, const char *line); /* whether it stands in the counts */

/* The world's ctx with this account acting, or nobody (0); time goes on by the world's clock alone. */
struct ctx *as(struct world *, int64_t account);
struct ctx *as_cli(struct world *);
void world_pass(struct world *, int64_t ms);

#define ZHANG    "+8613800138000"
#define LI       "+8613900139000"
#define ZHANG_ID "110101199003070011"
#define LI_ID    "310115198506152511"
#define USCC     "91350100M000100Y43"

const char *world_code(struct world *); /* of the newest SMS in the outbox */
/* Signs in with a code from the outbox, from a browser with this handle (NULL: a new one); the session stays in ctx. */
struct login world_login(struct world *, const char *e164, const char *handle);
int64_t world_account(struct world *, const char *e164); /* signed in once; the world's ctx acts as that account */
/* A verified person, and a verified org of which it is the legal representative. */
int64_t world_person(struct world *, const char *e164, const char *name, const char *doc);
int64_t world_org(struct world *, int64_t *legal_rep);

int64_t world_count(struct world *, const char *sql); /* a number read from the database */
/* Behind the program's back: triggers off, foreign keys off. */
void world_tamper(struct world *, const char *sql);

/* Runs act in so many processes at once, each with a house of its own; answers[i] is what the i-th returned. */
typedef enum err world_act(struct ctx *, int number, void *arg);
void world_at_once(struct world *, int processes, world_act *, void *arg, enum err *answers);

/* Rounds of RACERS processes at once: act is called for each request once, with its number, round * RACERS + process;
 * nobody begins a round before all have ended the one before it. Time goes on by the machine's clock. answers: one a
 * request. Fails where one was refused only because others wrote at the same time. what: in words. */
enum { RACERS = 8 };
void world_race(struct world *, const char *what, int requests, world_act *, void *arg, enum err *answers);
/* So many requests a race has at least: 200, or REQUESTS of the environment. */
int world_race_requests(void);
