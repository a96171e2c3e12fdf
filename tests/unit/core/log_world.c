#include "tests/unit/core/log_world.h"

struct key *log_key(struct world *w, const char **verifier)
{
	static const unsigned char seed[32] = { 7 };
	struct key *key;

	assert_ok(key_ed25519_from_seed(seed, &key));
	assert_ok(checkpoint_verifier(test_arena(), w->settings.log_origin, key, verifier));
	return key;
}

int log_number(struct world *w, int most)
{
	const char *verifier;
	struct key *key = log_key(w, &verifier);
	int numbered;

	assert_ok(oplog_number(&w->ctx, key, most, &numbered));
	key_free(&key);
	return numbered;
}

struct oplog_verdict log_verdict(struct world *w)
{
	const char *verifier;
	struct key *key = log_key(w, &verifier);
	struct oplog_verdict verdict;

	key_free(&key);
	assert_ok(oplog_verify(&w->ctx, verifier, &verdict));
	return verdict;
}

void log_names(struct world *w, enum oplog_finding finding, int64_t row)
{
	struct oplog_verdict verdict = log_verdict(w);

	assert_int_equal(finding, verdict.finding);
	assert_int_equal(row, verdict.row);
}

int64_t log_row_at(struct world *w, int64_t place)
{
	return world_count(
		w, arena_printf(test_arena(), "SELECT oplog FROM tree WHERE level = 0 AND place = %d", (int)place));
}

/* A world with some history: registration, logins, a person, an org; all numbered in steps of three. */
struct world *log_history(int64_t *account, int64_t *org)
{
	struct world *w = world();

	*org = world_org(w, account);
	world_account(w, LI);
	while (log_number(w, 3) == 3)
		;
	return w;
}
