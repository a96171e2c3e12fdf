/* Making and opening a database: what is refused, what the schema's lines do, what a full disk does. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include "base/text.h"
#include "store/place.h"
#include "store/schema.h"
#include "tests/unit/store/room.h"

static enum err create(const char *schema)
{
	struct store_conf conf = test_conf();
	const char *why = NULL;
	enum err err = store_create(&conf, test_arena(), schema, &why);

	assert_true(err == OK || why);
	return err;
}

static enum err open_conf(struct store_conf conf, const char **why)
{
	struct store *store = NULL;
	enum err err = store_open(&conf, test_arena(), &store, why);

	store_close(&store);
	return err;
}

static enum err open_again(const char **why)
{
	return open_conf(test_conf(), why);
}

static const char *beside(const char *ending)
{
	return arena_printf(test_arena(), "%s%s", test_conf().path, ending);
}

static void set_version(const char *sql)
{
	struct store *store = test_open();

	assert_ok(store_begin_write(store));
	assert_ok(store_change(store, NULL, sql));
	assert_ok(store_commit(store));
	store_close(&store);
}

TEST("a database is made once; where there is none, opening says so")
{
	const char *why;

	assert_err(ERR_NOT_FOUND, open_again(&why));
	assert_ok(create(test_schema));
	assert_err(ERR_CONFLICT, create(test_schema));
	assert_ok(open_again(&why));
}

TEST_SQLITE("the database's files are for its group and not for others, whatever the umask")
{
	static const char *const endings[] = { "", ".lock", "-wal", "-shm" };
	mode_t before = umask(0077);
	struct store *store = test_open();
	struct stat is;

	umask(before);
	assert_ok(store_begin_write(store));
	assert_ok(store_add(store, "INSERT INTO note (id) VALUES (1)"));
	assert_ok(store_commit(store));
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		assert_int_equal(0, stat(beside(endings[i]), &is));
		assert_int_equal(0660, is.st_mode & 0777);
	}
	store_close(&store);
}

TEST("OPS-7: a database of a newer program is refused")
{
	const char *why;

	set_version("UPDATE schema_version SET version = 2");
	assert_err(ERR_INVALID, open_again(&why));
	assert_non_null(strstr(why, "newer"));
}

TEST_SQLITE("OPS-7: a file that is no database of ours is refused")
{
	const char *why;

	test_make();
	assert_int_equal(0, truncate(test_conf().path, 0));
	assert_err(ERR_INVALID, open_again(&why));
	assert_ok(file_write(test_conf().path,
		bytes_of_text("by no means a database, but long enough to look like one, "
			      "at least one hundred bytes of it, as the header is"),
		0600));
	assert_err(ERR_BROKEN, open_again(&why));
}

TEST("OPS-7: an older database is refused")
{
	const char *why;

	set_version("UPDATE schema_version SET version = 0");
	assert_err(ERR_INVALID, open_again(&why));
	assert_non_null(strstr(why, "older"));
}

TEST("OPS-7: a database with two versions is refused")
{
	const char *why;

	set_version("INSERT INTO schema_version (version) VALUES (1)");
	assert_err(ERR_INVALID, open_again(&why));
}

TEST("OPS-7: a database without a version is refused")
{
	const char *why;

	set_version("DELETE FROM schema_version");
	assert_err(ERR_INVALID, open_again(&why));
}

TEST("OPS-15: an existing database without its key file is refused")
{
	struct store_conf conf = test_conf();
	const char *why;

	test_make();
	conf.key_file = beside(".key");
	assert_err(ERR_INVALID, open_conf(conf, &why));
	assert_non_null(strstr(why, "key"));
	assert_ok(file_write(conf.key_file, bytes_of_text("x"), 0600));
	assert_ok(open_conf(conf, &why));
}

TEST_SQLITE("OPS-15: network file systems are known by number or by the mount table's type, local ones are not refused")
{
	static const long network[] = { 0x6969, 0x517b, (long)0xff534d42, (int)0xff534d42, (long)0xfe534d42, 0x01021997,
		0x00c36400, 0x0bd00bd0, 0x5346414f };
	static const long local[] = { 0xef53, 0x58465342, (long)0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1,
		0x65735546 };

	for (size_t i = 0; i < sizeof network / sizeof *network; i++)
		assert_true(place_is_network(network[i], NULL));
	for (size_t i = 0; i < sizeof local / sizeof *local; i++)
		assert_false(place_is_network(local[i], NULL));
	assert_true(place_is_network(0x65735546, "fuse.sshfs"));
	assert_true(place_is_network(0x65735546, "fuse.glusterfs"));
	assert_false(place_is_network(0x65735546, "fuse.gocryptfs"));
	assert_false(place_is_network(0x65735546, "fuseblk"));
	assert_false(place_is_network(0xef53, "fuse.sshfs"));
}

TEST_SQLITE("OPS-15: the folder of a new database must be there, and its file system is looked at")
{
	struct store_conf conf = test_conf();
	const char *why = NULL;

	conf.path = arena_printf(test_arena(), "%s/none/test.db", test_folder());
	assert_err(ERR_NOT_FOUND, store_create(&conf, test_arena(), test_schema, &why));
	assert_ok(place_check(test_arena(), test_conf().path, &why));
	assert_ok(place_check(test_arena(), "relative", &why));
	assert_ok(place_check(test_arena(), "/tmp", &why));
}

TEST_SQLITE("OPS-15: the journal of a lost database is not played into a new one")
{
	const char *why;

	assert_ok(file_write(beside("-wal"), bytes_of_text("of another"), 0660));
	assert_err(ERR_INVALID, create(test_schema));
	assert_err(ERR_NOT_FOUND, open_again(&why));
	assert_true(file_exists(beside("-wal")));
	assert_int_equal(0, unlink(beside("-wal")));
	assert_ok(create(test_schema));
}

TEST("a schema that does not load leaves no database")
{
	const char *why;

	assert_err(ERR_INVALID,
		create("-- version: 1\nCREATE TABLE a (id BIGINT PRIMARY KEY); CREATE TABLE b (id NONSENSE);"));
	assert_err(ERR_NOT_FOUND, open_again(&why));
	assert_false(file_exists(beside(".new")));
	assert_ok(create(test_schema));
}

TEST_SQLITE("half-made databases are in nobody's way")
{
	const char *why;

	assert_ok(file_write(beside(".new"), bytes_of_text("half"), 0600));
	assert_ok(file_write(beside(".new-wal"), bytes_of_text("half"), 0600));
	assert_ok(create(test_schema));
	assert_ok(open_again(&why));
	assert_false(file_exists(beside(".new")));
	assert_false(file_exists(beside(".new-wal")));
}

TEST("a schema without a version, with two, or with another than the program's is refused")
{
	assert_err(ERR_INVALID, create("CREATE TABLE a (id BIGINT PRIMARY KEY);"));
	assert_err(ERR_INVALID, create("-- version: 1\n-- version: 1\n"));
	assert_err(ERR_INVALID, create("-- version: one\n"));
	assert_err(ERR_INVALID, create("-- version: 2\n"));
	assert_err(ERR_INVALID, create("-- version: 1\n-- append-only: a, b\n"));
	assert_err(ERR_INVALID, create("-- version: 1\n-- append-only:\n"));
	assert_err(ERR_INVALID, create("-- version: 1\n-- append-only: none\n"));
	assert_err(ERR_INVALID, create("-- version: 1\nCREATE TABLE a (t TEXT DEFAULT 'open);"));
}

TEST("an unknown engine is refused")
{
	struct store_conf conf = test_conf();
	const char *why;

	conf.engine = "oracle";
	assert_err(ERR_INVALID, open_conf(conf, &why));
	assert_err(ERR_INVALID, store_create(&conf, test_arena(), test_schema, &why));
}

TEST("the schema falls apart into statements; quotes and comments keep their semicolons")
{
	static const struct word words[] = { { "BIGINT", "INTEGER" }, { NULL, NULL } };
	struct schema schema;
	const char *why;

	assert_ok(schema_parse(test_arena(),
		"-- version: 7\n-- a; b\nONE ';--' \"x;y\" it''s; -- append-only: t1\nTWO BIGINT BIGINTS bigint "
		"'BIGINT' "
		"(BIGINT)\n;;"
		"--append-only:  t2   t3\n",
		&schema, &why));
	assert_int_equal(7, schema.version);
	assert_string_equal("ONE ';--' \"x;y\" it''s", schema.statements[0]);
	assert_string_equal("TWO INTEGER BIGINTS bigint 'BIGINT' (INTEGER)",
		schema_translate(test_arena(), schema.statements[1], words));
	assert_non_null(strstr(schema.statements[3], "VALUES (7)"));
	assert_null(schema.statements[4]);
	assert_string_equal("t1", schema.append_only[0]);
	assert_string_equal("t2", schema.append_only[1]);
	assert_string_equal("t3", schema.append_only[2]);
	assert_null(schema.append_only[3]);
}

TEST_SQLITE("BIGINT PRIMARY KEY is the row's own number")
{
	struct store *store = test_open();
	int64_t id;

	assert_ok(store_begin_write(store));
	assert_ok(store_add(store, "INSERT INTO diary (id) VALUES (5)"));
	assert_ok(store_one(store, "SELECT id FROM diary WHERE rowid = 5", INTO(&id)));
	store_close(&store);
}

TEST("types inside quotes stay, foreign keys hold")
{
	struct store *store = test_open();
	const char *text;

	assert_ok(store_begin_write(store));
	assert_ok(store_add(store, "INSERT INTO diary (id) VALUES (5)"));
	assert_ok(store_one(store, "SELECT text FROM diary WHERE id = 5", INTO(&text)));
	assert_string_equal("it's; BIGINT -- so", text);
	assert_err(ERR_BROKEN, store_add(store, "INSERT INTO leaf (id, note) VALUES (1, 99)"));
	store_close(&store);
}

static void assert_kept(const char *sql)
{
	struct store *store = test_open();

	assert_ok(store_begin_write(store));
	assert_err(ERR_BROKEN, store_change(store, NULL, sql));
	store_rollback(store);
	assert_int_equal(1, test_count(store, "SELECT COUNT(*) FROM diary WHERE id = 1 AND text = 'first'"));
	store_close(&store);
}

TEST("LOG-3: an append-only table takes new rows and refuses UPDATE, DELETE and REPLACE")
{
	struct store *store = test_open();

	assert_ok(store_begin_write(store));
	assert_ok(store_add(store, "INSERT INTO diary (id, text) VALUES (1, 'first')"));
	assert_ok(store_commit(store));
	store_close(&store);
	assert_kept("UPDATE diary SET text = 'other'");
	assert_kept("UPDATE diary SET id = 2");
	assert_kept("DELETE FROM diary");
	assert_kept("DELETE FROM diary WHERE id = 1");
	assert_kept("REPLACE INTO diary (id, text) VALUES (1, 'other')");
	assert_kept("INSERT INTO diary (id, text) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET text = 'other'");
}

TEST_SQLITE("a checkpoint moves the journal into the database, as far as readers let it")
{
	struct store *store = test_open(), *reader = test_open();
	struct stat is;

	assert_ok(store_begin_read(reader));
	assert_ok(store_ping(reader));
	assert_ok(store_begin_write(store));
	assert_ok(store_add(store, "INSERT INTO note (id) VALUES (1)"));
	assert_ok(store_commit(store));
	assert_ok(store_checkpoint(store));
	assert_int_equal(0, stat(beside("-wal"), &is));
	assert_true(is.st_size > 0);
	assert_ok(store_commit(reader));
	assert_ok(store_checkpoint(store));
	assert_int_equal(0, stat(beside("-wal"), &is));
	assert_int_equal(0, is.st_size);
	assert_int_equal(1, test_count(reader, "SELECT COUNT(*) FROM note"));
	assert_ok(store_begin_read(store));
	assert_err(ERR_BROKEN, store_checkpoint(store));
	store_close(&store);
	store_close(&reader);
}

/* Full disks. */

