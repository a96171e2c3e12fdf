/* verify-log: proves the whole record of what was done, or names what is wrong with it (LOG-3). */
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include "core/oplog.h"
#include <inttypes.h>

enum { MOST_KEY = 1024, MOST_NOTE = 64 * 1024 };

static const struct {
	const char *name, *sentence;
} findings[] = {
	[FINDING_NONE] = { "none", "" },
	[FINDING_CHANGED] = { "changed", "it was changed after it was numbered" },
	[FINDING_LOST] = { "lost", "it is not there any more" },
	[FINDING_SLIPPED_IN] = { "slipped-in", "it was slipped in by somebody without the portal's keys" },
	[FINDING_BAD_MAC] = { "bad-mac", "row and tree were changed together: the row's HMAC is not the portal's" },
	[FINDING_BAD_REF] = { "bad-ref",
		"the lists that show it were changed: an entry of it is missing, changed or slipped in" },
	[FINDING_BAD_TREE] = { "bad-tree", "the stored tree was changed" },
	[FINDING_BAD_CHECKPOINT] = { "bad-checkpoint",
		"a checkpoint is missing, changed, or not signed by the log's key" },
	[FINDING_STALE] = { "stale", "it has waited for its number for more than a minute: is the log lane running?" },
	[FINDING_REWRITTEN] = { "rewritten",
		"the log does not go on from the checkpoint given: rows before it were changed or taken out" },
};

/* A row may have no place in the tree, and a place no row. */
static const char *where(struct arena *arena, const struct oplog_verdict *verdict)
{
	if (!verdict->row)
		return arena_printf(arena, "place %" PRId64, verdict->place);
	if (verdict->place < 0)
		return arena_printf(arena, "row %" PRId64, verdict->row);
	return arena_printf(arena, "row %" PRId64 ", place %" PRId64, verdict->row, verdict->place);
}

const char *cli_finding(struct arena *arena, const struct oplog_verdict *verdict)
{
	return arena_printf(arena, "%s: %s", where(arena, verdict), findings[verdict->finding].sentence);
}

static int show(struct cli *cli, const struct oplog_verdict *verdict)
{
	json_t *answer;
	bool holds = verdict->finding == FINDING_NONE;

	if (cli->json) {
		answer = json_object();
		json_put_flag(answer, "holds", holds);
		json_put_text(answer, "finding", findings[verdict->finding].name);
		json_put_id(answer, "row", verdict->row);
		json_put_int(answer, "place", verdict->place);
		json_put_int(answer, "rows", verdict->rows);
		json_put_int(answer, "size", verdict->size);
		cli_json(cli, answer);
	} else if (holds) {
		printf("The log holds: %" PRId64 " rows, %" PRId64 " of them proven by the tree.\n", verdict->rows,
			verdict->size);
	} else {
		printf("The log does NOT hold: %s.\n", cli_finding(cli->arena, verdict));
	}
	return holds ? DONE : WRONG;
}

/* Against a checkpoint that was kept elsewhere. */
static int compare(struct cli *cli, const char *verifier, const char *file, struct oplog_verdict *verdict)
{
	struct bytes note;
	enum err err;

	if (file_read(cli->arena, file, MOST_NOTE, &note) != OK) {
		cli_error("the checkpoint cannot be read");
		return MISUSED;
	}
	err = oplog_verify_since(
		&cli->ctx, verifier, arena_text_n(cli->arena, (const char *)note.data, note.len), verdict);
	if (err == ERR_INVALID || err == ERR_DENIED) {
		cli_error("the file is no checkpoint that this log's key has signed");
		return MISUSED;
	}
	return err == OK ? DONE : cli_refused(cli, err, "the log could not be read");
}

bool cli_verifier(struct cli *cli, const struct settings *settings, const char **out)
{
	struct bytes text;

	if (file_read(cli->arena, settings_path(cli->arena, settings, "log.pub"), MOST_KEY, &text) != OK)
		return false;
	*out = text_trim(cli->arena, arena_text_n(cli->arena, (const char *)text.data, text.len));
	return true;
}

static int verify(struct cli *cli, int argc, char **argv)
{
	const char *verifier = NULL, *checkpoint = NULL;
	const struct option_place options[] = { VALUE("key", &verifier), VALUE("checkpoint", &checkpoint),
		OPTIONS_END };
	struct oplog_verdict verdict;
	enum err err;
	int end = DONE;

	if (!cli_options(cli, argc, argv, options, NULL, 0) || !cli_open(cli))
		return MISUSED;
	if (store_unhurried(cli->house.store) != OK) {
		cli_error("the database does not answer");
		return WRONG;
	}
	if (!verifier && !cli_verifier(cli, &cli->settings, &verifier)) {
		cli_error("log.pub cannot be read: give the log's verifier key with --key");
		return MISUSED;
	}
	err = oplog_verify(&cli->ctx, verifier, &verdict);
	if (err != OK)
		return cli_refused(cli, err, "the log could not be read");
	if (checkpoint && verdict.finding == FINDING_NONE)
		end = compare(cli, verifier, checkpoint, &verdict);
	return end == DONE ? show(cli, &verdict) : end;
}

const struct command log_commands[] = {
	{ "verify-log", "[--key VERIFIER] [--checkpoint FILE] [--json]",
		"proves the record of what was done, or names the first row that is wrong\n"
		"Every row against the tree, the tree against every checkpoint, the lists by person, org, seal and\n"
		"certificate against the rows, and that no row stands outside.\n"
		"VERIFIER is the log's public key, as it stands in DIR/log.pub. FILE is an old checkpoint that was\n"
		"kept elsewhere (PKI_URL/pki/log/checkpoint): the log must go on from it. Both prove more than what\n"
		"lies beside the log.",
		verify },
	{ NULL },
};
