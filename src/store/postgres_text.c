/* The text of a statement for PostgreSQL (postgres.h): its verb and its parameters. */
#include <ctype.h>
#include <strings.h>
#include "store/postgres.h"

enum { MOST_PARAMS = 64 };

/* Behind a quoted run, a comment or a space at text; NULL where there is none of these. */
static const char *after_other(const char *text)
{
	const char *end;

	if (isspace((unsigned char)*text))
		return text + 1;
	if (text[0] == '-' && text[1] == '-')
		return text + strcspn(text, "\n");
	if (*text != '\'' && *text != '"')
		return NULL;
	end = strchr(text + 1, *text);
	return end ? end + 1 : text + strlen(text);
}

static size_t word_len(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

static enum pg_verb verb_of(const char *text, size_t len)
{
	static const struct {
		const char *word;
		enum pg_verb verb;
	} verbs[] = { { "SELECT", PG_SELECT }, { "WITH", PG_SELECT }, { "VALUES", PG_SELECT }, { "INSERT", PG_INSERT },
		{ "UPDATE", PG_CHANGE }, { "DELETE", PG_CHANGE } };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (is_word(text, len, verbs[i].word))
			return verbs[i].verb;
	return PG_OTHER;
}

static int count_params(const bool *seen)
{
	int count = 0;

	while (count < MOST_PARAMS && seen[count])
		count++;
	for (int i = count; i < MOST_PARAMS; i++)
		if (seen[i])
			return -1;
	return count;
}

/* $n at text, n from 0. */
static bool read_param(const char *text, bool *seen)
{
	long n = strtol(text + 1, NULL, 10) - 1;

	if (*text != '$' || n < 0 || n >= MOST_PARAMS)
		return false;
	seen[n] = true;
	return true;
}

struct pg_text pg_look(const char *sql)
{
	struct pg_text out = { .verb = PG_OTHER };
	bool seen[MOST_PARAMS] = { false }, first = true;

	while (*sql) {
		const char *next = after_other(sql);
		size_t len = word_len(sql);

		if (next) {
			sql = next;
			continue;
		}
		if (len && first)
			out.verb = verb_of(sql, len);
		out.of_values |= is_word(sql, len, "VALUES") && !first;
		out.on_clash |= is_word(sql, len, "CONFLICT");
		first = false;
		(void)read_param(sql, seen);
		sql += len ? len : 1;
	}
	out.params = count_params(seen);
	return out;
}
