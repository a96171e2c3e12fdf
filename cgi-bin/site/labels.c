/* The short words of states, roles, kinds and scopes. */
#include "base/buf.h"
#include "base/text.h"
#include "cgi-bin/site/labels.h"

struct label org_label(enum org_state state)
{
	static const struct label labels[] = { [ORG_STARTED] = { "wait", "待核验" },
		[ORG_VERIFIED] = { "ok", "已认证" },
		[ORG_FROZEN] = { "bad", "已冻结" } };

	return labels[state];
}

const char *role_word(enum role role)
{
	static const char *const words[] = {
		[ROLE_NONE] = "", [ROLE_LEGAL_REP] = "法定代表人", [ROLE_ADMIN] = "单位管理员", [ROLE_MEMBER] = "成员"
	};

	return words[role];
}

const char *doc_kind_word(enum doc_kind kind)
{
	static const char *const words[] = { [DOC_RESIDENT] = "居民身份证",
		[DOC_RESIDENCE_PERMIT] = "港澳台居民居住证",
		[DOC_HM_PERMIT] = "港澳居民来往内地通行证",
		[DOC_TW_PERMIT] = "台湾居民来往大陆通行证",
		[DOC_PERMANENT] = "外国人永久居留身份证",
		[DOC_PASSPORT] = "护照" };

	return words[kind];
}

const struct scope_label scope_labels[] = { { "openid", "登录身份" }, { "profile", "姓名" }, { "phone", "手机号" },
	{ "orgs", "单位和职务" }, { "service", "证书信息" }, { "credential", "签名结果" },
	{ "offline_access", "长期访问" }, { NULL, NULL } };

char *scopes_in_words(struct arena *arena, const char *scopes)
{
	struct buf out = buf_new(arena);

	for (const struct scope_label *label = scope_labels; label->scope; label++)
		if (words_have(scopes, label->scope, strlen(label->scope)))
			buf_printf(&out, "%s%s", out.len ? "、" : "", label->word);
	return out.data;
}

const char *actor_word(const struct oplog_row *row)
{
	switch (row->actor_kind) {
	case ACTOR_ACCOUNT:
		return row->actor_name ? row->actor_name : "已注销的账户";
	case ACTOR_CLIENT:
		return row->platform_name ? row->platform_name : "交易平台";
	case ACTOR_OPERATOR:
	case ACTOR_CLI:
		return "运营人员";
	case ACTOR_NOBODY:
	case ACTOR_SYSTEM:
		break;
	}
	return "系统";
}
