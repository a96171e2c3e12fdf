/* Approving and every other end (SCAN-3, SCAN-6, SCAN-7, SCAN-10). What happens between a check and the transaction
 * that asks again is brought about by a trigger in the database. */
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "core/consent.h"
#include "core/ticket_row.h"
#include "tests/unit/core/ticket_world.h"

static int64_t tries_left(struct ticket_world *t)
{
	struct pin_state state;

	assert_ok(pin_state(phone(t), t->p->account, &state));
	return state.tries_left;
}

/* Uses up a try, so that its clearing shows. */
static void one_wrong_pin(struct ticket_world *t, struct approval a)
{
	a.pin = WRONG_PIN;
	assert_err(ERR_INVALID, approve(t, &a));
	assert_string_equal("pin-wrong", t->ctx->fault.word);
	assert_int_equal(4, tries_left(t));
}

static void assert_nothing_done(struct ticket_world *t, int64_t ticket)
{
	assert_int_equal(TICKET_CLAIMED, state_of(t, ticket));
	assert_int_equal(0, values_kept(t));
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM consent"));
	assert_int_equal(0, world_count(t->w, "SELECT count(*) FROM oplog WHERE action IN (52, 53) AND result = 0"));
}

TEST("SCAN-6: an approval signs exactly the hashes of the ticket, each with the key that it names")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 4);
	int64_t id = approved(t, &r);
	struct key *keys[2];

	assert_ok(certificate_public(current_certificate(t->p, t->cert, USE_THIRD_SIGN), &keys[0]));
	assert_ok(certificate_public(current_certificate(t->p, t->cert, USE_SM2_SIGN), &keys[1]));
	assert_int_equal(4, values_kept(t));
	for (int i = 0; i < 4; i++) {
		assert_ok(key_verify_digest(keys[i % 2], r.items[i].hash, value_of(t, id, i)));
		assert_err(ERR_DENIED, key_verify_digest(keys[i % 2], r.items[(i + 2) % 4].hash, value_of(t, id, i)));
	}
	assert_int_equal(TICKET_APPROVED_UNCOLLECTED, state_of(t, id));
	key_free(&keys[0]);
	key_free(&keys[1]);
	ticket_world_close(t);
}

TEST("SCAN-10: an approval is one row of the log for each key, under the digest of its items, in the records of all "
     "who take part")
{
	struct ticket_world *t = seal_world();
	struct ticket_request r = sign_request(t, 40);
	struct bytes digest;
	int64_t id;

	r.way = TICKET_PAGE;
	r.count = 20;
	r.seal_kind = SEAL_OFFICIAL;
	id = approved(t, &r);
	assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 53 AND result = 0"));
	assert_ok(store_one(t->ctx->store, "SELECT digest FROM ticket WHERE id = $1", V(id), INTO(&digest)));
	assert_int_equal(HASH_LEN, digest.len);
	assert_int_equal(2,
		world_count(t->w,
			"SELECT count(*) FROM oplog o JOIN ticket t ON t.id = o.ticket WHERE o.digest = t.digest AND "
			"o.instance = t.instance AND o.org = t.org AND o.platform = t.platform"));
	for (int kind = OBJECT_ACCOUNT; kind <= OBJECT_PLATFORM; kind++)
		assert_int_equal(2,
			world_count(t->w,
				arena_printf(test_arena(),
					"SELECT count(*) FROM oplog_ref r JOIN oplog o ON o.id = r.oplog WHERE "
					"o.action = 53 AND r.object_kind = %d",
					kind)));
	ticket_world_close(t);
}

/* Its bytes put together by hand. */
TEST("SCAN-10: the digest of a ticket is SHA-256 over its items as docs/ticket-digest.md says")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 1);
	static const char oids[] = "\0\0\0\x16"
				   "2.16.840.1.101.3.4.2.1"
				   "\0\0\0\x13"
				   "1.2.840.10045.4.3.2"
				   "\0\0\0\x20";
	static const char name[] = "\0\0\0\x0c"
				   "\xe6\x96\x87\xe4\xbb\xb6 0.pdf";
	unsigned char credential[8], want[HASH_LEN];
	struct bytes digest;

	for (int i = 0; i < 8; i++)
		credential[i] = (unsigned char)(t->p256 >> (56 - 8 * i));
	crypto_sha256_of((const struct bytes[]){ BYTES_OF(credential), { (const unsigned char *)oids, sizeof oids - 1 },
				 r.items[0].hash, { (const unsigned char *)name, sizeof name - 1 } },
		4, want);
	claimed(t, &r);
	assert_ok(store_one(t->ctx->store, "SELECT digest FROM ticket", INTO(&digest)));
	assert_int_equal(HASH_LEN, digest.len);
	assert_memory_equal(want, digest.data, HASH_LEN);
	ticket_world_close(t);
}

