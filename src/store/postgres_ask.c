/* Asking PostgreSQL: a question goes out in one message with what begins its transaction and with what will be asked next,
 * for the way there and back costs more than most answers (docs/scaling.md). */
#include "base/log.h"
#include "base/text.h"
#include "store/postgres.h"

/* The first read fixes what a reader sees. */
static const char begin_reading[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/* A failed statement, and what it means for the transaction around it. */
enum err pg_statement_failed(struct pg *pg, const PGresult *result, const char *sql)
{
	enum err err = pg_failed(pg, result, sql);

	if (pg->state != PG_IDLE && pg->failed == OK) {
		pg->failed = err == ERR_UNAVAILABLE ? err : ERR_BROKEN;
		pg->again = pg->state == PG_WRITING && (pg_is_again(result) || pg_lost(pg));
	}
	return err;
}

enum err pg_open_for(struct pg *pg, const char *sql)
{
	const char *why;

	if (pg->state == PG_IDLE)
		return pg_ready(pg, NULL, &why);
	if (pg->failed == ERR_BROKEN)
		LOG(LOG_ERROR, "store-broken", L("what", "a statement after one that failed"), L("sql", sql));
	return pg->failed;
}

bool pg_asks_first(const struct pg *pg)
{
	return pg->failed == OK && (pg->state == PG_IDLE || pg->state == PG_TO_READ);
}

bool pg_once_more(struct pg *pg)
{
	const char *why;

	if (!pg_may_ask_again(pg))
		return false;
	pg_forget_ahead(pg); /* another connection does not know them */
	if (pg_ready(pg, NULL, &why) != OK)
		return false;
	pg->failed = OK;
	if (pg->state == PG_READING)
		pg->state = PG_TO_READ;
	return true;
}

static void forget_answer(struct made *made)
{
	PQclear(made->result);
	made->result = NULL;
}

/* What is asked ahead. */

void pg_ahead(void *connection, void *handle)
{
	struct pg *pg = connection;
	struct made *made = handle;
	bool reads = pg->state == PG_TO_READ || pg->state == PG_READING;

	if (!reads || pg->failed != OK || made->changes || made->times != pg->times)
		return;
	pg_forget_one_ahead(pg, made);
	if (pg->aheads == PG_MOST_AHEAD)
		return;
	forget_answer(made);
	made->ahead = AHEAD_TO_SEND;
	made->differs = false;
	made->row = -1;
	pg->ahead[pg->aheads++] = made;
}

void pg_forget_ahead(struct pg *pg)
{
	for (int i = 0; i < pg->aheads; i++)
		if (pg->ahead[i]->ahead != NOT_AHEAD) {
			pg->ahead[i]->ahead = NOT_AHEAD;
			pg_reset(pg->ahead[i]);
		}
	pg->aheads = 0;
}

void pg_forget_one_ahead(struct pg *pg, const struct made *made)
{
	int kept = 0;

	for (int i = 0; i < pg->aheads; i++)
		if (pg->ahead[i] != made)
			pg->ahead[kept++] = pg->ahead[i];
	pg->aheads = kept;
}

/* It is asked now: an answer to other values is none, nor is an error that ended the transaction. */
static void ask_at_last(struct made *made)
{
	if (made->differs || made->ahead != AHEAD_CAME)
		forget_answer(made);
	made->ahead = NOT_AHEAD;
}

/* Sending and taking. */

static bool send(struct pg *pg, const struct made *made)
{
	return PQsendQueryPrepared(pg->conn, made->name, made->params, made->values, made->lengths, made->formats, 1);
}

static bool send_all(struct pg *pg, const struct made *made)
{
	bool sent = pg_pipe(pg);

	if (pg->state == PG_TO_READ)
		sent = sent && PQsendQueryParams(pg->conn, begin_reading, 0, NULL, NULL, NULL, NULL, 1);
	for (int i = 0; i < pg->aheads; i++)
		if (pg->ahead[i]->ahead == AHEAD_TO_SEND)
			sent = sent && send(pg, pg->ahead[i]);
	return sent && send(pg, made) && PQpipelineSync(pg->conn);
}

static PGresult *take(struct pg *pg)
{
	return pg_lost(pg) ? NULL : pg_answer(pg);
}

/* In the order in which they were sent; what BEGIN had for an answer is the caller's to clear. */
static PGresult *take_all(struct pg *pg, struct made *made)
{
	PGresult *begun = pg->state == PG_TO_READ ? take(pg) : NULL;

	for (int i = 0; i < pg->aheads; i++)
		if (pg->ahead[i]->ahead == AHEAD_TO_SEND)
			pg->ahead[i]->result = take(pg);
	made->result = take(pg);
	pg_end_pipe(pg);
	return begun;
}

/* Behind what failed the server runs nothing more, so the first error tells. */
static enum err judge_all(struct pg *pg, struct made *made, const PGresult *begun)
{
	if (pg->state == PG_TO_READ && !pg_went_well(begun))
		return pg_statement_failed(pg, begun, begin_reading);
	if (pg->state == PG_TO_READ)
		pg->state = PG_READING;
	for (int i = 0; i < pg->aheads; i++) {
		struct made *ahead = pg->ahead[i];

		if (ahead->ahead == AHEAD_TO_SEND && !pg_went_well(ahead->result))
			return pg_statement_failed(pg, ahead->result, ahead->sql);
		if (ahead->ahead == AHEAD_TO_SEND)
			ahead->ahead = AHEAD_CAME;
	}
	return pg_went_well(made->result) ? OK : pg_statement_failed(pg, made->result, made->sql);
}

static enum err take_and_judge(struct pg *pg, struct made *made)
{
	PGresult *begun = take_all(pg, made);
	enum err err = judge_all(pg, made, begun);

	PQclear(begun);
	return err;
}

static enum err run_once(struct pg *pg, struct made *made)
{
	TRY(pg_open_for(pg, made->sql));
	if (made->times != pg->times)
		TRY(pg_tell_server(pg, made));
	pg_settle(pg);
	if (!pg_lost(pg) && !send_all(pg, made))
		pg_drop(pg);
	return take_and_judge(pg, made);
}

static enum err run(struct pg *pg, struct made *made)
{
	bool first = pg_asks_first(pg);
	enum err err = run_once(pg, made);

	if (err == OK || !first || !pg_once_more(pg))
		return err;
	forget_answer(made);
	return run_once(pg, made);
}

static enum err run_change(struct pg *pg, struct made *made)
{
	TRY(run(pg, made));
	if (!parse_int(PQcmdTuples(made->result), 0, INT64_MAX, &pg->changed))
		pg->changed = 0;
	return made->adds && pg->changed == 0 ? ERR_CONFLICT : OK;
}

enum err pg_step(void *connection, void *handle, bool *row)
{
	struct made *made = handle;

	*row = false;
	if (made->changes)
		return run_change(connection, made);
	if (made->ahead != NOT_AHEAD)
		ask_at_last(made);
	if (!made->result)
		TRY(run(connection, made));
	*row = ++made->row < PQntuples(made->result);
	return OK;
}

int64_t pg_changed(void *connection)
{
	return ((struct pg *)connection)->changed;
}
