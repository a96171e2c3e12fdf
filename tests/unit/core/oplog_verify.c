/* Whatever is changed in the log behind the program's back is named (LOG-3). */
#include "tests/unit/core/log_world.h"

TEST("LOG-3: a changed row is named, whichever column was changed")
{
	static const char *const columns[] = { "time", "actor_kind", "actor", "on_behalf", "org", "platform", "ticket",
		"instance", "action", "object_kind", "object", "result" };
	int64_t account, org, row;
	struct world *w = log_history(&account, &org);

	row = log_row_at(w, 4);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		world_tamper(w,
			arena_printf(test_arena(), "UPDATE oplog SET %s = %s + 1 WHERE id = %lld", columns[i],
				columns[i], (long long)row));
		log_names(w, FINDING_CHANGED, row);
		assert_int_equal(4, log_verdict(w).place);
		world_tamper(w,
			arena_printf(test_arena(), "UPDATE oplog SET %s = %s - 1 WHERE id = %lld", columns[i],
				columns[i], (long long)row));
	}
	assert_int_equal(FINDING_NONE, log_verdict(w).finding);
	world_close(w);
}

TEST("LOG-3: one byte of a ciphertext, digest or ref names the row")
{
#define OTHER_LAST_BYTE(column)                                                                                        \
	column " = CAST(substr(" column ", 1, length(" column ") - 1) || CASE substr(" column ", length(" column       \
	       ")) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB)"
	static const char *const changes[] = { OTHER_LAST_BYTE("subjects"),
		"digest = CAST(zeroblob(31) || x'01' AS BLOB)", "subjects = x''", OTHER_LAST_BYTE("refs"), "refs = x''",
		"refs = CAST(refs || substr(subjects, 1, 16) AS BLOB), subjects = CAST(substr(subjects, 17) AS BLOB)" };

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		int64_t account, org, row;
		struct world *w = log_history(&account, &org);

		row = log_row_at(w, 5);
		world_tamper(w,
			arena_printf(test_arena(), "UPDATE oplog SET %s WHERE id = %lld", changes[i], (long long)row));
		log_names(w, FINDING_CHANGED, row);
		world_close(w);
	}
}

/* PostgreSQL's column takes none. */
TEST_SQLITE("LOG-3: a number that its column never holds names the row")
{
	int64_t account, org, row;
	struct world *w = log_history(&account, &org);

	row = log_row_at(w, 5);
	world_tamper(w,
		arena_printf(test_arena(), "UPDATE oplog SET action = 1099511627776 WHERE id = %lld", (long long)row));
	log_names(w, FINDING_CHANGED, row);
	world_close(w);
}

TEST("LOG-3: a row taken out is named")
{
	int64_t account, org, row;
	struct world *w = log_history(&account, &org);

	row = log_row_at(w, 3);
	world_tamper(w, arena_printf(test_arena(), "DELETE FROM oplog WHERE id = %lld", (long long)row));
	log_names(w, FINDING_LOST, row);
	assert_int_equal(3, log_verdict(w).place);
	world_close(w);
}

static const char copy_row[] =
	"INSERT INTO oplog SELECT id + 1, time, actor_kind, actor, on_behalf, org, platform, ticket, instance, action, "
	"object_kind, object, result, digest, refs, subjects, leaf_hash, mac FROM oplog WHERE id = %lld";

TEST("LOG-3: a row slipped in is named, beside the tree and among the waiting")
{
	int64_t account, org, row;
	struct world *w = log_history(&account, &org);

	row = log_row_at(w, 2);
	world_tamper(w, arena_printf(test_arena(), copy_row, (long long)row));
	log_names(w, FINDING_SLIPPED_IN, row + 1);
	world_tamper(w, arena_printf(test_arena(), "INSERT INTO oplog_new VALUES (%lld)", (long long)row + 1));
	log_names(w, FINDING_SLIPPED_IN, row + 1);
	world_close(w);
}

TEST("LOG-3: a row slipped in is never numbered and holds nothing up")
{
	int64_t account, org, row, size;
	struct world *w = log_history(&account, &org);

	row = log_row_at(w, 2);
	world_tamper(w, arena_printf(test_arena(), copy_row, (long long)row));
	world_tamper(w, arena_printf(test_arena(), "INSERT INTO oplog_new VALUES (%lld)", (long long)row + 1));
	size = world_count(w, "SELECT max(size) FROM checkpoint");
	assert_ok(device_rename(as(w, account), world_count(w, "SELECT min(id) FROM device"), "我的电脑"));
	assert_int_equal(1, log_number(w, 1));
	assert_int_equal(size + 1, world_count(w, "SELECT max(size) FROM checkpoint"));
	assert_int_equal(row + 1, world_count(w, "SELECT oplog FROM oplog_new")); /* it still waits */
	world_close(w);
}

