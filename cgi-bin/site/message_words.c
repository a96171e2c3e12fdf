/* The sentences of messages. */
#include "base/buf.h"
#include "cgi-bin/site/message_words.h"

const struct message_words message_table[] = {
	{ MESSAGE_REGISTERED, "账户已注册", "欢迎使用印信。第一步是实名，之后可以设置证书密码、领取证书。", "/welcome",
		"看看怎么开始" },
	{ MESSAGE_NEW_DEVICE, "新设备登录",
		"您的账户在一台新设备上登录：{0}，地址 {1}。不是您本人，请立即结束这个登录，并联系客服。",
		"/me/sessions", "查看登录和设备" },
	{ MESSAGE_PIN_LOCKED, "证书密码已锁定",
		"连续输错 5 次，证书密码已锁定 {0} 分钟。不是您本人，请结束不认识的登录，并联系客服。", "/me/pin",
		"看看何时解锁" },
	{ MESSAGE_PIN_SET, "证书密码已设置",
		"今后每次用证书登录、签字、盖章，都要输入它。请记牢，现在还不能修改或重设。", "/me/pin",
		"关于证书密码" },
	{ MESSAGE_ORG_JOINED, "已加入单位", "您已成为{0}的成员。", "/orgs/{o}", "查看单位" },
	{ MESSAGE_CERT_ISSUED, "证书已安装", "{0}已装到“{1}”，可以使用了。", "/certs/{o}", "查看证书" },
	{ MESSAGE_CERT_FAILED, "证书没有签发", "{0}的签发没有完成，没有扣除次数。请稍后再试，或联系客服。",
		"/certs/{o}", "查看证书" },
	{ MESSAGE_CERT_REVOKED, "证书已吊销", "{0}已被吊销，不能再用来签字和盖章。以前签的文件不受影响。", "/certs/{o}",
		"查看证书" },
	{ MESSAGE_SEAL_MADE, "印章已制作", "{1}“{0}”已制作，可以使用了。", "/orgs/{g}/seals/{o}", "查看印章" },
	{ MESSAGE_SEAL_VOIDED, "印章已作废", "{1}“{0}”已作废，不能再用。", "/orgs/{g}/seals/{o}", "查看印章" },
	{ MESSAGE_SEAL_USED, "印章已使用", "{0}的{1}在{2}上盖了章：{3}。", "/orgs/{g}/seals/{o}/records",
		"查看使用记录" },
	{ MESSAGE_REALNAME_VERIFIED, "实名已通过", "运营人员已核验您的身份。现在可以设置证书密码、领取证书。",
		"/me/pin", "设置证书密码" },
	{ MESSAGE_LEGAL_REP, "您已是法定代表人", "您已登记为{0}的法定代表人，可以制作印章、领取单位证书。", "/orgs/{o}",
		"查看单位" },
	{ MESSAGE_CERT_KEYS_MOVED, "加密密钥已转移",
		"{1}补发了{0}，以前的加密密钥已用恢复密钥转到“{2}”，以前加密的内容仍能解密。"
		"不是本人补发，请立即吊销证书，并联系客服。",
		"/certs/{o}", "查看证书" },
};
const size_t message_count = sizeof message_table / sizeof message_table[0];

const struct message_words *message_words(enum message_kind kind)
{
	for (size_t i = 0; i < message_count; i++)
		if (message_table[i].kind == kind)
			return &message_table[i];
	return NULL;
}

static void fill_in(struct buf *out, char hole, const struct message *message)
{
	if (hole == 'o')
		buf_printf(out, "%lld", (long long)message->object);
	else if (hole == 'g')
		buf_printf(out, "%lld", (long long)message->org);
	else if (message->words[hole - '0'])
		buf_text(out, message->words[hole - '0']);
}

static char *fill(struct arena *arena, const char *pattern, const struct message *message)
{
	struct buf out = buf_new(arena);

	while (*pattern) {
		size_t plain = strcspn(pattern, "{");

		buf_add(&out, pattern, plain);
		pattern += plain;
		if (!*pattern)
			break;
		if (pattern[1] && strchr("0123og", pattern[1]) && pattern[2] == '}') {
			fill_in(&out, pattern[1], message);
			pattern += strlen("{0}");
		} else {
			buf_char(&out, *pattern++);
		}
	}
	return out.data;
}

char *message_text(struct arena *arena, const struct message *message)
{
	const struct message_words *words = message_words(message->kind);

	return fill(arena, words ? words->text : "", message);
}

const char *message_link(struct arena *arena, const struct message *message)
{
	const struct message_words *words = message_words(message->kind);

	if (!words || !words->link || (strstr(words->link, "{o}") && !message->object) ||
		(strstr(words->link, "{g}") && !message->org))
		return NULL;
	return fill(arena, words->link, message);
}
