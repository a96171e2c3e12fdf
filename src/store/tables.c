/* Reads CREATE TABLE as schema.sql writes it (tables.h). */
#include "base/text.h"
#include "store/tables.h"

static const char create_table[] = "CREATE TABLE ", primary_key[] = "PRIMARY KEY";

static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The name at *text, which is moved behind it and the spaces there. In upper case stand words of the language: NULL. */
static const char *read_name(struct arena *arena, const char **text)
{
	size_t len = 0;
	const char *name;

	*text += strspn(*text, " ");
	while (in_word((*text)[len]))
		len++;
	name = len ? arena_text_n(arena, *text, len) : NULL;
	*text += len;
	*text += strspn(*text, " ");
	return name;
}

/* The end of what stands between commas or brackets at text; what stands in inner brackets or in quotes belongs to
 * it. */
static const char *end_of_part(const char *text)
{
	int depth = 0;

	for (; *text; text++) {
		if (*text == '\'')
			text = strchr(text + 1, '\'');
		if (*text == '(')
			depth++;
		else if (!depth && (*text == ',' || *text == ')'))
			break;
		else if (*text == ')')
			depth--;
	}
	return text;
}

static bool add_key(struct table *table, int column)
{
	if (table->keys == TABLE_MOST_KEYS || column >= table->count || !table->columns[column].octets)
		return false;
	table->key[table->keys++] = column;
	return true;
}

static int column_named(const struct table *table, const char *name)
{
	int column = 0;

	while (column < table->count && !text_equal(table->columns[column].name, name))
		column++;
	return column;
}

struct reading {
	struct arena *arena;
	struct table *table;
	bool fits;
};

/* (a, b) at text */
static void read_key_list(struct reading *r, const char *text)
{
	for (text += strspn(text, " "); *text == '(' || *text == ','; text += strspn(text, " ")) {
		const char *name;

		text++;
		name = read_name(r->arena, &text);
		r->fits &= name && add_key(r->table, column_named(r->table, name));
	}
}

static int octets_of(const char *type)
{
	return text_starts(type, "BIGINT") ? 8 : text_starts(type, "SMALLINT") ? 2 : 0;
}

static void read_column(struct reading *r, const char *name, const char *rest)
{
	struct table *table = r->table;

	ARENA_ROOM(r->arena, table->columns, (size_t)table->count);
	table->columns[table->count++] = (struct column){ name, octets_of(rest) };
	if (strstr(rest, primary_key))
		r->fits &= add_key(table, table->count - 1);
}

static bool read_table(struct arena *arena, const char *statement, struct table *out)
{
	struct reading r = { .arena = arena, .table = out, .fits = true };
	const char *text = statement + strlen(create_table), *end;

	*out = (struct table){ .name = read_name(arena, &text) };
	r.fits = out->name && *text == '(';
	while (r.fits && *text && *text != ')') {
		const char *part, *name;

		text++;
		end = end_of_part(text);
		part = text_trim(arena, arena_text_n(arena, text, (size_t)(end - text)));
		name = read_name(arena, &part);
		if (name)
			read_column(&r, name, part);
		else if (text_starts(part, primary_key))
			read_key_list(&r, part + strlen(primary_key));
		text = end;
	}
	return r.fits && out->keys;
}

enum err tables_read(struct arena *arena, const struct schema *schema, struct table **out, const char **why)
{
	struct table *tables = NULL;
	size_t count = 0;

	for (const char **statement = schema->statements; *statement; statement++) {
		if (!text_starts(*statement, create_table) || strstr(*statement, " schema_version "))
			continue;
		ARENA_ROOM(arena, tables, count);
		if (!read_table(arena, *statement, &tables[count])) {
			*why = arena_printf(
				arena, "the schema has a table without a key of whole numbers: %.40s", *statement);
			return ERR_INVALID;
		}
		count++;
	}
	ARENA_ROOM(arena, tables, count);
	tables[count] = (struct table){ 0 };
	*out = tables;
	return OK;
}
