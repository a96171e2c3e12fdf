/* Scan requests (SCAN-1 to SCAN-7, SCAN-10, API-3): made by a platform, shown as a QR code, claimed by one account,
 * decided once. Writes ticket, ticket_due, ticket_items, signature. ask.c and ask_items.c asking; ticket.c reading;
 * claim.c the phone; approve.c the keys pool's act; ticket_end.c every other end; ticket_tidy.c what the tidy lane
 * does; ticket_state.c the state table. */
#pragma once
#include "base/clock.h"
#include "core/cert.h"
#include "core/platform.h"
#include "core/seal.h"

enum ticket_way { TICKET_PAGE, TICKET_PUSHED, TICKET_DEVICE };
enum ticket_act { TICKET_LOGIN, TICKET_SERVICE, TICKET_SIGN, TICKET_SEAL };
enum ticket_state {
	TICKET_REQUESTED /* "pushed": no browser yet */,
	TICKET_WAITING,
	TICKET_CLAIMED,
	TICKET_APPROVED_UNCOLLECTED,
	TICKET_COLLECTED,
	TICKET_REFUSED,
	TICKET_EXPIRED
};
enum { TICKET_ITEMS_MAX = 1000 /* SCAN-6 */, TICKET_ITEMS_BY_URL = 20 };
#define TICKET_LIFE    ((int64_t)10 * MINUTE)
#define TICKET_QR_SLOT ((int64_t)2 * MINUTE)
#define TICKET_COLLECT ((int64_t)MINUTE) /* what an approval leaves at least for collecting */

struct ticket_item {
	int64_t credential;
	const char *hash_oid, *sign_oid, *label;
	struct bytes hash; /* 32 bytes */
};
/* Whether no item before the i-th is for the same credential: who goes over a ticket's credentials stops at these. */
bool ticket_item_is_first(const struct ticket_item *items, size_t i);
/* What a platform asks for, after authorize, PAR or device grant. */
struct ticket_request {
	enum ticket_way way;
	int64_t platform;
	const char *redirect_uri, *scope, *state, *nonce, *challenge;
	const struct ticket_item *items;
	size_t count;
	int seal_kind; /* -1: none */
};
/* OIDs of an item may be NULL: those of its key. Checks form and authority of the request (credentials usable and all
 * of one instance, hashes of the right length, OIDs that fit the key, labels plain, count; scopes allowed; seal kind
 * taken) and stores it. A page ticket is bound to visit (the pre-session cookie's value). PUSHED: *handle is the
 * request_uri's random part; DEVICE: the device code.
 * fault.detail carries the standard's description for API answers. */
enum err ticket_ask(
	struct ctx *, const struct ticket_request *, const char *visit, int64_t *id, const char **handle) CHECKED;
/* The browser brings a pushed request: binds it, REQUESTED -> WAITING, once. Checks that client is the platform's. */
enum err ticket_present(struct ctx *, const char *handle, const char *client, const char *visit, int64_t *id) CHECKED;

struct ticket {
	int64_t id, platform, items, account, org, instance, seal, device, made, expires, claimed, decided;
	enum ticket_way way;
	enum ticket_act act;
	enum ticket_state state;
	int seal_kind;
	const char *platform_name, *scope, *address, *agent, *redirect_uri, *client_state, *reason, *nonce, *challenge;
	int number, choices[3]; /* choices in a stable mixed order */
	bool bound_here;        /* the visit given is the one it is bound to */
	bool takes_number;      /* a pick is asked for: not by the asking browser itself, nor where nobody shows it */
	bool first_time;        /* this account never approved for this platform: extra yes */
};
/* The asking browser's view (waiting page). ERR_NOT_FOUND unless visit is the bound one. number only once claimed. */
enum err ticket_watch(struct ctx *, int64_t id, const char *visit, struct ticket *out) CHECKED;
enum err ticket_watch_items(
	struct ctx *, int64_t id, const char *visit, struct ticket_item **out, size_t *count) CHECKED;
