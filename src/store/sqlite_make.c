/* Making a SQLite database: under another name until it is whole. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/text.h"
#include "store/lock.h"
#include "store/place.h"
#include "store/sqlite.h"

enum err sqlite_lock(struct arena *arena, const char *path, struct lock **out, const char **why)
{
	enum err err = lock_open(arena_printf(arena, "%s.lock", path), out);

	if (err != OK)
		*why = arena_printf(arena, "the lock file %s.lock cannot be opened", path);
	return err;
}

static const struct word types[] = {
	{ "BIGINT", "INTEGER" },
	{ "SMALLINT", "INTEGER" },
	{ "BYTEA", "BLOB" },
	{ NULL, NULL },
};

/* STRICT: a value of another type than its column's is refused, as PostgreSQL does. */
static enum err load_statement(struct connection *c, struct arena *arena, const char *statement)
{
	char *ours = schema_translate(arena, statement, types);

	return sqlite_run(c, text_starts(ours, "CREATE TABLE ") ? arena_printf(arena, "%s STRICT", ours) : ours);
}

static enum err refuse_change(struct connection *c, struct arena *arena, const char *table, const char *change)
{
	return sqlite_run(c,
		arena_printf(arena,
			"CREATE TRIGGER %s_keeps_at_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, 'append-only: %s'); "
			"END",
			table, change, change, table, table));
}

static enum err load(struct connection *c, struct arena *arena, const struct schema *schema)
{
	TRY(sqlite_run(c, "BEGIN IMMEDIATE"));
	for (const char **statement = schema->statements; *statement; statement++)
		TRY(load_statement(c, arena, *statement));
	for (const char **table = schema->append_only; *table; table++) {
		TRY(refuse_change(c, arena, *table, "UPDATE"));
		TRY(refuse_change(c, arena, *table, "DELETE"));
	}
	return sqlite_run(c, "COMMIT");
}

static const char *const companions[] = { "-wal", "-shm", "-journal", NULL };

static bool make_empty(struct arena *arena, const char *path)
{
	int fd;
	bool made;

	unlink(path);
	for (size_t i = 0; companions[i]; i++)
		unlink(arena_printf(arena, "%s%s", path, companions[i]));
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0660);
	made = fd >= 0 && fchmod(fd, 0660) == 0;
	if (fd >= 0)
		close(fd);
	return made;
}

/* A journal without its database would be played into the new one. */
static enum err check_free(struct arena *arena, const char *path, const char **why)
{
	*why = arena_printf(arena, "there is a database %s", path);
	if (file_exists(path))
		return ERR_CONFLICT;
	for (size_t i = 0; companions[i]; i++) {
		const char *left = arena_printf(arena, "%s%s", path, companions[i]);

		*why = arena_printf(
			arena, "%s is left of another database: put back that one, or move this file away", left);
		if (file_exists(left))
			return ERR_INVALID;
	}
	return OK;
}

static enum err make_and_name(
	const struct store_conf *conf, struct arena *arena, const struct schema *schema, const char **why)
{
	const char *path = arena_printf(arena, "%s.new", conf->path);
	enum err err;

	TRY(check_free(arena, conf->path, why));
	*why = arena_printf(arena, "%s cannot be made", path);
	if (!make_empty(arena, path))
		return ERR_UNAVAILABLE;
	err = sqlite_load(path, conf->busy_ms, arena, load, schema, why);
	if (err == OK && link(path, conf->path) != 0) {
		*why = arena_printf(arena, "%s cannot be made: %s", conf->path, strerror(errno));
		err = errno == EEXIST ? ERR_CONFLICT : ERR_UNAVAILABLE;
	}
	unlink(path);
	return err;
}

static enum err sync_folder(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	int fd = open(slash ? arena_text_n(arena, path, (size_t)(slash - path) + 1) : ".",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return done ? OK : ERR_UNAVAILABLE;
}

enum err sqlite_create(
	const struct store_conf *conf, struct arena *arena, const struct schema *schema, const char **why)
{
	struct lock *lock;
	enum err err;

	TRY(place_check(arena, conf->path, why));
	TRY(sqlite_lock(arena, conf->path, &lock, why));
	*why = "another process makes this database just now";
	err = lock_take(lock, conf->busy_ms);
	if (err == OK) {
		err = make_and_name(conf, arena, schema, why);
		lock_give(lock);
	}
	lock_close(&lock);
	return err == OK ? sync_folder(arena, conf->path) : err;
}
