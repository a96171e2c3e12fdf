/* What the commands of yinxinctl share: options, the opened house, and how an answer or a refusal is told.
 * Exit status: 0 done, 1 refused or something is wrong, 2 misused or nothing could be opened. */
#pragma once
#include "core/ctx.h"

enum { DONE = 0, WRONG = 1, MISUSED = 2 };

struct cli {
	const char *data; /* DIR of --data */
	bool json;
	struct arena *arena, *secret;
	struct settings settings;
	struct house house;
	struct ctx ctx; /* ACTOR_CLI; after cli_open */
	const struct command *command;
};

struct command {
	const char *name;  /* "person verify" */
	const char *usage; /* its options */
	const char *about; /* a few lines for its help */
	int (*run)(struct cli *, int argc, char **argv);
};
/* The families, each a list that ends with a NULL name. */
extern const struct command init_commands[], doctor_commands[], outbox_commands[], person_commands[], org_commands[],
	platform_commands[], agreement_commands[], log_commands[], ca_commands[], settings_commands[], move_commands[];

/* One option of a command: --name VALUE, or --name alone for a flag. */
struct option_place {
	const char *name;
	const char **value; /* NULL: a flag */
	bool *flag;
	bool needed;
};
#define VALUE(name, place)                                                                                             \
	{                                                                                                              \
		name, place, NULL, false                                                                               \
	}
#define NEEDED(name, place)                                                                                            \
	{                                                                                                              \
		name, place, NULL, true                                                                                \
	}
#define FLAG(name, place)                                                                                              \
	{                                                                                                              \
		name, NULL, place, false                                                                               \
	}
#define OPTIONS_END                                                                                                    \
	{                                                                                                              \
		NULL, NULL, NULL, false                                                                                \
	}
/* Reads argv; what is no option goes into *rest, of which the command takes at most `most` (NULL, 0: none). False after
 * telling what is wrong: the command then returns MISUSED. */
bool cli_options(struct cli *, int argc, char **argv, const struct option_place *, const char **rest, int most);

/* Opens the house at --data. False after telling why not. */
bool cli_open(struct cli *);
/* Tells that what was not done and why (ctx.fault), and returns the exit status. */
int cli_refused(struct cli *, enum err, const char *what);
__attribute__((format(printf, 1, 2))) void cli_error(const char *format, ...);
/* The log's verifier key that lies beside an installation's configuration; and what verify-log found, in words. */
struct oplog_verdict;
bool cli_verifier(struct cli *, const struct settings *, const char **out);
const char *cli_finding(struct arena *, const struct oplog_verdict *);
/* One line of JSON; takes the object. */
struct json_t;
void cli_json(struct cli *, struct json_t *);
