/* A line of text on a seal: glyphs in cells, set along an arc or straight. A cell is one em square wide for ideographs
 * and as wide as the ink and a little air for anything narrower, so that equal gaps between cells look equal. */
#pragma once
#include "picture/font.h"

enum { LINE_CHARACTERS = 40 };
struct cell {
	struct glyph glyph;
	double width;  /* in glyph widths: 1 for an ideograph */
	double middle; /* em units from the glyph's origin */
};
struct line {
	struct cell cells[LINE_CHARACTERS];
	size_t count;
	double steps; /* from the middle of the first cell to that of the last, in glyph widths, without the gaps */
};

/* ERR_INVALID with *missing: the first character without a glyph. The text is valid UTF-8 of at most
 * LINE_CHARACTERS. */
enum err line_read(struct arena *, enum typeface, const char *text, uint32_t *missing, struct line *out) CHECKED;

/* How a line is set. Lengths in millimetres. */
struct setting {
	double width, height; /* of an em square */
	double gap;           /* between cells, along the middle of an arc */
};

/* On the arc around the origin whose em squares end at radius top: the feet point to the centre, the whole stands
 * upright at twelve o'clock. */
void line_on_upper_arc(struct drawing *, struct path *, const struct line *, const struct setting *, double top);
/* Around the origin at six o'clock with the base line at radius foot; the heads point to the centre. */
void line_on_lower_arc(struct drawing *, struct path *, const struct line *, const struct setting *, double foot);
/* Straight, its middle at (0, y). */
void line_straight(struct drawing *, struct path *, const struct line *, const struct setting *, double y);
