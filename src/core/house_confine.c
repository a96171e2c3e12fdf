/* The files that an opened program still needs; all others are shut (SEC-6). */
#include "base/confine.h"
#include "base/log.h"
#include "core/ctx.h"

enum { MOST_DOORS = 32 };

enum err house_confine(struct arena *arena, const struct house *house, const char *const *key_folders,
	const char *const *beside, const char **why)
{
	const struct settings *s = house->settings;
	struct store_doors doors;
	static const char *const system[] = { "/usr", "/lib", "/lib64", "/etc", "/dev", NULL };
	static const char *const used[] = { "db", "blob", "run", "log", NULL };
	const char *const named[] = { settings_path(arena, s, "yinxin.conf"), s->clock_file, s->geo_file };
	const char *readable[MOST_DOORS] = { NULL }, *writable[MOST_DOORS] = { "/dev/null" };
	size_t read = 0, written = 1;
	bool active;

	*why = "the database does not answer";
	TRY(store_doors(house->store, arena, &doors));
	for (const char *const *path = doors.files; *path; path++)
		readable[read++] = *path;
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

/* Keys that sign are out of a stranger's reach, and a stranger out of theirs. */
enum err house_leave_network(struct arena *arena, const struct house *house, const char **why)
{
	struct store_doors doors;
	bool active;

	*why = "the database does not answer";
	TRY(store_doors(house->store, arena, &doors));
	*why = "the program cannot shut itself off from the network";
	TRY(doors.ports ? confine_tcp(doors.ports, &active) : confine_no_network(&active));
	if (!active && doors.ports)
		LOG(LOG_WARN, "network-kept", L("why", "the database is reached over it (store.connection)"));
	else if (!active)
		LOG(LOG_WARN, "seccomp-missing");
	return OK;
}
