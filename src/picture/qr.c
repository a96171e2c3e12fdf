/* QR codes: libqrencode's modules as one path or as grey pixels. */
#include "picture/qr.h"
#include "picture/png.h"
#include "base/buf.h"
#include <errno.h>
#include <qrencode.h>

enum { QUIET = 4 /* modules, ISO/IEC 18004 */, MODULE_PIXELS_MAX = 64 };

static enum err encode(const char *text, QRcode **out)
{
	errno = 0;
	*out = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (*out)
		return OK;
	/* EINVAL: empty; ERANGE: more than the largest code holds. */
	return errno == EINVAL || errno == ERANGE ? ERR_INVALID : ERR_BROKEN;
}

static bool is_black(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width && code->data[y * code->width + x] & 1;
}

/* The black modules of a row, run after run. *pen: where the last run began, as moves are relative. */
static void write_row(struct buf *out, const QRcode *code, int y, int pen[2])
{
	for (int x = 0; x < code->width; x++) {
		int run = 0;

		while (is_black(code, x + run, y))
			run++;
		if (!run)
			continue;
		buf_printf(out, "m%d %dh%dv1h-%dz", x - pen[0], y - pen[1], run, run);
		pen[0] = x;
		pen[1] = y;
		x += run;
	}
}

enum err qr_svg(struct arena *arena, const char *text, struct bytes *out)
{
	struct buf svg = buf_new(arena);
	QRcode *code;
	int size, pen[2] = { 0, 0 };

	TRY(encode(text, &code));
	size = code->width + 2 * QUIET;
	buf_printf(&svg,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
		"<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"M%d %d",
		size, size, size, size, QUIET, QUIET);
	for (int y = 0; y < code->width; y++)
		write_row(&svg, code, y, pen);
	buf_text(&svg, "\"/></svg>\n");
	QRcode_free(code);
	*out = buf_view(&svg);
	return OK;
}

enum err qr_png(struct arena *arena, const char *text, int module_pixels, struct bytes *out)
{
	QRcode *code;
	unsigned char *grey;
	int size;

	if (module_pixels < 1 || module_pixels > MODULE_PIXELS_MAX)
		return ERR_INVALID;
	TRY(encode(text, &code));
	size = (code->width + 2 * QUIET) * module_pixels;
	grey = ARENA_ARRAY(arena, unsigned char, (size_t)size *(size_t)size);
	for (int y = 0; y < size; y++)
		for (int x = 0; x < size; x++)
			grey[(size_t)y * (size_t)size + (size_t)x] = is_black(code, x / module_pixels - QUIET,
									     y / module_pixels - QUIET)
				? 0
				: 255;
	QRcode_free(code);
	return png_encode(arena, (struct png_pixels){ size, size, 1, grey }, 0, out);
}
