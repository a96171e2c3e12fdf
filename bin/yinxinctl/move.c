/* move: an installation's data to another database, from SQLite to PostgreSQL and back (OPS-9). */
#include <inttypes.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include "bin/yinxinctl/embedded.h"
#include "core/move.h"

#define HOW "docs/operation.md, \"Another database\""
enum { SUM_SHOWN = 8 /* bytes of it */, TELL_US = 200000 };

struct showing {
	struct cli *cli;
	const char *file;  /* --to */
	json_t *list;      /* of --json */
	int64_t next_tell; /* ticks */
	bool heads;        /* the table has begun */
};

static const char *sum_of(struct showing *s, const struct table_sum *sum)
{
	return hex_encode(s->cli->arena, (struct bytes){ sum->sum, s->cli->json ? HASH_LEN : SUM_SHOWN });
}

/* To who watches. */
static void show_copied(void *arg, const char *name, int64_t rows)
{
	struct showing *s = arg;

	if (!isatty(STDERR_FILENO) || clock_ticks() < s->next_tell)
		return;
	s->next_tell = clock_ticks() + TELL_US;
	fprintf(stderr, "\r\033[Kcopying %s: %" PRId64, name, rows);
}

static void add_json(struct showing *s, const struct move_part *part)
{
	json_t *one = json_object();

	json_put_text(one, "name", part->name);
	json_put_int(one, "rows", part->from.rows);
	json_put_int(one, "rows_moved", part->to.rows);
	json_put_text(one, "sum", sum_of(s, &part->from));
	json_put_text(one, "sum_moved", sum_of(s, &part->to));
	json_put_flag(one, "same", part->same);
	json_array_append_new(s->list, one);
}

static void show_proven(void *arg, const struct move_part *part)
{
	struct showing *s = arg;

	if (s->cli->json) {
		add_json(s, part);
		return;
	}
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (!s->heads)
		printf("%-16s %12s  %-16s  %s\n", "", "rows", "sum", "on the other side");
	s->heads = true;
	printf("%-16s %12" PRId64 "  %s  ", part->name, part->from.rows, sum_of(s, &part->from));
	if (part->same)
		puts("the same");
	else
		printf("DIFFERS: %" PRId64 "  %s\n", part->to.rows, sum_of(s, &part->to));
	fflush(stdout);
}

static void tell_json(struct showing *s, const struct move *m, bool moved)
{
	json_t *answer = json_object();

	json_put_flag(answer, "moved", moved);
	json_put_int(answer, "rows", m->rows);
	json_put_int(answer, "files", m->files);
	json_put_int(answer, "log_size", m->log.size);
	json_object_set_new(answer, "parts", s->list);
	cli_json(s->cli, answer);
}

static void tell_why(const char *why)
{
	cli_error("%s", why);
	cli_error("what to do about it: " HOW);
}

static int tell_end(struct showing *s, const struct move *m, double seconds)
{
	bool moved = !m->differs && m->log.finding == FINDING_NONE;

	if (s->cli->json)
		tell_json(s, m, moved);
	else if (moved)
		printf("log: %" PRId64 " rows, %" PRId64 " of them proven by the tree\n"
		       "Moved: %" PRId64 " rows and %" PRId64
		       " files in %.1f s. Programs may be started on %s now: " HOW ".\n",
			m->log.rows, m->log.size, m->rows, m->files, seconds, s->file);
	if (!moved)
		tell_why(m->differs
				? m->why
				: arena_printf(s->cli->arena, "%s: %s", m->why, cli_finding(s->cli->arena, &m->log)));
	return moved ? DONE : WRONG;
}

static int run(struct cli *cli, const struct settings *to, const char *file, const char *verifier)
{
	struct showing showing = { .cli = cli, .file = file, .list = json_array() };
	struct move m = { .from = &cli->settings,
		.to = to,
		.schema = embedded_schema,
		.verifier = verifier,
		.copied = { show_copied, &showing },
		.proven = show_proven,
		.why = "" };
	int64_t began = clock_ticks();

	if (move_run(cli->arena, cli->secret, &m) == OK)
		return tell_end(&showing, &m, (double)(clock_ticks() - began) / 1e6);
	json_release(&showing.list);
	tell_why(m.why);
	return WRONG;
}

static int move(struct cli *cli, int argc, char **argv)
{
	const char *file = NULL, *verifier, *why = "";
	const struct option_place options[] = { NEEDED("to", &file), OPTIONS_END };
	struct settings to;

	if (!cli_options(cli, argc, argv, options, NULL, 0))
		return MISUSED;
	if (house_configure(cli->arena, cli->data, &cli->settings, &why) != OK ||
		settings_read_file(cli->arena, file, &to, &why) != OK) {
		cli_error("%s", why);
		return MISUSED;
	}
	if (!cli_verifier(cli, &to, &verifier)) {
		cli_error("there is no log.pub beside %s: keys and log.pub go with an installation", file);
		return MISUSED;
	}
	return run(cli, &to, file, verifier);
}

const struct command move_commands[] = {
	{ "move", "--to CONFIG [--json]",
		"copies the data to another database and proves it there: SQLite to PostgreSQL, or back\n"
		"CONFIG is a configuration file, yinxin.conf or a copy of it with another [store], in DIR or in "
		"another\n"
		"folder with the same keys and log.pub. The installation is ended before; what it is moved to is "
		"empty, or\n"
		"of a move that was cut off: that goes on. DIR's own data stay as they are. Once all rows and files "
		"were\n"
		"found the same on the other side, and the log holds there, programs may be started on CONFIG.\n"
		"docs/operation.md says it step by step.",
		move },
	{ NULL },
};
