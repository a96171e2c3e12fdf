/* The record of what was done: LOG-1 to LOG-4. */
#include "base/json.h"
#include "base/text.h"
#include "core/oplog_row.h"
#include "tests/unit/core/world.h"

static struct key *log_key(struct world *w, const char **verifier)
{
	static const unsigned char seed[32] = { 7 };
	struct key *key;

	assert_ok(key_ed25519_from_seed(seed, &key));
	assert_ok(checkpoint_verifier(test_arena(), w->settings.log_origin, key, verifier));
	return key;
}

static int number(struct world *w, int most)
{
	const char *verifier;
	struct key *key = log_key(w, &verifier);
	int numbered;

	assert_ok(oplog_number(&w->ctx, key, most, &numbered));
	key_free(&key);
	return numbered;
}

static struct oplog_verdict verdict(struct world *w)
{
	const char *verifier;
	struct key *key = log_key(w, &verifier);
	struct oplog_verdict verdict;

	key_free(&key);
	assert_ok(oplog_verify(&w->ctx, verifier, &verdict));
	return verdict;
}

static int64_t row_at(struct world *w, int64_t place)
{
	return world_count(
		w, arena_printf(test_arena(), "SELECT oplog FROM tree WHERE level = 0 AND place = %d", (int)place));
}

/* A world with some history: registration, logins, a person, an org; all numbered in steps of three. */
static struct world *with_history(int64_t *account, int64_t *org)
{
	struct world *w = world();

	*org = world_org(w, account);
	world_account(w, LI);
	while (number(w, 3) == 3)
		;
	return w;
}

static enum err add_one(struct ctx *ctx, void *arg)
{
	return oplog_add(ctx, arg);
}

TEST("LOG-1: a row says who, for which org, on what, when, from where and with what result")
{
	struct world *w = world();
	int64_t account, org = world_org(w, &account);
	struct ctx *ctx = as(w, account);
	struct oplog_page page;

	ctx->address = "203.0.113.7";
	ctx->agent = "Chrome，Windows";
	ctx->org = org;
	assert_ok(ctx_transaction(ctx, add_one,
		&(struct oplog_entry){ .action = OPLOG_SEAL_MAKE,
			.object_kind = OBJECT_SEAL,
			.object = 77,
			.detail = "公章",
			.result = ERR_DENIED }));
	assert_ok(oplog_list(ctx, &(struct oplog_filter){ .object_kind = OBJECT_ACCOUNT, .object = account }, &page));
	assert_int_equal(OPLOG_SEAL_MAKE, page.rows[0].action);
	assert_int_equal(account, page.rows[0].actor);
	assert_int_equal(org, page.rows[0].org);
	assert_int_equal(77, page.rows[0].object);
	assert_int_equal(ctx->now, page.rows[0].time);
	assert_int_equal(ERR_DENIED, page.rows[0].result);
	assert_string_equal("203.0.113.7", page.rows[0].address);
	assert_string_equal("Chrome，Windows", page.rows[0].agent);
	assert_string_equal("公章", page.rows[0].detail);
	assert_string_equal("张三", page.rows[0].actor_name);
	assert_string_equal("福州印信贸易有限公司", page.rows[0].org_name);
	world_close(w);
}

TEST("LOG-1: an act that is refused leaves no row")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG), rows = world_count(w, "SELECT count(*) FROM oplog");

	assert_err(ERR_INVALID, realname_vouch(as_cli(w), account, "张三", DOC_RESIDENT, "1"));
	assert_int_equal(rows, world_count(w, "SELECT count(*) FROM oplog"));
	world_close(w);
}

TEST("LOG-2: records are one's own; an org's are its legal representative's")
{
	struct world *w = world();
	int64_t account, org = world_org(w, &account), other = world_account(w, LI);
	struct oplog_filter own = { .object_kind = OBJECT_ACCOUNT, .object = account };
	struct oplog_filter orgs = { .object_kind = OBJECT_ORG, .object = org };
	struct oplog_page page;
	struct oplog_row row;

	assert_ok(oplog_list(as(w, account), &own, &page));
	assert_ok(oplog_list(as(w, account), &orgs, &page));
	assert_true(page.count > 0);
	assert_ok(oplog_load(as(w, account), page.rows[0].id, &row));
	assert_err(ERR_NOT_FOUND, oplog_list(as(w, other), &own, &page));
	assert_err(ERR_NOT_FOUND, oplog_list(as(w, other), &orgs, &page));
	assert_err(ERR_NOT_FOUND, oplog_load(as(w, other), row.id, &row));
	assert_err(ERR_NOT_FOUND, oplog_load(as(w, account), 1, &row));
	world_close(w);
}

