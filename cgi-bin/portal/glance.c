/* A person's certificate, password and orgs in a few words. */
#include "base/text.h"
#include "cgi-bin/portal/cert_view.h"
#include "cgi-bin/portal/glance.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/labels.h"

static enum err glance_at_cert(struct visit *v, struct glance *out)
{
	struct state_words state;
	struct cert cert;

	TRY(cert_foremost(&v->ctx, &cert));
	out->cert = "还没有";
	if (!cert.id)
		return OK;
	state = cert_state(&v->ctx, &cert);
	out->cert_waits = !text_equal(state.state, "ok");
	out->cert = cert.usable
		? arena_printf(v->ctx.arena, "%s，到 %s", state.word, time_date(v->ctx.arena, cert.ends))
		: state.word;
	return OK;
}

static enum err glance_at_pin(struct visit *v, struct glance *out)
{
	struct pin_state pin;

	TRY(pin_state(&v->ctx, v->ctx.actor.id, &pin));
	out->pin = !pin.set ? "未设置" : pin.locked_until ? "已锁定" : "已设置";
	out->pin_unset = !pin.set;
	out->pin_waits = !pin.set || pin.locked_until;
	return OK;
}

void glance_ahead(struct visit *v)
{
	cert_foremost_ahead(&v->ctx);
	pin_state_ahead(&v->ctx, v->ctx.actor.id);
}

enum err glance(struct visit *v, struct glance *out)
{
	*out = (struct glance){ 0 };
	TRY(glance_at_cert(v, out));
	return glance_at_pin(v, out);
}

void add_org_row(struct visit *v, struct view *view, const struct org *org)
{
	struct arena *arena = v->ctx.arena;
	struct view *row = view_row(view, "ORG");
	struct label label = org_label(org->state);

	view_int(row, "ORG_ID", org->id);
	view_text(row, "ORG_NAME", org->name);
	view_text(row, "ORG_AVATAR", avatar_org(arena, org->name));
	view_text(row, "ORG_LINE",
		arena_printf(arena, "%s · %s 加入", role_word(org->role), time_date(arena, org->joined)));
	view_text(row, "STATE", label.state);
	view_text(row, "STATE_WORD", label.word);
}
