/* Moving a whole installation between two databases, there and back; on PostgreSQL it lies there at first, else in
 * another file. */
#include <unistd.h>
#include "base/file.h"
#include "base/text.h"
#include "core/move.h"
#include "tests/unit/core/log_world.h"
#include "tests/unit/core/world.h"

/* An installation with history, files and two databases to be in; nobody has it open. */
struct installation {
	struct world *w;
	const char *schema, *verifier;
	struct settings here, there;
	int64_t account, session;
	int parts, differing; /* of the last move */
};

/* The same folder as the world's but for db and blob, as an operator makes it. */
static struct settings other_settings(struct world *w)
{
	static int made;
	struct settings s = w->settings;
	const char *folder = arena_printf(test_arena(), "%s/other-%d", test_folder(), ++made);

	for (const char *const *sub = (const char *const[]){ "db", "blob", "keys", NULL }; *sub; sub++)
		assert_ok(folder_make(path_join(test_arena(), folder, *sub), 0770));
	assert_int_equal(0,
		symlink(path_join(test_arena(), w->data, "keys/data"), path_join(test_arena(), folder, "keys/data")));
	s.data = folder;
	s.engine = "sqlite";
	s.connection = "";
	return s;
}

static struct installation installation(void)
{
	struct installation in = { 0 };
	struct bytes schema;
	int64_t org;
	struct key *key;

	in.w = log_history(&in.account, &org);
	key = log_key(in.w, &in.verifier);
	key_free(&key);
	assert_ok(file_read(test_arena(), "schema.sql", 1 << 20, &schema));
	in.schema = (const char *)schema.data;
	for (int64_t id = 1; id <= 3; id++)
		assert_ok(blob_put(in.w->house.blobs, id, bytes_of_text("a picture")));
	in.here = in.w->settings;
	in.there = other_settings(in.w);
	house_close(&in.w->house);
	return in;
}

static void hear_copied(void *arg, const char *name, int64_t rows)
{
	(void)arg, (void)name, (void)rows;
}

static void hear_proven(void *arg, const struct move_part *part)
{
	struct installation *in = arg;

	in->parts++;
	in->differing += !part->same;
}

static struct move move_between(struct installation *in, const struct settings *from, const struct settings *to)
{
	in->parts = in->differing = 0;
	return (struct move){ .from = from,
		.to = to,
		.schema = in->schema,
		.verifier = in->verifier,
		.copied = { hear_copied, in },
		.proven = hear_proven };
}

static enum err run(struct installation *in, struct move *m)
{
	return move_run(test_arena(), in->w->secret, m);
}

static bool is_moved(const struct move *m)
{
	return !m->differs && m->log.finding == FINDING_NONE;
}

/* The world goes on with these settings. */
static void open_at(struct installation *in, const struct settings *s)
{
	const char *why = NULL;

	if (house_open_configured(test_arena(), s, &in->w->house, &why) != OK)
		fail_msg("%s", why);
	in->w->settings = *s;
	in->w->ctx = ctx_for(&in->w->house, test_arena(), in->w->secret, in->w->ctx.now);
}

static void leave(struct installation *in)
{
	in->w->house = (struct house){ 0 };
	world_close(in->w);
}

TEST("OPS-9, LOG-3: an installation is moved there and back: people sign in, files are read, the log holds and goes on")
{
	struct installation in = installation();
	struct settings back = in.here;
	struct move m = move_between(&in, &in.here, &in.there);
	struct bytes file;

	assert_ok(run(&in, &m));
	assert_true(is_moved(&m));
	assert_int_equal(3, m.files);
	assert_true(m.rows > 50);
	assert_true(m.log.size > 5);
	assert_int_equal(0, in.differing);
	open_at(&in, &in.there);
	assert_int_equal(in.account, world_account(in.w, ZHANG));
	assert_ok(blob_get(in.w->house.blobs, test_arena(), 2, &file));
	assert_true(bytes_equal(bytes_of_text("a picture"), file));
	while (log_number(in.w, 3) == 3)
		;
	log_names(in.w, FINDING_NONE, 0);
	house_close(&in.w->house);

	back.data = other_settings(in.w).data;
	if (engine_is_postgres())
		back.connection = engine_conf(arena_printf(test_arena(), "%s/again", test_folder()), 10000).connection;
	m = move_between(&in, &in.there, &back);
	assert_ok(run(&in, &m));
	assert_true(is_moved(&m));
	open_at(&in, &back);
	assert_int_equal(in.account, world_account(in.w, ZHANG));
	house_close(&in.w->house);
	leave(&in);
}

