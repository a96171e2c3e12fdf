/* The vault: boxes and keyed hashes. */
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/text.h"
#include "store/vault.h"
#include "tests/unit/suite.h"

static const char *keys(void)
{
	return arena_printf(test_arena(), "%s/keys", test_folder());
}

static const char *key_file(const char *name)
{
	return path_join(test_arena(), keys(), name);
}

static enum err try_open(void)
{
	struct vault *vault = NULL;
	const char *why = NULL;
	enum err err = vault_open(test_arena(), keys(), &vault, &why);

	assert_true(err == OK || why);
	vault_close(&vault);
	return err;
}

static struct vault *opened(void)
{
	struct vault *vault = NULL;
	const char *why;

	if (!file_exists(keys()))
		assert_ok(vault_create(keys()));
	assert_ok(vault_open(test_arena(), keys(), &vault, &why));
	return vault;
}

static const struct place here = { "account", "phone", 42 };

static enum err unseal(struct vault *vault, struct place place, struct bytes box)
{
	struct bytes out;

	return vault_unseal(vault, test_arena(), place, box, &out);
}

TEST("SEC-4: what was sealed for a place opens there, and twice the same is not the same box")
{
	struct vault *vault = opened();
	struct bytes plain = bytes_of_text("13800138000"), out;
	struct bytes a = vault_seal(vault, test_arena(), here, plain), b = vault_seal(vault, test_arena(), here, plain);

	assert_ok(vault_unseal(vault, test_arena(), here, a, &out));
	assert_true(bytes_equal(plain, out));
	assert_false(bytes_equal(a, b));
	assert_ok(unseal(vault, here, b));
	assert_int_equal(6 + 12 + plain.len + 16, a.len);
	assert_memory_equal("\1\1\0\0\0\1", a.data, 6);
	vault_close(&vault);
}

TEST("SEC-4: a box does not open in another row, column or table, nor where their letters run together the same")
{
	struct vault *vault = opened();
	struct bytes box = vault_seal(vault, test_arena(), here, bytes_of_text("secret"));

	assert_err(ERR_BROKEN, unseal(vault, AT("account", "phone", 43), box));
	assert_err(ERR_BROKEN, unseal(vault, AT("account", "name", 42), box));
	assert_err(ERR_BROKEN, unseal(vault, AT("member", "phone", 42), box));
	assert_err(ERR_BROKEN, unseal(vault, AT("accountp", "hone", 42), box));
	assert_err(ERR_BROKEN, unseal(vault, AT("accoun", "tphone", 42), box));
	assert_err(ERR_BROKEN, unseal(vault, AT("account", "phone", 42 | INT64_MIN), box));
	vault_close(&vault);
}

TEST("SEC-4: a box with any byte changed, cut or longer is refused")
{
	struct vault *vault = opened();
	struct bytes box = vault_seal(vault, test_arena(), here, bytes_of_text("secret"));
	unsigned char *bad = arena_alloc(test_arena(), box.len + 1);

	assert_ok(vault_add_key(keys()));
	for (size_t i = 0; i < box.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(bad, box.data, box.len);
			bad[i] ^= (unsigned char)(1 << bit);
			assert_err(ERR_BROKEN, unseal(vault, here, (struct bytes){ bad, box.len }));
		}
	}
	memcpy(bad, box.data, box.len);
	for (size_t len = 0; len < box.len; len++)
		assert_err(ERR_BROKEN, unseal(vault, here, (struct bytes){ bad, len }));
	assert_err(ERR_BROKEN, unseal(vault, here, (struct bytes){ bad, box.len + 1 }));
	vault_close(&vault);
}

TEST("SEC-4: after a new key old boxes open, new ones carry its id, and a running program picks it up")
{
	struct vault *running = opened(), *fresh;
	struct bytes old = vault_seal(running, test_arena(), here, bytes_of_text("old")), new, out;

	assert_ok(vault_add_key(keys()));
	fresh = opened();
	new = vault_seal(fresh, test_arena(), here, bytes_of_text("new"));
	assert_memory_equal("\1\1\0\0\0\2", new.data, 6);
	assert_false(vault_is_newest(fresh, old));
	assert_true(vault_is_newest(fresh, new));
	assert_true(vault_is_newest(fresh, (struct bytes){ 0 }));
	assert_ok(unseal(fresh, here, old));
	assert_ok(vault_unseal(running, test_arena(), here, new, &out));
	assert_true(bytes_equal(bytes_of_text("new"), out));
	assert_memory_equal("\1\1\0\0\0\2", vault_seal(running, test_arena(), here, out).data, 6);
	vault_close(&running);
	vault_close(&fresh);
}

TEST("SEC-4: the newest key is the one with the highest number, not the last by name")
{
	struct vault *vault = opened();

	for (int i = 2; i <= 10; i++)
		assert_ok(vault_add_key(keys()));
	vault_close(&vault);
	vault = opened();
	assert_memory_equal("\1\1\0\0\0\12", vault_seal(vault, test_arena(), here, bytes_of_text("x")).data, 6);
	vault_close(&vault);
}

TEST("SEC-4: a box of a key that is gone is refused")
{
	struct vault *vault = opened();
	struct bytes box = vault_seal(vault, test_arena(), here, bytes_of_text("x"));

	vault_close(&vault);
	assert_ok(vault_add_key(keys()));
	assert_int_equal(0, unlink(key_file("vault-1.key")));
	vault = opened();
	assert_err(ERR_BROKEN, unseal(vault, here, box));
	vault_close(&vault);
}

