/* Options, opening, answers (cli.h). */
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"

void cli_error(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fputs("yinxinctl: ", stderr);
	vfprintf(stderr, format, values);
	fputc('\n', stderr);
	va_end(values);
}

static const struct option_place *option_named(const struct option_place *options, const char *name, size_t len)
{
	for (; options->name; options++) {
		if (strlen(options->name) == len && !memcmp(options->name, name, len))
			return options;
	}
	return NULL;
}

/* Reads the option at argv[*at]. */
static bool read_option(const struct option_place *options, int argc, char **argv, int *at)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '=');
	const struct option_place *option = option_named(
		options, name, equals ? (size_t)(equals - name) : strlen(name));

	if (!option || (option->flag && equals)) {
		cli_error("there is no option %s here", argv[*at]);
		return false;
	}
	if (option->flag) {
		*option->flag = true;
		return true;
	}
	if (!equals && *at + 1 >= argc) {
		cli_error("%s needs a value", argv[*at]);
		return false;
	}
	*option->value = equals ? equals + 1 : argv[++*at];
	return true;
}

static bool has_needed(const struct option_place *options)
{
	for (; options->name; options++) {
		if (options->needed && !*options->value) {
			cli_error("--%s is missing", options->name);
			return false;
		}
	}
	return true;
}

bool cli_options(
	struct cli *cli, int argc, char **argv, const struct option_place *options, const char **rest, int most)
{
	int count = 0;

	for (int at = 0; at < argc; at++) {
		if (text_equal(argv[at], "--json")) {
			cli->json = true;
		} else if (text_starts(argv[at], "--")) {
			if (!read_option(options, argc, argv, &at))
				return false;
		} else if (count < most) {
			rest[count++] = argv[at];
		} else {
			cli_error("%s is one thing too many", argv[at]);
			return false;
		}
	}
	return has_needed(options);
}

bool cli_open(struct cli *cli)
{
	const char *why = "";

	if (house_open(cli->arena, cli->data, &cli->house, &cli->settings, &why) != OK) {
		cli_error("%s", why);
		return false;
	}
	cli->ctx = ctx_for(&cli->house, cli->arena, cli->secret, clock_now());
	cli->ctx.actor.kind = ACTOR_CLI;
	return true;
}

/* The words of the rules that an operator meets, in a sentence. */
static const char *sentence_of(const char *word)
{
	static const char *const sentences[][2] = {
		{ "agreement-known", "this version was published already" },
		{ "agreement-version", "1 to 20 characters in one line" },
		{ "agreement-title", "1 to 60 characters in one line" },
		{ "agreement-body", "plain text of at most 200,000 bytes" },
		{ "document-age", "the person is under 18" },
		{ "document-form", "not a number of this kind of document" },
		{ "document-taken", "another account has this document" },
		{ "name-form", "2 characters or more, in one line" },
		{ "org-known", "there is an org with this code" },
		{ "phone-form", "not a number of this region that takes SMS" },
		{ "platform-name", "1 to 60 characters in one line" },
		{ "platform-redirect", "https, or http on this machine's own name or address; no # in it" },
		{ "platform-scopes", "openid, profile, phone, orgs, service, credential or offline_access" },
		{ "platform-seals", "official, finance, contract or legal_rep" },
		{ "region-unknown", "no region has this code" },
		{ "uscc-form", "18 characters with a right check character (GB 32100)" },
	};

	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
		if (text_equal(sentences[i][0], word))
			return sentences[i][1];
	}
	return word;
}

int cli_refused(struct cli *cli, enum err err, const char *what)
{
	const struct fault *fault = &cli->ctx.fault;

	if (err == ERR_UNSURE)
		cli_error("the database was lost before it answered: it may have been done or not, look before you ask "
			  "again");
	else if (fault->word && fault->field)
		cli_error("%s: %s: %s", what, fault->field, sentence_of(fault->word));
	else if (fault->word)
		cli_error("%s: %s", what, sentence_of(fault->word));
	else
		cli_error("%s: %s", what, err_name(err));
	if (fault->detail)
		cli_error("%s", fault->detail);
	return WRONG;
}

void cli_json(struct cli *cli, struct json_t *object)
{
	puts(json_write(cli->arena, object));
	fflush(stdout);
	json_release(&object);
}
