/* A database and keys that are not its own. */
#include <stdio.h>
#include <unistd.h>
#include "base/file.h"
#include "base/key_file.h"
#include "base/text.h"
#include "core/key_check.h"
#include "tests/unit/core/world.h"

static const char *other_words = "are not this database's";

static const char *key_folder(struct world *w)
{
	return path_join(test_arena(), w->data, "keys/data");
}

static void assert_refused(struct world *w, const char *words)
{
	const char *why = NULL;

	assert_err(ERR_INVALID, house_open_configured(test_arena(), &w->settings, &w->house, &why));
	assert_non_null(strstr(why, words));
}

static enum err make(struct world *w, const char **why)
{
	const struct store_conf conf = settings_store(test_arena(), &w->settings);

	return key_check_make(test_arena(), &conf, key_folder(w), why);
}

/* The house is open again, so that the world can be closed. */
static void leave(struct world *w)
{
	const char *why = NULL;

	assert_ok(make(w, &why));
	assert_ok(house_open_configured(test_arena(), &w->settings, &w->house, &why));
	world_close(w);
}

TEST("OPS-15: with keys that are not the database's nothing starts, nor is it told those")
{
	struct world *w = world();
	const char *keys = key_folder(w), *aside = arena_printf(test_arena(), "%s-aside", keys), *why = NULL;

	house_close(&w->house);
	assert_int_equal(0, rename(keys, aside));
	assert_ok(vault_create(keys));
	assert_refused(w, other_words);
	assert_err(ERR_INVALID, make(w, &why));
	assert_non_null(strstr(why, other_words));
	assert_refused(w, other_words);
	assert_int_equal(0, rename(keys, arena_printf(test_arena(), "%s-other", keys)));
	assert_int_equal(0, rename(aside, keys));
	leave(w);
}

TEST("OPS-15: one foreign key of two is found; a further sealing key is none")
{
	static const char *const names[] = { "search.key", "log.key" };
	struct world *w = world();
	const char *aside = path_join(test_arena(), w->data, "aside.key");

	house_close(&w->house);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *file = path_join(test_arena(), key_folder(w), names[i]);

		assert_int_equal(0, rename(file, aside));
		assert_ok(key_file_make(file));
		assert_refused(w, other_words);
		assert_int_equal(0, rename(aside, file));
	}
	assert_ok(vault_add_key(key_folder(w)));
	leave(w);
}

TEST("OPS-6: a database that was not told its keys yet waits for init")
{
	struct world *w = world();

	house_close(&w->house);
	world_tamper(w, "DELETE FROM key_check");
	assert_refused(w, "init goes on");
	leave(w);
}
