/* The files that an opened program still needs; all others are shut (SEC-6). */
#include "base/confine.h"
#include "base/log.h"
#include "core/ctx.h"

enum { MOST_DOORS = 32 };

enum err house_confine(struct arena *arena, const struct settings *s, const char *const *key_folders,
	const char *const *beside, const char **why)
{
	static const char *const system[] = { "/usr", "/lib", "/lib64", "/etc", "/dev", NULL };
	static const char *const used[] = { "db", "blob", "run", "log", NULL };
	const char *const named[] = { settings_path(arena, s, "yinxin.conf"), s->clock_file, s->geo_file };
	const char *readable[MOST_DOORS] = { NULL }, *writable[MOST_DOORS] = { "/dev/null" };
	size_t read = 0, written = 1;
	bool active;

	for (const char *const *folder = system; *folder; folder++)
		readable[read++] = *folder;
	for (const char *const *folder = key_folders; *folder; folder++)
		readable[read++] = settings_path(arena, s, *folder);
	for (const char *const *path = beside; *path; path++)
		readable[read++] = *path;
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		if (*named[i])
			readable[read++] = named[i];
	}
	for (const char *const *folder = used; *folder; folder++)
		writable[written++] = settings_path(arena, s, *folder);
	*why = "the program cannot shut itself off from other files";
	TRY(confine_self());
	TRY(confine_files(readable, writable, &active));
	if (!active)
		LOG(LOG_WARN, "landlock-missing");
	return OK;
}
