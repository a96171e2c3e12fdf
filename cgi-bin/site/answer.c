/* From an error to what the person sees: the page again with its messages, or an error page. */
#include "base/log.h"
#include "base/text.h"
#include "cgi-bin/site/site.h"

enum http http_of(enum err err)
{
	static const enum http statuses[] = {
		[OK] = HTTP_OK,
		[ERR_INVALID] = HTTP_UNPROCESSABLE,
		[ERR_DENIED] = HTTP_FORBIDDEN,
		[ERR_NOT_FOUND] = HTTP_NOT_FOUND,
		[ERR_CONFLICT] = HTTP_CONFLICT,
		[ERR_LIMITED] = HTTP_TOO_MANY,
		[ERR_UNAVAILABLE] = HTTP_UNAVAILABLE,
		[ERR_BROKEN] = HTTP_BROKEN,
		[ERR_UNSURE] = HTTP_BROKEN,
	};

	return statuses[err];
}

/* A fault's number is the seconds to wait, or the time in ms until which; both become seconds. */
static void add_retry_after(struct visit *v)
{
	int64_t wait = v->ctx.fault.number;

	if (wait > INT64_C(1000000000000))
		wait = (wait - v->ctx.now) / 1000 + 1;
	if (wait > 0)
		response_header(v->response, "Retry-After", arena_printf(v->ctx.arena, "%lld", (long long)wait));
}

/* What a handler had begun to answer is dropped: half an answer is worse than none. */
static void start_anew(struct visit *v, enum http status)
{
	response_init(v->response, v->ctx.arena);
	v->response->status = status;
	if (status == HTTP_TOO_MANY)
		add_retry_after(v);
}

enum http error_page(struct visit *v, enum http status, const char *word)
{
	start_anew(v, status);
	return v->site->error(v, status, word);
}

enum http failed(struct visit *v, enum err err)
{
	const char *word = err == ERR_UNSURE ? "unsure" : v->ctx.fault.word;

	LOG(err == ERR_BROKEN || err == ERR_UNSURE ? LOG_ERROR : LOG_INFO, "refused", L("error", err_name(err)),
		L("word", word ? word : ""));
	return error_page(v, http_of(err), word);
}

/* The row's own page, else the GET row of the same path. */
static enum http (*form_page(struct visit *v))(struct visit *)
{
	struct match match;
	const char *allow;

	if (v->match.route->page)
		return v->match.route->page;
	if (route_find(v->site->tables, "GET", v->request->path, v->ctx.arena, &match, &allow) == HTTP_OK)
		return match.route->handler;
	return NULL;
}

struct showing {
	struct visit *visit;
	enum http (*page)(struct visit *);
};

static enum err show(struct ctx *ctx, void *arg)
{
	struct showing *showing = arg;

	(void)ctx;
	showing->page(showing->visit);
	return OK;
}

enum http page_again(struct visit *v, enum http status)
{
	struct showing showing = { v, form_page(v) };
	enum err err;

	if (!showing.page)
		return error_page(v, status, v->ctx.fault.word);
	start_anew(v, status);
	v->again = true;
	v->refused = v->ctx.fault;
	v->status = status;
	err = ctx_reading(&v->ctx, show, &showing);
	return err == OK ? v->response->status : failed(v, err);
}

static bool can_be_mended(enum err err)
{
	return err == ERR_INVALID || err == ERR_DENIED || err == ERR_CONFLICT || err == ERR_LIMITED;
}

enum http back_with_fault(struct visit *v, enum err err)
{
	if (!v->ctx.fault.word || !can_be_mended(err))
		return failed(v, err);
	form_fault(&v->form, v->ctx.fault.field, v->ctx.fault.word);
	return page_again(v, http_of(err));
}
