/* The tables of records' and messages' words: every kind of the core has its row. */
#include "tests/unit/suite.h"
#include "base/file.h"
#include "base/text.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/message_words.h"
#include "cgi-bin/site/record_words.h"

static const char *source(const char *path)
{
	struct bytes bytes;

	assert_ok(file_read(test_arena(), path, 1 << 20, &bytes));
	return arena_text_n(test_arena(), (const char *)bytes.data, bytes.len);
}

/* How many names "PREFIX…" stand before the enum's end. */
static size_t names_in_enum(const char *header, const char *enumeration, const char *prefix)
{
	const char *text = strstr(source(header), enumeration), *end;
	size_t count = 0;

	assert_non_null(text);
	for (end = strstr(text, "};"); (text = strstr(text, prefix)) && text < end; text += strlen(prefix))
		count++;
	return count;
}

TEST("LOG-1: every action of the log has one row, with a word and an icon that the sprite holds")
{
	const char *sprite = source("static/build.mjs");

	assert_int_equal(names_in_enum("src/core/oplog.h", "enum oplog_action {", "OPLOG_"), action_count);
	for (size_t i = 0; i < action_count; i++) {
		const struct action_words *row = &action_table[i];

		assert_ptr_equal(row, action_words(row->action));
		assert_true(*row->word);
		assert_non_null(strstr(sprite, arena_printf(test_arena(), "'%s'", row->icon)));
	}
	assert_string_equal("其他操作", action_words(9999)->word);
}

TEST("MSG-1: every kind of message has one row with title and sentence")
{
	assert_int_equal(names_in_enum("src/core/message.h", "enum message_kind {", "MESSAGE_"), message_count);
	for (size_t i = 0; i < message_count; i++) {
		const struct message_words *row = &message_table[i];

		assert_ptr_equal(row, message_words(row->kind));
		assert_true(*row->title);
		assert_true(text_ends(row->text, "。"));
		assert_true(!row->link == !row->link_word);
	}
	assert_null(message_words(9999));
}

TEST("MSG-1: a message holds its words, and leads where its object and org are known")
{
	struct message message = { .kind = MESSAGE_SEAL_USED,
		.object = 7,
		.org = 3,
		.words = { "瀚澜建设有限公司", "公章", "北辰平台", "投标函.pdf" } };

	assert_string_equal(
		"瀚澜建设有限公司的公章在北辰平台上盖了章：投标函.pdf。", message_text(test_arena(), &message));
	assert_string_equal("/orgs/3/seals/7/records", message_link(test_arena(), &message));
	message.org = 0;
	assert_null(message_link(test_arena(), &message));
	message = (struct message){ .kind = MESSAGE_ORG_JOINED, .object = 5, .words = { "{1}" } };
	assert_string_equal("您已成为{1}的成员。", message_text(test_arena(), &message));
}

TEST("LOG-1: a scan that did not succeed says how it ended, other acts why not")
{
	assert_string_equal("成功", result_word(OPLOG_SCAN_SIGN, OK));
	assert_string_equal("已拒绝", result_word(OPLOG_SCAN_SIGN, ERR_DENIED));
	assert_string_equal("已过期", result_word(OPLOG_SCAN_SEAL, ERR_LIMITED));
	assert_string_equal("没有权限", result_word(OPLOG_SEAL_MAKE, ERR_DENIED));
	assert_string_equal("已锁定", result_word(OPLOG_PIN_LOCK, ERR_LIMITED));
}

TEST("SET-2: scopes are named in words, whatever their order; unknown ones are left out")
{
	assert_string_equal("登录身份、姓名、手机号", scopes_in_words(test_arena(), "phone openid profile"));
	assert_string_equal("", scopes_in_words(test_arena(), "unheard-of"));
	assert_string_equal("", scopes_in_words(test_arena(), ""));
}
