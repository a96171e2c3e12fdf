/* The record of what was done: LOG-1 to LOG-4. What verify-log names stands in oplog_verify.c. */
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "tests/unit/core/log_world.h"

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

TEST("LOG-1: a login that was refused stands in the records of the account that was asked for, from where and why")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG), other = world_account(w, LI), resend_s, rows;
	struct oplog_filter f = { .object_kind = OBJECT_ACCOUNT, .object = account };
	struct login in = { .e164 = ZHANG, .agreed = true };
	struct oplog_page page;

	as(w, other); /* in a browser that is signed in as somebody else */
	assert_ok(login_send_code(&w->ctx, ZHANG, true, &resend_s));
	in.code = text_equal(world_code(w), "000000") ? "000001" : "000000";
	w->ctx.address = "203.0.113.9";
	w->ctx.agent = "Firefox，Linux";
	assert_err(ERR_INVALID, login(&w->ctx, &in));
	assert_string_equal("code-wrong", w->ctx.fault.word);
	assert_int_equal(other, w->ctx.actor.id);
	assert_ok(oplog_list(as(w, account), &f, &page));
	assert_int_equal(OPLOG_LOGIN_REFUSED, page.rows[0].action);
	assert_int_equal(ERR_INVALID, page.rows[0].result);
	assert_int_equal(0, page.rows[0].actor);
	assert_string_equal("203.0.113.9", page.rows[0].address);
	assert_string_equal("Firefox，Linux", page.rows[0].agent);
	f.object = other;
	assert_ok(oplog_list(as(w, other), &f, &page));
	assert_int_equal(OPLOG_LOGIN, page.rows[0].action);
	/* five tries are five rows, and no more: what costs no try is no row, nor what is tried with a number that has
	 * no account */
	as(w, 0);
	for (int i = 0; i < 8; i++)
		assert_int_not_equal(OK, login(&w->ctx, &in));
	in.code = "12345";
	assert_err(ERR_INVALID, login(&w->ctx, &in));
	rows = world_count(w, "SELECT count(*) FROM oplog");
	assert_int_equal(5, world_count(w, "SELECT count(*) FROM oplog WHERE action = 7"));
	assert_ok(login_send_code(&w->ctx, "+8613700137000", true, &resend_s));
	in.e164 = "+8613700137000";
	in.code = text_equal(world_code(w), "000000") ? "000001" : "000000";
	assert_err(ERR_INVALID, login(&w->ctx, &in));
	assert_int_equal(rows, world_count(w, "SELECT count(*) FROM oplog"));
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
	int64_t account, before;
	struct oplog_filter f = { .object_kind = OBJECT_ACCOUNT };
	struct oplog_page page;

	w->ctx.now = id_time(id_new(w->ctx.now)); /* a test before this one may have drawn ids of a later time */
	before = w->ctx.now;
	(void)world_org(w, &account);
	f.object = account;
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

/* Newest first, as the ids say: whether each fits. */
struct mix {
	int rows, fitting;
};

static enum err add_mix(struct ctx *ctx, void *arg)
{
	const struct mix *mix = arg;
	int left = mix->fitting;

	for (int i = 0; i < mix->rows; i++) {
		bool fits = (int)test_random_below((unsigned)(mix->rows - i)) < left;

		left -= fits;
		TRY(oplog_add(ctx,
			&(struct oplog_entry){ .action = fits ? OPLOG_DEVICE_NAME : OPLOG_SESSION_END,
				.object_kind = OBJECT_DEVICE,
				.object = 1 }));
	}
	return OK;
}

TEST("LOG-2: a page knows whether another follows, wherever what fits stands among what does not")
{
	static const struct mix mixes[] = { { 19, 19 }, { 20, 20 }, { 21, 21 }, { 40, 20 }, { 40, 21 }, { 41, 41 },
		{ 500, 20 }, { 521, 21 }, { 522, 40 }, { 1100, 41 }, { 1100, 0 } };
	struct world *w = world();
	struct oplog_page page;

	for (size_t i = 0; i < sizeof mixes / sizeof *mixes; i++) {
		int64_t account = world_account(w, arena_printf(test_arena(), "+8613900139%03d", (int)i)),
			last = INT64_MAX;
		struct oplog_filter f = { .object_kind = OBJECT_ACCOUNT,
			.object = account,
			.action_low = OPLOG_DEVICE_NAME,
			.action_high = OPLOG_DEVICE_NAME };
		int left = mixes[i].fitting;

		assert_ok(ctx_transaction(as(w, account), add_mix, (void *)&mixes[i]));
		do {
			assert_ok(oplog_list(&w->ctx, &f, &page));
			assert_int_equal(left < OPLOG_PAGE ? left : OPLOG_PAGE, page.count);
			for (size_t n = 0; n < page.count; n++, left--) {
				assert_true(page.rows[n].id < last);
				last = page.rows[n].id;
			}
			assert_int_equal(left ? last : 0, page.next);
			assert_false(page.looked_enough);
			f.after = page.next;
		} while (page.next);
		assert_int_equal(0, left);
	}
	world_close(w);
}

