/* doctor: looks an installation over and says what a person should do. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include "core/agreement.h"
#include "core/cert.h"
#include "core/job.h"
#include "core/oplog.h"
#include <inttypes.h>
#include <sys/stat.h>

enum grade { GOOD, WATCH, BAD };
enum { LONGEST_YEARS = 3 /* of a cert: CERT-1 */ };

struct look {
	struct cli *cli;
	const char *subject;
	enum grade worst;
	json_t *list; /* of --json */
};

__attribute__((format(printf, 3, 4))) static void tell(struct look *look, enum grade grade, const char *format, ...)
{
	static const char *const words[] = { "ok", "note", "WRONG" };
	va_list values;
	const char *text;
	json_t *object;

	va_start(values, format);
	text = arena_vprintf(look->cli->arena, format, values);
	va_end(values);
	look->worst = grade > look->worst ? grade : look->worst;
	if (!look->cli->json) {
		printf("%-6s %-14s %s\n", words[grade], look->subject, text);
		return;
	}
	object = json_object();
	json_put_text(object, "subject", look->subject);
	json_put_text(object, "grade", grade == GOOD ? "ok" : grade == WATCH ? "note" : "wrong");
	json_put_text(object, "text", text);
	json_array_append_new(look->list, object);
}

static const char *path(struct look *look, const char *sub)
{
	return settings_path(look->cli->arena, &look->cli->settings, sub);
}

static void look_at_settings(struct look *look)
{
	const struct settings *s = &look->cli->settings;

	tell(look, GOOD, "%s", s->public_url);
	if (text_starts(s->public_url, "https://") && !*s->front_trusted_proxies)
		tell(look, BAD,
			"TLS ends before us, but front.trusted_proxies is empty: every visitor counts as the proxy, "
			"for "
			"limits, records and /metrics alike");
	if (!text_starts(s->pki_url, "http://"))
		tell(look, WATCH, "pki_url is not plain http: many programs that check certificates take only that");
	if (!*s->operator_name || !*s->service_phone)
		tell(look, WATCH,
			"portal.operator_name and portal.service_phone are empty: pages show who runs the portal");
}

static void look_at_test_settings(struct look *look)
{
	const struct settings *s = &look->cli->settings;
	bool loose = s->sms_resend_s < 60 || s->sms_phone_hour > 5 || s->sms_phone_day > 10 || s->sms_address_hour > 30;

	if (s->kdf_cost < 15)
		tell(look, WATCH, "pin.kdf_cost = %" PRId64 " is in force", s->kdf_cost);
	if (*s->clock_file)
		tell(look, WATCH, "test.clock_file is in force");
	if (loose)
		tell(look, WATCH, "limits.sms_* looser than LOGIN-3 are in force");
	if (s->kdf_cost >= 15 && !*s->clock_file && !loose)
		tell(look, GOOD, "none in force");
}

/* Nobody but owner and group reads a key; the owner alone writes it. */
static void look_at_modes(struct look *look)
{
	static const char *const files[] = { "keys/data/search.key", "keys/data/log.key", "keys/web/web.key",
		"keys/pin/pepper.key", "keys/pin/reset.key", "keys/log/log.pem", "keys/api/pairwise.key" };
	struct stat state;
	bool good = true;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		if (stat(path(look, files[i]), &state) != 0)
			tell(look, BAD, "%s is not there", files[i]);
		else if (state.st_mode & 0027)
			tell(look, BAD, "%s has mode %03o: chmod 600", files[i], (unsigned)state.st_mode & 0777U);
		else
			continue;
		good = false;
	}
	if (stat(path(look, "db/yinxin.db"), &state) == 0 && state.st_mode & 0007) {
		tell(look, BAD, "db/yinxin.db is open to others: chmod 660");
		good = false;
	}
	if (good)
		tell(look, GOOD, "closed to others");
}

static void look_at_database(struct look *look)
{
	const char *words, *danger;

	if (store_describe(look->cli->house.store, &words, &danger) != OK)
		tell(look, BAD, "%s does not answer", look->cli->settings.engine);
	else if (danger)
		tell(look, look->cli->settings.loopback ? WATCH : BAD, "%s: %s", words, danger);
	else
		tell(look, GOOD, "answers: %s", words);
}

static void look_at_log(struct look *look)
{
	struct ctx *ctx = &look->cli->ctx;
	int64_t count, oldest;
	const char *note;
	struct bytes text;

	if (oplog_waiting(ctx, &count, &oldest) != OK)
		tell(look, BAD, "cannot be read");
	else if (oldest && ctx->now - oldest > MINUTE)
		tell(look, BAD, "%" PRId64 " rows wait, the oldest for %" PRId64 " s: is the log lane running?", count,
			(ctx->now - oldest) / SECOND);
	else
		tell(look, GOOD, "%" PRId64 " rows wait for their number", count);
	if (file_read(ctx->arena, path(look, "log.pub"), 1024, &text) != OK)
		tell(look, BAD, "log.pub is not there: nobody can check receipts");
	else if (oplog_newest_checkpoint(ctx, &note) == OK &&
		!text_starts(note, arena_printf(ctx->arena, "%s\n", ctx->settings->log_origin)))
		tell(look, BAD, "the log was named after another public_url than %s", ctx->settings->public_url);
}

