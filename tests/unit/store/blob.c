/* Blobs: files that belong to rows. */
#include <fcntl.h>
#include <sys/stat.h>
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "store/blob.h"
#include "tests/unit/store/room.h"

struct room {
	struct store *store;
	struct vault *vault;
	struct blobs *blobs;
	const char *folder;
};

static struct room room(void)
{
	struct room r = { .folder = arena_printf(test_arena(), "%s/blob", test_folder()), .store = test_open() };
	const char *keys = arena_printf(test_arena(), "%s/keys", test_folder()), *why;

	assert_ok(vault_create(keys));
	assert_ok(vault_open(test_arena(), keys, &r.vault, &why));
	assert_ok(folder_make(r.folder, 02770));
	assert_ok(blobs_open(test_arena(), r.store, r.folder, r.vault, &r.blobs));
	return r;
}

static void leave(struct room *r)
{
	blobs_close(&r->blobs);
	vault_close(&r->vault);
	store_close(&r->store);
}

static const char *file_of(struct room *r, int64_t id)
{
	return arena_printf(test_arena(), "%s/%02x/%lld.blob", r->folder, (unsigned)(id & 255), (long long)id);
}

TEST_SQLITE("SEC-4: a blob comes back whole and lies on the disk sealed, for its group only")
{
	struct room r = room();
	struct bytes data = BYTES_OF("the picture of a seal, \0 and more"), out, raw;
	struct stat is;

	assert_ok(blob_put(r.blobs, 770, data));
	assert_ok(blob_get(r.blobs, test_arena(), 770, &out));
	assert_true(bytes_equal(data, out));
	assert_ok(file_read(test_arena(), file_of(&r, 770), 1000, &raw));
	assert_null(memmem(raw.data, raw.len, "picture", 7));
	assert_int_equal(0, stat(file_of(&r, 770), &is));
	assert_int_equal(0660, is.st_mode & 0777);
	assert_int_equal(0, stat(arena_printf(test_arena(), "%s/02", r.folder), &is));
	assert_int_equal(02770, is.st_mode & 07777);
	leave(&r);
}

TEST("a blob is never replaced, and an unknown one is not found")
{
	struct room r = room();
	struct bytes out;

	assert_err(ERR_NOT_FOUND, blob_get(r.blobs, test_arena(), 1, &out));
	assert_ok(blob_put(r.blobs, 1, bytes_of_text("one")));
	assert_err(ERR_CONFLICT, blob_put(r.blobs, 1, bytes_of_text("two")));
	assert_ok(blob_get(r.blobs, test_arena(), 1, &out));
	assert_true(bytes_equal(bytes_of_text("one"), out));
	assert_err(ERR_INVALID, blob_put(r.blobs, 0, bytes_of_text("x")));
	assert_err(ERR_INVALID, blob_put(r.blobs, -1, bytes_of_text("x")));
	leave(&r);
}

TEST_POSTGRES("a blob that met other writers twice is written alone")
{
	struct room r = room();
	struct bytes out;

	engine_tamper("CREATE FUNCTION meets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
		      "IF NOT EXISTS (SELECT 1 FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'ExclusiveLock' "
		      "AND relation = 'schema_version'::regclass) THEN RAISE serialization_failure; END IF; "
		      "RETURN NEW; END $$; "
		      "CREATE TRIGGER meets BEFORE INSERT ON blob FOR EACH ROW EXECUTE FUNCTION meets()");
	assert_ok(blob_put(r.blobs, 1, bytes_of_text("one")));
	assert_ok(blob_get(r.blobs, test_arena(), 1, &out));
	leave(&r);
}

TEST("a dropped blob is gone, and dropping it again is fine")
{
	struct room r = room();
	struct bytes out;

	assert_ok(blob_put(r.blobs, 1, bytes_of_text("one")));
	assert_ok(blob_drop(r.blobs, 1));
	assert_err(ERR_NOT_FOUND, blob_get(r.blobs, test_arena(), 1, &out));
	assert_ok(blob_drop(r.blobs, 1));
	assert_ok(blob_drop(r.blobs, 2));
	assert_ok(blob_put(r.blobs, 1, bytes_of_text("again")));
	leave(&r);
}

