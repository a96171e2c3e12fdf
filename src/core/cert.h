/* Certificates: entitlements, instances and their keys, issuances, revocation, what the CA published (CERT-*).
 * Writes cert, instance, instance_key, issuance, certificate, crl. cert.c entitlements; instance.c installing and
 * opening; issuance.c the ca lane's acts; recovery.c former encryption keys; revocation.c revoking, CRL, OCSP state. */
#pragma once
#include "core/catalogue.h"
#include "core/pin.h"
#include "trust/certificate.h"

enum instance_state { INSTANCE_WAITING, INSTANCE_ISSUING, INSTANCE_ACTIVE, INSTANCE_REVOKED };
enum issuance_kind { ISSUANCE_FIRST, ISSUANCE_REISSUE, ISSUANCE_RENEWAL };
enum issuance_state { ISSUANCE_INTENT, ISSUANCE_ISSUED, ISSUANCE_FAILED };
enum key_use { USE_SM2_SIGN, USE_SM2_ENCRYPT, USE_THIRD_SIGN };
enum instance_key_state { IKEY_PENDING, IKEY_CURRENT, IKEY_FORMER };
enum certificate_role { CERTIFICATE_END, CERTIFICATE_ROOT, CERTIFICATE_ISSUING, CERTIFICATE_OCSP };
enum { FREE_REISSUES = 3 /* CERT-9 */ };

struct cert {
	int64_t id, item, platform, account, org, agreement, starts, ends, revoked;
	enum cert_kind kind;
	const char *item_name, *platform_name, *org_name;
	/* the actor's own instance of it; instance 0: none */
	int64_t instance, device;
	enum instance_state state;
	int free_left;
	const char *device_name;
	int64_t issuance; /* the one that made the keys now in use; 0: none yet */
	bool here;        /* that device is ctx->device */
	bool usable;      /* active, in its time, not revoked */
};
enum err cert_list(struct ctx *, int64_t org, struct cert **out, size_t *count) CHECKED; /* org 0: personal */
/* The actor's personal cert that can be used, else the newest, with its times and states alone; id 0: none. */
enum err cert_foremost(struct ctx *, struct cert *out) CHECKED;
void cert_foremost_ahead(struct ctx *); /* store_ahead */
/* One's own personal cert, or an org cert of an org in which the actor is legal_rep or admin or holds an instance. */
enum err cert_load(struct ctx *, int64_t id, struct cert *out) CHECKED;
/* When a cert ends that starts at from: the same day and time so many years on; from 29 February to 1 March. */
int64_t cert_end(int64_t from, int years);
/* Takes an item without payment, with the actor's own instance waiting (CERT-2, CERT-3). Org items: ctx->org, legal_rep
 * or admin. ERR_INVALID field "agree" without the tick of the current agreement. Its time starts now. ERR_CONFLICT
 * "cert-outlives-ca": the CA ends before it would. */
enum err cert_take(struct ctx *, int64_t item, bool agreed, int64_t *cert) CHECKED;

/* First download or reissue on ctx->device (CERT-4, CERT-9): keys pool. Opens the account key, makes the bundle (SM2
 * signing, SM2 encryption, P-256), seals it, and stores an issuance with its job in one transaction. When the browser
 * had no secret, or another device's, *new_device_secret is the cookie to set; at ERR_UNSURE too, for its keys may be
 * stored. ERR_CONFLICT: an issuance runs, or one ended since the person was asked; ERR_LIMITED "reissues-used": none
 * left; ERR_DENIED: expired, revoked, real name. */
struct cert_wish {
	int64_t cert;
	int64_t replaces; /* cert.issuance when the person was asked: a form sent twice costs no reissue */
	const char *pin;
	const char *device_secret; /* the cookie's value, NULL: none */
};
enum err cert_install(
	struct ctx *, const struct pin_keys *, const struct cert_wish *, const char **new_device_secret) CHECKED;

