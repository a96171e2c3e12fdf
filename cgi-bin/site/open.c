/* Opening a program: configuration and templates, which its workers share; house, keys and counters, which each opens
 * for itself; and closing the doors to all else. */
#include "base/file.h"
#include "base/key_file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/workers.h"
#include "cgi-bin/site/site.h"
#include "core/metrics.h"
#include "web/fcgi.h"
#include <malloc.h>

enum { LARGE_PIECE = 512 * 1024 };

static char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_text_n(arena, path, slash == path ? 1 : (size_t)(slash - path)) : arena_text(arena, ".");
}

static enum err read_web_key(struct site *site, const char **why)
{
	unsigned char key[KEY_LEN];
	enum err err = key_file_read(
		site->arena, settings_path(site->arena, &site->settings, "keys/web/web.key"), key, why);

	if (err == OK)
		site->web_key = hmac_key_new(key);
	crypto_wipe(key, sizeof key);
	return err;
}

/* Who runs it and whom to ask. Until the operator has said so (doctor asks for it), the pages say that it is
 * missing. */
static void add_operator(struct arena *arena, const struct settings *s)
{
	const char *way = *s->service_phone ? s->service_phone : s->service_mail, *hours = s->service_hours;
	const char *service = arena_printf(arena, "客服 %s", way);

	view_global("OPERATOR_LINE",
		*s->operator_name ? arena_printf(arena, "%s 运营", s->operator_name) : "运营方还没有填写名称");
	view_global("SERVICE_LINE",
		!*way            ? "客服电话还没有公布"
			: *hours ? arena_printf(arena, "%s，%s", service, hours)
				 : service);
	view_global("SERVICE_WHOM",
		!*way            ? "运营人员"
			: *hours ? arena_printf(arena, "%s（%s）", service, hours)
				 : service);
}

/* The version of static/build stands in each of its URLs, so that browsers may keep them for ever. */
static enum err load_templates(struct site *site, const char **why)
{
	const struct settings *s = &site->settings;
	struct bytes version;
	const char *line;

	*why = "static/build/version cannot be read: call make static";
	TRY(file_read(site->arena, "static/build/version", 64, &version));
	line = arena_text_n(site->arena, (const char *)version.data, strcspn((const char *)version.data, "\n"));
	add_operator(site->arena, s);
	return view_load("templates",
		(const struct view_constant[]){
			{ "BASE", s->base_path },
			{ "STATIC_VERSION", text_trim(site->arena, line) },
		},
		2, why);
}

enum err site_load(struct site *site, const char *config, const char **why)
{
	site->arena = arena_new(false);
	log_program(site->program);
	guards_check_tables(site->tables, site->pages);
	TRY(house_configure(site->arena, folder_of(site->arena, config), &site->settings, why));
	return site->pages ? load_templates(site, why) : OK;
}

enum err site_open(struct site *site, const char **why)
{
	site->secret = arena_new(true);
	TRY(house_open_configured(site->arena, &site->settings, &site->house, why));
	if (site->pages)
		TRY(read_web_key(site, why));
	if (metrics_open(settings_path(site->arena, &site->settings, "run/metrics"), site->program,
		    &site->house.metrics) != OK)
		LOG(LOG_WARN, "metrics-missing");
	return OK;
}

/* Beside its own data a program with pages opens templates, and what draws a seal's preview its fonts. */
enum err site_confine(struct site *site, const char **why)
{
	static const char *const beside[] = { "templates", "static", "/var/cache/fontconfig", NULL };

	return house_confine(site->arena, &site->house, site->key_folders, beside, why);
}

int site_workers(const char *value)
{
	int64_t count;

	return parse_int(value, 1, MOST_WORKERS, &count) ? (int)count : -1;
}

void site_close(struct site *site)
{
	metrics_close(&site->house.metrics);
	house_close(&site->house);
	hmac_key_free(&site->web_key);
	arena_free(&site->secret);
	arena_free(&site->arena);
}

static int failed_to_start(const char *why)
{
	LOG(LOG_ERROR, "start-failed", L("why", why));
	return 1;
}

static enum err open_worker(struct site *site, const char **why)
{
	TRY(site_open(site, why));
	if (site->read_keys)
		TRY(site->read_keys(site, why));
	return site_confine(site, why);
}

static int work(void *arg)
{
	struct site *site = arg;
	const char *why = "";
	int status;

	if (open_worker(site, &why) != OK)
		return failed_to_start(why);
	status = fcgi_run(&(struct fcgi_handler){ site_serve, site, site->body_limit, site->settings.base_path });
	if (site->wipe_keys)
		site->wipe_keys();
	site_close(site);
	return status;
}

/* To draw a seal takes megabytes for a moment. The C library would learn from the first such piece to keep the next
 * ones. */
static void give_back_large_pieces(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_PIECE);
}

int site_run(struct site *site, char *const *command, const char *config, int workers)
{
	const char *why = "";

	give_back_large_pieces();
	if (site_load(site, config, &why) != OK)
		return failed_to_start(why);
	return workers_run(workers, command, work, site);
}
