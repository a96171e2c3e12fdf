/* Forms by their rows' fields, from a body and from a query. Input: the content type up to a line feed, then the
 * body. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/id.h"
#include "web/form.h"

static const char *const kinds[] = { "official", "finance", "contract", NULL };
static const struct field fields[] = { { "name", FIELD_TEXT, 2, 20 }, { "note", FIELD_TEXT, 0, 0, NULL, true },
	{ "password", FIELD_SECRET, 8, 64 }, { "agreed", FIELD_FLAG }, { "count", FIELD_INT, -5, 100, NULL, true },
	{ "org", FIELD_ID, 0, 0, NULL, true }, { "kind", FIELD_WORD, 0, 0, kinds, true }, FIELDS_END };
static const struct route row = { "POST", "/", ANYONE, 0, FORM_BODY, NULL, fields };

static void check_text(const struct form_value *value)
{
	size_t len = utf8_count(value->text);

	HOLDS(text_is_plain(value->text) && text_equal(value->text, text_trim(fuzz_arena(), value->text)));
	HOLDS((int64_t)len >= value->field->min && len <= (size_t)(value->field->max ? value->field->max : 200));
}

static void check_value(const struct form_value *value)
{
	const struct field *field = value->field;

	HOLDS(value->text || value->fault || field->optional || field->kind == FIELD_FLAG);
	if (!value->text || value->fault)
		return;
	HOLDS(utf8_valid(value->text, strlen(value->text)));
	if (field->kind == FIELD_TEXT)
		check_text(value);
	if (field->kind == FIELD_SECRET)
		HOLDS(strlen(value->text) >= 8 && strlen(value->text) <= 64);
	if (field->kind == FIELD_INT)
		HOLDS(value->number >= field->min && value->number <= field->max);
	if (field->kind == FIELD_ID)
		HOLDS(value->number > 0 && text_equal(value->text, id_text(fuzz_arena(), value->number)));
	if (field->kind == FIELD_WORD)
		HOLDS(text_equal(value->text, kinds[value->number]));
}

static void check_form(const struct form *form)
{
	bool faulty = false;

	HOLDS(form->count == sizeof fields / sizeof fields[0] - 1);
	for (size_t i = 0; i < form->count; i++) {
		check_value(&form->values[i]);
		faulty |= form->values[i].fault != NULL;
	}
	HOLDS(faulty == form->faulty);
}

static void check_query(struct request *request)
{
	struct form form;

	if (pairs_decode(fuzz_arena(), request->body, 200, &request->query) != HTTP_OK)
		return;
	form_from_query(&form, request, fields);
	HOLDS(!form.faulty);
	for (size_t i = 0; i < form.count; i++) {
		HOLDS(!form.values[i].fault);
		if (form.values[i].text)
			check_value(&form.values[i]);
	}
}

FUZZ("form")
{
	struct request request = {
		.arena = fuzz_arena(), .content_type = fuzz_text(fuzz_part(&input, '\n')), .body = input
	};
	struct form form;

	/* a query is read first: the form empties what secrets it finds */
	check_query(&request);
	if (form_read(&form, &request, &row, fuzz_arena()) != HTTP_OK)
		return;
	check_form(&form);
	for (size_t i = 0; i < form.raw.count; i++)
		HOLDS(!text_equal(form.raw.list[i].name, "password") || !*form.raw.list[i].value);
}
