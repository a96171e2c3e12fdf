/* Many rows at once: COPY in its binary form (PostgreSQL's manual, COPY, Binary Format) costs the server a third of
 * what INSERT does. */
#include "base/buf.h"
#include "base/log.h"
#include "store/postgres.h"

static const char signature[] = "PGCOPY\n\377\r\n"; /* with its NUL */
enum { NO_FLAGS = 0, NO_EXTENSION = 0 };
#define IS_NULL UINT32_MAX
#define AT_END  UINT16_MAX

/* In as many octets as the server's column has. */
static bool write_number(struct buf *out, int64_t number, int octets)
{
	buf_u32(out, (uint32_t)octets);
	if (octets == 2)
		buf_u16(out, (uint16_t)number);
	else
		buf_u64(out, (uint64_t)number);
	return octets == 8 || (octets == 2 && number >= INT16_MIN && number <= INT16_MAX);
}

static bool write_value(struct buf *out, const struct value *value, int octets)
{
	if (value->kind == VALUE_NULL)
		buf_u32(out, IS_NULL);
	else if (value->kind == VALUE_INT)
		return write_number(out, value->number, octets);
	else
		buf_part(out, value->bytes);
	return value->kind == VALUE_NULL || !octets;
}

static bool write_rows(struct buf *out, const struct table *table, const struct value *values, int rows)
{
	bool fits = true;

	buf_add(out, signature, sizeof signature);
	buf_u32(out, NO_FLAGS);
	buf_u32(out, NO_EXTENSION);
	for (int row = 0; row < rows; row++) {
		buf_u16(out, (unsigned)table->count);
		for (int i = 0; i < table->count; i++)
			fits &= write_value(out, values++, table->columns[i].octets);
	}
	buf_u16(out, AT_END);
	return fits;
}

static const char *statement(struct arena *arena, const struct table *table)
{
	struct buf out = buf_new(arena);

	buf_printf(&out, "COPY %s (", table->name);
	for (int i = 0; i < table->count; i++)
		buf_printf(&out, "%s%s", i ? ", " : "", table->columns[i].name);
	buf_text(&out, ") FROM STDIN (FORMAT binary)");
	return out.data;
}

static enum err send(struct pg *pg, const char *sql, struct bytes rows)
{
	PGresult *result = pg_send(pg, sql) ? pg_answer(pg) : NULL;
	enum err err = OK;

	if (PQresultStatus(result) == PGRES_COPY_IN) {
		PQclear(result);
		result = PQputCopyData(pg->conn, (const char *)rows.data, (int)rows.len) > 0 &&
				PQputCopyEnd(pg->conn, NULL) > 0
			? pg_answer(pg)
			: NULL;
	}
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		err = pg_failed(pg, result, sql);
	PQclear(result);
	return err;
}

enum err pg_add_rows(void *connection, const struct table *table, const struct value *values, int rows)
{
	struct pg *pg = connection;
	struct arena *arena = arena_new(false);
	struct buf out = buf_new(arena);
	enum err err = OK;

	if (!write_rows(&out, table, values, rows) || out.len > INT32_MAX) {
		LOG(LOG_ERROR, "store-failed", L("what", "a row does not fit"), L("table", table->name));
		err = ERR_BROKEN;
	} else if (rows) {
		err = send(pg, statement(arena, table), buf_view(&out));
	}
	arena_free(&arena);
	return err;
}
