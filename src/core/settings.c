/* Settings: the table of keys, what spans several of them, and what follows from public_url. */
#include "base/file.h"
#include "base/text.h"
#include "core/settings.h"
#include <limits.h>

#define TEXT(section_, name_, field, fallback_, least, most, about_)                                                   \
	{                                                                                                              \
		.section = section_, .name = name_, .type = CONF_TEXT, .target = offsetof(struct settings, field),     \
		.fallback = fallback_, .min = least, .max = most, .about = about_                                      \
	}
#define INT(section_, name_, field, fallback_, least, most, about_)                                                    \
	{                                                                                                              \
		.section = section_, .name = name_, .type = CONF_INT, .target = offsetof(struct settings, field),      \
		.fallback = fallback_, .min = least, .max = most, .about = about_                                      \
	}
#define OTHER(section_, name_, type_, field, fallback_, about_)                                                        \
	{                                                                                                              \
		.section = section_, .name = name_, .type = type_, .target = offsetof(struct settings, field),         \
		.fallback = fallback_, .about = about_                                                                 \
	}

const struct conf_key settings_keys[] = {
	OTHER("portal", "public_url", CONF_URL, public_url, NULL,
		"The portal's address as browsers see it, with the sub-path where it has one; https unless loopback"),
	OTHER("portal", "pki_url", CONF_URL, pki_url, NULL,
		"Address of CRL, OCSP, CA certificates and log checkpoints; plain http; stands in every certificate"),
	TEXT("portal", "site_name", site_name, "印信", 1, 60, "Name of the portal"),
	TEXT("portal", "operator_name", operator_name, "", 0, 120, "Who runs it, for the footer and the agreements"),
	TEXT("portal", "service_phone", service_phone, "", 0, 60, "Customer service: telephone"),
	TEXT("portal", "service_hours", service_hours, "", 0, 120, "Customer service: hours"),
	TEXT("portal", "service_mail", service_mail, "", 0, 120, "Customer service: e-mail"),
	TEXT("portal", "icp", icp, "", 0, 60, "ICP number for the footer"),
	TEXT("portal", "police", police, "", 0, 60, "Public security filing number (公安备案) for the footer"),

	INT("front", "port", front_port, "8080", 1, 65535, "Port of the portal"),
	INT("front", "pki_port", front_pki_port, "8082", 1, 65535, "Port of the plain listener behind pki_url"),
	TEXT("front", "listen", front_listen, "", 0, 200,
		"Addresses to listen on; empty: loopback where the URL is one, else all"),
	TEXT("front", "trusted_proxies", front_trusted_proxies, "", 0, 1000,
		"Addresses or networks whose forwarded headers count, separated by spaces"),
	TEXT("front", "metrics_from", front_metrics_from, "", 0, 1000,
		"Addresses or networks beside loopback that may read /metrics, separated by spaces"),

	INT("limits", "sms_phone_hour", sms_phone_hour, "5", 1, 1000000,
		"SMS codes an hour for a phone; more than 5 only with a loopback public_url (LOGIN-3)"),
	INT("limits", "sms_phone_day", sms_phone_day, "10", 1, 1000000,
		"SMS codes a day for a phone; more than 10 only with a loopback public_url"),
	INT("limits", "sms_address_hour", sms_address_hour, "30", 1, 1000000,
		"SMS codes an hour for an address; more than 30 only with a loopback public_url"),
	INT("limits", "sms_resend_s", sms_resend_s, "60", 0, 600,
		"Seconds before another code may be asked for; less than 60 only with a loopback public_url"),
	INT("limits", "session_idle_min", session_idle_min, "30", 1, 720, "Minutes after which an idle session ends"),
	INT("limits", "session_max_min", session_max_min, "720", 5, 10080, "Minutes after which any session ends"),
	INT("limits", "issue_day_alarm", issue_day_alarm, "1000", 1, 1000000,
		"Certificates ordered a day at which issuing stops until a person has looked"),

	INT("pin", "kdf_cost", kdf_cost, "15", 10, 20,
		"log2 of scrypt's N for certificate passwords; 15 or more unless loopback"),

	TEXT("sms", "way", sms_way, "held", 1, 20, "How SMS leave: held (shown by yinxinctl outbox) or http"),
	OTHER("sms", "url", CONF_URL, sms_url, "", "Address of the SMS service (way = http)"),
	OTHER("sms", "key_file", CONF_SECRET_FILE, sms_key_file, "", "File with its bearer token (way = http)"),
	TEXT("sms", "sign", sms_sign, "印信", 1, 60, "Signature in front of each SMS, between 【 and 】"),

	TEXT("ca", "way", ca_way, "builtin", 1, 20, "Who issues certificates: builtin"),
	TEXT("ca", "name", ca_name, "印信", 1, 60, "Name of the built-in CA in its certificates"),

	OTHER("geo", "file", CONF_PATH, geo_file, "",
		"MaxMind database with names in zh-CN that turns addresses into regions"),

	TEXT("store", "engine", engine, "sqlite", 1, 20,
		"Storage engine: sqlite for one machine, postgres for any number"),
	TEXT("store", "connection", connection, "", 0, 1000,
		"How PostgreSQL is reached (engine = postgres): host=… dbname=… user=…, as libpq reads it, without a "
		"password"),
	OTHER("store", "password_file", CONF_SHARED_SECRET_FILE, password_file, "",
		"File with the password for PostgreSQL; empty: none is needed, or libpq finds it (PGPASSFILE)"),
	INT("store", "busy_ms", busy_ms, "5000", 100, 60000, "How long a writer waits for another one, in ms"),

	INT("log", "keep_days", log_keep_days, "180", 1, 3650, "Days that log files are kept"),
	TEXT("log", "level", log_level, "info", 1, 10, "Least level written: debug, info, warn or error"),

	OTHER("test", "clock_file", CONF_PATH, clock_file, "",
		"Only with a loopback public_url: a file whose number of ms is added to the clock"),
	{ .name = NULL },
};

