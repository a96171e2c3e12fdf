/* Pages: what is escaped, and what happens to a page that is broken. */
#include "tests/unit/suite.h"
#include "base/file.h"
#include "web/view.h"

#define PRAGMA "{{%AUTOESCAPE context=\"HTML\"}}\n"

/* The same files for every test: ctemplate keeps one cache a process, so only names that no test changes are shared. */
static void put(const char *name, const char *text)
{
	const char *path = path_join(test_arena(), test_folder(), name);

	assert_ok(folder_make(path_join(test_arena(), test_folder(), "t"), 0700));
	assert_ok(file_write(path, bytes_of_text(text), 0600));
}

static const struct view_constant constants[] = { { "BASE", "/yinxin" } };

static void load(void)
{
	const char *why = NULL;

	if (view_load(test_folder(), constants, 1, &why) != OK)
		fail_msg("%s", why);
}

static struct buf expand(struct view *view, const char *file)
{
	struct buf out = buf_new(test_arena());

	assert_ok(view_expand(view, file, &out));
	return out;
}

TEST("SEC-2: a value is escaped for the place where it stands")
{
	struct view *view;

	put("t/escape.tpl", PRAGMA "<p>{{V}}</p><a title=\"{{V}}\" href=\"{{V}}\">x</a><a href=\"/q?a={{V:u}}\">y</a>");
	load();
	view = view_new("page");
	view_text(view, "V", "<script>\"'&");
	assert_string_equal("<p>&lt;script&gt;&quot;&#39;&amp;</p>"
			    "<a title=\"&lt;script&gt;&quot;&#39;&amp;\" href=\"&lt;script&gt;&quot;&#39;&amp;\">x</a>"
			    "<a href=\"/q?a=%3Cscript%3E%22%27%26\">y</a>",
		expand(view, "t/escape.tpl").data);
	view_free(&view);
	assert_null(view);

	view = view_new("page");
	view_text(view, "V", "javascript:alert(1)");
	assert_non_null(strstr(expand(view, "t/escape.tpl").data, "href=\"#\""));
	view_free(&view);
}

TEST("SEC-2: layout, body, rows and page-wide values come together")
{
	struct view *view, *body;

	put("t/layout.tpl", PRAGMA "<title>{{TITLE}}</title>{{>BODY}}{{#FOOT}}{{TITLE}}!{{/FOOT}}");
	put("t/body.tpl", PRAGMA "<ul>{{#ROW}}<li>{{N}} {{NAME}}</li>{{/ROW}}</ul>{{TITLE}}{{BASE}}");
	load();
	view = view_new("page");
	view_page_text(view, "TITLE", "\xE5\x8D\xB0<");
	body = view_include(view, "BODY", "t/body.tpl");
	for (int i = 0; i < 2; i++) {
		struct view *row = view_row(body, "ROW");

		view_int(row, "N", INT64_C(9007199254740993) + i);
		view_text(row, "NAME", i ? NULL : "a");
	}
	view_show_if(view, "FOOT", true);
	assert_string_equal(
		"<title>\xE5\x8D\xB0&lt;</title><ul><li>9007199254740993 a</li><li>9007199254740994 </li></ul>"
		"\xE5\x8D\xB0&lt;/yinxin\xE5\x8D\xB0&lt;!",
		expand(view, "t/layout.tpl").data);
	view_free(&view);
}

/* ctemplate's own way takes constants alone: view.cc makes names as its macro does. */
TEST("a value's name is its letters, wherever they stand: in a constant, elsewhere, or where another's stood")
{
	struct view *view;
	char name[] = "ONE";

	put("t/names.tpl",
		PRAGMA "{{ONE}} {{TWO}} {{#ONLY}}{{ONE}}{{/ONLY}}{{A_NAME_OF_MORE_LETTERS_THAN_A_SHORT_STRING_HOLDS}}");
	load();
	view = view_new("page");
	view_text(view, name, "1");
	memcpy(name, "TWO", 3);
	view_text(view, name, "2");
	view_text(view, "ONE", "one");
	view_text(view_row(view, arena_text(test_arena(), "ONLY")), arena_text(test_arena(), "ONE"), "first");
	view_text(view, "A_NAME_OF_MORE_LETTERS_THAN_A_SHORT_STRING_HOLDS", "!");
	assert_string_equal("one 2 first!", expand(view, "t/names.tpl").data);
	view_free(&view);
}

TEST("SEC-2: an include can be shown alone, as a fragment, with the page's values")
{
	struct view *view, *body;

	put("t/fragment.tpl", PRAGMA "<b>{{TITLE}}{{V}}</b>");
	load();
	view = view_new("page");
	view_page_text(view, "TITLE", "<");
	body = view_include(view, "BODY", NULL);
	view_text(body, "V", "&");
	assert_string_equal("<b>&lt;&amp;</b>", expand(body, "t/fragment.tpl").data);
	view_use(body, "t/none.tpl");
	assert_err(ERR_BROKEN, view_expand(body, "t/fragment.tpl", &(struct buf){ NULL }));
	view_free(&view);
}

TEST("HELP-3: a page whose template or part is missing is broken, and nothing of it gets out")
{
	struct view *view;
	struct buf out = buf_new(test_arena());

	put("t/outer.tpl", PRAGMA "before {{>PART}} after");
	load();
	buf_text(&out, "kept");
	view = view_new("page");
	assert_err(ERR_BROKEN, view_expand(view, "t/none.tpl", &out));
	assert_err(ERR_BROKEN, view_expand(view, "../../../etc/hostname", &out));
	view_include(view, "PART", "t/none.tpl");
	assert_err(ERR_BROKEN, view_expand(view, "t/outer.tpl", &out));
	assert_string_equal("kept", out.data);
	view_free(&view);
}

TEST("SEC-2: a constant stands in every file from its reading on, and none is taken that some place would have to "
     "escape")
{
	static const char *const wrong[] = { "a b", "\"", "<", "&", "%", "{{", "\xE5\x8D\xB0", "?" };
	const char *why = NULL;
	struct view *view;

	put("t/constant.tpl",
		PRAGMA "<a href=\"{{BASE}}/q\" title=\"{{BASE}}\">{{BASE}}{{BASED}}{{#S}}{{BASE}}{{/S}}</a>");
	load();
	view = view_new("page");
	view_text(view, "BASE", "other");
	view_text(view, "BASED", "<");
	view_show(view, "S");
	assert_string_equal(
		"<a href=\"/yinxin/q\" title=\"/yinxin\">/yinxin&lt;/yinxin</a>", expand(view, "t/constant.tpl").data);
	view_free(&view);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const struct view_constant bad[] = { { "BASE", "/yinxin" }, { "X", wrong[i] } };

		assert_err(ERR_INVALID, view_load(test_folder(), bad, 2, &why));
		assert_string_equal("X: a character that would need escaping", why);
	}
}

TEST("SEC-2: a template without the escaping pragma, or a broken one, is refused at the start by name")
{
	const char *why = NULL;

	put("t/bare.tpl", "<p>{{V}}</p>");
	assert_err(ERR_INVALID, view_load(test_folder(), constants, 1, &why));
	assert_non_null(strstr(why, "t/bare.tpl"));
	put("t/bare.tpl", PRAGMA "<a href={{V}}>unquoted</a>");
	assert_err(ERR_INVALID, view_load(test_folder(), constants, 1, &why));
	assert_non_null(strstr(why, "t/bare.tpl"));
	assert_err(ERR_INVALID, view_load(path_join(test_arena(), test_folder(), "none"), constants, 1, &why));
	assert_err(ERR_INVALID, view_load("", constants, 1, &why));
}