static enum err add_big(struct store *store, int64_t id)
{
	static const unsigned char big[100000];

	return store_add(store, "INSERT INTO note (id, data) VALUES ($1, $2)", V(id), V(BYTES_OF(big)));
}

static int64_t number(struct store *store, const char *sql)
{
	int64_t n = -1;

	return store_one_(store, sql, BINDS(INTO(&n))) == OK ? n : -1;
}

/* The n-th step that went wrong, so that a child's exit code tells it. */
#define EXPECT(condition)                                                                                              \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			return __LINE__ % 250 + 1;                                                                     \
	} while (0)

/* Writes until it no longer goes; how many rows are kept. */
static int64_t fill(struct store *store)
{
	for (int64_t id = 1; id < 200; id++) {
		if (store_begin_write(store) != OK)
			return id - 1;
		if (add_big(store, id) != OK) {
			store_rollback(store);
			return id - 1;
		}
		if (store_commit(store) != OK)
			return id - 1;
	}
	return -1;
}

static int one_big_transaction(struct store *store, int64_t kept)
{
	enum err err = OK;

	EXPECT(store_begin_write(store) == OK);
	for (int64_t id = 1000; id < 1200 && err == OK; id++)
		err = add_big(store, id);
	EXPECT(err == ERR_UNAVAILABLE);
	/* Nothing that follows is written by itself, should the engine have given the transaction up. */
	(void)!store_add(store, "INSERT INTO note (id) VALUES (5000)");
	EXPECT(store_commit(store) == ERR_UNAVAILABLE);
	EXPECT(!store_in_transaction(store));
	EXPECT(number(store, "SELECT COUNT(*) FROM note") == kept);
	return 0;
}

