/* What the operator may set, read once at start from DATA/yinxin.conf. Every key is documented in
 * docs/configuration.md, which is printed from the same table. */
#pragma once
#include "base/conf.h"

struct settings {
	/* [portal] */
	const char *public_url, *pki_url; /* the only source of absolute URLs; no final slash */
	const char *site_name, *operator_name, *service_phone, *service_hours, *service_mail, *icp, *police;
	/* [front] what deploy/run tells nginx; the programs read none of it */
	int64_t front_port, front_pki_port; /* 8080, 8082 */
	const char *front_listen;           /* "" : loopback where public_url is one, else every address */
	const char *front_trusted_proxies, *front_metrics_from; /* addresses or networks, separated by spaces */
	/* [limits] */
	int64_t sms_phone_hour, sms_phone_day, sms_address_hour, sms_resend_s;
	int64_t session_idle_min, session_max_min;
	int64_t issue_day_alarm; /* issuances a day at which the ca lane stops and calls a person */
	/* [pin] */
	int64_t kdf_cost; /* log2 of scrypt's N */
	/* [sms] */
	const char *sms_way, *sms_url, *sms_key_file, *sms_sign;
	/* [ca] */
	const char *ca_way, *ca_name;
	/* [geo] */
	const char *geo_file;
	/* [store] */
	const char *engine, *connection, *password_file;
	int64_t busy_ms;
	/* [log] */
	int64_t log_keep_days;
	const char *log_level;
	/* [test] honoured only when public_url is a loopback address */
	const char *clock_file;

	/* derived, never in the file */
	const char *data;      /* the folder of the configuration file */
	const char *base_path; /* path of public_url: "" or "/yinxin" */
	const char *origin;    /* scheme://host[:port] of public_url */
	const char *host;      /* host[:port] */
	bool secure;           /* https */
	bool loopback;
	const char *log_origin; /* NAME of the log: host and path of public_url + "/oplog", no space or '+' */
};
extern const struct conf_key settings_keys[];

/* Reads FOLDER/yinxin.conf, checks what spans keys (test floors, ways that exist), fills what is derived. */
enum err settings_read(struct arena *, const char *folder, struct settings *out, const char **why) CHECKED;
/* The same from a file under another name, whose folder is DATA. */
enum err settings_read_file(struct arena *, const char *file, struct settings *out, const char **why) CHECKED;
/* DATA/sub, e.g. settings_path(arena, s, "keys/data"). */
const char *settings_path(struct arena *, const struct settings *, const char *sub);
