/* JSON with bounds: bodies of the open API, authorization_details, payloads. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/json.h"

enum { MOST_DEPTH = 16 };

static void check_depth(const json_t *value, int depth)
{
	const char *name;
	json_t *inner;
	size_t i;

	HOLDS(depth <= MOST_DEPTH);
	json_array_foreach(value, i, inner) check_depth(inner, depth + json_is_array(inner) + json_is_object(inner));
	json_object_foreach((json_t *)value, name, inner)
	{
		HOLDS(utf8_valid(name, strlen(name)));
		check_depth(inner, depth + json_is_array(inner) + json_is_object(inner));
	}
	if (json_is_string(value))
		HOLDS(utf8_valid(json_string_value(value), json_string_length(value)));
}

static void check_readers(const json_t *value)
{
	int64_t number = 0;
	bool flag = false;

	(void)json_text(value, "hash");
	(void)json_list(value, "hash");
	HOLDS(!json_int(value, "hash", &number) || !json_flag(value, "hash", &flag));
}

/* Whatever a text holds, it can be written, and what is written is JSON. */
static void check_put(const char *text)
{
	json_t *object = json_object(), *again = NULL;

	json_put_text(object, "t", text);
	HOLDS(json_read(bytes_of_text(json_write(fuzz_arena(), object)), &again) == OK);
	if (utf8_valid(text, strlen(text)))
		HOLDS(text_equal(text, json_text(again, "t")));
	json_release(&again);
	json_release(&object);
}

FUZZ("json")
{
	json_t *value, *again = NULL;

	check_put(fuzz_text(input));
	if (json_read(input, &value) != OK) {
		HOLDS(!value);
		return;
	}
	check_depth(value, json_is_array(value) || json_is_object(value));
	check_readers(value);
	HOLDS(json_read(bytes_of_text(json_write(fuzz_arena(), value)), &again) == OK);
	HOLDS(json_equal(value, again) || json_is_real(value) || json_is_array(value) || json_is_object(value));
	json_release(&again);
	json_release(&value);
}
