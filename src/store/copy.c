/* Copying and summing tables (copy.h). Both go by the key, a page at a time: no more than a page is ever in memory, and
 * the last key of the target says how far a copy came. */
#include "base/buf.h"
#include "base/log.h"
#include "store/copy.h"
#include "store/inside.h"

enum {
	PAGE = 512,         /* rows */
	PAGES_A_COMMIT = 16 /* a commit waits for the disk */
};

/* A table's statements, and the page at hand. */
struct pages {
	const struct table *table;
	struct store *store;  /* that is read */
	struct arena *arena;  /* of the statements */
	struct arena *values; /* of the page */
	struct arena *before; /* the store's own */
	const char *select;
	int64_t after[TABLE_MOST_KEYS];
	struct value *rows; /* PAGE of them, each of table->count values */
	struct bind *into;  /* the places of one row */
	int count;
};

static const char *key_list(struct arena *arena, const struct table *table, const char *behind)
{
	struct buf out = buf_new(arena);

	for (int i = 0; i < table->keys; i++)
		buf_printf(&out, "%s%s%s", i ? ", " : "", table->columns[table->key[i]].name, behind);
	return out.data;
}

static const char *column_list(struct arena *arena, const struct table *table)
{
	struct buf out = buf_new(arena);

	for (int i = 0; i < table->count; i++)
		buf_printf(&out, "%s%s", i ? ", " : "", table->columns[i].name);
	return out.data;
}

/* $1, $2 */
static const char *number_list(struct arena *arena, int count)
{
	struct buf out = buf_new(arena);

	for (int i = 0; i < count; i++)
		buf_printf(&out, "%s$%d", i ? ", " : "", i + 1);
	return out.data;
}

static struct pages pages_new(struct store *store, const struct table *table)
{
	struct pages p = { .table = table, .store = store, .arena = arena_new(false), .values = arena_new(false) };
	const char *keys = key_list(p.arena, table, "");

	p.before = store_use_arena(store, p.values);
	p.select = arena_printf(p.arena, "SELECT %s FROM %s WHERE (%s) > (%s) ORDER BY %s LIMIT $%d",
		column_list(p.arena, table), table->name, keys, number_list(p.arena, table->keys), keys,
		table->keys + 1);
	p.rows = ARENA_ARRAY(p.arena, struct value, (size_t)(PAGE * table->count));
	p.into = ARENA_ARRAY(p.arena, struct bind, (size_t)table->count + 1);
	p.into[table->count] = (struct bind){ .kind = BIND_END };
	for (int i = 0; i < table->keys; i++)
		p.after[i] = INT64_MIN;
	return p;
}

static void pages_free(struct pages *p)
{
	store_use_arena(p->store, p->before);
	arena_free(&p->values);
	arena_free(&p->arena);
}

static const struct value *row_of(const struct pages *p, int row)
{
	return &p->rows[row * p->table->count];
}

static bool next_row(struct rows *rows, struct pages *p)
{
	for (int i = 0; i < p->table->count; i++)
		p->into[i] = (struct bind){ .kind = INTO_VALUE, .place = &p->rows[p->count * p->table->count + i] };
	return rows_next_(rows, p->into);
}

/* The rows behind the last page; none at the end. */
static enum err next_page(struct pages *p)
{
	struct bind binds[TABLE_MOST_KEYS + 2];
	struct rows rows;

	arena_reset(p->values);
	for (int i = 0; i < p->table->keys; i++)
		binds[i] = bind_int(p->after[i]);
	binds[p->table->keys] = bind_int(PAGE);
	binds[p->table->keys + 1] = (struct bind){ .kind = BIND_END };
	p->count = 0;
	rows_open_(p->store, &rows, p->select, binds);
	while (p->count < PAGE && next_row(&rows, p))
		p->count++;
	TRY(rows_close(&rows));
	for (int i = 0; p->count && i < p->table->keys; i++)
		p->after[i] = row_of(p, p->count - 1)[p->table->key[i]].number;
	return OK;
}

/* Writing. */

struct target {
	struct store *store;
	const char *insert;
	struct bind *binds; /* of one row */
};

static struct target target_new(struct arena *arena, struct store *store, const struct table *table)
{
	struct target t = { .store = store, .binds = ARENA_ARRAY(arena, struct bind, (size_t)table->count + 1) };

	t.insert = arena_printf(arena, "INSERT INTO %s (%s) VALUES (%s)", table->name, column_list(arena, table),
		number_list(arena, table->count));
	t.binds[table->count] = (struct bind){ .kind = BIND_END };
	return t;
}

static struct bind bind_of(const struct value *value)
{
	switch (value->kind) {
	case VALUE_INT:
		return bind_int(value->number);
	case VALUE_TEXT:
		return bind_text((const char *)value->bytes.data);
	case VALUE_BYTES:
		return bind_bytes(value->bytes);
	default:
		return V_NULL;
	}
}

