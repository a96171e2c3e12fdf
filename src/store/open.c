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

/* In place of its version while a database is not whole. */
enum { MOVING = -STORE_SCHEMA_VERSION };

/* A database that a move may fill. */
static enum err check_moving(int64_t version, const char **why)
{
	*why = "there is a whole database already: move into an empty one";
	return version == MOVING ? OK : ERR_CONFLICT;
}

static enum err check_version(struct store *store, struct arena *arena, const char **why)
{
	int64_t version = 0;
	enum err err = store_version(store, &version);

	if (err == ERR_UNAVAILABLE) {
		*why = "the database does not answer";
		return err;
	}
	if (err == OK && store->use == STORE_MOVE_TO)
		return check_moving(version, why);
	if (err == OK && version == MOVING)
		*why = "the database was not moved whole: yinxinctl move goes on";
	else if (err != OK)
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
		.use = conf->use,
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

/* The tables alone, and a version that nobody opens. */
static void make_moving(struct arena *arena, struct schema *schema)
{
	const char **to = schema->statements;

	for (const char **from = to; *from; from++)
		if (!text_starts(*from, "INSERT "))
			*to++ = *from;
	*to++ = arena_printf(arena, "INSERT INTO schema_version (version) VALUES (%d)", MOVING);
	*to = NULL;
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
	if (conf->use == STORE_MOVE_TO)
		make_moving(arena, &parsed);
	return engine->create(conf, arena, &parsed, why);
}

enum err store_moved(struct store *store)
{
	enum err err;

	TRY(store_begin_write(store));
	err = store_change_one(
		store, "UPDATE schema_version SET version = $1 WHERE version = $2", V(STORE_SCHEMA_VERSION), V(MOVING));
	if (err == OK)
		return store_commit(store);
	store_rollback(store);
	return err;
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

enum err store_unhurried(struct store *store)
{
	return store->engine->unhurried ? store->engine->unhurried(store->connection) : OK;
}

enum err store_doors(const struct store *store, struct arena *arena, struct store_doors *out)
{
	static const char *const none[] = { NULL };

	*out = (struct store_doors){ .files = none };
	return store->engine->doors ? store->engine->doors(store->connection, arena, out) : OK;
}
