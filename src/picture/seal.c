/* Round seals (DRAW-1): ring, star, name on the upper arc, centre text, number on the lower arc. */
#include "picture/seal.h"
#include "picture/line.h"
#include "base/text.h"
#include <math.h>

enum { NAME_MIN = 4, NAME_MAX = LINE_CHARACTERS, CENTRE_MAX = 12, CODE_LEN = 13 };

/* A template's measures in millimetres for a seal of 42 mm; other sizes scale. Angles in degrees, from the middle of
 * the name's first character to that of its last. */
struct measures {
	double margin;                /* from the ring to the heads of the name */
	double name_low, name_high;   /* height of the name's characters */
	double name_slim, name_broad; /* their width against their height */
	double arc_first, arc_each;   /* arc of a short name: so much, and for each further character */
	double arc, arc_code;         /* arc of a long name: without and with a number below */
	double arc_centre;            /* the same with centre text */
	double star, star_y;          /* radius of its points; where its middle is with centre text */
	double centre_y, centre_high, centre_wide;
	double code_margin, code_high,
		code_pitch; /* from the ring to the feet; height of a digit; from digit to digit */
};

static const struct measures measures[SEAL_TEMPLATES] = {
	[SEAL_ROUND_STAR] = { 0.9, 4.0, 6.4, 0.50, 0.75, 75, 15, 270, 262, 246, 7.0, -1.0, 9.4, 4.0, 15.5, 0.8, 1.5,
		1.5 },
	[SEAL_ROUND_PLAIN] = { 0.9, 4.0, 6.4, 0.50, 0.75, 75, 15, 270, 262, 270, 0.0, 0.0, 0.0, 5.0, 19.0, 0.8, 1.5,
		1.5 },
};

struct seal_style seal_style_official(void)
{
	return (struct seal_style){ SEAL_ROUND_STAR, 420, 12, 100, 0xC8102E };
}

static bool is_within(const char *text, size_t min, size_t max)
{
	size_t count;

	if (!utf8_valid(text, strlen(text)) || !text_is_plain(text))
		return false;
	count = utf8_count(text);
	return count >= min && count <= max;
}

static bool is_code(const char *code)
{
	return strlen(code) == CODE_LEN && strspn(code, "0123456789") == CODE_LEN;
}

static bool is_text_valid(const struct seal_text *text)
{
	return text->name && is_within(text->name, NAME_MIN, NAME_MAX) &&
		(!text->centre || is_within(text->centre, 1, CENTRE_MAX)) && (!text->code || is_code(text->code));
}

static bool is_style_valid(const struct seal_style *style)
{
	return style->template <SEAL_TEMPLATES && style->diameter_mm10 >= 380 && style->diameter_mm10 <= 580 &&
		style->ring_mm10 >= 8 && style->ring_mm10 <= 16 && style->letter_percent >= 60 &&
		style->letter_percent <= 120 && style->colour <= 0xFFFFFF;
}

/* What the parts of one seal are drawn from. */
struct seal {
	struct drawing drawing;
	const struct measures *measures;
	double scale; /* against 42 mm */
	double inner; /* radius within the ring */
	double letter;
	bool has_centre, has_code;
};

static void draw_ring(struct seal *seal)
{
	struct path *path = drawing_path(&seal->drawing, 0);

	drawing_circle(&seal->drawing, path, seal->drawing.width / 2, 1);
	drawing_circle(&seal->drawing, path, seal->inner, -1);
}

static void draw_star(struct seal *seal)
{
	const double inner = 0.381966; /* of a regular pentagram */
	double radius = seal->measures->star * seal->scale;
	double y = seal->has_centre ? seal->measures->star_y * seal->scale : 0;
	struct point corners[10];

	for (int i = 0; i < 10; i++) {
		double r = i % 2 ? radius * inner : radius, angle = i * M_PI / 5;

		corners[i] = (struct point){ r * sin(angle), y - r * cos(angle) };
	}
	drawing_polygon(&seal->drawing, drawing_path(&seal->drawing, 0), corners, 10);
}

/* Squeezing thins the stems and leaves the bars; a stroke of constant width around the outline of a light face brings
 * both to the same weight in narrow and in broad characters. */
static double stroke_for(double width)
{
	const double thin = 0.08, thick = 0.17, narrow = 1.6, broad = 4.6;

	return thin + (thick - thin) * fmin(fmax((width - narrow) / (broad - narrow), 0), 1);
}

static double arc_of_name(const struct seal *seal, double steps)
{
	const struct measures *m = seal->measures;
	double degrees = fmin(m->arc_first + m->arc_each * steps, m->arc);

	if (seal->has_code)
		degrees = fmin(degrees, m->arc_code);
	if (seal->has_centre)
		degrees = fmin(degrees, m->arc_centre);
	return degrees * M_PI / 180;
}

/* The name's characters get as tall as they can without getting slimmer than the measures say; as feet are closer to
 * each other than heads, their room is counted there. */