static enum err insert(struct target *t, const struct value *values, int count)
{
	for (int i = 0; i < count; i++)
		t->binds[i] = bind_of(&values[i]);
	return store_add_(t->store, t->insert, t->binds);
}

static enum err insert_page(struct target *t, const struct pages *p)
{
	const struct engine *engine = t->store->engine;

	if (engine->add_rows)
		return engine->add_rows(t->store->connection, p->table, p->rows, p->count);
	for (int i = 0; i < p->count; i++)
		TRY(insert(t, row_of(p, i), p->table->count));
	return OK;
}

static enum err copy_pages(struct pages *p, struct target *t, int64_t *rows)
{
	for (int i = 0; i < PAGES_A_COMMIT; i++) {
		TRY(next_page(p));
		TRY(insert_page(t, p));
		*rows += p->count;
		if (p->count < PAGE)
			break;
	}
	return OK;
}

static enum err copy_some(struct pages *p, struct target *t, int64_t *rows)
{
	enum err err;

	TRY(store_begin_write(t->store));
	err = copy_pages(p, t, rows);
	if (err != OK) {
		store_rollback(t->store);
		return err;
	}
	err = store_commit(t->store);
	if (err != ERR_CONFLICT)
		return err;
	LOG(LOG_ERROR, "copy-failed", L("what", "the connection was lost before the last rows were kept"),
		L("table", p->table->name));
	return ERR_UNAVAILABLE;
}

/* Where a copy that was cut off goes on. */
static enum err find_last(struct pages *p, struct store *to)
{
	const struct table *table = p->table;
	const char *sql = arena_printf(p->arena, "SELECT %s FROM %s ORDER BY %s LIMIT 1", key_list(p->arena, table, ""),
		table->name, key_list(p->arena, table, " DESC"));
	struct bind into[TABLE_MOST_KEYS + 1];
	enum err err;

	for (int i = 0; i < table->keys; i++)
		into[i] = into_int64(&p->after[i]);
	into[table->keys] = (struct bind){ .kind = BIND_END };
	err = store_one_(to, sql, into);
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err table_copy(struct store *from, struct store *to, const struct table *table, const struct copy_told *told)
{
	struct pages p = pages_new(from, table);
	struct target t = target_new(p.arena, to, table);
	int64_t rows = 0;
	enum err err = find_last(&p, to);

	do {
		if (err == OK)
			err = copy_some(&p, &t, &rows);
		if (err == OK)
			told->call(told->arg, table->name, rows);
	} while (err == OK && p.count == PAGE);
	if (err == ERR_CONFLICT)
		LOG(LOG_ERROR, "copy-failed", L("what", "a row is in the way of another"), L("table", table->name));
	pages_free(&p);
	return err == ERR_CONFLICT ? ERR_BROKEN : err;
}

/* Summing. */

static void write_value(struct buf *out, const struct value *value)
{
	buf_u8(out, value->kind);
	if (value->kind == VALUE_INT)
		buf_u64(out, (uint64_t)value->number);
	else if (value->kind != VALUE_NULL)
		buf_part(out, value->bytes);
}

/* Each page's values behind the sum of those before. */
static void sum_page(const struct pages *p, struct table_sum *sum)
{
	struct buf out = buf_new(p->values);

	for (int i = 0; i < p->count * p->table->count; i++)
		write_value(&out, &p->rows[i]);
	crypto_sha256_of((const struct bytes[]){ BYTES_OF(sum->sum), buf_view(&out) }, 2, sum->sum);
	sum->rows += p->count;
}

static enum err count_rows(struct pages *p, const struct table_sum *sum)
{
	int64_t rows = 0;

	TRY(store_one_(
		p->store, arena_printf(p->arena, "SELECT count(*) FROM %s", p->table->name), BINDS(INTO(&rows))));
	return rows == sum->rows ? OK : ERR_BROKEN;
}

enum err table_sum(struct store *store, const struct table *table, struct table_sum *out)
{
	struct pages p = pages_new(store, table);
	enum err err;

	*out = (struct table_sum){ 0 };
	do {
		err = next_page(&p);
		if (err == OK && p.count)
			sum_page(&p, out);
	} while (err == OK && p.count == PAGE);
	if (err == OK)
		err = count_rows(&p, out);
	pages_free(&p);
	return err;
}

enum err tables_are_empty(struct store *store, const struct table *list, bool *empty)
{
	struct arena *arena = arena_new(false);
	enum err err = OK;

	*empty = true;
	for (; err == OK && *empty && list->name; list++) {
		int64_t one;

		err = store_one_(store, arena_printf(arena, "SELECT 1 FROM %s LIMIT 1", list->name), BINDS(INTO(&one)));
		*empty = err == ERR_NOT_FOUND;
		err = *empty ? OK : err;
	}
	arena_free(&arena);
	return err;
}
