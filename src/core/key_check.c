/* The database's keys and ours (key_check.h). */
#include "core/key_check.h"

enum { THE_ROW = 1 };
static const char purpose[] = "database.keys";

/* Under both keys that never change; those that seal are added to. */
static struct bytes mac_of(struct arena *arena, struct vault *vault)
{
	return vault_hash(vault, arena, purpose, vault_log_mac(vault, arena, bytes_of_text(purpose)));
}

/* ERR_NOT_FOUND: not told yet. */
static enum err compare(struct arena *arena, struct store *store, struct vault *vault, const char **why)
{
	struct bytes mac;

	*why = "the database cannot be read";
	TRY(store_one(store, "SELECT mac FROM key_check WHERE id = $1", V(THE_ROW), INTO(&mac)));
	*why = "the keys in keys/data are not this database's: bring its own, to a further machine from another";
	return bytes_equal(mac, mac_of(arena, vault)) ? OK : ERR_INVALID;
}

enum err key_check(struct arena *arena, struct store *store, struct vault *vault, const char **why)
{
	enum err err = compare(arena, store, vault, why);

	if (err != ERR_NOT_FOUND)
		return err;
	*why = "the database was not made whole: yinxinctl init goes on";
	return ERR_INVALID;
}

static enum err tell(struct store *store, struct bytes mac)
{
	enum err err;

	TRY(store_begin_write(store));
	err = store_add(store, "INSERT INTO key_check (id, mac) VALUES ($1, $2)", V(THE_ROW), V(mac));
	if (err == OK)
		return store_commit(store);
	store_rollback(store);
	return err;
}

static enum err check_or_tell(struct arena *arena, struct store *store, struct vault *vault, const char **why)
{
	enum err err = compare(arena, store, vault, why);

	if (err != ERR_NOT_FOUND)
		return err;
	*why = "the database cannot be told its keys";
	err = tell(store, mac_of(arena, vault));
	/* another machine was faster */
	return err == OK || err == ERR_CONFLICT ? key_check(arena, store, vault, why) : err;
}

enum err key_check_make(struct arena *arena, const struct store_conf *conf, const char *folder, const char **why)
{
	struct vault *vault;
	struct store *store;
	enum err err;

	TRY(vault_open(arena, folder, &vault, why));
	err = store_open(conf, arena, &store, why);
	if (err == OK) {
		err = check_or_tell(arena, store, vault, why);
		store_close(&store);
	}
	vault_close(&vault);
	return err;
}
