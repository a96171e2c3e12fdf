/* A seal in words. */
#include "cgi-bin/portal/seal_view.h"

const char *seal_shape(struct arena *arena, const struct seal_style *style)
{
	return arena_printf(arena, "圆形 %d mm，%s", style->diameter_mm10 / 10,
		style->template == SEAL_ROUND_STAR ? "五角星" : "无星");
}

const char *seal_strokes(struct arena *arena, const struct seal_style *style)
{
	const struct seal_style usual = seal_style_official();
	const char *ring = style->ring_mm10 < usual.ring_mm10 ? "细"
		: style->ring_mm10 > usual.ring_mm10          ? "粗"
							      : "标准";
	const char *letter = style->letter_percent < usual.letter_percent ? "窄"
		: style->letter_percent > usual.letter_percent            ? "宽"
									  : "标准";

	return arena_printf(arena, "%s边框，%s字宽", ring, letter);
}

const char *seal_rank(struct arena *arena, const struct seal *seal)
{
	return arena_printf(arena, "第 %lld 枚", (long long)seal->rank);
}
