/* Making a seal: the style is chosen, the server draws, the text is the org's verified name, and a page asks once more
 * (SEAL-2). */
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/portal/seal_view.h"
#include "cgi-bin/site/visit.h"

/* What the page offers is what is taken: each word is a measure of struct seal_style. */
static const char *const kinds[] = { "official", NULL };
static const char *const templates[] = { "round_star", "round_plain", NULL };
static const char *const diameters[] = { "420", "400", "450", NULL }; /* the first of each is the usual */
static const char *const rings[] = { "12", "10", "14", NULL };
static const char *const letters[] = { "100", "80", "115", NULL };
static const char *const acts[] = { "preview", "submit", NULL };

/* clang-format off */
#define STYLE_FIELDS(optional)                                                                                         \
	{ "kind", FIELD_WORD, 0, 0, kinds, optional },                                                                 \
	{ "template", FIELD_WORD, 0, 0, templates, optional },                                                         \
	{ "diameter", FIELD_WORD, 0, 0, diameters, optional },                                                         \
	{ "ring", FIELD_WORD, 0, 0, rings, optional },                                                                 \
	{ "letter", FIELD_WORD, 0, 0, letters, optional }
/* clang-format on */
static const struct field style_fields[] = { STYLE_FIELDS(true), FIELDS_END };
static const struct field make_fields[] = { STYLE_FIELDS(false), { "act", FIELD_WORD, 0, 0, acts, true }, FIELDS_END };
/* What was confirmed stands whole in the form; nth makes of a form sent twice one seal. */
static const struct field confirm_fields[] = { STYLE_FIELDS(false), { "nth", FIELD_INT, 1, INT32_MAX, NULL, false },
	FIELDS_END };

static const struct {
	const char *field;
	const char *const *words;
} measures[] = { { "template", templates }, { "diameter", diameters }, { "ring", rings }, { "letter", letters } };
enum { MEASURES = sizeof measures / sizeof measures[0] };

static const char *chosen(const struct visit *v, const char *field, const char *const *words)
{
	const char *text = form_text(v, field);

	for (const char *const *word = words; text && *word; word++)
		if (text_equal(*word, text))
			return text;
	return words[0];
}

static int number(const struct visit *v, const char *field, const char *const *words)
{
	int64_t out = 0;

	(void)parse_int(chosen(v, field, words), 0, 1000, &out);
	return (int)out;
}

static struct seal_style style_of(const struct visit *v)
{
	struct seal_style style = seal_style_official();

	style.template = text_equal(chosen(v, "template", templates), "round_plain") ? SEAL_ROUND_PLAIN
										     : SEAL_ROUND_STAR;
	style.diameter_mm10 = number(v, "diameter", diameters);
	style.ring_mm10 = number(v, "ring", rings);
	style.letter_percent = number(v, "letter", letters);
	return style;
}

static const char *query_of(const struct visit *v)
{
	return arena_printf(v->ctx.arena, "kind=official&template=%s&diameter=%s&ring=%s&letter=%s",
		chosen(v, "template", templates), chosen(v, "diameter", diameters), chosen(v, "ring", rings),
		chosen(v, "letter", letters));
}

/* ---- GET /orgs/:org/seals/make */

static char *upper(char *name)
{
	for (char *c = name; *c; c++)
		*c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	return name;
}

static char *section_of(struct arena *arena, const char *field, const char *word)
{
	return upper(arena_printf(arena, "IS_%s_%s", field, word));
}

static char *field_of(struct arena *arena, const char *field)
{
	return upper(arena_printf(arena, "FIELD_%s", field));
}

static enum err count_official(struct visit *v, size_t *out)
{
	struct seal *list;
	size_t count;

	*out = 0;
	TRY(seal_list(&v->ctx, false, &list, &count));
	for (size_t i = 0; i < count; i++)
		*out += list[i].kind == SEAL_OFFICIAL;
	return OK;
}

static enum http make_page(struct visit *v)
{
	struct arena *arena = v->ctx.arena;
	struct org org;
	size_t have;

	SHOWN(v, org_load(&v->ctx, v->ctx.org, &org));
	SHOWN(v, count_official(v, &have));
	for (size_t i = 0; i < MEASURES && !v->again; i++)
		view_show(
			v->page, section_of(arena, measures[i].field, chosen(v, measures[i].field, measures[i].words)));
	view_text(v->page, "SEAL_TEXT", org.name);
	view_int(v->page, "SEAL_LENGTH", (int64_t)utf8_count(org.name));
	view_text(v->page, "HAVE", have ? arena_printf(arena, "已有 %zu 枚", have) : "还没有");
	view_text(v->page, "PREVIEW_QUERY", query_of(v));
	return page(v, "portal/seal-make.tpl",
		&(struct frame){ .title = "制作单位印章",
			.back = arena_printf(arena, "/orgs/%lld/seals", (long long)v->ctx.org),
			.at = "AT_ORGS",
			.at_org = "AT_SEALS" });
}

