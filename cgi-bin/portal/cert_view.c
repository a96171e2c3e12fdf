/* What the pages about certificates share. */
#include "cgi-bin/portal/cert_view.h"
#include "base/buf.h"
#include "base/clock.h"
#include "cgi-bin/site/site.h"
#include "core/realname.h"

#define SOON ((int64_t)30 * DAY) /* CERT-11 */

struct state_words cert_state(const struct ctx *ctx, const struct cert *cert)
{
	if (cert->revoked || cert->state == INSTANCE_REVOKED)
		return (struct state_words){ "bad", "已吊销" };
	if (cert->ends <= ctx->now)
		return (struct state_words){ "off", "已过期" };
	if (cert->state == INSTANCE_ISSUING)
		return (struct state_words){ "wait", "签发中" };
	if (cert->state == INSTANCE_WAITING)
		return (struct state_words){ "wait", "未安装" };
	if (cert->ends - ctx->now <= SOON)
		return (struct state_words){ "wait", "快到期" };
	return (struct state_words){ "ok", "有效" };
}

const char *price_text(struct arena *arena, int64_t fen)
{
	if (!fen)
		return "免费试用";
	return arena_printf(arena, "¥%lld.%02d", (long long)(fen / 100), (int)(fen % 100));
}

enum err cert_issuers(struct ctx *ctx, const char **out)
{
	static const enum key_kind hierarchies[] = { KEY_SM2, KEY_P256 };
	const char *names[2];

	for (size_t i = 0; i < 2; i++) {
		struct certificate info;
		struct bytes der;

		TRY(authority_certificate(ctx, CERTIFICATE_ISSUING, hierarchies[i], &der));
		TRY(certificate_read(ctx->arena, der, &info));
		names[i] = info.subject_cn;
	}
	*out = arena_printf(ctx->arena, "%s、%s", names[0], names[1]);
	return OK;
}

enum err cert_names(struct visit *v, const char **out)
{
	struct realname person;
	struct org org;

	if (v->ctx.org) {
		TRY(org_load(&v->ctx, v->ctx.org, &org));
		*out = org.name;
		return OK;
	}
	TRY(realname_load(&v->ctx, v->ctx.actor.id, &person));
	*out = person.name;
	return OK;
}

enum err cert_begin(struct visit *v, struct cert *cert, struct frame *frame)
{
	TRY(cert_load(&v->ctx, path_id(v, "cert"), cert));
	v->ctx.org = cert->org;
	frame->back = arena_printf(v->ctx.arena, "/certs/%lld", (long long)cert->id);
	frame->at = cert->org ? "AT_ORGS" : "AT_HOME";
	frame->at_org = cert->org ? "AT_CERTS" : NULL;
	view_int(v->page, "CERT", cert->id);
	view_text(v->page, "CERT_NAME", cert->item_name);
	return OK;
}

static char upper(char c)
{
	return c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c;
}

const char *serial_in_fours(struct arena *arena, const char *hex)
{
	struct buf out = buf_new(arena);

	for (size_t i = 0; hex[i]; i++) {
		if (i && i % 4 == 0)
			buf_char(&out, ' ');
		buf_char(&out, upper(hex[i]));
	}
	return out.data;
}

const char *serial_short(struct arena *arena, const char *hex)
{
	const char *fours = serial_in_fours(arena, hex);
	size_t len = strlen(fours);

	return len < 10 ? fours : arena_printf(arena, "%.4s … %s", fours, fours + len - 4);
}
