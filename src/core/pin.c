/* The certificate password: its layers around the account key, and the five tries. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/key_file.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/pin.h"
#include "core/pin_rule.h"
#include "core/realname.h"

enum key_layer { LAYER_PASSWORD, LAYER_RESET, LAYER_PASSKEY }; /* stored: never renumber */
enum { TRIES = 5, SALT_LEN = 16, LOCK_FIRST = 15 * MINUTE, LOCK_LONGEST = DAY };

/* ---- the keys pool's own secrets */

enum err pin_keys_read(struct arena *arena, const struct settings *settings, struct pin_keys *out, const char **why)
{
	const char *recovery = settings_path(arena, settings, "keys/pin/recovery.pub");

	*out = (struct pin_keys){ 0 };
	TRY(key_file_read(arena, settings_path(arena, settings, "keys/pin/pepper.key"), out->pepper, why));
	TRY(key_file_read(arena, settings_path(arena, settings, "keys/pin/reset.key"), out->reset, why));
	if (!file_exists(recovery)) /* no CA yet */
		return OK;
	out->has_recovery = true;
	return key_file_read(arena, recovery, out->recovery, why);
}

static enum err make_once(const char *path)
{
	enum err err = key_file_make(path);

	return err == ERR_CONFLICT ? OK : err;
}

enum err pin_keys_create(const char *folder)
{
	struct arena *arena = arena_new(false);
	enum err err = folder_make(folder, 0750);

	if (err == OK)
		err = make_once(path_join(arena, folder, "pepper.key"));
	if (err == OK)
		err = make_once(path_join(arena, folder, "reset.key"));
	arena_free(&arena);
	return err;
}

/* ---- layers */

/* One stored layer, so that neither rows nor layers can be swapped: what is sealed names both. */
struct layer {
	enum key_layer layer;
	int cost;
	struct bytes salt, box;
};

static struct bytes layer_aad(struct arena *arena, enum key_layer layer, int64_t account)
{
	struct buf aad = buf_new(arena);

	buf_text(&aad, "yinxin/account-key");
	buf_u8(&aad, layer);
	buf_u64(&aad, (uint64_t)account);
	return buf_view(&aad);
}

static enum err password_key(
	const struct pin_keys *keys, const char *pin, const struct layer *layer, unsigned char out[KEY_LEN])
{
	unsigned char both[2 * KEY_LEN];

	TRY(crypto_scrypt(bytes_of_text(pin), layer->salt, layer->cost, both));
	memcpy(both + KEY_LEN, keys->pepper, KEY_LEN);
	crypto_hkdf(BYTES_OF(both), (struct bytes){ NULL, 0 }, "account-key/password", out, KEY_LEN);
	crypto_wipe(both, sizeof both);
	return OK;
}

static void reset_key(const struct pin_keys *keys, const struct layer *layer, unsigned char out[KEY_LEN])
{
	crypto_hkdf(BYTES_OF(keys->reset), layer->salt, "account-key/reset", out, KEY_LEN);
}

static enum err make_layer(struct ctx *ctx, const struct pin_keys *keys, const char *pin,
	const unsigned char account_key[KEY_LEN], struct layer *layer)
{
	unsigned char wrapping[KEY_LEN], salt[SALT_LEN];
	enum err err = OK;

	crypto_random(salt, sizeof salt);
	layer->salt = arena_bytes(ctx->arena, salt, sizeof salt);
	if (layer->layer == LAYER_PASSWORD)
		err = password_key(keys, pin, layer, wrapping);
	else
		reset_key(keys, layer, wrapping);
	if (err == OK)
		layer->box = crypto_seal(ctx->arena, wrapping, layer_aad(ctx->arena, layer->layer, ctx->actor.id),
			(struct bytes){ account_key, KEY_LEN });
	crypto_wipe(wrapping, sizeof wrapping);
	return err;
}

/* ---- setting it (PIN-1) */

struct setting {
	struct layer password, reset;
};

