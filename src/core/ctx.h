/* Who acts, for which org, from where, when, and on which database: the first argument of every rule. Rules run without
 * HTTP and with any clock. */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "core/settings.h"
#include "store/blob.h"
#include "store/store.h"
#include "store/vault.h"

enum actor_kind { ACTOR_NOBODY, ACTOR_ACCOUNT, ACTOR_CLIENT, ACTOR_OPERATOR, ACTOR_SYSTEM, ACTOR_CLI };
enum edition { EDITION_LEGAL_REP, EDITION_STANDARD };

struct actor {
	enum actor_kind kind;
	int64_t id;        /* account, platform; 0 for the others */
	int64_t on_behalf; /* SEAL-12; 0: for oneself */
};

/* What to tell the person. field: name of the form's field, or NULL. word: key of the message table. number: for words
 * that hold one (seconds to wait, tries left). */
struct fault {
	const char *field, *word, *detail;
	int64_t number;
};

/* What a process opens once and its requests share. */
struct house {
	const struct settings *settings;
	struct store *store;
	struct vault *vault;
	struct blobs *blobs;
	const struct sms_way *sms;     /* connect/sms.h */
	struct metrics *metrics;       /* core/metrics.h; NULL where nothing is counted */
	struct geo *geo;               /* connect/geo.h; NULL where no geo.file is named */
	const struct ca_way *ca;       /* connect/ca.h */
	const unsigned char *recovery; /* CERT-6's private half (KEY_LEN): in the ca lane alone, else NULL */
};

struct ctx {
	struct actor actor;
	int64_t org; /* the org of the path, 0: none */
	enum edition edition;
	int64_t session, device, platform;
	const char *address, *agent; /* of the browser, the agent in words (device.h); NULL for programs */
	int64_t now;                 /* ms UTC */
	struct arena *arena;         /* the request's */
	struct arena *secret;        /* wiped when it goes */
	struct store *store;
	struct vault *vault;
	const struct settings *settings;
	const struct house *house;
	struct fault fault;
	bool commit_though_refused;
};

/* Where the database of an installation is. */
struct store_conf settings_store(struct arena *, const struct settings *);
/* Reads FOLDER's configuration, and has this process's log and clock follow it. why tells a person. */
enum err house_configure(struct arena *, const char *folder, struct settings *, const char **why) CHECKED;
/* Opens everything below the configured folder that the program may read. No opened house outlives a fork. */
enum err house_open_configured(struct arena *, const struct settings *, struct house *out, const char **why) CHECKED;
/* Both. */
enum err house_open(struct arena *, const char *folder, struct house *out, struct settings *, const char **why) CHECKED;
/* The way of SMS with its secret, for the out lane alone: nobody else's user has to read it. Before house_confine. */
enum err house_open_sms(struct arena *, struct house *, const char **why) CHECKED;
void house_close(struct house *);
/* Once all is open: no core dumps, and no file but the configuration and what it names, DATA's db, blob, run and log
 * (to write), these key folders ("keys/data", below DATA), these paths beside and what the database's engine opens
 * again; lists end with NULL, a dozen entries each. */
enum err house_confine(struct arena *, const struct house *, const char *const *key_folders, const char *const *beside,
	const char **why) CHECKED;
/* SEC-6, once all is open: no way off this machine; where the database is reached over the network, to its port alone. */
enum err house_leave_network(struct arena *, const struct house *, const char **why) CHECKED;
/* A ctx for one act: nobody acts yet. Points the store at the arena. Both arenas are needed. */
struct ctx ctx_for(const struct house *, struct arena *, struct arena *secret, int64_t now);
/* Where an address is, in words; NULL: not known (SCAN-3). */
const char *ctx_region(const struct ctx *, const char *address);

/* Runs body as one write transaction; a nested call joins the outer one. The body may run twice: no KDF, no signing, no
 * I/O, nothing outside the arena; what it took there is given back before a rerun. OK commits; an error rolls back,
 * unless the body called ctx_commit_though. Bounded retries (5) on ERR_CONFLICT of the commit itself. */
typedef enum err ctx_body(struct ctx *, void *arg);
enum err ctx_transaction(struct ctx *, ctx_body *, void *arg) CHECKED;
/* "Commit though refused": what was written so far in this transaction stays although an error is returned. */
enum err ctx_commit_though(struct ctx *, enum err);
/* One read transaction around body; joins an open one. */
enum err ctx_reading(struct ctx *, ctx_body *, void *arg) CHECKED;

/* Notes what to tell the person and returns err. Texts must be static or in the arena. */
enum err fault(struct ctx *, enum err, const char *field, const char *word);
enum err fault_number(struct ctx *, enum err, const char *field, const char *word, int64_t number);
