/* Holding an SMS: there is nothing to do but to say so; the outbox keeps it (job.h). */
#include "core/sms_held.h"

static enum sms_end hold(const struct sms_way *way, struct arena *arena, const struct sms *sms, const char **error)
{
	(void)way;
	(void)arena;
	(void)sms;
	*error = NULL;
	return SMS_HELD;
}

struct sms_way *sms_held(struct arena *arena)
{
	struct sms_way *way = ARENA_NEW(arena, struct sms_way);

	*way = (struct sms_way){ .name = "held", .send = hold };
	return way;
}