static enum err add_layer(struct ctx *ctx, const struct layer *layer)
{
	return store_add(ctx->store,
		"INSERT INTO account_key (id, account, layer, cost, salt, box, made) VALUES ($1, $2, $3, $4, $5, $6, "
		"$7)",
		V(id_new(ctx->now)), V(ctx->actor.id), V(layer->layer), V(layer->cost), V(layer->salt), V(layer->box),
		V(ctx->now));
}

static enum err do_set(struct ctx *ctx, void *arg)
{
	const struct setting *setting = arg;
	enum err err;

	TRY(realname_require(ctx));
	/* its primary key is the account: of two that set at once, one is told so */
	err = store_add(ctx->store, "INSERT INTO pin_try (account, tries, locks, locked_until) VALUES ($1, 0, 0, 0)",
		V(ctx->actor.id));
	if (err == ERR_CONFLICT)
		return fault(ctx, ERR_CONFLICT, NULL, "pin-set");
	TRY(err);
	TRY(add_layer(ctx, &setting->password));
	TRY(add_layer(ctx, &setting->reset));
	TRY(message_add(ctx, ctx->actor.id, MESSAGE_PIN_SET, 0, NULL));
	return oplog_add(ctx,
		&(struct oplog_entry){
			.action = OPLOG_PIN_SET, .object_kind = OBJECT_ACCOUNT, .object = ctx->actor.id });
}

static enum err check_choice(struct ctx *ctx, const char *pin, const char *again)
{
	struct pin_state state;
	const char *weakness;

	TRY(realname_require(ctx));
	TRY(pin_state(ctx, ctx->actor.id, &state));
	if (state.set)
		return fault(ctx, ERR_CONFLICT, NULL, "pin-set");
	TRY(pin_rule_weakness(ctx, pin, &weakness));
	if (weakness)
		return fault(ctx, ERR_INVALID, "pin", weakness);
	if (!again || !crypto_equal_text(pin, again))
		return fault(ctx, ERR_INVALID, "again", "pin-differs");
	return OK;
}

enum err pin_set(struct ctx *ctx, const struct pin_keys *keys, const char *pin, const char *again)
{
	struct setting setting = { { .layer = LAYER_PASSWORD, .cost = (int)ctx->settings->kdf_cost },
		{ .layer = LAYER_RESET } };
	unsigned char account_key[KEY_LEN];
	enum err err;

	TRY(check_choice(ctx, pin, again));
	crypto_random(account_key, sizeof account_key);
	err = make_layer(ctx, keys, pin, account_key, &setting.password);
	if (err == OK)
		err = make_layer(ctx, keys, pin, account_key, &setting.reset);
	crypto_wipe(account_key, sizeof account_key);
	return err == OK ? ctx_transaction(ctx, do_set, &setting) : err;
}

/* ---- tries (PIN-4) */

static const char state_sql[] =
	"SELECT tries, locked_until, (SELECT made FROM account_key WHERE account_key.account = pin_try.account "
	"AND layer = $2 ORDER BY id DESC LIMIT 1) FROM pin_try WHERE account = $1";

void pin_state_ahead(struct ctx *ctx, int64_t account)
{
	store_ahead(ctx->store, state_sql, V(account), V(LAYER_PASSWORD));
}

enum err pin_state(struct ctx *ctx, int64_t account, struct pin_state *out)
{
	int tries;
	enum err err = store_one(ctx->store, state_sql, V(account), V(LAYER_PASSWORD), INTO(&tries),
		INTO(&out->locked_until), INTO(&out->made));

	if (err != OK) {
		*out = (struct pin_state){ .tries_left = TRIES };
		return err == ERR_NOT_FOUND ? OK : err;
	}
	out->set = true;
	out->tries_left = TRIES - tries;
	if (out->locked_until <= ctx->now)
		out->locked_until = 0;
	return OK;
}

/* One try taken. The fifth takes the lock with it, before its password is looked at: were it taken after, eight at once
 * or a crash between would leave further tries. A right password opens the lock again (pin_settle). */
struct attempt {
	struct layer layer;
	int left;
	int64_t locked_until; /* by this try; 0: it took no lock */
};

static int64_t lock_time(int locks)
{
	int64_t time = LOCK_FIRST;

	while (locks-- > 0 && time < LOCK_LONGEST)
		time *= 2;
	return time < LOCK_LONGEST ? time : LOCK_LONGEST;
}

