/* /healthz: this process answers. /readyz: it can also read the database (OPS-8). */
#include "cgi-bin/site/site.h"
#include "core/agreement.h"

static enum http say(struct visit *v, enum http status, const char *text)
{
	return respond(v->response, status, "text/plain; charset=utf-8", bytes_of_text(text));
}

static enum http healthz(struct visit *v)
{
	return say(v, HTTP_OK, "ok\n");
}

/* Whether there is an agreement does not matter, only that the table could be asked. */
static enum err read_something(struct ctx *ctx, void *arg)
{
	struct agreement agreement;
	enum err err = agreement_current(ctx, AGREEMENT_USER, &agreement);

	(void)arg;
	return err == ERR_NOT_FOUND ? OK : err;
}

static enum http readyz(struct visit *v)
{
	if (ctx_reading(&v->ctx, read_something, NULL) != OK)
		return say(v, HTTP_UNAVAILABLE, "database unavailable\n");
	return say(v, HTTP_OK, "ready\n");
}

const struct route health_routes[] = { { "GET", "/healthz", ANYONE, PLAIN, NO_BODY, healthz },
	{ "GET", "/readyz", ANYONE, PLAIN, NO_BODY, readyz }, ROUTES_END };
