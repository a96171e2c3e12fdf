/* Opening the house, and how a rule's transaction begins, ends and runs again (ctx.h). */
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "connect/geo.h"
#include "core/ctx.h"
#include "core/key_check.h"
#include "core/sms_held.h"

enum { MOST_SECRET_BYTES = 4096 };

static enum log_level level_named(const char *name)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	enum log_level level = LOG_DEBUG;

	while (level < LOG_ERROR && !text_equal(names[level], name))
		level++;
	return level;
}

struct store_conf settings_store(struct arena *arena, const struct settings *s)
{
	return (struct store_conf){ .engine = s->engine,
		.path = settings_path(arena, s, "db/yinxin.db"),
		.connection = s->connection,
		.password_file = s->password_file,
		/* without this key no phone number of the database would be found again (OPS-15) */
		.key_file = settings_path(arena, s, "keys/data/search.key"),
		.busy_ms = s->busy_ms };
}

static enum err open_store(struct arena *arena, struct house *house, const char **why)
{
	const struct store_conf conf = settings_store(arena, house->settings);

	return store_open(&conf, arena, &house->store, why);
}

enum err house_open_sms(struct arena *arena, struct house *house, const char **why)
{
	const struct settings *s = house->settings;
	struct bytes secret;

	if (text_equal(s->sms_way, "held")) {
		house->sms = sms_held(arena);
		return OK;
	}
	if (file_read(arena, s->sms_key_file, MOST_SECRET_BYTES, &secret) != OK) {
		*why = "sms.key_file cannot be read";
		return ERR_INVALID;
	}
	house->sms = sms_http(
		arena, s->sms_url, text_trim(arena, arena_text_n(arena, (const char *)secret.data, secret.len)));
	return OK;
}

static enum err open_parts(struct arena *arena, struct house *house, const char **why)
{
	const struct settings *s = house->settings;

	TRY(open_store(arena, house, why));
	TRY(vault_open(arena, settings_path(arena, s, "keys/data"), &house->vault, why));
	TRY(key_check(arena, house->store, house->vault, why));
	if (blobs_open(arena, house->store, settings_path(arena, s, "blob"), house->vault, &house->blobs) != OK) {
		*why = "the folder blob cannot be opened";
		return ERR_UNAVAILABLE;
	}
	if (*s->geo_file)
		TRY(geo_open(arena, s->geo_file, &house->geo, why));
	return OK;
}

enum err house_configure(struct arena *arena, const char *folder, struct settings *settings, const char **why)
{
	TRY(settings_read(arena, folder, settings, why));
	log_threshold(level_named(settings->log_level));
	if (*settings->clock_file)
		clock_use_file(settings->clock_file);
	return OK;
}

enum err house_open_configured(
	struct arena *arena, const struct settings *settings, struct house *out, const char **why)
{
	enum err err;

	*out = (struct house){ .settings = settings };
	err = open_parts(arena, out, why);
	if (err != OK)
		house_close(out);
	return err;
}

enum err house_open(
	struct arena *arena, const char *folder, struct house *out, struct settings *settings, const char **why)
{
	TRY(house_configure(arena, folder, settings, why));
	return house_open_configured(arena, settings, out, why);
}

void house_close(struct house *house)
{
	geo_close(&house->geo);
	if (house->blobs)
		blobs_close(&house->blobs);
	if (house->vault)
		vault_close(&house->vault);
	if (house->store)
		store_close(&house->store);
}

struct ctx ctx_for(const struct house *house, struct arena *arena, struct arena *secret, int64_t now)
{
	store_use_arena(house->store, arena);
	return (struct ctx){ .now = now,
		.arena = arena,
		.secret = secret,
		.store = house->store,
		.vault = house->vault,
		.settings = house->settings,
		.house = house };
}

const char *ctx_region(const struct ctx *ctx, const char *address)
{
	return geo_region(ctx->house->geo, ctx->arena, address);
}

/* What a body says, unless it concluded that from a question that got no answer: nobody is told that something is not
 * there because the database was not. */
static enum err believed(struct ctx *ctx, enum err err)
{
	if (!store_unanswered(ctx->store))
		return err;
	ctx->fault = (struct fault){ 0 };
	return ERR_UNAVAILABLE;
}

/* One run of a body as a transaction of its own. *again: the engine asks for another. */
static enum err run_once(struct ctx *ctx, ctx_body *body, void *arg, int runs, bool *again)
{
	enum err err, committed;

	*again = false;
	ctx->fault = (struct fault){ 0 };
	ctx->commit_though_refused = false;
	TRY(runs > STORE_RUNS_BESIDE_OTHERS ? store_begin_alone(ctx->store) : store_begin_write(ctx->store));
	err = body(ctx, arg);
	if (err != OK && !ctx->commit_though_refused) {
		/* two processes that drew one id in one millisecond: the second draws again */
		*again = store_again(ctx->store) || (err == ERR_CONFLICT && runs == 1 && store_clashed(ctx->store));
		err = believed(ctx, err);
		store_rollback(ctx->store);
		return err;
	}
	committed = store_commit(ctx->store);
	*again = committed == ERR_CONFLICT;
	return committed == OK ? err : committed;
}

enum err ctx_transaction(struct ctx *ctx, ctx_body *body, void *arg)
{
	struct arena_mark mark, secret;
	enum err err;
	bool again;

	if (store_in_write(ctx->store))
		return body(ctx, arg);
	mark = arena_mark(ctx->arena);
	secret = arena_mark(ctx->secret);
	for (int runs = 1;; runs++) {
		err = run_once(ctx, body, arg, runs, &again);
		if (!again)
			return err;
		if (runs == STORE_MOST_RUNS)
			return ERR_UNAVAILABLE;
		arena_rewind(ctx->arena, mark);
		arena_rewind(ctx->secret, secret);
	}
}

enum err ctx_commit_though(struct ctx *ctx, enum err err)
{
	ctx->commit_though_refused = true;
	return err;
}

enum err ctx_reading(struct ctx *ctx, ctx_body *body, void *arg)
{
	enum err err;

	if (store_in_transaction(ctx->store))
		return body(ctx, arg);
	TRY(store_begin_read(ctx->store));
	err = believed(ctx, body(ctx, arg));
	store_rollback(ctx->store); /* nothing was written */
	return err;
}

enum err fault(struct ctx *ctx, enum err err, const char *field, const char *word)
{
	return fault_number(ctx, err, field, word, 0);
}

enum err fault_number(struct ctx *ctx, enum err err, const char *field, const char *word, int64_t number)
{
	ctx->fault = (struct fault){ .field = field, .word = word, .number = number };
	return err;
}
