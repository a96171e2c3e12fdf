/* The headers that every answer carries (SEC-2). */
#include "cgi-bin/site/site.h"

static const char on_all[] =
	"Content-Security-Policy: default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
	"form-action 'self'\r\n"
	"X-Content-Type-Options: nosniff\r\n"
	"Referrer-Policy: same-origin\r\n";

static bool has(const struct response *response, const char *name)
{
	return strstr(response->headers.data, name) != NULL;
}

void headers_add(struct visit *v)
{
	struct response *response = v->response;

	response_lines(response, on_all);
	if (v->site->settings.secure)
		response_lines(response, "Strict-Transport-Security: max-age=31536000\r\n");
	/* A handler that knows better (a CRL, a seal's picture) has said so. */
	if (!has(response, "Cache-Control: "))
		response_header(response, "Cache-Control", "no-store");
	if ((response->status == HTTP_TOO_MANY || response->status == HTTP_UNAVAILABLE) &&
		!has(response, "Retry-After: "))
		response_header(response, "Retry-After", "5");
}
