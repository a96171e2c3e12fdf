/* Certificates of a person or an org: the list, what can be taken, taking one (CERT-1, CERT-2, CERT-8, CERT-18). */
#include "cgi-bin/portal/cert_view.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/site.h"
#include "core/agreement.h"

static const struct field take_fields[] = { { "agree", FIELD_FLAG, 0, 0, NULL, true }, FIELDS_END };

/* ---- what the pages of both kinds of owner share */

static const char *owner_path(struct visit *v)
{
	return v->ctx.org ? arena_printf(v->ctx.arena, "/orgs/%lld", (long long)v->ctx.org) : "";
}

/* Fills OWNER and the owner's section; frames the page as belonging to it. */
static enum err own(struct visit *v, struct frame *frame, const char *back)
{
	struct org org;

	frame->back = arena_printf(v->ctx.arena, "%s%s", owner_path(v), back);
	view_text(v->page, "OWNER", owner_path(v));
	if (!v->ctx.org) {
		frame->at = "AT_HOME";
		view_show(v->page, "PERSONAL");
		return OK;
	}
	frame->at = "AT_ORGS";
	frame->at_org = "AT_CERTS";
	TRY(org_load(&v->ctx, v->ctx.org, &org));
	view_text(view_row(v->page, "OF_ORG"), "ORG_FULL_NAME", org.name);
	return OK;
}

/* ---- the list */

static void add_cert(struct visit *v, struct view *list, const struct cert *cert)
{
	struct arena *arena = v->ctx.arena;
	struct view *row = view_row(list, "CERT");
	struct state_words state = cert_state(&v->ctx, cert);

	view_int(row, "CERT_ID", cert->id);
	view_text(row, "CERT_NAME", cert->item_name);
	view_text(row, "STARTS", time_date(arena, cert->starts));
	view_text(row, "ENDS", time_date(arena, cert->ends));
	if (cert->device_name && *cert->device_name)
		view_text(view_row(row, "INSTALLED"), "DEVICE_NAME", cert->device_name);
	view_text(row, "STATE", state.state);
	view_text(row, "STATE_WORD", state.word);
}

static enum http certs_page(struct visit *v)
{
	struct frame frame = { .title = v->ctx.org ? "数字证书" : "个人证书", .bottom = true };
	struct cert *certs;
	struct view *list;
	size_t count;

	SHOWN(v, own(v, &frame, v->ctx.org ? "" : "/home"));
	SHOWN(v, cert_list(&v->ctx, v->ctx.org, &certs, &count));
	view_show_if(v->page, "MAY_TAKE", !v->ctx.org || v->role == ROLE_LEGAL_REP || v->role == ROLE_ADMIN);
	view_show_if(v->page, "EMPTY", !count);
	list = count ? view_row(v->page, "LIST") : NULL;
	for (size_t i = 0; i < count; i++)
		add_cert(v, list, &certs[i]);
	return page(v, "portal/certs.tpl", &frame);
}

/* ---- the catalogue */

static void add_item(struct visit *v, struct view *group, const struct catalogue_item *item)
{
	struct view *row = view_row(group, "ITEM");

	view_int(row, "ITEM_ID", item->id);
	view_text(row, "ITEM_NAME", arena_printf(v->ctx.arena, "%d 年", item->years));
	view_text(row, "ITEM_LINE",
		arena_printf(
			v->ctx.arena, "国密 SM2 签名和加密，另附 %s 签名供通用软件验证", key_kind_name(item->third)));
	view_text(row, "PRICE", price_text(v->ctx.arena, item->price));
}

/* Items come grouped by platform, interconnect first. */
static void add_groups(struct visit *v, const struct catalogue_item *items, size_t count)
{
	struct view *group = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!i || items[i].platform != items[i - 1].platform) {
			group = view_row(v->page, "GROUP");
			view_text(group, "GROUP_NAME", items[i].platform ? items[i].platform_name : "互连证书");
			view_text(
				group, "GROUP_LINE", items[i].platform ? "只在这个平台使用" : "所有加入互认的交易平台");
		}
		add_item(v, group, &items[i]);
	}
}

