/* Reading a form by its route's row. */
#include "base/crypto.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "web/form.h"

enum { PAIRS_MOST = 200, LEN_DEFAULT = 200 };

static bool is_urlencoded(const char *content_type)
{
	static const char want[] = "application/x-www-form-urlencoded";
	size_t len = strlen(want);

	return content_type && !strncasecmp(content_type, want, len) &&
		(!content_type[len] || strchr("; \t", content_type[len]));
}

static const char *length_fault(size_t len, const struct field *field)
{
	int64_t most = field->max ? field->max : LEN_DEFAULT;

	if ((int64_t)len < field->min)
		return "field-too-short";
	return (int64_t)len > most ? "field-too-long" : NULL;
}

static void read_text(struct form_value *value, const char *typed, struct arena *arena)
{
	value->text = text_trim(arena, typed);
	if (!*value->text)
		value->text = NULL;
	else if (!text_is_plain(value->text))
		value->fault = "field-not-plain";
	else
		value->fault = length_fault(utf8_count(value->text), value->field);
}

static void read_secret(struct form_value *value, const char *typed, struct arena *secret)
{
	value->text = *typed ? arena_text(secret, typed) : NULL;
	if (value->text)
		value->fault = length_fault(strlen(value->text), value->field);
}

static void read_number(struct form_value *value, const char *typed, struct arena *arena)
{
	const struct field *field = value->field;
	bool good;

	value->text = text_trim(arena, typed);
	if (!*value->text) {
		value->text = NULL;
		return;
	}
	good = field->kind == FIELD_ID ? id_parse(value->text, &value->number)
				       : parse_int(value->text, field->min, field->max, &value->number);
	if (!good) {
		value->fault = "field-not-number";
		value->number = 0;
	}
}

static void read_word(struct form_value *value, const char *typed)
{
	if (!*typed)
		return;
	value->text = typed;
	for (int64_t i = 0; value->field->words[i]; i++)
		if (!strcmp(value->field->words[i], typed)) {
			value->number = i;
			return;
		}
	value->fault = "field-unknown-word";
}

static void read_value(struct form_value *value, const char *typed, struct arena *arena, struct arena *secret)
{
	if (value->field->kind == FIELD_FLAG) {
		value->text = typed;
		value->number = typed != NULL;
		return;
	}
	if (typed) {
		switch (value->field->kind) {
		case FIELD_TEXT:
			read_text(value, typed, arena);
			break;
		case FIELD_SECRET:
			read_secret(value, typed, secret);
			break;
		case FIELD_INT:
		case FIELD_ID:
			read_number(value, typed, arena);
			break;
		case FIELD_WORD:
			read_word(value, typed);
			break;
		case FIELD_FLAG:
			break;
		}
	}
	if (!value->text && !value->field->optional)
		value->fault = "field-missing";
}

static void read_fields(struct form *form, const struct field *fields, struct arena *arena, struct arena *secret)
{
	size_t count = 0;

	while (fields && fields[count].name)
		count++;
	form->values = ARENA_ARRAY(arena, struct form_value, count);
	form->count = count;
	for (size_t i = 0; i < count; i++) {
		struct form_value *value = &form->values[i];

		value->field = &fields[i];
		read_value(value, pairs_get(&form->raw, fields[i].name), arena, secret);
		form->faulty |= value->fault != NULL;
	}
}

/* One copy of a secret is left, in the secret arena: every pair of that name is emptied. (The body as it was sent goes
 * with the request's arena, which the loop wipes.) */
static void wipe_secrets(struct form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		if (form->values[i].field->kind != FIELD_SECRET)
			continue;
		for (size_t j = 0; j < form->raw.count; j++)
			if (!strcmp(form->raw.list[j].name, form->values[i].field->name)) {
				crypto_wipe((char *)form->raw.list[j].value, strlen(form->raw.list[j].value));
				form->raw.list[j].value = "";
			}
	}
}

enum http form_read(struct form *form, const struct request *request, const struct route *route, struct arena *secret)
{
	enum http fault;

	*form = (struct form){ NULL };
	if (!is_urlencoded(request->content_type))
		return HTTP_BAD_TYPE;
	fault = pairs_decode(request->arena, request->body, PAIRS_MOST, &form->raw);
	if (fault != HTTP_OK)
		return fault;
	read_fields(form, route->fields, request->arena, secret);
	wipe_secrets(form);
	return HTTP_OK;
}

void form_from_query(struct form *form, const struct request *request, const struct field *fields)
{
	*form = (struct form){ .raw = request->query };
	read_fields(form, fields, request->arena, request->arena);
	form->faulty = false;
	for (size_t i = 0; i < form->count; i++)
		if (form->values[i].fault)
			form->values[i] = (struct form_value){ .field = form->values[i].field };
}

static const struct form_value *find(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (!strcmp(form->values[i].field->name, name))
			return &form->values[i];
	return NULL;
}

/* A handler that asks for a name its row does not declare would run without the check: no request is served so. */
static const struct form_value *find_declared(const struct form *form, const char *name)
{
	const struct form_value *value = find(form, name);

	if (!value) {
		LOG(LOG_ERROR, "form-field-undeclared", L("field", name));
		abort();
	}
	return value;
}

const char *form_value_text(const struct form *form, const char *name)
{
	return find_declared(form, name)->text;
}

int64_t form_value_int(const struct form *form, const char *name, int64_t fallback)
{
	const struct form_value *value = find_declared(form, name);

	return value->text && !value->fault ? value->number : fallback;
}

bool form_value_flag(const struct form *form, const char *name)
{
	return find_declared(form, name)->number != 0;
}

bool form_value_faulty(const struct form *form, const char *name)
{
	return find_declared(form, name)->fault != NULL;
}

void form_fault(struct form *form, const char *name, const char *message)
{
	form->faulty = true;
	for (size_t i = 0; name && i < form->count; i++)
		if (!strcmp(form->values[i].field->name, name))
			form->values[i].fault = message;
}
