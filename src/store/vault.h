/* Encryption at rest (SEC-4): AES-256-GCM boxes for values of a table's column, keyed hashes to find them again.
 * A box: version, algorithm, key id, nonce, data, tag; its AAD is table, column and row id, so that boxes can't be
 * swapped between rows. Keys are files of data/keys/data. */
#pragma once
#include "base/crypto.h"

struct vault;

/* Reads the ring in folder: vault-<id>.key (the newest seals, all open), search.key, log.key; 64 hex digits and a line
 * feed each. ERR_NOT_FOUND: one is missing. ERR_INVALID: not such a file, writable by its group or open to others. */
enum err vault_open(struct arena *, const char *folder, struct vault **out, const char **why) CHECKED;
enum err vault_create(const char *folder) CHECKED; /* new random keys; ERR_CONFLICT when there are some */
void vault_close(struct vault **);

/* Rotation: a further key with the next id; who opens the vault from now on seals with it. A running program picks it
 * up with the first box that it meets. Then each box that is not vault_is_newest is unsealed and sealed again. */
enum err vault_add_key(const char *folder) CHECKED;           /* ERR_LIMITED: there are 64 */
bool vault_is_newest(const struct vault *, struct bytes box); /* empty bytes are nothing to seal again: true */

struct place {
	const char *table, *column;
	int64_t row;
};
#define AT(table, column, row) ((struct place){ table, column, row })

struct bytes vault_seal(struct vault *, struct arena *, struct place, struct bytes plain);
/* ERR_BROKEN, and a line in the log: altered, of another place, or of a key that is not in the ring. */
enum err vault_unseal(struct vault *, struct arena *, struct place, struct bytes box, struct bytes *out) CHECKED;
struct bytes vault_seal_text(struct vault *, struct arena *, struct place, const char *text); /* NULL: empty bytes */
enum err vault_unseal_text(struct vault *, struct arena *, struct place, struct bytes box, const char **out) CHECKED;

/* HMAC under the search key, apart for each purpose ("account.phone"): to find an encrypted value, to store a secret
 * that is only ever compared. 32 bytes in the arena. */
struct bytes vault_hash(struct vault *, struct arena *, const char *purpose, struct bytes data);
struct bytes vault_hash_text(struct vault *, struct arena *, const char *purpose, const char *text);
/* HMAC under the log key: what a row of the log needs to be numbered. */
struct bytes vault_log_mac(struct vault *, struct arena *, struct bytes data);
