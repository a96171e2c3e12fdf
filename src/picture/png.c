/* PNG by libpng. Its errors come by longjmp; everything that changes lives behind pointers, so nothing is clobbered. */
#include "picture/png.h"
#include "base/buf.h"
#include "base/log.h"
#include <math.h>
#include <png.h>

static void write_to_buf(png_structp png, png_bytep data, png_size_t len)
{
	buf_add(png_get_io_ptr(png), data, len);
}

static void flush_nothing(png_structp png)
{
	(void)png;
}

static void warn(png_structp png, png_const_charp message)
{
	(void)png;
	LOG(LOG_WARN, "png", L("message", message));
}

static void fail(png_structp png, png_const_charp message)
{
	warn(png, message);
	png_longjmp(png, 1);
}

static void write_picture(png_structp png, png_infop info, const struct png_pixels *pixels, int dpi)
{
	size_t stride = (size_t)pixels->width * (size_t)pixels->channels;

	png_set_IHDR(png, info, (png_uint_32)pixels->width, (png_uint_32)pixels->height, 8,
		pixels->channels == 4 ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	if (dpi) {
		png_uint_32 per_metre = (png_uint_32)lround(dpi / 0.0254);

		png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
	}
	png_set_compression_level(png, 2);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	png_write_info(png, info);
	for (int y = 0; y < pixels->height; y++)
		png_write_row(png, pixels->data + (size_t)y * stride);
	png_write_end(png, info);
}

enum err png_encode(struct arena *arena, struct png_pixels pixels, int dpi, struct bytes *out)
{
	struct buf buf = buf_new(arena);
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, warn);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (!info) {
		png_destroy_write_struct(&png, NULL);
		return ERR_BROKEN;
	}
	if (setjmp(png_jmpbuf(png))) {
		png_destroy_write_struct(&png, &info);
		return ERR_BROKEN;
	}
	png_set_write_fn(png, &buf, write_to_buf, flush_nothing);
	write_picture(png, info, &pixels, dpi);
	png_destroy_write_struct(&png, &info);
	*out = buf_view(&buf);
	return OK;
}
