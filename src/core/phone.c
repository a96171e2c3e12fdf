/* Phone numbers: what people type, as E.164, and how much of it others see. */
#include "base/buf.h"
#include "base/text.h"
#include "core/account.h"

const struct region phone_regions[] = {
	{ "86", "中国大陆" },
	{ "852", "中国香港" },
	{ "853", "中国澳门" },
	{ "886", "中国台湾" },
	{ "65", "新加坡" },
	{ "60", "马来西亚" },
	{ "66", "泰国" },
	{ "84", "越南" },
	{ "62", "印度尼西亚" },
	{ "63", "菲律宾" },
	{ "81", "日本" },
	{ "82", "韩国" },
	{ "91", "印度" },
	{ "971", "阿联酋" },
	{ "7", "俄罗斯、哈萨克斯坦" },
	{ "1", "美国、加拿大" },
	{ "44", "英国" },
	{ "49", "德国" },
	{ "33", "法国" },
	{ "39", "意大利" },
	{ "34", "西班牙" },
	{ "31", "荷兰" },
	{ "61", "澳大利亚" },
	{ "64", "新西兰" },
	{ "55", "巴西" },
	{ "27", "南非" },
	{ NULL, NULL },
};

/* The national part of a number that can take an SMS. */
struct numbering {
	const char *code;
	const char *first, *second; /* digits that may stand there; NULL: any */
	size_t least, most;
	bool trunk; /* a 0 in front, inside the country */
};
static const struct numbering numberings[] = {
	{ "86", "1", "3456789", 11, 11, false },
	{ "852", "456789", NULL, 8, 8, false },
	{ "853", "6", NULL, 8, 8, false },
	{ "886", "9", NULL, 9, 9, true },
	{ "1", "23456789", NULL, 10, 10, false },
	{ NULL, "123456789", NULL, 6, 12, true },
};

static const struct numbering *numbering_of(const char *code)
{
	const struct numbering *n = numberings;

	while (n->code && !text_equal(n->code, code))
		n++;
	return n;
}

static bool is_region(const char *code)
{
	for (const struct region *region = phone_regions; region->code; region++) {
		if (text_equal(region->code, code))
			return true;
	}
	return false;
}

/* Digits, with '+' only in front; what people write between them goes, full-width digits become plain ones. NULL:
 * something else stands there. */
static const char *digits_of(struct arena *arena, const char *typed)
{
	struct buf out = buf_new(arena);
	uint32_t code;

	while ((code = utf8_next(&typed))) {
		if (code >= 0xFF10 && code <= 0xFF19)
			code = code - 0xFF10 + '0';
		if (code == ' ' || code == '-' || code == 0x3000 || code == 0xA0)
			continue;
		if ((code < '0' || code > '9') && !(code == '+' && !out.len))
			return NULL;
		buf_char(&out, (char)code);
		if (out.len > 20)
			return NULL;
	}
	return out.data;
}

static const char *without(const char *text, const char *prefix)
{
	return text_starts(text, prefix) ? text + strlen(prefix) : NULL;
}

/* The national part of what was typed, NULL when another country's code stands in front. */
static const char *national_of(const char *digits, const struct numbering *numbering, const char *code)
{
	const char *rest = without(digits, "+");

	if (!rest)
		rest = without(digits, "00");
	if (rest)
		return without(rest, code);
	if (strlen(digits) > numbering->most && text_starts(digits, code))
		return without(digits, code);
	return numbering->trunk && digits[0] == '0' ? digits + 1 : digits;
}

static bool fits(const struct numbering *numbering, const char *national)
{
	size_t len = strlen(national);

	return len >= numbering->least && len <= numbering->most && strchr(numbering->first, national[0]) &&
		(!numbering->second || strchr(numbering->second, national[1]));
}

enum err phone_read(struct ctx *ctx, const char *region, const char *typed, const char **out)
{
	const struct numbering *numbering;
	const char *digits, *national;

	if (!region || !is_region(region))
		return fault(ctx, ERR_INVALID, "region", "region-unknown");
	if (!typed || !*typed)
		return fault(ctx, ERR_INVALID, "phone", "phone-missing");
	numbering = numbering_of(region);
	digits = digits_of(ctx->arena, typed);
	national = digits ? national_of(digits, numbering, region) : NULL;
	if (!national || !fits(numbering, national))
		return fault(ctx, ERR_INVALID, "phone", "phone-form");
	*out = arena_printf(ctx->arena, "+%s%s", region, national);
	return OK;
}

/* The longest region code that e164 begins with. */
static const char *region_in(const char *e164)
{
	const char *found = "";

	for (const struct region *region = phone_regions; region->code; region++) {
		if (text_starts(e164 + 1, region->code) && strlen(region->code) > strlen(found))
			found = region->code;
	}
	return found;
}

char *phone_masked(struct arena *arena, const char *e164)
{
	const char *region = region_in(e164), *national = e164 + 1 + strlen(region);
	size_t len = strlen(national);

	if (text_equal(region, "86") && len == 11)
		return arena_printf(arena, "%.3s****%s", national, national + 7);
	if (len < 6)
		return arena_printf(arena, "+%s ***", region);
	return arena_printf(arena, "+%s %.1s***%s", region, national, national + len - 4);
}
