/* org import: an operator vouches for an org and for who its legal representative is (ORG-5). */
#include "base/json.h"
#include "bin/yinxinctl/cli.h"
#include "core/org.h"
#include <inttypes.h>

static int import(struct cli *cli, int argc, char **argv)
{
	const char *uscc = NULL, *name = NULL, *legal_name = NULL, *legal_doc = NULL;
	const struct option_place options[] = { NEEDED("uscc", &uscc), NEEDED("name", &name),
		NEEDED("legal-name", &legal_name), VALUE("legal-doc", &legal_doc), OPTIONS_END };
	json_t *answer;
	int64_t id;
	enum err err;

	if (!cli_options(cli, argc, argv, options, NULL, 0) || !cli_open(cli))
		return MISUSED;
	err = org_import(&cli->ctx, uscc, name, legal_name, legal_doc, &id);
	if (err != OK)
		return cli_refused(cli, err, "the org was not imported");
	if (!cli->json) {
		printf("imported: org %" PRId64 "\n", id);
		return DONE;
	}
	answer = json_object();
	json_put_id(answer, "org", id);
	cli_json(cli, answer);
	return DONE;
}

const struct command org_commands[] = {
	{ "org import", "--uscc CODE --name NAME --legal-name NAME [--legal-doc NUMBER] [--json]",
		"vouches for an org\n"
		"With --legal-doc the verified person of that name and document is its legal representative, now\n"
		"or as soon as that person is verified. A name alone never gives a role.",
		import },
	{ NULL },
};
