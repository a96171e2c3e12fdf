/* Sending to PostgreSQL and taking its answers, with an end to all waiting: a server that hangs costs one answer, not a
 * process. */
#include <poll.h>
#include "base/clock.h"
#include "store/postgres.h"

enum { GRACE_MS = 5000 /* the server tells of its own time-outs first */ };

/* Sends of what is still to be sent as much as the server takes, and takes what it says. */
static bool go_on(struct pg *pg, int64_t deadline)
{
	short also = PQflush(pg->conn) > 0 ? POLLOUT : 0;
	struct pollfd socket = { .fd = PQsocket(pg->conn), .events = POLLIN | also };
	int64_t left = (deadline - clock_ticks()) / 1000;

	/* A signal makes it look again. */
	return left > 0 && poll(&socket, 1, (int)left) != 0 && PQconsumeInput(pg->conn);
}

static int64_t time_for_one(const struct pg *pg)
{
	return clock_ticks() + (pg->busy_ms + pg->statement_ms + GRACE_MS) * 1000;
}

PGresult *pg_answer(struct pg *pg)
{
	int64_t deadline = pg->until ? pg->until : time_for_one(pg);
	PGresult *last = NULL, *next;

	for (;;) {
		while (PQisBusy(pg->conn)) {
			if (go_on(pg, deadline))
				continue;
			pg->hung = !pg_lost(pg);
			PQclear(last);
			pg_drop(pg);
			return NULL;
		}
		next = PQgetResult(pg->conn);
		if (!next)
			return last;
		PQclear(last);
		last = next;
		if (PQresultStatus(next) == PGRES_COPY_IN)
			return next;
	}
}

bool pg_went_well(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
}

void pg_settle(struct pg *pg)
{
	if (!pg->owed)
		return;
	pg->owed = false;
	PQclear(pg_answer(pg));
	if (!pg_lost(pg) && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		pg_drop(pg);
}

bool pg_plain(struct pg *pg)
{
	pg_settle(pg);
	if (!pg_lost(pg) && PQpipelineStatus(pg->conn) != PQ_PIPELINE_OFF && !PQexitPipelineMode(pg->conn))
		pg_drop(pg);
	return !pg_lost(pg);
}

bool pg_pipe(struct pg *pg)
{
	pg->until = time_for_one(pg);
	return !pg_lost(pg) && PQenterPipelineMode(pg->conn);
}

void pg_end_pipe(struct pg *pg)
{
	bool end = false;

	while (!end && !pg_lost(pg)) {
		PGresult *result = pg_answer(pg);

		end = !result || PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		PQclear(result);
	}
	pg->until = 0;
}

bool pg_send(struct pg *pg, const char *sql)
{
	return pg_plain(pg) && PQsendQuery(pg->conn, sql);
}

enum err pg_run(struct pg *pg, const char *sql)
{
	PGresult *result = pg_send(pg, sql) ? pg_answer(pg) : NULL;
	enum err err = OK;

	if (!pg_went_well(result))
		err = pg_failed(pg, result, sql);
	PQclear(result);
	return err;
}

enum err pg_ask(struct pg *pg, const char *sql, bool *yes)
{
	PGresult *result = pg_send(pg, sql) ? pg_answer(pg) : NULL;
	enum err err = PQresultStatus(result) == PGRES_TUPLES_OK ? OK : pg_failed(pg, result, sql);
	*yes = err == OK && PQntuples(result) > 0;
	PQclear(result);
	return err;
}
