/* A region file from elsewhere, and an address. Input: the address up to a line feed, then the file. */
#include "tests/fuzz/driver/fuzz.h"
#include "connect/geo.h"
#include <sys/mman.h>
#include <unistd.h>

static int file_of(struct bytes content)
{
	int fd = memfd_create("regions", 0);

	HOLDS(fd >= 0 && write(fd, content.data, content.len) == (ssize_t)content.len);
	return fd;
}

FUZZ("geo")
{
	const char *address = fuzz_text(fuzz_part(&input, '\n')), *why = NULL, *region;
	int fd = file_of(input);
	const char *path = arena_printf(fuzz_arena(), "/proc/self/fd/%d", fd);
	struct geo *geo;

	if (geo_open(fuzz_arena(), path, &geo, &why) == OK) {
		region = geo_region(geo, fuzz_arena(), address);
		HOLDS(!region || (*region && text_is_plain(region)));
		geo_close(&geo);
	} else {
		HOLDS(!geo && why);
	}
	close(fd);
}
