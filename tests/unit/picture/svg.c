/* The two ways of writing a drawing are held against each other: the SVG's paths are read back and filled. */
#include "tests/unit/picture/pixels.h"
#include "picture/seal.h"
#include <cairo.h>
#include <stdlib.h>
#include <string.h>

static const struct seal_text full = { "瀚澜恒筑（河北雄安）智慧城市基础设施建设发展集团有限责任公司", "合同专用章",
	"1306291000123" };

static struct bytes svg_of(struct seal_text text)
{
	struct seal_style style = seal_style_official();
	struct seal_missing missing;
	struct bytes svg;

	assert_ok(seal_svg(test_arena(), &text, &style, &missing, &svg));
	return svg;
}

/* Follows the commands M, m, l, c and z, and fails at any other. */
static void follow(cairo_t *cairo, const char *d)
{
	char letter = 0;

	while (*d != '"') {
		size_t count;
		double n[6];

		if (strchr("Mmlcz", *d))
			letter = *d++;
		count = letter == 'c' ? 6 : letter == 'z' ? 0 : 2;
		assert_int_not_equal(0, letter);
		for (size_t i = 0; i < count; i++) {
			char *end;

			n[i] = strtod(d, &end);
			assert_ptr_not_equal(d, end);
			d = end;
		}
		if (letter == 'M')
			cairo_move_to(cairo, n[0], n[1]);
		if (letter == 'm')
			cairo_rel_move_to(cairo, n[0], n[1]);
		if (letter == 'l')
			cairo_rel_line_to(cairo, n[0], n[1]);
		if (letter == 'c')
			cairo_rel_curve_to(cairo, n[0], n[1], n[2], n[3], n[4], n[5]);
		if (letter == 'z')
			cairo_close_path(cairo);
	}
}

static cairo_surface_t *rasterised(const char *svg, int size)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, size, size);
	cairo_t *cairo = cairo_create(surface);

	cairo_translate(cairo, size / 2.0, size / 2.0);
	cairo_scale(cairo, size / 4200.0, size / 4200.0);
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	for (const char *path = svg; (path = strstr(path, "<path")); path++) {
		const char *stroke = strstr(path, "stroke-width=\""), *d = strstr(path, " d=\"") + 4;

		cairo_new_path(cairo);
		follow(cairo, d);
		cairo_fill_preserve(cairo);
		if (stroke && stroke < d) {
			cairo_set_line_width(cairo, strtod(stroke + strlen("stroke-width=\""), NULL));
			cairo_stroke(cairo);
		}
	}
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	return surface;
}

TEST("DRAW-1: SVG and PNG are the same drawing")
{
	struct seal_style style = seal_style_official();
	struct seal_missing missing;
	struct bytes png;
	struct pixels seal;
	cairo_surface_t *surface = rasterised((const char *)svg_of(full).data, 992);
	const unsigned char *alpha = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface);

	assert_ok(seal_png(test_arena(), &full, &style, 600, &missing, &png));
	seal = pixels_read(png, 42);
	/* Where rounding lets a corner fall to either side of cairo's samples, a pixel differs by 20; a stroke of 0.01
	 * mm more makes it 73. */
	for (int y = 0; y < 992; y++)
		for (int x = 0; x < 992; x++)
			assert_true(abs(alpha[y * stride + x] - seal.rgba[(y * 992 + x) * 4 + 3]) <= 32);
	cairo_surface_destroy(surface);
}

TEST("DRAW-1: SVG is true to size in millimetres and holds paths only")
{
	static const char head[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"42mm\" height=\"42mm\" "
				   "viewBox=\"-21 -21 42 42\">";
	static const char *const never[] = { "<text", "href", "url(", "<image", "<style", "<script", "font" };
	const char *svg = (const char *)svg_of(full).data;
	size_t elements = 0, paths = 0;

	assert_memory_equal(svg, head, sizeof head - 1);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		assert_null(strstr(svg, never[i]));
	for (const char *p = svg; (p = strchr(p, '<')); p++)
		elements += p[1] != '/';
	for (const char *p = svg; (p = strstr(p, "<path")); p++)
		paths++;
	assert_int_equal(5, paths); /* ring, star, name, centre, number */
	assert_int_equal(2 + paths, elements);
}

TEST("DRAW-1: the same input gives the same bytes, another gives others")
{
	struct seal_text other = full;
	struct bytes first = svg_of(full);

	assert_true(bytes_equal(first, svg_of(full)));
	other.code = "1306291000124";
	assert_false(bytes_equal(first, svg_of(other)));
}
