#include "tests/unit/picture/pixels.h"
#include "picture/qr.h"
#include <stdio.h>
#include <string.h>

static const char address[] = "https://yinxin.example/s/4611686018427387904?k=Xb3kq9ZPL0aTgq1v";

static bool is_black(const struct pixels *code, int x, int y)
{
	return code->rgba[(y * code->width + x) * 4] == 0;
}

static struct pixels png_of(const char *text, int module_pixels)
{
	struct bytes png;

	assert_ok(qr_png(test_arena(), text, module_pixels, &png));
	return pixels_read(png, 1);
}

TEST("QR: the smallest version that holds the text, grey, with a quiet zone of four modules")
{
	struct bytes png;
	struct pixels code = png_of("YINXIN", 3);

	assert_int_equal((21 + 8) * 3, code.width);               /* version 1 */
	assert_int_equal((33 + 8) * 2, png_of(address, 2).width); /* version 4 at level M: up to 62 bytes */
	assert_ok(qr_png(test_arena(), "YINXIN", 3, &png));
	assert_memory_equal(png.data + 24, "\x08\x00", 2); /* IHDR: 8 bit, grey */
	for (int y = 0; y < code.height; y++)
		for (int x = 0; x < code.width; x++)
			if (x < 12 || y < 12 || x >= code.width - 12 || y >= code.height - 12)
				assert_false(is_black(&code, x, y));
}

TEST("QR: finder patterns stand in three corners")
{
	struct pixels code = png_of(address, 1);
	static const char row[] = "#######.";

	for (int i = 0; i < 8; i++) {
		assert_int_equal(row[i] == '#', is_black(&code, 4 + i, 4));
		assert_int_equal(row[i] == '#', is_black(&code, code.width - 5 - i, 4));
		assert_int_equal(row[i] == '#', is_black(&code, 4 + i, code.height - 5));
	}
}

TEST("QR: SVG has the same modules as PNG, as one path on white")
{
	struct pixels code = png_of(address, 1);
	char *seen = arena_alloc(test_arena(), (size_t)(code.width * code.height)), head[160];
	struct bytes svg;
	const char *d;
	int x = 0, y = 0, right, down, run, taken;

	assert_ok(qr_svg(test_arena(), address, &svg));
	snprintf(head, sizeof head, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" ", code.width,
		code.height);
	assert_memory_equal(svg.data, head, strlen(head));
	snprintf(head, sizeof head, "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>", code.width, code.height);
	d = strstr((const char *)svg.data, head);
	assert_non_null(d);
	d += strlen(head);
	assert_int_equal(2, sscanf(d, "<path d=\"M%d %d%n", &x, &y, &taken));
	for (d += taken; sscanf(d, "m%d %dh%dv1h-%*dz%n", &right, &down, &run, &taken) == 3; d += taken) {
		x += right;
		y += down;
		memset(seen + y * code.width + x, 1, (size_t)run);
	}
	assert_string_equal("\"/></svg>\n", d);
	for (int i = 0; i < code.width * code.height; i++)
		assert_int_equal(seen[i], is_black(&code, i % code.width, i / code.width));
}

TEST("QR: an empty text, one beyond 2331 bytes, and modules out of bounds are refused")
{
	char text[2333];
	struct bytes out;

	memset(text, 'a', sizeof text);
	text[2331] = 0;
	assert_ok(qr_png(test_arena(), text, 1, &out));
	text[2331] = 'a';
	text[2332] = 0;
	assert_err(ERR_INVALID, qr_png(test_arena(), text, 1, &out));
	assert_err(ERR_INVALID, qr_svg(test_arena(), text, &out));
	assert_err(ERR_INVALID, qr_svg(test_arena(), "", &out));
	assert_err(ERR_INVALID, qr_png(test_arena(), "a", 0, &out));
	assert_err(ERR_INVALID, qr_png(test_arena(), "a", 65, &out));
}
