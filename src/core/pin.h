/* The certificate password (证书密码) and the account key that it locks (PIN-1, PIN-4, PIN-5). Writes account_key and
 * pin_try. Everything that opens the account key runs in the keys pool, which alone reads pepper and reset key.
 *
 * Layers: account key K (32 random bytes) is stored as
 *   password: AES-GCM under HKDF(scrypt(password, salt, cost) || pepper, "account-key/password")
 *   reset:    AES-GCM under HKDF(reset key, "account-key/reset"), opened only by PIN-3's forgotten way
 * Each box's AAD is layer and account, so that rows can't be swapped. */
#pragma once
#include "core/ctx.h"

/* The keys pool's own secrets, read from DATA/keys/pin at its start. */
struct pin_keys {
	unsigned char pepper[KEY_LEN], reset[KEY_LEN];
	bool has_recovery;               /* there is a CA: ca_init has put its recovery.pub here */
	unsigned char recovery[KEY_LEN]; /* public half that encryption keys' recovery copies are sealed to (CERT-6) */
};
enum err pin_keys_read(struct arena *, const struct settings *, struct pin_keys *out, const char **why) CHECKED;
enum err pin_keys_create(const char *folder) CHECKED; /* DATA/keys/pin; what is there stays */

struct pin_state {
	bool set;
	int64_t made;         /* when it was set, ms UTC */
	int tries_left;       /* before the next lock */
	int64_t locked_until; /* 0: not locked */
};
enum err pin_state(struct ctx *, int64_t account, struct pin_state *out) CHECKED;
void pin_state_ahead(struct ctx *, int64_t account); /* store_ahead */

/* Whether a password may be chosen: NULL, or the key of the reason ("pin-short", "pin-long", "pin-run", "pin-repeated",
 * "pin-phone", "pin-id"): 8 to 64 characters; not equal to 4 or more digits in a row of phone or document number that
 * make up the whole password, no run (12345678, abcdefgh, 87654321), not one character repeated (PIN-1). */
const char *pin_weakness(struct ctx *, const char *pin, const char *phone, const char *doc);
/* First time: makes the account key and both layers. ERR_CONFLICT "pin-set": there is one. ERR_INVALID field "pin" or
 * "again". ERR_DENIED without a verified real name. KDF before the transaction. Message and oplog row. */
enum err pin_set(struct ctx *, const struct pin_keys *, const char *pin, const char *again) CHECKED;

/* Opens the actor's account key. Reserves a try (own transaction), runs the KDF with no transaction open, and leaves
 * the try reserved when the password is wrong: ERR_INVALID field "pin" word "pin-wrong" number = tries left; the 5th
 * wrong one locks (message, OPLOG_PIN_LOCK): ERR_LIMITED "pin-locked", number = until when, ms UTC. ERR_NOT_FOUND
 * "pin-unset". After OK the caller MUST call pin_settle inside its act's transaction, whatever becomes of the act. */
enum err pin_open(struct ctx *, const struct pin_keys *, const char *pin, unsigned char account_key[KEY_LEN]) CHECKED;
/* Clears tries and locks: a right password clears them even if the act is refused afterwards. */
enum err pin_settle(struct ctx *) CHECKED;