/* The QR code's link now: <public_url>/s/<ticket>.<code>; two slots are accepted. A device grant's code never turns. */
enum err ticket_link(struct ctx *, int64_t id, const char **url) CHECKED;
enum err ticket_qr(struct ctx *, int64_t id, struct bytes *svg) CHECKED; /* the same as a picture */
/* A link's code: whether it is right, or a continuation made of it still is. Writes nothing (bots, previews). */
enum err ticket_link_check(struct ctx *, const char *code, const char *visit, int64_t *id) CHECKED;
/* The first signed-in opening has the ticket: WAITING -> CLAIMED. Again by the same account: OK. ERR_CONFLICT
 * "ticket-taken": another account has it; ERR_DENIED "ticket-not-yours": owns none of its credentials (claims nothing);
 * ERR_NOT_FOUND: wrong or run-out code. proof: the code of the link, or a continuation with the visit it was made
 * for. */
enum err ticket_claim(struct ctx *, const char *proof, const char *visit, int64_t *id) CHECKED;
/* "Approve here": claims by the bound browser itself (SCAN-4). */
enum err ticket_claim_here(struct ctx *, int64_t id, const char *visit) CHECKED;
/* A continuation for somebody who has to sign in first: ticket, time, MAC(visit, …), good for the ticket's life. */
const char *ticket_continuation(struct ctx *, int64_t id, const char *visit);

/* The claimer's view: items, choices. ERR_NOT_FOUND for anybody else. */
enum err ticket_load(struct ctx *, int64_t id, const char *visit, struct ticket *out) CHECKED;
enum err ticket_items(struct ctx *, int64_t id, struct ticket_item **out, size_t *count) CHECKED;
/* The documents behind items, in the order in which they first appear: the n-th item of a label and a key is that
 * label's n-th document, so one that has a digest for each of several keys is one document. */
struct ticket_documents {
	const char **labels;
	size_t count;
	size_t *of; /* for each item, which document it is a digest of */
};
struct ticket_documents ticket_documents(struct arena *, const struct ticket_item *, size_t count);
struct ticket_choice { /* an instance that a service ticket may choose, or why not (SCAN-3) */
	int64_t instance, cert, org;
	const char *name, *org_name, *device_name, *why_not;
	int64_t ends;
};
enum err ticket_choices(struct ctx *, const struct ticket *, struct ticket_choice **out, size_t *count) CHECKED;

struct approval {
	int64_t ticket;
	const char *pin, *visit, *device_secret;
	int number;            /* picked, 0: none was; not looked at where the claiming browser is the bound one */
	int64_t instance, org; /* chosen: service and login tickets */
	bool trust_platform;   /* the extra yes */
};
/* Keys pool. Cheap checks first (state, number, trust, choice), then a PIN try, KDF, unwrap, all signatures, wipe; then
 * one short transaction that checks everything again, moves CLAIMED -> APPROVED by condition, stores signatures,
 * consent, oplog row and messages. A wrong number ends the ticket (ERR_CONFLICT "ticket-wrong-number"). */
enum err ticket_approve(struct ctx *, const struct pin_keys *, const struct approval *) CHECKED;
enum err ticket_refuse(struct ctx *, int64_t id) CHECKED;                    /* by its claimer */
enum err ticket_cancel(struct ctx *, int64_t id, const char *visit) CHECKED; /* by the bound browser */
/* Ends what ran out: state, oplog row where it was claimed, signatures of dead tokens erased. What nobody claimed goes
 * a day after its end. */
enum err ticket_tidy(struct ctx *) CHECKED;

/* States as a table that code acts by and tests walk. */
enum ticket_event {
	EVENT_PRESENT,
	EVENT_CLAIM,
	EVENT_APPROVE,
	EVENT_REFUSE,
	EVENT_WRONG_NUMBER,
	EVENT_CANCEL,
	EVENT_EXPIRE,
	EVENT_COLLECT
};
struct ticket_move {
	enum ticket_state from;
	enum ticket_event event;
	enum ticket_state to;
};
extern const struct ticket_move ticket_moves[];
extern const size_t ticket_moves_count;
enum err ticket_next(
	enum ticket_state, enum ticket_event, enum ticket_state *to) CHECKED; /* ERR_CONFLICT: no such move */
const char *ticket_state_name(enum ticket_state);
const char *ticket_event_name(enum ticket_event);
