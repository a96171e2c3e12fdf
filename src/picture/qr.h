/* QR codes by libqrencode: SVG as one path, PNG grey. Quiet zone of four modules, level M.
 * ERR_INVALID: no text, or more than a code holds (2,331 bytes). */
#pragma once
#include "base/arena.h"

enum err qr_svg(
	struct arena *, const char *text, struct bytes *out) CHECKED; /* viewBox in modules, no size: CSS decides */
enum err qr_png(struct arena *, const char *text, int module_pixels, struct bytes *out) CHECKED; /* 1 to 64 a module */
