/* Regions by libmaxminddb, from the names in Chinese of country, first subdivision and city. */
#include "connect/geo.h"
#include "base/text.h"
#include <arpa/inet.h>
#include <maxminddb.h>

#define LANGUAGE "zh-CN"
enum { MOST_NAME = 100 };

struct geo {
	MMDB_s file;
};

static bool speaks(const MMDB_s *file)
{
	for (size_t i = 0; i < file->metadata.languages.count; i++) {
		if (text_equal(file->metadata.languages.names[i], LANGUAGE))
			return true;
	}
	return false;
}

enum err geo_open(struct arena *arena, const char *path, struct geo **out, const char **why)
{
	struct geo *geo = ARENA_NEW(arena, struct geo);
	int status = MMDB_open(path, MMDB_MODE_MMAP, &geo->file);

	*out = NULL;
	if (status != MMDB_SUCCESS) {
		*why = arena_printf(arena, "geo.file %s cannot be used: %s", path, MMDB_strerror(status));
		return ERR_INVALID;
	}
	if (!speaks(&geo->file)) {
		*why = arena_printf(arena, "geo.file %s holds no names in " LANGUAGE, path);
		MMDB_close(&geo->file);
		return ERR_INVALID;
	}
	*out = geo;
	return OK;
}

void geo_close(struct geo **geo)
{
	if (*geo)
		MMDB_close(&(*geo)->file);
	*geo = NULL;
}

static bool find(const MMDB_s *file, const char *address, MMDB_entry_s *out)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} of = { 0 };
	MMDB_lookup_result_s found;
	int error;

	if (inet_pton(AF_INET, address, &of.four.sin_addr) == 1)
		of.four.sin_family = AF_INET;
	else if (inet_pton(AF_INET6, address, &of.six.sin6_addr) == 1)
		of.six.sin6_family = AF_INET6;
	else
		return false;
	found = MMDB_lookup_sockaddr(file, &of.any, &error);
	*out = found.entry;
	return error == MMDB_SUCCESS && found.found_entry;
}

/* Empty where the file says nothing that can be shown. */
static const char *read_text(MMDB_entry_s *entry, struct arena *arena, const char *const *path)
{
	MMDB_entry_data_s data;

	if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data ||
		data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size > MOST_NAME)
		return "";
	return text_plain_part(arena, arena_text_n(arena, data.utf8_string, data.data_size));
}

/* Of 北京市 and 北京 the first says all, and 吉林 goes on as 吉林市. */
static const char *joined(struct arena *arena, const char *const *names, size_t count)
{
	const char *region = "", *last = "";

	for (size_t i = 0; i < count; i++) {
		const char *name = names[i];

		if (!*name || text_starts(last, name))
			continue;
		region = arena_printf(arena, "%s%s", region, text_starts(name, last) ? name + strlen(last) : name);
		last = name;
	}
	return region;
}

const char *geo_region(const struct geo *geo, struct arena *arena, const char *address)
{
	static const char *const code[] = { "country", "iso_code", NULL };
	static const char *const paths[][5] = { { "country", "names", LANGUAGE },
		{ "subdivisions", "0", "names", LANGUAGE }, { "city", "names", LANGUAGE } };
	enum { NAMES = sizeof paths / sizeof paths[0] };
	const char *names[NAMES], *region;
	MMDB_entry_s entry;

	if (!geo || !address || !find(&geo->file, address, &entry))
		return NULL;
	for (size_t i = 0; i < NAMES; i++)
		names[i] = read_text(&entry, arena, paths[i]);
	region = text_equal(read_text(&entry, arena, code), "CN") ? joined(arena, names + 1, NAMES - 1) : "";
	if (!*region) /* abroad, or somewhere in China */
		region = joined(arena, names, NAMES);
	return *region ? region : NULL;
}