static enum err do_reserve(struct ctx *ctx, void *arg)
{
	struct attempt *attempt = arg;
	int64_t changed, until;
	int tries, locks;

	*attempt = (struct attempt){ 0 };
	TRY(store_change(ctx->store, &changed,
		"UPDATE pin_try SET tries = tries + 1 WHERE account = $1 AND tries < $2 AND locked_until <= $3",
		V(ctx->actor.id), V(TRIES), V(ctx->now)));
	TRY(store_one(ctx->store, "SELECT tries, locks, locked_until FROM pin_try WHERE account = $1", V(ctx->actor.id),
		INTO(&tries), INTO(&locks), INTO(&until)));
	if (!changed)
		return fault_number(ctx, ERR_LIMITED, "pin", "pin-locked", until);
	TRY(store_one(ctx->store, "SELECT cost, salt, box FROM account_key WHERE account = $1 AND layer = $2",
		V(ctx->actor.id), V(LAYER_PASSWORD), INTO(&attempt->layer.cost), INTO(&attempt->layer.salt),
		INTO(&attempt->layer.box)));
	attempt->left = TRIES - tries;
	if (attempt->left)
		return OK;
	attempt->locked_until = ctx->now + lock_time(locks);
	return store_change_one(ctx->store,
		"UPDATE pin_try SET tries = 0, locks = locks + 1, locked_until = $2 WHERE account = $1",
		V(ctx->actor.id), V(attempt->locked_until));
}

static enum err do_record_wrong(struct ctx *ctx, void *arg)
{
	const struct attempt *attempt = arg;

	if (attempt->locked_until) {
		const char *minutes = id_text(ctx->arena, (attempt->locked_until - ctx->now) / MINUTE);

		TRY(message_add(ctx, ctx->actor.id, MESSAGE_PIN_LOCKED, 0, (const char *[4]){ minutes }));
	}
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = attempt->locked_until ? OPLOG_PIN_LOCK : OPLOG_PIN_WRONG,
			.object_kind = OBJECT_ACCOUNT,
			.object = ctx->actor.id,
			.result = attempt->locked_until ? ERR_LIMITED : ERR_INVALID });
}

static enum err refuse(struct ctx *ctx, struct attempt *attempt)
{
	TRY(ctx_transaction(ctx, do_record_wrong, attempt));
	if (!attempt->locked_until)
		return fault_number(ctx, ERR_INVALID, "pin", "pin-wrong", attempt->left);
	return fault_number(ctx, ERR_LIMITED, "pin", "pin-locked", attempt->locked_until);
}

static enum err open_layer(struct ctx *ctx, const struct pin_keys *keys, const char *pin, const struct layer *layer,
	unsigned char account_key[KEY_LEN])
{
	unsigned char wrapping[KEY_LEN];
	struct bytes plain = { NULL, 0 };
	enum err err;

	TRY(password_key(keys, pin, layer, wrapping));
	err = crypto_open(
		ctx->secret, wrapping, layer_aad(ctx->arena, LAYER_PASSWORD, ctx->actor.id), layer->box, &plain);
	crypto_wipe(wrapping, sizeof wrapping);
	if (err != OK || plain.len != KEY_LEN)
		return ERR_DENIED;
	memcpy(account_key, plain.data, KEY_LEN);
	return OK;
}

enum err pin_open(struct ctx *ctx, const struct pin_keys *keys, const char *pin, unsigned char account_key[KEY_LEN])
{
	struct attempt attempt;
	enum err err = ctx_transaction(ctx, do_reserve, &attempt);

	if (err == ERR_NOT_FOUND)
		return fault(ctx, ERR_NOT_FOUND, NULL, "pin-unset");
	TRY(err);
	err = open_layer(ctx, keys, pin, &attempt.layer, account_key);
	return err == ERR_DENIED ? refuse(ctx, &attempt) : err;
}

enum err pin_settle(struct ctx *ctx)
{
	return store_change_one(ctx->store,
		"UPDATE pin_try SET tries = 0, locks = 0, locked_until = 0 WHERE account = $1", V(ctx->actor.id));
}