TEST("SCAN-7: the legal representative gets a message for a seal's use; without a seal nothing is approved")
{
	struct ticket_world *t = seal_world();
	struct ticket_request r = sign_request(t, 2);
	struct approval a;

	r.seal_kind = SEAL_OFFICIAL;
	approved(t, &r);
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM message WHERE kind = 11"));
	phone(t)->org = t->org;
	assert_ok(seal_void(t->ctx, t->seal));
	a = approval_of(t, claimed(t, &r));
	assert_err(ERR_CONFLICT, approve(t, &a));
	assert_string_equal("ticket-no-seal", t->ctx->fault.word);
	ticket_world_close(t);
}

TEST("SCAN-3: a wrong number ends the ticket before a try at the password is taken, and stands in the log")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);
	const char *location;

	a.number = a.number == 99 ? 10 : a.number + 1;
	assert_err(ERR_CONFLICT, approve(t, &a));
	assert_string_equal("ticket-wrong-number", t->ctx->fault.word);
	assert_int_equal(TICKET_REFUSED, state_of(t, id));
	assert_int_equal(5, tries_left(t));
	assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52 AND result = 1"));
	a = approval_of(t, id);
	assert_err(ERR_CONFLICT, approve(t, &a));
	assert_ok(token_collect(desktop(t), id, DESKTOP, &location));
	assert_string_equal("access_denied", url_part(location, "error"));
	ticket_world_close(t);
}

TEST("SCAN-3: a wrong password leaves the ticket as it is, and the right one clears the tries")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);

	one_wrong_pin(t, a);
	assert_nothing_done(t, id);
	assert_ok(approve(t, &a));
	assert_int_equal(5, tries_left(t));
	ticket_world_close(t);
}

TEST("SCAN-3: a platform seen for the first time needs an extra yes, once")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid profile");
	struct approval a = approval_of(t, claimed(t, &r));
	struct ticket seen;

	a.trust_platform = false;
	assert_err(ERR_INVALID, approve(t, &a));
	assert_string_equal("trust_platform", t->ctx->fault.field);
	assert_int_equal(5, tries_left(t));
	a.trust_platform = true;
	assert_ok(approve(t, &a));
	a = approval_of(t, claimed(t, &r));
	a.trust_platform = false;
	assert_ok(ticket_load(phone(t), a.ticket, PHONE, &seen));
	assert_false(seen.first_time);
	assert_ok(approve(t, &a));
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM consent"));
	ticket_world_close(t);
}

TEST("SCAN-3: a login opens no certificate: a person without one, on any device, signs in")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "openid");
	struct approval a;

	assert_ok(cert_revoke(phone(t), t->cert, 0));
	another_browser(t->p);
	a = approval_of(t, claimed(t, &r));
	a.device_secret = NULL;
	assert_ok(approve(t, &a));
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 50 AND result = 0"));
	ticket_world_close(t);
}

TEST("SCAN-3: a service ticket takes an instance of the person's, usable here")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = login_request(t, "service");
	struct approval a = approval_of(t, claimed(t, &r));

	a.instance = 0;
	assert_err(ERR_INVALID, approve(t, &a));
	assert_string_equal("instance", t->ctx->fault.field);
	a.instance = 17;
	assert_err(ERR_INVALID, approve(t, &a));
	a.instance = t->instance;
	a.device_secret = NULL;
	assert_err(ERR_DENIED, approve(t, &a));
	a.device_secret = t->p->secret;
	assert_ok(approve(t, &a));
	assert_int_equal(t->instance, world_count(t->w, "SELECT instance FROM ticket"));
	ticket_world_close(t);
}

TEST("SCAN-3: another person, another browser and a browser without its secret approve nothing and cost no try")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t id = claimed(t, &r), li = another_person(t->p), device = t->p->device;
	struct approval a = approval_of(t, id);
	const char *secret = t->p->secret;

	one_wrong_pin(t, a); /* a right password would clear it */
	assert_err(ERR_NOT_FOUND, ticket_approve(as(t->w, li), &t->p->keys, &a));
	another_browser(t->p);
	assert_err(ERR_DENIED, approve(t, &a));
	t->p->device = device;
	a.device_secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	assert_err(ERR_DENIED, approve(t, &a));
	assert_int_equal(4, tries_left(t));
	assert_nothing_done(t, id);
	a.device_secret = secret;
	assert_ok(approve(t, &a));
	ticket_world_close(t);
}

