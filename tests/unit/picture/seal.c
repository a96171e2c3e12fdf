/* Seals: the rules of drawing, measured on what was drawn. */
#include "tests/unit/picture/pixels.h"
#include "picture/seal.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include <math.h>
#include <string.h>

#define CODE "1306291000123"
static const char long_name[] = "瀚澜恒筑（河北雄安）智慧城市基础设施建设发展集团有限责任公司";
static const char longest_name[] = "瀚澜恒筑（河北雄安）智慧城市基础设施建设发展集团有限责任公司雄安新区容城片分公司";

static const char *repeated(const char *character, size_t count)
{
	struct buf text = buf_new(test_arena());

	while (count--)
		buf_text(&text, character);
	return text.data;
}

static struct pixels drawn_as(struct seal_text text, struct seal_style style, int dpi)
{
	struct seal_missing missing;
	struct bytes png;

	assert_ok(seal_png(test_arena(), &text, &style, dpi, &missing, &png));
	return pixels_read(png, style.diameter_mm10 / 10.0);
}

static struct pixels drawn(struct seal_text text)
{
	return drawn_as(text, seal_style_official(), 600);
}

static enum err try_seal(struct seal_text text, struct seal_style style, uint32_t *missing)
{
	struct seal_missing found = { 1 };
	struct bytes svg;
	enum err err = seal_svg(test_arena(), &text, &style, &found, &svg);

	*missing = found.character;
	return err;
}

static void assert_refused(struct seal_text text, struct seal_style style)
{
	uint32_t missing;

	assert_err(ERR_INVALID, try_seal(text, style, &missing));
	assert_int_equal(0, missing);
}

TEST("DRAW-1: names of 4 to 40 characters stand on the upper arc with equal gaps")
{
	static const size_t counts[] = { 4, 5, 12, 25, 37, 40 };

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct pixels seal = drawn((struct seal_text){ repeated("国", counts[i]), NULL, NULL });
		struct runs runs = pixels_runs(&seal, -178, 178, 11, 19.4);

		assert_int_equal(counts[i], runs.count);
		assert_true(runs.broadest - runs.narrowest < 0.35); /* two pixels at 600 dpi */
		assert_true(runs.narrowest > 0.8);
		assert_true(fabs(runs.first + runs.last) < 0.6);
		assert_true(runs.last < 140);
	}
}

TEST("DRAW-1: brackets, dots and letters take the room of their ink, with like gaps")
{
	struct pixels seal = drawn((struct seal_text){ "国国（国国）国·国（国）国H国", NULL, NULL });
	struct runs runs = pixels_runs(&seal, -178, 178, 11, 19.4);

	assert_int_equal(15, runs.count);
	assert_true(runs.broadest < 1.7 * runs.narrowest);
}

TEST("DRAW-1: 3 and 41 characters, no name, or no text at all are refused")
{
	struct seal_style style = seal_style_official();

	assert_refused((struct seal_text){ repeated("国", 3), NULL, NULL }, style);
	assert_refused((struct seal_text){ repeated("国", 41), NULL, NULL }, style);
	assert_refused((struct seal_text){ NULL, NULL, NULL }, style);
	assert_refused((struct seal_text){ "", NULL, NULL }, style);
	assert_refused((struct seal_text){ long_name, "", NULL }, style);
	assert_refused((struct seal_text){ long_name, repeated("章", 13), NULL }, style);
	assert_refused((struct seal_text){ "国国国\n国", NULL, NULL }, style);
	assert_refused((struct seal_text){ "国国国国\xff", NULL, NULL }, style);
}

TEST("DRAW-1: a style out of bounds is refused, each bound is drawn")
{
	static const struct seal_style good[] = { { SEAL_ROUND_STAR, 380, 8, 60, 0 },
		{ SEAL_ROUND_PLAIN, 580, 16, 120, 0xFFFFFF } };
	static const struct seal_style bad[] = { { SEAL_TEMPLATES, 420, 12, 100, 0 }, { 0, 379, 12, 100, 0 },
		{ 0, 581, 12, 100, 0 }, { 0, 420, 7, 100, 0 }, { 0, 420, 17, 100, 0 }, { 0, 420, 12, 59, 0 },
		{ 0, 420, 12, 121, 0 }, { 0, 420, 12, 100, 0x1000000 } };
	uint32_t missing;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_ok(try_seal((struct seal_text){ long_name, NULL, NULL }, good[i], &missing));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused((struct seal_text){ long_name, NULL, NULL }, bad[i]);
}

TEST("DRAW-1: the ring is whole and nothing is drawn outside of it")
{
	struct pixels seal = drawn((struct seal_text){ long_name, NULL, CODE });

	for (double degrees = 0; degrees < 360; degrees += 0.1) {
		assert_true(pixels_ink(&seal, degrees, 20.4, 20.4));
		assert_false(pixels_ink(&seal, degrees, 21.05, 29.6));
	}
}

