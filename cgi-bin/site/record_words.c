/* The sentences of the log. */
#include "base/text.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/record_words.h"

const struct action_words action_table[] = {
	{ OPLOG_REGISTER, "person", "注册账户", DETAIL_PLAIN },
	{ OPLOG_LOGIN, "box-arrow-in-right", "登录", DETAIL_PLAIN },
	{ OPLOG_LOGIN_REFUSED, "shield-lock", "登录没有成功", DETAIL_PLAIN },
	{ OPLOG_LOGOUT, "box-arrow-in-right", "退出登录", DETAIL_PLAIN },
	{ OPLOG_SESSION_END, "laptop", "结束登录", DETAIL_PLAIN },
	{ OPLOG_EDITION, "person", "切换版本", DETAIL_EDITION },
	{ OPLOG_SESSION_KEEP, "phone", "保持登录 30 天", DETAIL_PLAIN },
	{ OPLOG_REALNAME_VOUCH, "shield-lock", "实名核验通过", DETAIL_PLAIN },
	{ OPLOG_ORG_IMPORT, "building", "录入单位", DETAIL_PLAIN },
	{ OPLOG_MEMBER_JOIN, "building", "登记成员", DETAIL_MEMBER },
	{ OPLOG_PIN_SET, "key", "设置证书密码", DETAIL_PLAIN },
	{ OPLOG_PIN_LOCK, "lock", "证书密码输错，已锁定", DETAIL_PLAIN },
	{ OPLOG_PIN_WRONG, "key", "证书密码输错", DETAIL_PLAIN },
	{ OPLOG_CERT_TAKE, "patch-check", "领取证书", DETAIL_PLAIN },
	{ OPLOG_CERT_INSTALL, "patch-check", "申请安装证书", DETAIL_PLAIN },
	{ OPLOG_CERT_ISSUED, "patch-check", "证书签发", DETAIL_PLAIN },
	{ OPLOG_CERT_REISSUE, "patch-check", "申请补发证书", DETAIL_PLAIN },
	{ OPLOG_CERT_REVOKE, "patch-check", "吊销证书", DETAIL_PLAIN },
	{ OPLOG_CERT_ISSUE_FAILED, "patch-check", "证书签发没有完成", DETAIL_PLAIN },
	{ OPLOG_CERT_KEYS_MOVED, "key", "用恢复密钥转移加密密钥", DETAIL_PLAIN },
	{ OPLOG_SEAL_MAKE, "record-circle", "制作印章", DETAIL_PLAIN },
	{ OPLOG_SEAL_VOID, "record-circle", "作废印章", DETAIL_PLAIN },
	{ OPLOG_SCAN_LOGIN, "box-arrow-in-right", "扫码登录", DETAIL_SCOPES },
	{ OPLOG_SCAN_SERVICE, "link-45deg", "扫码选用证书", DETAIL_SCOPES },
	{ OPLOG_SCAN_SIGN, "pen", "扫码签字", DETAIL_PLAIN },
	{ OPLOG_SCAN_SEAL, "record-circle", "扫码盖章", DETAIL_PLAIN },
	{ OPLOG_CONSENT, "link-45deg", "授权交易平台", DETAIL_SCOPES },
	{ OPLOG_CONSENT_REVOKE, "link-45deg", "收回授权", DETAIL_SCOPES },
	{ OPLOG_AGREEMENT_PUBLISH, "envelope", "发布协议", DETAIL_PLAIN },
	{ OPLOG_AGREEMENT_YES, "person", "同意协议", DETAIL_PLAIN },
	{ OPLOG_PLATFORM_ADD, "building", "登记交易平台", DETAIL_PLAIN },
	{ OPLOG_TOKEN_REUSE, "shield-lock", "访问凭据被重复使用，已全部作废", DETAIL_PLAIN },
	{ OPLOG_DEVICE_NEW, "phone", "新设备登录", DETAIL_PLAIN },
	{ OPLOG_DEVICE_NAME, "phone", "设备改名", DETAIL_PLAIN },
};
const size_t action_count = sizeof action_table / sizeof action_table[0];