TEST("SCAN-6: a ticket is approved until just before its end; an approval leaves a minute to collect")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t early = claimed(t, &r), late = claimed(t, &r);
	struct approval a = approval_of(t, early), b = approval_of(t, late);
	const char *location;

	world_pass(t->w, TICKET_LIFE - 1);
	assert_ok(approve(t, &a));
	world_pass(t->w, 1);
	assert_err(ERR_CONFLICT, approve(t, &b));
	assert_string_equal("ticket-expired", t->ctx->fault.word);
	assert_int_equal(TICKET_CLAIMED, state_of(t, late));
	world_pass(t->w, TICKET_COLLECT - 2);
	collected(t, early);
	early = approved(t, &r);
	world_pass(t->w, TICKET_LIFE);
	assert_ok(token_collect(desktop(t), early, DESKTOP, &location));
	assert_string_equal("access_denied", url_part(location, "error"));
	ticket_world_close(t);
}

/* ---- what changes between check and transaction */

TEST("SCAN-6: a certificate revoked between scan and approval: refused before a try is taken")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);

	assert_ok(cert_revoke(phone(t), t->cert, 1));
	assert_err(ERR_DENIED, approve(t, &a));
	assert_string_equal("cert-revoked", t->ctx->fault.word);
	assert_int_equal(5, tries_left(t));
	assert_nothing_done(t, id);
	ticket_world_close(t);
}

static void revoked_when(const char *when)
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);

	one_wrong_pin(t, a);
	engine_trigger("AFTER UPDATE ON pin_try", when, "UPDATE cert SET revoked = 1");
	assert_err(ERR_DENIED, approve(t, &a));
	assert_string_equal("cert-revoked", t->ctx->fault.word);
	assert_int_equal(5, tries_left(t));
	assert_nothing_done(t, id);
	assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52 AND result = 2"));
	ticket_world_close(t);
}

TEST("SCAN-6: a certificate revoked while the keys are opened: nothing is stored, and the right password clears the "
     "tries")
{
	revoked_when("NEW.tries > OLD.tries");
}

TEST("SCAN-6: a certificate revoked behind the signing: nothing is stored, and the right password clears the tries")
{
	revoked_when("NEW.tries = 0");
}

TEST("SCAN-7: a seal voided behind the signing: nothing is stored, and the right password clears the tries")
{
	struct ticket_world *t = seal_world();
	struct ticket_request r = sign_request(t, 2);
	struct approval a;
	int64_t id;

	r.seal_kind = SEAL_OFFICIAL;
	id = claimed(t, &r);
	a = approval_of(t, id);
	one_wrong_pin(t, a);
	engine_trigger("AFTER UPDATE ON pin_try", "NEW.tries = 0", "UPDATE seal SET state = 2");
	assert_err(ERR_CONFLICT, approve(t, &a));
	assert_string_equal("seal-voided-already", t->ctx->fault.word);
	assert_int_equal(5, tries_left(t));
	assert_nothing_done(t, id);
	ticket_world_close(t);
}

/* ---- a death in the middle */

static int approve_alone(struct ticket_world *t, const struct approval *a)
{
	struct arena *arena = arena_new(false), *secret = arena_new(true);
	struct settings settings;
	struct house house;
	const char *why;
	struct ctx ctx;

	if (house_open(arena, t->w->data, &house, &settings, &why) != OK)
		return 1;
	ctx = ctx_for(&house, arena, secret, t->w->ctx.now);
	ctx.actor = (struct actor){ ACTOR_ACCOUNT, t->p->account, 0 };
	ctx.device = t->p->device;
	return ticket_approve(&ctx, &t->p->keys, a) == OK ? 0 : 2;
}

TEST("SCAN-6: a process killed in the middle of an approval leaves nothing of it, and it can be approved again")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 4);
	int64_t id = claimed(t, &r);
	struct approval a = approval_of(t, id);
	int status;
	pid_t pid;

	engine_trigger("AFTER INSERT ON signature", "(SELECT count(*) FROM signature) = 2", engine_hangs);
	phone(t);
	pid = fork();
	if (pid == 0)
		_exit(approve_alone(t, &a));
	engine_wait_for_hang();
	assert_int_equal(0, kill(pid, SIGKILL));
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFSIGNALED(status));
	assert_nothing_done(t, id);
	assert_int_equal(4, tries_left(t)); /* a try that nobody settled stays taken */
	world_tamper(t->w, "SELECT 1");     /* drops the trigger */
	assert_ok(approve(t, &a));
	assert_int_equal(4, values_kept(t));
	ticket_world_close(t);
}

