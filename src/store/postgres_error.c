/* What PostgreSQL answers in our words. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "store/postgres.h"

enum { TELL_FULL_US = 60 * 1000000 };

/* By the five characters of SQLSTATE, or their class alone; the first row that fits. */
static const struct {
	const char *state;
	enum err err;
	bool again;
} meanings[] = {
	{ "23505", ERR_CONFLICT, false },    /* unique_violation */
	{ "40001", ERR_UNAVAILABLE, true },  /* serialization_failure */
	{ "40P01", ERR_UNAVAILABLE, true },  /* deadlock_detected */
	{ "55P03", ERR_UNAVAILABLE, false }, /* lock_not_available */
	{ "57014", ERR_UNAVAILABLE, false }, /* query_canceled: statement_timeout */
	{ "25P03", ERR_UNAVAILABLE, false }, /* idle_in_transaction_session_timeout */
	{ "08", ERR_UNAVAILABLE, false },    /* connection */
	{ "53", ERR_UNAVAILABLE, false },    /* disk full, out of memory, too many connections */
	{ "57P", ERR_UNAVAILABLE, false },   /* the server stops or starts */
	{ "58", ERR_UNAVAILABLE, false },    /* its files or its machine */
	{ NULL },
};

static const char *state_of(const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	return state ? state : "08000";
}

static size_t meaning(const char *state)
{
	size_t i = 0;

	while (meanings[i].state && !text_starts(state, meanings[i].state))
		i++;
	return i;
}

bool pg_is_again(const PGresult *result)
{
	return meanings[meaning(state_of(result))].again;
}

static const char *field(const PGresult *result, int code)
{
	const char *text = result ? PQresultErrorField(result, code) : NULL;

	return text ? text : "";
}

static void tell_full(struct pg *pg)
{
	int64_t now = clock_ticks();

	if (pg->full_told && now - pg->full_told < TELL_FULL_US)
		return;
	LOG(LOG_ERROR, "store-disk-full", L("what", "nothing can be written until there is room"));
	pg->full_told = now;
}

enum err pg_failed(struct pg *pg, const PGresult *result, const char *sql)
{
	const char *state = state_of(result);
	size_t i = meaning(state);
	/* A message names what stands in the statement in class 42 alone; elsewhere it may hold values. */
	bool of_text = text_starts(state, "42");

	if (text_equal(state, "53100")) {
		tell_full(pg);
		return ERR_UNAVAILABLE;
	}
	if (meanings[i].state && (meanings[i].err == ERR_CONFLICT || meanings[i].again))
		return meanings[i].err;
	LOG(meanings[i].state ? LOG_WARN : LOG_ERROR, "store-failed", L("state", state),
		L("what", of_text ? field(result, PG_DIAG_MESSAGE_PRIMARY) : field(result, PG_DIAG_CONSTRAINT_NAME)),
		L("table", field(result, PG_DIAG_TABLE_NAME)), L("sql", sql));
	return meanings[i].state ? meanings[i].err : ERR_BROKEN;
}
