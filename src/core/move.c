/* The order in which an installation is moved (move.h). */
#include <dirent.h>
#include "base/file.h"
#include "base/text.h"
#include "core/move.h"
#include "store/blob_copy.h"

enum { MOST_KEY_FILE = 1 << 16 };

struct side {
	const struct settings *settings;
	struct store *store;
	struct blobs *blobs;
};

struct moving {
	struct move *m;
	struct arena *arena, *secret;
	struct table *tables;
	struct side from, to;
	struct vault *vault; /* the other side's */
};

/* The same bytes in both files; else m->why names the one there. */
static enum err compare_file(struct moving *mv, const char *from, const char *to)
{
	struct bytes ours, theirs;

	mv->m->why = arena_printf(mv->arena, "%s cannot be read", from);
	TRY(file_read(mv->secret, from, MOST_KEY_FILE, &ours));
	mv->m->why = arena_printf(
		mv->arena, "%s is not the key of this installation: copy its folder keys, and log.pub", to);
	if (file_read(mv->secret, to, MOST_KEY_FILE, &theirs) != OK)
		return ERR_INVALID;
	return bytes_equal(ours, theirs) ? OK : ERR_INVALID;
}

static enum err compare_folder(struct moving *mv, const char *from, const char *to)
{
	DIR *folder = opendir(from);
	struct dirent *entry;
	enum err err = OK;

	mv->m->why = arena_printf(mv->arena, "the key folder %s cannot be read", from);
	if (!folder)
		return ERR_UNAVAILABLE;
	while (err == OK && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			err = compare_file(
				mv, path_join(mv->arena, from, entry->d_name), path_join(mv->arena, to, entry->d_name));
	closedir(folder);
	return err;
}

/* What the databases hold is read, and what is signed is proven, with these alone. The root keys are not among them:
 * they belong on another machine, and no program needs them. */
static enum err compare_keys(struct moving *mv)
{
	static const char *const folders[] = { "keys/data", "keys/web", "keys/pin", "keys/api", "keys/ca", "keys/log" };
	const char *verifier = settings_path(mv->arena, mv->m->from, "log.pub");

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const char *from = settings_path(mv->arena, mv->m->from, folders[i]);

		if (file_exists(from))
			TRY(compare_folder(mv, from, settings_path(mv->arena, mv->m->to, folders[i])));
	}
	return file_exists(verifier) ? compare_file(mv, verifier, settings_path(mv->arena, mv->m->to, "log.pub")) : OK;
}

static enum err open_store(struct moving *mv, struct side *side, const struct settings *s, enum store_use use)
{
	struct store_conf conf = settings_store(mv->arena, s);
	const char *why;
	enum err err;

	conf.use = use;
	side->settings = s;
	err = store_open(&conf, mv->arena, &side->store, &why);
	if (err == ERR_NOT_FOUND && use == STORE_MOVE_TO) {
		err = store_create(&conf, mv->arena, mv->m->schema, &why);
		if (err == OK)
			err = store_open(&conf, mv->arena, &side->store, &why);
	}
	if (err != OK)
		mv->m->why = arena_printf(
			mv->arena, use == STORE_MOVE_TO ? "the database to move to: %s" : "the database: %s", why);
	return err;
}

static enum err open_side(struct moving *mv, struct side *side, const struct settings *s, enum store_use use)
{
	TRY(open_store(mv, side, s, use));
	mv->m->why = arena_printf(mv->arena, "the folder %s cannot be opened", settings_path(mv->arena, s, "blob"));
	return blobs_open(mv->arena, side->store, settings_path(mv->arena, s, "blob"), mv->vault, &side->blobs);
}

/* Files of something else, beside a database that is new. */
static enum err check_no_others(struct moving *mv)
{
	bool empty, none;

	mv->m->why = "the database to move to cannot be read";
	TRY(tables_are_empty(mv->to.store, mv->tables, &empty));
	if (!empty)
		return OK;
	mv->m->why = "the files to move to cannot be read";
	TRY(blobs_are_none(mv->to.blobs, &none));
	mv->m->why = arena_printf(mv->arena, "%s holds files already: move into an empty folder",
		settings_path(mv->arena, mv->m->to, "blob"));
	return none ? OK : ERR_CONFLICT;
}

static bool is_same_place(struct moving *mv)
{
	const struct store_conf from = settings_store(mv->arena, mv->m->from),
				to = settings_store(mv->arena, mv->m->to);

	if (!text_equal(from.engine, to.engine))
		return false;
	return text_equal(from.engine, "sqlite") ? text_equal(from.path, to.path)
						 : text_equal(from.connection, to.connection);
}

