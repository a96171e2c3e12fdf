/* Masks, times and sizes as pages show them. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "cgi-bin/site/format.h"

char *mask_name(struct arena *arena, const char *name)
{
	size_t count = utf8_count(name);
	struct buf out = buf_new(arena);
	const char *at = name, *last = name;

	if (!count)
		return out.data;
	utf8_next(&at);
	buf_add(&out, name, (size_t)(at - name));
	for (size_t i = 1; i < count; i++) {
		last = at;
		utf8_next(&at);
		if (i + 1 < count || count == 2)
			buf_char(&out, '*');
	}
	if (count > 2)
		buf_add(&out, last, (size_t)(at - last));
	return out.data;
}

/* Four characters stay at each end of a long number, one of a short one. */
char *mask_document(struct arena *arena, const char *number)
{
	size_t len = strlen(number), keep = len > 10 ? 4 : 1;
	char *out = arena_text(arena, number);

	for (size_t i = keep; i + keep < len; i++)
		out[i] = '*';
	return out;
}

char *avatar_person(struct arena *arena, const char *name)
{
	size_t count = utf8_count(name);

	for (; count > 2; count--)
		utf8_next(&name);
	return arena_text(arena, name);
}

char *avatar_org(struct arena *arena, const char *name)
{
	return utf8_cut(arena, name, 2);
}

/* Whole days since 1970 in Beijing. */
static int64_t day_of(int64_t ms)
{
	return (ms + INT64_C(8) * HOUR) / DAY;
}

char *time_near(struct arena *arena, int64_t now, int64_t ms)
{
	struct civil at = civil_beijing(ms);
	int64_t days = day_of(ms) - day_of(now);

	if (ms <= now && now - ms < MINUTE)
		return arena_text(arena, "刚刚");
	if (ms <= now && now - ms < HOUR)
		return arena_printf(arena, "%d 分钟前", (int)((now - ms) / MINUTE));
	if (days >= -1 && days <= 1)
		return arena_printf(arena, "%s %02d:%02d",
			days < 0       ? "昨天"
				: days ? "明天"
				       : "今天",
			at.hour, at.minute);
	if (at.year == civil_beijing(now).year)
		return arena_printf(arena, "%02d-%02d", at.month, at.day);
	return time_date(arena, ms);
}

char *time_evidence(struct arena *arena, int64_t ms)
{
	struct civil at = civil_beijing(ms);

	return arena_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d 北京时间（+08:00）", at.year, at.month, at.day,
		at.hour, at.minute, at.second);
}

char *time_date(struct arena *arena, int64_t ms)
{
	struct civil at = civil_beijing(ms);

	return arena_printf(arena, "%04d-%02d-%02d", at.year, at.month, at.day);
}
