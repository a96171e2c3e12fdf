/* A vector drawing in millimetres that is written as SVG or as PNG. Its points lie on a grid of 0.01 mm (a quarter of a
 * pixel at 600 dpi), so both ways draw the same shapes and the same input always gives the same bytes. */
#pragma once
#include "base/arena.h"
#include <cairo.h>

struct point {
	double x, y;
};
struct box {
	double left, top, right, bottom;
};

enum segment_kind { SEGMENT_MOVE, SEGMENT_LINE, SEGMENT_CURVE, SEGMENT_CLOSE };
struct segment {
	enum segment_kind kind;
	struct point to[3]; /* of a CURVE two control points and the end; else only the first, of a CLOSE none */
};
struct outline {
	struct segment *segments;
	size_t count;
};

/* A path is filled (non-zero rule), and stroked in the same colour where it has a stroke. */
struct path {
	struct outline outline; /* whole hundredths of a millimetre, y downwards */
	size_t capacity;
	int stroke; /* hundredths of a millimetre */
};

enum { DRAWING_PATHS = 8, DRAWING_GRID = 100 /* units in a millimetre */ };
struct drawing {
	struct arena *arena;
	double width, height; /* mm; the origin is the middle */
	uint32_t colour;      /* 0xRRGGBB */
	struct path paths[DRAWING_PATHS];
	size_t count;
};

struct drawing drawing_new(struct arena *, double width, double height, uint32_t colour);
/* The path stays in the drawing. At most DRAWING_PATHS. */
struct path *drawing_path(struct drawing *, double stroke_mm);

/* Adds the outline, moved by the matrix into millimetres and put onto the grid. */
void drawing_add(struct drawing *, struct path *, struct outline, const cairo_matrix_t *);
void drawing_polygon(struct drawing *, struct path *, const struct point *corners, size_t count);
/* direction 1 is clockwise; a circle of -1 within one of 1 is a hole. */
void drawing_circle(struct drawing *, struct path *, double radius, int direction);

/* Only <path> elements; viewBox, width and height in millimetres. */
struct bytes drawing_svg(const struct drawing *);
/* RGBA with straight alpha: every pixel has the drawing's colour, and its coverage as alpha. ERR_BROKEN: no memory. */
enum err drawing_png(const struct drawing *, int dpi, struct bytes *out) CHECKED;
