/* Eight processes at once at one thing, round by round: what the rules allow once or a few times is never had once
 * more, and nothing that was allowed is lost. `make race` runs the same with more rounds, and counts (tests/race). */
#include "base/text.h"
#include "tests/unit/core/ticket_world.h"

/* Requests in whole groups of that many, at least as many as wanted. */
static int in_groups(int of)
{
	return (world_race_requests() + of - 1) / of * of;
}

static enum err *room_for_answers(int requests)
{
	return ARENA_ARRAY(test_arena(), enum err, (size_t)requests);
}

/* How many of one group had that answer. */
static int count_of(const enum err *answers, int group, int of, enum err answer)
{
	int count = 0;

	for (int i = group * of; i < (group + 1) * of; i++)
		count += answers[i] == answer;
	return count;
}

static const char *phone_of(struct arena *arena, int number)
{
	return arena_printf(arena, "+86138%08d", number);
}

/* ---- the certificate password */

enum { A_PASSWORD = 2 * RACERS }; /* tries of one person */
struct passwords {
	struct pin_keys keys;
	int64_t *people;
};

static int64_t *people_with_password(struct pki_world *p, int count)
{
	int64_t *people = ARENA_ARRAY(test_arena(), int64_t, (size_t)count);

	for (int i = 0; i < count; i++) {
		people[i] = world_account(p->w, phone_of(test_arena(), i));
		assert_ok(realname_vouch(
			as_cli(p->w), people[i], "王五", DOC_PASSPORT, arena_printf(test_arena(), "E%08d", i)));
		assert_ok(pin_set(as(p->w, people[i]), &p->keys, PIN, PIN));
	}
	return people;
}

static enum err guess(struct ctx *ctx, int number, void *arg)
{
	const struct passwords *of = arg;
	unsigned char key[KEY_LEN];

	ctx->actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = of->people[number / A_PASSWORD] };
	return pin_open(ctx, &of->keys, WRONG_PIN, key);
}

