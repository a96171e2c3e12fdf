/* JSON with bounds over jansson. */
#include "base/json.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include <inttypes.h>

enum { MOST_DEPTH = 16 };

/* Looks at brackets outside strings before anything is parsed, so that a deep text costs neither stack nor memory. */
static bool is_shallow(struct bytes text)
{
	bool in_string = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.data[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '[' || c == '{') {
			if (++depth > MOST_DEPTH)
				return false;
		} else if ((c == ']' || c == '}') && depth) {
			depth--;
		}
	}
	return true;
}

enum err json_read(struct bytes text, json_t **out)
{
	json_error_t error;

	*out = NULL;
	if (!text.len || !is_shallow(text))
		return ERR_INVALID;
	*out = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	return *out ? OK : ERR_INVALID;
}

void json_release(json_t **value)
{
	json_decref(*value);
	*value = NULL;
}

static int add_piece(const char *piece, size_t len, void *buf)
{
	buf_add(buf, piece, len);
	return 0;
}

char *json_write(struct arena *arena, const json_t *value)
{
	struct buf buf = buf_new(arena);

	if (json_dump_callback(value, add_piece, &buf, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
		log_die("json-not-writable");
	return buf.data;
}

const char *json_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

bool json_int(const json_t *object, const char *name, int64_t *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		return false;
	*out = json_integer_value(value);
	return true;
}

bool json_flag(const json_t *object, const char *name, bool *out)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_boolean(value))
		return false;
	*out = json_is_true(value);
	return true;
}

const json_t *json_list(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_array(value) ? value : NULL;
}

static void put(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) != 0)
		log_die("json-not-settable");
}

/* jansson refuses text that is not UTF-8. Text of people was checked where it came in; what an outside service said may
 * reach this place unchecked, and must not be able to end a process. */
static void put_mended(json_t *object, const char *name, const char *text)
{
	static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */
	struct arena *arena = arena_new(false);
	struct buf buf = buf_new(arena);

	for (const char *next = text; *next; text = next) {
		utf8_next(&next);
		if (utf8_valid(text, (size_t)(next - text)))
			buf_add(&buf, text, (size_t)(next - text));
		else
			buf_text(&buf, replacement);
	}
	put(object, name, json_string(buf.data));
	arena_free(&arena);
}

void json_put_text(json_t *object, const char *name, const char *text)
{
	if (!text)
		return;
	if (utf8_valid(text, strlen(text)))
		put(object, name, json_string(text));
	else
		put_mended(object, name, text);
}

void json_put_int(json_t *object, const char *name, int64_t number)
{
	put(object, name, json_integer(number));
}

void json_put_flag(json_t *object, const char *name, bool flag)
{
	put(object, name, json_boolean(flag));
}

void json_put_id(json_t *object, const char *name, int64_t id)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, id);
	put(object, name, json_string(text));
}
