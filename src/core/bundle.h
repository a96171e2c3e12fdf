/* How an instance's private keys are locked (PIN-5, CERT-6): shared by the files of cert alone. No database.
 * Each private key, as PKCS#8, is sealed to the instance's X25519 box (info "yinxin/instance-key", AAD the credential
 * id). The box's private half is encrypted under the account key, then under the device secret; both name the instance
 * and the box's public half, so that neither rows nor halves can be swapped. An encryption key has a further copy,
 * sealed to the recovery key (info "yinxin/recovery-copy", AAD the credential id and its owner), which opens for nobody
 * else. */
#pragma once
#include "core/cert.h"
#include "trust/box.h"

enum { BUNDLE_KEYS = 3 };
/* Whose keys they are. */
struct bundle_owner {
	int64_t instance, cert, account;
	const char *holder; /* the opaque number in the subject */
};
struct bundle_key {
	int64_t id; /* the credential */
	enum key_use use;
	enum key_kind kind;
	struct bytes spki, request, sealed, recovery;
};
struct bundle {
	struct bundle_owner owner;
	unsigned char box_public[BOX_PUBLIC_LEN];
	struct bytes half_locked; /* the box's private half under the account key alone */
	struct bundle_key keys[BUNDLE_KEYS];
};

/* Makes the keys of one instance, whose owner is filled in already: SM2 signing, SM2 encryption, and the third of that
 * kind. The holder names them in the PKCS#10, which otherwise holds nothing that a CA should believe. RSA is refused:
 * its keys take seconds. */
enum err bundle_make(struct ctx *, const struct pin_keys *, enum key_kind third,
	const unsigned char account_key[KEY_LEN], struct bundle *) CHECKED;
/* The box's private half as it is stored. Cheap enough for a transaction's body. */
struct bytes bundle_lock(struct ctx *, const struct bundle *, const char *device_secret);
/* ERR_BROKEN: another account's key, another device's secret, or another instance's row. */
enum err bundle_unlock(struct ctx *, int64_t instance, struct bytes box_public, struct bytes box_private,
	const unsigned char account_key[KEY_LEN], const char *device_secret,
	unsigned char out[BOX_PRIVATE_LEN]) CHECKED;
/* Whether the outer lock opens, for which the device's secret is enough. */
bool bundle_fits(struct ctx *, int64_t instance, struct bytes box_public, struct bytes box_private,
	const char *device_secret) CHECKED;
enum err bundle_key_open(struct ctx *, const unsigned char box[BOX_PRIVATE_LEN], int64_t credential,
	struct bytes sealed, struct key **out) CHECKED;
/* Seals an encryption key, out of its recovery copy, to another box of its instance (CERT-12): key->sealed is new. Its
 * id, spki and recovery are read. ERR_BROKEN, and nothing changed: no copy, one of another owner, or one that is not of
 * this very key. */
enum err bundle_key_move(struct ctx *, const unsigned char recovery[KEY_LEN], const struct bundle_owner *,
	struct bytes box_public, struct bundle_key *key) CHECKED;
