/* The configuration file, with the keys that the programs know. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/file.h"
#include "core/settings.h"
#include <fcntl.h>
#include <unistd.h>

static void put_file(struct bytes text)
{
	const char *path = path_join(fuzz_arena(), fuzz_folder(), "yinxin.conf");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	HOLDS(fd >= 0 && write(fd, text.data, text.len) == (ssize_t)text.len);
	close(fd);
}

static void check_taken(const struct settings *s)
{
	HOLDS(s->front_port >= 1 && s->front_port <= 65535 && s->kdf_cost >= 10 && s->kdf_cost <= 20);
	HOLDS(utf8_valid(s->site_name, strlen(s->site_name)) && *s->site_name && strlen(s->site_name) <= 60);
	HOLDS(text_starts(s->public_url, s->origin) && text_ends(s->origin, s->host) && *s->host);
	HOLDS(!*s->base_path || s->base_path[0] == '/');
	HOLDS(s->loopback || (s->secure && s->kdf_cost >= 15 && !*s->clock_file));
	HOLDS(!strpbrk(s->log_origin, " +"));
}

FUZZ("conf")
{
	struct settings settings;
	const char *why = NULL;

	put_file(input);
	if (settings_read(fuzz_arena(), fuzz_folder(), &settings, &why) == OK)
		check_taken(&settings);
	else
		HOLDS(why && *why && utf8_valid(why, strlen(why)));
}
