#include <stdlib.h>
#include <unistd.h>
#include "base/file.h"
#include "tests/unit/core/pki_world.h"

static const char *weakness(const char *pin)
{
	struct ctx ctx = { .arena = test_arena() };

	return pin_weakness(&ctx, pin, ZHANG, ZHANG_ID);
}

static char *repeated(const char *unit, int count)
{
	char *text = arena_alloc(test_arena(), strlen(unit) * (size_t)count + 1);

	for (int i = 0; i < count; i++)
		memcpy(text + strlen(unit) * (size_t)i, unit, strlen(unit));
	return text;
}

TEST("PIN-1: 8 to 64 characters, counted as characters and not as bytes")
{
	assert_string_equal("pin-short", weakness(""));
	assert_string_equal("pin-short", weakness("a7!kqzx"));
	assert_null(weakness("a7!kqzxm"));
	assert_string_equal("pin-short", weakness("印信证书密码七"));
	assert_null(weakness("印信证书密码八字"));
	assert_null(weakness(repeated("a7", 32)));
	assert_string_equal("pin-long", weakness(repeated("a7", 33)));
	assert_null(weakness(repeated("印章", 32)));
	assert_string_equal("pin-long", weakness(arena_printf(test_arena(), "%s章", repeated("印章", 32))));
}

TEST("PIN-1: no run up or down, whatever the case, and not one character all the way")
{
	static const char *const runs[] = { "12345678", "87654321", "abcdefgh", "HGFEDCBA", "AbCdEfGh", "34567890",
		"1234567890", "0987654321", NULL };

	for (int i = 0; runs[i]; i++)
		assert_string_equal("pin-run", weakness(runs[i]));
	assert_string_equal("pin-repeated", weakness("aaaaaaaa"));
	assert_string_equal("pin-repeated", weakness("aAaAaAaA"));
	assert_string_equal("pin-repeated", weakness("印印印印印印印印"));
	assert_null(weakness("12345679"));
	assert_null(weakness("aaaaaaab"));
	assert_null(weakness("13579135"));
}

TEST("PIN-1: no password made of parts of the phone or the document, but one that only holds them")
{
	assert_string_equal("pin-phone", weakness("13800138000"));
	assert_string_equal("pin-phone", weakness("00138000"));
	assert_string_equal("pin-phone", weakness("8613800138"));
	assert_string_equal("pin-phone", weakness("80008000"));
	assert_string_equal("pin-id", weakness("19900307"));
	assert_string_equal("pin-id", weakness("110101199003070011"));
	assert_string_equal("pin-id", weakness("80000011"));
	assert_string_equal("pin-id", weakness("1990138000"));
	assert_null(weakness("19900307!"));
	assert_null(weakness("138x8000"));
	assert_null(weakness("1389901307"));
	assert_null(weakness("73009911"));
}

TEST("PIN-1: an X at the end of a document counts in either case")
{
	struct ctx ctx = { .arena = test_arena() };

	assert_string_equal("pin-id", pin_weakness(&ctx, "0307002x", NULL, "11010119900307002X"));
}

TEST("PIN-1: set once, entered twice, by a verified person")
{
	struct pki_world *p = pki_world();
	struct pin_state now;

	assert_err(ERR_INVALID, pin_set(zhang(p), &p->keys, PIN, PIN "x"));
	assert_string_equal("again", p->w->ctx.fault.field);
	assert_err(ERR_INVALID, pin_set(zhang(p), &p->keys, "19900307", "19900307"));
	assert_string_equal("pin", p->w->ctx.fault.field);
	assert_string_equal("pin-id", p->w->ctx.fault.word);
	assert_ok(pin_state(zhang(p), p->account, &now));
	assert_false(now.set);
	assert_ok(pin_set(zhang(p), &p->keys, PIN, PIN));
	assert_ok(pin_state(zhang(p), p->account, &now));
	assert_true(now.set);
	assert_int_equal(5, now.tries_left);
	assert_err(ERR_CONFLICT, pin_set(zhang(p), &p->keys, "another one 5", "another one 5"));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM message WHERE kind = 4"));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 20"));
	world_account(p->w, LI);
	assert_err(ERR_DENIED, pin_set(&p->w->ctx, &p->keys, PIN, PIN));
	assert_string_equal("realname-needed", p->w->ctx.fault.word);
	pki_close(p);
}

