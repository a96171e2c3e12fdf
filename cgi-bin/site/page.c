/* Pages and fragments: what was typed and what was wrong with it go back into the form, then layout and page are
 * expanded together, whole or not at all. */
#include "base/log.h"
#include "base/text.h"
#include "cgi-bin/site/site.h"
#include "cgi-bin/site/words.h"
#include <ctype.h>

static const char html[] = "text/html; charset=utf-8";

/* "pin_again" -> "ERROR_PIN_AGAIN" */
static char *name_of(struct arena *arena, const char *prefix, const char *field)
{
	char *name = arena_printf(arena, "%s%s", prefix, field);

	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return name;
}

static void give_back(struct visit *v, const struct form_value *value)
{
	struct arena *arena = v->ctx.arena;
	const char *name = value->field->name;

	switch (value->field->kind) {
	case FIELD_SECRET:
		break;
	case FIELD_FLAG:
		view_show_if(v->page, name_of(arena, "IS_", name), value->number != 0);
		break;
	case FIELD_WORD:
		if (value->text && !value->fault)
			view_show(v->page, name_of(arena, "IS_", arena_printf(arena, "%s_%s", name, value->text)));
		view_text(v->page, name_of(arena, "FIELD_", name), value->text);
		break;
	case FIELD_TEXT:
	case FIELD_INT:
	case FIELD_ID:
		/* nobody sees a control character to take it out, so it comes back without */
		view_text(v->page, name_of(arena, "FIELD_", name),
			value->text ? text_plain_part(arena, value->text) : NULL);
		break;
	}
}

/* The bound that a sentence about a field's length names. */
static int64_t bound_of(const struct form_value *value)
{
	if (text_equal(value->fault, "field-too-short"))
		return value->field->min;
	return value->field->max ? value->field->max : 200;
}

/* What is missing is called by its name where the table has a sentence for it. */
static const char *missing_word(struct arena *arena, const struct form_value *value)
{
	const char *own = arena_printf(arena, "%s-missing", value->field->name);

	return word_find(own) ? own : value->fault;
}

static const char *fault_text(const struct visit *v, const struct form_value *value, const char *word)
{
	const struct fault *fault = &v->refused;
	bool of_rule = !value || text_equal(fault->word, word);

	return word_text(v->ctx.arena, word, of_rule ? fault->number : bound_of(value), of_rule ? fault->detail : NULL,
		v->ctx.now);
}

static void add_fault(struct view *faults, const char *field, const char *text)
{
	struct view *row = view_row(faults, "FAULT");

	view_text(row, "FAULT_TEXT", text);
	if (field)
		view_text(view_row(row, "AT_FIELD"), "FAULT_FIELD", field);
	else
		view_show(row, "AT_NONE");
}

/* Every message at its field, and all of them at the top; the rule's own stands there also where no field bears it. */
static void show_faults(struct visit *v)
{
	struct view *faults = view_include(v->page, "FAULTS", "partials/faults.tpl");
	bool shown = false, mend = false;

	for (size_t i = 0; i < v->form.count; i++) {
		const struct form_value *value = &v->form.values[i];
		const char *text;

		give_back(v, value);
		if (!value->fault)
			continue;
		text = fault_text(v, value,
			text_equal(value->fault, "field-missing") ? missing_word(v->ctx.arena, value) : value->fault);
		shown |= text_equal(value->fault, v->refused.word);
		view_text(view_row(v->page, name_of(v->ctx.arena, "ERROR_", value->field->name)), "ERROR_TEXT", text);
		add_fault(faults, value->field->name, text);
		mend = true;
	}
	if (v->refused.word && !shown)
		add_fault(faults, NULL, fault_text(v, NULL, v->refused.word));
	view_show(faults, mend ? "MEND" : "REFUSED");
}

static enum http send(struct visit *v, struct view *view, const char *file)
{
	if (view_expand(view, file, &v->response->body) != OK) {
		LOG(LOG_ERROR, "page-broken", L("file", file));
		return HTTP_BROKEN;
	}
	return respond(v->response, v->status, html, (struct bytes){ NULL, 0 });
}

enum http page(struct visit *v, const char *file, const struct frame *frame)
{
	enum err err;

	if (v->again)
		show_faults(v);
	view_use(v->page, file);
	err = layout_fill(v, frame);
	if (err != OK)
		return failed(v, err);
	if (send(v, v->layout, frame->gate ? "layout/gate.tpl" : "layout/base.tpl") == HTTP_BROKEN)
		return error_page(v, HTTP_BROKEN, NULL);
	return v->response->status;
}

enum http fragment(struct visit *v, const char *file)
{
	if (send(v, v->page, file) == HTTP_BROKEN)
		return error_page(v, HTTP_BROKEN, NULL);
	return v->response->status;
}

/* A dictionary of its own: what a handler had begun to fill is not shown. Where even this page cannot be made, the bare
 * status and the reference are left. */
enum http page_error(struct visit *v, enum http status, const char *word)
{
	const struct error_words *words = error_words((int)status, word);
	bool get = text_equal(v->request->method, "GET");

	view_free(&v->layout);
	v->has_token = false;
	v->layout = view_new("layout");
	v->page = view_include(v->layout, "BODY", NULL);
	v->again = false;
	v->status = status;
	view_text(v->page, "ERROR_TITLE", words->title);
	view_text(v->page, "ERROR_WHAT", words->what);
	view_text(v->page, "ERROR_NOT", words->not );
	view_text(v->page, "ERROR_DO", words->todo);
	view_text(v->page, "REFERENCE", v->request->id);
	if (get && (status == HTTP_UNAVAILABLE || status == HTTP_TOO_MANY || status == HTTP_BROKEN))
		view_text(view_row(v->page, "RETRY"), "RETRY_PATH", v->request->path);
	view_show(v->page, "LEAVE");
	view_use(v->page, "portal/error.tpl");
	if (layout_fill(v, &(struct frame){ .title = words->title, .gate = true }) == OK &&
		send(v, v->layout, "layout/gate.tpl") != HTTP_BROKEN)
		return status;
	v->response->status = status;
	return respond(v->response, status, "text/plain; charset=utf-8", bytes_of_text(v->request->id));
}
