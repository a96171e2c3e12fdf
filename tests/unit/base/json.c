/* JSON with bounds. */
#include "tests/unit/suite.h"
#include "base/json.h"
#include <string.h>

static enum err read_text(const char *text)
{
	json_t *value;
	enum err err = json_read(bytes_of_text(text), &value);

	json_release(&value);
	return err;
}

/* depth lists inside each other. */
static char *nested(size_t depth)
{
	char *text = arena_alloc(test_arena(), 2 * depth + 1);

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return text;
}

TEST("SEC-5: JSON is one value of valid UTF-8 without duplicate names")
{
	static const char *const good[] = { "{}", "[]", " {\"a\":1} ", "1", "null", "\"印信\"",
		"[\"[[[[[[[[[[[[[[[[[[[[\"]", "[\"\\\"[[[[[[[[[[[[[[[[[[[[\"]", "{\"a\":9223372036854775807}" };
	static const char *const bad[] = { "", " ", "{", "{}{}", "{} x", "[1,]", "{\"a\":1,\"a\":2}",
		"{\"a\":1,\"\\u0061\":2}", "{a:1}", "'a'", "[01]", "\"\x80\"", "\"\xED\xA0\x80\"", "\"\\ud800\"",
		"\"\\u0000\"", "\"a\nb\"", "NaN", "[1e999]", "9223372036854775808", "// x\n1" };

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_ok(read_text(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_err(ERR_INVALID, read_text(bad[i]));
}

TEST("SEC-5: JSON with a NUL inside or behind is refused")
{
	json_t *value;

	assert_err(ERR_INVALID, json_read((struct bytes){ (const unsigned char *)"{}\0", 3 }, &value));
	assert_null(value);
	assert_err(ERR_INVALID, json_read((struct bytes){ (const unsigned char *)"\"a\0b\"", 5 }, &value));
	assert_err(ERR_INVALID, json_read((struct bytes){ NULL, 0 }, &value));
}

TEST("SEC-5: JSON is at most 16 deep")
{
	assert_ok(read_text(nested(16)));
	assert_err(ERR_INVALID, read_text(nested(17)));
	assert_err(ERR_INVALID, read_text(nested(100000)));
	assert_ok(read_text("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"));
}

TEST("json: members come by name and type")
{
	json_t *value;
	int64_t number = 7;
	bool flag = false;

	assert_ok(json_read(bytes_of_text("{\"t\":\"x\",\"i\":-5,\"f\":true,\"l\":[1],\"r\":1.0,\"n\":null}"), &value));
	assert_string_equal("x", json_text(value, "t"));
	assert_null(json_text(value, "i"));
	assert_null(json_text(value, "none"));
	assert_false(
		json_int(value, "t", &number) || json_int(value, "r", &number) || json_int(value, "none", &number));
	assert_int_equal(7, number);
	assert_true(json_int(value, "i", &number) && number == -5);
	assert_false(json_flag(value, "i", &flag) || json_flag(value, "n", &flag));
	assert_true(json_flag(value, "f", &flag) && flag);
	assert_int_equal(1, json_array_size(json_list(value, "l")));
	assert_null(json_list(value, "t"));
	assert_null(json_text(json_list(value, "l"), "t"));
	json_release(&value);
	assert_null(value);
}

TEST("json: is written compact in the order it was set; ids are strings")
{
	json_t *value = json_object();

	json_put_text(value, "z", "印\"\n");
	json_put_text(value, "left-out", NULL);
	json_put_int(value, "a", INT64_MIN);
	json_put_flag(value, "f", false);
	json_put_id(value, "id", INT64_MAX);
	json_put_text(value, "broken", "a\xE4\xBD|\x80é");
	assert_string_equal(
		"{\"z\":\"印\\\"\\n\",\"a\":-9223372036854775808,\"f\":false,\"id\":\"9223372036854775807\","
		"\"broken\":\"a\uFFFD\uFFFD|\uFFFDé\"}",
		json_write(test_arena(), value));
	json_release(&value);
}
