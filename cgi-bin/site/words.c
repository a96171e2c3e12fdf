/* Finding and filling the sentences of the table (word_list.c). */
#include "base/buf.h"
#include "base/log.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/words.h"

static int compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct word *)row)->key);
}

const struct word *word_find(const char *key)
{
	return key ? bsearch(key, words_table, words_count, sizeof words_table[0], compare) : NULL;
}

/* A code point as UTF-8; what is none as the replacement character. */
static void add_character(struct buf *out, int64_t code)
{
	if (code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = 0xfffd;
	if (code < 0x80) {
		buf_u8(out, (unsigned)code);
	} else if (code < 0x800) {
		buf_u8(out, 0xc0u | (unsigned)(code >> 6));
		buf_u8(out, 0x80u | (unsigned)(code & 0x3f));
	} else {
		if (code < 0x10000) {
			buf_u8(out, 0xe0u | (unsigned)(code >> 12));
		} else {
			buf_u8(out, 0xf0u | (unsigned)(code >> 18));
			buf_u8(out, 0x80u | (unsigned)(code >> 12 & 0x3f));
		}
		buf_u8(out, 0x80u | (unsigned)(code >> 6 & 0x3f));
		buf_u8(out, 0x80u | (unsigned)(code & 0x3f));
	}
}

const char *word_text(struct arena *arena, const char *key, int64_t number, const char *detail, int64_t now)
{
	const struct word *word = word_find(key);
	struct buf out = buf_new(arena);

	if (!word) {
		LOG(LOG_ERROR, "word-unknown", L("word", key ? key : ""));
		return "这一项没有通过，请核对后再提交。";
	}
	for (const char *c = word->text; *c; c++) {
		if (c[0] != '{' || !strchr("ncdt", c[1]) || c[2] != '}') {
			buf_char(&out, *c);
			continue;
		}
		if (c[1] == 'n')
			buf_printf(&out, "%lld", (long long)number);
		else if (c[1] == 'c')
			add_character(&out, number);
		else if (c[1] == 't')
			buf_text(&out, time_near(arena, now, number));
		else
			buf_text(&out, detail ? detail : "");
		c += 2;
	}
	return out.data;
}

static const struct error_words table[] = {
	{ 400, "authorize-client", "交易平台没有登记", "请求里的平台编号（client_id）不存在、已停用或写了两遍。",
		"没有回到平台，什么都没有改变。", "请回到交易平台，从它的页面上重新发起；仍不行，请告诉平台的客服。" },
	{ 400, "authorize-handle", "这个请求不能再用",
		"请求编号（request_uri）不存在、已失效，或已在另一个浏览器里打开。", "没有回到平台，什么都没有改变。",
		"请回到交易平台重新发起。" },
	{ 400, "authorize-redirect", "返回地址没有登记",
		"请求里的返回地址（redirect_uri）与平台登记的不是逐字相同，可能有人冒用平台的名义。",
		"没有回到平台，什么都没有改变。", "请回到交易平台，从它的页面上重新发起；仍不行，请告诉平台的客服。" },
	{ 400, NULL, "这个请求有误", "地址或提交的内容不完整，服务器看不懂。", "什么都没有改变。",
		"请回到上一页，刷新后重新操作。" },
	{ 401, NULL, "需要登录", "您还没有登录，或登录已经过期。", "刚才提交的内容没有保存。",
		"请回首页重新登录，再操作一次。" },
	{ 403, "csrf", "页面已过期", "这个页面打开得太久，或浏览器没有接受 Cookie，无法确认是您本人提交的。",
		"什么都没有改变。", "请回到上一页，刷新后重新提交；仍不行，请允许本网站使用 Cookie。" },
	{ 403, "fresh-code", "需要短信验证码", "这项操作要在 5 分钟内验证过手机号才能进行。", "什么都没有改变。",
		"请退出后用短信验证码重新登录，再操作。" },
	{ 403, "not-legal-rep", "您不是该单位的法定代表人", "法定代表人版只能打开您担任法定代表人的单位。",
		"什么都没有改变。", "请切换到标准版，再打开这个单位。" },
	{ 403, "realname-needed", "需先实名", "这项操作以您的真实身份为准。", "什么都没有改变。",
		"请先完成实名，再回来操作。" },
	{ 403, "role", "您没有这项权限", "这项操作由本单位的其他角色办理。", "什么都没有改变。",
		"请联系本单位的法定代表人或单位管理员。" },
	{ 403, "session-kept", "需要重新登录", "“保持登录”只能用来扫码、批准和看消息。", "什么都没有改变。",
		"请用短信验证码重新登录，再操作。" },
	{ 403, "ticket-not-yours", "这个请求不是给您的", "它要用的证书不属于您的账户。",
		"什么都没有改变，请求仍在等待。", "请用持有这张证书的账户扫码。" },
	{ 403, NULL, "您没有这项权限", "这项操作不对您的账户开放。", "什么都没有改变。",
		"如果这和您的职责不符，请联系单位管理员或客服。" },
	{ 404, "scan-code", "这个二维码已经失效", "二维码每 2 分钟更新，请求 10 分钟后失效。", "什么都没有改变。",
		"请对着屏幕上现在的二维码再扫一次，或在交易平台重新发起。" },
	{ 404, NULL, "这个页面不存在", "地址可能写错了，或它已不再对您开放。", "", "请核对地址，或从首页进入。" },
	{ 405, NULL, "不能这样打开这个页面", "这个地址只接受从页面上提交。", "什么都没有改变。",
		"请从首页进入，再操作一次。" },
	{ 409, "edition", "版本已切换", "您在另一个窗口切换了法定代表人版和标准版，这个页面还是切换前的。",
		"什么都没有改变。", "请从首页进入，再操作一次。" },
	{ 409, "record-not-proven", "回执还在生成", "这条记录刚刚写入，一秒之内会编入日志，随后就有回执。", "",
		"请过一秒再下载。" },
	{ 409, "ticket-decided", "这个请求已经办完", "结果已经交回交易平台，每个结果只交一次。",
		"这一次没有再做任何改变。", "请回到交易平台的页面继续。" },
	{ 409, "ticket-taken", "已被其他账户扫码", "这个请求已经由另一个账户打开。", "什么都没有改变。",
		"请在交易平台重新生成二维码，再扫一次。" },
	{ 409, NULL, "情况已经变化", "您操作的同时，它已被改动或处理过。", "这一次没有再做任何改变。",
		"请回到上一页，刷新后看看现在的状态。" },
	{ 413, NULL, "提交的内容太大", "提交的内容超过了上限，没有被接收。", "什么都没有改变。", "请减小后再提交。" },
	{ 415, NULL, "内容的格式不对", "服务器不接受这种格式的内容。", "什么都没有改变。", "请从页面上提交。" },
	{ 422, NULL, "填写的内容有误", "有的内容不符合要求。", "什么都没有改变。", "请回到上一页，改正后再提交。" },
	{ 429, NULL, "操作太频繁", "短时间内的操作太多。", "这一次没有做任何改变。", "请稍等一会儿再试。" },
	{ 503, NULL, "系统正忙", "服务器暂时处理不了这个请求。", "这一次没有做任何改变。", "请过几秒钟再试。" },
	{ 500, "unsure", "不确定这一步是否完成", "提交的时候与数据库断开了，没有收到确认。",
		"它可能已经完成，也可能没有。", "请先看操作记录和现在的状态，确认没有完成再重新操作。" },
	{ 500, NULL, "这一步没有完成", "服务器出了问题，没能完成您的操作。", "没有完成的操作不会留下一半。",
		"请过一分钟再试。仍不行，把下面的编号告诉客服，我们能据此查到原因。" },
};

/* The row of the word, else the status's own; the last row for any status without one. */
const struct error_words *error_words(int status, const char *word)
{
	size_t last = sizeof table / sizeof table[0] - 1;

	for (size_t i = 0; word && i <= last; i++)
		if (table[i].status == status && table[i].word && !strcmp(table[i].word, word))
			return &table[i];
	for (size_t i = 0; i <= last; i++)
		if (table[i].status == status && !table[i].word)
			return &table[i];
	return &table[last];
}
