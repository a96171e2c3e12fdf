/* The scanner's page, and what a scanned link opens (SCAN-2). */
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/site.h"
#include "core/realname.h"
#include "core/ticket.h"

static enum http scan_page(struct visit *v)
{
	return page(v, "portal/scan.tpl",
		&(struct frame){ .title = "扫一扫", .back = "/home", .at = "AT_HOME", .bottom = true });
}

/* ---- GET /s/:code */

static enum http busy(struct visit *v, enum http status, const char *section)
{
	v->status = status;
	view_show(v->page, section);
	return page(v, "portal/ticket-busy.tpl",
		&(struct frame){ .title = "不能打开", .back = "/home", .at = "AT_HOME", .bottom = true });
}

/* Nothing is written before somebody is signed in; what was scanned is carried through the login and stays good though
 * the code turns meanwhile. */
static enum http look(struct visit *v, const char *code)
{
	int64_t id;
	const char *path;
	enum err err = ticket_link_check(&v->ctx, code, v->visit, &id);

	if (err == ERR_NOT_FOUND)
		return error_page(v, HTTP_NOT_FOUND, "scan-code");
	if (err != OK)
		return failed(v, err);
	path = arena_printf(v->ctx.arena, "/s/%s", ticket_continuation(&v->ctx, id, v->visit));
	return go(v, "/login?next=%s", percent_encode(v->ctx.arena, path));
}

static enum http refused(struct visit *v, enum err err)
{
	const char *word = v->ctx.fault.word;

	if (err == ERR_DENIED)
		return busy(v, HTTP_FORBIDDEN, "NOT_YOURS");
	if (err == ERR_CONFLICT && (!word || text_equal(word, "ticket-taken")))
		return busy(v, HTTP_CONFLICT, "TAKEN");
	if (err == ERR_NOT_FOUND || err == ERR_CONFLICT)
		return busy(v, HTTP_NOT_FOUND, "GONE");
	return failed(v, err);
}

static enum http open_link(struct visit *v)
{
	const char *code = match_part(&v->match, "code");
	int64_t id;
	enum err err;

	if (!v->signed_in)
		return look(v, code);
	/* Who can't decide it claims nothing: the ticket's page says what is missing. */
	if (realname_is_verified(&v->ctx, v->ctx.actor.id))
		err = ticket_claim(&v->ctx, code, v->visit, &id);
	else
		err = ticket_link_check(&v->ctx, code, v->visit, &id);
	return err == OK ? go(v, "/tickets/%lld", (long long)id) : refused(v, err);
}

const struct route scan_routes[] = {
	{ "GET", "/scan", SIGNED_IN, REAL_NAME, NO_BODY, scan_page },
	{ "GET", "/s/:code", ANYONE, WRITES, NO_BODY, open_link },
	ROUTES_END,
};
