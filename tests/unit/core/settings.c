/* Settings and the house: OPS-4, OPS-14, OPS-15, OPS-17; how a rule's transaction ends. */
#include "base/file.h"
#include "base/text.h"
#include "tests/unit/core/world.h"

static enum err read_with(const char *const *values, struct settings *out, const char **why)
{
	const char *folder = test_folder();

	assert_ok(file_write(path_join(test_arena(), folder, "yinxin.conf"),
		bytes_of_text(conf_write(test_arena(), settings_keys, values)), 0640));
	return settings_read(test_arena(), folder, out, why);
}

#define READ(out, ...)                                                                                                 \
	read_with((const char *const[]){ __VA_ARGS__, "portal.pki_url=http://pki.example", NULL }, out, &why)

TEST("OPS-14: origin, sub-path, host and the log's name come from public_url")
{
	struct settings s;
	const char *why;

	assert_ok(READ(&s, "portal.public_url=https://example.com:8443/yinxin"));
	assert_string_equal("/yinxin", s.base_path);
	assert_string_equal("https://example.com:8443", s.origin);
	assert_string_equal("example.com:8443", s.host);
	assert_string_equal("example.com:8443/yinxin/oplog", s.log_origin);
	assert_true(s.secure);
	assert_false(s.loopback);
	assert_ok(READ(&s, "portal.public_url=http://localhost:8080"));
	assert_string_equal("", s.base_path);
	assert_false(s.secure);
	assert_true(s.loopback);
}

TEST("OPS-14: a sub-path that some place would have to escape is refused when the configuration is read")
{
	static const char *const wrong[] = { "a;b", "a%20b", "a&b", "a$b", "a,b", "a=b" };
	struct settings s;
	const char *why;

	assert_ok(READ(&s, "portal.public_url=https://example.com/Ab-1._~/c"));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_err(ERR_INVALID,
			READ(&s, arena_printf(test_arena(), "portal.public_url=https://example.com/%s", wrong[i])));
		assert_non_null(strstr(why, "portal.public_url"));
	}
}

TEST("OPS-4: the defaults are the rules' numbers")
{
	struct settings s;
	const char *why;

	assert_ok(READ(&s, "portal.public_url=https://example.com"));
	assert_int_equal(60, s.sms_resend_s);
	assert_int_equal(5, s.sms_phone_hour);
	assert_int_equal(10, s.sms_phone_day);
	assert_int_equal(30, s.sms_address_hour);
	assert_int_equal(30, s.session_idle_min);
	assert_int_equal(720, s.session_max_min);
	assert_int_equal(15, s.kdf_cost);
	assert_int_equal(180, s.log_keep_days);
}

TEST("OPS-4: what only a test may set is refused unless public_url is a loopback address")
{
	static const char *const tests[] = { "pin.kdf_cost=14", "limits.sms_phone_hour=6", "limits.sms_phone_day=11",
		"limits.sms_address_hour=31", "limits.sms_resend_s=59", "test.clock_file=clock" };
	static const char *const loopbacks[] = { "portal.public_url=http://localhost:1",
		"portal.public_url=http://127.0.0.1", "portal.public_url=http://[::1]:80/x" };
	struct settings s;
	const char *why;

	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
		assert_err(ERR_INVALID, READ(&s, "portal.public_url=https://example.com", tests[i]));
		assert_err(ERR_INVALID, READ(&s, "portal.public_url=https://localhost.example.com", tests[i]));
		for (size_t n = 0; n < sizeof loopbacks / sizeof loopbacks[0]; n++)
			assert_ok(READ(&s, loopbacks[n], tests[i]));
	}
	assert_ok(READ(&s, "portal.public_url=https://example.com", "limits.sms_phone_hour=4", "pin.kdf_cost=16"));
}

TEST("OPS-4: a wrong value is refused and named")
{
	static const char *const wrong[] = { "pin.kdf_cost=9", "limits.session_idle_min=0", "sms.way=pigeon",
		"ca.way=x", "store.engine=oracle", "log.level=loud", "sms.way=http", "limits.session_idle_min=700",
		"front.port=0" };
	struct settings s;
	const char *why;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_err(ERR_INVALID,
			READ(&s, "portal.public_url=http://localhost", wrong[i], "limits.session_max_min=600"));
		assert_non_null(strstr(why, "yinxin.conf:"));
	}
	assert_err(ERR_INVALID, READ(&s, "portal.public_url=http://localhost", "store.engine=postgresql"));
	assert_non_null(strstr(why, "yinxin.conf: store.engine: there is no \"postgresql\", only: sqlite, postgres"));
	assert_err(ERR_INVALID, READ(&s, "portal.public_url=https://example.com/a+b"));
	assert_err(ERR_NOT_FOUND, settings_read(test_arena(), "/nowhere", &s, &why));
}

