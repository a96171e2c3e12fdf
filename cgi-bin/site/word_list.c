/* The table of sentences, sorted by key. A fault says what is wrong and what to do; a flash says what was done. */
#include "cgi-bin/site/words.h"

const struct word words_table[] = {
	{ "agree-missing", "请先阅读并勾选同意。", NULL },
	{ "agreement-missing", "运营人员还没有发布协议，暂时不能登录。请联系客服。", NULL },
	{ "again-different", "两次输入的不一样，请重新输入。", NULL },
};
const size_t words_count = sizeof words_table / sizeof words_table[0];
