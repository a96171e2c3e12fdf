/* What handlers ask of a visit, but for pages and errors. */
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "cgi-bin/site/site.h"
#include "cgi-bin/site/words.h"
#include "core/message.h"
#include "core/realname.h"
#include "web/csrf.h"

int64_t path_id(const struct visit *v, const char *name)
{
	const char *text = match_part(&v->match, name);
	int64_t id;

	return text && id_parse(text, &id) ? id : 0;
}

const char *form_text(const struct visit *v, const char *name)
{
	return form_value_text(&v->form, name);
}

int64_t form_int(const struct visit *v, const char *name, int64_t fallback)
{
	return form_value_int(&v->form, name, fallback);
}

int64_t form_id(const struct visit *v, const char *name)
{
	return form_value_int(&v->form, name, 0);
}

bool form_flag(const struct visit *v, const char *name)
{
	return form_value_flag(&v->form, name);
}

const char *cookie_get(const struct visit *v, const char *name)
{
	return pairs_get(&v->request->cookies, name);
}

void cookie_set(struct visit *v, const char *name, const char *value, int64_t max_age_s)
{
	const char *base = v->site->settings.base_path;
	bool device_secret = text_equal(name, COOKIE_DEVICE_SECRET);

	response_cookie(v->response,
		&(struct cookie){
			.name = name,
			.value = value,
			.path = device_secret ? arena_printf(v->ctx.arena, "%s/keys", base) : base,
			.max_age = max_age_s,
			.strict = device_secret,
			.secure = v->site->settings.secure,
		});
}

void flash(struct visit *v, const char *key)
{
	const struct word *word = word_find(key);

	if (!word || !word->state)
		LOG(LOG_ERROR, "flash-unknown", L("word", key));
	cookie_set(v, COOKIE_FLASH, signed_text(v->ctx.arena, v->site->web_key, COOKIE_FLASH, key), 0);
}

const char *own_url(const struct visit *v, const char *path)
{
	return arena_printf(v->ctx.arena, "%s%s", v->site->settings.public_url, path);
}

bool path_is_own(const char *path)
{
	return path && path[0] == '/' && path[1] != '/' && !strchr(path, '\\') && text_is_plain(path);
}

enum http go(struct visit *v, const char *format, ...)
{
	const char *path, *location;
	va_list args;

	va_start(args, format);
	path = arena_vprintf(v->ctx.arena, format, args);
	va_end(args);
	if (!path_is_own(path)) {
		LOG(LOG_ERROR, "redirect-refused");
		return error_page(v, HTTP_BROKEN, NULL);
	}
	location = arena_printf(v->ctx.arena, "%s%s", v->site->settings.base_path, path);
	if (!v->request->fragment)
		return respond_redirect(v->response, location);
	response_header(v->response, "HX-Redirect", location);
	return respond(v->response, HTTP_NO_CONTENT, NULL, (struct bytes){ NULL, 0 });
}

void visit_ahead(struct visit *v)
{
	person_called_ahead(&v->ctx, v->ctx.actor.id);
	message_count_ahead(&v->ctx);
	org_list_ahead(&v->ctx);
}

enum err visit_person(struct visit *v, const char **called, bool *verified)
{
	if (!v->called)
		TRY(person_called(&v->ctx, v->ctx.actor.id, &v->called, &v->verified));
	*called = v->called;
	*verified = v->verified;
	return OK;
}

enum err visit_orgs(struct visit *v, struct org **out, size_t *count)
{
	if (!v->orgs)
		TRY(org_list(&v->ctx, &v->orgs, &v->org_count));
	*out = v->orgs;
	*count = v->org_count;
	return OK;
}

enum err visit_unread(struct visit *v, int64_t *out)
{
	if (!v->unread_counted)
		TRY(message_count_unread(&v->ctx, &v->unread));
	v->unread_counted = true;
	*out = v->unread;
	return OK;
}
