/* agreement add: publishes a version of what people agree to (LOGIN-1). */
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include "core/agreement.h"
#include <inttypes.h>

enum { MOST_BYTES = 256 * 1024 };

static bool read_kind(const char *name, enum agreement_kind *out)
{
	static const char *const names[] = { "user", "privacy", "certificate" };

	for (int kind = AGREEMENT_USER; kind <= AGREEMENT_CERTIFICATE; kind++) {
		if (text_equal(names[kind], name)) {
			*out = (enum agreement_kind)kind;
			return true;
		}
	}
	cli_error("--kind takes user, privacy or certificate");
	return false;
}

static bool read_body(struct cli *cli, const char *path, const char **out)
{
	struct bytes bytes;

	if (file_read(cli->arena, path, MOST_BYTES, &bytes) != OK || memchr(bytes.data, 0, bytes.len)) {
		cli_error("%s: not a text file of at most 256 KB", path);
		return false;
	}
	*out = text_trim(cli->arena, arena_text_n(cli->arena, (const char *)bytes.data, bytes.len));
	return true;
}

static int add(struct cli *cli, int argc, char **argv)
{
	const char *kind_name = NULL, *version = NULL, *title = NULL, *file = NULL, *body;
	const struct option_place options[] = { NEEDED("kind", &kind_name), NEEDED("version", &version),
		NEEDED("title", &title), NEEDED("file", &file), OPTIONS_END };
	enum agreement_kind kind;
	json_t *answer;
	int64_t id;
	enum err err;

	if (!cli_options(cli, argc, argv, options, NULL, 0) || !read_kind(kind_name, &kind) ||
		!read_body(cli, file, &body) || !cli_open(cli))
		return MISUSED;
	err = agreement_publish(&cli->ctx, kind, version, title, body, &id);
	if (err != OK)
		return cli_refused(cli, err, "the agreement was not published");
	if (!cli->json) {
		printf("published: %s %s, agreement %" PRId64 "\n", kind_name, version, id);
		return DONE;
	}
	answer = json_object();
	json_put_id(answer, "agreement", id);
	cli_json(cli, answer);
	return DONE;
}

const struct command agreement_commands[] = {
	{ "agreement add", "--kind user|privacy|certificate --version TEXT --title TEXT --file FILE [--json]",
		"publishes a new version of an agreement\n"
		"FILE is UTF-8 text: a paragraph a line, a line that begins with \"# \" is a heading. From now on\n"
		"each login (or each certificate taken) agrees to this version.",
		add },
	{ NULL },
};
