/* A drawing as PNG. Cairo draws coverage alone; as everything has one colour, the coverage is the straight alpha and no
 * pixel's colour suffers from being multiplied and divided. */
#include "picture/drawing.h"
#include "picture/png.h"
#include "base/log.h"
#include <math.h>

static void follow(cairo_t *cairo, struct outline outline)
{
	cairo_new_path(cairo);
	for (size_t i = 0; i < outline.count; i++) {
		const struct point *to = outline.segments[i].to;

		switch (outline.segments[i].kind) {
		case SEGMENT_MOVE:
			cairo_move_to(cairo, to[0].x, to[0].y);
			break;
		case SEGMENT_LINE:
			cairo_line_to(cairo, to[0].x, to[0].y);
			break;
		case SEGMENT_CURVE:
			cairo_curve_to(cairo, to[0].x, to[0].y, to[1].x, to[1].y, to[2].x, to[2].y);
			break;
		case SEGMENT_CLOSE:
			cairo_close_path(cairo);
		}
	}
}

static void draw(cairo_t *cairo, const struct drawing *drawing, double pixels_per_mm)
{
	cairo_scale(cairo, pixels_per_mm, pixels_per_mm);
	cairo_translate(cairo, drawing->width / 2, drawing->height / 2);
	cairo_scale(cairo, 1.0 / DRAWING_GRID, 1.0 / DRAWING_GRID);
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	for (size_t i = 0; i < drawing->count; i++) {
		follow(cairo, drawing->paths[i].outline);
		cairo_fill_preserve(cairo);
		if (!drawing->paths[i].stroke)
			continue;
		cairo_set_line_width(cairo, drawing->paths[i].stroke);
		cairo_stroke(cairo);
	}
}

static const unsigned char *colour_pixels(struct arena *arena, cairo_surface_t *coverage, uint32_t colour)
{
	size_t width = (size_t)cairo_image_surface_get_width(coverage);
	size_t height = (size_t)cairo_image_surface_get_height(coverage);
	size_t stride = (size_t)cairo_image_surface_get_stride(coverage);
	const unsigned char *alpha = cairo_image_surface_get_data(coverage);
	unsigned char *pixels = ARENA_ARRAY(arena, unsigned char, width *height * 4), *p = pixels;

	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			*p++ = (unsigned char)(colour >> 16);
			*p++ = (unsigned char)(colour >> 8);
			*p++ = (unsigned char)colour;
			*p++ = alpha[y * stride + x];
		}
	return pixels;
}

enum err drawing_png(const struct drawing *drawing, int dpi, struct bytes *out)
{
	double pixels_per_mm = dpi / 25.4;
	struct png_pixels pixels = { (int)lround(drawing->width * pixels_per_mm),
		(int)lround(drawing->height * pixels_per_mm), 4, NULL };
	cairo_surface_t *coverage = cairo_image_surface_create(CAIRO_FORMAT_A8, pixels.width, pixels.height);
	cairo_t *cairo = cairo_create(coverage);
	enum err err = ERR_BROKEN;

	draw(cairo, drawing, pixels.width / drawing->width);
	cairo_surface_flush(coverage);
	if (cairo_status(cairo) == CAIRO_STATUS_SUCCESS) {
		pixels.data = colour_pixels(drawing->arena, coverage, drawing->colour);
		err = png_encode(drawing->arena, pixels, dpi, out);
	} else {
		LOG(LOG_ERROR, "raster", L("message", cairo_status_to_string(cairo_status(cairo))));
	}
	cairo_destroy(cairo);
	cairo_surface_destroy(coverage);
	return err;
}
