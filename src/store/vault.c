/* Encryption at rest (vault.h). The ring's keys live in a wiped arena of their own. */
#include <dirent.h>
#include <errno.h>
#include "base/buf.h"
#include "base/file.h"
#include "base/key_file.h"
#include "base/log.h"
#include "base/text.h"
#include "store/vault.h"

enum { BOX_VERSION = 1, AES_256_GCM = 1, HEAD_LEN = 6, MOST_KEYS = 64 };

struct ring_key {
	uint32_t id;
	unsigned char key[KEY_LEN];
};

struct ring {
	struct ring_key keys[MOST_KEYS]; /* by id, the newest last */
	size_t count;
	unsigned char search[KEY_LEN], log[KEY_LEN];
};

struct vault {
	struct arena *arena; /* secret; holds the vault itself */
	struct ring *ring;
	const char *folder;
	struct box_key *boxes[MOST_KEYS]; /* the ring's keys made ready, each with its first use */
	struct hmac_key *search, *log;
};

/* The id in "vault-<id>.key", 0 where the name is another. */
static uint32_t id_of_name(struct arena *arena, const char *name)
{
	const char *digits = name + strlen("vault-");
	int64_t id;

	if (!text_starts(name, "vault-") || !text_ends(name, ".key") || strlen(digits) <= strlen(".key"))
		return 0;
	if (!parse_int(arena_text_n(arena, digits, strlen(digits) - strlen(".key")), 1, UINT32_MAX, &id))
		return 0;
	return text_equal(name, arena_printf(arena, "vault-%lld.key", (long long)id)) ? (uint32_t)id : 0;
}

static void keep(struct ring *ring, const struct ring_key *key)
{
	size_t at = ring->count++;

	for (; at && ring->keys[at - 1].id > key->id; at--)
		ring->keys[at] = ring->keys[at - 1];
	ring->keys[at] = *key;
}

static enum err read_named(
	struct arena *arena, const char *folder, const char *name, struct ring *ring, const char **why)
{
	struct ring_key key = { .id = id_of_name(arena, name) };
	enum err err;

	if (!key.id)
		return OK;
	*why = "too many vault keys";
	if (ring->count == MOST_KEYS)
		return ERR_INVALID;
	err = key_file_read(arena, path_join(arena, folder, name), key.key, why);
	if (err == OK)
		keep(ring, &key);
	crypto_wipe(&key, sizeof key);
	return err;
}

static enum err read_vault_keys(struct arena *arena, const char *folder, struct ring *ring, const char **why)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	enum err err = OK;

	*why = arena_printf(arena, "the key folder %s cannot be read", folder);
	if (!dir)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_DENIED;
	while (err == OK && (entry = readdir(dir)))
		err = read_named(arena, folder, entry->d_name, ring, why);
	closedir(dir);
	if (err == OK && !ring->count) {
		*why = arena_printf(arena, "there is no vault key in %s", folder);
		err = ERR_NOT_FOUND;
	}
	return err;
}

static enum err read_ring(struct arena *arena, const char *folder, struct ring *ring, const char **why)
{
	TRY(read_vault_keys(arena, folder, ring, why));
	TRY(key_file_read(arena, path_join(arena, folder, "search.key"), ring->search, why));
	return key_file_read(arena, path_join(arena, folder, "log.key"), ring->log, why);
}

enum err vault_open(struct arena *arena, const char *folder, struct vault **out, const char **why)
{
	struct arena *secret = arena_new(true);
	struct vault *vault = ARENA_NEW(secret, struct vault);
	enum err err;

	*vault = (struct vault){ secret, ARENA_NEW(secret, struct ring), arena_text(secret, folder) };
	err = read_ring(arena, folder, vault->ring, why);
	if (err != OK) {
		arena_free(&secret);
		return err;
	}
	vault->search = hmac_key_new(vault->ring->search);
	vault->log = hmac_key_new(vault->ring->log);
	*out = vault;
	return OK;
}

static void forget_boxes(struct vault *vault)
{
	for (size_t i = 0; i < MOST_KEYS; i++)
		box_key_free(&vault->boxes[i]);
}

void vault_close(struct vault **vault)
{
	struct arena *secret;

	if (!*vault)
		return;
	forget_boxes(*vault);
	hmac_key_free(&(*vault)->search);
	hmac_key_free(&(*vault)->log);
	secret = (*vault)->arena;
	*vault = NULL;
	arena_free(&secret);
}

static bool has_key_files(struct arena *arena, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = text_ends(entry->d_name, ".key") &&
			(id_of_name(arena, entry->d_name) || text_equal(entry->d_name, "search.key") ||
				text_equal(entry->d_name, "log.key"));
	if (dir)
		closedir(dir);
	return found;
}

static enum err create_all(struct arena *arena, const char *folder)
{
	if (has_key_files(arena, folder))
		return ERR_CONFLICT;
	TRY(folder_make(folder, 0750));
	TRY(key_file_make(path_join(arena, folder, "search.key")));
	TRY(key_file_make(path_join(arena, folder, "log.key")));
	return key_file_make(path_join(arena, folder, "vault-1.key"));
}

enum err vault_create(const char *folder)
{
	struct arena *arena = arena_new(false);
	enum err err = create_all(arena, folder);

	arena_free(&arena);
	return err;
}

enum err vault_add_key(const char *folder)
{
	struct arena *arena = arena_new(true);
	struct ring *ring = ARENA_NEW(arena, struct ring);
	const char *why;
	enum err err = read_ring(arena, folder, ring, &why);

