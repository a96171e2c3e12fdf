/* Statements on PostgreSQL: prepared once a connection, bound and answered in binary form. */
#include <endian.h>
#include "base/log.h"
#include "base/text.h"
#include "store/postgres.h"

/* pg_type.dat of PostgreSQL */
enum { TYPE_BOOL = 16, TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_TEXT = 25 };

void pg_reset(void *handle)
{
	struct made *made = handle;

	if (made->ahead != NOT_AHEAD)
		return;
	PQclear(made->result);
	made->result = NULL;
	made->row = -1;
}

static void made_free(struct made *made)
{
	pg_forget_one_ahead(made->pg, made);
	PQclear(made->result);
	for (int i = 0; i < made->params; i++)
		free(made->rooms[i].data);
	free(made->values);
	free(made->types);
	free(made->lengths);
	free(made->formats);
	free(made->rooms);
	free(made->sql);
	free(made);
}

void pg_finalise(void *handle)
{
	struct made *made = handle;
	struct pg *pg = made->pg;
	char text[64];

	snprintf(text, sizeof text, "DEALLOCATE %s", made->name);
	if (made->times == pg->times && !pg_lost(pg) && pg->failed == OK)
		(void)!pg_run(pg, text);
	made_free(made);
}

static void *array(int count, size_t size)
{
	void *made = calloc((size_t)count + 1, size);

	if (!made)
		log_die("out-of-memory");
	return made;
}

/* Numbers come as the longest there are, so that none is too big to be compared. The types of texts and bytes are the
 * server's to tell: told by us, they would be turned into a column's other type without a word. */
static void choose_types(struct made *made, const struct bind *binds)
{
	for (int n = 0; binds->kind != BIND_END; binds++) {
		if (binds->kind > BIND_BYTES)
			continue;
		made->types[n] = binds->kind == BIND_INT ? TYPE_INT8 : 0;
		made->formats[n++] = 1;
	}
}

static struct made *made_new(struct pg *pg, const char *sql, const struct pg_text *text)
{
	struct made *made = array(1, sizeof *made);

	made->pg = pg;
	made->row = -1;
	made->params = text->params;
	made->changes = text->verb != PG_SELECT;
	/* A taken key is an answer, but an error would end the transaction. */
	made->adds = text->verb == PG_INSERT && text->of_values && !text->on_clash;
	made->sql = array((int)strlen(sql) + 32, 1);
	snprintf(made->sql, strlen(sql) + 32, "%s%s", sql, made->adds ? " ON CONFLICT DO NOTHING" : "");
	snprintf(made->name, sizeof made->name, "s%u", ++pg->names);
	made->types = array(made->params, sizeof *made->types);
	made->values = array(made->params, sizeof *made->values);
	made->lengths = array(made->params, sizeof *made->lengths);
	made->formats = array(made->params, sizeof *made->formats);
	made->rooms = array(made->params, sizeof *made->rooms);
	return made;
}

enum err pg_tell_server(struct pg *pg, struct made *made)
{
	PGresult *result = NULL;
	enum err err = OK;

	if (pg_plain(pg) && PQsendPrepare(pg->conn, made->name, made->sql, made->params, made->types))
		result = pg_answer(pg);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		err = pg_statement_failed(pg, result, made->sql);
	PQclear(result);
	if (err == OK)
		made->times = pg->times;
	return err;
}

/* Which types the server took, and how many columns there are. */
static enum err ask_server(struct pg *pg, struct made *made, int *columns)
{
	PGresult *result = PQsendDescribePrepared(pg->conn, made->name) ? pg_answer(pg) : NULL;
	enum err err = OK;

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		err = pg_statement_failed(pg, result, made->sql);
	for (int i = 0; err == OK && i < made->params; i++)
		made->types[i] = PQparamtype(result, i);
	*columns = PQnfields(result);
	PQclear(result);
	return err;
}

static int count_values(const struct bind *binds)
{
	int count = 0;

	for (; binds->kind != BIND_END; binds++)
		count += binds->kind <= BIND_BYTES;
	return count;
}

static enum err prepare_once(struct pg *pg, struct made *made, int *columns)
{
	TRY(pg_tell_server(pg, made));
	return ask_server(pg, made, columns);
}

static enum err prepare(struct pg *pg, struct made *made, int *columns)
{
	bool first = pg_asks_first(pg);
	enum err err = prepare_once(pg, made, columns);

	return err != OK && first && pg_once_more(pg) ? prepare_once(pg, made, columns) : err;
}

