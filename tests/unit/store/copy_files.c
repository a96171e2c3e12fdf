/* Copying files between a folder and a database, or two of a kind. */
#include "store/blob_copy.h"
#include "tests/unit/store/ends.h"

enum { FILES = 250 };

static void count_told(void *arg, const char *name, int64_t count)
{
	(void)name;
	*(int64_t *)arg = count;
}

struct files {
	struct store *store;
	struct blobs *blobs;
};

static struct files files_at(struct store_conf conf, struct vault *vault, int n)
{
	const char *folder = arena_printf(test_arena(), "%s/blob-%d", test_folder(), n);
	struct files f = { .store = opened(conf) };

	assert_ok(folder_make(folder, 02770));
	assert_ok(blobs_open(test_arena(), f.store, folder, vault, &f.blobs));
	return f;
}

static void close_files(struct files *f)
{
	blobs_close(&f->blobs);
	store_close(&f->store);
}

static bool same_files(struct files *a, struct files *b)
{
	struct table_sum sums[2];

	assert_ok(blobs_sum(a->blobs, &sums[0]));
	assert_ok(blobs_sum(b->blobs, &sums[1]));
	return sums[0].rows == sums[1].rows && memcmp(sums[0].sum, sums[1].sum, HASH_LEN) == 0;
}

static void copy_files(struct vault *vault, bool back)
{
	struct ends e = filled(back), shared = e;
	struct bytes big = { arena_alloc(test_arena(), 600000), 600000 }, out;
	struct files from, to;
	int64_t told = 0;
	bool none;

	shared.from.use = STORE_SHARED;
	from = files_at(shared.from, vault, back * 2);
	for (int64_t id = 1; id <= FILES; id++)
		assert_ok(blob_put(from.blobs, id * 37, bytes_of_text(arena_printf(test_arena(), "%d", (int)id))));
	assert_ok(blob_put(from.blobs, 5, big));
	close_files(&from);
	from = files_at(e.from, vault, back * 2);
	to = files_at(e.to, vault, back * 2 + 1);
	assert_ok(blobs_are_none(to.blobs, &none));
	assert_true(none);
	assert_ok(blobs_copy(from.blobs, to.blobs, &(struct copy_told){ count_told, &told }));
	assert_int_equal(FILES + 1, told);
	assert_true(same_files(&from, &to));
	assert_ok(blob_get(to.blobs, test_arena(), 5, &out));
	assert_true(bytes_equal(big, out));
	assert_ok(blob_drop(to.blobs, 37));
	assert_false(same_files(&from, &to));
	assert_ok(blobs_copy(from.blobs, to.blobs, &(struct copy_told){ count_told, &told }));
	assert_true(same_files(&from, &to));
	assert_ok(blob_put(to.blobs, 3, big));
	assert_false(same_files(&from, &to));
	assert_ok(blob_drop(to.blobs, 3));
	assert_ok(blob_drop(to.blobs, 5));
	assert_ok(blob_put(to.blobs, 5, big)); /* sealed anew, so other bytes */
	assert_false(same_files(&from, &to));
	close_files(&from);
	close_files(&to);
}

TEST("OPS-9, SEC-4: files come over sealed as they are, there and back; what a cut off copying left out is added")
{
	const char *keys = arena_printf(test_arena(), "%s/keys", test_folder()), *why;
	struct vault *vault;

	assert_ok(vault_create(keys));
	assert_ok(vault_open(test_arena(), keys, &vault, &why));
	copy_files(vault, false);
	copy_files(vault, true);
	vault_close(&vault);
}
