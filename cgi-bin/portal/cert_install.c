/* Installing a certificate in this browser and seeing it arrive (CERT-4, CERT-7, CERT-9). The page asks for the
 * password, the keys pool acts. */
#include "base/clock.h"
#include "base/text.h"
#include "cgi-bin/portal/cert_view.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/site.h"
#include "core/device.h"

enum { SECRET_LIFE_S = 400 * 24 * 3600, PIN_LEAST = 1, PIN_MOST = 1024 };

static const struct field install_fields[] = { { "pin", FIELD_SECRET, PIN_LEAST, PIN_MOST, NULL, false },
	{ "replaces", FIELD_ID, 0, 0, NULL, true }, FIELDS_END };
static const struct field seen_fields[] = { { "seen", FIELD_TEXT, 0, 20, NULL, true }, FIELDS_END };

static enum err fill_install(struct visit *v, const struct cert *cert)
{
	struct pin_state pin;
	struct device here;
	const char *name, *issuers;

	view_show(v->page, cert->org ? "OF_ORG" : "PERSONAL");
	TRY(cert_names(v, &name));
	TRY(pin_state(&v->ctx, v->ctx.actor.id, &pin));
	TRY(device_load(&v->ctx, v->ctx.device, &here));
	TRY(cert_issuers(&v->ctx, &issuers));
	view_text(v->page, "FOR", name);
	view_text(v->page, "DEVICE_NAME", here.name);
	view_text(v->page, "ISSUERS", issuers);
	if (cert->state == INSTANCE_ACTIVE) {
		struct view *again = view_row(v->page, "REISSUE");

		/* what will be left: this one is counted when it succeeds (CERT-9) */
		view_int(again, "REISSUES_LEFT", cert->free_left ? cert->free_left - 1 : 0);
		view_text(again, "OLD_DEVICE", cert->device_name);
		view_int(again, "REPLACES", cert->issuance);
	} else {
		view_show(v->page, "FIRST");
	}
	if (pin.locked_until > v->ctx.now)
		view_text(view_row(v->page, "LOCKED"), "LOCKED_UNTIL",
			time_near(v->ctx.arena, v->ctx.now, pin.locked_until));
	else
		view_show(v->page, "READY");
	return OK;
}

static enum http install_page(struct visit *v)
{
	struct frame frame = { .title = "安装证书" };
	struct pin_state pin;
	struct cert cert;

	SHOWN(v, cert_begin(v, &cert, &frame));
	SHOWN(v, pin_state(&v->ctx, v->ctx.actor.id, &pin));
	if (!pin.set) /* CERT-4: first the password, then back */
		return go(v, "/me/pin?next=%s",
			percent_encode(v->ctx.arena, arena_printf(v->ctx.arena, "%s/install", frame.back)));
	if (cert.state == INSTANCE_ISSUING)
		return go(v, "%s/progress", frame.back);
	SHOWN(v, fill_install(v, &cert));
	add_in_app(v, arena_printf(v->ctx.arena, "%s/install", frame.back));
	return page(v, "portal/cert-install.tpl", &frame);
}

void device_secret_keep(struct visit *v, const char *secret)
{
	cookie_set(v, COOKIE_DEVICE_SECRET, secret, SECRET_LIFE_S);
}

static enum http install_submit(struct visit *v)
{
	struct cert_wish wish = { path_id(v, "cert"), form_int(v, "replaces", 0), form_text(v, "pin"),
		cookie_get(v, COOKIE_DEVICE_SECRET) };
	const char *secret = NULL;
	enum err err = cert_install(&v->ctx, portal_pin_keys(), &wish, &secret);
	enum http answer;

	if (err != OK && err != ERR_UNSURE)
		return back_with_fault(v, err);
	answer = err == OK ? go(v, "/certs/%lld/progress", (long long)wish.cert) : failed(v, err);
	if (secret || wish.device_secret)
		device_secret_keep(v, secret ? secret : wish.device_secret);
	return answer;
}

/* ---- seeing it arrive */

static const char *moment(struct visit *v, int64_t ms)
{
	struct civil c = civil_beijing(ms);

	return arena_printf(v->ctx.arena, "%02d:%02d:%02d", c.hour, c.minute, c.second);
}

static const char *step_name(const struct issuance *newest)
{
	static const char *const names[] = {
		[ISSUANCE_INTENT] = "running", [ISSUANCE_ISSUED] = "done", [ISSUANCE_FAILED] = "failed"
	};

	return names[newest->state];
}

static void fill_progress(struct visit *v, struct view *view, const struct issuance *newest)
{
	static const char *const sections[] = {
		[ISSUANCE_INTENT] = "RUNNING", [ISSUANCE_ISSUED] = "DONE", [ISSUANCE_FAILED] = "FAILED"
	};
	struct view *step = view_row(view, sections[newest->state]);

	view_int(view, "CERT", path_id(v, "cert"));
	view_text(view, "DEVICE_NAME", newest->device_name);
	view_text(step, "CONFIRMED_TIME", moment(v, newest->made));
	view_text(step, "DONE_TIME", moment(v, newest->ended));
	view_text(step, "SEEN", step_name(newest));
	view_text(
		step, "FAIL_TEXT", "证书机构没有签发。没有扣减补发次数，原来的密钥不受影响；可以返回证书页再试一次。");
}

static enum err newest_issuance(struct visit *v, int64_t cert, struct issuance *out)
{
	struct issuance *list;
	size_t count;

	TRY(cert_issuances(&v->ctx, cert, &list, &count));
	if (!count)
		return ERR_NOT_FOUND;
	*out = list[0];
	return OK;
}

static enum http progress_page(struct visit *v)
{
	struct frame frame = { .title = "安装进度", .bottom = true };
	struct issuance newest;
	struct cert cert;

	SHOWN(v, cert_begin(v, &cert, &frame));
	SHOWN(v, newest_issuance(v, cert.id, &newest));
	view_show(v->page, cert.org ? "OF_ORG" : "PERSONAL");
	frame.refresh = newest.state == ISSUANCE_INTENT;
	fill_progress(v, view_include(v->page, "PROGRESS", "portal/cert-progress-state.tpl"), &newest);
	return page(v, "portal/cert-progress.tpl", &frame);
}

static enum http progress_state(struct visit *v)
{
	struct issuance newest;
	struct frame frame = { 0 };
	struct cert cert;

	SHOWN(v, cert_begin(v, &cert, &frame));
	SHOWN(v, newest_issuance(v, cert.id, &newest));
	if (text_equal(form_text(v, "seen"), step_name(&newest)))
		return respond(v->response, HTTP_NO_CONTENT, NULL, (struct bytes){ NULL, 0 });
	fill_progress(v, v->page, &newest);
	return fragment(v, "portal/cert-progress-state.tpl");
}

#define INSTALL_NEEDS (REAL_NAME | FULL_SESSION)
const struct route cert_install_routes[] = {
	{ "GET", "/certs/:cert/install", SIGNED_IN, INSTALL_NEEDS, NO_BODY, install_page },
	{ "POST", "/keys/certs/:cert/install", SIGNED_IN, INSTALL_NEEDS | KEYS_POOL, FORM_BODY, install_submit,
		install_fields, 0, install_page },
	{ "GET", "/certs/:cert/progress", SIGNED_IN, INSTALL_NEEDS, NO_BODY, progress_page },
	{ "GET", "/certs/:cert/progress/state", SIGNED_IN, INSTALL_NEEDS, NO_BODY, progress_state, seen_fields },
	ROUTES_END,
};