TEST("LOG-2: filters by time, kind and personal or org")
{
	struct world *w = world();
	int64_t account, org = world_org(w, &account), before = w->ctx.now;
	struct oplog_filter f = { .object_kind = OBJECT_ACCOUNT, .object = account };
	struct oplog_page page;

	(void)org;
	world_pass(w, DAY);
	world_account(w, ZHANG);
	f.kind = RECORD_LOGIN;
	assert_ok(oplog_list(as(w, account), &f, &page));
	assert_int_equal(2, page.count);
	f.from = before + DAY;
	assert_ok(oplog_list(as(w, account), &f, &page));
	assert_int_equal(1, page.count);
	f.to = page.rows[0].time; /* the end is outside */
	assert_ok(oplog_list(as(w, account), &f, &page));
	assert_int_equal(0, page.count);
	f.to++;
	assert_ok(oplog_list(as(w, account), &f, &page));
	assert_int_equal(1, page.count);
	f = (struct oplog_filter){ .object_kind = OBJECT_ACCOUNT, .object = account, .scope = SCOPE_ORG };
	assert_ok(oplog_list(as(w, account), &f, &page));
	assert_int_equal(1, page.count);
	assert_int_equal(OPLOG_MEMBER_JOIN, page.rows[0].action);
	f.scope = SCOPE_PERSONAL;
	assert_ok(oplog_list(as(w, account), &f, &page));
	for (size_t i = 0; i < page.count; i++)
		assert_int_equal(0, page.rows[i].org);
	f = (struct oplog_filter){ .object_kind = OBJECT_ACCOUNT,
		.object = account,
		.action_low = OPLOG_REGISTER,
		.action_high = OPLOG_LOGIN };
	assert_ok(oplog_list(as(w, account), &f, &page));
	assert_int_equal(3, page.count);
	world_close(w);
}

static enum err add_many(struct ctx *ctx, void *arg)
{
	const int *many = arg;

	for (int i = 0; i < *many; i++)
		TRY(oplog_add(ctx,
			&(struct oplog_entry){
				.action = OPLOG_DEVICE_NAME, .object_kind = OBJECT_DEVICE, .object = i + 1 }));
	return OK;
}

TEST("LOG-2: pages by key go through all rows once, newest first")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG), last = INT64_MAX;
	struct oplog_filter f = { .object_kind = OBJECT_ACCOUNT,
		.object = account,
		.action_low = OPLOG_DEVICE_NAME,
		.action_high = OPLOG_DEVICE_NAME };
	struct oplog_page page;
	int many = 45, seen = 0;

	assert_ok(ctx_transaction(as(w, account), add_many, &many));
	do {
		assert_ok(oplog_list(&w->ctx, &f, &page));
		for (size_t i = 0; i < page.count; i++, seen++) {
			assert_true(page.rows[i].id < last);
			last = page.rows[i].id;
		}
		f.after = page.next;
	} while (page.next);
	assert_int_equal(45, seen);
	assert_false(page.looked_enough);
	world_close(w);
}

TEST("LOG-2: a request looks at 2,000 index rows at most, and goes on from there")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG);
	struct oplog_filter f = { .object_kind = OBJECT_ACCOUNT, .object = account, .kind = RECORD_LOGIN };
	struct oplog_page page;
	int many = OPLOG_LOOK + 5;

	assert_ok(ctx_transaction(as(w, account), add_many, &many));
	assert_ok(oplog_list(&w->ctx, &f, &page));
	assert_int_equal(0, page.count);
	assert_true(page.looked_enough);
	f.after = page.next;
	assert_ok(oplog_list(&w->ctx, &f, &page));
	assert_int_equal(1, page.count);
	assert_int_equal(0, page.next);
	world_close(w);
}

TEST("LOG-2: the last index row that was looked at is not shown again")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG);
	struct oplog_filter f = { .object_kind = OBJECT_ACCOUNT, .object = account, .kind = RECORD_LOGIN };
	struct oplog_page page;
	int many = OPLOG_LOOK - 1; /* the login, an account's newest row so far, is the last of a look */

	assert_ok(ctx_transaction(as(w, account), add_many, &many));
	assert_ok(oplog_list(&w->ctx, &f, &page));
	assert_int_equal(1, page.count);
	assert_true(page.looked_enough);
	f.after = page.next;
	assert_ok(oplog_list(&w->ctx, &f, &page));
	assert_int_equal(0, page.count);
	assert_int_equal(0, page.next);
	world_close(w);
}

