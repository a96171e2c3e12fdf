/* outbox: what the built-in SMS way holds, for the operator who passes it on (CON-2). */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include "core/account.h"
#include "core/job.h"
#include "core/login.h"
#include <inttypes.h>

enum { POLL_MS = 300 };

struct listing {
	int64_t shown; /* the newest id that was shown */
	int64_t since; /* what was made before is passed over */
};

static void show(struct cli *cli, const struct job *job, const char *phone, const char *code)
{
	struct civil made = civil_beijing(job->made);
	const char *text = sms_code_text(cli->secret, &cli->settings, code);
	json_t *object;

	if (!cli->json) {
		printf("%02d:%02d:%02d  %s  %s\n", made.hour, made.minute, made.second, phone_masked(cli->arena, phone),
			text);
		fflush(stdout);
		return;
	}
	object = json_object();
	json_put_id(object, "id", job->id);
	json_put_text(object, "kind", job_rule(job->kind)->name);
	json_put_text(object, "to", phone);
	json_put_text(object, "code", code);
	json_put_text(object, "text", text);
	json_put_int(object, "made", job->made);
	cli_json(cli, object);
}

static enum err show_job(struct cli *cli, const struct job *job)
{
	const char *phone, *code;
	json_t *payload;

	if (job->kind != JOB_SMS_CODE || !job->payload.len)
		return OK;
	TRY(json_read(job->payload, &payload));
	phone = json_text(payload, "phone");
	code = json_text(payload, "code");
	if (phone && code)
		show(cli, job, phone, code);
	json_release(&payload);
	return OK;
}

/* Pages come newest first; people read oldest first. */
static enum err show_newer(struct cli *cli, struct listing *listing, int64_t after)
{
	int64_t until = listing->shown;
	struct job *jobs;
	size_t count;

	TRY(job_list(&cli->ctx, after, true, &jobs, &count));
	if (!count)
		return OK;
	if (jobs[count - 1].id > until)
		TRY(show_newer(cli, listing, jobs[count - 1].id));
	for (size_t i = count; i > 0; i--) {
		if (jobs[i - 1].id <= until)
			continue;
		if (jobs[i - 1].made >= listing->since)
			TRY(show_job(cli, &jobs[i - 1]));
		listing->shown = jobs[i - 1].id > listing->shown ? jobs[i - 1].id : listing->shown;
	}
	return OK;
}

/* Without end. A database that is away for a while is waited for, as the programs do; what its client logs at each try
 * would hide the codes. */
static enum err follow(struct cli *cli, struct listing *listing)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	const struct arena_mark mark = arena_mark(cli->arena);
	bool waits = false;
	enum err err;

	log_threshold(LOG_ERROR);
	for (;;) {
		err = show_newer(cli, listing, 0);
		if (err != OK && err != ERR_UNAVAILABLE)
			return err;
		if (err != OK && !waits)
			cli_error("the database does not answer: codes appear here again once it does");
		waits = err != OK;
		arena_rewind(cli->arena, mark);
		arena_reset(cli->secret);
		nanosleep(&pause, NULL);
	}
}

static int outbox(struct cli *cli, int argc, char **argv)
{
	struct listing listing = { 0 };
	const char *since = NULL;
	bool follows = false;
	const struct option_place options[] = { FLAG("follow", &follows), VALUE("since", &since), OPTIONS_END };
	enum err err;

	if (!cli_options(cli, argc, argv, options, NULL, 0) || !cli_open(cli))
		return MISUSED;
	if (since && !parse_int(since, 0, INT64_MAX, &listing.since)) {
		cli_error("--since takes milliseconds since 1970");
		return MISUSED;
	}
	err = follows ? follow(cli, &listing) : show_newer(cli, &listing, 0);
	return err == OK ? DONE : cli_refused(cli, err, "the outbox could not be read");
}

const struct command outbox_commands[] = {
	{ "outbox", "[--follow] [--since MS] [--json]",
		"shows the SMS codes that wait for being passed on\n"
		"With sms.way = held nothing leaves by itself: an operator reads here what to send. Phones are\n"
		"masked; --json tells the whole number. --follow goes on with what comes. --since takes milliseconds\n"
		"since 1970 and leaves out what is older.",
		outbox },
	{ NULL },
};
