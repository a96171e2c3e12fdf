/* What a connection to PostgreSQL depends on outside this process, and what its server is like. */
#include <pwd.h>
#include <unistd.h>
#include "base/file.h"
#include "base/text.h"
#include "store/postgres.h"

enum { MOST_FILES = 8, OWN_PORT = 5432 };

/* NULL where libpq was told nothing, and has no value of its own. */
static const char *used(const PQconninfoOption *options, const char *word)
{
	for (; options->keyword; options++)
		if (text_equal(options->keyword, word))
			return options->val && *options->val ? options->val : NULL;
	return NULL;
}

/* Whether one of the hosts is no folder with a socket in it. Without any, libpq takes the socket that it was built
 * for. */
static bool is_remote(const PQconninfoOption *options)
{
	const char *host = used(options, "host");

	if (used(options, "hostaddr"))
		return true;
	for (; host; host = strchr(host, ',')) {
		host += *host == ',';
		if (*host && *host != ',' && *host != '/' && *host != '@')
			return true;
	}
	return false;
}

/* One for each host, or one for all; what is left empty is PostgreSQL's own. */
static const int *ports_of(struct arena *arena, const char *list)
{
	size_t most = 2, n = 0;
	int *ports;

	for (const char *at = list; *at; at++)
		most += *at == ',';
	ports = ARENA_ARRAY(arena, int, most);
	for (;;) {
		size_t len = strcspn(list, ",");
		int64_t port = OWN_PORT;

		if (len && !parse_int(arena_text_n(arena, list, len), 1, UINT16_MAX, &port))
			port = OWN_PORT;
		ports[n++] = (int)port;
		if (!list[len])
			return ports;
		list += len + 1;
	}
}

/* Where libpq looks for certificates that nobody named. Out of reach, a root certificate there would be taken for
 * missing, and the server no longer be asked for its own. */
static const char *own_folder(struct arena *arena)
{
	const char *home = getenv("HOME");
	const struct passwd *me = home && *home ? NULL : getpwuid(geteuid());

	return path_join(arena, me ? me->pw_dir : home && *home ? home : "/", ".postgresql");
}

/* What is out of this user's reach now will be so at the next connect. */
static void add(const char **files, size_t *n, const char *path)
{
	if (access(path, R_OK) == 0)
		files[(*n)++] = path;
}

enum err pg_doors(const void *connection, struct arena *arena, struct store_doors *out)
{
	static const char *const words[] = { "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslcrldir" };
	const struct pg *pg = connection;
	PQconninfoOption *options = PQconninfo(pg->conn);
	const char **files = ARENA_ARRAY(arena, const char *, MOST_FILES);
	const char *port;
	size_t n = 0;

	if (!options)
		return ERR_UNAVAILABLE;
	port = used(options, "port");
	out->ports = is_remote(options) ? ports_of(arena, port ? port : "") : NULL;
	for (size_t i = 0; out->ports && i < sizeof words / sizeof *words; i++) {
		const char *path = used(options, words[i]);

		if (path)
			add(files, &n, arena_text(arena, path));
	}
	PQconninfoFree(options);
	if (out->ports)
		add(files, &n, own_folder(arena));
	files[n] = NULL;
	out->files = files;
	return OK;
}

/* What it takes to lose what was committed. */
static const char *danger_of(const PGresult *row)
{
	static const struct {
		int column;
		const char *what;
	} dangers[] = { { 2, "fsync = off: a crash of the machine damages the database" },
		{ 3, "full_page_writes = off: a crash of the machine damages the database" } };

	for (size_t i = 0; i < sizeof dangers / sizeof *dangers; i++)
		if (text_equal(PQgetvalue(row, 0, dangers[i].column), "off"))
			return dangers[i].what;
	return NULL;
}

enum err pg_describe(void *connection, struct arena *arena, const char **words, const char **danger)
{
	static const char sql[] = "SELECT current_setting('server_version'), current_setting('max_connections'), "
				  "current_setting('fsync'), current_setting('full_page_writes'), current_database(), "
				  "(SELECT sum(numbackends) FROM pg_stat_database)";
	struct pg *pg = connection;
	const char *why;
	PGresult *row;
	enum err err = OK;

	TRY(pg_ready(pg, NULL, &why));
	row = pg_send(pg, sql) ? pg_answer(pg) : NULL;
	if (PQresultStatus(row) != PGRES_TUPLES_OK) {
		err = pg_failed(pg, row, sql);
	} else {
		*words = arena_printf(arena, "postgres %s at %s, database %s, %s of %s connections",
			PQgetvalue(row, 0, 0), PQhost(pg->conn), PQgetvalue(row, 0, 4), PQgetvalue(row, 0, 5),
			PQgetvalue(row, 0, 1));
		*danger = danger_of(row);
	}
	PQclear(row);
	return err;
}
