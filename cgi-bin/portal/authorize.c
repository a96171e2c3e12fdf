/* Where platforms send browsers, and where browsers leave for platforms (API-1, SCAN-2). Only these two GETs redirect
 * off-site: the policy of our forms forbids it to a POST. */
#include "base/buf.h"
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/parameters.h"
#include "cgi-bin/site/visit.h"
#include "core/token.h"

enum { FOLLOWED_MOST = 12 * 1024 /* a Location within what the front server takes of a head */ };

static enum http authorize_answer(struct visit *v)
{
	struct authorize_source source = parameters_of(&v->request->query);
	const char *location;
	int64_t ticket;
	enum err err = authorize(&v->ctx, &source, v->visit, &ticket, &location);

	if (err == ERR_INVALID)
		return error_page(v, HTTP_BAD_REQUEST, v->ctx.fault.word);
	if (err != OK)
		return failed(v, err);
	return ticket ? go(v, "/tickets/%lld/wait", (long long)ticket) : respond_redirect(v->response, location);
}

/* OpenID Connect Core 3.1.2.1 wants POST too. From another site it comes without our cookies; the GET that it leads to
 * has them. What is too long for that is pushed. */
static enum http authorize_by_post(struct visit *v)
{
	struct buf query = buf_new(v->ctx.arena);

	for (size_t i = 0; i < v->form.raw.count; i++)
		buf_printf(&query, "%c%s=%s", i ? '&' : '?', percent_encode(v->ctx.arena, v->form.raw.list[i].name),
			percent_encode(v->ctx.arena, v->form.raw.list[i].value));
	if (query.len > FOLLOWED_MOST)
		return error_page(v, HTTP_TOO_LARGE, NULL);
	return go(v, "%s%s", v->match.route->pattern, query.data);
}

static enum http collect_answer(struct visit *v)
{
	int64_t ticket = path_id(v, "ticket");
	const char *location;
	enum err err = token_collect(&v->ctx, ticket, v->visit, &location);

	if (err == ERR_CONFLICT && text_equal(v->ctx.fault.word, "ticket-not-yet"))
		return go(v, "/tickets/%lld/wait", (long long)ticket);
	return err == OK ? respond_redirect(v->response, location) : failed(v, err);
}

const struct route authorize_routes[] = {
	{ "GET", "/oauth2/authorize", ANYONE, WRITES, NO_BODY, authorize_answer },
	{ "GET", "/csc/oauth2/authorize", ANYONE, WRITES, NO_BODY, authorize_answer },
	{ "POST", "/oauth2/authorize", ANYONE, FROM_ELSEWHERE, FORM_BODY, authorize_by_post },
	{ "POST", "/csc/oauth2/authorize", ANYONE, FROM_ELSEWHERE, FORM_BODY, authorize_by_post },
	{ "GET", "/collect/:ticket", ANYONE, WRITES, NO_BODY, collect_answer },
	ROUTES_END,
};