TEST("LOG-3: names, addresses and devices stand in no column")
{
	struct world *w = world();
	int64_t account;

	w->ctx.address = "203.0.113.7";
	w->ctx.agent = "Firefox，Linux";
	world_org(w, &account);
	assert_int_equal(0,
		world_count(w,
			"SELECT count(*) FROM oplog WHERE instr(subjects, CAST('203.0.113.7' AS BLOB)) > 0 "
			"OR instr(subjects, CAST('Firefox' AS BLOB)) > 0 OR instr(subjects, CAST('张三' AS BLOB)) > "
			"0"));
	world_close(w);
}

TEST("LOG-3: destroying a person's key makes the rows nobody's and keeps the tree")
{
	int64_t account, org;
	struct world *w = with_history(&account, &org);
	struct oplog_filter f = { .object_kind = OBJECT_ACCOUNT, .object = account };
	struct oplog_page page;

	assert_ok(oplog_list(as(w, account), &f, &page));
	assert_string_equal("138****8000", page.rows[page.count - 1].actor_name);
	world_tamper(w,
		arena_printf(test_arena(), "UPDATE subject_key SET key_box = NULL WHERE account = %lld",
			(long long)account));
	assert_ok(oplog_list(as(w, account), &f, &page));
	for (size_t i = 0; i < page.count; i++) {
		assert_null(page.rows[i].actor_name);
		assert_null(page.rows[i].address);
		assert_null(page.rows[i].detail);
	}
	assert_int_equal(FINDING_NONE, verdict(w).finding);
	world_close(w);
}

TEST("LOG-3: a row is numbered once, and the tree and its checkpoint say so")
{
	struct world *w = world();
	int64_t rows;

	world_account(w, ZHANG);
	rows = world_count(w, "SELECT count(*) FROM oplog");
	assert_int_equal(rows, world_count(w, "SELECT count(*) FROM oplog_new"));
	assert_int_equal(2, number(w, 2));
	assert_int_equal(rows - 2, number(w, 100));
	assert_int_equal(0, number(w, 100));
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM oplog_new"));
	assert_int_equal(rows, world_count(w, "SELECT max(size) FROM checkpoint"));
	assert_int_equal(rows, verdict(w).size);
	assert_int_equal(FINDING_NONE, verdict(w).finding);
	world_close(w);
}

static enum err number_too(struct ctx *ctx, int number, void *arg)
{
	static const unsigned char seed[32] = { 7 };
	struct key *key;
	int numbered;
	enum err err;

	(void)number;
	(void)arg;
	TRY(key_ed25519_from_seed(seed, &key));
	err = oplog_number(ctx, key, 100, &numbered);
	key_free(&key);
	return err;
}

TEST("LOG-3: two log lanes at once number a row once")
{
	struct world *w = world();
	enum err answers[4];

	world_account(w, ZHANG);
	world_at_once(w, 4, number_too, NULL, answers);
	for (int i = 0; i < 4; i++)
		assert_true(answers[i] == OK || answers[i] == ERR_CONFLICT);
	assert_int_equal(FINDING_NONE, verdict(w).finding);
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM oplog_new"));
	world_close(w);
}

TEST("LOG-3: a changed row is named, whichever column was changed")
{
	static const char *const columns[] = { "time", "actor_kind", "actor", "on_behalf", "org", "platform", "ticket",
		"instance", "action", "object_kind", "object", "result" };
	int64_t account, org, row;
	struct world *w = with_history(&account, &org);

	row = row_at(w, 4);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		world_tamper(w,
			arena_printf(test_arena(), "UPDATE oplog SET %s = %s + 1 WHERE id = %lld", columns[i],
				columns[i], (long long)row));
		assert_int_equal(FINDING_CHANGED, verdict(w).finding);
		assert_int_equal(row, verdict(w).row);
		assert_int_equal(4, verdict(w).place);
		world_tamper(w,
			arena_printf(test_arena(), "UPDATE oplog SET %s = %s - 1 WHERE id = %lld", columns[i],
				columns[i], (long long)row));
	}
	assert_int_equal(FINDING_NONE, verdict(w).finding);
	world_close(w);
}

TEST("LOG-3: one byte of a ciphertext or digest, or a number that its column never holds, names the row")
{
	static const char *const changes[] = {
		"subjects = CAST(substr(subjects, 1, length(subjects) - 1) || x'00' AS BLOB)",
		"digest = CAST(zeroblob(31) || x'01' AS BLOB)", "action = 1099511627776", "subjects = x''"
	};

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		int64_t account, org, row;
		struct world *w = with_history(&account, &org);

		row = row_at(w, 5);
		world_tamper(w,
			arena_printf(test_arena(), "UPDATE oplog SET %s WHERE id = %lld", changes[i], (long long)row));
		assert_int_equal(FINDING_CHANGED, verdict(w).finding);
		assert_int_equal(row, verdict(w).row);
		world_close(w);
	}
}

