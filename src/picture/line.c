/* Lines of text on a seal. */
#include "picture/line.h"
#include "base/text.h"
#include <math.h>

/* The middle of the em square of Source Han's and Noto's CJK families: 0.88 em above the base line, 0.12 below. */
static const double EM_MIDDLE = -0.38;

static bool is_ideograph(uint32_t c)
{
	static const uint32_t ranges[][2] = { { 0x2E80, 0x2FDF }, { 0x3005, 0x3007 }, { 0x3040, 0x30FF },
		{ 0x3400, 0x9FFF }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0x20000, 0x3FFFF } };

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

static void fit_cell(struct cell *cell, uint32_t character)
{
	const double air = 0.05, space = 0.35; /* em */
	const struct box *ink = &cell->glyph.ink;

	if (is_ideograph(character)) {
		cell->width = 1;
		cell->middle = cell->glyph.advance / 2;
	} else if (!cell->glyph.outline.count) {
		cell->width = space;
	} else {
		cell->width = ink->right - ink->left + 2 * air;
		cell->middle = (ink->left + ink->right) / 2;
	}
}

enum err line_read(struct arena *arena, enum typeface typeface, const char *text, uint32_t *missing, struct line *out)
{
	uint32_t character;

	*out = (struct line){ 0 };
	while ((character = utf8_next(&text))) {
		struct cell *cell = &out->cells[out->count];
		enum err err;

		if (out->count == LINE_CHARACTERS)
			return ERR_INVALID;
		err = font_glyph(arena, typeface, character, &cell->glyph);
		if (err == ERR_NOT_FOUND) {
			*missing = character;
			return ERR_INVALID;
		}
		TRY(err);
		fit_cell(cell, character);
		if (out->count)
			out->steps += (out->cells[out->count - 1].width + cell->width) / 2;
		out->count++;
	}
	return OK;
}

/* Draws each cell; place makes the matrix for a cell whose middle is at `along` (mm, 0 in the line's middle). */
static void set(struct drawing *drawing, struct path *path, const struct line *line, const struct setting *setting,
	void (*place)(cairo_matrix_t *, double along, double where), double where, double em_line)
{
	double along = -(line->steps * setting->width + (double)(line->count - 1) * setting->gap) / 2;

	for (size_t i = 0; i < line->count; i++) {
		const struct cell *cell = &line->cells[i];
		cairo_matrix_t matrix;

		if (i)
			along += (line->cells[i - 1].width + cell->width) / 2 * setting->width + setting->gap;
		place(&matrix, along, where);
		cairo_matrix_scale(&matrix, setting->width, setting->height);
		cairo_matrix_translate(&matrix, -cell->middle, -em_line);
		drawing_add(drawing, path, cell->glyph.outline, &matrix);
	}
}

static void place_above(cairo_matrix_t *matrix, double along, double radius)
{
	cairo_matrix_init_rotate(matrix, along / radius);
	cairo_matrix_translate(matrix, 0, -radius);
}

static void place_below(cairo_matrix_t *matrix, double along, double radius)
{
	cairo_matrix_init_rotate(matrix, -along / radius);
	cairo_matrix_translate(matrix, 0, radius);
}

static void place_straight(cairo_matrix_t *matrix, double along, double y)
{
	cairo_matrix_init_translate(matrix, along, y);
}

void line_on_upper_arc(
	struct drawing *drawing, struct path *path, const struct line *line, const struct setting *setting, double top)
{
	set(drawing, path, line, setting, place_above, top - setting->height / 2, EM_MIDDLE);
}

void line_on_lower_arc(
	struct drawing *drawing, struct path *path, const struct line *line, const struct setting *setting, double foot)
{
	set(drawing, path, line, setting, place_below, foot, 0);
}

void line_straight(
	struct drawing *drawing, struct path *path, const struct line *line, const struct setting *setting, double y)
{
	set(drawing, path, line, setting, place_straight, y, EM_MIDDLE);
}
