/* A stranger's text in every kind of place that our templates have. What stands in the page is worked out here by hand,
 * and a page of valid text is valid text. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/buf.h"
#include "web/urlencode.h"
#include "web/view.h"

static const char *const names[] = { "text", "pre", "attribute", "query", "url", "row", "page" };

static void load(void)
{
	const char *why = NULL;

	HOLDS(view_load("tests/fuzz/templates", NULL, 0, &why) == OK);
}

static struct buf expand(const char *text)
{
	struct view *layout = view_new("layout"), *body = view_include(layout, "BODY", "body.tpl");
	struct buf out = buf_new(fuzz_arena());

	view_page_text(layout, "PAGE", text);
	view_text(body, "V", text);
	view_text(view_row(body, "ROW"), "V", text);
	HOLDS(view_expand(layout, "layout.tpl", &out) == OK);
	view_free(&layout);
	return out;
}

/* What stands between "[name(" and ")name]". */
static struct bytes hole(const struct buf *out, const char *name)
{
	const char *mark = arena_printf(fuzz_arena(), "[%s(", name), *end = arena_printf(fuzz_arena(), ")%s]", name);
	const char *from = strstr(out->data, mark), *to = strstr(out->data, end);

	HOLDS(from != NULL && to != NULL);
	from += strlen(mark);
	return (struct bytes){ (const unsigned char *)from, (size_t)(to - from) };
}

static struct bytes escaped(const char *text, bool keeps_lines)
{
	struct buf out = buf_new(fuzz_arena());

	for (; *text; text++) {
		if (*text == '&')
			buf_text(&out, "&amp;");
		else if (*text == '<')
			buf_text(&out, "&lt;");
		else if (*text == '>')
			buf_text(&out, "&gt;");
		else if (*text == '"')
			buf_text(&out, "&quot;");
		else if (*text == '\'')
			buf_text(&out, "&#39;");
		else
			buf_char(&out, strchr("\r\n\v\f\t", *text) && !keeps_lines ? ' ' : *text);
	}
	return buf_view(&out);
}

static void check_query(struct bytes query, const char *text)
{
	for (size_t i = 0; i < query.len; i++)
		HOLDS(query.data[i] > ' ' && query.data[i] < 0x7f && !strchr("<>\"'&=#?", query.data[i]));
	if (utf8_valid(text, strlen(text)))
		HOLDS(text_equal(text, percent_decode(fuzz_arena(), query, true)));
}

static bool is_harmless(struct bytes scheme)
{
	static const char *const schemes[] = { "http", "https", "ftp" };

	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (scheme.len == strlen(schemes[i]) && !strncasecmp((const char *)scheme.data, schemes[i], scheme.len))
			return true;
	return false;
}

/* An address from a stranger's text can neither leave its attribute nor run. Its marks stand in the attributes
 * beside. */
static void check_url(struct bytes url)
{
	static const char before[] = "\" href=\"", behind[] = "\" lang=\"";
	const unsigned char *colon;
	size_t len = 0;

	HOLDS(url.len >= sizeof before + sizeof behind - 2 && !memcmp(url.data, before, sizeof before - 1));
	url = (struct bytes){ url.data + sizeof before - 1, url.len - (sizeof before + sizeof behind - 2) };
	HOLDS(!memcmp(url.data + url.len, behind, sizeof behind - 1));
	for (size_t i = 0; i < url.len; i++)
		HOLDS(!strchr("<>\"'", url.data[i]));
	while (len < url.len && !strchr("/?#", url.data[len]))
		len++;
	colon = memchr(url.data, ':', len);
	HOLDS(!colon || is_harmless((struct bytes){ url.data, (size_t)(colon - url.data) }));
}

FUZZ_PREPARED("view", load)
{
	const char *text = fuzz_text(input);
	struct buf out;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strstr(text, arena_printf(fuzz_arena(), ")%s]", names[i])) ||
			strstr(text, arena_printf(fuzz_arena(), "[%s(", names[i])))
			return; /* would be taken for a mark */
	out = expand(text);
	HOLDS(utf8_valid(out.data, out.len) == utf8_valid(text, strlen(text)));
	HOLDS(bytes_equal(hole(&out, "text"), escaped(text, false)));
	HOLDS(bytes_equal(hole(&out, "attribute"), escaped(text, false)));
	HOLDS(bytes_equal(hole(&out, "row"), escaped(text, false)));
	HOLDS(bytes_equal(hole(&out, "page"), escaped(text, false)));
	HOLDS(bytes_equal(hole(&out, "pre"), escaped(text, true)));
	check_query(hole(&out, "query"), text);
	check_url(hole(&out, "url"));
}
