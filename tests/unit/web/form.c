/* Forms: decoding, and every kind of field at its edges. */
#include "tests/unit/suite.h"
#include "web/form.h"

static const char *const colours[] = { "red", "blue", NULL };
static const struct field fields[] = { { "name", FIELD_TEXT, 2, 4 }, { "note", FIELD_TEXT, .optional = true },
	{ "pin", FIELD_SECRET, 8, 10 }, { "agree", FIELD_FLAG, .optional = true }, { "count", FIELD_INT, -5, 7 },
	{ "org", FIELD_ID }, { "colour", FIELD_WORD, .words = colours }, FIELDS_END };
static const struct route route = { "POST", "/x", ANYONE, 0, FORM_BODY, NULL, fields };

#define GOOD "name=ab&pin=12345678&count=1&org=9&colour=red"

static enum http read_bytes(struct form *form, struct bytes body)
{
	struct request request = {
		.arena = test_arena(), .content_type = "application/x-www-form-urlencoded", .body = body
	};

	return form_read(form, &request, &route, test_arena());
}

static enum http read(struct form *form, const char *body)
{
	return read_bytes(form, bytes_of_text(body));
}

static const char *fault_of(const char *body, const char *name)
{
	struct form form;

	assert_int_equal(HTTP_OK, read(&form, body));
	for (size_t i = 0; i < form.count; i++)
		if (!strcmp(form.values[i].field->name, name)) {
			assert_int_equal(form.faulty, form.values[i].fault != NULL);
			return form.values[i].fault ? form.values[i].fault : "fine";
		}
	fail();
	return NULL;
}

/* The good form with one field's value replaced. */
static const char *with(const char *name, const char *value)
{
	static const char *const parts[][2] = { { "name", "ab" }, { "pin", "12345678" }, { "count", "1" },
		{ "org", "9" }, { "colour", "red" }, { "note", "" } };
	struct buf body = buf_new(test_arena());

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		buf_printf(
			&body, "%s%s=%s", i ? "&" : "", parts[i][0], strcmp(parts[i][0], name) ? parts[i][1] : value);
	return body.data;
}

static const char *fault_with(const char *name, const char *value)
{
	return fault_of(with(name, value), name);
}

static char *pairs_text(size_t count)
{
	struct buf body = buf_new(test_arena());

	for (size_t i = 0; i < count; i++)
		buf_printf(&body, "%sa%zu=1", i ? "&" : "", i);
	return body.data;
}

TEST("SEC-5: a form as its row declares it is read by name")
{
	struct form form;

	assert_int_equal(HTTP_OK, read(&form, GOOD "&agree=1&extra=%E5%8D%B0+%26"));
	assert_false(form.faulty);
	assert_string_equal("ab", form_value_text(&form, "name"));
	assert_null(form_value_text(&form, "note"));
	assert_true(form_value_flag(&form, "agree"));
	assert_int_equal(1, form_value_int(&form, "count", 0));
	assert_int_equal(9, form_value_int(&form, "org", 0));
	assert_int_equal(0, form_value_int(&form, "colour", -1));
	assert_string_equal("\xE5\x8D\xB0 &", pairs_get(&form.raw, "extra"));
}

TEST("SEC-5: text is trimmed and bounded in characters, not bytes")
{
	struct form form;

	assert_string_equal("field-too-short", fault_with("name", "a"));
	assert_string_equal("fine", fault_with("name", "%E5%8D%B0%E4%BF%A1"));
	assert_string_equal("fine", fault_with("name", "%E5%8D%B0%E4%BF%A1%E5%8D%B0%E4%BF%A1"));
	assert_string_equal("field-too-long", fault_with("name", "abcde"));
	assert_string_equal("field-missing", fault_with("name", "+%E3%80%80"));
	assert_int_equal(HTTP_OK, read(&form, with("name", "+ab++")));
	assert_string_equal("ab", form_value_text(&form, "name"));
}

TEST("SEC-5: text with control or bidirectional characters is refused, and stays as it was typed")
{
	struct form form;

	assert_string_equal("field-not-plain", fault_with("name", "a%0Ab"));
	assert_string_equal("field-not-plain", fault_with("name", "a%E2%80%AEb"));
	assert_int_equal(HTTP_OK, read(&form, with("name", "toolong")));
	assert_string_equal("toolong", form_value_text(&form, "name"));
}

TEST("SEC-5: a secret is taken as typed and bounded in bytes")
{
	struct form form;

	assert_string_equal("field-too-short", fault_with("pin", "1234567"));
	assert_string_equal("fine", fault_with("pin", "+1234567"));
	assert_string_equal("fine", fault_with("pin", "1234567890"));
	assert_string_equal("field-too-long", fault_with("pin", "12345678901"));
	assert_string_equal("field-missing", fault_with("pin", ""));
	assert_int_equal(HTTP_OK, read(&form, GOOD "&pin=another-one"));
	assert_string_equal("12345678", form_value_text(&form, "pin"));
}

TEST("PIN-5: of a secret no copy is left among what was sent")
{
	struct form form;

	assert_int_equal(HTTP_OK, read(&form, GOOD "&pin=87654321"));
	for (size_t i = 0; i < form.raw.count; i++)
		assert_true(strcmp(form.raw.list[i].name, "pin") || !*form.raw.list[i].value);
}

