/* Takes schema.sql apart (schema.h). */
#include <ctype.h>
#include "base/buf.h"
#include "base/text.h"
#include "store/schema.h"

struct list {
	const char **items;
	size_t count, cap;
};

static void list_add(struct arena *arena, struct list *list, const char *item)
{
	if (list->count + 1 >= list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 16;
		const char **grown = ARENA_ARRAY(arena, const char *, cap);

		for (size_t i = 0; i < list->count; i++)
			grown[i] = list->items[i];
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->count++] = item;
	list->items[list->count] = NULL;
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The word at text's beginning, 0 where there is none. */
static size_t word_len(const char *text)
{
	size_t len = 0;

	if (isdigit((unsigned char)*text))
		return 0;
	while (in_word(text[len]))
		len++;
	return len;
}

/* The end of the quoted run that begins at text, NULL where it does not end. A doubled quote reads as two runs. */
static const char *after_quotes(const char *text)
{
	const char *end = strchr(text + 1, *text);

	return end ? end + 1 : NULL;
}

struct parse {
	struct arena *arena;
	struct schema *schema;
	struct list append_only, statements;
	struct buf statement;
	const char *why;
};

static enum err read_append_only(struct parse *p, const char *tables)
{
	p->why = "an append-only line of the schema does not name tables";
	do {
		size_t len = word_len(tables);

		if (!len || (tables[len] && tables[len] != ' '))
			return ERR_INVALID;
		list_add(p->arena, &p->append_only, arena_text_n(p->arena, tables, len));
		tables += len;
		tables += strspn(tables, " ");
	} while (*tables);
	return OK;
}

/* A comment's own line, without "--", may speak to the loader. */
static enum err read_comment(struct parse *p, const char *comment, size_t len)
{
	char *line = text_trim(p->arena, arena_text_n(p->arena, comment, len));

	if (text_starts(line, "version:")) {
		p->why = "the schema's version is not one number";
		if (p->schema->version ||
			!parse_int(text_trim(p->arena, line + strlen("version:")), 1, INT32_MAX, &p->schema->version))
			return ERR_INVALID;
	}
	if (text_starts(line, "append-only:"))
		return read_append_only(p, text_trim(p->arena, line + strlen("append-only:")));
	return OK;
}

static void end_statement(struct parse *p)
{
	char *statement = text_trim(p->arena, p->statement.data);

	if (*statement)
		list_add(p->arena, &p->statements, statement);
	p->statement = buf_new(p->arena);
}

/* Takes one token from text and moves it on. */
static enum err read_token(struct parse *p, const char **text)
{
	const char *t = *text, *end;

	if (t[0] == '-' && t[1] == '-') {
		end = t + strcspn(t, "\n");
		TRY(read_comment(p, t + 2, (size_t)(end - t) - 2));
		*text = end;
		return OK;
	}
	if (t[0] == '\'' || t[0] == '"') {
		end = after_quotes(t);
		p->why = "quotes in the schema do not end";
		if (!end)
			return ERR_INVALID;
		buf_add(&p->statement, t, (size_t)(end - t));
		*text = end;
		return OK;
	}
	if (*t == ';')
		end_statement(p);
	else
		buf_char(&p->statement, isspace((unsigned char)*t) ? ' ' : *t);
	(*text)++;
	return OK;
}

static enum err parse_all(struct parse *p, const char *text)
{
	while (*text)
		TRY(read_token(p, &text));
	end_statement(p);
	p->why = "the schema has no line \"-- version: N\"";
	return p->schema->version ? OK : ERR_INVALID;
}

static void add_version(struct parse *p)
{
	list_add(p->arena, &p->statements, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)");
	list_add(p->arena, &p->statements,
		arena_printf(
			p->arena, "INSERT INTO schema_version (version) VALUES (%lld)", (long long)p->schema->version));
}

enum err schema_parse(struct arena *arena, const char *text, struct schema *out, const char **why)
{
	struct parse p = { .arena = arena, .schema = out, .statement = buf_new(arena) };
	enum err err;

	*out = (struct schema){ 0 };
	err = parse_all(&p, text);
	if (err != OK) {
		*why = p.why;
		return err;
	}
	add_version(&p);
	out->append_only = p.append_only.count ? p.append_only.items : ARENA_NEW(arena, const char *);
	out->statements = p.statements.items;
	return OK;
}

static const char *translated(const char *word, size_t len, const struct word *words)
{
	for (; words->from; words++)
		if (strlen(words->from) == len && strncmp(words->from, word, len) == 0)
			return words->to;
	return NULL;
}

char *schema_translate(struct arena *arena, const char *statement, const struct word *words)
{
	struct buf out = buf_new(arena);

	while (*statement) {
		const char *end = statement + 1, *to = NULL;

		if (*statement == '\'' || *statement == '"') {
			end = after_quotes(statement);
		} else if (in_word(*statement)) {
			while (in_word(*end))
				end++;
			to = translated(statement, (size_t)(end - statement), words);
		}
		if (to)
			buf_text(&out, to);
		else
			buf_add(&out, statement, (size_t)(end - statement));
		statement = end;
	}
	return out.data;
}