TEST("DRAW-1: name, number, centre text and star never touch each other or the ring, at every bound of style")
{
	static const char *const names[] = { "疆疑鑫麟", "疆疑鑫麟馨赣鼎曦馕罐", long_name, longest_name };
	static const int bounds[][3] = { { 380, 8, 60 }, { 380, 16, 120 }, { 420, 12, 100 }, { 580, 8, 120 } };

	for (size_t i = 0; i < 4 * 4; i++) {
		const int *bound = bounds[i / 4];
		struct seal_style style = { SEAL_ROUND_STAR, bound[0], bound[1], bound[2], 0 };
		struct pixels seal = drawn_as((struct seal_text){ names[i % 4], NULL, CODE }, style, 600);
		double scale = bound[0] / 420.0, inner = bound[0] / 20.0 - bound[1] / 10.0;

		for (double degrees = 0; degrees < 360; degrees += 0.2) {
			assert_false(pixels_ink(&seal, degrees, inner - 0.35 * scale, inner - 0.1));
			assert_false(pixels_ink(&seal, degrees, 7.3 * scale, inner - 8 * scale));
		}
		/* Between the name's ends and the number. */
		assert_false(pixels_ink(&seal, 180 + 36, inner - 8 * scale, inner - 0.1));
		assert_false(pixels_ink(&seal, 180 - 36, inner - 8 * scale, inner - 0.1));
	}
}

TEST("DRAW-1: centre text keeps clear of the star and of a long name's ends")
{
	struct pixels seal = drawn((struct seal_text){ longest_name, "合同专用章", CODE });

	assert_true(pixels_ink(&seal, 180, 8, 11));
	for (double x = -9; x <= 9; x += 0.05)
		assert_true(pixels_alpha(&seal, x, 6.5) < 96);
	for (double y = 7; y < 12; y += 0.05) {
		assert_true(pixels_alpha(&seal, -8.6, y) < 96);
		assert_true(pixels_alpha(&seal, 8.6, y) < 96);
	}
}

TEST("DRAW-1: letters stay apart even at the greatest width")
{
	struct seal_style style = seal_style_official();

	style.letter_percent = 120;
	for (size_t count = 4; count <= 40; count += 6) {
		struct pixels seal = drawn_as((struct seal_text){ repeated("国", count), NULL, NULL }, style, 600);

		assert_int_equal(count, pixels_runs(&seal, -178, 178, 11, 19.4).count);
	}
}

TEST("DRAW-1: a narrower letter is drawn narrower")
{
	struct seal_style style = seal_style_official();
	struct pixels usual = drawn_as((struct seal_text){ repeated("国", 12), NULL, NULL }, style, 600), narrow;

	style.letter_percent = 60;
	narrow = drawn_as((struct seal_text){ repeated("国", 12), NULL, NULL }, style, 600);
	assert_true(pixels_runs(&narrow, -178, 178, 11, 19.4).narrowest >
		1.5 * pixels_runs(&usual, -178, 178, 11, 19.4).narrowest);
}

TEST("DRAW-1: the star is a regular pentagram of 14 mm in the middle, 1 mm higher above centre text; plain has none")
{
	struct seal_style plain = seal_style_official();
	struct pixels seal = drawn((struct seal_text){ long_name, NULL, NULL });
	struct pixels raised = drawn((struct seal_text){ long_name, "财务专用章", NULL });
	struct pixels without;

	plain.template = SEAL_ROUND_PLAIN;
	without = drawn_as((struct seal_text){ long_name, NULL, NULL }, plain, 600);
	for (int point = 0; point < 5; point++) {
		assert_true(pixels_ink(&seal, point * 72, 6.7, 6.7));
		assert_false(pixels_ink(&seal, point * 72, 7.1, 7.1));
		assert_true(pixels_ink(&seal, point * 72 + 36, 2.6, 2.6)); /* 7 mm × 0.381966 = 2.67 mm */
		assert_false(pixels_ink(&seal, point * 72 + 36, 2.75, 2.75));
	}
	assert_true(pixels_ink(&raised, 0, 7.7, 7.7));
	assert_false(pixels_ink(&raised, 0, 8.1, 8.1));
	for (double degrees = 0; degrees < 360; degrees += 1)
		assert_false(pixels_ink(&without, degrees, 0, 12));
}

TEST("DRAW-1: the number has 13 digits, which stand on the lower arc with equal gaps")
{
	struct pixels seal = drawn((struct seal_text){ "国国国国", NULL, "0000000000000" });
	struct pixels without = drawn((struct seal_text){ "国国国国", NULL, NULL });
	struct runs runs = pixels_runs(&seal, 110, 250, 17, 19.4);

	assert_int_equal(13, runs.count);
	assert_true(runs.broadest - runs.narrowest < 0.35);
	assert_true(fabs(runs.first + runs.last - 360) < 0.4);
	assert_int_equal(0, pixels_runs(&without, 110, 250, 17, 19.4).count);
}

