/* Pages over ctemplate: the one C++ file. Nothing of C++ or ctemplate shows through web/view.h. */
#include <ctemplate/template.h>
#include <ctemplate/template_emitter.h>
#include <cstring>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
extern "C" {
#include "web/view.h"
}

using ctemplate::StaticTemplateString;
using ctemplate::TemplateDictionary;
using ctemplate::TemplateString;
namespace fs = std::filesystem;

/* A page and every row and include below it: the page owns them all and knows whether one went wrong. */
struct view {
	TemplateDictionary *dict;
	struct whole *whole;
};

struct whole : view {
	std::deque<view> parts; /* addresses stay */
	bool broken = false;
};

namespace
{

/* The first bytes of every file: without them ctemplate escapes nothing in that file. */
const char pragma[] = "{{%AUTOESCAPE ";
/* 1 drops blank lines and keeps <pre>; 2 would not. */
const ctemplate::Strip strip = ctemplate::STRIP_BLANK_LINES;

/* The names that view_load found good. ctemplate itself would open any path, also "../x". */
std::set<std::string> &loaded()
{
	static std::set<std::string> names;
	return names;
}

/* Values of every page. Not ctemplate's own global ones: those leak when they are set again. */
std::map<std::string, std::string> &globals()
{
	static std::map<std::string, std::string> values;
	return values;
}

std::string &reason()
{
	static std::string text;
	return text;
}

enum err fails(const std::string &what, const char **why)
{
	reason() = what;
	*why = reason().c_str();
	return ERR_INVALID;
}

std::string text_of(const fs::path &file)
{
	std::ifstream in(file, std::ios::binary);

	return { std::istreambuf_iterator<char>(in), {} };
}

void replace_all(std::string &text, const std::string &hole, const std::string &value)
{
	for (size_t at = 0; (at = text.find(hole, at)) != std::string::npos; at += value.size())
		text.replace(at, hole.size(), value);
}

bool means_itself_everywhere(const std::string &value)
{
	return value.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~") ==
		std::string::npos;
}

class BufEmitter final : public ctemplate::ExpandEmitter
{
      public:
	explicit BufEmitter(struct buf *out) : out_(out)
	{
	}
	void Emit(char c) override
	{
		buf_char(out_, c);
	}
	void Emit(const std::string &text) override
	{
		buf_add(out_, text.data(), text.size());
	}
	void Emit(const char *text) override
	{
		buf_text(out_, text);
	}
	void Emit(const char *text, size_t len) override
	{
		buf_add(out_, text, len);
	}

      private:
	struct buf *out_;
};

view *add_part(view *parent, TemplateDictionary *dict)
{
	whole *page = parent->whole;

	page->parts.push_back(view{ dict, page });
	return &page->parts.back();
}

/* A name as ctemplate knows it: hashed and entered in its table once a process, not with each value. It is made as
 * STS_INIT makes one, brace by brace, for the macro takes constants of its own file alone; after that only what is
 * public is used. */
struct known_name {
	const std::string text;
	const StaticTemplateString value;
	const ctemplate::StaticTemplateStringInitializer entered;

	explicit known_name(const char *name) : text(name), value{ { text.c_str(), text.size(), 0 } }, entered(&value)
	{
	}
};

const known_name *look_up(const char *name)
{
	static std::unordered_map<std::string_view, std::unique_ptr<const known_name>> known;
	auto found = known.find(name);

	if (found == known.end()) {
		auto made = std::make_unique<const known_name>(name);

		found = known.emplace(made->text, std::move(made)).first;
	}
	return found->second.get();
}

/* Names are constants of the program, so where one stands finds it without looking at more than its letters. */
TemplateString named(const char *name)
{
	static struct {
		const char *name;
		const known_name *known;
	} seen[2048];
	auto &place = seen[reinterpret_cast<uintptr_t>(name) % std::size(seen)];

	if (place.name != name || std::strcmp(name, place.known->text.c_str()) != 0)
		place = { name, look_up(name) };
	return TemplateString(place.known->value);
}

TemplateString text_or_empty(const char *value)
{
	return TemplateString(value ? value : "");
}

} // namespace

extern "C" {

enum err view_load(const char *folder, const struct view_constant *constants, size_t count, const char **why)
{
	std::error_code error;

	if (!fs::is_directory(folder, error))
		return fails(std::string(folder) + ": no such folder", why);
	for (size_t i = 0; i < count; i++)
		if (!means_itself_everywhere(constants[i].value))
			return fails(std::string(constants[i].name) + ": a character that would need escaping", why);
	for (const auto &entry : fs::recursive_directory_iterator(folder, error)) {
		if (!entry.is_regular_file() || entry.path().extension() != ".tpl")
			continue;
		const std::string name = fs::relative(entry.path(), folder).string();
		std::string text = text_of(entry.path());
		if (text.compare(0, sizeof pragma - 1, pragma) != 0)
			return fails(name + ": does not begin with " + pragma, why);
		for (size_t i = 0; i < count; i++)
			replace_all(text, std::string("{{") + constants[i].name + "}}", constants[i].value);
		if (!loaded().count(name) && !ctemplate::StringToTemplateCache(name, text, strip))
			return fails(name + ": broken (the reason stands on stderr)", why);
		loaded().insert(name);
	}
	if (error || loaded().empty())
		return fails(std::string(folder) + ": no templates", why);
	return OK;
}

void view_global(const char *name, const char *value)
{
	globals()[name] = value ? value : "";
}

struct view *view_new(const char *name)
{
	auto *page = new whole;

	page->dict = new TemplateDictionary(name);
	page->view::whole = page;
	for (const auto &[global, value] : globals())
		page->dict->SetTemplateGlobalValue(named(global.c_str()), value);
	return page;
}

void view_free(struct view **page)
{
	if (!*page)
		return;
	delete (*page)->dict;
	delete (*page)->whole;
	*page = nullptr;
}

void view_text(struct view *view, const char *name, const char *value)
{
	view->dict->SetValue(named(name), text_or_empty(value));
}

void view_int(struct view *view, const char *name, int64_t value)
{
	view->dict->SetIntValue(named(name), value);
}

void view_show(struct view *view, const char *section)
{
	view->dict->ShowSection(named(section));
}

void view_show_if(struct view *view, const char *section, bool condition)
{
	if (condition)
		view_show(view, section);
}

struct view *view_row(struct view *parent, const char *section)
{
	return add_part(parent, parent->dict->AddSectionDictionary(named(section)));
}

void view_use(struct view *include, const char *file)
{
	include->dict->SetFilename(file);
	if (!loaded().count(file))
		include->whole->broken = true;
}

struct view *view_include(struct view *parent, const char *name, const char *file)
{
	view *include = add_part(parent, parent->dict->AddIncludeDictionary(named(name)));

	if (file)
		view_use(include, file);
	return include;
}

void view_page_text(struct view *view, const char *name, const char *value)
{
	view->whole->dict->SetTemplateGlobalValue(named(name), text_or_empty(value));
}

enum err view_expand(struct view *view, const char *file, struct buf *out)
{
	const size_t before = out->len;
	BufEmitter emitter(out);
	bool good = false;

	if (view->whole->broken || !loaded().count(file))
		return ERR_BROKEN;
	try {
		good = ctemplate::ExpandTemplate(file, strip, view->dict, &emitter);
	} catch (const std::exception &) {
		good = false;
	}
	if (good)
		return OK;
	out->len = before;
	out->data[before] = 0;
	return ERR_BROKEN;
}

} // extern "C"
