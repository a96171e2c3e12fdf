/* Connecting to PostgreSQL. */
#include <poll.h>
#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "store/postgres.h"

enum {
	LEAST_VERSION = 150000,
	STATEMENT_MS = 60000,    /* what a statement may take beside waiting for a lock, */
	UNHURRIED_MS = 86400000, /* and where somebody waits who knows why */
	IDLE_MS = 10000,         /* a process that stopped inside a transaction does not hold its locks for ever */
	LOOK_AGAIN_MS = 50,
	RETRY_US = 500000, /* after an attempt to connect that failed, so that one request doesn't make ten */
	MOST_PASSWORD = 4096
};

/* Where the conninfo says nothing of it: a dead server or network is found out within seconds. */
static const struct {
	const char *word, *value;
} defaults[] = { { "connect_timeout", "2" }, { "keepalives_idle", "5" }, { "keepalives_interval", "2" },
	{ "keepalives_count", "3" }, { "tcp_user_timeout", "10000" }, { "target_session_attrs", "primary" },
	{ "application_name", "yinxin" } };

/* What is told to libpq. */

static char *copy(const char *text)
{
	char *made = strdup(text);

	if (!made)
		log_die("out-of-memory");
	return made;
}

/* One of them may be a password. */
static void forget(char *value)
{
	if (value)
		crypto_wipe(value, strlen(value));
	free(value);
}

static void say(struct pg *pg, const char *word, const char *value)
{
	size_t n = 0;

	while (pg->words[n] && !text_equal(pg->words[n], word))
		n++;
	if (!pg->words[n])
		pg->words[n] = copy(word);
	forget(pg->values[n]);
	pg->values[n] = copy(value);
}

static enum err add_password(struct pg *pg, const char *file, const char **why)
{
	struct arena *secret;
	struct bytes read;
	enum err err = OK;

	if (!file || !*file)
		return OK;
	*why = "store.password_file cannot be read";
	secret = arena_new(true);
	if (file_read(secret, file, MOST_PASSWORD, &read) == OK)
		say(pg, "password", text_trim(secret, arena_text_n(secret, (const char *)read.data, read.len)));
	else
		err = ERR_INVALID;
	arena_free(&secret);
	return err;
}

static enum err read_conninfo(struct pg *pg, const PQconninfoOption *given, const char **why)
{
	for (; given->keyword; given++) {
		if (!given->val)
			continue;
		*why = "store.connection holds a password: name a file in store.password_file";
		if (text_equal(given->keyword, "password"))
			return ERR_INVALID;
		say(pg, given->keyword, given->val);
	}
	say(pg, "client_encoding", "UTF8");
	return OK;
}

static enum err fill(struct pg *pg, const struct store_conf *conf, const char **why)
{
	PQconninfoOption *given = PQconninfoParse(conf->connection ? conf->connection : "", NULL);
	size_t most = 2 + sizeof defaults / sizeof *defaults;
	enum err err;

	*why = "store.connection is no conninfo string (host=… dbname=… user=…)";
	if (!given)
		return ERR_INVALID;
	for (const PQconninfoOption *option = given; option->keyword; option++)
		most++;
	pg->words = calloc(most + 1, sizeof *pg->words);
	pg->values = calloc(most + 1, sizeof *pg->values);
	if (!pg->words || !pg->values)
		log_die("out-of-memory");
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		say(pg, defaults[i].word, defaults[i].value);
	err = read_conninfo(pg, given, why);
	PQconninfoFree(given);
	return err == OK ? add_password(pg, conf->password_file, why) : err;
}

enum err pg_new(const struct store_conf *conf, struct pg **out, const char **why)
{
	struct pg *pg = calloc(1, sizeof *pg);
	enum err err;

	if (!pg)
		log_die("out-of-memory");
	pg->busy_ms = conf->busy_ms;
	pg->use = conf->use;
	pg->statement_ms = conf->use == STORE_SHARED ? STATEMENT_MS : UNHURRIED_MS;
	err = fill(pg, conf, why);
	if (err != OK)
		pg_free(pg);
	else
		*out = pg;
	return err;
}

void pg_drop(struct pg *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->owed = false;
}

void pg_free(struct pg *pg)
{
	pg_drop(pg);
	for (size_t i = 0; pg->words && pg->words[i]; i++) {
		free(pg->words[i]);
		forget(pg->values[i]);
	}
	free(pg->words);
	free(pg->values);
	free(pg);
}

bool pg_lost(const struct pg *pg)
{
	return !pg->conn || PQstatus(pg->conn) != CONNECTION_OK;
}

bool pg_may_ask_again(const struct pg *pg)
{
	return pg_lost(pg) && !pg->hung;
}

bool pg_hung_up(struct pg *pg)
{
	struct pollfd socket = { .events = POLLIN };

	if (pg_lost(pg))
		return true;
	socket.fd = PQsocket(pg->conn);
	/* Its last words come before its end. */
	while (poll(&socket, 1, 0) > 0)
		if (!PQconsumeInput(pg->conn) || pg_lost(pg))
			return true;
	return false;
}

/* Connecting. */

