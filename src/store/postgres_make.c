/* Making the tables in an empty PostgreSQL database: all of them or none. */
#include "base/text.h"
#include "store/postgres.h"

/* Texts are compared by their bytes, as C and SQLite do, whatever the database's own order is. */
static const struct word types[] = { { "TEXT", "TEXT COLLATE \"C\"" }, { NULL, NULL } };

/* Pieces of files (blob.h), beside the schema's own tables. */
static const char blob_table[] = "CREATE TABLE blob (id BIGINT NOT NULL, part SMALLINT NOT NULL, made BIGINT NOT NULL, "
				 "data BYTEA NOT NULL, PRIMARY KEY (id, part))";

static const char refusal[] = "CREATE FUNCTION keeps_rows() RETURNS trigger LANGUAGE plpgsql AS "
			      "$$ BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME; END $$";

static enum err refuse_changes(struct pg *pg, struct arena *arena, const char *table)
{
	return pg_run(pg,
		arena_printf(arena,
			"CREATE TRIGGER %s_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON %s "
			"FOR EACH STATEMENT EXECUTE FUNCTION keeps_rows()",
			table, table));
}

static enum err load(struct pg *pg, struct arena *arena, const struct schema *schema)
{
	for (const char **statement = schema->statements; *statement; statement++)
		TRY(pg_run(pg, schema_translate(arena, *statement, types)));
	TRY(pg_run(pg, blob_table));
	TRY(pg_run(pg, refusal));
	for (const char **table = schema->append_only; *table; table++)
		TRY(refuse_changes(pg, arena, *table));
	return pg_run(pg, "COMMIT");
}

enum err pg_check_made(struct pg *pg, const char **why)
{
	bool made;

	*why = "the database does not answer";
	TRY(pg_ask(pg, "SELECT 1 WHERE to_regclass('schema_version') IS NOT NULL", &made));
	*why = "the database holds no tables yet: yinxinctl move carries an installation over, init makes a new one";
	return made ? OK : ERR_NOT_FOUND;
}

static enum err check_free(struct pg *pg, const char **why)
{
	bool taken;
	enum err err = pg_check_made(pg, why);

	if (err == OK)
		*why = "the database holds our tables already";
	if (err != ERR_NOT_FOUND)
		return err == OK ? ERR_CONFLICT : err;
	*why = "the database does not answer";
	TRY(pg_ask(pg,
		"SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', "
		"'v') LIMIT 1",
		&taken));
	*why = "the database holds tables of something else: give this program one of its own";
	return taken ? ERR_INVALID : OK;
}

static enum err make(struct pg *pg, struct arena *arena, const struct schema *schema, const char **why)
{
	enum err err;

	TRY(check_free(pg, why));
	*why = "the database does not answer";
	TRY(pg_run(pg, "BEGIN READ WRITE; SET LOCAL client_min_messages = error"));
	err = load(pg, arena, schema);
	if (err != OK)
		*why = arena_printf(
			arena, "the new database cannot be made: %s", text_trim(arena, PQerrorMessage(pg->conn)));
	/* A second maker at the same time meets the first one's names. */
	return err == ERR_BROKEN || err == ERR_CONFLICT ? ERR_INVALID : err;
}

enum err pg_create(const struct store_conf *conf, struct arena *arena, const struct schema *schema, const char **why)
{
	struct pg *pg;
	enum err err;

	TRY(pg_new(conf, &pg, why));
	err = pg_ready(pg, arena, why);
	if (err == OK)
		err = make(pg, arena, schema, why);
	pg_free(pg);
	return err;
}
