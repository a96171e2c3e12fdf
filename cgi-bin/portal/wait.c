/* The asking browser's page: the QR code, what is asked, and how it goes (SCAN-1, SCAN-4). It is shown to the browser
 * that asked and to nobody else, signed in or not. */
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/portal/ticket_view.h"
#include "cgi-bin/site/site.h"
#include "core/realname.h"

enum { DOCUMENTS_SHOWN = 20 };

static const struct field seen_fields[] = { { "seen", FIELD_TEXT, 0, 30, NULL, true }, FIELDS_END };

static bool is_open(const struct ticket *ticket)
{
	return ticket->state == TICKET_WAITING || ticket->state == TICKET_CLAIMED;
}

/* ---- how it goes: a part of the page that is asked for again */

static int64_t slot_of(const struct visit *v, const struct ticket *ticket)
{
	return (v->ctx.now - ticket->made) / TICKET_QR_SLOT;
}

static const char *seen_word(struct visit *v, const struct ticket *ticket)
{
	if (ticket->state == TICKET_CLAIMED)
		return "claimed";
	return arena_printf(v->ctx.arena, "waiting-%lld", (long long)slot_of(v, ticket));
}

static void add_code(struct visit *v, struct view *state, const struct ticket *ticket)
{
	int64_t slot = slot_of(v, ticket), left = ticket->made + (slot + 1) * TICKET_QR_SLOT - v->ctx.now;
	struct view *waiting = view_row(state, "WAITING");

	view_int(waiting, "SLOT_SECONDS", left / SECOND);
	view_text(waiting, "SLOT_LEFT", ticket_time_left(v->ctx.arena, left));
	/* a login needs no certificate; a browser where nobody ever signed in holds none */
	if (cookie_get(v, COOKIE_DEVICE) || ticket->act == TICKET_LOGIN)
		view_show_if(view_row(state, "HERE"), "BY_CERT", ticket->act != TICKET_LOGIN);
}

/* Opened in this very browser, it needs no number; the same person may still take the phone, which does. Who is signed in
 * here too may have scanned with a phone that lacks the certificate: it can be approved here all the same. */
static void add_number(struct visit *v, struct view *state, const struct ticket *ticket)
{
	struct view *scanned = view_row(state, "SCANNED");
	bool same_person = v->signed_in && ticket->account == v->ctx.actor.id;

	view_int(scanned, "MATCH_NUMBER", ticket->number);
	if (same_person && ticket->device == v->ctx.device)
		view_show(scanned, "OPENED_HERE");
	else
		view_show_if(view_row(scanned, "BY_PHONE"), "OR_HERE", same_person);
}

static const char *end_section(const struct ticket *ticket)
{
	if (ticket->state == TICKET_APPROVED_UNCOLLECTED)
		return "APPROVED";
	return ticket->state == TICKET_COLLECTED ? "COLLECTED" : ticket_end_section(ticket);
}

static void fill_state(struct visit *v, struct view *state, const struct ticket *ticket)
{
	view_int(state, "TICKET", ticket->id);
	view_text(state, "PLATFORM_NAME", ticket->platform_name);
	view_int(state, "SLOT", slot_of(v, ticket));
	if (!is_open(ticket)) {
		view_show(state, end_section(ticket));
		return;
	}
	view_text(view_row(state, "LIVE"), "SEEN", seen_word(v, ticket));
	view_show(state, "OPEN");
	if (ticket->state == TICKET_WAITING)
		add_code(v, state, ticket);
	else
		add_number(v, state, ticket);
}

/* A browser's Back after the platform has the outcome finds no way to fetch it twice. */
static bool may_collect(const struct ticket *ticket)
{
	return !is_open(ticket) && ticket->state != TICKET_COLLECTED;
}

static enum http state_answer(struct visit *v)
{
	struct ticket ticket;

	SHOWN(v, ticket_watch(&v->ctx, path_id(v, "ticket"), v->visit, &ticket));
	if (may_collect(&ticket))
		return go(v, "/collect/%lld", (long long)ticket.id);
	if (is_open(&ticket) && text_equal(form_text(v, "seen"), seen_word(v, &ticket)))
		return respond(v->response, HTTP_NO_CONTENT, NULL, (struct bytes){ NULL, 0 });
	fill_state(v, v->page, &ticket);
	add_form_fields(v, v->page);
	return fragment(v, "portal/wait-state.tpl");
}

/* ---- the page */

static enum err fill_asked(struct visit *v, const struct ticket *ticket)
{
	static const char *const sections[] = { [TICKET_LOGIN] = "IS_LOGIN",
		[TICKET_SERVICE] = "IS_LOGIN",
		[TICKET_SIGN] = "IS_SIGN",
		[TICKET_SEAL] = "IS_SEAL" };
	struct ticket_item *items;
	struct ticket_documents documents;
	struct view *list;
	size_t count;

