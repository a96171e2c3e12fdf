/* PIN-1: length, runs, repetition, and what others know of a person. */
#include "base/text.h"
#include "core/account.h"
#include "core/pin.h"
#include "core/pin_rule.h"
#include "core/realname.h"

enum { SHORTEST = 8, LONGEST = 64, PART = 4 /* digits of a number in a row */ };

/* Case makes no difference to how guessable a run is. */
static uint32_t folded(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool follows(uint32_t before, uint32_t after)
{
	return after == before + 1 || (before == '9' && after == '0');
}

/* Whether next stands to its neighbour as `step` says, all the way through. */
static bool all_pairs(const char *pin, bool (*step)(uint32_t, uint32_t))
{
	uint32_t before = folded(utf8_next(&pin)), next;

	while ((next = folded(utf8_next(&pin)))) {
		if (!step(before, next))
			return false;
		before = next;
	}
	return true;
}

static bool falls(uint32_t before, uint32_t after)
{
	return follows(after, before);
}

static bool same(uint32_t before, uint32_t after)
{
	return before == after;
}

/* How much of the start of pin stands in number. */
static size_t longest_part(const char *pin, const char *number)
{
	size_t longest = 0;

	for (; number && *number; number++) {
		size_t len = 0;

		while (pin[len] && folded((unsigned char)pin[len]) == folded((unsigned char)number[len]))
			len++;
		if (len > longest)
			longest = len;
	}
	return longest;
}

/* Whether the whole password is put together from parts of these numbers. reached[i]: its first i bytes are. */
static bool made_of(const char *pin, const char *one, const char *other)
{
	bool reached[LONGEST * 4 + 1] = { true };
	size_t len = strlen(pin);

	for (size_t at = 0; at < len; at++) {
		size_t first = longest_part(pin + at, one), second = longest_part(pin + at, other);

		for (size_t part = PART; reached[at] && part <= (first > second ? first : second); part++)
			reached[at + part] = true;
	}
	return reached[len];
}

const char *pin_weakness(struct ctx *ctx, const char *pin, const char *phone, const char *doc)
{
	size_t count = utf8_count(pin);

	(void)ctx;
	if (count < SHORTEST)
		return "pin-short";
	if (count > LONGEST)
		return "pin-long";
	if (all_pairs(pin, same))
		return "pin-repeated";
	if (all_pairs(pin, follows) || all_pairs(pin, falls))
		return "pin-run";
	if (made_of(pin, phone, NULL))
		return "pin-phone";
	return made_of(pin, doc, phone) ? "pin-id" : NULL;
}

enum err pin_rule_weakness(struct ctx *ctx, const char *pin, const char **weakness)
{
	struct realname person;
	struct account account;

	TRY(account_load(ctx, ctx->actor.id, &account));
	TRY(realname_load(ctx, ctx->actor.id, &person));
	*weakness = pin_weakness(ctx, pin ? pin : "", account.phone, person.doc);
	return OK;
}