struct choice {
	const char *key, *value;
	const char *const *known;
};

static enum err refuse(const char **why, const char *text)
{
	*why = text;
	return ERR_INVALID;
}

static enum err check_choice(struct arena *arena, const struct choice *choice, const char **why)
{
	const char *all = "";

	for (const char *const *known = choice->known; *known; known++) {
		if (text_equal(*known, choice->value))
			return OK;
		all = arena_printf(arena, "%s%s%s", all, *all ? ", " : "", *known);
	}
	return refuse(why, arena_printf(arena, "%s: there is no \"%s\", only: %s", choice->key, choice->value, all));
}

static enum err check_choices(struct arena *arena, const struct settings *s, const char **why)
{
	const struct choice choices[] = {
		{ "sms.way", s->sms_way, (const char *const[]){ "held", "http", NULL } },
		{ "ca.way", s->ca_way, (const char *const[]){ "builtin", NULL } },
		{ "store.engine", s->engine, (const char *const[]){ "sqlite", "postgres", NULL } },
		{ "log.level", s->log_level, (const char *const[]){ "debug", "info", "warn", "error", NULL } },
	};

	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
		TRY(check_choice(arena, &choices[i], why));
	if (text_equal(s->sms_way, "http") && (!*s->sms_url || !*s->sms_key_file))
		return refuse(why, "sms.way = http needs sms.url and sms.key_file");
	if (text_equal(s->engine, "postgres") && !*s->connection)
		return refuse(why, "store.engine = postgres needs store.connection");
	if (text_equal(s->engine, "sqlite") && *s->connection) /* one of two lines was forgotten */
		return refuse(why, "store.connection is for store.engine = postgres, but store.engine is sqlite");
	return OK;
}

/* What only a test may ask for. Settings stricter than a rule's number are anybody's. */
static enum err check_floors(const struct settings *s, const char **why)
{
	if (s->session_idle_min > s->session_max_min)
		return refuse(why, "limits.session_idle_min is above limits.session_max_min");
	if (s->loopback)
		return OK;
	if (!s->secure) /* OPS-17 */
		return refuse(why, "portal.public_url: plain http is only for loopback addresses");
	if (s->kdf_cost < 15) /* PIN-5 */
		return refuse(why, "pin.kdf_cost: less than 15 is only for tests on a loopback public_url");
	if (s->sms_resend_s < 60 || s->sms_phone_hour > 5 || s->sms_phone_day > 10 || s->sms_address_hour > 30)
		return refuse(why,
			"limits.sms_*: looser than 60 s, 5 and 30 an hour and 10 a day (LOGIN-3) is only "
			"for tests on a loopback public_url");
	if (*s->clock_file)
		return refuse(why, "test.clock_file is only for tests on a loopback public_url");
	return OK;
}

static bool is_loopback(const char *host)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t len = strlen(names[i]);

		if (text_starts(host, names[i]) && (!host[len] || host[len] == ':'))
			return true;
	}
	return false;
}

/* It stands in templates, in nginx's configuration and in cookies' paths: characters that mean themselves in all of
 * them. */
static bool is_plain_path(const char *path)
{
	return !path[strspn(path, "/-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

static enum err derive(struct arena *arena, struct settings *s, const char **why)
{
	const char *host = strstr(s->public_url, "://") + 3, *slash = strchr(host, '/');

	s->base_path = slash ? slash : "";
	s->host = slash ? arena_text_n(arena, host, (size_t)(slash - host)) : host;
	s->origin = arena_text_n(arena, s->public_url, strlen(s->public_url) - strlen(s->base_path));
	s->secure = text_starts(s->public_url, "https://");
	s->loopback = is_loopback(s->host);
	if (strchr(s->public_url, '+')) /* signed notes have it end a name */
		return refuse(why, "portal.public_url: no '+', because the log is named after it");
	if (!is_plain_path(s->base_path))
		return refuse(why, "portal.public_url: a path has letters, digits and -._~ alone");
	s->log_origin = arena_printf(arena, "%s%s/oplog", s->host, s->base_path);
	return OK;
}

static enum err check_whole(struct arena *arena, struct settings *s, const char **why)
{
	TRY(derive(arena, s, why));
	TRY(check_choices(arena, s, why));
	return check_floors(s, why);
}

static enum err read_in(
	struct arena *arena, const char *folder, const char *name, struct settings *out, const char **why)
{
	char real[PATH_MAX];

	*out = (struct settings){ 0 };
	*why = NULL;
	if (!realpath(folder, real)) {
		*why = arena_printf(arena, "%s: there is no such folder", folder);
		return ERR_NOT_FOUND;
	}
	out->data = arena_text(arena, real);
	TRY(conf_read(arena, path_join(arena, real, name), settings_keys, out, why));
	if (check_whole(arena, out, why) == OK)
		return OK;
	*why = arena_printf(arena, "%s: %s", path_join(arena, real, name), *why);
	return ERR_INVALID;
}

enum err settings_read(struct arena *arena, const char *folder, struct settings *out, const char **why)
{
	return read_in(arena, folder, "yinxin.conf", out, why);
}

enum err settings_read_file(struct arena *arena, const char *file, struct settings *out, const char **why)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return read_in(arena, ".", file, out, why);
	return read_in(arena, arena_text_n(arena, file, (size_t)(slash - file) + 1), slash + 1, out, why);
}

const char *settings_path(struct arena *arena, const struct settings *settings, const char *sub)
{
	return path_join(arena, settings->data, sub);
}
