/* What SQLite answers in our words. */
#include <errno.h>
#include "base/clock.h"
#include "base/log.h"
#include "store/sqlite_connection.h"

enum { TELL_FULL_US = 60 * 1000000 };

static const struct {
	int code;
	enum err err;
} meanings[] = {
	{ SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONFLICT },
	{ SQLITE_CONSTRAINT_UNIQUE, ERR_CONFLICT },
	{ SQLITE_CONSTRAINT_ROWID, ERR_CONFLICT },
	{ SQLITE_BUSY_SNAPSHOT, ERR_CONFLICT },
	{ SQLITE_BUSY, ERR_UNAVAILABLE },
	{ SQLITE_LOCKED, ERR_UNAVAILABLE },
	{ SQLITE_PROTOCOL, ERR_UNAVAILABLE },
	{ SQLITE_NOMEM, ERR_UNAVAILABLE },
	{ 0 },
};

static bool disk_is_full(sqlite3 *db, int code)
{
	int why = sqlite3_system_errno(db);

	code &= 0xff;
	return code == SQLITE_FULL ||
		((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && (why == ENOSPC || why == EDQUOT || why == EFBIG));
}

static enum err disk_full(struct connection *c)
{
	int64_t now = clock_ticks();

	if (c->full_told && now - c->full_told < TELL_FULL_US)
		return ERR_UNAVAILABLE;
	LOG(LOG_ERROR, "store-disk-full", L("what", "nothing can be written until there is room"));
	c->full_told = now;
	return ERR_UNAVAILABLE;
}

enum err sqlite_failed(struct connection *c, int code, const char *sql)
{
	if (disk_is_full(c->db, code))
		return disk_full(c);
	for (size_t i = 0; meanings[i].code; i++)
		if (meanings[i].code == code)
			return meanings[i].err;
	for (size_t i = 0; meanings[i].code; i++)
		if (meanings[i].code == (code & 0xff))
			return meanings[i].err;
	LOG(LOG_ERROR, "store-failed", L("code", code), L("what", sqlite3_errmsg(c->db)), L("sql", sql ? sql : ""));
	return ERR_BROKEN;
}