TEST("SEC-5: numbers and ids hold their bounds")
{
	assert_string_equal("fine", fault_with("count", "-5"));
	assert_string_equal("fine", fault_with("count", "7"));
	assert_string_equal("field-not-number", fault_with("count", "-6"));
	assert_string_equal("field-not-number", fault_with("count", "8"));
	assert_string_equal("field-not-number", fault_with("count", "1x"));
	assert_string_equal("field-not-number", fault_with("count", "99999999999999999999"));
	assert_string_equal("field-missing", fault_with("count", ""));
	assert_string_equal("fine", fault_with("org", "1"));
	assert_string_equal("fine", fault_with("org", "9223372036854775807"));
	assert_string_equal("field-not-number", fault_with("org", "0"));
	assert_string_equal("field-not-number", fault_with("org", "9223372036854775808"));
	assert_string_equal("field-not-number", fault_with("org", "-1"));
}

TEST("SEC-5: a word is one of its list")
{
	struct form form;

	assert_string_equal("field-unknown-word", fault_with("colour", "green"));
	assert_string_equal("field-unknown-word", fault_with("colour", "RED"));
	assert_string_equal("field-missing", fault_with("colour", ""));
	assert_int_equal(HTTP_OK, read(&form, with("colour", "blue")));
	assert_int_equal(1, form_value_int(&form, "colour", -1));
}

TEST("SEC-5: a missing field is named, a missing optional one is fine")
{
	assert_string_equal("field-missing", fault_of("pin=12345678&count=1&org=9&colour=red", "name"));
	assert_string_equal("fine", fault_of(GOOD, "note"));
	assert_string_equal("fine", fault_of(GOOD, "agree"));
}

TEST("SEC-5: 200 pairs are read, 201 are refused, also empty ones")
{
	struct form form;
	char many[202] = "";

	assert_int_equal(HTTP_OK, read(&form, pairs_text(200)));
	assert_int_equal(200, form.raw.count);
	assert_int_equal(HTTP_BAD_REQUEST, read(&form, pairs_text(201)));
	memset(many, '&', 200);
	assert_int_equal(HTTP_BAD_REQUEST, read(&form, many));
	assert_int_equal(HTTP_OK, read(&form, "&&a=1&&"));
	assert_int_equal(1, form.raw.count);
}

TEST("SEC-5: broken escapes, NUL and broken UTF-8 refuse the whole form")
{
	static const char *const broken[] = { "a=%", "a=%4", "a=%4x", "a=%zz", "%=1", "a=%00", "a=%C3%28", "a=%FF",
		"a=%ED%A0%80", "a=%C0%AF", "a=\xE5\x8D" };
	struct form form;

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		assert_int_equal(HTTP_BAD_REQUEST, read(&form, broken[i]));
	assert_int_equal(HTTP_BAD_REQUEST, read_bytes(&form, BYTES_OF("a=1\0b")));
}

TEST("SEC-5: another content type is refused")
{
	static const struct {
		const char *type;
		enum http want;
	} types[] = { { "application/x-www-form-urlencoded", HTTP_OK },
		{ "Application/X-WWW-Form-Urlencoded; charset=UTF-8", HTTP_OK },
		{ "application/x-www-form-urlencodedx", HTTP_BAD_TYPE }, { "multipart/form-data", HTTP_BAD_TYPE },
		{ "", HTTP_BAD_TYPE }, { NULL, HTTP_BAD_TYPE } };
	struct form form;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct request request = { .arena = test_arena(), .content_type = types[i].type };

		assert_int_equal(types[i].want, form_read(&form, &request, &route, test_arena()));
	}
}

TEST("SEC-5: of a query, what breaks its row counts as absent")
{
	static const struct field query_fields[] = { { "after", FIELD_ID, .optional = true },
		{ "colour", FIELD_WORD, .words = colours }, FIELDS_END };
	struct request request = { .arena = test_arena() };
	struct form form;

	assert_int_equal(
		HTTP_OK, pairs_decode(test_arena(), bytes_of_text("after=12x&colour=blue"), 100, &request.query));
	form_from_query(&form, &request, query_fields);
	assert_false(form.faulty);
	assert_int_equal(-1, form_value_int(&form, "after", -1));
	assert_int_equal(1, form_value_int(&form, "colour", -1));
}

TEST("SEC-5: what a rule finds wrong with a field stands at the field")
{
	struct form form;

	assert_int_equal(HTTP_OK, read(&form, GOOD));
	form_fault(&form, "name", "name-taken");
	assert_true(form.faulty);
	assert_string_equal("name-taken", form.values[0].fault);
}

TEST("SEC-5: percent encoding leaves the unreserved and comes back whole")
{
	const char *text = "a-Z_0.~ /?&=\xE5\x8D\xB0";
	char *encoded = percent_encode(test_arena(), text);

	assert_string_equal("a-Z_0.~%20%2F%3F%26%3D%E5%8D%B0", encoded);
	assert_string_equal(text, percent_decode(test_arena(), bytes_of_text(encoded), false));
}
