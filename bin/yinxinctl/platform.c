/* platform add: registers a trading platform as an OAuth client (PLAT-4). */
#include "base/buf.h"
#include "base/json.h"
#include "bin/yinxinctl/cli.h"
#include "core/platform.h"
#include <inttypes.h>

/* The command line has them separated by spaces, the row one a line. */
static const char *lines_of(struct arena *arena, const char *words)
{
	char *lines = arena_text(arena, words);

	for (char *c = lines; *c; c++) {
		if (*c == ' ')
			*c = '\n';
	}
	return lines;
}

static int show(struct cli *cli, int64_t id, const char *client, const char *secret)
{
	json_t *answer;

	if (!cli->json) {
		printf("platform       %" PRId64 "\nclient_id      %s\n", id, client);
		if (secret)
			printf("client_secret  %s\nThe secret is shown once: only its hash is kept.\n", secret);
		return DONE;
	}
	answer = json_object();
	json_put_id(answer, "platform", id);
	json_put_text(answer, "client_id", client);
	json_put_text(answer, "client_secret", secret);
	cli_json(cli, answer);
	return DONE;
}

static int add(struct cli *cli, int argc, char **argv)
{
	struct platform_new new = { .scopes = "openid profile service credential", .takes_seals = "" };
	const char *client, *secret;
	const struct option_place options[] = { NEEDED("name", &new.name), NEEDED("redirect", &new.redirect_uris),
		VALUE("scopes", &new.scopes), VALUE("seals", &new.takes_seals), FLAG("public", &new.is_public),
		FLAG("csc1", &new.csc1), FLAG("shows-number", &new.shows_number), OPTIONS_END };
	int64_t id;
	enum err err;

	if (!cli_options(cli, argc, argv, options, NULL, 0) || !cli_open(cli))
		return MISUSED;
	new.redirect_uris = lines_of(cli->arena, new.redirect_uris);
	err = platform_add(&cli->ctx, &new, &id, &client, &secret);
	return err == OK ? show(cli, id, client, secret) : cli_refused(cli, err, "the platform was not added");
}

const struct command platform_commands[] = {
	{ "platform add",
		"--name NAME --redirect \"URI …\" [--scopes \"…\"] [--seals \"…\"] [--public] [--csc1] "
		"[--shows-number] [--json]",
		"registers a trading platform\n"
		"Redirect URIs are compared byte by byte. --public: no secret, PKCE alone. --csc1: may leave PKCE\n"
		"out (CSC v1 clients). --shows-number: shows match_number beside its QR code, and so may ask for\n"
		"signatures by device grant. --seals: kinds of seal it takes (official).",
		add },
	{ NULL },
};
