/* The table of sentences, and how values look. */
#include "tests/unit/suite.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/words.h"
#include <glob.h>
#include <regex.h>

/* Every key that stands in a call's last text argument in these sources must be in the table. */
static unsigned check_sources(const char *pattern, const char *expression)
{
	unsigned found = 0;
	glob_t files;
	regex_t call;

	assert_int_equal(0, glob(pattern, 0, NULL, &files));
	assert_int_equal(0, regcomp(&call, expression, REG_EXTENDED));
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct bytes bytes;
		regmatch_t match[4];
		const char *text;

		assert_ok(file_read(test_arena(), files.gl_pathv[i], 1 << 20, &bytes));
		text = arena_text_n(test_arena(), (const char *)bytes.data, bytes.len);
		for (; !regexec(&call, text, 4, match, 0); text += match[0].rm_eo) {
			const char *key = arena_text_n(
				test_arena(), text + match[3].rm_so, (size_t)(match[3].rm_eo - match[3].rm_so));

			if (!word_find(key))
				fail_msg("%s: no sentence for \"%s\"", files.gl_pathv[i], key);
			found++;
		}
	}
	regfree(&call);
	globfree(&files);
	return found;
}

TEST("HELP-3: every key that a rule names has its sentence")
{
	assert_true(check_sources("src/core/*.c",
			    "(fault|fault_number)\\([^;\"]*(\"[a-z_]*\"|NULL|field), *\"([a-z-]+)\"") > 20);
}

TEST("HELP-3: the table is sorted, its keys are single, its sentences end as sentences do")
{
	for (size_t i = 0; i < words_count; i++) {
		if (i)
			assert_true(strcmp(words_table[i - 1].key, words_table[i].key) < 0);
		assert_true(text_ends(words_table[i].text, "。"));
		assert_ptr_equal(&words_table[i], word_find(words_table[i].key));
	}
	assert_null(word_find("none"));
	assert_null(word_find(NULL));
}

TEST("HELP-3: a sentence holds its number, character and time")
{
	struct arena *arena = test_arena();
	int64_t now = civil_to_ms_beijing((struct civil){ 2026, 11, 24, 10, 42, 0, 0 });

	assert_string_equal("证书密码不对，还可试 3 次。", word_text(arena, "pin-wrong", 3, NULL, now));
	assert_string_equal("字库里没有“龘”这个字，请联系客服。", word_text(arena, "seal-glyph", 0x9f98, NULL, now));
	assert_string_equal("连续输错 5 次，证书密码已锁定，今天 10:57 自动解锁。",
		word_text(arena, "pin-locked", now + 15 * MINUTE, NULL, now));
}

TEST("HELP-3: every status that a page can have has its four texts, also one that nobody thought of")
{
	static const int statuses[] = { 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 418 };

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		const struct error_words *words = error_words(statuses[i], "no-such-word");

		assert_true(words->status == statuses[i] || statuses[i] == 418);
		assert_true(*words->title && *words->what && *words->todo);
	}
	assert_string_equal("页面已过期", error_words(403, "csrf")->title);
	assert_string_equal("不确定这一步是否完成", error_words(500, "unsure")->title);
	assert_int_equal(500, error_words(418, NULL)->status);
}

TEST("SET-7: names and numbers are masked")
{
	assert_string_equal("陈*远", mask_name(test_arena(), "陈致远"));
	assert_string_equal("王*", mask_name(test_arena(), "王溪"));
	assert_string_equal("欧**修", mask_name(test_arena(), "欧阳文修"));
	assert_string_equal("王", mask_name(test_arena(), "王"));
	assert_string_equal("", mask_name(test_arena(), ""));
	assert_string_equal("1306**********2519", mask_document(test_arena(), "130602198503072519"));
	assert_string_equal("E*******4", mask_document(test_arena(), "E12345674"));
	assert_string_equal("致远", avatar_person(test_arena(), "陈致远"));
	assert_string_equal("瀚澜", avatar_org(test_arena(), "瀚澜建设有限公司"));
}

TEST("LOG-5: times are shown in Beijing, and with the offset where they are evidence")
{
	struct arena *arena = test_arena();
	int64_t now = civil_to_ms_beijing((struct civil){ 2026, 11, 24, 0, 30, 15, 0 });

	assert_string_equal("刚刚", time_near(arena, now, now - 59 * SECOND));
	assert_string_equal("9 分钟前", time_near(arena, now, now - 9 * MINUTE));
	assert_string_equal("59 分钟前", time_near(arena, now, now - 60 * MINUTE + 1));
	assert_string_equal("昨天 23:30", time_near(arena, now, now - HOUR));
	assert_string_equal("今天 09:31", time_near(arena, now + 12 * HOUR, now + 9 * HOUR + 1 * MINUTE));
	assert_string_equal("11-22", time_near(arena, now, now - 2 * DAY));
	assert_string_equal("明天 00:30", time_near(arena, now, now + DAY));
	assert_string_equal("2025-11-24", time_near(arena, now, now - INT64_C(365) * DAY));
	assert_string_equal("2026-11-24 00:30:15 北京时间（+08:00）", time_evidence(arena, now));
}
