/* Who leads (engine.h): whose session holds an advisory lock, which goes with the session. The lock is of this
 * installation's tables, so that several in one database don't meet. Not through a pooler that lends sessions by the
 * transaction. */
#include "store/postgres.h"

bool pg_deposed(const struct pg *pg)
{
	return pg->part && pg->led_by != pg->times;
}

static enum err ask_for(struct pg *pg, int part, bool *leads)
{
	char sql[120];

	snprintf(
		sql, sizeof sql, "SELECT 1 WHERE pg_try_advisory_lock('schema_version'::regclass::oid::int, %d)", part);
	TRY(pg_ask(pg, sql, leads));
	pg->part = *leads ? part : 0;
	pg->led_by = pg->times;
	return OK;
}

enum err pg_lead(void *connection, int part, bool *leads)
{
	struct pg *pg = connection;
	const char *why;

	*leads = false;
	TRY(pg_ready(pg, NULL, &why));
	*leads = pg->part == part && !pg_deposed(pg);
	return *leads ? OK : ask_for(pg, part, leads);
}
