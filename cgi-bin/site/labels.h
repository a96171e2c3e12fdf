/* What states, roles, kinds and scopes of the core are called on pages. */
#pragma once
#include "core/oplog.h"
#include "core/org.h"
#include "core/realname.h"

struct label {
	const char *state, *word; /* ok, wait, info, off, bad; 已认证 … */
};
struct label org_label(enum org_state);
const char *role_word(enum role);         /* 法定代表人; "" for none */
const char *doc_kind_word(enum doc_kind); /* 居民身份证 */
/* What a platform may read, of its scopes: 姓名、手机号. */
char *scopes_in_words(struct arena *, const char *scopes);
struct scope_label {
	const char *scope, *word;
};
extern const struct scope_label scope_labels[]; /* ended by NULL */
/* 陈致远, 系统, 运营人员, 交易平台: who acted. */
const char *actor_word(const struct oplog_row *);
