/* The route tables as JSON: what the walk of SEC-1 goes over is what the program itself was built with. */
#include "base/json.h"
#include "cgi-bin/site/site.h"
#include <stdio.h>

struct bit {
	unsigned bit;
	const char *name;
};
static const struct bit role_bits[] = { { ANYONE, "anyone" }, { SIGNED_IN, "signed-in" }, { LEGAL_REP, "legal-rep" },
	{ ADMIN, "admin" }, { MEMBER, "member" }, { CLIENT, "client" }, { 0, NULL } };
static const struct bit need_bits[] = { { REAL_NAME, "real-name" }, { FULL_SESSION, "full-session" },
	{ FRESH_CODE, "fresh-code" }, { KEYS_POOL, "keys-pool" }, { WRITES, "writes" }, { ANY_EDITION, "any-edition" },
	{ PLAIN, "plain" }, { FROM_ELSEWHERE, "from-elsewhere" }, { 0, NULL } };
static const char *const body_names[] = { [NO_BODY] = "none",
	[FORM_BODY] = "form",
	[JSON_BODY] = "json",
	[MULTIPART_BODY] = "multipart",
	[OCSP_BODY] = "ocsp" };
static const char *const kind_names[] = { [FIELD_TEXT] = "text",
	[FIELD_SECRET] = "secret",
	[FIELD_FLAG] = "flag",
	[FIELD_INT] = "int",
	[FIELD_ID] = "id",
	[FIELD_WORD] = "word" };

static json_t *names_of(const struct bit *bits, unsigned set)
{
	json_t *list = json_array();

	for (; bits->name; bits++)
		if (set & bits->bit)
			json_array_append_new(list, json_string(bits->name));
	return list;
}

static json_t *fields_of(const struct field *field)
{
	json_t *list = json_array();

	for (; field && field->name; field++) {
		json_t *one = json_object();

		json_put_text(one, "name", field->name);
		json_put_text(one, "kind", kind_names[field->kind]);
		json_put_flag(one, "optional", field->optional);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *row_of(const struct route *route)
{
	json_t *row = json_object();

	json_put_text(row, "method", route->method);
	json_put_text(row, "pattern", route->pattern);
	json_object_set_new(row, "roles", names_of(role_bits, route->roles));
	json_object_set_new(row, "needs", names_of(need_bits, route->needs));
	json_put_text(row, "body", body_names[route->body]);
	json_object_set_new(row, "fields", fields_of(route->fields));
	return row;
}

int routes_print(const struct route *const *tables)
{
	struct arena *arena = arena_new(false);
	json_t *rows = json_array();

	for (; *tables; tables++)
		for (const struct route *route = *tables; route->method; route++)
			json_array_append_new(rows, row_of(route));
	puts(json_write(arena, rows));
	json_release(&rows);
	arena_free(&arena);
	return fflush(stdout) == 0 ? 0 : 1;
}
