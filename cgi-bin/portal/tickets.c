/* A request on the side of the account that has it: what is asked, what stands against it, approving and refusing
 * (SCAN-3 to SCAN-7). The keys pool approves; the page is shown by either pool. */
#include "base/text.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/portal/seal_view.h"
#include "cgi-bin/portal/ticket_view.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"
#include "cgi-bin/site/site.h"
#include "cgi-bin/site/words.h"
#include "core/device.h"

enum { KEYS_BODY = 8 * 1024, PIN_MOST = 1024, NUMBER_LEAST = 10, NUMBER_MOST = 99, DOCUMENTS_SHOWN = 50 };

static const struct field approve_fields[] = {
	{ "number", FIELD_INT, NUMBER_LEAST, NUMBER_MOST, NULL, true },
	{ "org", FIELD_INT, 0, INT64_MAX, NULL, true },
	{ "instance", FIELD_ID, 0, 0, NULL, true },
	{ "trust_platform", FIELD_FLAG, 0, 0, NULL, true },
	{ "pin", FIELD_SECRET, 1, PIN_MOST, NULL, false },
	FIELDS_END,
};

/* What was chosen, when the approval's form comes back. */
static int64_t chosen(const struct visit *v, const char *name, int64_t otherwise)
{
	return v->again && v->match.route->fields == approve_fields ? form_int(v, name, otherwise) : otherwise;
}

/* ---- what is asked */

static enum err fill_items(struct visit *v, const struct ticket *ticket)
{
	struct ticket_item *items;
	struct ticket_documents documents;
	struct view *list, *more = NULL;
	size_t count;

	TRY(ticket_items(&v->ctx, ticket->id, &items, &count));
	documents = ticket_documents(v->ctx.arena, items, count);
	view_int(v->page, "ITEMS_COUNT", (int64_t)documents.count);
	view_int(v->page, "HASHES_COUNT", (int64_t)count);
	list = view_row(v->page, "ITEMS");
	for (size_t i = 0; i < documents.count; i++) {
		if (i == DOCUMENTS_SHOWN)
			more = view_row(list, "MORE_ITEMS");
		ticket_add_document(more ? more : list, documents.labels[i]);
	}
	ticket_add_digests(view_row(list, "DIGESTS"), v->ctx.arena, items, count, &documents, documents.count);
	return OK;
}

static const char *age_of(struct visit *v, const struct ticket *ticket)
{
	int64_t age = v->ctx.now - ticket->made;

	return age < MINUTE && age >= SECOND ? arena_printf(v->ctx.arena, "%d 秒前", (int)(age / SECOND))
					     : time_near(v->ctx.arena, v->ctx.now, ticket->made);
}

static void fill_origin(struct visit *v, const struct ticket *ticket)
{
	const char *region = ctx_region(&v->ctx, ticket->address);
	int64_t left = ticket->expires - v->ctx.now;
	struct view *from;

	if (ticket->way == TICKET_DEVICE) {
		view_show(v->page, "FROM_SERVER");
	} else {
		from = view_row(v->page, "FROM_BROWSER");
		view_text(from, "ADDRESS", ticket->address);
		view_text(from, "AGENT", ticket->agent);
		if (region)
			view_text(view_row(from, "REGION"), "REGION_WORD", region);
	}
	view_text(v->page, "AGE", age_of(v, ticket));
	view_text(v->page, "LEFT", ticket_time_left(v->ctx.arena, left));
	view_int(v->page, "LEFT_SECONDS", left / SECOND);
}

static void fill_numbers(struct visit *v, const struct ticket *ticket)
{
	struct view *numbers;

	view_show_if(v->page, "ASKED_HERE", ticket->bound_here);
	if (!ticket->takes_number)
		return;
	numbers = view_row(v->page, "NUMBERS");
	for (size_t i = 0; i < 3; i++) {
		struct view *row = view_row(numbers, "NUMBER");

		view_int(row, "NUMBER_VALUE", ticket->choices[i]);
		view_show_if(row, "PICKED", chosen(v, "number", 0) == ticket->choices[i]);
	}
}