static enum err open_all(struct moving *mv)
{
	struct schema schema;

	mv->m->why = "that is the database that is to be moved";
	if (is_same_place(mv))
		return ERR_CONFLICT;
	TRY(schema_parse(mv->arena, mv->m->schema, &schema, &mv->m->why));
	TRY(tables_read(mv->arena, &schema, &mv->tables, &mv->m->why));
	TRY(compare_keys(mv));
	TRY(vault_open(mv->arena, settings_path(mv->arena, mv->m->to, "keys/data"), &mv->vault, &mv->m->why));
	TRY(open_side(mv, &mv->from, mv->m->from, STORE_MOVE_FROM));
	TRY(open_side(mv, &mv->to, mv->m->to, STORE_MOVE_TO));
	return check_no_others(mv);
}

static enum err told_copied(struct moving *mv, const char *what, enum err err)
{
	bool is_away = err == ERR_UNAVAILABLE || err == ERR_UNSURE;

	mv->m->why = arena_printf(mv->arena, "%s cannot be copied whole%s", what,
		is_away ? ": a database does not answer. Move again when both do, and it goes on there" : "");
	return err;
}

static enum err copy_all(struct moving *mv)
{
	for (const struct table *table = mv->tables; table->name; table++)
		TRY(told_copied(mv, arena_printf(mv->arena, "the table %s", table->name),
			table_copy(mv->from.store, mv->to.store, table, &mv->m->copied)));
	return told_copied(mv, "the files", blobs_copy(mv->from.blobs, mv->to.blobs, &mv->m->copied));
}

static void prove(struct move *m, struct move_part *part)
{
	part->same = part->from.rows == part->to.rows && !memcmp(part->from.sum, part->to.sum, HASH_LEN);
	m->differs |= !part->same;
	m->proven(m->copied.arg, part);
}

static enum err prove_all(struct moving *mv)
{
	struct move *m = mv->m;

	for (const struct table *table = mv->tables; table->name; table++) {
		struct move_part part = { .name = table->name };

		m->why = arena_printf(mv->arena, "the table %s cannot be read whole", table->name);
		TRY(table_sum(mv->from.store, table, &part.from));
		TRY(table_sum(mv->to.store, table, &part.to));
		prove(m, &part);
		m->rows += part.to.rows;
	}
	struct move_part files = { .name = "files" };

	m->why = "the files cannot be read whole";
	TRY(blobs_sum(mv->from.blobs, &files.from));
	TRY(blobs_sum(mv->to.blobs, &files.to));
	prove(m, &files);
	m->files = files.to.rows;
	m->why = "the databases differ, so one of them was changed since the copying began: empty the database to move "
		 "to, and "
		 "move again";
	return OK;
}

/* With the keys of the other side, as its programs will read it. At the beginning of time, because rows that wait for
 * their number do so as long as the installation stands still. */
static enum err prove_log(struct moving *mv)
{
	const struct house house = {
		.settings = mv->m->to, .store = mv->to.store, .vault = mv->vault, .blobs = mv->to.blobs
	};
	struct arena *arena = arena_new(false);
	struct ctx ctx = ctx_for(&house, arena, mv->secret, 0);
	enum err err;

	mv->m->why = "the log cannot be read on the other side";
	err = oplog_verify(&ctx, mv->m->verifier, &mv->m->log);
	store_use_arena(mv->to.store, mv->arena);
	arena_free(&arena);
	return err;
}

static enum err release(struct moving *mv)
{
	enum err err = store_moved(mv->to.store);

	mv->m->why = err == ERR_UNSURE
		? "all is there, but the connection was lost before the answer: the other side may be open to programs "
		  "or not. Move again: either that goes on, or there is a whole database already"
		: "the other side cannot be opened to programs";
	if (err != OK)
		return err;
	mv->m->why = "moved, and open to programs, but the journal beside the database cannot be emptied";
	return store_checkpoint(mv->to.store);
}

static enum err move_all(struct moving *mv)
{
	TRY(open_all(mv));
	TRY(copy_all(mv));
	TRY(prove_all(mv));
	if (mv->m->differs)
		return OK;
	TRY(prove_log(mv));
	mv->m->why = "the log does not hold, here as there";
	return mv->m->log.finding == FINDING_NONE ? release(mv) : OK;
}

static void close_side(struct side *side)
{
	blobs_close(&side->blobs);
	store_close(&side->store);
}

enum err move_run(struct arena *arena, struct arena *secret, struct move *m)
{
	struct moving mv = { .m = m, .arena = arena, .secret = secret };
	enum err err = move_all(&mv);

	close_side(&mv.to);
	close_side(&mv.from);
	vault_close(&mv.vault);
	return err;
}
