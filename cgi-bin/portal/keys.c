/* The secrets of the keys pool, read once at its start. */
#include "cgi-bin/portal/portal.h"

static struct pin_keys keys;

enum err portal_read_pin_keys(struct arena *arena, const struct settings *settings, const char **why)
{
	return pin_keys_read(arena, settings, &keys, why);
}

const struct pin_keys *portal_pin_keys(void)
{
	return &keys;
}

void portal_wipe_pin_keys(void)
{
	crypto_wipe(&keys, sizeof keys);
}