static enum http catalogue_page(struct visit *v)
{
	struct frame frame = { .title = "领取证书", .bottom = true };
	struct catalogue_item *items;
	const char *name;
	size_t count;

	SHOWN(v, own(v, &frame, "/certs"));
	SHOWN(v, cert_names(v, &name));
	SHOWN(v, catalogue_list(&v->ctx, v->ctx.org ? CERT_ORG : CERT_PERSONAL, &items, &count));
	view_text(v->page, "FOR", name);
	view_show_if(v->page, "EMPTY", !count);
	add_groups(v, items, count);
	return page(v, "portal/catalogue.tpl", &frame);
}

/* ---- taking one */

static enum err fill_take(struct visit *v, const struct catalogue_item *item)
{
	struct arena *arena = v->ctx.arena;
	struct agreement agreement;
	const char *name, *issuers;

	TRY(cert_names(v, &name));
	TRY(cert_issuers(&v->ctx, &issuers));
	TRY(agreement_current(&v->ctx, AGREEMENT_CERTIFICATE, &agreement));
	view_int(v->page, "ITEM_ID", item->id);
	view_text(v->page, "ITEM_NAME", item->name);
	view_text(v->page, "FOR", name);
	view_text(v->page, "STARTS", time_date(arena, v->ctx.now));
	view_text(v->page, "ENDS", time_date(arena, cert_end(v->ctx.now, item->years)));
	view_text(v->page, "PRICE", price_text(arena, item->price));
	view_text(v->page, "ISSUERS", issuers);
	view_text(v->page, "AGREEMENT_TITLE", agreement.title);
	view_text(v->page, "AGREEMENT_VERSION", agreement.version);
	view_show(v->page, "BUILT_IN_CA");
	return OK;
}

static enum http take_page(struct visit *v)
{
	struct frame frame = { .title = "确认领取" };
	struct catalogue_item item;

	SHOWN(v, catalogue_load(&v->ctx, path_id(v, "item"), &item));
	if (!item.on_sale || (item.kind == CERT_ORG) != (v->ctx.org != 0))
		return error_page(v, HTTP_NOT_FOUND, NULL);
	SHOWN(v, own(v, &frame, "/certs/new"));
	SHOWN(v, fill_take(v, &item));
	return page(v, "portal/cert-take.tpl", &frame);
}

static enum http take_submit(struct visit *v)
{
	int64_t cert;
	enum err err = cert_take(&v->ctx, path_id(v, "item"), form_flag(v, "agree"), &cert);

	if (err != OK)
		return back_with_fault(v, err);
	flash(v, "cert-taken");
	return go(v, "/certs/%lld", (long long)cert);
}

const struct route certs_routes[] = {
	{ "GET", "/certs", SIGNED_IN, REAL_NAME | FULL_SESSION, NO_BODY, certs_page },
	{ "GET", "/certs/new", SIGNED_IN, REAL_NAME | FULL_SESSION, NO_BODY, catalogue_page },
	{ "GET", "/certs/new/:item", SIGNED_IN, REAL_NAME | FULL_SESSION, NO_BODY, take_page },
	{ "POST", "/certs/new/:item", SIGNED_IN, REAL_NAME | FULL_SESSION, FORM_BODY, take_submit, take_fields },
	{ "GET", "/orgs/:org/certs", LEGAL_REP | ADMIN | MEMBER, REAL_NAME | FULL_SESSION, NO_BODY, certs_page },
	{ "GET", "/orgs/:org/certs/new", LEGAL_REP | ADMIN, REAL_NAME | FULL_SESSION, NO_BODY, catalogue_page },
	{ "GET", "/orgs/:org/certs/new/:item", LEGAL_REP | ADMIN, REAL_NAME | FULL_SESSION, NO_BODY, take_page },
	{ "POST", "/orgs/:org/certs/new/:item", LEGAL_REP | ADMIN, REAL_NAME | FULL_SESSION, FORM_BODY, take_submit,
		take_fields },
	ROUTES_END,
};