TEST("texts: NULL is no bytes and comes back as NULL, an empty text is a box")
{
	struct vault *vault = opened();
	const char *text = "x";
	struct bytes box = vault_seal_text(vault, test_arena(), here, NULL);

	assert_int_equal(0, box.len);
	assert_ok(vault_unseal_text(vault, test_arena(), here, box, &text));
	assert_null(text);
	box = vault_seal_text(vault, test_arena(), here, "");
	assert_true(box.len > 0);
	assert_ok(vault_unseal_text(vault, test_arena(), here, box, &text));
	assert_string_equal("", text);
	box = vault_seal_text(vault, test_arena(), here, "张三");
	assert_ok(vault_unseal_text(vault, test_arena(), here, box, &text));
	assert_string_equal("张三", text);
	box = vault_seal(vault, test_arena(), here, BYTES_OF("a\0b"));
	assert_err(ERR_BROKEN, vault_unseal_text(vault, test_arena(), here, box, &text));
	assert_null(text);
	vault_close(&vault);
}

TEST("SEC-4: keyed hashes find the same value again, apart for each purpose, and differ from installation to "
     "installation")
{
	struct vault *vault = opened();
	struct arena *a = test_arena();
	struct bytes hash = vault_hash_text(vault, a, "account.phone", "13800138000");

	assert_int_equal(32, hash.len);
	assert_true(bytes_equal(hash, vault_hash(vault, a, "account.phone", bytes_of_text("13800138000"))));
	assert_false(bytes_equal(hash, vault_hash_text(vault, a, "account.name", "13800138000")));
	assert_false(bytes_equal(hash, vault_hash_text(vault, a, "account.phone", "13800138001")));
	assert_false(bytes_equal(vault_hash_text(vault, a, "ab", "c"), vault_hash_text(vault, a, "a", "bc")));
	assert_false(bytes_equal(vault_hash_text(vault, a, "ab", "c"), vault_log_mac(vault, a, BYTES_OF("ab\0c"))));
	assert_true(bytes_equal(vault_log_mac(vault, a, hash), vault_log_mac(vault, a, hash)));
	vault_close(&vault);
	vault = opened();
	assert_true(bytes_equal(hash, vault_hash_text(vault, a, "account.phone", "13800138000")));
	vault_close(&vault);
	assert_int_equal(
		0, unlink(key_file("search.key")) | unlink(key_file("log.key")) | unlink(key_file("vault-1.key")));
	assert_ok(vault_create(keys()));
	vault = opened();
	assert_false(bytes_equal(hash, vault_hash_text(vault, a, "account.phone", "13800138000")));
	vault_close(&vault);
}

TEST("keys are made once, never over others, and not open to other users")
{
	struct stat is;

	assert_err(ERR_NOT_FOUND, try_open());
	assert_ok(vault_create(keys()));
	assert_err(ERR_CONFLICT, vault_create(keys()));
	assert_ok(try_open());
	assert_int_equal(0, stat(key_file("vault-1.key"), &is));
	assert_int_equal(0600, is.st_mode & 0777);
	assert_int_equal(65, is.st_size);
	assert_int_equal(0, unlink(key_file("vault-1.key")));
	assert_err(ERR_CONFLICT, vault_create(keys()));
}

TEST("OPS-15: a missing key file is refused and named")
{
	static const char *const names[] = { "vault-1.key", "search.key", "log.key" };

	for (size_t i = 0; i < 3; i++) {
		struct vault *vault = NULL;
		const char *why = NULL;

		if (!file_exists(keys()))
			assert_ok(vault_create(keys()));
		assert_int_equal(0, rename(key_file(names[i]), key_file("away")));
		assert_err(ERR_NOT_FOUND, vault_open(test_arena(), keys(), &vault, &why));
		assert_non_null(strstr(why, i ? names[i] : "vault key"));
		assert_int_equal(0, rename(key_file("away"), key_file(names[i])));
	}
	assert_ok(try_open());
}

TEST("a key file that others may read or change, or that is no key, is refused; one for its group is not")
{
	static const char *const bad[] = { "", "00", "zz",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef00" };
	static const mode_t open_to_others[] = { 0604, 0644, 0602, 0620, 0660, 0666 };

	assert_ok(vault_create(keys()));
	for (size_t i = 0; i < sizeof open_to_others / sizeof *open_to_others; i++) {
		assert_int_equal(0, chmod(key_file("search.key"), open_to_others[i]));
		assert_err(ERR_INVALID, try_open());
	}
	assert_int_equal(0, chmod(key_file("search.key"), 0640));
	assert_ok(try_open());
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_ok(file_write(key_file("vault-1.key"), bytes_of_text(bad[i]), 0600));
		assert_err(ERR_INVALID, try_open());
	}
}

TEST("other names in the key folder are not taken for keys")
{
	static const char *const names[] = { "vault-0.key", "vault-01.key", "vault--1.key", "vault-4294967296.key",
		"vault-x.key", "vault-.key", "vault-.ke", "vault-2.key.new-abcdef", "vault-2.key~" };

	assert_ok(vault_create(keys()));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_ok(file_write(key_file(names[i]), bytes_of_text("no key"), 0600));
	assert_ok(try_open());
}