TEST("OPS-9: rows that wait for their number are moved as they are")
{
	struct installation in = installation();
	struct move m = move_between(&in, &in.here, &in.there);

	open_at(&in, &in.here);
	world_account(in.w, "+8613700137000");
	house_close(&in.w->house);
	assert_ok(run(&in, &m));
	assert_true(is_moved(&m));
	assert_true(m.log.rows > m.log.size);
	leave(&in);
}

TEST("OPS-9: a running installation is not moved, nor one into itself, whatever else its configuration says")
{
	struct installation in = installation();
	struct move m = move_between(&in, &in.here, &in.here);
	struct settings itself = in.here;

	assert_err(ERR_CONFLICT, run(&in, &m));
	assert_non_null(strstr(m.why, "that is to be moved"));
	if (text_equal(in.here.engine, "sqlite"))
		itself.connection = "dbname=yinxin";
	else
		itself.data = in.there.data;
	m = move_between(&in, &in.here, &itself);
	assert_err(ERR_CONFLICT, run(&in, &m));
	assert_non_null(strstr(m.why, "that is to be moved"));
	in.here.busy_ms = in.there.busy_ms = 100;
	open_at(&in, &in.here);
	m = move_between(&in, &in.here, &in.there);
	assert_err(ERR_CONFLICT, run(&in, &m));
	assert_non_null(strstr(m.why, "programs have the database open"));
	house_close(&in.w->house);
	assert_ok(run(&in, &m));
	open_at(&in, &in.there);
	m = move_between(&in, &in.here, &in.there);
	assert_err(ERR_CONFLICT, run(&in, &m));
	house_close(&in.w->house);
	leave(&in);
}

TEST("OPS-9: what holds something already is not moved into: a database, files, a database that is not ours")
{
	struct installation in = installation();
	struct move m = move_between(&in, &in.here, &in.there);
	struct settings occupied = other_settings(in.w), strange = other_settings(in.w);

	assert_ok(run(&in, &m));
	assert_err(ERR_CONFLICT, run(&in, &m));
	assert_non_null(strstr(m.why, "whole database"));
	assert_ok(folder_make(settings_path(test_arena(), &occupied, "blob/01"), 0770));
	assert_ok(file_write(settings_path(test_arena(), &occupied, "blob/01/1.blob"), bytes_of_text("old"), 0660));
	m = move_between(&in, &in.here, &occupied);
	assert_err(ERR_CONFLICT, run(&in, &m));
	assert_non_null(strstr(m.why, "holds files"));
	assert_ok(file_write(settings_path(test_arena(), &strange, "db/yinxin.db"), bytes_of_text(""), 0660));
	m = move_between(&in, &in.here, &strange);
	assert_err(ERR_INVALID, run(&in, &m));
	leave(&in);
}

TEST("OPS-9: other keys could not read what is moved, so nothing is")
{
	struct installation in = installation();
	struct move m = move_between(&in, &in.here, &in.there);

	assert_int_equal(0, unlink(settings_path(test_arena(), &in.there, "keys/data")));
	assert_err(ERR_INVALID, run(&in, &m));
	assert_ok(vault_create(settings_path(test_arena(), &in.there, "keys/data")));
	assert_err(ERR_INVALID, run(&in, &m));
	assert_non_null(strstr(m.why, "not the key"));
	assert_false(file_exists(settings_path(test_arena(), &in.there, "db/yinxin.db")));
	leave(&in);
}