TEST("blobs hold 0 to 16 MiB")
{
	struct room r = room();
	struct bytes out, most = { arena_alloc(test_arena(), BLOB_MAX + 1), BLOB_MAX };

	assert_ok(blob_put(r.blobs, 1, most));
	assert_ok(blob_get(r.blobs, test_arena(), 1, &out));
	assert_int_equal(BLOB_MAX, out.len);
	assert_err(ERR_INVALID, blob_put(r.blobs, 2, (struct bytes){ most.data, BLOB_MAX + 1 }));
	assert_ok(blob_put(r.blobs, 3, (struct bytes){ 0 }));
	assert_ok(blob_get(r.blobs, test_arena(), 3, &out));
	assert_int_equal(0, out.len);
	leave(&r);
}

TEST_SQLITE("SEC-4: an altered, cut or swapped blob is refused")
{
	struct room r = room();
	struct bytes raw, out;
	unsigned char *bad;

	assert_ok(blob_put(r.blobs, 1, bytes_of_text("one")));
	assert_ok(blob_put(r.blobs, 257, bytes_of_text("two")));
	assert_ok(file_read(test_arena(), file_of(&r, 1), 1000, &raw));
	assert_ok(file_write(file_of(&r, 257), raw, 0660));
	assert_err(ERR_BROKEN, blob_get(r.blobs, test_arena(), 257, &out));
	bad = (unsigned char *)arena_bytes(test_arena(), raw.data, raw.len).data;
	bad[raw.len - 1] ^= 1;
	assert_ok(file_write(file_of(&r, 1), (struct bytes){ bad, raw.len }, 0660));
	assert_err(ERR_BROKEN, blob_get(r.blobs, test_arena(), 1, &out));
	assert_ok(file_write(file_of(&r, 1), (struct bytes){ raw.data, 10 }, 0660));
	assert_err(ERR_BROKEN, blob_get(r.blobs, test_arena(), 1, &out));
	assert_ok(file_write(file_of(&r, 1), (struct bytes){ 0 }, 0660));
	assert_err(ERR_BROKEN, blob_get(r.blobs, test_arena(), 1, &out));
	leave(&r);
}

struct seen {
	int64_t sum;
	int count, stop_at;
};

static enum err see(void *arg, int64_t id)
{
	struct seen *seen = arg;

	seen->sum += id;
	return ++seen->count == seen->stop_at ? ERR_LIMITED : OK;
}

static void set_time(const char *path, int64_t ms)
{
	struct timespec times[2] = { { .tv_sec = ms / 1000 }, { .tv_sec = ms / 1000 } };

	assert_int_equal(0, utimensat(AT_FDCWD, path, times, 0));
}

TEST("walking meets each old blob once, none that was written or numbered since, and stops at an error")
{
	struct room r = room();
	int64_t now = clock_now(), young = id_new(now + DAY);
	struct seen seen = { 0 };

	for (int64_t id = 1; id <= 20; id++)
		assert_ok(blob_put(r.blobs, id * 37, bytes_of_text("x")));
	assert_ok(blob_put(r.blobs, young, bytes_of_text("x")));
	assert_ok(blob_walk(r.blobs, now - HOUR, see, &seen));
	assert_int_equal(0, seen.count);
	assert_ok(blob_walk(r.blobs, now + HOUR, see, &seen));
	assert_int_equal(20, seen.count);
	assert_int_equal(37 * 210, seen.sum);
	seen = (struct seen){ .stop_at = 3 };
	assert_err(ERR_LIMITED, blob_walk(r.blobs, now + HOUR, see, &seen));
	assert_int_equal(3, seen.count);
	leave(&r);
}

TEST_SQLITE("how old a blob is stands at its file")
{
	struct room r = room();
	int64_t now = clock_now();
	struct seen seen = { 0 };

	for (int64_t id = 1; id <= 3; id++)
		assert_ok(blob_put(r.blobs, id * 37, bytes_of_text("x")));
	set_time(file_of(&r, 37), now - DAY);
	assert_ok(blob_walk(r.blobs, now - HOUR, see, &seen));
	assert_int_equal(1, seen.count);
	assert_int_equal(37, seen.sum);
	leave(&r);
}

