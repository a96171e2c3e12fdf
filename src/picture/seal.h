/* Drawing of seals (DRAW-1 to DRAW-3): one vector drawing as SVG and as PNG with alpha. Measures in millimetres, one
 * table a template. Fonts come from packages and are named exactly; no system font is assumed. */
#pragma once
#include "base/arena.h"

enum seal_template { SEAL_ROUND_STAR, SEAL_ROUND_PLAIN, SEAL_TEMPLATES };
struct seal_text {
	const char *name;   /* upper arc, 4 to 40 characters */
	const char *centre; /* 财务专用章, 合同专用章: 1 to 12 characters; NULL: none */
	const char *code;   /* 13 digits on the lower arc; NULL: none */
};
struct seal_style {
	enum seal_template template;
	int diameter_mm10;  /* tenths of a millimetre: 380 to 580; official 420 */
	int ring_mm10;      /* width of the border: 8 to 16 */
	int letter_percent; /* glyph width against the default, 60 to 120; never so wide that glyphs touch */
	uint32_t colour;    /* 0xRRGGBB */
};
struct seal_style seal_style_official(void);
struct seal_missing {
	uint32_t character; /* the first without a glyph */
};
/* ERR_INVALID with *missing set: a character has no glyph (DRAW-2), or with character 0: bounds or wrong length.
 * ERR_BROKEN: a font is not installed; logged once. SVG: the same input gives the same bytes. */
enum err seal_svg(struct arena *, const struct seal_text *, const struct seal_style *, struct seal_missing *missing,
	struct bytes *out) CHECKED;
enum err seal_png(struct arena *, const struct seal_text *, const struct seal_style *, int dpi,
	struct seal_missing *missing, struct bytes *out) CHECKED; /* 96 to 600 dpi; alpha; pHYs set */
/* The drawing of a seal on a square ground of 54 mm with its diameter as a dimension: beside each other, sizes
 * differ. */
struct bytes seal_svg_measured(struct arena *, struct bytes svg, const struct seal_style *);
void picture_warm_up(void); /* loads fonts, so that the first person does not wait */
