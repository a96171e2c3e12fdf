#include "tests/unit/picture/pixels.h"
#include <math.h>
#include <png.h>
#include <string.h>

struct pixels pixels_read(struct bytes png, double width_mm)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	struct pixels pixels;

	assert_true(png_image_begin_read_from_memory(&image, png.data, png.len));
	image.format = PNG_FORMAT_RGBA;
	pixels = (struct pixels){ (int)image.width, (int)image.height, arena_alloc(test_arena(), PNG_IMAGE_SIZE(image)),
		image.width / width_mm };
	assert_true(png_image_finish_read(&image, NULL, pixels.rgba, 0, NULL));
	return pixels;
}

int pixels_alpha(const struct pixels *pixels, double x, double y)
{
	int column = (int)floor(x * pixels->per_mm + pixels->width / 2.0);
	int row = (int)floor(y * pixels->per_mm + pixels->height / 2.0);

	if (column < 0 || row < 0 || column >= pixels->width || row >= pixels->height)
		return 0;
	return pixels->rgba[((size_t)row * (size_t)pixels->width + (size_t)column) * 4 + 3];
}

bool pixels_ink(const struct pixels *pixels, double degrees, double from_mm, double to_mm)
{
	double angle = degrees * M_PI / 180;

	for (double r = from_mm; r <= to_mm; r += 0.5 / pixels->per_mm)
		if (pixels_alpha(pixels, r * sin(angle), -r * cos(angle)) > 96)
			return true;
	return false;
}

struct runs pixels_runs(
	const struct pixels *pixels, double from_degrees, double to_degrees, double from_mm, double to_mm)
{
	struct runs runs = { 0, NAN, NAN, INFINITY, 0 };
	bool inked = false;

	for (double degrees = from_degrees; degrees <= to_degrees; degrees += 0.05) {
		bool now = pixels_ink(pixels, degrees, from_mm, to_mm);

		if (now && !inked) {
			if (runs.count) {
				runs.narrowest = fmin(runs.narrowest, degrees - runs.last);
				runs.broadest = fmax(runs.broadest, degrees - runs.last);
			} else {
				runs.first = degrees;
			}
			runs.count++;
		}
		if (now)
			runs.last = degrees;
		inked = now;
	}
	return runs;
}