TEST("OPS-4, OPS-9: PostgreSQL is named by two lines, and neither counts without the other")
{
	struct settings s;
	const char *why;

	assert_err(ERR_INVALID, READ(&s, "portal.public_url=http://localhost", "store.engine=postgres"));
	assert_non_null(strstr(why, "needs store.connection"));
	assert_err(ERR_INVALID, READ(&s, "portal.public_url=http://localhost", "store.connection=dbname=yinxin"));
	assert_non_null(strstr(why, "but store.engine is sqlite"));
	assert_ok(READ(
		&s, "portal.public_url=http://localhost", "store.engine=postgres", "store.connection=dbname=yinxin"));
}

TEST("OPS-17: plain http is for loopback alone")
{
	struct settings s;
	const char *why;

	assert_err(ERR_INVALID, READ(&s, "portal.public_url=http://example.com"));
	assert_non_null(strstr(why, "loopback"));
}

TEST("OPS-15: a database without its keys is not opened")
{
	struct world *w = world();
	struct settings settings;
	struct house house;
	const char *why;

	world_close(w);
	assert_int_equal(0, remove(path_join(test_arena(), w->data, "keys/data/search.key")));
	assert_int_not_equal(OK, house_open(test_arena(), w->data, &house, &settings, &why));
	assert_non_null(strstr(why, "search.key"));
}

TEST("SCAN-3: where a geo.file is named that is none, no program starts, and it says why")
{
	struct world *w = world();
	const char *path = path_join(test_arena(), w->data, "yinxin.conf"), *why;
	const char *const wrong[] = { "/nowhere/regions.mmdb", path };

	assert_null(ctx_region(&w->ctx, "123.118.16.87"));
	world_close(w);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct settings settings;
		struct house house;

		assert_ok(file_write(path,
			bytes_of_text(conf_write(test_arena(), settings_keys,
				(const char *const[]){ "portal.public_url=http://localhost:8080",
					"portal.pki_url=http://localhost:8082",
					arena_printf(test_arena(), "store.engine=%s", w->settings.engine),
					arena_printf(test_arena(), "store.connection=%s", w->settings.connection),
					arena_printf(test_arena(), "geo.file=%s", wrong[i]), NULL })),
			0640));
		assert_int_not_equal(OK, house_open(test_arena(), w->data, &house, &settings, &why));
		assert_non_null(strstr(why, arena_printf(test_arena(), "geo.file %s", wrong[i])));
	}
}

struct counting {
	int runs;
	enum err answer;
	bool commit;
};

static enum err nested(struct ctx *ctx, void *arg)
{
	struct counting *c = arg;

	c->runs++;
	TRY(store_change_one(
		ctx->store, "UPDATE account SET last_login = last_login + 1 WHERE id = $1", V(ctx->actor.id)));
	return c->commit ? ctx_commit_though(ctx, c->answer) : c->answer;
}

static enum err outer(struct ctx *ctx, void *arg)
{
	TRY(ctx_transaction(ctx, nested, arg));
	return ctx_transaction(ctx, nested, arg);
}

TEST("a transaction commits, rolls back, or commits though refused; a nested one joins")
{
	static const struct {
		enum err answer;
		bool commit;
		int runs;
	} ends[] = { { OK, false, 2 }, { ERR_DENIED, false, 0 }, { ERR_DENIED, true, 1 } };
	struct world *w = world();
	int64_t account = world_account(w, ZHANG);

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct counting c = { .answer = ends[i].answer, .commit = ends[i].commit };

		world_tamper(w, "UPDATE account SET last_login = 0");
		as(w, account);
		assert_err(ends[i].answer, ctx_transaction(&w->ctx, outer, &c));
		assert_int_equal(ends[i].runs, world_count(w, "SELECT last_login FROM account"));
	}
	world_close(w);
}
