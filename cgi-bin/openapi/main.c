/* openapi --config FILE: OAuth 2.0 and OpenID Connect's back channel, CSC, and the plain /pki/. JSON for programs: no
 * cookies, no templates. openapi --routes: who may call what, as JSON (SEC-1). */
#include "base/json.h"
#include "base/log.h"
#include "cgi-bin/openapi/openapi.h"
#include "cgi-bin/site/site.h"
#include <getopt.h>

enum { BODY_MOST = 1024 * 1024 };

static const char *const key_folders[] = { "keys/data", "keys/api", NULL };

/* RFC 6749 5.2 names for what the dispatcher refuses; the reference finds the log line (HELP-3). */
static const char *error_name(enum http status)
{
	switch (status) {
	case HTTP_UNAUTHORIZED:
		return "invalid_token";
	case HTTP_FORBIDDEN:
		return "access_denied";
	case HTTP_NOT_FOUND:
		return "not_found";
	case HTTP_TOO_MANY:
		return "slow_down";
	case HTTP_BROKEN:
		return "server_error";
	case HTTP_UNAVAILABLE:
		return "temporarily_unavailable";
	default:
		return "invalid_request";
	}
}

static enum http json_error(struct visit *v, enum http status, const char *word)
{
	json_t *object = json_object();
	char *text;

	json_put_text(object, "error", error_name(status));
	json_put_text(object, "error_description", word ? word : v->ctx.fault.detail);
	json_put_text(object, "reference", v->request->id);
	text = json_write(v->ctx.arena, object);
	json_release(&object);
	return respond(v->response, status, "application/json", bytes_of_text(text));
}

static int usage(void)
{
	fprintf(stderr, "usage: openapi --config FILE [--workers N]\n       openapi --routes\n");
	return 2;
}

static enum err read_keys(struct site *site, const char **why)
{
	return openapi_read_keys(site->arena, &site->settings, why);
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
		{ "workers", required_argument, NULL, 'w' }, { "routes", no_argument, NULL, 'r' }, { NULL } };
	static struct site site = { .program = "openapi",
		.tables = openapi_tables,
		.key_folders = key_folders,
		.read_keys = read_keys,
		.wipe_keys = openapi_wipe_keys, /* they lie in the site's arena */
		.error = json_error,
		.body_limit = BODY_MOST };
	const char *config = NULL;
	int option, workers = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) == 'c' || option == 'w') {
		if (option == 'c')
			config = optarg;
		else
			workers = site_workers(optarg);
	}
	if (option == 'r' && argc == 2)
		return routes_print(openapi_tables);
	if (option != -1 || !config || workers < 0 || optind != argc)
		return usage();
	return site_run(&site, argv, config, workers);
}
