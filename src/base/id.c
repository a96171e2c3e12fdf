/* Ids that rise with time. */
#include "base/id.h"
#include "base/crypto.h"
#include "base/text.h"
#include <inttypes.h>
#include <unistd.h>

#define ID_EPOCH 1735689600000LL /* 2025-01-01T00:00:00Z in ms */
enum { RANDOM_BITS = 22 };
#define ID_LAST_MS ((1LL << 41) - 1)

int64_t id_at(int64_t ms)
{
	ms -= ID_EPOCH;
	return (ms < 0 ? 0 : ms > ID_LAST_MS ? ID_LAST_MS : ms) << RANDOM_BITS;
}

int64_t id_new(int64_t now)
{
	static int64_t last;
	static pid_t owner;
	int64_t id = id_at(now) | crypto_random_below(1U << RANDOM_BITS);

	if (owner != getpid()) { /* forked: what the parent drew last would be drawn by every child */
		owner = getpid();
		last = 0;
	}
	if (last >= id_at(now + ID_AHEAD_MS)) /* set back by more: ids follow the clock again */
		last = 0;
	return last = id > last ? id : last + 1;
}

bool id_parse(const char *text, int64_t *out)
{
	return text && *text >= '1' && *text <= '9' && parse_int(text, 1, INT64_MAX, out);
}

int64_t id_time(int64_t id)
{
	return (id >> RANDOM_BITS) + ID_EPOCH;
}

char *id_text(struct arena *arena, int64_t id)
{
	return arena_printf(arena, "%" PRId64, id);
}