/* One of several orgs, or oneself: only a login says for whom, and only where there is a choice. */
static enum err fill_orgs(struct visit *v, const struct ticket *ticket)
{
	struct org *orgs;
	struct view *choice;
	int64_t picked = chosen(v, "org", v->session.org);
	bool found = false;
	size_t count;

	if (ticket->act != TICKET_LOGIN)
		return OK;
	TRY(org_list(&v->ctx, &orgs, &count));
	if (!count)
		return OK;
	choice = view_row(v->page, "ORG_CHOICE");
	for (size_t i = 0; i < count; i++) {
		struct view *row = view_row(choice, "CHOICE");

		view_int(row, "ORG_ID", orgs[i].id);
		view_text(row, "ORG_NAME", orgs[i].name);
		view_text(row, "ORG_LINE", role_word(orgs[i].role));
		view_show_if(row, "CHOSEN", orgs[i].id == picked);
		found |= orgs[i].id == picked;
	}
	view_show_if(choice, "IN_PERSON", !found);
	return OK;
}

static enum err fill_seal(struct visit *v, const struct ticket *ticket)
{
	struct view *shown;
	struct seal seal;

	view_text(v->page, "SEAL_KIND", seal_kind_name((enum seal_kind)ticket->seal_kind));
	if (!ticket->seal || seal_load(&v->ctx, ticket->seal, &seal) != OK)
		return OK; /* what is wrong with it is told where the approval stands */
	shown = view_row(v->page, "SEAL_SHOWN");
	view_int(shown, "SEAL", seal.id);
	view_text(shown, "SEAL_LINE",
		arena_printf(
			v->ctx.arena, "%s，%s", seal_rank(v->ctx.arena, &seal), seal_shape(v->ctx.arena, &seal.style)));
	view_text(shown, "MADE", time_date(v->ctx.arena, seal.made));
	view_text(shown, "ORG_FULL_NAME", seal.org_name);
	return OK;
}

static enum err fill_asked(struct visit *v, const struct ticket *ticket)
{
	static const char *const sections[] = { [TICKET_LOGIN] = "IS_LOGIN",
		[TICKET_SERVICE] = "IS_SERVICE",
		[TICKET_SIGN] = "IS_SIGN",
		[TICKET_SEAL] = "IS_SEAL" };

	ticket_add_head(v, ticket);
	view_show(v->page, sections[ticket->act]);
	fill_origin(v, ticket);
	if (ticket->act == TICKET_SEAL)
		TRY(fill_seal(v, ticket));
	if (ticket->items)
		return fill_items(v, ticket);
	ticket_add_scopes(v->page, ticket->scope);
	return fill_orgs(v, ticket);
}

/* ---- which certificate, and what stands against approving: the first reason found is shown */

struct hindrance {
	const char *word;      /* of the table of sentences; NULL: none */
	const char *elsewhere; /* the device that holds the certificate */
};

static const char *cert_line(struct visit *v, const struct ticket_choice *choice)
{
	const char *device = choice->device_name ? choice->device_name : "未安装";

	return arena_printf(v->ctx.arena, "%s%s%s", choice->org ? choice->org_name : "", choice->org ? " · " : "",
		choice->why_not ? device : "本设备");
}

static void add_cert(struct visit *v, struct view *row, const struct ticket_choice *choice)
{
	view_text(row, "CERT_NAME", choice->name);
	view_text(row, "CERT_LINE", cert_line(v, choice));
	view_text(row, "ENDS", time_date(v->ctx.arena, choice->ends));
}

static void hinder(struct hindrance *h, const struct ticket_choice *choice)
{
	if (text_equal(choice->why_not, "choice-other-device"))
		h->elsewhere = choice->device_name;
	else
		h->word = choice->why_not;
}

/* The hashes were made for this one. */
static void fill_cert(struct visit *v, const struct ticket *ticket, const struct ticket_choice *list, size_t count,
	struct hindrance *h)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].instance != ticket->instance)
			continue;
		add_cert(v, view_row(v->page, "CERT_SHOWN"), &list[i]);
		hinder(h, &list[i]);
		return;
	}
	h->word = "ticket-not-yours";
}

