/* portal --config FILE [--pool pages|keys]: the pages for legal representatives and members. The pool "keys" is the
 * same program with the pepper within reach; it serves the acts below /keys/ and nothing else.
 * portal --routes: who may call what, as JSON (SEC-1). */
#include "base/log.h"
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
};

static const char *const page_keys[] = { "keys/data", "keys/web", NULL };
static const char *const pin_keys[] = { "keys/data", "keys/web", "keys/pin", NULL };

static int usage(void)
{
	fprintf(stderr, "usage: portal --config FILE [--pool pages|keys]\n       portal --routes\n");
	return 2;
}

static bool read_arguments(int argc, char **argv, struct arguments *out)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
		{ "pool", required_argument, NULL, 'p' }, { "routes", no_argument, NULL, 'r' }, { NULL } };
	int option;

	*out = (struct arguments){ NULL };
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			out->config = optarg;
		else if (option == 'p' && (text_equal(optarg, "pages") || text_equal(optarg, "keys")))
			out->keys = text_equal(optarg, "keys");
		else if (option == 'r')
			out->routes = true;
		else
			return false;
	}
	return (out->config || out->routes) && optind == argc;
}

/* What libraries free in this pool is overwritten: their buffers held the password on its way in (PIN-5). */
static void wipe_what_is_freed(void)
{
	mallopt(M_PERTURB, FREED_BYTE);
}

static bool start(struct site *site, const char *config, const char **why)
{
	if (site_open(site, config, why) != OK)
		return false;
	if (site->keys_pool && portal_read_pin_keys(site->arena, &site->settings, why) != OK)
		return false;
	return site_confine(site, why) == OK;
}

int main(int argc, char **argv)
{
	static struct site site = { .tables = portal_tables, .pages = true, .error = page_error };
	struct arguments arguments;
	const char *why = "";
	int status;

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
	if (!start(&site, arguments.config, &why)) {
		LOG(LOG_ERROR, "start-failed", L("why", why));
		return 1;
	}
	status = site_run(&site);
	portal_wipe_pin_keys();
	site_close(&site);
	return status;
}