TEST("LOG-3: a row taken out is named")
{
	int64_t account, org, row;
	struct world *w = with_history(&account, &org);

	row = row_at(w, 3);
	world_tamper(w, arena_printf(test_arena(), "DELETE FROM oplog WHERE id = %lld", (long long)row));
	assert_int_equal(FINDING_LOST, verdict(w).finding);
	assert_int_equal(row, verdict(w).row);
	assert_int_equal(3, verdict(w).place);
	world_close(w);
}

static const char copy_row[] =
	"INSERT INTO oplog SELECT id + 1, time, actor_kind, actor, on_behalf, org, platform, ticket, instance, action, "
	"object_kind, object, result, digest, subjects, leaf_hash, mac FROM oplog WHERE id = %lld";

TEST("LOG-3: a row slipped in is named, beside the tree and among the waiting")
{
	int64_t account, org, row;
	struct world *w = with_history(&account, &org);

	row = row_at(w, 2);
	world_tamper(w, arena_printf(test_arena(), copy_row, (long long)row));
	assert_int_equal(FINDING_SLIPPED_IN, verdict(w).finding);
	assert_int_equal(row + 1, verdict(w).row);
	world_tamper(w, arena_printf(test_arena(), "INSERT INTO oplog_new VALUES (%lld)", (long long)row + 1));
	assert_int_equal(FINDING_SLIPPED_IN, verdict(w).finding);
	assert_int_equal(row + 1, verdict(w).row);
	world_close(w);
}

TEST("LOG-3: a row slipped in is never numbered and holds nothing up")
{
	int64_t account, org, row, size;
	struct world *w = with_history(&account, &org);

	row = row_at(w, 2);
	world_tamper(w, arena_printf(test_arena(), copy_row, (long long)row));
	world_tamper(w, arena_printf(test_arena(), "INSERT INTO oplog_new VALUES (%lld)", (long long)row + 1));
	size = world_count(w, "SELECT max(size) FROM checkpoint");
	assert_ok(device_rename(as(w, account), world_count(w, "SELECT min(id) FROM device"), "我的电脑"));
	assert_int_equal(1, number(w, 1));
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
	number(w, 1); /* a tree of one leaf: its hash is the root */
	world_tamper(
		w, arena_printf(test_arena(), "UPDATE oplog SET result = 2 WHERE id = %lld", (long long)row_at(w, 0)));
	assert_ok(store_one(w->ctx.store, "SELECT " OPLOG_ROW_COLUMNS " FROM oplog WHERE id = $1", V(row_at(w, 0)),
		OPLOG_ROW_INTO(&row)));
	hash = oplog_row_hash(test_arena(), &row);
	world_tamper(w,
		arena_printf(test_arena(), "UPDATE tree SET hash = x'%s' WHERE level = 0 AND place = 0",
			hex_encode(test_arena(), BYTES_OF(hash.octets))));
	world_tamper(w,
		arena_printf(test_arena(), "UPDATE oplog SET leaf_hash = x'%s' WHERE id = %lld",
			hex_encode(test_arena(), BYTES_OF(hash.octets)), (long long)row_at(w, 0)));
	assert_int_equal(FINDING_BAD_MAC, verdict(w).finding);
	assert_int_equal(row_at(w, 0), verdict(w).row);
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
		struct world *w = with_history(&account, &org);

		world_tamper(w, changes[i].sql);
		assert_int_equal(changes[i].finding, verdict(w).finding);
		world_close(w);
	}
}

TEST("LOG-3: another key's checkpoints prove nothing")
{
	int64_t account, org;
	struct world *w = with_history(&account, &org);
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
	number(w, 100);
	assert_ok(device_rename(&w->ctx, w->ctx.device, "手机"));
	world_pass(w, MINUTE);
	assert_int_equal(FINDING_NONE, verdict(w).finding);
	world_pass(w, 1);
	assert_int_equal(FINDING_STALE, verdict(w).finding);
	world_close(w);
}

TEST("LOG-3: the database itself refuses to change the record")
{
	struct world *w = world();

	world_account(w, ZHANG);
	number(w, 100);
	for (const char *const *sql = (const char *const[]){ "UPDATE oplog SET result = 1", "DELETE FROM oplog",
		     "UPDATE tree SET hash = zeroblob(32)", "DELETE FROM checkpoint", "DELETE FROM oplog_ref",
		     "UPDATE oplog_ref SET object = 1", NULL };
		*sql; sql++) {
		assert_ok(store_begin_write(w->ctx.store));
		assert_int_not_equal(OK, store_change(w->ctx.store, NULL, *sql));
		store_rollback(w->ctx.store);
	}
	world_close(w);
}

