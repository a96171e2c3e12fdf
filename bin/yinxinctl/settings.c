/* settings: every key of yinxin.conf with its meaning, from the table that reads it; docs/configuration.md is printed
 * by `make docs` from here. */
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include <inttypes.h>

static const char document_head[] = "# Configuration\n\n"
				    "`DATA/yinxin.conf` is the only configuration file (OPS-4). Every program reads it "
				    "at its start and refuses unknown keys and\n"
				    "wrong values with the line. `yinxinctl init` writes it with every key and its "
				    "meaning; `yinxinctl settings` prints the same;\n"
				    "`yinxinctl doctor` says what is in force that only a test may have. Paths are "
				    "relative to DATA; a file with a secret has\n"
				    "mode 0600. Comments have lines of their own. This page is printed from the table "
				    "in src/core/settings.c: `make docs`.\n";

static void print_bounds(const struct conf_key *key)
{
	static const char *const types[] = { [CONF_TEXT] = "text",
		[CONF_INT] = "number",
		[CONF_FLAG] = "yes or no",
		[CONF_URL] = "address",
		[CONF_PATH] = "path",
		[CONF_SECRET_FILE] = "path of a secret",
		[CONF_SHARED_SECRET_FILE] = "path of a secret, mode 0640 or stricter" };

	fputs(types[key->type], stdout);
	if (key->type == CONF_INT)
		printf(", %" PRId64 " to %" PRId64, key->min, key->max);
	else if (key->type == CONF_TEXT && key->max > 0)
		printf(", at most %" PRId64 " bytes", key->max);
}

static void print_document(void)
{
	const char *section = NULL;

	fputs(document_head, stdout);
	for (const struct conf_key *key = settings_keys; key->name; key++) {
		if (!text_equal(section, key->section))
			printf("\n## [%s]\n\n| key | default | what it takes | meaning |\n| --- | --- | --- | --- |\n",
				key->section);
		section = key->section;
		printf("| `%s` | %s | ", key->name,
			!key->fallback           ? "must be given"
				: *key->fallback ? key->fallback
						 : "empty");
		print_bounds(key);
		printf(" | %s |\n", key->about);
	}
}

static int settings(struct cli *cli, int argc, char **argv)
{
	bool markdown = false;
	const struct option_place options[] = { FLAG("markdown", &markdown), OPTIONS_END };

	if (!cli_options(cli, argc, argv, options, NULL, 0))
		return MISUSED;
	if (markdown)
		print_document();
	else
		fputs(conf_write(cli->arena, settings_keys, NULL), stdout);
	return DONE;
}

const struct command settings_commands[] = {
	{ "settings", "[--markdown]",
		"prints every key of yinxin.conf, its meaning, bounds and default\n"
		"What is given for an installation stands in its own yinxin.conf.",
		settings },
	{ NULL },
};