TEST("LOG-3: row and tree changed alike are told by the row's HMAC")
{
	struct world *w = world();
	struct oplog_stored row;
	struct hash_value hash;

	world_account(w, ZHANG);
	log_number(w, 1); /* a tree of one leaf: its hash is the root */
	world_tamper(w,
		arena_printf(test_arena(), "UPDATE oplog SET result = 2 WHERE id = %lld", (long long)log_row_at(w, 0)));
	assert_ok(store_one(w->ctx.store, "SELECT " OPLOG_ROW_COLUMNS " FROM oplog WHERE id = $1", V(log_row_at(w, 0)),
		OPLOG_ROW_INTO(&row)));
	hash = oplog_row_hash(test_arena(), &row);
	world_tamper(w,
		arena_printf(test_arena(), "UPDATE tree SET hash = x'%s' WHERE level = 0 AND place = 0",
			hex_encode(test_arena(), BYTES_OF(hash.octets))));
	world_tamper(w,
		arena_printf(test_arena(), "UPDATE oplog SET leaf_hash = x'%s' WHERE id = %lld",
			hex_encode(test_arena(), BYTES_OF(hash.octets)), (long long)log_row_at(w, 0)));
	log_names(w, FINDING_BAD_MAC, log_row_at(w, 0));
	world_close(w);
}

TEST("LOG-3: a changed, missing or further node of the tree is found")
{
	static const struct {
		const char *sql;
		enum oplog_finding finding;
	} changes[] = {
		{ "UPDATE tree SET hash = zeroblob(32) WHERE level = 1 AND place = 1", FINDING_BAD_TREE },
		{ "DELETE FROM tree WHERE level = 2 AND place = 0", FINDING_BAD_TREE },
		{ "DELETE FROM tree WHERE level = 0 AND place = 1", FINDING_BAD_TREE },
		{ "INSERT INTO tree (level, place, hash) VALUES (9, 9, zeroblob(32))", FINDING_BAD_TREE },
		{ "DELETE FROM tree WHERE level = 0 AND place = (SELECT max(place) FROM tree WHERE level = 0)",
			FINDING_LOST },
		{ "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)", FINDING_BAD_CHECKPOINT },
		{ "UPDATE checkpoint SET note = replace(note, 'localhost', 'elsewhere') WHERE size = 3",
			FINDING_BAD_CHECKPOINT },
		{ "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 6) WHERE size = 3",
			FINDING_BAD_CHECKPOINT },
	};

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		int64_t account, org;
		struct world *w = log_history(&account, &org);

		world_tamper(w, changes[i].sql);
		assert_int_equal(changes[i].finding, log_verdict(w).finding);
		world_close(w);
	}
}

TEST("LOG-3: another key's checkpoints prove nothing")
{
	int64_t account, org;
	struct world *w = log_history(&account, &org);
	struct oplog_verdict verdict;
	const char *verifier;
	struct key *key;

	assert_ok(key_make(KEY_ED25519, &key));
	assert_ok(checkpoint_verifier(test_arena(), w->settings.log_origin, key, &verifier));
	key_free(&key);
	assert_ok(oplog_verify(&w->ctx, verifier, &verdict));
	assert_int_equal(FINDING_BAD_CHECKPOINT, verdict.finding);
	world_close(w);
}

TEST("LOG-3: a row that waits for more than a minute is stale")
{
	struct world *w = world();

	world_account(w, ZHANG);
	log_number(w, 100);
	assert_ok(device_rename(&w->ctx, w->ctx.device, "手机"));
	world_pass(w, MINUTE);
	assert_int_equal(FINDING_NONE, log_verdict(w).finding);
	world_pass(w, 1);
	assert_int_equal(FINDING_STALE, log_verdict(w).finding);
	world_close(w);
}

TEST("LOG-3: a log that was cut off proves itself, but does not go on from a checkpoint kept elsewhere")
{
	int64_t account, org;
	struct world *w = log_history(&account, &org);
	struct oplog_verdict v;
	const char *verifier, *kept, *old;
	struct key *key = log_key(w, &verifier);

	key_free(&key);
	assert_ok(oplog_checkpoint_at(&w->ctx, 3, &old));
	assert_ok(oplog_newest_checkpoint(&w->ctx, &kept));
	v = log_verdict(w);
	assert_ok(oplog_verify_since(&w->ctx, verifier, old, &v));
	assert_ok(oplog_verify_since(&w->ctx, verifier, kept, &v));
	assert_int_equal(FINDING_NONE, v.finding);
	assert_int_not_equal(OK, oplog_verify_since(&w->ctx, verifier, "no note", &v));
	world_tamper(w, "DELETE FROM oplog WHERE id IN (SELECT oplog FROM tree WHERE level = 0 AND place >= 3)");
	world_tamper(w, "DELETE FROM oplog_ref WHERE oplog NOT IN (SELECT id FROM oplog)");
	world_tamper(w, "DELETE FROM tree WHERE (place + 1) * (1 << level) > 3");
	world_tamper(w, "DELETE FROM checkpoint WHERE size > 3");
	v = log_verdict(w);
	assert_int_equal(FINDING_NONE, v.finding);
	assert_ok(oplog_verify_since(&w->ctx, verifier, old, &v));
	assert_int_equal(FINDING_NONE, v.finding);
	assert_ok(oplog_verify_since(&w->ctx, verifier, kept, &v));
	assert_int_equal(FINDING_REWRITTEN, v.finding);
	world_close(w);
}

