/* Finding the row for a request. The tables are cut into words once and sorted by their first word; a request looks
 * only at the rows that share it. */
#include "base/buf.h"
#include "base/log.h"
#include "web/route.h"

struct segment {
	const char *text;
	size_t len;
};
struct path {
	struct segment segments[PATH_PARTS];
	size_t count;
};
struct compiled {
	const struct route *route;
	struct path path;
};
/* One program has one set of tables, so one is remembered; another set (in tests) takes its place. */
static struct {
	const struct route *const *tables;
	struct arena *arena;
	struct compiled *rows;
	size_t count;
} known;

/* false: does not begin with '/', an empty segment (so "/orgs/" is not "/orgs"), or too many. */
static bool cut(const char *text, struct path *out)
{
	out->count = 0;
	if (*text != '/')
		return false;
	if (!text[1])
		return true;
	while (*text) {
		size_t len;

		text++;
		len = strcspn(text, "/");
		if (!len || out->count == PATH_PARTS)
			return false;
		out->segments[out->count++] = (struct segment){ text, len };
		text += len;
	}
	return true;
}

static bool is_part(struct segment segment)
{
	return segment.text[0] == ':';
}

static int compare_segments(struct segment a, struct segment b)
{
	int order = memcmp(a.text, b.text, a.len < b.len ? a.len : b.len);

	return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

/* Patterns in the order in which they are tried: words before parts, the leftmost first; parts are all alike. */
static int compare_rows(const void *left, const void *right)
{
	const struct path *a = &((const struct compiled *)left)->path, *b = &((const struct compiled *)right)->path;

	for (size_t i = 0; i < a->count && i < b->count; i++) {
		bool part_a = is_part(a->segments[i]), part_b = is_part(b->segments[i]);
		int order;

		if (part_a != part_b)
			return part_a ? 1 : -1;
		order = part_a ? 0 : compare_segments(a->segments[i], b->segments[i]);
		if (order)
			return order;
	}
	return a->count < b->count ? -1 : a->count > b->count;
}

static void compile(const struct route *const *tables)
{
	size_t count = 0;

	arena_free(&known.arena);
	known.arena = arena_new(false);
	for (const struct route *const *table = tables; *table; table++)
		for (const struct route *route = *table; route->method; route++)
			count++;
	known.rows = ARENA_ARRAY(known.arena, struct compiled, count);
	known.count = 0;
	for (const struct route *const *table = tables; *table; table++)
		for (const struct route *route = *table; route->method; route++) {
			struct compiled *row = &known.rows[known.count++];

			row->route = route;
			if (!cut(route->pattern, &row->path)) {
				LOG(LOG_ERROR, "route-pattern-broken", L("pattern", route->pattern));
				abort();
			}
		}
	qsort(known.rows, known.count, sizeof *known.rows, compare_rows);
	known.tables = tables;
}

static bool fits(const struct path *pattern, const struct path *path)
{
	if (pattern->count != path->count)
		return false;
	for (size_t i = 0; i < path->count; i++)
		if (!is_part(pattern->segments[i]) && compare_segments(pattern->segments[i], path->segments[i]))
			return false;
	return true;
}

/* Where the rows begin whose first word is not below the path's; rows whose first segment is a part stand last. */
static size_t lower_bound(const struct path *path)
{
	size_t from = 0, to = known.count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct path *row = &known.rows[middle].path;
		bool below = !row->count ||
			(!is_part(row->segments[0]) && compare_segments(row->segments[0], path->segments[0]) < 0);

		if (below)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static size_t first_part_row(void)
{
	size_t at = known.count;

	while (at && known.rows[at - 1].path.count && is_part(known.rows[at - 1].path.segments[0]))
		at--;
	return at;
}

/* The first row that fits, known.count if none does. */
static size_t find(const struct path *path)
{
	size_t at = path->count ? lower_bound(path) : 0;

	for (; at < known.count; at++) {
		const struct path *row = &known.rows[at].path;

		if (fits(row, path))
			return at;
		if (path->count && row->count && !is_part(row->segments[0]) &&
			compare_segments(row->segments[0], path->segments[0]) > 0)
			break;
	}
	for (at = first_part_row(); at < known.count; at++)
		if (fits(&known.rows[at].path, path))
			return at;
	return known.count;
}

static bool serves(const struct route *route, const char *method)
{
	return !strcmp(route->method, method) || (!strcmp(method, "HEAD") && !strcmp(route->method, "GET"));
}

static void fill(struct match *out, const struct compiled *row, const struct path *path, struct arena *arena)
{
	*out = (struct match){ .route = row->route };
	for (size_t i = 0; i < path->count; i++) {
		struct segment name = row->path.segments[i], value = path->segments[i];

		if (is_part(name))
			out->parts[out->count++] = (struct pair){ arena_text_n(arena, name.text + 1, name.len - 1),
				arena_text_n(arena, value.text, value.len) };
	}
}

enum http route_find(const struct route *const *tables, const char *method, const char *path_text, struct arena *arena,
	struct match *out, const char **allow)
{
	struct buf methods = buf_new(arena);
	struct path path;
	size_t first;

	*allow = NULL;
	*out = (struct match){ NULL };
	if (known.tables != tables)
		compile(tables);
	if (!cut(path_text, &path) || (first = find(&path)) == known.count)
		return HTTP_NOT_FOUND;
	for (size_t i = first; i < known.count && !compare_rows(&known.rows[first], &known.rows[i]); i++) {
		const struct route *route = known.rows[i].route;

		if (serves(route, method)) {
			fill(out, &known.rows[i], &path, arena);
			return HTTP_OK;
		}
		buf_printf(&methods, "%s%s", methods.len ? ", " : "", route->method);
		if (!strcmp(route->method, "GET"))
			buf_text(&methods, ", HEAD");
	}
	*allow = methods.data;
	return HTTP_NOT_ALLOWED;
}

const char *match_part(const struct match *match, const char *name)
{
	for (size_t i = 0; i < match->count; i++)
		if (!strcmp(match->parts[i].name, name))
			return match->parts[i].value;
	return NULL;
}
