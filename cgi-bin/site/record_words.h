/* How a row of the log reads on a page: what was done, with what, and how it ended (LOG-1). */
#pragma once
#include "core/oplog.h"

struct action_words {
	enum oplog_action action;
	const char *icon; /* of static/build.mjs's BY_NAME */
	const char *word; /* 扫码签名 */
	enum detail_kind {
		DETAIL_PLAIN,  /* a label, a name */
		DETAIL_SCOPES, /* a platform's scopes */
		DETAIL_EDITION,
		DETAIL_MEMBER, /* role and name */
	} detail;
};
/* Every action has its row; one that a newer program wrote reads as 其他操作. */
const struct action_words *action_words(enum oplog_action);
extern const struct action_words action_table[];
extern const size_t action_count;

const char *object_word(enum object_kind);      /* 印章; "" for none */
const char *record_kind_word(enum record_kind); /* 签字 */
/* 成功, or why not: 已拒绝, 已过期 …; of the action, since tickets end in their own ways. */
const char *result_word(enum oplog_action, enum err result);
/* What the row's detail says to a person; "" where it has none. */
const char *detail_words(struct arena *, const struct oplog_row *);