static void fill_choice(struct visit *v, const struct ticket_choice *list, size_t count, struct hindrance *h)
{
	int64_t picked = chosen(v, "instance", 0);
	const struct ticket_choice *usable = NULL;
	struct view *choice;
	size_t usables = 0;

	h->word = count ? "ticket-nothing-usable" : "ticket-no-cert";
	if (!count)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!list[i].why_not) {
			usable = &list[i];
			usables++;
		}
	}
	if (usables)
		h->word = NULL;
	if (usables == 1)
		picked = usable->instance;
	choice = view_row(v->page, "CERT_CHOICE");
	for (size_t i = 0; i < count; i++) {
		struct view *row = view_row(choice, "CHOICE");

		view_int(row, "INSTANCE", list[i].instance);
		add_cert(v, row, &list[i]);
		if (list[i].why_not)
			view_text(view_row(row, "BLOCKED"), "WHY_NOT",
				word_text(v->ctx.arena, list[i].why_not, 0, NULL, v->ctx.now));
		else
			view_show_if(view_row(row, "USABLE"), "CHOSEN", list[i].instance == picked);
	}
}

static enum err find_hindrance(struct visit *v, const struct ticket *ticket, struct hindrance *h)
{
	struct ticket_choice *list;
	size_t count;
	enum err err;

	*h = (struct hindrance){ NULL, NULL };
	if (ticket->act == TICKET_LOGIN)
		return OK;
	TRY(ticket_choices(&v->ctx, ticket, &list, &count));
	if (ticket->act == TICKET_SERVICE)
		fill_choice(v, list, count, h);
	else
		fill_cert(v, ticket, list, count, h);
	if (ticket->act != TICKET_SEAL || h->word)
		return OK;
	if (!ticket->seal) {
		h->word = "ticket-no-seal";
		return OK;
	}
	err = seal_check_use(&v->ctx, ticket->seal);
	if (err == ERR_DENIED || err == ERR_CONFLICT)
		h->word = v->ctx.fault.word;
	return err == ERR_DENIED || err == ERR_CONFLICT ? OK : err;
}

static const char *path_of(struct visit *v, const struct ticket *ticket)
{
	return arena_printf(v->ctx.arena, "/tickets/%lld", (long long)ticket->id);
}

static void show_elsewhere(struct visit *v, const struct ticket *ticket, const char *device)
{
	struct view *elsewhere = view_row(v->page, "ELSEWHERE");

	view_text(elsewhere, "DEVICE_NAME", device);
	view_text(elsewhere, "OPEN_URL", own_url(v, path_of(v, ticket)));
}

static void show_approvable(struct visit *v, const struct ticket *ticket)
{
	view_show_if(view_row(v->page, "APPROVABLE"), "FIRST_TIME", ticket->first_time);
	fill_numbers(v, ticket);
}

static enum err fill_decision(struct visit *v, const struct ticket *ticket)
{
	struct hindrance h;
	struct pin_state pin;

	TRY(find_hindrance(v, ticket, &h));
	TRY(pin_state(&v->ctx, v->ctx.actor.id, &pin));
	if (h.word)
		view_text(view_row(v->page, "CANNOT"), "WHY_NOT", word_text(v->ctx.arena, h.word, 0, NULL, v->ctx.now));
	else if (h.elsewhere)
		show_elsewhere(v, ticket, h.elsewhere);
	else if (!pin.set)
		view_text(view_row(v->page, "NO_PIN"), "RETURN", path_of(v, ticket));
	else if (pin.locked_until > v->ctx.now)
		view_text(view_row(v->page, "LOCKED"), "LOCKED_UNTIL",
			time_near(v->ctx.arena, v->ctx.now, pin.locked_until));
	else
		show_approvable(v, ticket);
	return OK;
}

/* ---- the pages */

static enum http decision_page(struct visit *v, const struct ticket *ticket)
{
	static const char *const titles[] = { [TICKET_LOGIN] = "确认登录",
		[TICKET_SERVICE] = "确认登录",
		[TICKET_SIGN] = "确认签字",
		[TICKET_SEAL] = "确认盖章" };