static void ignore_notice(void *arg, const char *message)
{
	(void)arg, (void)message;
}

/* What the server's or the database's own settings say counts no more: how values are read and written, which isolation
 * a statement has that runs alone, and that nothing is changed outside a write transaction. A writer that goes over a
 * whole table, however small, meets all who write there, so indexes come first; statements are too short to be
 * compiled. A machine that is gone without a word is found out within three seconds, so that what it had begun holds no
 * locks, and another one leads. */
static enum err send_settings(struct pg *pg)
{
	char sql[1200];

	snprintf(sql, sizeof sql,
		"SET standard_conforming_strings = on; SET TimeZone = 'UTC'; SET row_security = off; "
		"SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on; "
		"SET default_transaction_deferrable = off; SET enable_seqscan = off; SET jit = off; SET lock_timeout = "
		"%lld; SET statement_timeout = %lld; "
		"SET idle_in_transaction_session_timeout = %d; "
		"SET tcp_keepalives_idle = 1; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 2; "
		"SET tcp_user_timeout = 3000; "
		"SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = "
		"'off'",
		(long long)(pg->busy_ms ? pg->busy_ms : 1), (long long)(pg->busy_ms + pg->statement_ms), IDLE_MS);
	return pg_run(pg, sql);
}

enum err pg_unhurried(void *connection)
{
	struct pg *pg = connection;

	pg->statement_ms = UNHURRIED_MS;
	return pg_lost(pg) ? OK : send_settings(pg);
}

/* The encoding cannot be chosen by us: what is no UTF-8 there would lose characters. */
static enum err check_server(struct pg *pg, const char **why)
{
	const char *encoding = PQparameterStatus(pg->conn, "server_encoding");

	*why = "the server is older than PostgreSQL 15";
	if (PQserverVersion(pg->conn) < LEAST_VERSION)
		return ERR_INVALID;
	*why = "the database's encoding is not UTF8: make it with createdb --encoding=UTF8 --template=template0";
	if (!encoding || !text_equal(encoding, "UTF8"))
		return ERR_INVALID;
	*why = "the database does not answer";
	return send_settings(pg);
}

/* Who has these tables open (store.h), as long as the connection stands: each has a share of a lock, or one has all of
 * it. Where there are no tables yet there is nothing to hold. */
#define USE_LOCK "(to_regclass('schema_version')::oid::int, 0)"

static enum err enter(struct pg *pg, const char **why)
{
	static const char share[] = "SELECT 1 WHERE NOT pg_try_advisory_lock_shared" USE_LOCK,
			  all[] = "SELECT 1 WHERE NOT pg_try_advisory_lock" USE_LOCK;
	int64_t deadline = clock_ticks() + pg->busy_ms * 1000;
	bool alone = pg->use != STORE_SHARED, refused;

	TRY(pg_ask(pg, alone ? all : share, &refused));
	/* The server learns a little later than we that a program has ended. */
	while (refused && alone && clock_ticks() < deadline) {
		poll(NULL, 0, LOOK_AGAIN_MS);
		TRY(pg_ask(pg, all, &refused));
	}
	if (!refused)
		return OK;
	*why = alone ? "programs have the database open" : "the database is being moved";
	return alone ? ERR_CONFLICT : ERR_UNAVAILABLE;
}

static enum err connect_now(struct pg *pg, struct arena *arena, const char **why)
{
	const char *const *words = (const char *const *)pg->words, *const *values = (const char *const *)pg->values;

	pg_drop(pg);
	pg->conn = PQconnectdbParams(words, values, 0);
	pg->times++;
	pg->hung = false;
	if (pg_lost(pg)) {
		*why = arena ? arena_printf(arena, "the database cannot be reached: %s",
				       text_trim(arena, PQerrorMessage(pg->conn)))
			     : "";
		return ERR_UNAVAILABLE;
	}
	PQsetnonblocking(pg->conn, 1); /* a server that takes nothing keeps nobody waiting but in pg_answer */
	PQsetErrorVerbosity(pg->conn, PQERRORS_TERSE);
	PQsetNoticeProcessor(pg->conn, ignore_notice, NULL);
	TRY(check_server(pg, why));
	return enter(pg, why);
}

/* A password that libpq found in a file of its own is kept: later that file may be out of reach. */
static void keep_password(struct pg *pg)
{
	const char *password = PQpass(pg->conn);

	if (password && *password)
		say(pg, "password", password);
}

enum err pg_ready(struct pg *pg, struct arena *arena, const char **why)
{
	int64_t now = clock_ticks();
	enum err err;

	pg_settle(pg);
	if (!pg_hung_up(pg))
		return OK;
	*why = "the database does not answer";
	if (pg->tried && now - pg->tried < RETRY_US)
		return ERR_UNAVAILABLE;
	err = connect_now(pg, arena, why);
	pg->tried = err == OK ? 0 : clock_ticks();
	if (err == OK) {
		keep_password(pg);
		return OK;
	}
	if (!arena)
		LOG(LOG_WARN, "store-not-connected", L("what", pg_lost(pg) ? PQerrorMessage(pg->conn) : *why));
	pg_drop(pg);
	return err;
}