/* Done to the first entry of the lists that is about that row. */
static void tamper_entry(struct world *w, const char *change, int64_t row)
{
	world_tamper(w,
		arena_printf(test_arena(), "%s WHERE %s = (SELECT min(%s) FROM oplog_ref WHERE oplog = %lld)", change,
			engine_row_number(), engine_row_number(), (long long)row));
}

TEST("LOG-3: a changed, removed or slipped in entry of the lists names its row")
{
	static const char *const changes[] = {
		"DELETE FROM oplog_ref",
		"UPDATE oplog_ref SET object = object + 1",
		"UPDATE oplog_ref SET object_kind = 5",
		"UPDATE oplog_ref SET kind = 3",
		"UPDATE oplog_ref SET org = org + 1",
		"UPDATE oplog_ref SET oplog = oplog + 1",
		"INSERT INTO oplog_ref SELECT 1, 77, kind, oplog, org FROM oplog_ref",
		"INSERT INTO oplog_ref SELECT 4, 77, kind, oplog, org FROM oplog_ref",
	};

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		int64_t account, org, row;
		struct world *w = log_history(&account, &org);

		row = log_row_at(w, 4);
		tamper_entry(w, changes[i], row);
		log_names(w, FINDING_BAD_REF, row);
		world_close(w);
	}
}

TEST("LOG-3: an entry of the lists for a row that is none is found, and one of a row that still waits")
{
	int64_t account, org, waiting;
	struct world *w = log_history(&account, &org);

	assert_ok(device_rename(as(w, account), world_count(w, "SELECT min(id) FROM device"), "手机"));
	waiting = world_count(w, "SELECT oplog FROM oplog_new");
	assert_int_equal(FINDING_NONE, log_verdict(w).finding);
	world_tamper(w, "INSERT INTO oplog_ref VALUES (1, 77, 6, 78, 0)");
	log_names(w, FINDING_BAD_REF, 78);
	world_tamper(w, "DELETE FROM oplog_ref WHERE oplog = 78");
	tamper_entry(w, "DELETE FROM oplog_ref", waiting);
	log_names(w, FINDING_BAD_REF, waiting);
	world_close(w);
}

/* More than two pieces of what is read at once. */
enum { MANY = 1100 };

static enum err add_many(struct ctx *ctx, void *arg)
{
	(void)arg;
	for (int i = 0; i < MANY; i++)
		TRY(oplog_add(ctx, &(struct oplog_entry){ .action = OPLOG_LOGIN }));
	return OK;
}

static int64_t last_id(struct world *w)
{
	return world_count(w, "SELECT max(id) FROM oplog");
}

TEST("LOG-3: a log is proven to its end however long it is, its waiting rows and its lists as well")
{
	struct world *w = world();
	int64_t last;

	world_account(w, ZHANG);
	assert_ok(ctx_transaction(&w->ctx, add_many, NULL));
	assert_int_equal(FINDING_NONE, log_verdict(w).finding);
	last = last_id(w);
	world_tamper(w, arena_printf(test_arena(), "UPDATE oplog SET result = 1 WHERE id = %lld", (long long)last));
	log_names(w, FINDING_SLIPPED_IN, last);
	world_tamper(w, arena_printf(test_arena(), "UPDATE oplog SET result = 0 WHERE id = %lld", (long long)last));
	while (log_number(w, 400) == 400)
		;
	assert_int_equal(last_id(w), log_row_at(w, log_verdict(w).size - 1));
	assert_int_equal(FINDING_NONE, log_verdict(w).finding);
	world_tamper(w,
		"INSERT INTO oplog_ref SELECT 12, object, kind, oplog, org FROM oplog_ref WHERE oplog = "
		"(SELECT max(id) FROM oplog)");
	log_names(w, FINDING_BAD_REF, last);
	world_tamper(w, "DELETE FROM oplog_ref WHERE object_kind = 12");
	world_tamper(w, arena_printf(test_arena(), "UPDATE oplog SET result = 1 WHERE id = %lld", (long long)last));
	log_names(w, FINDING_CHANGED, last);
	world_close(w);
}
