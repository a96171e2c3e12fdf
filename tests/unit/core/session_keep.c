/* Sessions kept for 30 days on a phone that holds a cert: LOGIN-5. */
#include "tests/unit/core/pki_world.h"

static enum err open_session(struct ctx *ctx, void *arg)
{
	return session_open(ctx, ctx->actor.id, EDITION_LEGAL_REP, NULL, arg);
}

/* Zhang signed in with a phone that holds a cert. */
static struct pki_world *phone_world(int64_t *made)
{
	struct pki_world *p = pin_world();
	const char *token;

	installed(p);
	zhang(p)->agent = "Safari，iPhone";
	assert_ok(ctx_transaction(&p->w->ctx, open_session, &token));
	*made = p->w->ctx.now;
	return p;
}

static enum err find(struct pki_world *p, const char *token, struct session *out)
{
	return session_find(&p->w->ctx, token, out);
}

TEST("LOGIN-5: a kept session lives 30 days from its login, seen or not, under a new token")
{
	int64_t made;
	struct pki_world *p = phone_world(&made);
	struct session session;
	const char *token;

	assert_true(session_may_keep(&p->w->ctx));
	assert_ok(session_keep(&p->w->ctx, &token));
	assert_ok(find(p, token, &session));
	assert_true(session.kept);
	p->w->ctx.now = made + 30 * (int64_t)DAY - 1;
	assert_ok(find(p, token, &session));
	p->w->ctx.now = made + 30 * (int64_t)DAY;
	assert_err(ERR_NOT_FOUND, find(p, token, &session));
	pki_close(p);
}

TEST("LOGIN-5: a rise of privilege gives a new cookie for the same session, and the former opens nothing")
{
	int64_t made;
	struct pki_world *p = phone_world(&made);
	struct session session;
	const char *former, *token;

	assert_ok(ctx_transaction(&p->w->ctx, open_session, &former));
	assert_ok(find(p, former, &session));
	assert_ok(session_keep(&p->w->ctx, &token));
	assert_err(ERR_NOT_FOUND, find(p, former, &session));
	assert_ok(find(p, token, &session));
	assert_int_equal(p->w->ctx.session, session.id);
	pki_close(p);
}

TEST("LOGIN-5: a desktop, and a phone without a cert, are not kept signed in")
{
	int64_t made;
	struct pki_world *p = phone_world(&made);
	const char *token;

	p->w->ctx.agent = "Chrome，Windows";
	assert_err(ERR_DENIED, session_keep(&p->w->ctx, &token));
	p->w->ctx.agent = "Chrome，Android";
	another_browser(p);
	p->w->ctx.agent = "Chrome，Android";
	assert_err(ERR_DENIED, session_keep(&p->w->ctx, &token));
	assert_string_equal("session-keep-phone", p->w->ctx.fault.word);
	pki_close(p);
}
