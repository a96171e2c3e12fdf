/* The pages as a whole, in both pools: queries, forms, cookies, links, and what of it comes back in pages and
 * redirects.
 * Input: a byte for the pool, then a request (driver/site.h); its words are a session, tokens and ids. */
#include "tests/fuzz/driver/site.h"
#include "base/id.h"
#include "cgi-bin/portal/portal.h"
#include "web/csrf.h"

static struct fuzz_site s;

static enum err open_session(struct ctx *ctx, void *arg)
{
	return session_open(ctx, ctx->actor.id, EDITION_LEGAL_REP, NULL, arg);
}

static void add_tickets(struct ticket_world *t)
{
	struct ticket_request sign = sign_request(t, 2), login = login_request(t, "openid profile");
	const char *link;
	int64_t ticket = asked(t, &login);

	s.words[14] = id_text(fuzz_kept(), ticket);
	HOLDS(ticket_link(t->ctx, ticket, &link) == OK);
	s.words[15] = strrchr(link, '/') + 1;
	s.words[8] = id_text(fuzz_kept(), claimed(t, &sign));
	s.words[16] = DESKTOP;
	s.words[17] = t->platform.client;
	s.words[18] = challenge();
	s.words[19] = percent_encode(fuzz_kept(), REDIRECT);
	s.words[22] = id_text(fuzz_kept(), approved(t, &login));
}

/* Of a code that was sent to Li, who has no account yet. */
static void add_code(struct ticket_world *t)
{
	int64_t resend_s;

	HOLDS(login_send_code(desktop(t), LI, true, &resend_s) == OK);
	s.words[24] = world_code(t->w);
}

static void add_rows(struct ticket_world *t)
{
	struct ctx *ctx = phone(t);
	int64_t id = 0;

	HOLDS(store_one(ctx->store, "SELECT MAX(id) FROM oplog", INTO(&id)) == OK);
	s.words[20] = id_text(fuzz_kept(), id);
	HOLDS(store_one(ctx->store, "SELECT MIN(id) FROM catalogue_item", INTO(&id)) == OK);
	s.words[21] = id_text(fuzz_kept(), id);
	HOLDS(store_one(ctx->store, "SELECT MAX(id) FROM certificate", INTO(&id)) == OK);
	s.words[23] = id_text(fuzz_kept(), id);
}

static void make_installation(void)
{
	struct ticket_world *t = seal_world();
	const char *session = NULL, *why = "";

	add_tickets(t);
	add_code(t);
	add_rows(t);
	HOLDS(ctx_transaction(phone(t), open_session, &session) == OK);
	s.site = (struct site){ .program = "portal", .tables = portal_tables, .pages = true, .error = page_error };
	fuzz_site_open(&s, t);
	HOLDS(portal_read_pin_keys(s.site.arena, &s.site.settings, &why) == OK);
	s.words[1] = session;
	s.words[2] = csrf_token(fuzz_kept(), s.site.web_key, session);
	s.words[3] = PHONE;
	s.words[4] = t->p->secret;
	s.words[5] = id_text(fuzz_kept(), t->cert);
	s.words[6] = id_text(fuzz_kept(), t->org);
	s.words[7] = id_text(fuzz_kept(), t->seal);
	s.words[11] = PIN;
	s.words[12] = csrf_token(fuzz_kept(), s.site.web_key, PHONE);
}

/* A redirect stays here, or goes to where a platform is registered (RFC 6749 4.1.2.1). */
static void check_location(void)
{
	const char *location = fuzz_site_header(&s, "Location");

	if (!location)
		location = fuzz_site_header(&s, "HX-Redirect");
	if (!location)
		return;
	HOLDS((location[0] == '/' && location[1] != '/' && location[1] != '\\') ||
		text_starts(location, "http://localhost:8080/") || text_starts(location, REDIRECT "&") ||
		text_equal(location, "http://localhost:8080"));
}

/* No element of a stranger's: the templates have none that begins so. */
static void check_page(void)
{
	const char *type = fuzz_site_header(&s, "Content-Type");

	if (type && text_starts(type, "text/html"))
		HOLDS(!strcasestr(s.response.body.data, "<yx") && !strcasestr(s.response.body.data, "=yx\""));
}

FUZZ_PREPARED("portal", make_installation)
{
	s.site.keys_pool = fuzz_byte(&input) & 1;
	if (!fuzz_site_ask(&s, input))
		return;
	fuzz_site_check(&s);
	check_location();
	check_page();
}
