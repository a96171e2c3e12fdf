/* The PostgreSQL engine: transactions and statements on one connection (docs/scaling.md says why so).
 * Writers are SERIALIZABLE and run side by side; one that met another is run again by who began it, the third time
 * alone. Readers see one snapshot. Values travel in binary form: nothing is written as text and read again, and bytes
 * are no longer than they are. A result is fetched whole. */
#include "base/text.h"
#include "store/postgres.h"

/* Transactions. */

/* Every writer holds a lock on a table that none writes, so that one can run without others. LOCK TABLE takes no
 * snapshot: what a writer sees is younger than its lock. Who has it alone meets nobody, so it need not be SERIALIZABLE,
 * which also takes those for opponents that ended before while somebody on the server has stayed in a transaction
 * since. */
#define WRITER(isolation, lock)                                                                                        \
	"BEGIN ISOLATION LEVEL " isolation " READ WRITE; LOCK TABLE schema_version IN " lock " MODE"
static const char begin_beside_others[] = WRITER("SERIALIZABLE", "ROW SHARE");
static const char begin_alone[] = WRITER("REPEATABLE READ", "EXCLUSIVE");
/* What is left of a transaction that ended. */
static void leave(struct pg *pg)
{
	pg_forget_ahead(pg);
	pg->state = PG_IDLE;
	pg->failed = OK;
	pg->again = false;
}

/* Nobody waits for the answer, which is taken before the next question. */
static void roll_back(struct pg *pg)
{
	if (pg->state == PG_TO_READ)
		return; /* it has not begun */
	pg->owed = pg_send(pg, "ROLLBACK");
	if (!pg->owed)
		pg_drop(pg);
}

static enum err pg_begin(void *connection, bool write, bool alone)
{
	struct pg *pg = connection;
	const char *why;
	enum err err;

	TRY(pg_ready(pg, NULL, &why));
	if (!write) {
		pg->state = PG_TO_READ;
		return OK;
	}
	if (pg_deposed(pg))
		return ERR_UNAVAILABLE;
	err = pg_run(pg, alone ? begin_alone : begin_beside_others);
	if (err == OK)
		pg->state = PG_WRITING;
	else
		roll_back(pg); /* it may have begun, and waited too long for its lock */
	return err;
}

static enum err pg_begin_surely(void *connection, bool write, bool alone)
{
	enum err err = pg_begin(connection, write, alone);

	return err != OK && pg_may_ask_again(connection) ? pg_begin(connection, write, alone) : err;
}

static enum err send_commit(struct pg *pg)
{
	PGresult *result = pg_send(pg, "COMMIT") ? pg_answer(pg) : NULL;
	enum err err = OK;

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		err = pg_failed(pg, result, "COMMIT");
	else if (!text_equal(PQcmdStatus(result), "COMMIT"))
		err = ERR_UNAVAILABLE;
	if (err != OK && pg_lost(pg))
		err = ERR_UNSURE;
	else if (err != OK && pg_is_again(result))
		err = ERR_CONFLICT;
	PQclear(result);
	return err;
}

static enum err pg_commit(void *connection)
{
	struct pg *pg = connection;
	enum err err = pg->failed;

	if (err != OK || pg->state != PG_WRITING)
		roll_back(pg);
	else if (pg_hung_up(pg))
		err = ERR_CONFLICT; /* before it was asked to commit, so it did not */
	else
		err = send_commit(pg);
	if (pg->again)
		err = ERR_CONFLICT;
	if (err == OK)
		pg->full_told = 0;
	leave(pg);
	return err;
}

static void pg_rollback(void *connection)
{
	struct pg *pg = connection;

	if (pg->state == PG_IDLE)
		return;
	roll_back(pg);
	leave(pg);
}

static bool pg_again(const void *connection)
{
	return ((const struct pg *)connection)->again;
}

static void pg_close(void *connection)
{
	pg_free(connection);
}

/* Vacuum and checkpoints are the server's. */
static enum err pg_checkpoint(void *connection)
{
	(void)connection;
	return OK;
}

static enum err pg_open(const struct store_conf *conf, struct arena *arena, void **out, const char **why)
{
	struct pg *pg;
	enum err err;

	TRY(pg_new(conf, &pg, why));
	err = pg_ready(pg, arena, why);
	if (err == OK)
		err = pg_check_made(pg, why);
	if (err != OK)
		pg_close(pg);
	else
		*out = pg;
	return err;
}

const struct engine engine_postgres = {
	.name = "postgres",
	.keeps_blobs = true,
	.create = pg_create,
	.open = pg_open,
	.close = pg_close,
	.unhurried = pg_unhurried,
	.doors = pg_doors,
	.describe = pg_describe,
	.begin = pg_begin_surely,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.again = pg_again,
	.prepare = pg_prepare,
	.bind = pg_bind,
	.ahead = pg_ahead,
	.step = pg_step,
	.column = pg_column,
	.add_rows = pg_add_rows,
	.changed = pg_changed,
	.reset = pg_reset,
	.finalise = pg_finalise,
	.lead = pg_lead,
	.checkpoint = pg_checkpoint,
};
