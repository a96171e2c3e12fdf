/* Devices. A browser has one handle cookie and one secret cookie, whoever signs in with it; each account has a row of
 * its own for it, so that accounts in one browser know nothing of each other. */
#include "base/id.h"
#include "base/text.h"
#include "core/device.h"
#include "core/oplog.h"

enum { COOKIE_BYTES = 32, COOKIE_LEN = 43, MOST_LISTED = 100, NAME_LEN = 40 };

static bool has_cookie_form(struct arena *arena, const char *cookie)
{
	struct bytes bytes;

	return cookie && strlen(cookie) == COOKIE_LEN && base64url_decode(arena, cookie, &bytes) &&
		bytes.len == COOKIE_BYTES;
}

static const char *new_cookie(struct arena *arena)
{
	unsigned char random[COOKIE_BYTES];
	const char *cookie;

	crypto_random(random, sizeof random);
	cookie = base64url_encode(arena, BYTES_OF(random));
	crypto_wipe(random, sizeof random);
	return cookie;
}

static struct bytes handle_hash(struct ctx *ctx, const char *handle)
{
	return vault_hash_text(ctx->vault, ctx->arena, "device.handle", handle);
}

static struct bytes secret_hash(struct ctx *ctx, const char *secret)
{
	return vault_hash_text(ctx->vault, ctx->arena, "device.secret", secret);
}

/* A handle that we once gave: one that a stranger put into the browser starts no history. */
static enum err is_known(struct ctx *ctx, const char *handle, bool *out)
{
	int64_t any;
	enum err err = ERR_NOT_FOUND;

	if (has_cookie_form(ctx->arena, handle))
		err = store_one(ctx->store, "SELECT id FROM device WHERE handle_hash = $1 LIMIT 1",
			V(handle_hash(ctx, handle)), INTO(&any));
	*out = err == OK;
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum err add(struct ctx *ctx, int64_t account, const char *handle, int64_t *id)
{
	*id = id_new(ctx->now);
	return store_add(ctx->store,
		"INSERT INTO device (id, account, handle_hash, name, made, seen) VALUES ($1, $2, $3, $4, $5, $5)",
		V(*id), V(account), V(handle_hash(ctx, handle)), V(ctx->agent ? ctx->agent : "浏览器"), V(ctx->now));
}

enum err device_find_or_make(
	struct ctx *ctx, int64_t account, const char *handle, int64_t *id, const char **new_handle, bool *fresh)
{
	bool known;
	enum err err;

	*new_handle = NULL;
	*fresh = false;
	TRY(is_known(ctx, handle, &known));
	if (known) {
		err = store_one(ctx->store, "SELECT id FROM device WHERE handle_hash = $1 AND account = $2",
			V(handle_hash(ctx, handle)), V(account), INTO(id));
		if (err != ERR_NOT_FOUND)
			return err == OK ? device_touch(ctx, *id) : err;
	} else {
		handle = *new_handle = new_cookie(ctx->arena);
	}
	*fresh = true;
	return add(ctx, account, handle, id);
}

enum err device_touch(struct ctx *ctx, int64_t id)
{
	return store_change(
		ctx->store, NULL, "UPDATE device SET seen = $2 WHERE id = $1 AND seen < $2", V(id), V(ctx->now));
}

#define DEVICE_COLUMNS                                                                                                 \
	"id, account, name, made, seen, secret_hash IS NOT NULL, EXISTS (SELECT 1 FROM instance "                      \
	"WHERE instance.account = device.account AND instance.device = device.id)"
#define DEVICE_INTO(d)                                                                                                 \
	INTO(&(d)->id), INTO(&(d)->account), INTO(&(d)->name), INTO(&(d)->made), INTO(&(d)->seen),                     \
		INTO(&(d)->has_secret), INTO(&(d)->holds_keys)

enum err device_list(struct ctx *ctx, struct device **out, size_t *count)
{
	struct rows rows;
	struct device one;

	*out = ARENA_ARRAY(ctx->arena, struct device, MOST_LISTED);
	*count = 0;
	rows_open(ctx->store, &rows,
		"SELECT " DEVICE_COLUMNS " FROM device WHERE account = $1 ORDER BY id DESC LIMIT $2", V(ctx->actor.id),
		V(MOST_LISTED));
	while (rows_next(&rows, DEVICE_INTO(&one)))
		(*out)[(*count)++] = one;
	return rows_close(&rows);
}

enum err device_load(struct ctx *ctx, int64_t id, struct device *out)
{
	*out = (struct device){ 0 };
	return store_one(ctx->store, "SELECT " DEVICE_COLUMNS " FROM device WHERE id = $1 AND account = $2", V(id),
		V(ctx->actor.id), DEVICE_INTO(out));
}

struct renaming {
	int64_t id;
	const char *name;
};

static enum err do_rename(struct ctx *ctx, void *arg)
{
	const struct renaming *want = arg;
	int64_t changed;

	TRY(store_change(ctx->store, &changed, "UPDATE device SET name = $3 WHERE id = $1 AND account = $2",
		V(want->id), V(ctx->actor.id), V(want->name)));
	if (!changed)
		return ERR_NOT_FOUND;
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_DEVICE_NAME,
			.object_kind = OBJECT_DEVICE,
			.object = want->id,
			.detail = want->name });
}

enum err device_rename(struct ctx *ctx, int64_t id, const char *name)
{
	const char *trimmed = text_trim(ctx->arena, name);

	if (!trimmed || !*trimmed || !text_is_plain(trimmed) || utf8_count(trimmed) > NAME_LEN)
		return fault(ctx, ERR_INVALID, "name", "device-name");
	return ctx_transaction(ctx, do_rename, &(struct renaming){ id, trimmed });
}

/* Whether this browser (the devices that share id's handle) holds the secret for some account. */
static enum err is_browsers(struct ctx *ctx, int64_t id, const char *cookie, bool *out)
{
	int64_t any;
	enum err err = ERR_NOT_FOUND;

	if (has_cookie_form(ctx->arena, cookie))
		err = store_one(ctx->store,
			"SELECT other.id FROM device own JOIN device other ON other.handle_hash = own.handle_hash "
			"WHERE own.id = $1 AND other.secret_hash = $2 LIMIT 1",
			V(id), V(secret_hash(ctx, cookie)), INTO(&any));
	*out = err == OK;
	return err == ERR_NOT_FOUND ? OK : err;
}

enum err device_secret_make(struct ctx *ctx, int64_t id, const char *cookie, const char **value)
{
	bool own;

	TRY(is_browsers(ctx, id, cookie, &own));
	*value = own ? cookie : new_cookie(ctx->secret);
	return store_change_one(
		ctx->store, "UPDATE device SET secret_hash = $2 WHERE id = $1", V(id), V(secret_hash(ctx, *value)));
}

bool device_secret_holds(struct ctx *ctx, int64_t id, const char *cookie)
{
	struct bytes stored, given;

	if (!has_cookie_form(ctx->arena, cookie) ||
		store_one(ctx->store, "SELECT secret_hash FROM device WHERE id = $1", V(id), INTO(&stored)) != OK)
		return false;
	given = secret_hash(ctx, cookie);
	return stored.len == given.len && crypto_equal(stored.data, given.data, given.len);
}
