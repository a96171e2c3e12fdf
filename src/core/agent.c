/* A browser's own description in a few words. The order matters: most browsers also call themselves by older names. */
#include "base/text.h"
#include "core/device.h"

struct mark {
	const char *sign, *name;
};
static const struct mark browsers[] = {
	{ "MicroMessenger/", "微信" },
	{ "DingTalk/", "钉钉" },
	{ "wxwork/", "企业微信" },
	{ "QQBrowser/", "QQ浏览器" },
	{ "UCBrowser/", "UC浏览器" },
	{ "HuaweiBrowser/", "华为浏览器" },
	{ "MiuiBrowser/", "小米浏览器" },
	{ "VivoBrowser/", "vivo浏览器" },
	{ "HeyTapBrowser/", "OPPO浏览器" },
	{ "360SE", "360浏览器" },
	{ "Edg/", "Edge" },
	{ "EdgA/", "Edge" },
	{ "EdgiOS/", "Edge" },
	{ "OPR/", "Opera" },
	{ "FxiOS/", "Firefox" },
	{ "Firefox/", "Firefox" },
	{ "CriOS/", "Chrome" },
	{ "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
	{ "Trident/", "IE" },
	{ NULL, "浏览器" },
};
static const struct mark systems[] = {
	{ "HarmonyOS", "鸿蒙" },
	{ "OpenHarmony", "鸿蒙" },
	{ "Android", "Android" },
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Windows", "Windows" },
	{ "Mac OS X", "macOS" },
	{ "Linux", "Linux" },
	{ NULL, NULL },
};

static const char *name_in(const struct mark *marks, const char *text)
{
	while (marks->sign && !strstr(text, marks->sign))
		marks++;
	return marks->name;
}

const char *agent_in_words(struct arena *arena, const char *user_agent)
{
	const char *text = user_agent ? user_agent : "", *system = name_in(systems, text);
	const char *browser = name_in(browsers, text);

	return system ? arena_printf(arena, "%s，%s", browser, system) : browser;
}

bool agent_is_phone(const char *words)
{
	static const char *const phones[] = { "iPhone", "Android", "鸿蒙" };

	for (size_t i = 0; i < sizeof phones / sizeof *phones; i++)
		if (words && text_ends(words, phones[i]))
			return true;
	return false;
}
