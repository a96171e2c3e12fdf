/* Configuration files. libinih splits the lines; which keys there are, what they may hold and what a refusal says
 * stands here. A comment has a line of its own: libinih's habit of cutting a value at " ;" would lose half of it
 * silently. */
#include "base/conf.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include <ini.h>
#include <inttypes.h>
#include <sys/stat.h>

enum { MOST_BYTES = 256 * 1024, MOST_LINE = 4096 };

struct reading {
	struct arena *arena;
	const char *path;
	const struct conf_key *keys;
	char *out;
	int *lines;        /* of each key: where it was given, 0 so far */
	struct bytes left; /* of the file */
	int line;
	const char *why; /* the first refusal */
};

__attribute__((format(printf, 2, 3))) static enum err refuse(struct reading *r, const char *format, ...)
{
	va_list values;

	if (r->why)
		return ERR_INVALID;
	va_start(values, format);
	/* what the file holds goes to a terminal: libinih cuts long names inside a character, and a value may hold an
	 * escape */
	r->why = text_plain_part(r->arena, arena_vprintf(r->arena, format, values));
	va_end(values);
	if (r->line)
		r->why = arena_printf(r->arena, "%s:%d: %s", r->path, r->line, r->why);
	else
		r->why = arena_printf(r->arena, "%s: %s", r->path, r->why);
	return ERR_INVALID;
}

static enum err take_text(struct reading *r, const struct conf_key *key, const char *value, void *target)
{
	size_t len = strlen(value);

	if (key->max > 0 && ((int64_t)len < key->min || (int64_t)len > key->max))
		return refuse(
			r, "%s takes %" PRId64 " to %" PRId64 " bytes, not %zu", key->name, key->min, key->max, len);
	*(const char **)target = arena_text(r->arena, value);
	return OK;
}

static enum err take_int(struct reading *r, const struct conf_key *key, const char *value, void *target)
{
	if (!parse_int(value, key->min, key->max, target))
		return refuse(r, "%s takes a whole number from %" PRId64 " to %" PRId64 ", not \"%s\"", key->name,
			key->min, key->max, value);
	return OK;
}

static enum err take_flag(struct reading *r, const struct conf_key *key, const char *value, void *target)
{
	static const char *const words[][2] = { { "no", "yes" }, { "false", "true" }, { "off", "on" }, { "0", "1" } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		for (int flag = 0; flag < 2; flag++) {
			if (!text_equal(value, words[i][flag]))
				continue;
			*(bool *)target = flag;
			return OK;
		}
	}
	return refuse(r, "%s takes yes or no, not \"%s\"", key->name, value);
}

static bool is_url(const char *value)
{
	const char *host = text_starts(value, "http://") ? value + 7
		: text_starts(value, "https://")         ? value + 8
							 : NULL;

	if (!host || !*host || *host == '/' || *host == ':' || text_ends(value, "/"))
		return false;
	for (const char *c = host; *c; c++) {
		if (*c <= ' ' || *c > '~' || strchr("?#@\\\"'<>`{}|^", *c))
			return false;
	}
	return true;
}

static enum err take_url(struct reading *r, const struct conf_key *key, const char *value, void *target)
{
	if (!is_url(value))
		return refuse(r, "%s takes an http or https address without query and final slash, not \"%s\"",
			key->name, value);
	*(const char **)target = arena_text(r->arena, value);
	return OK;
}

static enum err take_path(struct reading *r, const struct conf_key *key, const char *value, void *target)
{
	const char *slash = strrchr(r->path, '/');
	char *folder;

	if (!*value)
		return refuse(r, "%s takes a path", key->name);
	folder = slash ? arena_text_n(r->arena, r->path, (size_t)(slash + 1 - r->path)) : arena_text(r->arena, "");
	*(const char **)target = *value == '/' ? arena_text(r->arena, value) : path_join(r->arena, folder, value);
	return OK;
}

static enum err take_closed_file(
	struct reading *r, const struct conf_key *key, const char *value, void *target, unsigned widest)
{
	struct stat state;
	const char *path;

	TRY(take_path(r, key, value, target));
	path = *(const char **)target;
	if (stat(path, &state) != 0 || !S_ISREG(state.st_mode))
		return refuse(r, "%s: there is no file \"%s\"", key->name, path);
	if (state.st_mode & 07777 & ~widest)
		return refuse(r, "%s: \"%s\" has mode %04o, it must be %04o or stricter", key->name, path,
			(unsigned)state.st_mode & 07777, widest);
	return OK;
}

static enum err take_secret_file(struct reading *r, const struct conf_key *key, const char *value, void *target)
{
	return take_closed_file(r, key, value, target, 0600);
}

static enum err take_shared_secret_file(struct reading *r, const struct conf_key *key, const char *value, void *target)
{
	return take_closed_file(r, key, value, target, 0640);
}

static enum err take(struct reading *r, const struct conf_key *key, const char *value)
{
	static enum err (*const ways[])(struct reading *, const struct conf_key *, const char *, void *) = {
		[CONF_TEXT] = take_text,
		[CONF_INT] = take_int,
		[CONF_FLAG] = take_flag,
		[CONF_URL] = take_url,
		[CONF_PATH] = take_path,
		[CONF_SECRET_FILE] = take_secret_file,
		[CONF_SHARED_SECRET_FILE] = take_shared_secret_file,
	};
	void *target = r->out + key->target;

	/* a text whose fallback is empty may stay empty: no such service, no such file */
	if (!*value && key->fallback && !*key->fallback && key->type != CONF_INT && key->type != CONF_FLAG) {
		*(const char **)target = arena_text(r->arena, value);
		return OK;
	}
	return ways[key->type](r, key, value, target);
}

