/* Where an address is, from a file in MaxMind's format on this machine (SCAN-3): nobody outside is asked. */
#pragma once
#include "base/arena.h"

struct geo;

/* Opens the file for good: a newer one is put in its place by renaming and read at the next start. ERR_INVALID: not
 * there, not of that format, or without names in Chinese; *why tells a person. */
enum err geo_open(struct arena *, const char *path, struct geo **out, const char **why) CHECKED;
void geo_close(struct geo **);
/* 河北保定, 美国加利福尼亚州: as far as the file knows; the country stands in front where it is not China. NULL:
 * unknown, no address, or no file (NULL). */
const char *geo_region(const struct geo *, struct arena *, const char *address);