TEST_POSTGRES("SEC-4: a blob comes back whole and lies in the database sealed, in pieces of 256 KB")
{
	struct room r = room();
	struct bytes data = { arena_alloc(test_arena(), 600000), 600000 }, out;

	memset((void *)data.data, 'x', data.len);
	assert_ok(blob_put(r.blobs, 770, data));
	assert_ok(blob_get(r.blobs, test_arena(), 770, &out));
	assert_true(bytes_equal(data, out));
	assert_int_equal(3, test_count(r.store, "SELECT count(*) FROM blob"));
	assert_int_equal(256 * 1024, test_count(r.store, "SELECT max(length(data)) FROM blob"));
	assert_int_equal(
		0, test_count(r.store, "SELECT count(*) FROM blob WHERE position('xxxxxxxx'::bytea IN data) > 0"));
	leave(&r);
}

TEST_POSTGRES("a blob is written with the transaction that is open, or by itself; reading joins too")
{
	struct room r = room();
	struct bytes out;

	assert_ok(store_begin_write(r.store));
	assert_ok(blob_put(r.blobs, 1, bytes_of_text("one")));
	assert_ok(blob_get(r.blobs, test_arena(), 1, &out));
	store_rollback(r.store);
	assert_err(ERR_NOT_FOUND, blob_get(r.blobs, test_arena(), 1, &out));
	assert_ok(blob_put(r.blobs, 1, bytes_of_text("one")));
	assert_ok(store_begin_read(r.store));
	assert_ok(blob_get(r.blobs, test_arena(), 1, &out));
	assert_ok(store_commit(r.store));
	leave(&r);
}

TEST_POSTGRES("SEC-4: an altered, cut or swapped blob in the database is refused")
{
	static const char *const changes[] = { "UPDATE blob SET data = x'00'", "DELETE FROM blob WHERE part = 1",
		"UPDATE blob SET data = set_byte(data, 5000, 1 - get_byte(data, 5000) / 255)",
		"DELETE FROM blob WHERE id = 1; UPDATE blob SET id = 1" };

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct room r = room();
		struct bytes data = { arena_alloc(test_arena(), 600000), 600000 }, out;

		assert_ok(blob_put(r.blobs, 1, data));
		assert_ok(blob_put(r.blobs, 2, data));
		engine_tamper(changes[i]);
		assert_err(ERR_BROKEN, blob_get(r.blobs, test_arena(), 1, &out));
		engine_tamper("DELETE FROM blob");
		leave(&r);
		assert_int_equal(0,
			rename(arena_printf(test_arena(), "%s/keys", test_folder()),
				arena_printf(test_arena(), "%s/keys-%zu", test_folder(), i)));
	}
}

static enum err drop_it(void *arg, int64_t id)
{
	return blob_drop(arg, id);
}

TEST_SQLITE("a visitor may drop what it meets; what an interrupted write left is swept when it is old")
{
	struct room r = room();
	int64_t now = clock_now();
	const char *old = arena_printf(test_arena(), "%s.new-abcdef", file_of(&r, 1));
	const char *young = arena_printf(test_arena(), "%s.new-ghijkl", file_of(&r, 1));

	for (int64_t id = 1; id <= 9; id++)
		assert_ok(blob_put(r.blobs, id, bytes_of_text("x")));
	assert_ok(file_write(old, bytes_of_text("half"), 0600));
	assert_ok(file_write(young, bytes_of_text("half"), 0600));
	set_time(old, now - DAY);
	assert_ok(blob_walk(r.blobs, now - HOUR, drop_it, r.blobs));
	assert_false(file_exists(old));
	assert_true(file_exists(young));
	assert_true(file_exists(file_of(&r, 1)));
	assert_ok(blob_walk(r.blobs, now + HOUR, drop_it, r.blobs));
	for (int64_t id = 1; id <= 9; id++)
		assert_false(file_exists(file_of(&r, id)));
	leave(&r);
}

TEST_SQLITE("a missing blob folder is told at once")
{
	struct room r = room();
	struct blobs *blobs;

	assert_err(ERR_NOT_FOUND, blobs_open(test_arena(), r.store, "/nowhere/blob", r.vault, &blobs));
	leave(&r);
}
