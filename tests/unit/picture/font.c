#include "tests/unit/suite.h"
#include "picture/font.h"
#include <fontconfig/fontconfig.h>
#include <string.h>

TEST("DRAW-3: the families come from an installed package's files, by exact name")
{
	const char *path;
	long face;

	assert_ok(font_find(test_arena(), font_family(TYPEFACE_SERIF), FC_WEIGHT_REGULAR, &path, &face));
	assert_non_null(strstr(path, "NotoSerifCJK"));
	assert_ok(font_find(test_arena(), font_family(TYPEFACE_SANS), FC_WEIGHT_BOLD, &path, &face));
	assert_non_null(strstr(path, "NotoSansCJK"));
}

TEST("DRAW-3: a family that is not installed is an error, never another family")
{
	const char *path;
	long face;

	assert_err(ERR_NOT_FOUND, font_find(test_arena(), "KaiTi", FC_WEIGHT_REGULAR, &path, &face));
	assert_err(ERR_NOT_FOUND, font_find(test_arena(), "serif", FC_WEIGHT_REGULAR, &path, &face));
	assert_err(ERR_NOT_FOUND, font_find(test_arena(), "", FC_WEIGHT_REGULAR, &path, &face));
}

TEST("DRAW-3: glyphs keep to the em square that the layout counts on")
{
	static const uint32_t characters[] = { 0x56FD, 0x6C38, 0x7586, 0x9F49 };
	struct glyph glyph;

	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
		assert_ok(font_glyph(test_arena(), TYPEFACE_SERIF, characters[i], &glyph));
		assert_true(glyph.advance == 1);
		assert_true(glyph.ink.left > 0 && glyph.ink.right < 1);
		assert_true(glyph.ink.top > -0.88 && glyph.ink.bottom < 0.12);
	}
}