/* ---- GET /orgs/:org/seals/preview.svg */

static bool all_known(const struct visit *v)
{
	for (const struct field *field = style_fields; field->name; field++)
		if (pairs_get(&v->request->query, field->name) && !form_text(v, field->name))
			return false;
	return true;
}

static enum http preview_answer(struct visit *v)
{
	struct seal_style style = style_of(v);
	struct bytes svg;

	if (!all_known(v))
		return failed(v, fault(&v->ctx, ERR_INVALID, NULL, "look-unknown"));
	SHOWN(v, seal_preview(&v->ctx, SEAL_OFFICIAL, &style, &svg));
	response_header(v->response, "Cache-Control", "private, max-age=300");
	return respond(v->response, HTTP_OK, "image/svg+xml", svg);
}

/* ---- POST /orgs/:org/seals/make: nothing is made yet, but what can't be drawn is told here */

static enum http make_submit(struct visit *v)
{
	bool preview = text_equal(form_text(v, "act"), "preview");
	struct seal_style style = style_of(v);
	struct bytes svg;
	enum err err = preview ? OK : seal_preview(&v->ctx, SEAL_OFFICIAL, &style, &svg);

	if (err != OK)
		return back_with_fault(v, err);
	return go(v, "/orgs/%lld/seals/make%s?%s", (long long)v->ctx.org, preview ? "" : "/confirm", query_of(v));
}

/* ---- GET, POST /orgs/:org/seals/make/confirm */

static enum http confirm_page(struct visit *v)
{
	struct arena *arena = v->ctx.arena;
	struct seal_style style = style_of(v);
	struct org org;
	int64_t nth;
	size_t have;

	if (!v->again && !all_known(v))
		return failed(v, fault(&v->ctx, ERR_INVALID, NULL, "look-unknown"));
	SHOWN(v, org_load(&v->ctx, v->ctx.org, &org));
	SHOWN(v, count_official(v, &have));
	SHOWN(v, seal_next_rank(&v->ctx, SEAL_OFFICIAL, &nth));
	for (size_t i = 0; i < MEASURES && !v->again; i++)
		view_text(v->page, field_of(arena, measures[i].field), chosen(v, measures[i].field, measures[i].words));
	view_text(v->page, "SEAL_KIND", seal_kind_name(SEAL_OFFICIAL));
	view_text(v->page, "SEAL_TEXT", org.name);
	view_text(v->page, "SHAPE", seal_shape(arena, &style));
	view_text(v->page, "STROKES", seal_strokes(arena, &style));
	view_text(v->page, "STYLE_QUERY", query_of(v));
	view_int(v->page, "NTH", nth);
	if (have)
		view_int(view_row(v->page, "HAVE"), "HAVE_COUNT", (int64_t)have);
	return page(v, "portal/seal-confirm.tpl",
		&(struct frame){ .title = "确认制作",
			.back = arena_printf(arena, "/orgs/%lld/seals/make", (long long)v->ctx.org),
			.at = "AT_ORGS",
			.at_org = "AT_SEALS" });
}

static enum http confirm_submit(struct visit *v)
{
	struct seal_style style = style_of(v);
	int64_t seal;
	enum err err = seal_make(&v->ctx, SEAL_OFFICIAL, &style, form_int(v, "nth", 0), &seal);

	if (err != OK)
		return back_with_fault(v, err);
	flash(v, "seal-made");
	return go(v, "/orgs/%lld/seals/%lld", (long long)v->ctx.org, (long long)seal);
}

#define WHO (LEGAL_REP | ADMIN)
#define ALL (REAL_NAME | FULL_SESSION)
const struct route seal_make_routes[] = {
	{ "GET", "/orgs/:org/seals/make", WHO, ALL, NO_BODY, make_page, style_fields },
	{ "GET", "/orgs/:org/seals/preview.svg", WHO, ALL, NO_BODY, preview_answer, style_fields },
	{ "POST", "/orgs/:org/seals/make", WHO, ALL, FORM_BODY, make_submit, make_fields },
	{ "GET", "/orgs/:org/seals/make/confirm", WHO, ALL, NO_BODY, confirm_page, style_fields },
	{ "POST", "/orgs/:org/seals/make/confirm", WHO, ALL, FORM_BODY, confirm_submit, confirm_fields },
	ROUTES_END,
};
