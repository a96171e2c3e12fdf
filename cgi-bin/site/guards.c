/* The guards behind the route table (SEC-1). Each looks at one thing; the first that refuses makes the answer. */
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "cgi-bin/site/site.h"
#include "core/realname.h"
#include "web/csrf.h"

enum {
	ORG_ROLES = LEGAL_REP | ADMIN | MEMBER,
	FRESH_CODE_LIFE = 5 * 60 * 1000,
	FORM_MOST = 64 * 1024,
	JSON_MOST = 256 * 1024
};

static bool is_get(const struct visit *v)
{
	return text_equal(v->request->method, "GET") || text_equal(v->request->method, "HEAD");
}

/* Path only: what stood in the query is not carried through a login. Who wanted to leave has left. */
static enum http go_to_login(struct visit *v)
{
	if (text_equal(v->request->path, "/logout"))
		return go(v, "/login");
	return go(v, "/login?next=%s", percent_encode(v->ctx.arena, v->request->path));
}

/* In the transaction of the guards, with the frame around it, which a picture or a file has not. */
static bool shows_page(const struct visit *v)
{
	return is_get(v) && !v->request->fragment && !(v->match.route->needs & WRITES) &&
		!strchr(v->match.route->pattern, '.');
}

static enum http guard_session(struct visit *v)
{
	const char *token = cookie_get(v, COOKIE_SESSION);
	enum err err = token ? session_find(&v->ctx, token, &v->session) : ERR_NOT_FOUND;

	if (err != OK && err != ERR_NOT_FOUND)
		return failed(v, err);
	if (err == OK) {
		v->signed_in = true;
		v->ctx.actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = v->session.account };
		v->ctx.session = v->session.id;
		v->ctx.device = v->session.device;
		v->ctx.edition = v->session.edition;
		if (shows_page(v))
			visit_ahead(v);
		return HTTP_OK;
	}
	if (v->match.route->roles & ANYONE)
		return HTTP_OK;
	if (!is_get(v))
		return error_page(v, HTTP_UNAUTHORIZED, NULL);
	if (token)
		flash(v, "session-over"); /* signed out from elsewhere, or for lack of use */
	return go_to_login(v);
}

static unsigned bit_of(enum role role)
{
	static const unsigned bits[] = {
		[ROLE_NONE] = 0, [ROLE_LEGAL_REP] = LEGAL_REP, [ROLE_ADMIN] = ADMIN, [ROLE_MEMBER] = MEMBER
	};

	return bits[role];
}

/* The legal representative edition opens no details of an org that one does not represent: of such an org there is the
 * overview alone, which says so (ORG-2). */
static bool hidden_in_edition(const struct visit *v)
{
	return v->ctx.edition == EDITION_LEGAL_REP && v->role != ROLE_LEGAL_REP &&
		!text_ends(v->match.route->pattern, "/:org");
}

/* Another's org is not found; in one's own, the wrong role is told so. */
static enum http guard_org(struct visit *v)
{
	unsigned wanted = v->match.route->roles & ORG_ROLES;
	int64_t org = path_id(v, "org");
	enum err err;

	if (!match_part(&v->match, "org") || !v->signed_in)
		return HTTP_OK;
	if (!org)
		return error_page(v, HTTP_NOT_FOUND, NULL);
	err = member_role(&v->ctx, org, v->ctx.actor.id, &v->role);
	if (err != OK)
		return failed(v, err);
	if (v->role == ROLE_NONE)
		return error_page(v, HTTP_NOT_FOUND, NULL);
	if (wanted && !(wanted & bit_of(v->role)))
		return error_page(v, HTTP_FORBIDDEN, "role");
	if (hidden_in_edition(v))
		return error_page(v, HTTP_FORBIDDEN, "not-legal-rep");
	v->ctx.org = org;
	return HTTP_OK;
}

static const char *edition_word(enum edition edition)
{
	return edition == EDITION_STANDARD ? "standard" : "legal_rep";
}

/* A form of a page that was opened before the edition was switched elsewhere must not act in the new one. */
static enum http guard_edition(struct visit *v)
{
	if (v->match.route->body != FORM_BODY || v->form_fault != HTTP_OK || !v->signed_in ||
		(v->match.route->needs & (ANY_EDITION | FROM_ELSEWHERE)))
		return HTTP_OK;
	if (text_equal(pairs_get(&v->form.raw, "edition"), edition_word(v->ctx.edition)))
		return HTTP_OK;
	return error_page(v, HTTP_CONFLICT, "edition");
}

/* What the explaining page calls the page that was asked for. */
static const char *page_name(const char *path)
{
	static const struct {
		const char *prefix, *name;
	} names[] = { { "/certs", "数字证书" }, { "/me/pin", "证书密码" }, { "/keys/pin", "证书密码" },
		{ "/scan", "扫一扫" }, { "/s/", "扫码请求" }, { "/tickets", "扫码请求" },
		{ "/keys/tickets", "扫码请求" }, { "/orgs", "单位" } };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_starts(path, names[i].prefix))
			return names[i].name;
	return "这个页面";
}