static int full_disk(struct store *store, void (*make_room)(void))
{
	int64_t kept = fill(store);
	int step;

	EXPECT(kept > 0);
	EXPECT(number(store, "SELECT COUNT(*) FROM note") == kept);
	EXPECT(number(store, "SELECT SUM(LENGTH(data)) FROM note") == kept * 100000);
	step = one_big_transaction(store, kept);
	if (step)
		return step;
	EXPECT(fill(store) == 0);
	make_room();
	EXPECT(store_begin_write(store) == OK && add_big(store, 2000) == OK && store_commit(store) == OK);
	EXPECT(number(store, "SELECT COUNT(*) FROM note") == kept + 1);
	store_close(&store);
	return 0;
}

static void lift_limit(void)
{
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY });
}

static int file_limit(void *arg)
{
	struct store *store = test_open();

	(void)arg;
	signal(SIGXFSZ, SIG_IGN);
	EXPECT(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1500000, RLIM_INFINITY }) == 0);
	return full_disk(store, lift_limit);
}

TEST_SQLITE("OPS-15: where files may not grow, writing is unavailable until there is room, reading goes on, nothing is "
	    "half "
	    "written")
{
	test_make();
	assert_int_equal(0, test_child(file_limit, NULL));
}

static const char *ballast;

static void drop_ballast(void)
{
	unlink(ballast);
}

enum { NO_NAMESPACE = 255 };

/* A file system of 3 MB, 1 MB of it taken by something else. */
static int small_disk(void *arg)
{
	static char megabyte[1 << 20];

	(void)arg;
	if (unshare(CLONE_NEWNS) != 0 || mount("", "/", "", MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("small", test_folder(), "tmpfs", 0, "size=3m") != 0)
		return NO_NAMESPACE;
	ballast = beside(".ballast");
	EXPECT(file_write(ballast, BYTES_OF(megabyte), 0600) == OK);
	return full_disk(test_open(), drop_ballast);
}

TEST_SQLITE(
	"OPS-15: on a full disk writing is unavailable until there is room, reading goes on, nothing is half written")
{
	int status;

	test_folder();
	status = test_child(small_disk, NULL);
	if (status == NO_NAMESPACE << 8) {
		print_message("skipped: this user may not mount a small file system\n");
		skip();
	}
	assert_int_equal(0, status);
}
