/* yinxinctl --data DIR COMMAND: the operator's command line (OPS-6). Each family of commands has a file of its own. */
#include "base/log.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"

static const struct command *const families[] = { init_commands, doctor_commands, outbox_commands, person_commands,
	org_commands, platform_commands, agreement_commands, log_commands, ca_commands, move_commands,
	settings_commands };
enum { FAMILIES = sizeof families / sizeof families[0] };

static const char head[] =
	"usage: yinxinctl [--data DIR] COMMAND [OPTIONS]\n\n"
	"DIR is the installation's folder, \"data\" where nothing is given. Behind a command, --json answers\n"
	"in JSON. yinxinctl help COMMAND tells more. Exit status: 0 done, 1 refused or something is wrong,\n"
	"2 misused or the installation could not be opened.\n\n";

static void list_commands(FILE *to)
{
	fputs(head, to);
	for (size_t i = 0; i < FAMILIES; i++) {
		for (const struct command *c = families[i]; c->name; c++)
			fprintf(to, "  %-16s %.*s\n", c->name, (int)strcspn(c->about, "\n"), c->about);
	}
}

/* How many of the words are the command's name; 0: they are not. */
static int words_of(const struct command *command, int argc, char **argv)
{
	const char *space = strchr(command->name, ' ');
	size_t first = space ? (size_t)(space - command->name) : strlen(command->name);

	if (argc < 1 || strlen(argv[0]) != first || memcmp(argv[0], command->name, first))
		return 0;
	if (!space)
		return 1;
	return argc >= 2 && text_equal(argv[1], space + 1) ? 2 : 0;
}

static const struct command *find(int argc, char **argv, int *words)
{
	for (size_t i = 0; i < FAMILIES; i++) {
		for (const struct command *c = families[i]; c->name; c++) {
			*words = words_of(c, argc, argv);
			if (*words)
				return c;
		}
	}
	return NULL;
}

static int help(const struct command *command)
{
	printf("usage: yinxinctl [--data DIR] %s %s\n\n%s\n", command->name, command->usage, command->about);
	return DONE;
}

static bool asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (text_equal(argv[i], "--help"))
			return true;
	}
	return false;
}

static int run(struct cli *cli, int argc, char **argv)
{
	const struct command *command;
	bool helps = argc && (text_equal(argv[0], "help") || text_equal(argv[0], "--help"));
	int words;

	if (!argc || (helps && argc == 1)) {
		list_commands(argc ? stdout : stderr);
		return argc ? DONE : MISUSED;
	}
	argc -= helps;
	argv += helps;
	command = find(argc, argv, &words);
	if (!command) {
		cli_error("there is no command \"%s\": yinxinctl help lists them", argv[0]);
		return MISUSED;
	}
	if (helps || asks_help(argc, argv))
		return help(command);
	cli->command = command;
	return command->run(cli, argc - words, argv + words);
}

int main(int argc, char **argv)
{
	struct cli cli = { .data = "data" };
	int status;

	argc--;
	argv++;
	if (argc >= 2 && text_equal(argv[0], "--data")) {
		cli.data = argv[1];
		argc -= 2;
		argv += 2;
	}
	log_program("yinxinctl");
	cli.arena = arena_new(false);
	cli.secret = arena_new(true);
	status = run(&cli, argc, argv);
	house_close(&cli.house);
	arena_free(&cli.secret);
	arena_free(&cli.arena);
	return status;
}
