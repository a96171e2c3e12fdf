/* What an approval of a thousand hashes costs, without the password's KDF (`make bench-approval`): signatures a second
 * of one core, by each kind of key, beside what libcrypto gives in a bare loop over the same hashes, as `openssl speed`
 * runs it; the parts by turns, as a machine is not equally fast at all times. Figures, not assertions. */
#include "base/clock.h"
#include "tests/unit/core/ticket_world.h"
#include "trust/key.h"
#include <stdio.h>
#include <time.h>

enum { ROUNDS = 10 };

/* Time of this process on the processor, in microseconds. */
static int64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t bare(const struct key *key)
{
	unsigned char digest[HASH_LEN] = { 1 };
	struct arena *arena = arena_new(false);
	struct bytes *hashes = ARENA_ARRAY(arena, struct bytes, TICKET_ITEMS_MAX);
	struct bytes *values = ARENA_ARRAY(arena, struct bytes, TICKET_ITEMS_MAX);
	int64_t began;

	for (size_t i = 0; i < TICKET_ITEMS_MAX; i++)
		hashes[i] = BYTES_OF(digest);
	began = cpu_us();
	assert_ok(key_sign_digests(key, arena, hashes, TICKET_ITEMS_MAX, values));
	began = cpu_us() - began;
	arena_free(&arena);
	return began;
}

/* The linker leads calls of crypto_scrypt here (deploy/make/bench.mk), so that what the KDF takes within an approval,
 * and no other run's, can be taken off. */
static int64_t in_kdf;
enum err __real_crypto_scrypt(struct bytes password, struct bytes salt, int cost, unsigned char out[KEY_LEN]);
enum err __wrap_crypto_scrypt(struct bytes password, struct bytes salt, int cost, unsigned char out[KEY_LEN]);
enum err __wrap_crypto_scrypt(struct bytes password, struct bytes salt, int cost, unsigned char out[KEY_LEN])
{
	int64_t began = cpu_us();
	enum err err = __real_crypto_scrypt(password, salt, cost, out);

	in_kdf += cpu_us() - began;
	return err;
}

/* Claimed by Zhang's phone: so many hashes come by a pushed request. */
static int64_t pushed(struct ticket_world *t, enum key_kind kind)
{
	struct ticket_request request = sign_request(t, TICKET_ITEMS_MAX);
	struct ticket_item *items = ARENA_ARRAY(test_arena(), struct ticket_item, request.count);
	const char *handle, *url;
	int64_t id;

	memcpy(items, request.items, request.count * sizeof *items);
	for (size_t i = 0; i < request.count; i++)
		items[i].credential = kind == KEY_SM2 ? t->sm2 : t->p256;
	request.items = items;
	request.way = TICKET_PUSHED;
	assert_ok(ticket_ask(client(t), &request, NULL, &id, &handle));
	assert_ok(ticket_present(desktop(t), handle, t->platform.client, DESKTOP, &id));
	assert_ok(ticket_link(t->ctx, id, &url));
	assert_ok(ticket_claim(phone(t), strrchr(url, '/') + 1, PHONE, &id));
	return id;
}

/* As in the portal: one request's memory after the other comes from one arena, emptied in between. */
static struct arena *the_request(void)
{
	static struct arena *arena;

	return arena ? arena : (arena = arena_new(false));
}

static int64_t approval(struct ticket_world *t, enum key_kind kind)
{
	struct approval want = approval_of(t, pushed(t, kind));
	struct arena *world = t->ctx->arena, *request = the_request();
	int64_t began, took, kdf = in_kdf;

	t->ctx->arena = request;
	store_use_arena(t->ctx->store, request);
	began = cpu_us();
	assert_ok(approve(t, &want));
	arena_reset(request);
	took = cpu_us() - began - (in_kdf - kdf);
	assert_true(in_kdf > kdf);
	t->ctx->arena = world;
	store_use_arena(t->ctx->store, world);
	return took;
}

static void measure(enum key_kind kind)
{
	struct ticket_world *t = ticket_world();
	int64_t whole = 0, signing = 0;
	struct key *key;

	assert_ok(key_make(kind, &key));
	for (int round = 0; round < ROUNDS; round++) {
		whole += approval(t, kind);
		signing += bare(key);
	}
	key_free(&key);
	printf("%-6s %d hashes: %lld us, %lld a second; bare: %lld us, %lld a second; ratio %.2f\n",
		key_kind_name(kind), TICKET_ITEMS_MAX, (long long)whole / ROUNDS,
		TICKET_ITEMS_MAX * ROUNDS * 1000000LL / (long long)whole, (long long)signing / ROUNDS,
		TICKET_ITEMS_MAX * ROUNDS * 1000000LL / (long long)signing, (double)signing / (double)whole);
	ticket_world_close(t);
}

TEST("P-256")
{
	measure(KEY_P256);
}

TEST("SM2")
{
	measure(KEY_SM2);
}
