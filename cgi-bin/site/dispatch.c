/* One request from the loop to its handler: route, Host, pool, guards, handler, headers, counts. */
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cgi-bin/site/site.h"
#include "core/device.h"
#include "core/metrics.h"
#include <time.h>

enum { VISIT_LIFE_S = 12 * 3600, VISIT_LEN = 43, KEYS_QUEUE_MOST = 10 * 1000 };

static bool is_head(const struct visit *v)
{
	return text_equal(v->request->method, "HEAD");
}

static bool is_get(const struct visit *v)
{
	return text_equal(v->request->method, "GET") || is_head(v);
}

static bool needs(const struct visit *v, unsigned bit)
{
	return v->match.route && (v->match.route->needs & bit);
}

/* The real clock, not the one that tests move: nginx's time is real. */
static int64_t wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What writes on a GET does so for a person who opens it: a link that is only looked at (HEAD, or a browser that loads
 * ahead) changes nothing (SCAN-2). */
static bool only_looks(const struct visit *v)
{
	const char *purpose = pairs_get(&v->request->headers, "sec-purpose");

	if (!purpose)
		purpose = pairs_get(&v->request->headers, "purpose");
	return is_head(v) || (purpose && strstr(purpose, "prefetch"));
}

/* A try at a password is not spent on somebody who has given up waiting. */
static bool waited_too_long(const struct visit *v)
{
	const struct request *request = v->request;

	return (request->arrived && wall_clock() - request->arrived > KEYS_QUEUE_MOST) ||
		(request->gone && request->gone(request->gone_arg));
}

/* The pre-session: any cookie of the right form is as random as ours, for nothing depends on who made it. */
static void find_visit(struct visit *v)
{
	const char *sent = cookie_get(v, COOKIE_VISIT);
	unsigned char random[32];

	if (sent && strlen(sent) == VISIT_LEN) {
		v->visit = sent;
		return;
	}
	crypto_random(random, sizeof random);
	v->visit = base64url_encode(v->ctx.arena, BYTES_OF(random));
	v->new_visit = true;
}

static enum http go_to_own_host(struct visit *v)
{
	struct buf url = buf_new(v->ctx.arena);

	buf_text(&url, v->site->settings.public_url);
	for (const char *at = v->request->path; *at;) {
		size_t len = strcspn(++at, "/");

		buf_printf(&url, "/%s", percent_encode(v->ctx.arena, arena_text_n(v->ctx.arena, at, len)));
		at += len;
	}
	if (*v->request->raw_query)
		buf_printf(&url, "?%s", v->request->raw_query);
	response_header(v->response, "Location", url.data);
	return respond(v->response, HTTP_PERMANENT, NULL, (struct bytes){ NULL, 0 });
}

static enum err read_and_show(struct ctx *ctx, void *arg)
{
	struct visit *v = arg;

	(void)ctx;
	if (guards_pass(v) == HTTP_OK)
		v->match.route->handler(v);
	return OK;
}

static enum err read_guards(struct ctx *ctx, void *arg)
{
	struct visit *v = arg;

	(void)ctx;
	v->status = guards_pass(v);
	return OK;
}

/* A GET is one read transaction from guard to page. Whatever writes has ended reading before its handler begins. */
static enum http serve(struct visit *v)
{
	enum err err;

	if (is_get(v) && !needs(v, WRITES)) {
		err = ctx_reading(&v->ctx, read_and_show, v);
		return err == OK ? v->response->status : failed(v, err);
	}
	err = ctx_reading(&v->ctx, read_guards, v);
	if (err != OK)
		return failed(v, err);
	if (v->status != HTTP_OK)
		return v->status;
	return v->match.route->handler(v);
}

static enum http answer(struct visit *v)
{
	const struct request *request = v->request;
	enum http found;
	const char *allow;

	if (request->fault != HTTP_OK)
		return error_page(v, request->fault, NULL);
	found = route_find(v->site->tables, request->method, request->path, v->ctx.arena, &v->match, &allow);
	if (needs(v, PLAIN))
		return v->match.route->handler(v);
	if (v->site->pages && is_get(v) && strcasecmp(request->host, v->site->settings.host))
		return go_to_own_host(v);
	if (found == HTTP_NOT_ALLOWED) {
		enum http status = error_page(v, found, NULL);

		response_header(v->response, "Allow", allow);
		return status;
	}
	if (found != HTTP_OK || v->site->keys_pool != needs(v, KEYS_POOL))
		return error_page(v, HTTP_NOT_FOUND, NULL);
	if (needs(v, WRITES) && only_looks(v))
		return is_head(v) ? respond(v->response, HTTP_NO_CONTENT, NULL, (struct bytes){ NULL, 0 })
				  : error_page(v, HTTP_UNAVAILABLE, NULL);
	if (v->site->keys_pool && waited_too_long(v))
		return error_page(v, HTTP_UNAVAILABLE, NULL);
	return serve(v);
}

static void begin(struct visit *v, struct site *site, const struct request *request, struct response *response)
{
	*v = (struct visit){ .site = site, .request = request, .response = response, .status = HTTP_OK };
	v->ctx = ctx_for(&site->house, request->arena, site->secret, clock_now());
	v->ctx.address = request->address;
	v->ctx.agent = agent_in_words(request->arena, pairs_get(&request->headers, "user-agent"));
	if (!site->pages)
		return;
	find_visit(v);
	v->layout = view_new("layout");
	v->page = view_include(v->layout, "BODY", NULL);
}

/* What a page leaves behind of having been opened: when the session was last seen, and the org that is chosen from now
 * on, which the layout of other pages shows. */
static void touch(struct visit *v)
{
	bool opened = v->ctx.org && v->ctx.org != v->session.org && is_get(v) && v->response->status == HTTP_OK;

	if (session_touch(&v->ctx, &v->session) != OK)
		LOG(LOG_WARN, "session-not-touched");
	if (opened && !only_looks(v) && session_set_org(&v->ctx, v->ctx.org) != OK)
		LOG(LOG_WARN, "org-not-chosen");
}

static void end(struct visit *v, int64_t began)
{
	const char *pattern = v->match.route ? v->match.route->pattern : NULL;
	int64_t us;

	if (v->signed_in)
		touch(v);
	if (v->site->pages && v->new_visit && !needs(v, PLAIN | FROM_ELSEWHERE))
		cookie_set(v, COOKIE_VISIT, v->visit, VISIT_LIFE_S);
	headers_add(v);
	us = clock_ticks() - began;
	metrics_count(v->site->house.metrics, pattern, v->response->status, us);
	metrics_busy(v->site->house.metrics, store_busy_us(v->ctx.store));
	/* what was only read stands in the front's log, under the same reference */
	LOG(is_get(v) && v->response->status < HTTP_BAD_REQUEST ? LOG_DEBUG : LOG_INFO, "request",
		L("method", v->request->method), L("route", pattern ? pattern : ""),
		L("status", (int)v->response->status), L("us", us));
	if (v->layout)
		view_free(&v->layout);
}

void site_serve(void *arg, const struct request *request, struct response *response)
{
	struct site *site = arg;
	int64_t began = clock_ticks();
	struct visit v;

	begin(&v, site, request, response);
	answer(&v);
	end(&v, began);
	arena_reset(site->secret);
}