	SHOWN(v, fill_asked(v, ticket));
	SHOWN(v, fill_decision(v, ticket));
	add_in_app(v, path_of(v, ticket));
	return page(v, "portal/ticket.tpl",
		&(struct frame){ .title = titles[ticket->act], .back = "/home", .at = "AT_HOME" });
}

static enum http ticket_page(struct visit *v)
{
	struct ticket ticket;

	SHOWN(v, ticket_load(&v->ctx, path_id(v, "ticket"), v->visit, &ticket));
	v->ctx.org = ticket.org; /* the seal shown is this org's, and the frame names it */
	if (ticket.state == TICKET_CLAIMED)
		return decision_page(v, &ticket);
	return ticket_done_page(v, &ticket);
}

/* Ended meanwhile, its page says how: as a page of its own, so that a browser's Back finds it again. */
static enum http decided_or_back(struct visit *v, int64_t ticket, enum err err)
{
	static const char *const ends[] = { "ticket-wrong-number", "ticket-ended", "ticket-expired" };

	for (size_t i = 0; err == ERR_CONFLICT && i < sizeof ends / sizeof *ends; i++)
		if (text_equal(v->ctx.fault.word, ends[i]))
			err = OK;
	return err == OK ? go(v, "/tickets/%lld", (long long)ticket) : back_with_fault(v, err);
}

static void check_answer(struct visit *v, bool lacks, const char *field, const char *word)
{
	if (lacks && !form_value_faulty(&v->form, field))
		form_fault(&v->form, field, word);
}

/* What the page asks for and nobody answered. With the password, which never comes back, it is asked for anew. */
static void approve_check(struct visit *v)
{
	struct ticket ticket;

	if (ticket_load(&v->ctx, path_id(v, "ticket"), v->visit, &ticket) != OK || ticket.state != TICKET_CLAIMED) {
		v->ctx.fault = (struct fault){ NULL }; /* the handler says it */
		return;
	}
	check_answer(v, ticket.takes_number && !form_int(v, "number", 0), "number", "ticket-number");
	check_answer(v, ticket.act == TICKET_SERVICE && !form_id(v, "instance"), "instance", "ticket-choose");
	check_answer(v, ticket.first_time && !form_flag(v, "trust_platform"), "trust_platform", "ticket-trust");
	check_answer(v, v->form.faulty, "pin", "pin-not-kept");
}

static enum http approve_submit(struct visit *v)
{
	struct approval want = { .ticket = path_id(v, "ticket"),
		.pin = form_text(v, "pin"),
		.visit = v->visit,
		.device_secret = cookie_get(v, COOKIE_DEVICE_SECRET),
		.number = (int)form_int(v, "number", 0),
		.instance = form_id(v, "instance"),
		.org = form_int(v, "org", 0),
		.trust_platform = form_flag(v, "trust_platform") };
	enum err err = ticket_approve(&v->ctx, portal_pin_keys(), &want);

	/* Locked, the page has no field that could bear the message. */
	if (err == ERR_LIMITED)
		v->ctx.fault.field = NULL;
	if (err == OK && device_secret_holds(&v->ctx, v->ctx.device, want.device_secret))
		device_secret_keep(v, want.device_secret);
	return decided_or_back(v, want.ticket, err);
}

static enum http refuse_submit(struct visit *v)
{
	int64_t id = path_id(v, "ticket");

	return decided_or_back(v, id, ticket_refuse(&v->ctx, id));
}

const struct route ticket_routes[] = {
	{ "GET", "/tickets/:ticket", SIGNED_IN, REAL_NAME, NO_BODY, ticket_page },
	{ "POST", "/tickets/:ticket/refuse", SIGNED_IN, REAL_NAME, FORM_BODY, refuse_submit, NULL, 0, ticket_page },
	{ "POST", "/keys/tickets/:ticket/approve", SIGNED_IN, REAL_NAME | KEYS_POOL, FORM_BODY, approve_submit,
		approve_fields, KEYS_BODY, ticket_page, approve_check },
	ROUTES_END,
};
