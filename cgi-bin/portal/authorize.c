/* Where platforms send browsers, and where browsers leave for platforms (API-1, SCAN-2). Only these two GETs redirect
 * off-site: the policy of our forms forbids it to a POST. */
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/parameters.h"
#include "cgi-bin/site/visit.h"
#include "core/token.h"

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
	{ "GET", "/collect/:ticket", ANYONE, WRITES, NO_BODY, collect_answer },
	ROUTES_END,
};