	if (err == OK && ring->count == MOST_KEYS)
		err = ERR_LIMITED;
	if (err == OK) {
		long long id = (long long)ring->keys[ring->count - 1].id + 1;

		err = key_file_make(path_join(arena, folder, arena_printf(arena, "vault-%lld.key", id)));
	}
	arena_free(&arena);
	return err;
}

/* Boxes. */

/* Lengths first, so that no two places give the same bytes. */
static struct bytes aad_of(struct arena *arena, struct place place)
{
	struct buf aad = buf_new(arena);

	buf_u16(&aad, (unsigned)strlen(place.table));
	buf_text(&aad, place.table);
	buf_u16(&aad, (unsigned)strlen(place.column));
	buf_text(&aad, place.column);
	buf_u64(&aad, (uint64_t)place.row);
	return buf_view(&aad);
}

static const struct ring_key *newest(const struct vault *vault)
{
	return &vault->ring->keys[vault->ring->count - 1];
}

static struct box_key *ready(struct vault *vault, const struct ring_key *key)
{
	struct box_key **place = &vault->boxes[key - vault->ring->keys];

	if (!*place)
		*place = box_key_new(key->key);
	return *place;
}

static const struct ring_key *key_by_id(const struct vault *vault, uint32_t id)
{
	for (size_t i = 0; i < vault->ring->count; i++)
		if (vault->ring->keys[i].id == id)
			return &vault->ring->keys[i];
	return NULL;
}

/* A box of a key that was added after this process began: the ring is read again. */
static const struct ring_key *key_added_since(struct vault *vault, struct arena *arena, uint32_t id)
{
	struct arena *secret;
	struct ring *again;
	const char *why = NULL;

	if (id <= newest(vault)->id)
		return NULL;
	secret = arena_new(true);
	again = ARENA_NEW(secret, struct ring);
	if (read_ring(arena, vault->folder, again, &why) == OK) {
		*vault->ring = *again;
		forget_boxes(vault); /* each belongs to a place in the ring */
	} else {
		LOG(LOG_ERROR, "vault-ring-unreadable", L("what", why));
	}
	arena_free(&secret);
	return key_by_id(vault, id);
}

static uint32_t key_id_of(struct bytes box)
{
	return (uint32_t)box.data[2] << 24 | (uint32_t)box.data[3] << 16 | (uint32_t)box.data[4] << 8 | box.data[5];
}

struct bytes vault_seal(struct vault *vault, struct arena *arena, struct place place, struct bytes plain)
{
	const struct ring_key *key = newest(vault);
	struct buf box = buf_new(arena);

	buf_u8(&box, BOX_VERSION);
	buf_u8(&box, AES_256_GCM);
	buf_u32(&box, key->id);
	buf_bytes(&box, box_key_seal(ready(vault, key), arena, aad_of(arena, place), plain));
	return buf_view(&box);
}

static enum err not_opened(struct place place, const char *what)
{
	LOG(LOG_ERROR, "vault-box-refused", L("what", what), L("table", place.table), L("column", place.column),
		L("row", place.row));
	return ERR_BROKEN;
}

enum err vault_unseal(struct vault *vault, struct arena *arena, struct place place, struct bytes box, struct bytes *out)
{
	const struct ring_key *key;

	if (box.len < HEAD_LEN + GCM_NONCE_LEN + GCM_TAG_LEN)
		return not_opened(place, "too short");
	if (box.data[0] != BOX_VERSION || box.data[1] != AES_256_GCM)
		return not_opened(place, "unknown version or algorithm");
	key = key_by_id(vault, key_id_of(box));
	if (!key)
		key = key_added_since(vault, arena, key_id_of(box));
	if (!key)
		return not_opened(place, "unknown key");
	if (box_key_open(ready(vault, key), arena, aad_of(arena, place),
		    (struct bytes){ box.data + HEAD_LEN, box.len - HEAD_LEN }, out) != OK)
		return not_opened(place, "altered, or of another place");
	return OK;
}

bool vault_is_newest(const struct vault *vault, struct bytes box)
{
	return box.len < HEAD_LEN || key_id_of(box) == newest(vault)->id;
}

struct bytes vault_seal_text(struct vault *vault, struct arena *arena, struct place place, const char *text)
{
	return text ? vault_seal(vault, arena, place, bytes_of_text(text)) : (struct bytes){ 0 };
}

enum err vault_unseal_text(
	struct vault *vault, struct arena *arena, struct place place, struct bytes box, const char **out)
{
	struct bytes plain;

	*out = NULL;
	if (!box.len)
		return OK;
	TRY(vault_unseal(vault, arena, place, box, &plain));
	if (plain.len && memchr(plain.data, 0, plain.len))
		return not_opened(place, "not a text");
	*out = arena_text_n(arena, (const char *)plain.data, plain.len);
	return OK;
}

/* Keyed hashes. The purpose's NUL keeps "a" + "bc" from being "ab" + "c". */

static struct bytes mac(struct arena *arena, struct hmac_key *key, struct bytes data)
{
	unsigned char *out = arena_alloc(arena, HASH_LEN);

	hmac_key_run(key, data, out);
	return (struct bytes){ out, HASH_LEN };
}

struct bytes vault_hash(struct vault *vault, struct arena *arena, const char *purpose, struct bytes data)
{
	struct buf all = buf_new(arena);

	buf_add(&all, purpose, strlen(purpose) + 1);
	buf_bytes(&all, data);
	return mac(arena, vault->search, buf_view(&all));
}

struct bytes vault_hash_text(struct vault *vault, struct arena *arena, const char *purpose, const char *text)
{
	return vault_hash(vault, arena, purpose, bytes_of_text(text));
}

struct bytes vault_log_mac(struct vault *vault, struct arena *arena, struct bytes data)
{
	return mac(arena, vault->log, data);
}
