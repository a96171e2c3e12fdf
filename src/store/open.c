/* A database is made, opened and closed: which engine, and whether it is one of ours. */
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "store/inside.h"

static const struct engine *const engines[] = { &engine_sqlite, &engine_postgres, NULL };

static const struct engine *engine_named(const char *name)
{
	for (size_t i = 0; engines[i]; i++)
		if (text_equal(engines[i]->name, name))
			return engines[i];
	return NULL;
}

static enum err check_version(struct store *store, struct arena *arena, const char **why)
{
	int64_t version = 0;
	enum err err = store_version(store, &version);

	if (err == ERR_UNAVAILABLE) {
		*why = "the database does not answer";
		return err;
	}
	if (err != OK)
		*why = "this database has no schema version: it was not made by this program";
	else if (version > STORE_SCHEMA_VERSION)
		*why = arena_printf(arena,
			"the database was made by a newer program (its schema is %lld, ours %d): install that one",
			(long long)version, STORE_SCHEMA_VERSION);
	else if (version < STORE_SCHEMA_VERSION)
		*why = arena_printf(arena, "the database is older than this program (its schema is %lld, ours %d)",
			(long long)version, STORE_SCHEMA_VERSION);
	else
		return OK;
	return ERR_INVALID;
}

enum err store_open(const struct store_conf *conf, struct arena *arena, struct store **out, const char **why)
{
	const struct engine *engine = engine_named(conf->engine);
	struct store *store;
	void *connection;
	enum err err;

	*why = "no storage engine of this name";
	if (!engine)
		return ERR_INVALID;
	TRY(engine->open(conf, arena, &connection, why));
	store = calloc(1, sizeof *store);
	if (!store)
		log_die("out-of-memory");
	*store = (struct store){ .engine = engine,
		.connection = connection,
		.arena = arena,
		.statements = statements_new(engine, connection) };
	err = check_version(store, arena, why);
	/* Last, so that a folder without a database says that first. */
	if (err == OK && conf->key_file && !file_exists(conf->key_file)) {
		*why = arena_printf(
			arena, "the key file %s is missing: without it nobody can read this database", conf->key_file);
		err = ERR_INVALID;
	}
	if (err != OK)
		store_close(&store);
	else
		*out = store;
	return err;
}

enum err store_create(const struct store_conf *conf, struct arena *arena, const char *schema, const char **why)
{
	const struct engine *engine = engine_named(conf->engine);
	struct schema parsed;

	*why = "no storage engine of this name";
	if (!engine)
		return ERR_INVALID;
	TRY(schema_parse(arena, schema, &parsed, why));
	*why = "the schema is of another version than this program";
	if (parsed.version != STORE_SCHEMA_VERSION)
		return ERR_INVALID;
	return engine->create(conf, arena, &parsed, why);
}

void store_close(struct store **store)
{
	if (!*store)
		return;
	store_rollback(*store);
	statements_free(&(*store)->statements);
	(*store)->engine->close((*store)->connection);
	free(*store);
	*store = NULL;
}

enum err store_doors(const struct store *store, struct arena *arena, struct store_doors *out)
{
	static const char *const none[] = { NULL };

	*out = (struct store_doors){ .files = none };
	return store->engine->doors ? store->engine->doors(store->connection, arena, out) : OK;
}