const struct action_words *action_words(enum oplog_action action)
{
	static const struct action_words other = { 0, "clock-history", "其他操作", DETAIL_PLAIN };

	for (size_t i = 0; i < action_count; i++)
		if (action_table[i].action == action)
			return &action_table[i];
	return &other;
}

const char *object_word(enum object_kind kind)
{
	static const char *const words[] = { [OBJECT_NONE] = "",
		[OBJECT_ACCOUNT] = "账户",
		[OBJECT_ORG] = "单位",
		[OBJECT_SEAL] = "印章",
		[OBJECT_CERT] = "数字证书",
		[OBJECT_INSTANCE] = "证书实例",
		[OBJECT_PLATFORM] = "交易平台",
		[OBJECT_TICKET] = "扫码请求",
		[OBJECT_SESSION] = "登录",
		[OBJECT_DEVICE] = "设备",
		[OBJECT_CONSENT] = "服务授权",
		[OBJECT_AGREEMENT] = "协议",
		[OBJECT_ISSUANCE] = "证书签发" };

	return kind < sizeof words / sizeof words[0] && words[kind] ? words[kind] : "";
}

const char *record_kind_word(enum record_kind kind)
{
	static const char *const words[] = { [RECORD_ANY] = "",
		[RECORD_LOGIN] = "登录",
		[RECORD_SEAL] = "盖章",
		[RECORD_SIGN] = "签字",
		[RECORD_ENCRYPT] = "加密",
		[RECORD_DECRYPT] = "解密",
		[RECORD_OTHER] = "其他",
		[RECORD_SEAL_CHANGE] = "印章制作和作废" };

	return words[kind];
}

static bool is_scan(enum oplog_action action)
{
	return action >= OPLOG_SCAN_LOGIN && action <= OPLOG_SCAN_SEAL;
}

const char *result_word(enum oplog_action action, enum err result)
{
	static const char *const words[] = { [OK] = "成功",
		[ERR_INVALID] = "内容不符",
		[ERR_DENIED] = "没有权限",
		[ERR_NOT_FOUND] = "对象不存在",
		[ERR_CONFLICT] = "状态已变化",
		[ERR_LIMITED] = "超过次数",
		[ERR_UNAVAILABLE] = "服务暂不可用",
		[ERR_BROKEN] = "系统错误",
		[ERR_UNSURE] = "结果不明" };
	static const char *const of_scans[] = {
		[ERR_INVALID] = "数字不对", [ERR_DENIED] = "已拒绝", [ERR_CONFLICT] = "已取消", [ERR_LIMITED] = "已过期"
	};

	static const char *const of_logins[] = {
		[ERR_INVALID] = "验证码不对", [ERR_DENIED] = "账户已锁定", [ERR_LIMITED] = "验证码已作废"
	};

	if (action == OPLOG_LOGIN_REFUSED && result < sizeof of_logins / sizeof of_logins[0] && of_logins[result])
		return of_logins[result];
	if (action == OPLOG_PIN_LOCK)
		return "已锁定";
	if (action == OPLOG_PIN_WRONG)
		return "密码不对";
	if (is_scan(action) && result < sizeof of_scans / sizeof of_scans[0] && of_scans[result])
		return of_scans[result];
	return result <= ERR_UNSURE ? words[result] : "没有成功";
}

/* "legal_rep 陈致远" */
static const char *member_words(struct arena *arena, const char *detail)
{
	for (enum role role = ROLE_LEGAL_REP; role <= ROLE_MEMBER; role++) {
		size_t len = strlen(role_name(role));

		if (text_starts(detail, role_name(role)) && detail[len] == ' ')
			return arena_printf(arena, "%s%s", role_word(role), detail + len);
	}
	return detail;
}

const char *detail_words(struct arena *arena, const struct oplog_row *row)
{
	if (!row->detail)
		return "";
	switch (action_words(row->action)->detail) {
	case DETAIL_SCOPES:
		return scopes_in_words(arena, row->detail);
	case DETAIL_EDITION:
		return text_equal(row->detail, "standard") ? "标准版" : "法定代表人版";
	case DETAIL_MEMBER:
		return member_words(arena, row->detail);
	case DETAIL_PLAIN:
		break;
	}
	return row->detail;
}
