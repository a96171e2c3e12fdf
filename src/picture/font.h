/* Glyph outlines of exactly named font families (DRAW-3), by FreeType: unhinted, in em units. Fontconfig finds the
 * files; a family that is not installed is an error, never another family. */
#pragma once
#include "picture/drawing.h"

struct glyph {
	struct outline outline; /* em units, y downwards, origin on the base line */
	struct box ink;         /* all 0 without ink */
	double advance;
};

enum typeface { TYPEFACE_SERIF, TYPEFACE_SANS, TYPEFACES };
const char *font_family(enum typeface);

/* The outline in the arena. ERR_NOT_FOUND: the family has no such glyph, or one that shows nothing and takes no room.
 * ERR_BROKEN: the family is not installed or its file is damaged; logged once. */
enum err font_glyph(struct arena *, enum typeface, uint32_t character, struct glyph *out) CHECKED;

/* Where an upright font's file is, and its face in that file. weight is fontconfig's. ERR_NOT_FOUND: none installed has
 * exactly this family and weight. */
enum err font_find(struct arena *, const char *family, int weight, const char **path, long *face) CHECKED;
void font_warm_up(void);