TEST("LOG-2: whoever asks for the newest few gets them, and where to go on")
{
	struct world *w = world();
	int64_t account = world_account(w, ZHANG);
	struct oplog_filter all = { .object_kind = OBJECT_ACCOUNT, .object = account }, few = all;
	struct oplog_page page, rest;
	int many = 4;

	assert_ok(ctx_transaction(as(w, account), add_many, &many));
	assert_ok(oplog_list(&w->ctx, &all, &rest));
	for (few.most = 1; few.most <= rest.count; few.most++) {
		assert_ok(oplog_list(&w->ctx, &few, &page));
		assert_int_equal(few.most, page.count);
		assert_int_equal(rest.rows[few.most - 1].id, page.next);
		assert_int_equal(rest.rows[0].id, page.rows[0].id);
	}
	assert_ok(oplog_list(&w->ctx, &few, &page)); /* more than there are */
	assert_int_equal(rest.count, page.count);
	assert_int_equal(0, page.next);
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
			arena_printf(test_arena(), "SELECT count(*) FROM oplog WHERE %s OR %s OR %s",
				engine_holding("subjects", "203.0.113.7"), engine_holding("subjects", "Firefox"),
				engine_holding("subjects", "张三"))));
	world_close(w);
}

TEST("LOG-3: destroying a person's key makes the rows nobody's and keeps the tree")
{
	int64_t account, org;
	struct world *w = log_history(&account, &org);
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
	assert_int_equal(FINDING_NONE, log_verdict(w).finding);
	world_close(w);
}

TEST("LOG-3: a row is numbered once, and the tree and its checkpoint say so")
{
	struct world *w = world();
	int64_t rows;

	world_account(w, ZHANG);
	rows = world_count(w, "SELECT count(*) FROM oplog");
	assert_int_equal(rows, world_count(w, "SELECT count(*) FROM oplog_new"));
	assert_int_equal(2, log_number(w, 2));
	assert_int_equal(rows - 2, log_number(w, 100));
	assert_int_equal(0, log_number(w, 100));
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM oplog_new"));
	assert_int_equal(rows, world_count(w, "SELECT max(size) FROM checkpoint"));
	assert_int_equal(rows, log_verdict(w).size);
	assert_int_equal(FINDING_NONE, log_verdict(w).finding);
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
	assert_int_equal(FINDING_NONE, log_verdict(w).finding);
	assert_int_equal(0, world_count(w, "SELECT count(*) FROM oplog_new"));
	world_close(w);
}

TEST("LOG-3: the database itself refuses to change the record")
{
	struct world *w = world();

	world_account(w, ZHANG);
	log_number(w, 100);
	for (const char *const *sql = (const char *const[]){ "UPDATE oplog SET result = 1", "DELETE FROM oplog",
		     "UPDATE tree SET level = 9", "DELETE FROM checkpoint", "DELETE FROM oplog_ref",
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
	struct world *w = log_history(&account, &org);
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

/* A number of the leaf, as docs/log-format.md says where it stands. */
static int64_t number_in(struct bytes leaf, size_t at, int len)
{
	int64_t number = 0;

	for (int i = 0; i < len; i++)
		number = number << 8 | leaf.data[at + (size_t)i];
	return number;
}

TEST("LOG-4: a leaf says whom and what its row is about: persons, org, seal, certificate, instance, platform")
{
	enum { REFS = 1 + 13 * 8 + HASH_LEN };
	struct world *w = world();
	int64_t account, org = world_org(w, &account);
	const int64_t wanted[][2] = { { OBJECT_ACCOUNT, account }, { OBJECT_ORG, org }, { OBJECT_SEAL, 77 },
		{ OBJECT_CERT, 78 }, { OBJECT_INSTANCE, 79 }, { OBJECT_PLATFORM, 80 } };
	const struct oplog_entry entry = { .action = OPLOG_SCAN_SEAL,
		.object_kind = OBJECT_SEAL,
		.object = 77,
		.org = org,
		.seal = 77,
		.cert = 78,
		.instance = 79,
		.platform = 80 };
	struct oplog_page page;
	struct bytes leaf;

	assert_ok(ctx_transaction(as(w, account), add_one, (void *)(uintptr_t)&entry));
	assert_ok(
		oplog_list(&w->ctx, &(struct oplog_filter){ .object_kind = OBJECT_ACCOUNT, .object = account }, &page));
	assert_ok(oplog_leaf(&w->ctx, page.rows[0].id, &leaf));
	assert_int_equal(6 * 16, number_in(leaf, REFS, 4));
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(wanted[i][0], number_in(leaf, REFS + 4 + 16 * i, 8));
		assert_int_equal(wanted[i][1], number_in(leaf, REFS + 12 + 16 * i, 8));
	}
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
	log_number(w, 100);
	assert_ok(oplog_leaf(&w->ctx, id, &leaf));
	assert_ok(oplog_receipt(&w->ctx, id, &receipt));
	assert_ok(receipt_check(test_arena(), bytes_of_text(receipt), leaf, verifier, &index, &checkpoint));
	assert_int_equal(world_count(w, "SELECT max(place) FROM tree WHERE level = 0"), index);
	assert_int_equal(2, leaf.data[0]);
	((unsigned char *)(uintptr_t)leaf.data)[20] ^= 1;
	assert_err(
		ERR_DENIED, receipt_check(test_arena(), bytes_of_text(receipt), leaf, verifier, &index, &checkpoint));
	world_account(w, LI);
	assert_err(ERR_NOT_FOUND, oplog_leaf(&w->ctx, id, &leaf));
	assert_err(ERR_NOT_FOUND, oplog_receipt(&w->ctx, id, &receipt));
	key_free(&key);
	world_close(w);
}