static void write_on(const struct settings *side, const char *name, const char *text)
{
	assert_ok(file_write(settings_path(test_arena(), side, name), bytes_of_text(text), 0600));
}

TEST("OPS-9: each key that the installation has is the same there, and log.pub: else the one that is not is named")
{
	static const char *const names[] = { "keys/web/web.key", "keys/pin/pepper-1.key", "keys/api/id-1.pem",
		"keys/ca/person.pem", "keys/log/log.pem", "log.pub" };
	struct installation in = installation();
	struct move m = move_between(&in, &in.here, &in.there);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *name = names[i], *folder = arena_text_n(test_arena(), name, strcspn(name + 5, "/") + 5);

		for (int side = 0; name[0] == 'k' && side < 2; side++)
			assert_ok(folder_make(settings_path(test_arena(), side ? &in.there : &in.here, folder), 0700));
		write_on(&in.here, name, "one");
		assert_err(ERR_INVALID, run(&in, &m));
		assert_non_null(strstr(m.why, name));
		write_on(&in.there, name, "two");
		assert_err(ERR_INVALID, run(&in, &m));
		assert_non_null(strstr(m.why, name));
		write_on(&in.there, name, "one");
	}
	assert_false(file_exists(settings_path(test_arena(), &in.there, "db/yinxin.db")));
	assert_ok(run(&in, &m));
	assert_true(is_moved(&m));
	leave(&in);
}

/* A move that ends with its tables copied: the log is proven with another key. */
static struct move cut_off(struct installation *in)
{
	struct move m = move_between(in, &in->here, &in->there);
	const char *right = m.verifier;

	m.verifier = "other+00000000+AAAA";
	assert_ok(run(in, &m));
	assert_int_equal(FINDING_BAD_CHECKPOINT, m.log.finding);
	m.verifier = right;
	return m;
}

TEST("OPS-9: what is not proven is opened by nobody, and moving again goes on")
{
	struct installation in = installation();
	struct move m = cut_off(&in);
	struct house house;
	const char *why = NULL;

	assert_err(ERR_INVALID, house_open_configured(test_arena(), &in.there, &house, &why));
	assert_non_null(strstr(why, "not moved whole"));
	assert_ok(run(&in, &m));
	assert_true(is_moved(&m));
	open_at(&in, &in.there);
	house_close(&in.w->house);
	leave(&in);
}

TEST("OPS-9: what was changed since a move was cut off is found, and the other side stays closed")
{
	struct installation in = installation();
	struct move m = cut_off(&in);
	struct house house;
	const char *why = NULL;

	world_tamper(in.w, "UPDATE account SET last_login = 1");
	assert_ok(run(&in, &m));
	assert_false(is_moved(&m));
	assert_int_equal(1, in.differing);
	assert_non_null(strstr(m.why, "differ"));
	assert_err(ERR_INVALID, house_open_configured(test_arena(), &in.there, &house, &why));
	leave(&in);
}

TEST_POSTGRES("OPS-9: a connection lost while the other side is opened is told as that, and moving again goes on")
{
	struct installation in = installation();
	struct settings back = in.here;
	struct move m = move_between(&in, &in.here, &in.there);

	assert_ok(run(&in, &m));
	back.data = other_settings(in.w).data;
	back.connection = engine_conf(arena_printf(test_arena(), "%s/again", test_folder()), 10000).connection;
	in.here = in.there;
	in.there = back;
	m = cut_off(&in);
	engine_tamper("CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
		      "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; "
		      "CREATE CONSTRAINT TRIGGER meanwhile AFTER UPDATE ON schema_version DEFERRABLE INITIALLY "
		      "DEFERRED FOR EACH ROW EXECUTE FUNCTION meanwhile()");
	assert_err(ERR_UNSURE, run(&in, &m));
	assert_non_null(strstr(m.why, "may be open"));
	engine_tamper("SELECT 1");
	assert_ok(run(&in, &m));
	assert_true(is_moved(&m));
	leave(&in);
}