static enum http guard_real_name(struct visit *v)
{
	if (!(v->match.route->needs & REAL_NAME) || realname_is_verified(&v->ctx, v->ctx.actor.id))
		return HTTP_OK;
	v->status = HTTP_FORBIDDEN;
	view_text(v->page, "WHAT", page_name(v->request->path));
	return page(v, "portal/unverified.tpl",
		&(struct frame){ .title = "需先实名", .back = "/home", .at = "AT_HOME", .bottom = true });
}

/* A kept session may scan, approve and read messages; for more one signs in again. */
static enum http guard_level(struct visit *v)
{
	unsigned needs = v->match.route->needs;

	if ((needs & FULL_SESSION) && v->session.kept)
		return is_get(v) ? go_to_login(v) : error_page(v, HTTP_FORBIDDEN, "session-kept");
	if ((needs & FRESH_CODE) && v->ctx.now - v->session.code_at > FRESH_CODE_LIFE)
		return error_page(v, HTTP_FORBIDDEN, "fresh-code");
	return HTTP_OK;
}

/* Origin where the browser sends it (all do with POST), else the Referer's; a request without both is refused. */
static bool comes_from_here(const struct visit *v)
{
	const char *origin = pairs_get(&v->request->headers, "origin"),
		   *referer = pairs_get(&v->request->headers, "referer");
	const char *own = v->site->settings.origin;

	if (origin)
		return text_equal(origin, own);
	return referer && text_starts(referer, own) && (!referer[strlen(own)] || referer[strlen(own)] == '/');
}

static enum http guard_csrf(struct visit *v)
{
	const char *subject = v->signed_in ? cookie_get(v, COOKIE_SESSION) : v->visit;

	if (is_get(v) || v->match.route->body != FORM_BODY || v->form_fault != HTTP_OK ||
		(v->match.route->needs & FROM_ELSEWHERE))
		return HTTP_OK;
	if (comes_from_here(v) && csrf_holds(v->site->web_key, subject, pairs_get(&v->form.raw, "csrf")))
		return HTTP_OK;
	return error_page(v, HTTP_FORBIDDEN, "csrf");
}

static enum http guard_fields(struct visit *v)
{
	if (v->form_fault != HTTP_OK)
		return error_page(v, v->form_fault, NULL);
	if (v->match.route->check)
		v->match.route->check(v);
	if (v->form.faulty)
		return v->site->pages ? page_again(v, HTTP_UNPROCESSABLE) : error_page(v, HTTP_BAD_REQUEST, "field");
	return HTTP_OK;
}

static bool is_type(const struct visit *v, const char *type)
{
	size_t len = strlen(type);

	return !strncasecmp(v->request->content_type, type, len) &&
		(!v->request->content_type[len] || strchr("; \t", v->request->content_type[len]));
}

/* Reads the body as the row says. A fault is kept and answered in its turn, behind the other guards. */
static void read_body(struct visit *v)
{
	const struct route *route = v->match.route;
	size_t most = route->body_limit;

	if (!most)
		most = route->body == JSON_BODY ? JSON_MOST : route->body == NO_BODY ? 0 : FORM_MOST;
	v->form_fault = HTTP_OK;
	if (v->request->body.len > most)
		v->form_fault = route->body == NO_BODY ? HTTP_BAD_REQUEST : HTTP_TOO_LARGE;
	else if (route->body == FORM_BODY)
		v->form_fault = form_read(&v->form, v->request, route, v->ctx.secret);
	else if ((route->body == JSON_BODY && !is_type(v, "application/json")) ||
		(route->body == OCSP_BODY && !is_type(v, "application/ocsp-request")) ||
		(route->body == MULTIPART_BODY && !is_type(v, "multipart/form-data")))
		v->form_fault = HTTP_BAD_TYPE;
	else if (route->body == NO_BODY)
		form_from_query(&v->form, v->request, route->fields);
}

enum http guards_pass(struct visit *v)
{
	static enum http (*const of_pages[])(struct visit *) = { guard_session, guard_org, guard_edition,
		guard_real_name, guard_level, guard_csrf, guard_fields, NULL };
	static enum http (*const of_programs[])(struct visit *) = { guard_fields, NULL };

	read_body(v);
	for (enum http (*const *guard)(struct visit *) = v->site->pages ? of_pages : of_programs; *guard; guard++) {
		enum http status = (*guard)(v);

		if (status != HTTP_OK)
			return status;
	}
	return HTTP_OK;
}

static bool row_is_enforceable(const struct route *row, bool pages)
{
	bool has_org = strstr(row->pattern, "/:org/") || text_ends(row->pattern, "/:org");

	if (!row->handler || !row->roles || (!has_org && (row->roles & ORG_ROLES)))
		return false;
	if ((row->needs & (REAL_NAME | FULL_SESSION | FRESH_CODE)) && (row->roles & ANYONE))
		return false;
	/* the token against forged requests travels in a form (guard_csrf) */
	return !pages || text_equal(row->method, "GET") || row->body == FORM_BODY;
}

void guards_check_tables(const struct route *const *tables, bool pages)
{
	for (; *tables; tables++)
		for (const struct route *row = *tables; row->method; row++) {
			if (row_is_enforceable(row, pages))
				continue;
			LOG(LOG_ERROR, "route-unenforceable", L("method", row->method), L("pattern", row->pattern));
			abort();
		}
}