enum err pg_prepare(void *connection, const char *sql, const struct bind *binds, struct prepared *out)
{
	struct pg *pg = connection;
	struct pg_text text = pg_look(sql);
	struct made *made;
	int columns = 0;
	enum err err;

	TRY(pg_open_for(pg, sql));
	if (text.verb == PG_OTHER || text.params != count_values(binds)) {
		LOG(LOG_ERROR, "store-failed", L("what", "no statement on rows with $1, $2 … and as many values"),
			L("sql", sql));
		return ERR_BROKEN;
	}
	made = made_new(pg, sql, &text);
	choose_types(made, binds);
	err = prepare(pg, made, &columns);
	if (err != OK)
		made_free(made);
	else
		*out = (struct prepared){
			.handle = made, .writes = made->changes, .params = made->params, .columns = columns
		};
	return err;
}

static void put(struct made *made, int n, const void *data, size_t len)
{
	struct room *room = &made->rooms[n];

	made->differs |= !made->values[n] || made->lengths[n] != (int)len || memcmp(room->data, data, len) != 0;
	if (len + 1 > room->size) {
		free(room->data);
		room->data = array((int)len, 1);
		room->size = len + 1;
	}
	memcpy(room->data, data, len);
	made->values[n] = room->data;
	made->lengths[n] = (int)len;
}

/* In as many bytes as the server's type has. */
static bool put_int(struct made *made, int n, int64_t number)
{
	uint64_t big = htobe64((uint64_t)number);

	switch (made->types[n]) {
	case TYPE_INT8:
		put(made, n, &big, 8);
		return true;
	case TYPE_INT4:
		put(made, n, (const char *)&big + 4, 4);
		return number >= INT32_MIN && number <= INT32_MAX;
	case TYPE_INT2:
		put(made, n, (const char *)&big + 6, 2);
		return number >= INT16_MIN && number <= INT16_MAX;
	default:
		return false;
	}
}

static void put_null(struct made *made, int n)
{
	made->differs |= made->values[n] != NULL;
	made->values[n] = NULL;
}

static bool put_value(struct made *made, int n, const struct bind *bind)
{
	switch (bind->kind) {
	case BIND_INT:
		return put_int(made, n, bind->number);
	case BIND_TEXT:
		if (bind->text)
			put(made, n, bind->text, strlen(bind->text));
		else
			put_null(made, n);
		return !bind->text || made->types[n] == TYPE_TEXT;
	default:
		if (bind->bytes.data)
			put(made, n, bind->bytes.data, bind->bytes.len);
		else
			put_null(made, n);
		return !bind->bytes.data || made->types[n] == TYPE_BYTEA;
	}
}

enum err pg_bind(void *connection, void *handle, int number, const struct bind *bind)
{
	struct pg *pg = connection;
	struct made *made = handle;

	if (put_value(made, number - 1, bind))
		return OK;
	LOG(LOG_ERROR, "store-failed", L("what", "a value does not fit its parameter"), L("sql", made->sql));
	if (pg->state != PG_IDLE)
		pg->failed = ERR_BROKEN;
	return ERR_BROKEN;
}

static int64_t read_int(const char *data, int len)
{
	uint64_t big = 0;

	memcpy((char *)&big + 8 - len, data, (size_t)len);
	big = be64toh(big);
	return len == 8 ? (int64_t)big : len == 4 ? (int32_t)big : len == 2 ? (int16_t)big : (int64_t)big;
}

/* Which kind of value a column's type is. */
static int kind_of(Oid type)
{
	static const struct {
		Oid type;
		int kind;
	} kinds[] = { { TYPE_INT8, VALUE_INT }, { TYPE_INT2, VALUE_INT }, { TYPE_INT4, VALUE_INT },
		{ TYPE_BOOL, VALUE_INT }, { TYPE_TEXT, VALUE_TEXT }, { TYPE_BYTEA, VALUE_BYTES } };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].type == type)
			return kinds[i].kind;
	return VALUE_OTHER;
}

void pg_column(void *handle, int column, struct value *out)
{
	const struct made *made = handle;
	const char *data = PQgetvalue(made->result, made->row, column);
	int len = PQgetlength(made->result, made->row, column);

	if (PQgetisnull(made->result, made->row, column)) {
		out->kind = VALUE_NULL;
		return;
	}
	out->kind = kind_of(PQftype(made->result, column));
	if (out->kind == VALUE_INT)
		out->number = read_int(data, len);
	out->bytes = (struct bytes){ (const unsigned char *)data, (size_t)len };
}