TEST("PIN-4: eight processes at once have five tries together, and each of the five counts")
{
	struct pki_world *p = pki_world_with((const char *const[]){ "limits.sms_address_hour=1000000", NULL });
	int requests = in_groups(A_PASSWORD), count = requests / A_PASSWORD;
	struct passwords of = { p->keys, people_with_password(p, count) };
	enum err *answers = room_for_answers(requests);
	unsigned char key[KEY_LEN];

	world_race(p->w, "PIN", requests, guess, &of, answers);
	for (int i = 0; i < count; i++) {
		assert_int_equal(4, count_of(answers, i, A_PASSWORD, ERR_INVALID));
		assert_int_equal(A_PASSWORD - 4, count_of(answers, i, A_PASSWORD, ERR_LIMITED));
		assert_err(ERR_LIMITED, pin_open(as(p->w, of.people[i]), &p->keys, PIN, key));
	}
	assert_int_equal(count, world_count(p->w, "SELECT count(*) FROM pin_try WHERE tries = 0 AND locks = 1"));
	assert_int_equal(4 * count, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 22"));
	assert_int_equal(count, world_count(p->w, "SELECT count(*) FROM oplog WHERE action = 21"));
	pki_close(p);
}

/* ---- SMS codes */

/* Four rounds come from one address; in each, two ask for each of four numbers. */
enum { AN_ADDRESS = 4 * RACERS, ADDRESS_MAY = 5 };

static enum err ask_for_code(struct ctx *ctx, int number, void *arg)
{
	int64_t resend_s;

	(void)arg;
	ctx->address = arena_printf(ctx->arena, "203.0.113.%d", number / AN_ADDRESS);
	return login_send_code(ctx, phone_of(ctx->arena, number / 2), true, &resend_s);
}

TEST("LOGIN-3: eight requests at once send one code to a number, and no more for an address than it may have")
{
	struct world *w = world_with((const char *const[]){ "limits.sms_address_hour=5", NULL });
	int requests = in_groups(AN_ADDRESS), addresses = requests / AN_ADDRESS;
	enum err *answers = room_for_answers(requests);

	world_race(w, "SMS code sent", requests, ask_for_code, NULL, answers);
	for (int i = 0; i < addresses; i++) {
		assert_int_equal(ADDRESS_MAY, count_of(answers, i, AN_ADDRESS, OK));
		assert_int_equal(AN_ADDRESS - ADDRESS_MAY, count_of(answers, i, AN_ADDRESS, ERR_LIMITED));
	}
	for (int i = 0; i < requests / 2; i++)
		assert_true(count_of(answers, i, 2, OK) <= 1);
	assert_int_equal(ADDRESS_MAY * addresses, world_count(w, "SELECT count(*) FROM sms_code"));
	assert_int_equal(ADDRESS_MAY * addresses, world_count(w, "SELECT count(DISTINCT phone_hash) FROM sms_code"));
	assert_int_equal(ADDRESS_MAY * addresses, world_count(w, "SELECT count(*) FROM job"));
	world_close(w);
}

enum { A_CODE = 2 * RACERS }; /* tries of one code */

/* A code for each number. */
static const char **codes_sent(struct world *w, int count)
{
	const char **codes = ARENA_ARRAY(test_arena(), const char *, (size_t)count);
	int64_t resend_s;

	as(w, 0);
	for (int i = 0; i < count; i++) {
		assert_ok(login_send_code(&w->ctx, phone_of(test_arena(), i), true, &resend_s));
		codes[i] = world_code(w);
	}
	return codes;
}

static struct world *world_of_codes(void)
{
	return world_with((const char *const[]){ "limits.sms_address_hour=1000000", NULL });
}

static enum err try_code(struct ctx *ctx, int number, void *arg)
{
	const char *const *codes = arg;
	struct login in = {
		.e164 = phone_of(ctx->arena, number / A_CODE), .agreed = true, .code = codes[number / A_CODE]
	};

	return login(ctx, &in);
}

static const char *other_code(const char *code)
{
	char *other = arena_text(test_arena(), code);

	other[5] = other[5] == '0' ? '1' : '0';
	return other;
}

TEST("LOGIN-3: eight processes at once have five tries of a code together, and each of the five counts")
{
	struct world *w = world_of_codes();
	int requests = in_groups(A_CODE), count = requests / A_CODE;
	const char **codes = codes_sent(w, count);
	enum err *answers = room_for_answers(requests);

	for (int i = 0; i < count; i++)
		codes[i] = other_code(codes[i]);
	world_race(w, "SMS code tried", requests, try_code, codes, answers);
	for (int i = 0; i < count; i++) { /* the fifth wrong one is told that the code is void */
		assert_int_equal(4, count_of(answers, i, A_CODE, ERR_INVALID));
		assert_int_equal(A_CODE - 4, count_of(answers, i, A_CODE, ERR_LIMITED));
	}
	assert_int_equal(count, world_count(w, "SELECT count(*) FROM sms_code WHERE tries = 5"));
	world_close(w);
}

TEST("LOGIN-3: eight logins with one code at once give one account and one session")
{
	struct world *w = world_of_codes();
	int requests = in_groups(A_CODE), count = requests / A_CODE;
	const char **codes = codes_sent(w, count);
	enum err *answers = room_for_answers(requests);

	world_race(w, "SMS code used", requests, try_code, codes, answers);
	for (int i = 0; i < count; i++) {
		assert_int_equal(1, count_of(answers, i, A_CODE, OK));
		assert_int_equal(A_CODE - 1,
			count_of(answers, i, A_CODE, ERR_INVALID) + count_of(answers, i, A_CODE, ERR_LIMITED));
	}
	assert_int_equal(count, world_count(w, "SELECT count(*) FROM account"));
	assert_int_equal(count, world_count(w, "SELECT count(*) FROM session"));
	assert_int_equal(count, world_count(w, "SELECT count(*) FROM sms_code WHERE code_hash IS NULL"));
	assert_int_equal(count, world_count(w, "SELECT count(*) FROM oplog WHERE action = 2"));
	world_close(w);
}

/* ---- approvals: four at once for each of two people, so that five never have a try in their hands */

enum { A_TICKET = RACERS / 2 };
struct signer {
	int64_t account, device, sm2, p256;
	const char *secret;
};
struct approvals {
	struct pin_keys keys;
	struct signer who[2];
	struct approval *wanted;
};

static struct signer signer_now(const struct ticket_world *t)
{
	return (struct signer){ t->p->account, t->p->device, t->sm2, t->p256, t->p->secret };
}

/* Zhang's place in the world is taken. */
static void step_in(struct ticket_world *t, const struct signer *who)
{
	t->p->account = who->account;
	t->p->device = who->device;
	t->p->secret = who->secret;
	t->sm2 = who->sm2;
	t->p256 = who->p256;
}

static struct signer second_signer(struct ticket_world *t)
{
	struct signer who = { .account = another_person(t->p) };
	int64_t cert;

	world_account(t->w, LI);
	who.device = t->w->ctx.device;
	step_in(t, &who);
	cert = installed(t->p);
	t->sm2 = current_credential(t->p, cert, USE_SM2_SIGN);
	t->p256 = current_credential(t->p, cert, USE_THIRD_SIGN);
	return signer_now(t);
}

static enum err approve_one(struct ctx *ctx, int number, void *arg)
{
	const struct approvals *a = arg;
	int ticket = number / A_TICKET;

	ctx->actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = a->who[ticket % 2].account };
	ctx->device = a->who[ticket % 2].device;
	return ticket_approve(ctx, &a->keys, &a->wanted[ticket]);
}