struct issuance {
	int64_t id, made, ended, device;
	enum issuance_kind kind;
	enum issuance_state state;
	const char *device_name, *serials, *error; /* serials: of the certificates, comma separated */
};
enum err cert_issuances(struct ctx *, int64_t cert, struct issuance **out, size_t *count) CHECKED; /* newest first */

struct cert_file { /* one certificate of the actor's instance */
	int64_t id, credential;
	enum key_use use;
	struct certificate info;
	bool current, revoked;
};
enum err cert_files(struct ctx *, int64_t cert, struct cert_file **out, size_t *count) CHECKED; /* newest first */
/* Leaf, issuing, root as DER, leaf first. */
enum err cert_chain(struct ctx *, int64_t certificate, struct bytes chain[3]) CHECKED;
/* By the owner, or by the org's legal_rep (CERT-13); queues the CRL. reason as RFC 5280. */
enum err cert_revoke(struct ctx *, int64_t cert, int reason) CHECKED;

/* ---- use of keys: keys pool, by core/ticket */
struct credential { /* one signing key of an instance that may be used now */
	int64_t id, instance, cert, account, org, device;
	enum key_use use;
	enum key_kind kind;
	int64_t certificate;
	struct bytes certificate_der;
	bool usable;
	const char *why_not; /* key of the message table; NULL when usable */
};
/* ERR_NOT_FOUND for unknown ids and encryption keys. Any account's: callers compare. */
enum err credential_load(struct ctx *, int64_t id, struct credential *out) CHECKED;
/* All signing credentials of an instance. */
enum err credential_list(struct ctx *, int64_t instance, struct credential **out, size_t *count) CHECKED;
/* Whether the browser's secret is the one that the instance was installed with. Asked before a try at the password. */
bool cert_opens_here(struct ctx *, int64_t instance, const char *device_secret) CHECKED;
/* The private halves of an instance's current signing keys, or of those named (count 0: all), opened with the account
 * key and the device's secret: keys[use], NULL where it has none or none was named. A key comes out only if its public
 * half is that of a certificate under our CA that is valid now (chain_check), ERR_DENIED otherwise. No transaction may
 * be open. Freed by instance_close. */
struct opened {
	struct key *keys[3];
	int64_t credentials[3];
};
struct named_keys {
	const int64_t *credentials;
	size_t count;
};
enum err instance_open(struct ctx *, int64_t instance, struct named_keys, const unsigned char account_key[KEY_LEN],
	const char *device_secret, struct opened *out) CHECKED;
void instance_close(struct opened *);

/* ---- the ca lane */
/* Carries an issuance through (CERT-10): builds the subject from verified records, checks entitlement and proof of
 * possession, asks the CA way, stores the bundle, takes the count, revokes the former, messages. Safe to run again
 * after a crash at any point. ERR_UNAVAILABLE: again later. ERR_LIMITED: the day's alarm limit. */
enum err issuance_run(struct ctx *, int64_t id) CHECKED;
/* Makes a new CRL of each hierarchy where one is due (a revocation since the last, or 12 h old), and renews the OCSP
 * responders' certificates (30 days, from 10 days before the end). */
struct authority; /* the issuing keys: core/ca_builtin.h */
enum err revocation_publish(struct ctx *, const struct authority *, bool *published) CHECKED;
/* ---- what is published (openapi) */
enum err crl_newest(struct ctx *, enum key_kind hierarchy, struct bytes *der) CHECKED;
enum err authority_certificate(struct ctx *, enum certificate_role, enum key_kind hierarchy, struct bytes *der) CHECKED;
/* When the first of the issuing CAs ends: nothing is issued beyond it. */
enum err authority_ends(struct ctx *, int64_t *out) CHECKED;
/* State of a serial for OCSP. ERR_NOT_FOUND: we never issued it. */
enum err certificate_state(
	struct ctx *, enum key_kind hierarchy, struct bytes serial, int64_t *revoked, int *reason) CHECKED;
/* Whether a certificate (DER) of ours is good now: chain, time, revocation, both algorithms (yinxinctl cert verify). */
enum err certificate_check(struct ctx *, struct bytes der, enum chain_fault *out) CHECKED;