/* libinih's reader: one line at each call, so that the handler knows the line it is called for. */
static char *next_line(char *line, int size, void *stream)
{
	struct reading *r = stream;
	const unsigned char *feed = r->left.len ? memchr(r->left.data, '\n', r->left.len) : NULL;
	size_t len = feed ? (size_t)(feed + 1 - r->left.data) : r->left.len;

	if (!len || r->why)
		return NULL;
	r->line++;
	if (len >= (size_t)size) {
		refuse(r, "the line is longer than %d bytes", size - 1);
		return NULL;
	}
	if (memchr(r->left.data, 0, len) || !utf8_valid((const char *)r->left.data, len)) {
		refuse(r, "the line is not UTF-8 text");
		return NULL;
	}
	memcpy(line, r->left.data, len);
	line[len] = 0;
	r->left.data += len;
	r->left.len -= len;
	return line;
}

static enum err take_line(struct reading *r, const char *section, const char *name, const char *value)
{
	bool known = false;

	for (size_t i = 0; r->keys[i].name; i++) {
		if (!text_equal(r->keys[i].section, section))
			continue;
		known = true;
		if (!text_equal(r->keys[i].name, name))
			continue;
		if (r->lines[i])
			return refuse(r, "%s was given in line %d already", name, r->lines[i]);
		if (strstr(value, " ;") || strstr(value, "\t;"))
			return refuse(r, "a comment must have a line of its own");
		r->lines[i] = r->line;
		return take(r, &r->keys[i], value);
	}
	if (known)
		return refuse(r, "[%s] has no key \"%s\"", section, name);
	return refuse(r, *section ? "there is no section [%s]" : "a key stands before the first [section]%s", section);
}

static int on_pair(void *user, const char *section, const char *name, const char *value)
{
	return take_line(user, section, name, value) == OK;
}

static enum err take_missing(struct reading *r)
{
	r->line = 0;
	for (size_t i = 0; r->keys[i].name; i++) {
		const struct conf_key *key = &r->keys[i];

		if (r->lines[i])
			continue;
		if (!key->fallback)
			return refuse(r, "%s must be given in [%s]", key->name, key->section);
		TRY(take(r, key, key->fallback));
	}
	return OK;
}

static size_t count_keys(const struct conf_key *keys)
{
	size_t count = 0;

	while (keys[count].name)
		count++;
	return count;
}

enum err conf_read(struct arena *arena, const char *path, const struct conf_key *keys, void *out, const char **why)
{
	struct reading r = { .arena = arena, .path = path, .keys = keys, .out = out };
	enum err err;
	int bad;

	*why = NULL;
	err = file_read(arena, path, MOST_BYTES, &r.left);
	if (err != OK) {
		*why = arena_printf(
			arena, "%s: %s", path, err == ERR_INVALID ? "not a file of at most 256 KB" : "cannot be read");
		return err;
	}
	r.lines = ARENA_ARRAY(arena, int, count_keys(keys) + 1);
	ini_max_line = MOST_LINE;
	ini_allow_multiline = false;
	ini_stop_on_first_error = true;
	ini_allow_inline_comments = false;
	bad = ini_parse_stream(next_line, &r, on_pair, &r);
	if (bad && !r.why) {
		r.line = bad > 0 ? bad : 0;
		err = refuse(&r, "neither [section] nor name = value");
	} else if (!r.why) {
		err = take_missing(&r);
	}
	*why = r.why;
	return r.why ? ERR_INVALID : err;
}

static const char *given_value(const struct conf_key *key, const char *const *values)
{
	size_t section = strlen(key->section), name = strlen(key->name);

	for (; values && *values; values++) {
		const char *text = *values;

		if (text_starts(text, key->section) && text[section] == '.' &&
			text_starts(text + section + 1, key->name) && text[section + 1 + name] == '=')
			return text + section + 1 + name + 1;
	}
	return NULL;
}

static void describe(struct buf *buf, const struct conf_key *key)
{
	static const char *const types[] = {
		[CONF_TEXT] = "text",
		[CONF_INT] = "number",
		[CONF_FLAG] = "yes or no",
		[CONF_URL] = "http or https address without final slash",
		[CONF_PATH] = "path, relative to this file's folder",
		[CONF_SECRET_FILE] = "path of a file of mode 0600, relative to this file's folder",
		[CONF_SHARED_SECRET_FILE] = "path of a file of mode 0640, relative to this file's folder",
	};

	buf_printf(buf, "# %s (%s", key->about ? key->about : key->name, types[key->type]);
	if (key->type == CONF_INT)
		buf_printf(buf, ", %" PRId64 " to %" PRId64, key->min, key->max);
	if (key->type == CONF_TEXT && key->max > 0)
		buf_printf(buf, ", %" PRId64 " to %" PRId64 " bytes", key->min, key->max);
	buf_text(buf, key->fallback ? ")\n" : "; must be given)\n");
}

char *conf_write(struct arena *arena, const struct conf_key *keys, const char *const *values)
{
	struct buf buf = buf_new(arena);
	const char *section = NULL;

	for (const struct conf_key *key = keys; key->name; key++) {
		const char *value = given_value(key, values);

		if (!text_equal(section, key->section))
			buf_printf(&buf, "%s[%s]\n", section ? "\n" : "", key->section);
		section = key->section;
		describe(&buf, key);
		/* a fallback stays a comment, so that a later release can better it */
		if (value || !key->fallback)
			buf_printf(&buf, "%s = %s\n", key->name, value ? value : "");
		else
			buf_printf(&buf, "#%s = %s\n", key->name, key->fallback);
	}
	return buf.data;
}
