/* One issuance as the ca lane carries it: what issuance_read.c gathers, and issuance.c and recovery.c act on. Theirs
 * alone. */
#pragma once
#include "base/clock.h"
#include "connect/ca.h"
#include "core/bundle.h"

/* What a person ordered in the keys pool, and its HMAC under keys/data: whoever can write to the database, but has no
 * key, can neither have keys of his own certified in another's name nor another's former keys sealed to a box of his
 * own. */
struct intent_key {
	int64_t id;
	enum key_use use;
	enum key_kind kind;
	struct bytes spki;
};
struct intent {
	int64_t issuance;
	struct bundle_owner owner;
	int64_t device;
	struct bytes box_public;
	struct intent_key keys[BUNDLE_KEYS];
};
struct bytes issuance_intent_mac(struct ctx *, const struct intent *);

struct issuance_key {
	int64_t id;
	enum key_use use;
	enum key_kind kind;
	struct bytes spki, request, der; /* der: what the CA answered */
};
struct former_key {
	struct bundle_key key;
	struct bytes certificate;
};
struct issuing_act {
	int64_t id, instance, account, cert, org, device;
	enum issuance_kind kind;
	enum issuance_state state;
	const char *item_name, *device_name, *person_name;
	struct bytes box_public; /* that the new keys are sealed to */
	struct ca_order order;   /* the subject, from verified records */
	struct issuance_key keys[BUNDLE_KEYS];
	struct former_key *former; /* a reissue's: every encryption key of the instance until now */
	int64_t former_count;
	const char *denied; /* why it is refused for good, for operators; NULL: it is not */
};
/* A ctx_body: fills the act by its id, and denied where the entitlement or its holder is no longer what it takes. */
enum err issuance_read(struct ctx *, void *act) CHECKED;
/* Notes why and gives ERR_DENIED. */
enum err issuance_deny(struct issuing_act *, const char *why) CHECKED;

/* ---- former encryption keys (CERT-12): the one use of the recovery key (CERT-6) */
/* Gathers them. Part of issuance_read. */
enum err recovery_read(struct ctx *, struct issuing_act *) CHECKED;
/* Seals them to the new box; no transaction may be open. One that our CA did not certify for this holder, or whose
 * recovery copy does not open, is logged and stays as it is: it keeps nobody from a reissue. */
void recovery_seal(struct ctx *, struct issuing_act *);
/* Stores what was sealed, with a record and messages to the owner and the org's legal_rep. Part of the middle step. */
enum err recovery_store(struct ctx *, const struct issuing_act *) CHECKED;
