/* What the tests of pictures read back: a PNG's pixels, looked at in millimetres and degrees around the middle. */
#pragma once
#include "tests/unit/suite.h"

struct pixels {
	int width, height;
	unsigned char *rgba;
	double per_mm;
};
struct pixels pixels_read(struct bytes png, double width_mm);
/* Coverage 0 to 255 at a point in millimetres from the middle, y downwards. */
int pixels_alpha(const struct pixels *, double x, double y);
/* Is there ink anywhere between two radii in a direction? Degrees clockwise from twelve o'clock. */
bool pixels_ink(const struct pixels *, double degrees, double from_mm, double to_mm);

/* Runs of ink between two radii, clockwise from one direction to another: how many, and the gaps between them. */
struct runs {
	size_t count;
	double first, last;         /* where ink begins and ends */
	double narrowest, broadest; /* gap, degrees */
};
struct runs pixels_runs(const struct pixels *, double from_degrees, double to_degrees, double from_mm, double to_mm);