	view_show(v->page, sections[ticket->act]);
	if (!ticket->items) {
		ticket_add_scopes(v->page, ticket->scope);
		return OK;
	}
	TRY(ticket_watch_items(&v->ctx, ticket->id, v->visit, &items, &count));
	documents = ticket_documents(v->ctx.arena, items, count);
	view_int(v->page, "ITEMS_COUNT", (int64_t)documents.count);
	if (ticket->act == TICKET_SEAL)
		view_text(view_row(v->page, "SEAL_ASKED"), "SEAL_KIND",
			seal_kind_name((enum seal_kind)ticket->seal_kind));
	list = view_row(v->page, "ITEMS");
	for (size_t i = 0; i < documents.count && i < DOCUMENTS_SHOWN; i++)
		ticket_add_document(list, documents.labels[i]);
	if (documents.count > DOCUMENTS_SHOWN)
		view_int(view_row(list, "MORE"), "MORE_COUNT", (int64_t)(documents.count - DOCUMENTS_SHOWN));
	return OK;
}

static const char *title_of(struct visit *v, const struct ticket *ticket)
{
	static const char *const words[] = {
		[TICKET_LOGIN] = "登录", [TICKET_SERVICE] = "登录", [TICKET_SIGN] = "签字", [TICKET_SEAL] = "盖章"
	};

	return arena_printf(v->ctx.arena, "%s · %s", words[ticket->act], ticket->platform_name);
}

static enum http wait_page(struct visit *v)
{
	struct ticket ticket;
	struct view *state;

	SHOWN(v, ticket_watch(&v->ctx, path_id(v, "ticket"), v->visit, &ticket));
	if (ticket.state == TICKET_APPROVED_UNCOLLECTED)
		return go(v, "/collect/%lld", (long long)ticket.id);
	ticket_add_head(v, &ticket);
	SHOWN(v, fill_asked(v, &ticket));
	state = view_include(v->page, "STATE_NOW", "portal/wait-state.tpl");
	fill_state(v, state, &ticket);
	add_form_fields(v, state);
	return page(v, "portal/wait.tpl",
		&(struct frame){ .title = title_of(v, &ticket), .gate = true, .refresh = is_open(&ticket) });
}

static enum http qr_answer(struct visit *v)
{
	struct ticket ticket;
	struct bytes svg;

	SHOWN(v, ticket_watch(&v->ctx, path_id(v, "ticket"), v->visit, &ticket));
	if (!is_open(&ticket))
		return failed(v, ERR_NOT_FOUND);
	SHOWN(v, ticket_qr(&v->ctx, ticket.id, &svg));
	return respond(v->response, HTTP_OK, "image/svg+xml", svg);
}

/* ---- what the asking browser itself may do */

static enum http sign_in_first(struct visit *v, int64_t id)
{
	const char *path = arena_printf(v->ctx.arena, "/s/%s", ticket_continuation(&v->ctx, id, v->visit));

	return go(v, "/login?next=%s", percent_encode(v->ctx.arena, path));
}

static enum http here_submit(struct visit *v)
{
	int64_t id = path_id(v, "ticket");
	struct ticket ticket;
	enum err err = ticket_watch(&v->ctx, id, v->visit, &ticket);

	if (err != OK)
		return failed(v, err);
	if (!v->signed_in)
		return sign_in_first(v, id);
	if (realname_is_verified(
		    &v->ctx, v->ctx.actor.id)) /* else the page says what is missing, and nothing is claimed */
		err = ticket_claim_here(&v->ctx, id, v->visit);
	if (err == ERR_CONFLICT) /* the page says what became of it meanwhile */
		return go(v, "/tickets/%lld/wait", (long long)id);
	return err == OK ? go(v, "/tickets/%lld", (long long)id) : failed(v, err);
}

/* No redirect to the platform from here: a form's policy forbids it. The page has the link. */
static enum http cancel_submit(struct visit *v)
{
	int64_t id = path_id(v, "ticket");
	enum err err = ticket_cancel(&v->ctx, id, v->visit);

	return err == OK || err == ERR_CONFLICT ? go(v, "/tickets/%lld/wait", (long long)id) : failed(v, err);
}

const struct route wait_routes[] = {
	{ "GET", "/tickets/:ticket/wait", ANYONE, 0, NO_BODY, wait_page },
	{ "GET", "/tickets/:ticket/state", ANYONE, 0, NO_BODY, state_answer, seen_fields },
	{ "GET", "/tickets/:ticket/qr.svg", ANYONE, 0, NO_BODY, qr_answer },
	{ "POST", "/tickets/:ticket/here", ANYONE, ANY_EDITION, FORM_BODY, here_submit },
	{ "POST", "/tickets/:ticket/cancel", ANYONE, ANY_EDITION, FORM_BODY, cancel_submit },
	ROUTES_END,
};
