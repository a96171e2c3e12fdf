/* What only PostgreSQL has: a connection that breaks, writers side by side, a server with settings of its own. */
#include "base/text.h"
#include <poll.h>
#include <signal.h>
#include "store/inside.h"
#include "store/postgres.h"
#include "tests/unit/store/room.h"

static enum err open_conf(struct store_conf conf, const char **why)
{
	struct store *store = NULL;
	enum err err = store_open(&conf, test_arena(), &store, why);

	store_close(&store);
	return err;
}

static const char *instead(const char *database)
{
	return arena_printf(test_arena(), "%s dbname=%s", getenv("YINXIN_POSTGRES"), database);
}

TEST_POSTGRES("a database of another encoding is refused, and one that is not there cannot be reached")
{
	struct store_conf conf = test_conf();
	const char *why = NULL;

	engine_server("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' "
		      "LOCALE_PROVIDER libc");
	conf.connection = instead("latin");
	assert_err(ERR_INVALID, open_conf(conf, &why));
	assert_non_null(strstr(why, "UTF8"));
	assert_err(ERR_INVALID, store_create(&conf, test_arena(), test_schema, &why));
	conf.connection = instead("none");
	assert_err(ERR_UNAVAILABLE, open_conf(conf, &why));
	assert_non_null(strstr(why, "none"));
	engine_server("DROP DATABASE latin");
}

TEST_POSTGRES("a connection with a password in it is refused unread, as is one that is none")
{
	struct store_conf conf = test_conf();
	const char *why = NULL;

	conf.connection = arena_printf(test_arena(), "%s password=geheim", conf.connection);
	assert_err(ERR_INVALID, open_conf(conf, &why));
	assert_non_null(strstr(why, "password_file"));
	assert_null(strstr(why, "geheim"));
	conf.connection = "no conninfo";
	assert_err(ERR_INVALID, open_conf(conf, &why));
	conf = test_conf();
	conf.password_file = arena_printf(test_arena(), "%s/password", test_folder());
	assert_err(ERR_INVALID, open_conf(conf, &why));
	assert_ok(file_write(conf.password_file, bytes_of_text("geheim\n"), 0600));
	test_make();
	assert_ok(open_conf(conf, &why));
}

TEST_POSTGRES("a database that holds tables of something else is not taken, one of ours not twice")
{
	struct store_conf conf = test_conf();
	const char *why = NULL;

	engine_tamper("CREATE TABLE other (id bigint)");
	assert_err(ERR_INVALID, store_create(&conf, test_arena(), test_schema, &why));
	engine_tamper("DROP TABLE other");
	assert_ok(store_create(&conf, test_arena(), test_schema, &why));
	assert_err(ERR_CONFLICT, store_create(&conf, test_arena(), test_schema, &why));
}

static const char *setting(struct store *store, const char *name)
{
	const char *value = NULL;

	assert_ok(store_one(store, "SELECT current_setting($1)", V(name), INTO(&value)));
	return value;
}

TEST_POSTGRES("what the server or the role sets for itself changes nothing that we store")
{
	struct store *store;

	engine_server(
		"ALTER ROLE yinxin SET TimeZone = 'Asia/Shanghai'; ALTER ROLE yinxin SET synchronous_commit = off;"
		"ALTER ROLE yinxin SET default_transaction_isolation = 'read committed';"
		"ALTER ROLE yinxin SET standard_conforming_strings = off; ALTER ROLE yinxin SET client_encoding = "
		"latin1");
	store = test_open();
	assert_string_equal("UTC", setting(store, "TimeZone"));
	assert_string_equal("on", setting(store, "synchronous_commit"));
	assert_string_equal("on", setting(store, "standard_conforming_strings"));
	assert_string_equal("UTF8", setting(store, "client_encoding"));
	assert_string_equal("on", setting(store, "transaction_read_only"));
	assert_ok(store_begin_read(store));
	assert_string_equal("repeatable read", setting(store, "transaction_isolation"));
	assert_ok(store_commit(store));
	assert_ok(store_begin_write(store));
	assert_string_equal("serializable", setting(store, "transaction_isolation"));
	assert_string_equal("off", setting(store, "transaction_read_only"));
	assert_ok(store_commit(store));
	store_close(&store);
	engine_server("ALTER ROLE yinxin RESET ALL");
}

static const char *socket_folder(void)
{
	const char *host = strstr(getenv("YINXIN_POSTGRES"), "host=") + strlen("host=");

	return arena_text_n(test_arena(), host, strcspn(host, " "));
}

static int64_t statement_ms(struct store *store)
{
	return test_count(store, "SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'");
}

static void cut(struct store *store)
{
	test_end_backend(test_backend(store));
}