/* Rows from the future: the clock was ahead once, or is behind now. */
static void look_at_clock(struct look *look)
{
	struct ctx *ctx = &look->cli->ctx;
	int64_t count, oldest;

	if (civil_utc(ctx->now).year < 2026)
		tell(look, BAD, "it is %s here: set the clock", time_iso(ctx->arena, ctx->now));
	else if (oplog_waiting(ctx, &count, &oldest) == OK && oldest > ctx->now + MINUTE)
		tell(look, BAD, "rows were written %" PRId64 " s in the future", (oldest - ctx->now) / SECOND);
	else
		tell(look, GOOD, "%s", time_iso(ctx->arena, ctx->now));
}

static void look_at_jobs(struct look *look)
{
	static const char *const lanes[] = {
		[LANE_CA] = "ca", [LANE_LOG] = "log", [LANE_OUT] = "out", [LANE_TIDY] = "tidy"
	};
	int64_t due[4], failed;

	if (job_counts(&look->cli->ctx, due, &failed) != OK) {
		tell(look, BAD, "cannot be read");
		return;
	}
	for (int lane = 0; lane < 4; lane++) {
		if (due[lane])
			tell(look, WATCH, "%" PRId64 " wait for the lane %s", due[lane], lanes[lane]);
	}
	tell(look, failed ? WATCH : GOOD, "%" PRId64 " failed", failed);
}

/* From LONGEST_YEARS before its end on, more and more of what the catalogue offers would outlive the CA. */
static void tell_end(struct look *look, const char *name, int64_t end)
{
	const char *when = time_iso(look->cli->arena, end);

	if (end < cert_end(look->cli->ctx.now, LONGEST_YEARS))
		tell(look, WATCH, "%s: the issuing CA ends on %s: certificates that would outlive it are refused", name,
			when);
	else
		tell(look, GOOD, "%s: the issuing CA ends on %s", name, when);
}

/* Certificates point to the pki_url of their day, for good. */
static void look_at_authority(struct look *look, enum key_kind hierarchy)
{
	const char *name = key_kind_name(hierarchy), *pki_url = look->cli->settings.pki_url;
	struct certificate info;
	struct bytes der;

	if (authority_certificate(&look->cli->ctx, CERTIFICATE_ISSUING, hierarchy, &der) != OK ||
		certificate_read(look->cli->arena, der, &info) != OK)
		tell(look, BAD, "%s: there is no CA", name);
	else if (!info.issuer_url || !text_starts(info.issuer_url, arena_printf(look->cli->arena, "%s/", pki_url)))
		tell(look, BAD, "%s: the CA's certificate points to %s, pki_url is %s", name,
			info.issuer_url ? info.issuer_url : "nowhere", pki_url);
	else
		tell_end(look, name, info.not_after);
}

static void look_at_certificates(struct look *look)
{
	look_at_authority(look, KEY_SM2);
	look_at_authority(look, KEY_P256);
}

static void look_at_connectors(struct look *look)
{
	const struct settings *s = &look->cli->settings;
	const char *why;

	if (house_open_sms(look->cli->arena, &look->cli->house, &why) != OK)
		tell(look, BAD, "%s", why);
	else if (text_equal(s->sms_way, "held"))
		tell(look, WATCH, "sms.way = held: codes wait in yinxinctl outbox until somebody passes them on");
	else
		tell(look, GOOD, "SMS by %s", s->sms_url);
	if (*s->geo_file)
		tell(look, GOOD, "regions of addresses from %s", s->geo_file);
	tell(look, GOOD, "certificates by %s", s->ca_way);
}

static void look_at_agreements(struct look *look)
{
	static const char *const names[] = { "user", "privacy", "certificate" };
	struct agreement current;

	for (int kind = AGREEMENT_USER; kind <= AGREEMENT_CERTIFICATE; kind++) {
		if (agreement_current(&look->cli->ctx, (enum agreement_kind)kind, &current) == OK)
			tell(look, GOOD, "%s %s", names[kind], current.version);
		else
			tell(look, BAD, "%s: none is published, yinxinctl agreement add does it", names[kind]);
	}
}

static const struct {
	const char *subject;
	void (*look)(struct look *);
} looks[] = {
	{ "settings", look_at_settings },
	{ "test settings", look_at_test_settings },
	{ "modes", look_at_modes },
	{ "database", look_at_database },
	{ "clock", look_at_clock },
	{ "log", look_at_log },
	{ "jobs", look_at_jobs },
	{ "certificates", look_at_certificates },
	{ "connectors", look_at_connectors },
	{ "agreements", look_at_agreements },
};

static int doctor(struct cli *cli, int argc, char **argv)
{
	const struct option_place options[] = { OPTIONS_END };
	struct look look = { .cli = cli };

	if (!cli_options(cli, argc, argv, options, NULL, 0) || !cli_open(cli))
		return MISUSED;
	look.list = json_array();
	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
		look.subject = looks[i].subject;
		looks[i].look(&look);
	}
	if (cli->json)
		cli_json(cli, look.list);
	else
		json_release(&look.list);
	return look.worst == BAD ? WRONG : DONE;
}

const struct command doctor_commands[] = {
	{ "doctor", "[--json]",
		"looks the installation over and says what is wrong\n"
		"Settings, modes of keys, database, clock, the log's numbering, waiting and failed jobs, connectors,\n"
		"agreements, and settings in force that only a test may have. Exit status 1: something is wrong.",
		doctor },
	{ NULL },
};