static enum err try_pin(struct pki_world *p, const char *pin)
{
	unsigned char key[KEY_LEN];

	return pin_open(zhang(p), &p->keys, pin, key);
}

static enum err do_settle(struct ctx *ctx, void *arg)
{
	enum err *refused = arg;

	TRY(pin_settle(ctx));
	return *refused == OK ? OK : ctx_commit_though(ctx, *refused);
}

static void miss(struct pki_world *p, int times)
{
	for (int i = 0; i < times; i++)
		(void)!try_pin(p, WRONG_PIN);
}

TEST("PIN-4: each wrong entry tells how many are left, the fifth locks for 15 minutes, message and record go out")
{
	struct pki_world *p = pin_world();

	for (int left = 4; left >= 1; left--) {
		assert_err(ERR_INVALID, try_pin(p, WRONG_PIN));
		assert_string_equal("pin-wrong", p->w->ctx.fault.word);
		assert_int_equal(left, p->w->ctx.fault.number);
	}
	assert_int_equal(0, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 21"));
	assert_err(ERR_LIMITED, try_pin(p, WRONG_PIN));
	assert_string_equal("pin-locked", p->w->ctx.fault.word);
	assert_int_equal(p->w->ctx.now + 15 * MINUTE, p->w->ctx.fault.number);
	assert_err(ERR_LIMITED, try_pin(p, PIN));
	world_pass(p->w, 15 * MINUTE - 1);
	assert_err(ERR_LIMITED, try_pin(p, PIN));
	assert_int_equal(p->w->ctx.now + 1, p->w->ctx.fault.number);
	world_pass(p->w, 1);
	assert_ok(try_pin(p, PIN));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM message WHERE kind = 3"));
	assert_int_equal(1, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 21"));
	pki_close(p);
}

TEST("PIN-4: locks in a row double up to 24 hours")
{
	static const int64_t minutes[] = { 15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440 };
	struct pki_world *p = pin_world();

	for (size_t i = 0; i < sizeof minutes / sizeof minutes[0]; i++) {
		miss(p, 5);
		assert_string_equal("pin-locked", p->w->ctx.fault.word);
		assert_int_equal(p->w->ctx.now + minutes[i] * MINUTE, p->w->ctx.fault.number);
		world_pass(p->w, minutes[i] * MINUTE);
	}
	pki_close(p);
}

TEST("PIN-4: a right entry clears tries and locks, even when its act is then refused")
{
	struct pki_world *p = pin_world();
	enum err refused = ERR_CONFLICT;
	struct pin_state now;

	miss(p, 5);
	world_pass(p->w, 15 * MINUTE);
	miss(p, 4);
	assert_ok(try_pin(p, PIN));
	assert_err(ERR_CONFLICT, ctx_transaction(&p->w->ctx, do_settle, &refused));
	assert_ok(pin_state(zhang(p), p->account, &now));
	assert_int_equal(5, now.tries_left);
	assert_int_equal(0, now.locked_until);
	miss(p, 5);
	assert_int_equal(p->w->ctx.now + 15 * MINUTE, p->w->ctx.fault.number);
	pki_close(p);
}

TEST("PIN-4: a try whose process died stays taken, and the fifth of them locks")
{
	struct pki_world *p = pin_world();

	for (int i = 0; i < 5; i++)
		assert_ok(try_pin(p, PIN)); /* never settled */
	assert_err(ERR_LIMITED, try_pin(p, PIN));
	pki_close(p);
}

TEST("PIN-4: another account's tries are its own, and one without a password is told so")
{
	struct pki_world *p = pin_world();
	unsigned char key[KEY_LEN];

	another_person(p);
	miss(p, 5);
	assert_err(ERR_LIMITED, try_pin(p, PIN));
	assert_ok(pin_open(as(p->w, p->other), &p->keys, PIN, key));
	assert_err(ERR_NOT_FOUND, pin_open(as(p->w, 77), &p->keys, PIN, key));
	assert_string_equal("pin-unset", p->w->ctx.fault.word);
	pki_close(p);
}

TEST("PIN-5: another account's row, or another layer's, does not open")
{
	struct pki_world *p = pin_world();

	another_person(p);
	world_tamper(p->w,
		"UPDATE account_key SET (cost, salt, box) = (SELECT b.cost, b.salt, b.box FROM account_key b "
		"WHERE b.account <> account_key.account AND b.layer = account_key.layer) WHERE layer = 0");
	assert_err(ERR_INVALID, try_pin(p, PIN));
	pki_close(p);
}

TEST("PIN-5: without the pepper the right password opens nothing")
{
	struct pki_world *p = pin_world();

	crypto_random(p->keys.pepper, KEY_LEN);
	assert_err(ERR_INVALID, try_pin(p, PIN));
	pki_close(p);
}

TEST("PIN-5: both layers hold one key, and the reset key alone opens the second")
{
	struct pki_world *p = pin_world();
	unsigned char key[KEY_LEN], wrapping[KEY_LEN];
	unsigned char aad[] = "yinxin/account-key\1\0\0\0\0\0\0\0\0";
	struct bytes salt, box, plain;

	assert_ok(pin_open(zhang(p), &p->keys, PIN, key));
	assert_ok(store_one(
		p->w->ctx.store, "SELECT salt, box FROM account_key WHERE layer = 1", INTO(&salt), INTO(&box)));
	for (int i = 0; i < 8; i++)
		aad[19 + i] = (unsigned char)((uint64_t)p->account >> (56 - 8 * i));
	crypto_hkdf(BYTES_OF(p->keys.reset), salt, "account-key/reset", wrapping, KEY_LEN);
	assert_ok(crypto_open(test_arena(), wrapping, (struct bytes){ aad, 27 }, box, &plain));
	assert_memory_equal(key, plain.data, KEY_LEN);
	pki_close(p);
}

TEST("PIN-5: key files that are missing or open to others are refused by name")
{
	struct pki_world *p = pki_world();
	const char *path = path_join(test_arena(), p->w->data, "keys/pin/pepper.key"), *why = NULL;
	struct pin_keys keys;

	assert_int_equal(0, remove(path));
	assert_err(ERR_NOT_FOUND, pin_keys_read(test_arena(), &p->w->settings, &keys, &why));
	assert_non_null(strstr(why, "pepper.key"));
	pki_close(p);
}

TEST("PIN-5: no password and no key stands in the database")
{
	struct pki_world *p = pin_world();
	unsigned char key[KEY_LEN];

	assert_ok(pin_open(zhang(p), &p->keys, PIN, key));
	assert_true(engine_knows(bytes_of_text("证书协议"))); /* it is looked at */
	assert_false(engine_knows(bytes_of_text(PIN)));
	assert_false(engine_knows(BYTES_OF(key)));
	pki_close(p);
}

TEST("LOG-1: a wrong password stands in the person's records")
{
	struct pki_world *p = pin_world();
	struct oplog_page page;

	assert_err(ERR_INVALID, try_pin(p, WRONG_PIN));
	assert_ok(oplog_list(
		zhang(p), &(struct oplog_filter){ .object_kind = OBJECT_ACCOUNT, .object = p->account }, &page));
	assert_int_equal(OPLOG_PIN_WRONG, page.rows[0].action);
	assert_int_equal(ERR_INVALID, page.rows[0].result);
	pki_close(p);
}