static enum err add_note(struct store *store, int64_t id)
{
	return store_add(store, "INSERT INTO note (id) VALUES ($1)", V(id));
}

static int64_t notes(struct store *store)
{
	return test_count(store, "SELECT count(*) FROM note");
}

TEST_POSTGRES("a connection that is lost between two transactions is made anew, and nobody notices")
{
	struct store *store = test_open();
	int64_t backend;

	assert_int_equal(0, notes(store));
	cut(store);
	assert_int_equal(0, notes(store));
	cut(store);
	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 1));
	assert_ok(store_commit(store));
	cut(store);
	assert_ok(store_begin_read(store));
	assert_int_equal(1, notes(store));
	assert_ok(store_commit(store));
	backend = test_backend(store);
	assert_ok(store_begin_read(store));
	test_end_backend(backend);
	assert_int_equal(1, notes(store));
	assert_ok(store_commit(store));
	backend = test_backend(store);
	assert_ok(store_begin_read(store));
	test_end_backend(backend);
	assert_int_equal(2, test_count(store, "SELECT count(*) + 1 FROM note")); /* unknown even to this process */
	assert_ok(store_commit(store));
	store_close(&store);
}

TEST_POSTGRES("a connection that is lost inside a transaction ends it unwritten, and it may be run again")
{
	struct store *store = test_open();

	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 1));
	cut(store);
	assert_err(ERR_UNAVAILABLE, add_note(store, 2));
	assert_true(store_again(store));
	assert_err(ERR_UNAVAILABLE, add_note(store, 3));
	assert_err(ERR_CONFLICT, store_commit(store));
	assert_int_equal(0, notes(store));
	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 1));
	cut(store);
	assert_err(ERR_CONFLICT, store_commit(store));
	assert_ok(store_begin_read(store));
	assert_ok(store_ping(store));
	cut(store);
	assert_err(ERR_UNAVAILABLE, store_ping(store));
	assert_false(store_again(store));
	store_rollback(store);
	assert_int_equal(0, notes(store));
	store_close(&store);
}

TEST_POSTGRES("a connection that is lost while it commits is an outcome of its own, and nothing to run again")
{
	struct store *store = test_open();

	engine_tamper("CREATE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
		      "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; "
		      "CREATE CONSTRAINT TRIGGER meanwhile AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED "
		      "FOR EACH ROW EXECUTE FUNCTION meanwhile()");
	assert_ok(store_begin_write(store));
	assert_ok(add_note(store, 1));
	assert_err(ERR_UNSURE, store_commit(store));
	assert_false(store_again(store));
	assert_false(store_in_transaction(store));
	assert_int_equal(0, notes(store));
	store_close(&store);
}

static enum err read_and_add(struct store *store, int64_t id)
{
	int64_t n;

	TRY(store_one(store, "SELECT count(*) FROM note", INTO(&n)));
	return add_note(store, id + n);
}

TEST_POSTGRES(
	"of two writers that decide by what the other writes one is to be run again, at a statement or at the end")
{
	struct store *one = test_open(), *two = test_open();

	assert_ok(store_begin_write(one));
	assert_ok(store_begin_write(two));
	assert_ok(read_and_add(one, 1));
	assert_ok(read_and_add(two, 2));
	assert_ok(store_commit(one));
	assert_err(ERR_CONFLICT, store_commit(two));
	assert_ok(store_begin_write(two));
	assert_ok(store_begin_write(one));
	assert_int_equal(1, notes(two));
	assert_ok(store_change_one(one, "UPDATE note SET kind = 1"));
	assert_ok(store_commit(one));
	assert_err(ERR_UNAVAILABLE, store_change_one(two, "UPDATE note SET kind = 2"));
	assert_true(store_again(two));
	store_rollback(two);
	assert_int_equal(1, notes(two));
	store_close(&one);
	store_close(&two);
}

static struct store *open_hasty(int64_t busy_ms)
{
	struct store_conf conf = test_conf();
	struct store *store = NULL;
	const char *why;

	conf.busy_ms = busy_ms;
	assert_ok(store_open(&conf, test_arena(), &store, &why));
	return store;
}

TEST_POSTGRES("a writer waits for another one's row no longer than it was told")
{
	struct store *one = test_open(), *two = open_hasty(50);

	assert_ok(store_begin_write(one));
	assert_ok(store_change_one(one, "UPDATE counter SET value = 1"));
	assert_ok(store_begin_write(two));
	assert_err(ERR_UNAVAILABLE, store_change_one(two, "UPDATE counter SET value = 2"));
	assert_false(store_again(two));
	store_rollback(two);
	assert_ok(store_commit(one));
	assert_int_equal(1, test_count(two, "SELECT value FROM counter"));
	store_close(&one);
	store_close(&two);
}

