/* Bound values and the places of columns (store.h, bind.h). */
#include "store/bind.h"

struct bind bind_int(int64_t number)
{
	return (struct bind){ .kind = BIND_INT, .number = number };
}

struct bind bind_text(const char *text)
{
	return (struct bind){ .kind = BIND_TEXT, .text = text };
}

struct bind bind_bytes(struct bytes bytes)
{
	return (struct bind){ .kind = BIND_BYTES, .bytes = bytes };
}

struct bind into_int64(int64_t *place)
{
	return (struct bind){ .kind = INTO_INT64, .place = place };
}

struct bind into_int(int *place)
{
	return (struct bind){ .kind = INTO_INT, .place = place };
}

/* An enum without negative values is an unsigned int. */
struct bind into_enum(unsigned *place)
{
	return (struct bind){ .kind = INTO_ENUM, .place = place };
}

struct bind into_flag(bool *place)
{
	return (struct bind){ .kind = INTO_FLAG, .place = place };
}

struct bind into_text(const char **place)
{
	return (struct bind){ .kind = INTO_TEXT, .place = place };
}

struct bind into_bytes(struct bytes *place)
{
	return (struct bind){ .kind = INTO_BYTES, .place = place };
}

bool bind_is_value(const struct bind *bind)
{
	return bind->kind <= BIND_BYTES;
}

int bind_count(const struct bind *binds, bool values)
{
	int n = 0;

	for (; binds->kind != BIND_END; binds++)
		n += bind_is_value(binds) == values;
	return n;
}

/* Which kind of value each place takes, and the numbers that fit. */
static const struct {
	int kind;
	int64_t min, max;
} takes[] = {
	[INTO_INT64] = { VALUE_INT, INT64_MIN, INT64_MAX },
	[INTO_INT] = { VALUE_INT, INT32_MIN, INT32_MAX },
	[INTO_ENUM] = { VALUE_INT, 0, INT32_MAX },
	[INTO_FLAG] = { VALUE_INT, 0, 1 },
	[INTO_TEXT] = { VALUE_TEXT },
	[INTO_BYTES] = { VALUE_BYTES },
	[INTO_VALUE] = { VALUE_OTHER /* any but this */, INT64_MIN, INT64_MAX },
};

static bool fits(const struct bind *into, const struct value *value)
{
	if (value->kind == VALUE_NULL)
		return true;
	if (into->kind == INTO_VALUE ? value->kind == VALUE_OTHER : (int)value->kind != takes[into->kind].kind)
		return false;
	if (value->kind == VALUE_INT)
		return value->number >= takes[into->kind].min && value->number <= takes[into->kind].max;
	return value->kind == VALUE_BYTES || !memchr(value->bytes.data, 0, value->bytes.len);
}

/* Behind a text stands its NUL. */
static struct value kept(struct arena *arena, const struct value *value)
{
	struct value out = *value;

	if (value->kind == VALUE_TEXT)
		out.bytes.data = (unsigned char *)arena_text_n(
			arena, (const char *)value->bytes.data, value->bytes.len);
	if (value->kind == VALUE_BYTES)
		out.bytes = arena_bytes(arena, value->bytes.data, value->bytes.len);
	return out;
}

bool bind_put(struct arena *arena, const struct bind *into, const struct value *value)
{
	bool null = value->kind == VALUE_NULL;

	if (!fits(into, value))
		return false;
	switch (into->kind) {
	case INTO_INT64:
		*(int64_t *)into->place = value->number;
		break;
	case INTO_INT:
		*(int *)into->place = (int)value->number;
		break;
	case INTO_ENUM:
		*(unsigned *)into->place = (unsigned)value->number;
		break;
	case INTO_FLAG:
		*(bool *)into->place = value->number;
		break;
	case INTO_TEXT:
		*(const char **)into->place = null
			? NULL
			: arena_text_n(arena, (const char *)value->bytes.data, value->bytes.len);
		break;
	case INTO_VALUE:
		*(struct value *)into->place = kept(arena, value);
		break;
	default:
		*(struct bytes *)into->place = null ? (struct bytes){ 0 }
						    : arena_bytes(arena, value->bytes.data, value->bytes.len);
	}
	return true;
}