static struct setting fit_name(const struct seal *seal, const struct line *line, double top)
{
	const struct measures *m = seal->measures;
	const double share = 0.95; /* of its room that a character takes: air at the feet */
	const double foot = 0.94;  /* of the height, where ink ends */
	double gaps = (double)(line->count - 1);
	double arc = arc_of_name(seal, line->steps);
	double room = arc / (line->steps + gaps * (1 - share) / share); /* of a character, at radius 1 */
	double height = room * top / (m->name_slim + foot * room);
	double broadest;
	struct setting setting;

	height = fmin(fmax(height, m->name_low * seal->scale), m->name_high * seal->scale);
	broadest = room * (top - foot * height);
	setting.height = height;
	setting.width = fmin(fmin(broadest, m->name_broad * height) * seal->letter, broadest);
	setting.gap = (arc * (top - height / 2) - line->steps * setting.width) / gaps;
	return setting;
}

static void draw_name(struct seal *seal, struct line *line)
{
	double top = seal->inner - seal->measures->margin * seal->scale;
	struct setting setting = fit_name(seal, line, top);
	struct path *path = drawing_path(&seal->drawing, stroke_for(setting.width));

	line_on_upper_arc(&seal->drawing, path, line, &setting, top);
}

static void draw_centre(struct seal *seal, struct line *line)
{
	const struct measures *m = seal->measures;
	const double gap = 0.06, broad = 0.85, slim = 0.5; /* of a character's width; of its height */
	double cells = line->steps + 1 + gap * (double)(line->count - 1);
	double width = fmin(m->centre_wide / cells, broad * m->centre_high) * seal->scale;
	double height = fmin(m->centre_high * seal->scale, width / slim);
	struct setting setting = { width, height, gap * width };

	line_straight(&seal->drawing, drawing_path(&seal->drawing, stroke_for(width)), line, &setting,
		m->centre_y * seal->scale);
}

/* All digits stand in cells of one width, as on an odometer. */
static void draw_code(struct seal *seal, struct line *line)
{
	const struct measures *m = seal->measures;
	const double digit_high = 0.74; /* em */
	double em = m->code_high / digit_high * seal->scale;
	struct setting setting = { em, em, 0 };

	for (size_t i = 0; i < line->count; i++) {
		line->cells[i].width = m->code_pitch * seal->scale / em;
		line->cells[i].middle = line->cells[i].glyph.advance / 2;
	}
	line->steps = (double)(line->count - 1) * line->cells[0].width;
	line_on_lower_arc(&seal->drawing, drawing_path(&seal->drawing, 0), line, &setting,
		seal->inner - m->code_margin * seal->scale);
}

static enum err draw_line(struct seal *seal, enum typeface typeface, const char *text, uint32_t *missing,
	void (*draw)(struct seal *, struct line *))
{
	struct line *line = ARENA_NEW(seal->drawing.arena, struct line);

	TRY(line_read(seal->drawing.arena, typeface, text, missing, line));
	draw(seal, line);
	return OK;
}

static enum err draw_seal(struct arena *arena, const struct seal_text *text, const struct seal_style *style,
	struct seal_missing *missing, struct drawing *out)
{
	double diameter = style->diameter_mm10 / 10.0;
	struct seal seal;

	missing->character = 0;
	if (!is_text_valid(text) || !is_style_valid(style))
		return ERR_INVALID;
	seal = (struct seal){ drawing_new(arena, diameter, diameter, style->colour), &measures[style->template],
		diameter / 42, (diameter - style->ring_mm10 / 5.0) / 2, style->letter_percent / 100.0, text->centre,
		text->code };
	draw_ring(&seal);
	if (seal.measures->star > 0)
		draw_star(&seal);
	TRY(draw_line(&seal, TYPEFACE_SERIF, text->name, &missing->character, draw_name));
	if (text->centre)
		TRY(draw_line(&seal, TYPEFACE_SERIF, text->centre, &missing->character, draw_centre));
	if (text->code)
		TRY(draw_line(&seal, TYPEFACE_SANS, text->code, &missing->character, draw_code));
	*out = seal.drawing;
	return OK;
}

enum err seal_svg(struct arena *arena, const struct seal_text *text, const struct seal_style *style,
	struct seal_missing *missing, struct bytes *out)
{
	struct drawing drawing;

	TRY(draw_seal(arena, text, style, missing, &drawing));
	*out = drawing_svg(&drawing);
	return OK;
}

enum err seal_png(struct arena *arena, const struct seal_text *text, const struct seal_style *style, int dpi,
	struct seal_missing *missing, struct bytes *out)
{
	struct drawing drawing;

	missing->character = 0;
	if (dpi < 96 || dpi > 600)
		return ERR_INVALID;
	TRY(draw_seal(arena, text, style, missing, &drawing));
	return drawing_png(&drawing, dpi, out);
}

void picture_warm_up(void)
{
	font_warm_up();
}