TEST("SCAN-3: approved by four at once, a ticket is approved once")
{
	struct ticket_world *t = ticket_world();
	int requests = in_groups(RACERS), count = requests / A_TICKET;
	struct approvals a = { t->p->keys, { signer_now(t) },
		ARENA_ARRAY(test_arena(), struct approval, (size_t)count) };
	enum err *answers = room_for_answers(requests);

	a.who[1] = second_signer(t);
	for (int i = 0; i < count; i++) {
		struct ticket_request r;

		step_in(t, &a.who[i % 2]);
		r = sign_request(t, 2);
		a.wanted[i] = approval_of(t, claimed(t, &r));
	}
	world_race(t->w, "ticket approved", requests, approve_one, &a, answers);
	for (int i = 0; i < count; i++) {
		assert_int_equal(1, count_of(answers, i, A_TICKET, OK));
		assert_int_equal(A_TICKET - 1, count_of(answers, i, A_TICKET, ERR_CONFLICT));
		assert_int_equal(TICKET_APPROVED_UNCOLLECTED, state_of(t, a.wanted[i].ticket));
	}
	assert_int_equal(2 * count, values_kept(t));
	assert_int_equal(2 * count, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52 AND result = 0"));
	assert_int_equal(2 * count, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52"));
	assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM consent"));
	assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM pin_try WHERE tries = 0 AND locks = 0"));
	ticket_world_close(t);
}

/* ---- seals */

struct voidings {
	int64_t org, legal_rep, *seals;
};

static enum err void_one(struct ctx *ctx, int number, void *arg)
{
	const struct voidings *v = arg;

	ctx->actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = v->legal_rep };
	ctx->org = v->org;
	return seal_void(ctx, v->seals[number / RACERS]);
}

TEST("SEAL-4: voided by eight at once, a seal is voided once")
{
	const struct seal_style style = seal_style_official();
	struct world *w = world();
	int requests = in_groups(RACERS), count = requests / RACERS;
	struct voidings v = { .seals = ARENA_ARRAY(test_arena(), int64_t, (size_t)count) };
	enum err *answers = room_for_answers(requests);

	v.org = world_org(w, &v.legal_rep);
	w->ctx.org = v.org;
	for (int i = 0; i < count; i++)
		assert_ok(seal_make(&w->ctx, SEAL_OFFICIAL, &style, i + 1, &v.seals[i]));
	world_race(w, "seal voided", requests, void_one, &v, answers);
	for (int i = 0; i < count; i++) {
		assert_int_equal(1, count_of(answers, i, RACERS, OK));
		assert_int_equal(RACERS - 1, count_of(answers, i, RACERS, ERR_CONFLICT));
	}
	assert_int_equal(count, world_count(w, "SELECT count(*) FROM seal WHERE state = 2 AND voided IS NOT NULL"));
	assert_int_equal(count, world_count(w, "SELECT count(*) FROM oplog WHERE action = 41"));
	world_close(w);
}

/* ---- ids */

static enum err add_record(struct ctx *ctx, void *arg)
{
	const int64_t *account = arg;

	TRY(message_add(ctx, *account, MESSAGE_PIN_SET, 0, NULL));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_PIN_SET, .object_kind = OBJECT_ACCOUNT, .object = *account });
}

struct records {
	int64_t account, began;
};

static enum err add_in_one_ms(struct ctx *ctx, int number, void *arg)
{
	struct records *r = arg;

	ctx->now = r->began + number / RACERS;
	ctx->actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = r->account };
	return ctx_transaction(ctx, add_record, &r->account);
}

TEST("what eight processes add in one millisecond is all there, under ids of its own")
{
	struct world *w = world();
	struct records r = { world_account(w, ZHANG), w->ctx.now + MINUTE };
	int requests = in_groups(RACERS);
	enum err *answers = room_for_answers(requests);

	world_race(w, "ids", requests, add_in_one_ms, &r, answers);
	for (int i = 0; i < requests; i++)
		assert_ok(answers[i]);
	assert_int_equal(requests, world_count(w, "SELECT count(*) FROM oplog WHERE action = 20"));
	assert_int_equal(requests, world_count(w, "SELECT count(DISTINCT id) FROM message WHERE kind = 4"));
	world_close(w);
}
