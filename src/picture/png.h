/* Writing PNG by libpng: fast compression (level 2, no filter), for pictures of one colour loses little by it. */
#pragma once
#include "base/arena.h"

struct png_pixels {
	int width, height;
	int channels; /* 1: grey, 4: RGBA with straight alpha; 8 bit each */
	const unsigned char *data;
};
/* dpi stands in pHYs; 0 leaves it out. ERR_BROKEN: libpng refused. */
enum err png_encode(struct arena *, struct png_pixels, int dpi, struct bytes *out) CHECKED;