static enum err add_one(struct store *store)
{
	return store_change_one(store, "UPDATE counter SET value = value + 1");
}

/* Begins, sees what there is, and meets another writer at its row. */
static void lose(struct store *loser, struct store *winner)
{
	assert_ok(store_begin_write(loser));
	assert_int_equal(0, notes(loser));
	assert_ok(store_begin_write(winner));
	assert_ok(add_one(winner));
	assert_ok(store_commit(winner));
	assert_err(ERR_UNAVAILABLE, add_one(loser));
	assert_true(store_again(loser));
	store_rollback(loser);
}

TEST_POSTGRES("a transaction that is to run alone does: nobody begins beside it")
{
	struct store *store = test_open(), *other = open_hasty(50);

	lose(store, other);
	lose(store, other);
	assert_ok(store_begin_alone(store));
	assert_int_equal(2, test_count(store, "SELECT value FROM counter"));
	assert_err(ERR_UNAVAILABLE, store_begin_write(other));               /* it waited as long as it may */
	assert_int_equal(2, test_count(other, "SELECT value FROM counter")); /* who reads waits for nobody */
	assert_ok(add_one(store));
	assert_ok(store_commit(store));
	assert_ok(store_begin_write(store)); /* the next one is beside others again */
	assert_ok(store_begin_write(other));
	assert_int_equal(3, test_count(other, "SELECT value FROM counter"));
	assert_ok(store_commit(other));
	assert_ok(store_commit(store));
	store_close(&store);
	store_close(&other);
}

TEST_POSTGRES("a transaction that is to run alone waits for those that have begun, no longer than it was told")
{
	struct store *other = test_open(), *store = open_hasty(50);

	assert_ok(store_begin_write(other));
	assert_ok(add_one(other));
	assert_err(ERR_UNAVAILABLE, store_begin_alone(store));
	assert_false(store_in_transaction(store));
	assert_ok(store_commit(other));
	assert_ok(store_begin_alone(store));
	assert_int_equal(1, test_count(store, "SELECT value FROM counter"));
	assert_ok(add_one(store));
	assert_ok(store_commit(store));
	store_close(&store);
	store_close(&other);
}

/* As ctx_transaction does: the third time alone. */
static enum err count_once(struct store *store)
{
	enum err err = ERR_CONFLICT;

	for (int run = 1; run <= 3 && err == ERR_CONFLICT; run++) {
		TRY(run < 3 ? store_begin_write(store) : store_begin_alone(store));
		(void)!add_one(store); /* the end tells */
		err = store_commit(store);
	}
	return err;
}

TEST_POSTGRES("who runs alone is served while somebody on the server stays in a transaction, however long")
{
	enum { MORE_THAN_THE_SERVER_KEEPS_APART = 2500 }; /* ten for each connection that it takes */
	struct store *store = test_open();
	int served = 0;

	engine_server("BEGIN ISOLATION LEVEL SERIALIZABLE; CREATE TEMP TABLE stays (id bigint)");
	while (served < MORE_THAN_THE_SERVER_KEEPS_APART && count_once(store) == OK)
		served++;
	engine_server("ROLLBACK");
	assert_int_equal(MORE_THAN_THE_SERVER_KEEPS_APART, served);
	assert_int_equal(served, test_count(store, "SELECT value FROM counter"));
	store_close(&store);
}

TEST_POSTGRES("a unique value that a change meets ends the transaction")
{
	struct store *store = test_open();

	assert_ok(store_begin_write(store));
	assert_ok(store_add(store, "INSERT INTO note (id, text) VALUES (1, 'a')"));
	assert_ok(store_add(store, "INSERT INTO note (id, text) VALUES (2, 'b')"));
	assert_err(ERR_CONFLICT, store_change_one(store, "UPDATE note SET text = 'a' WHERE id = 2"));
	assert_err(ERR_BROKEN, add_note(store, 3));
	assert_err(ERR_BROKEN, store_commit(store));
	assert_int_equal(0, notes(store));
	store_close(&store);
}

TEST_POSTGRES("LOG-3: an append-only table is not emptied either")
{
	struct store *store = test_open();

	assert_ok(store_begin_write(store));
	assert_err(ERR_BROKEN, store_change(store, NULL, "TRUNCATE diary"));
	store_rollback(store);
	assert_string_equal("P0001", engine_refuses("TRUNCATE diary"));
	store_close(&store);
}