TEST("SCAN-3, SCAN-10: the n-th digests of one name under each key are one document, in the order of the platform")
{
	static const struct ticket_item items[] = {
		{ .credential = 2, .label = "b" }, { .credential = 1, .label = "a" }, { .credential = 1, .label = "b" },
		{ .credential = 2, .label = "b" }, /* a second one of that name */
		{ .credential = 1, .label = "" }, { .credential = 1, .label = "b" }, { .credential = 2, .label = "a" },
		{ .credential = 1, .label = "b" }, /* a third: the other key has none */
	};
	static const size_t of[] = { 0, 1, 0, 2, 3, 2, 1, 4 };
	struct ticket_documents documents = ticket_documents(test_arena(), items, 8);

	assert_int_equal(5, documents.count);
	assert_string_equal("b", documents.labels[0]);
	assert_string_equal("a", documents.labels[1]);
	assert_string_equal("b", documents.labels[2]);
	assert_string_equal("", documents.labels[3]);
	assert_string_equal("b", documents.labels[4]);
	assert_memory_equal(of, documents.of, sizeof of);
	assert_int_equal(0, ticket_documents(test_arena(), items, 0).count);
}

TEST("SCAN-10: a thousand documents are named by the first three and their number, for all keys and for one")
{
	enum { DOCUMENTS = 500 };
	struct ticket_item items[2 * DOCUMENTS];

	for (int i = 0; i < DOCUMENTS; i++) {
		const char *label = arena_printf(test_arena(), "%d.pdf", i);

		/* one document has a hash for each key, by turns: first those of key 1, then those of key 2 */
		items[i] = (struct ticket_item){ .credential = 1, .label = label };
		items[DOCUMENTS + i] = (struct ticket_item){ .credential = 2,
			.label = i < 3 ? "" : arena_text(test_arena(), label) };
	}
	assert_string_equal("0.pdf、1.pdf、2.pdf 等 503 份", ticket_labels(test_arena(), items, 2 * DOCUMENTS, 0));
	assert_string_equal("0.pdf、1.pdf、2.pdf 等 500 份", ticket_labels(test_arena(), items, 2 * DOCUMENTS, 1));
	assert_string_equal("3.pdf、4.pdf、5.pdf 等 500 份", ticket_labels(test_arena(), items, 2 * DOCUMENTS, 2));
	assert_string_equal("2 份文件", ticket_labels(test_arena(), items + DOCUMENTS, 2, 2));
	assert_string_equal("", ticket_labels(test_arena(), items, 0, 0));
}

/* ---- other ends */

TEST("SCAN-10: refusing, cancelling and running out are rows of the log where somebody had opened the ticket")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t refused = claimed(t, &r), cancelled = claimed(t, &r), late = claimed(t, &r), unseen = asked(t, &r);

	assert_err(ERR_NOT_FOUND, ticket_refuse(desktop(t), refused));
	assert_ok(ticket_refuse(phone(t), refused));
	assert_err(ERR_NOT_FOUND, ticket_cancel(phone(t), cancelled, PHONE));
	assert_ok(ticket_cancel(desktop(t), cancelled, DESKTOP));
	world_pass(t->w, TICKET_LIFE - 1);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_int_equal(TICKET_CLAIMED, state_of(t, late));
	world_pass(t->w, 1);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_int_equal(TICKET_EXPIRED, state_of(t, late));
	assert_int_equal(TICKET_EXPIRED, state_of(t, unseen));
	assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52 AND result = 2"));
	assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52 AND result = 4"));
	assert_int_equal(2, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52 AND result = 5"));
	assert_int_equal(6, world_count(t->w, "SELECT count(*) FROM oplog WHERE action = 52"));
	ticket_world_close(t);
}

TEST("SCAN-10: what nobody opened goes a day after its end; what somebody opened stays")
{
	struct ticket_world *t = ticket_world();
	struct ticket_request r = sign_request(t, 2);
	int64_t kept = claimed(t, &r), left = asked(t, &r);

	world_metrics(t->w);
	assert_ok(ticket_cancel(desktop(t), left, DESKTOP));
	assert_true(world_metric(t->w, "yinxin_tickets_unopened_total 1")); /* no record, so it is counted */
	(void)asked(t, &r);
	world_pass(t->w, TICKET_LIFE);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_true(world_metric(t->w, "yinxin_tickets_unopened_total 2"));
	assert_int_equal(3, world_count(t->w, "SELECT count(*) FROM ticket"));
	world_pass(t->w, DAY + 1);
	assert_ok(ticket_tidy(tidy_lane(t)));
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM ticket"));
	assert_int_equal(1, world_count(t->w, "SELECT count(*) FROM ticket_items"));
	assert_int_equal(TICKET_EXPIRED, state_of(t, kept));
	ticket_world_close(t);
}
