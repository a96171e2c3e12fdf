/* portal --config FILE [--pool pages|keys] [--workers N]: the pages for legal representatives and members. The pool
 * "keys" is the same program with the pepper within reach; it serves the acts below /keys/ and nothing else. With
 * --workers N processes serve, forked once all is loaded that they share.
 * portal --routes: who may call what, as JSON (SEC-1). */
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/site.h"
#include "core/seal.h"
#include <getopt.h>
#include <malloc.h>

enum { BODY_MOST = 1024 * 1024, KEYS_BODY_MOST = 8 * 1024, FREED_BYTE = 0xdb };

struct arguments {
	const char *config;
	bool keys, routes;
	int workers;
};

static const char *const page_keys[] = { "keys/data", "keys/web", NULL };
static const char *const pin_keys[] = { "keys/data", "keys/web", "keys/pin", NULL };

static int usage(void)
{
	fprintf(stderr, "usage: portal --config FILE [--pool pages|keys] [--workers N]\n       portal --routes\n");
	return 2;
}

static bool read_arguments(int argc, char **argv, struct arguments *out)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
		{ "pool", required_argument, NULL, 'p' }, { "workers", required_argument, NULL, 'w' },
		{ "routes", no_argument, NULL, 'r' }, { NULL } };
	int option;

	*out = (struct arguments){ NULL };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			out->config = optarg;
		else if (option == 'p' && (text_equal(optarg, "pages") || text_equal(optarg, "keys")))
			out->keys = text_equal(optarg, "keys");
		else if (option == 'w')
			out->workers = site_workers(optarg);
		else if (option == 'r')
			out->routes = true;
		else
			return false;
	}
	return (out->config || out->routes) && out->workers >= 0 && optind == argc;
}

/* What libraries free in this pool is overwritten: their buffers held the password on its way in (PIN-5). */
static void wipe_what_is_freed(void)
{
	mallopt(M_PERTURB, FREED_BYTE);
}

static enum err read_keys(struct site *site, const char **why)
{
	return portal_read_pin_keys(site->arena, &site->settings, why);
}

int main(int argc, char **argv)
{
	static struct site site = { .tables = portal_tables, .pages = true, .error = page_error };
	struct arguments arguments;

	if (!read_arguments(argc, argv, &arguments))
		return usage();
	if (arguments.routes)
		return routes_print(portal_tables);
	if (arguments.keys)
		wipe_what_is_freed();
	else
		seal_warm_up();
	site.program = arguments.keys ? "keys" : "portal";
	site.keys_pool = arguments.keys;
	site.key_folders = arguments.keys ? pin_keys : page_keys;
	site.body_limit = arguments.keys ? KEYS_BODY_MOST : BODY_MOST;
	if (arguments.keys) {
		site.read_keys = read_keys;
		site.wipe_keys = portal_wipe_pin_keys;
	}
	return site_run(&site, argv, arguments.config, arguments.workers);
}
