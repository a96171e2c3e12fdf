/* The installation of a test: made by the same calls that yinxinctl and the programs use. */
#include "tests/unit/site/instance.h"
#include "tests/unit/engine.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/key_file.h"
#include "base/text.h"
#include "core/account.h"
#include "core/device.h"
#include "core/key_check.h"
#include "core/realname.h"
#include "web/csrf.h"

enum { SCHEMA_MOST = 1 << 20 };

static const char *place(struct instance *in, const char *sub)
{
	return path_join(in->arena, test_folder(), sub);
}

static void make_files(struct instance *in, const char *base_path)
{
	static const char *const folders[] = { "db", "blob", "run", "log", "keys/data", "keys/web" };
	struct store_conf conf = engine_conf(place(in, "db/yinxin.db"), 1000);
	const char *why = NULL,
		   *const values[] = { arena_printf(in->arena, "portal.public_url=http://localhost:8080%s", base_path),
			   "portal.pki_url=http://localhost:8082", "portal.service_phone=0312-5550188",
			   "portal.service_hours=9-18", "portal.icp=ICP-1", "log.level=error", "pin.kdf_cost=10",
			   arena_printf(in->arena, "store.engine=%s", conf.engine),
			   arena_printf(in->arena, "store.connection=%s", conf.connection ? conf.connection : ""),
			   NULL };
	struct bytes schema;

	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		assert_ok(folder_make(place(in, folders[i]), 0700));
	assert_ok(vault_create(place(in, "keys/data")));
	assert_ok(key_file_make(place(in, "keys/web/web.key")));
	assert_ok(file_write(
		place(in, "yinxin.conf"), bytes_of_text(conf_write(in->arena, settings_keys, values)), 0600));
	assert_ok(file_read(in->arena, "schema.sql", SCHEMA_MOST, &schema));
	assert_ok(store_create(&conf, in->arena, arena_text_n(in->arena, (const char *)schema.data, schema.len), &why));
	assert_ok(key_check_make(in->arena, &conf, place(in, "keys/data"), &why));
}

static enum err sign_in(struct ctx *ctx, void *arg)
{
	struct instance *in = arg;
	const char *handle;
	bool made, fresh;

	TRY(account_find_or_make(ctx, "+8613800138000", &in->account, &made));
	ctx->actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = in->account };
	TRY(device_find_or_make(ctx, in->account, NULL, &ctx->device, &handle, &fresh));
	return session_open(ctx, in->account, EDITION_LEGAL_REP, NULL, &in->session);
}

void instance_open(struct instance *in, const struct route *const *tables, const char *base_path)
{
	const char *why = NULL;
	struct ctx ctx;

	*in = (struct instance){ .arena = arena_new(false) };
	in->site.program = "portal";
	in->site.pages = true;
	in->site.error = page_error;
	in->site.tables = tables;
	make_files(in, base_path);
	if (site_load(&in->site, place(in, "yinxin.conf"), &why) != OK || site_open(&in->site, &why) != OK)
		fail_msg("%s", why);
	ctx = instance_ctx(in);
	ctx.actor = (struct actor){ 0 };
	assert_ok(ctx_transaction(&ctx, sign_in, in));
}

void instance_close(struct instance *in)
{
	site_close(&in->site);
	arena_free(&in->arena);
}

struct ctx instance_ctx(struct instance *in)
{
	struct ctx ctx = ctx_for(&in->site.house, in->arena, in->site.secret, clock_now());

	ctx.actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = in->account };
	ctx.address = "192.0.2.7";
	return ctx;
}

/* The last character that makes the number hold. */
static const char *completed(struct instance *in, const char *number, bool (*holds)(const char *))
{
	for (const char *c = "0123456789ABCDEFGHJKLMNPQRTUWXY"; *c; c++) {
		const char *whole = arena_printf(in->arena, "%s%c", number, *c);

		if (holds(whole))
			return whole;
	}
	fail();
	return NULL;
}

static bool document_holds(const char *number)
{
	return resident_id_holds(number, clock_now());
}

int64_t instance_org(struct instance *in, enum role role)
{
	static int made;
	struct ctx ctx = instance_ctx(in);
	const char *number = arena_printf(in->arena, "91130600MA0%05d", ++made);
	int64_t org;

	ctx.actor = (struct actor){ .kind = ACTOR_CLI };
	assert_ok(org_import(&ctx, completed(in, arena_printf(in->arena, "%sX", number), uscc_holds),
		"河北瀚澜建设有限公司", "陈致远", NULL, &org));
	if (role != ROLE_NONE)
		assert_ok(member_join(&ctx, org, in->account, role));
	return org;
}

void instance_real_name(struct instance *in)
{
	struct ctx ctx = instance_ctx(in);

	ctx.actor = (struct actor){ .kind = ACTOR_CLI };
	assert_ok(realname_vouch(
		&ctx, in->account, "陈致远", DOC_RESIDENT, completed(in, "13060219850307251", document_holds)));
}

static bool is_gone(void *arg)
{
	(void)arg;
	return true;
}

static struct pairs pairs_of(struct instance *in, const char *const (*list)[2], size_t count)
{
	struct pairs pairs = { ARENA_ARRAY(in->arena, struct pair, count), 0 };

	for (size_t i = 0; i < count; i++)
		if (list[i][1])
			pairs.list[pairs.count++] = (struct pair){ list[i][0], list[i][1] };
	return pairs;
}

struct answer instance_ask(struct instance *in, struct ask ask)
{
	const char *query = strchr(ask.path, '?');
	const char *headers[][2] = { { "origin",
		ask.origin         ? ask.origin
			: ask.body ? "http://localhost:8080"
				   : NULL } };
	const char *cookies[][2] = { { "session", ask.session }, { "visit", ask.visit }, { "flash", ask.flash } };
	struct request request = {
		.arena = in->arena,
		.method = ask.method ? ask.method
			: ask.body   ? "POST"
				     : "GET",
		.path = arena_text_n(in->arena, ask.path, query ? (size_t)(query - ask.path) : strlen(ask.path)),
		.raw_query = query ? query + 1 : "",
		.headers = pairs_of(in, headers, 1),
		.cookies = pairs_of(in, cookies, 3),
		.body = bytes_of_text(ask.body),
		.content_type = ask.type ? ask.type
			: ask.body       ? "application/x-www-form-urlencoded"
					 : "",
		.host = ask.host ? ask.host : "localhost:8080",
		.scheme = "http",
		.address = "192.0.2.7",
		.id = "0123456789abcdef",
		.fault = HTTP_OK,
		.arrived = ask.arrived,
		.fragment = ask.fragment != NULL,
		.gone = ask.gone ? is_gone : NULL,
	};
	struct response response;

	assert_int_equal(HTTP_OK, pairs_decode(in->arena, bytes_of_text(request.raw_query), 100, &request.query));
	response_init(&response, in->arena);
	site_serve(&in->site, &request, &response);
	return (struct answer){ response.status, response.headers.data, response.body.data };
}

const char *instance_form(struct instance *in, const char *subject, const char *edition, const char *fields)
{
	return arena_printf(
		in->arena, "csrf=%s&edition=%s&%s", csrf_token(in->arena, in->site.web_key, subject), edition, fields);
}

bool answer_has(struct answer answer, const char *header)
{
	return strstr(answer.headers, header) != NULL;
}