TEST_POSTGRES("SEC-6: to connect again over a socket takes nothing more, to a host the network and libpq's own files")
{
	struct store_conf conf = test_conf();
	struct store *store = test_open();
	struct store_doors doors;
	const char *why, *root = arena_printf(test_arena(), "%s/root.pem", test_folder());

	assert_ok(store_doors(store, test_arena(), &doors));
	assert_null(doors.ports);
	assert_null(doors.files[0]);
	store_close(&store);
	/* Nobody listens there, so libpq goes on to the socket. */
	conf.connection = arena_printf(test_arena(),
		"%s host=127.0.0.1,%s port=1,5432 sslmode=prefer sslrootcert=%s sslcert=/none.pem", conf.connection,
		socket_folder(), root);
	assert_ok(file_write(root, bytes_of_text(""), 0600));
	assert_ok(folder_make(arena_printf(test_arena(), "%s/.postgresql", test_folder()), 0700));
	setenv("HOME", test_folder(), 1);
	assert_ok(store_open(&conf, test_arena(), &store, &why));
	assert_ok(store_doors(store, test_arena(), &doors));
	assert_int_equal(1, doors.ports[0]);
	assert_int_equal(5432, doors.ports[1]);
	assert_int_equal(0, doors.ports[2]);
	assert_string_equal(root, doors.files[0]);
	assert_string_equal(".postgresql", strrchr(doors.files[1], '/') + 1);
	assert_null(doors.files[2]);
	store_close(&store);
}

TEST_POSTGRES("OPS-6: the database is described, and a server that may lose what was committed is called so")
{
	struct store *store = test_open();
	const char *words, *danger;

	assert_ok(store_describe(store, &words, &danger));
	assert_true(text_starts(words, "postgres "));
	assert_non_null(strstr(words, socket_folder()));
	assert_non_null(danger); /* this server waits for no disk */
	store_close(&store);
}

static bool leads(struct store *store, int part)
{
	bool out;

	assert_ok(store_lead(store, part, &out));
	return out;
}

TEST_POSTGRES("OPS-9: of two that ask one leads, until it ends; another part has another leader")
{
	struct store *one = test_open(), *two = test_open();

	assert_true(leads(one, 1));
	assert_false(leads(two, 1));
	assert_true(leads(two, 2));
	assert_true(leads(one, 1));
	store_close(&one);
	one = test_open();
	assert_false(leads(one, 2));
	while (!leads(one, 1))
		poll(NULL, 0, 2);
	store_close(&one);
	store_close(&two);
}

TEST_POSTGRES("OPS-9: who led and was cut off writes nothing before it has asked again, and then another may lead")
{
	struct store *one = test_open(), *two = test_open();

	assert_true(leads(one, 1));
	cut(one);
	assert_int_equal(0, notes(one));
	assert_err(ERR_UNAVAILABLE, store_begin_write(one));
	assert_true(leads(two, 1));
	assert_err(ERR_UNAVAILABLE, store_begin_write(one));
	assert_false(leads(one, 1));
	assert_ok(store_begin_write(one));
	assert_ok(store_commit(one));
	store_close(&two);
	while (!leads(one, 1)) /* the server hears of the end a moment later */
		poll(NULL, 0, 2);
	assert_ok(store_begin_write(one));
	assert_ok(store_commit(one));
	store_close(&one);
}

TEST_POSTGRES("a statement is ended after a minute, one that somebody waits for is not, whatever the connection")
{
	struct store *store = test_open();

	assert_true(statement_ms(store) <= 2 * 60000);
	assert_ok(store_unhurried(store));
	assert_true(statement_ms(store) >= 60 * 60000);
	cut(store);
	assert_true(statement_ms(store) >= 60 * 60000);
	store_close(&store);
}

TEST_POSTGRES("a server that takes nothing keeps nobody waiting for ever: who sends more than the network holds gives "
	      "up as well")
{
	static const char add[] = "INSERT INTO note (id, data) VALUES ($1, $2)";
	struct store *store = test_open();
	struct pg *pg = store->connection;
	struct bytes much = { arena_alloc(test_arena(), 8 << 20), 8 << 20 };
	int64_t backend, statement = pg->statement_ms;

	memset((char *)much.data, 'a', much.len);
	assert_ok(store_one(store, "SELECT pg_backend_pid()", INTO(&backend)));
	assert_ok(store_begin_write(store));
	assert_ok(store_add(store, add, V(1), V(much))); /* while it takes, all is sent */
	pg->statement_ms = -4900;                        /* in place of a minute; five seconds of grace come to it */
	assert_int_equal(0, kill((int)backend, SIGSTOP));
	assert_err(ERR_UNAVAILABLE, store_add(store, add, V(2), V(much)));
	assert_true(pg->hung);
	assert_int_equal(0, kill((int)backend, SIGCONT));
	pg->statement_ms = statement;
	store_rollback(store);
	assert_int_equal(0, notes(store));
	store_close(&store);
}
