/* A COMMIT that is cut (cut.h). */
#include <stdatomic.h>
#include "tests/unit/core/cut.h"
#include "tests/unit/wire.h"

static struct orders {
	_Atomic int left; /* COMMITs before the cut, and that one */
	_Atomic int how;
} * orders;

/* A COMMIT is asked alone, when all before it is answered. */
static bool is_commit(const char *data, size_t len)
{
	static const char commit[] = "Q\0\0\0\013COMMIT";

	return len == sizeof commit && !memcmp(data, commit, sizeof commit);
}

/* deaf: nothing of what the server says from now on is heard. */
static struct wire_way judge(enum wire_side side, const char *data, size_t len, bool *deaf)
{
	if (side == TO_CLIENT)
		return (struct wire_way){ *deaf ? 0 : len, *deaf };
	if (!is_commit(data, len) || !orders->left || --orders->left)
		return (struct wire_way){ len, false };
	*deaf = true;
	return orders->how == CUT_QUESTION ? (struct wire_way){ 0, true } : (struct wire_way){ len, false };
}

void cut_wire(struct world *w)
{
	struct house before;
	const char *why = NULL;

	orders = wire_orders(sizeof *orders);
	wire_open(judge);
	before = w->house;
	house_close(&w->house);
	w->settings.connection = wire_conninfo(w->settings.connection);
	if (house_open_configured(test_arena(), &w->settings, &w->house, &why) != OK)
		fail_msg("%s", why);
	w->house.ca = before.ca;
	w->house.recovery = before.recovery;
	w->house.sms = before.sms;
	w->ctx = ctx_for(&w->house, test_arena(), w->secret, w->ctx.now);
}

void cut_commit(int nth, enum cut how)
{
	orders->how = how;
	orders->left = nth;
}

void cut_end(void)
{
	wire_close();
}
