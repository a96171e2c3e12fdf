/* Fonts: fontconfig for the file, FreeType for the outlines. A process opens each face once and keeps it. */
#include "picture/font.h"
#include "base/log.h"
#include "base/text.h"
#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_BBOX_H
#include FT_OUTLINE_H

static const struct {
	const char *family;
	int weight;
} typefaces[TYPEFACES] = {
	[TYPEFACE_SERIF] = { "Noto Serif CJK SC", FC_WEIGHT_REGULAR },
	[TYPEFACE_SANS] = { "Noto Sans CJK SC", FC_WEIGHT_BOLD },
};

static struct {
	bool tried;
	FT_Face face; /* NULL once tried: not installed or damaged */
} opened[TYPEFACES];

const char *font_family(enum typeface typeface)
{
	return typefaces[typeface].family;
}

/* Where packages put fonts and keep the list of them. A system's own configuration can alias families and costs tens of
 * milliseconds more to read. */
static FcConfig *load_config(void)
{
	static const char xml[] = "<fontconfig><dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>"
				  "<cachedir>/var/cache/fontconfig</cachedir></fontconfig>";
	FcConfig *config = FcConfigCreate();

	if (config && FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)xml, FcTrue) &&
		FcConfigBuildFonts(config))
		return config;
	if (config)
		FcConfigDestroy(config);
	return NULL;
}

/* Listing, other than matching, never answers with another family. */
static FcFontSet *list_upright(FcConfig *config, const char *family, int weight)
{
	FcPattern *wanted = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, FC_WEIGHT, FcTypeInteger, weight,
		FC_SLANT, FcTypeInteger, FC_SLANT_ROMAN, NULL);
	FcObjectSet *asked = FcObjectSetBuild(FC_FILE, FC_INDEX, NULL);
	FcFontSet *found = wanted && asked ? FcFontList(config, wanted, asked) : NULL;

	if (wanted)
		FcPatternDestroy(wanted);
	if (asked)
		FcObjectSetDestroy(asked);
	return found;
}

enum err font_find(struct arena *arena, const char *family, int weight, const char **path, long *face)
{
	FcConfig *config = load_config();
	FcFontSet *found = config ? list_upright(config, family, weight) : NULL;
	FcChar8 *file;
	int index;
	enum err err = ERR_NOT_FOUND;

	if (found && found->nfont && FcPatternGetString(found->fonts[0], FC_FILE, 0, &file) == FcResultMatch &&
		FcPatternGetInteger(found->fonts[0], FC_INDEX, 0, &index) == FcResultMatch) {
		*path = arena_text(arena, (const char *)file);
		*face = index;
		err = OK;
	}
	if (found)
		FcFontSetDestroy(found);
	if (config)
		FcConfigDestroy(config);
	return err;
}

static FT_Face open_face(struct arena *arena, const char *family, int weight)
{
	static FT_Library library;
	const char *path = NULL;
	long index;
	FT_Face face;

	if (!library && FT_Init_FreeType(&library))
		return NULL;
	if (font_find(arena, family, weight, &path, &index) != OK || FT_New_Face(library, path, index, &face))
		return NULL;
	if (FT_IS_SCALABLE(face) && text_equal(face->family_name, family) &&
		!FT_Select_Charmap(face, FT_ENCODING_UNICODE))
		return face;
	FT_Done_Face(face);
	return NULL;
}

static FT_Face face_of(struct arena *arena, enum typeface typeface)
{
	if (!opened[typeface].tried) {
		opened[typeface].tried = true;
		opened[typeface].face = open_face(arena, typefaces[typeface].family, typefaces[typeface].weight);
		if (!opened[typeface].face)
			LOG(LOG_ERROR, "font-missing", L("family", typefaces[typeface].family));
	}
	return opened[typeface].face;
}

/* An outline on its way from FreeType. */
struct tracing {
	struct outline outline;
	double em;
};

