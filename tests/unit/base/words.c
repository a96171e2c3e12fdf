/* Sets of words: scopes and kinds. */
#include "tests/unit/suite.h"
#include "base/text.h"

TEST("API-1: a scope is within the allowed ones only as a whole word")
{
	assert_true(words_within("openid phone", "phone profile openid"));
	assert_true(words_within("", "openid"));
	assert_false(words_within("open", "openid"));
	assert_false(words_within("openid offline", "openid"));
	assert_false(words_within("openid", ""));
}

TEST("SET-2: scopes given later join those given before, each once")
{
	assert_string_equal(words_joined(test_arena(), "openid phone", "phone  orgs"), "openid phone orgs");
	assert_string_equal(words_joined(test_arena(), "", "openid openid"), "openid");
}
