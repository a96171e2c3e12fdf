/* What people type about themselves and what browsers say: phone numbers, documents, codes of orgs, numbers, names as
 * they are masked, user agents. Input: a byte for region and kind, then the text. */
#include "tests/fuzz/driver/fuzz.h"
#include "base/id.h"
#include "cgi-bin/site/format.h"
#include "core/account.h"
#include "core/device.h"
#include "core/document.h"
#include "core/org.h"

#define NOW INT64_C(1795503121000) /* 2026-11-24T06:52:01Z */
static const char digits[] = "0123456789";

static void check_phone(const char *typed, uint8_t way)
{
	struct ctx ctx = { .arena = fuzz_arena() };
	const char *e164, *again, *masked;
	size_t regions = 0;

	while (phone_regions[regions].code)
		regions++;
	way %= regions;
	if (phone_read(&ctx, phone_regions[way].code, typed, &e164) != OK) {
		HOLDS(ctx.fault.field && ctx.fault.word);
		return;
	}
	HOLDS(e164[0] == '+' && text_starts(e164 + 1, phone_regions[way].code));
	HOLDS(strspn(e164 + 1, digits) == strlen(e164 + 1) && strlen(e164) <= 16);
	HOLDS(phone_read(&ctx, phone_regions[way].code, e164, &again) == OK && text_equal(e164, again));
	masked = phone_masked(fuzz_arena(), e164);
	HOLDS(strchr(masked, '*') && !strstr(masked, e164 + 1));
}

static void check_document(const char *typed, uint8_t way)
{
	enum doc_kind kind = (enum doc_kind)(way % (DOC_PASSPORT + 1)), found;
	const char *number = document_read(fuzz_arena(), kind, typed, NOW), *again, *masked;

	if (!number)
		return;
	again = document_read(fuzz_arena(), kind, number, NOW);
	HOLDS(text_equal(number, again) && document_kind(fuzz_arena(), typed, NOW, &found) == OK);
	HOLDS(document_age(kind, number, NOW) >= -1 && document_age(kind, number, NOW) <= 227);
	masked = mask_document(fuzz_arena(), number);
	HOLDS(strlen(masked) == strlen(number) && strchr(masked, '*'));
}

static void check_numbers(const char *text)
{
	int64_t id, number;

	if (id_parse(text, &id))
		HOLDS(id > 0 && text_equal(text, id_text(fuzz_arena(), id)) && id_at(id_time(id)) <= id);
	if (parse_int(text, INT64_MIN, INT64_MAX, &number)) {
		HOLDS(strspn(text + (*text == '-'), digits) == strlen(text + (*text == '-')));
		HOLDS(!parse_int(text, number + (number < INT64_MAX), INT64_MAX, &id) || number == INT64_MAX);
	}
}

static void check_name(const char *name)
{
	const char *masked = mask_name(fuzz_arena(), name);
	size_t count = utf8_count(name);

	if (!utf8_valid(name, strlen(name)))
		return;
	HOLDS(utf8_valid(masked, strlen(masked)) && utf8_count(masked) == count);
	HOLDS(count < 2 || strchr(masked, '*'));
	HOLDS(utf8_count(avatar_person(fuzz_arena(), name)) <= 2 && utf8_count(avatar_org(fuzz_arena(), name)) <= 2);
}

FUZZ("people")
{
	uint8_t way = fuzz_byte(&input);
	const char *text = fuzz_text(input), *agent;

	check_phone(text, way);
	check_document(text, way);
	check_numbers(text);
	check_name(text);
	if (uscc_holds(text))
		HOLDS(strlen(text) == 18 && text_is_plain(text));
	agent = agent_in_words(fuzz_arena(), text);
	if (agent)
		HOLDS(utf8_valid(agent, strlen(agent)) && strlen(agent) < 200);
	(void)agent_is_phone(agent);
}