static struct point em_point(const struct tracing *tracing, const FT_Vector *v)
{
	return (struct point){ (double)v->x / tracing->em, -(double)v->y / tracing->em };
}

static void add(struct tracing *tracing, struct segment segment)
{
	tracing->outline.segments[tracing->outline.count++] = segment;
}

static int trace_move(const FT_Vector *to, void *arg)
{
	struct tracing *tracing = arg;

	if (tracing->outline.count)
		add(tracing, (struct segment){ .kind = SEGMENT_CLOSE });
	add(tracing, (struct segment){ SEGMENT_MOVE, { em_point(tracing, to) } });
	return 0;
}

static int trace_line(const FT_Vector *to, void *arg)
{
	add(arg, (struct segment){ SEGMENT_LINE, { em_point(arg, to) } });
	return 0;
}

static int trace_cubic(const FT_Vector *a, const FT_Vector *b, const FT_Vector *to, void *arg)
{
	add(arg, (struct segment){ SEGMENT_CURVE, { em_point(arg, a), em_point(arg, b), em_point(arg, to) } });
	return 0;
}

/* TrueType's quadratic curve, raised to a cubic one. */
static int trace_conic(const FT_Vector *control, const FT_Vector *to, void *arg)
{
	struct tracing *tracing = arg;
	struct segment *last = &tracing->outline.segments[tracing->outline.count - 1];
	struct point from = last->to[last->kind == SEGMENT_CURVE ? 2 : 0], c = em_point(tracing, control),
		     end = em_point(tracing, to);

	add(tracing,
		(struct segment){ SEGMENT_CURVE,
			{ { (from.x + 2 * c.x) / 3, (from.y + 2 * c.y) / 3 },
				{ (end.x + 2 * c.x) / 3, (end.y + 2 * c.y) / 3 }, end } });
	return 0;
}

static enum err trace(struct arena *arena, FT_Outline *shape, double em, struct glyph *out)
{
	static const FT_Outline_Funcs trace_funcs = { trace_move, trace_line, trace_conic, trace_cubic, 0, 0 };
	/* A point makes at most one segment; each contour adds its move, its way back and its close. */
	struct tracing tracing = { { NULL, 0 }, em };
	FT_BBox box;

	tracing.outline.segments = ARENA_ARRAY(
		arena, struct segment, (size_t)shape->n_points + 3 * (size_t)shape->n_contours + 1);
	if (FT_Outline_Decompose(shape, &trace_funcs, &tracing) || FT_Outline_Get_BBox(shape, &box))
		return ERR_BROKEN;
	if (tracing.outline.count) {
		add(&tracing, (struct segment){ .kind = SEGMENT_CLOSE });
		out->ink = (struct box){ (double)box.xMin / em, -(double)box.yMax / em, (double)box.xMax / em,
			-(double)box.yMin / em };
	}
	out->outline = tracing.outline;
	return OK;
}

enum err font_glyph(struct arena *arena, enum typeface typeface, uint32_t character, struct glyph *out)
{
	FT_Face face = face_of(arena, typeface);
	FT_UInt index;

	if (!face)
		return ERR_BROKEN;
	*out = (struct glyph){ 0 };
	index = FT_Get_Char_Index(face, character);
	if (!index)
		return ERR_NOT_FOUND;
	if (FT_Load_Glyph(face, index, FT_LOAD_NO_SCALE) || face->glyph->format != FT_GLYPH_FORMAT_OUTLINE)
		return ERR_BROKEN;
	TRY(trace(arena, &face->glyph->outline, face->units_per_EM, out));
	out->advance = (double)face->glyph->metrics.horiAdvance / face->units_per_EM;
	return out->outline.count || out->advance > 0 ? OK : ERR_NOT_FOUND;
}

void font_warm_up(void)
{
	struct arena *arena = arena_new(false);

	for (enum typeface typeface = 0; typeface < TYPEFACES; typeface++)
		(void)face_of(arena, typeface);
	arena_free(&arena);
}