TEST("LOG-3: an earlier checkpoint is consistent with the newest")
{
	int64_t account, org, size;
	struct world *w = with_history(&account, &org);
	const char *old_note, *new_note, *verifier;
	struct checkpoint old_one, new_one;
	struct tree_proof proof;
	struct key *key = log_key(w, &verifier);

	key_free(&key);
	assert_ok(oplog_checkpoint_at(&w->ctx, 3, &old_note));
	assert_ok(oplog_newest_checkpoint(&w->ctx, &new_note));
	assert_ok(checkpoint_open(test_arena(), old_note, verifier, &old_one));
	assert_ok(checkpoint_open(test_arena(), new_note, verifier, &new_one));
	size = new_one.size;
	assert_ok(oplog_consistency(&w->ctx, 3, size, &proof));
	assert_true(tree_consistency_holds(3, size, old_one.root, new_one.root, &proof));
	assert_err(ERR_NOT_FOUND, oplog_consistency(&w->ctx, 3, size + 1, &proof));
	world_close(w);
}

TEST("LOG-3: a log that was cut off proves itself, but does not go on from a checkpoint kept elsewhere")
{
	int64_t account, org;
	struct world *w = with_history(&account, &org);
	struct oplog_verdict v;
	const char *verifier, *kept, *old;
	struct key *key = log_key(w, &verifier);

	key_free(&key);
	assert_ok(oplog_checkpoint_at(&w->ctx, 3, &old));
	assert_ok(oplog_newest_checkpoint(&w->ctx, &kept));
	v = verdict(w);
	assert_ok(oplog_verify_since(&w->ctx, verifier, old, &v));
	assert_ok(oplog_verify_since(&w->ctx, verifier, kept, &v));
	assert_int_equal(FINDING_NONE, v.finding);
	assert_int_not_equal(OK, oplog_verify_since(&w->ctx, verifier, "no note", &v));
	world_tamper(w, "DELETE FROM oplog WHERE id IN (SELECT oplog FROM tree WHERE level = 0 AND place >= 3)");
	world_tamper(w, "DELETE FROM tree WHERE (place + 1) * (1 << level) > 3");
	world_tamper(w, "DELETE FROM checkpoint WHERE size > 3");
	v = verdict(w);
	assert_int_equal(FINDING_NONE, v.finding);
	assert_ok(oplog_verify_since(&w->ctx, verifier, old, &v));
	assert_int_equal(FINDING_NONE, v.finding);
	assert_ok(oplog_verify_since(&w->ctx, verifier, kept, &v));
	assert_int_equal(FINDING_REWRITTEN, v.finding);
	world_close(w);
}

TEST("LOG-4: leaf and receipt prove a row offline, another's is not given")
{
	struct world *w = world();
	struct login in = world_login(w, ZHANG, NULL);
	const char *receipt, *verifier;
	struct key *key = log_key(w, &verifier);
	struct checkpoint checkpoint;
	struct oplog_page page;
	struct bytes leaf;
	int64_t id, index;

	assert_ok(oplog_list(
		&w->ctx, &(struct oplog_filter){ .object_kind = OBJECT_ACCOUNT, .object = in.account }, &page));
	id = page.rows[0].id;
	assert_false(page.rows[0].proven);
	assert_err(ERR_CONFLICT, oplog_receipt(&w->ctx, id, &receipt));
	number(w, 100);
	assert_ok(oplog_leaf(&w->ctx, id, &leaf));
	assert_ok(oplog_receipt(&w->ctx, id, &receipt));
	assert_ok(receipt_check(test_arena(), bytes_of_text(receipt), leaf, verifier, &index, &checkpoint));
	assert_int_equal(world_count(w, "SELECT max(place) FROM tree WHERE level = 0"), index);
	assert_int_equal(1, leaf.data[0]);
	((unsigned char *)(uintptr_t)leaf.data)[20] ^= 1;
	assert_err(
		ERR_DENIED, receipt_check(test_arena(), bytes_of_text(receipt), leaf, verifier, &index, &checkpoint));
	world_account(w, LI);
	assert_err(ERR_NOT_FOUND, oplog_leaf(&w->ctx, id, &leaf));
	assert_err(ERR_NOT_FOUND, oplog_receipt(&w->ctx, id, &receipt));
	key_free(&key);
	world_close(w);
}