TEST("DRAW-1: a number of another length or with letters is refused")
{
	static const char *const wrong[] = { "", "130629100012", "13062910001234", "130629100012A", "１306291000123",
		"130629 000123" };

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_refused((struct seal_text){ long_name, NULL, wrong[i] }, seal_style_official());
}

TEST("DRAW-2: letters, digits, brackets, the middle dot and rare characters draw")
{
	static const char *const rare[] = { "㙓", "𬭎", "龘", "齉", "（", "）", "(", ")", "·", "A", "g", "0", "〇",
		"&", "-", "Ａ", "é" };
	struct seal_style style = seal_style_official();
	uint32_t missing;

	for (size_t i = 0; i < sizeof rare / sizeof *rare; i++) {
		struct pixels seal = drawn((struct seal_text){ repeated(rare[i], 4), NULL, NULL });

		assert_true(pixels_runs(&seal, -178, 178, 11, 19.4).count >= 4);
	}
	assert_ok(try_seal((struct seal_text){ "ABC (China) 有限公司", NULL, NULL }, style, &missing));
}

TEST("DRAW-2: a character without a glyph is refused and named, wherever it stands")
{
	struct seal_style style = seal_style_official();
	uint32_t missing;

	assert_err(ERR_INVALID, try_seal((struct seal_text){ "国国\uE000国", NULL, NULL }, style, &missing));
	assert_int_equal(0xE000, missing);
	assert_err(ERR_INVALID, try_seal((struct seal_text){ long_name, "专\U00031234章", NULL }, style, &missing));
	assert_int_equal(0x31234, missing);
	/* Nothing to see and no room taken: it would hide a difference between two names. */
	assert_err(ERR_INVALID, try_seal((struct seal_text){ "国国国\uFE00国", NULL, NULL }, style, &missing));
	assert_int_equal(0xFE00, missing);
}

TEST("DRAW-1: PNG has the size and resolution asked for, the seal's colour everywhere and clear corners")
{
	struct seal_text text = { long_name, NULL, NULL };
	struct seal_style style = seal_style_official();
	static const struct {
		int dpi, pixels, per_metre;
	} sizes[] = { { 96, 159, 3780 }, { 300, 496, 11811 }, { 600, 992, 23622 } };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct seal_missing missing;
		struct bytes png;
		struct pixels seal;
		const unsigned char *p;
		unsigned m = (unsigned)sizes[i].per_metre;
		unsigned char physical[] = { 'p', 'H', 'Y', 's', 0, 0, (unsigned char)(m >> 8), (unsigned char)m, 0, 0,
			(unsigned char)(m >> 8), (unsigned char)m, 1 };

		assert_ok(seal_png(test_arena(), &text, &style, sizes[i].dpi, &missing, &png));
		assert_non_null(memmem(png.data, png.len, physical, sizeof physical));
		seal = pixels_read(png, 42);
		assert_int_equal(sizes[i].pixels, seal.width);
		assert_int_equal(sizes[i].pixels, seal.height);
		p = seal.rgba;
		for (int n = 0; n < seal.width * seal.height; n++, p += 4)
			assert_memory_equal(p, "\xC8\x10\x2E", 3);
		assert_int_equal(0, seal.rgba[3]);
		assert_int_equal(0, p[-1]);
	}
}

TEST("DRAW-1: a resolution below 96 or above 600 dpi is refused")
{
	struct seal_text text = { long_name, NULL, NULL };
	struct seal_style style = seal_style_official();
	struct seal_missing missing;
	struct bytes png;

	assert_err(ERR_INVALID, seal_png(test_arena(), &text, &style, 95, &missing, &png));
	assert_err(ERR_INVALID, seal_png(test_arena(), &text, &style, 601, &missing, &png));
	assert_int_equal(0, missing.character);
}

TEST("SEAL-2: a preview of the longest name with everything on it takes under 100 ms and 40 KB")
{
	struct seal_text text = { longest_name, "财务专用章", CODE };
	struct seal_style style = seal_style_official();
	struct seal_missing missing;
	struct bytes svg;
	int64_t best = INT64_MAX;

	assert_int_equal(40, utf8_count(longest_name));
	picture_warm_up();
	for (int i = 0; i < 5; i++) {
		int64_t began = clock_ticks(), took;

		assert_ok(seal_svg(test_arena(), &text, &style, &missing, &svg));
		took = clock_ticks() - began;
		best = took < best ? took : best;
	}
	assert_true(best < 100 * 1000);
	assert_true(svg.len < 40 * 1024);
}
