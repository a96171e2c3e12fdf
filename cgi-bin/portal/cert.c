/* One certificate: what it is made of, installing it here, seeing it arrive, revoking it (CERT-4, CERT-7, CERT-9,
 * CERT-13, CERT-14, CERT-18). Serves certs of persons and of orgs: core says whose it is. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "cgi-bin/portal/cert_view.h"
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/format.h"
#include "cgi-bin/site/site.h"

static const char *const reasons[] = { "lost", "ended", "wrong", "other", NULL };
static const struct field revoke_fields[] = { { "reason", FIELD_WORD, 0, 0, reasons, false }, FIELDS_END };

static const char *list_path(struct visit *v, const struct cert *cert)
{
	return cert->org ? arena_printf(v->ctx.arena, "/orgs/%lld/certs", (long long)cert->org) : "/certs";
}

/* ---- details */

static void add_part(struct visit *v, struct view *instance, const struct cert_file *file)
{
	static const char *const uses[] = {
		[USE_SM2_SIGN] = "签名", [USE_SM2_ENCRYPT] = "加密", [USE_THIRD_SIGN] = "签名（通用软件）"
	};
	struct view *row = view_row(instance, "PART");
	bool expired = file->info.not_after <= v->ctx.now;

	view_int(row, "CERTIFICATE", file->id);
	view_text(row, "USE_WORD", uses[file->use]);
	view_text(row, "ALGORITHM", key_kind_name(file->info.kind));
	view_text(row, "SERIAL", serial_in_fours(v->ctx.arena, file->info.serial));
	view_text(row, "SERIAL_SHORT", serial_short(v->ctx.arena, file->info.serial));
	view_text(row, "STATE", file->revoked ? "bad" : expired ? "off" : "ok");
	view_text(row, "STATE_WORD", file->revoked ? "已吊销" : expired ? "已过期" : "有效");
	view_show(row, "FILES");
}

/* Whom the certificate itself names. */
static void add_subject(struct view *instance, const struct certificate *info)
{
	struct view *names = view_row(instance, info->subject_o ? "NAMES_ORG" : "NAMES_PERSON");

	if (info->subject_o) {
		view_text(names, "SUBJECT_ORG", info->subject_o);
		view_text(names, "SUBJECT_USCC", info->subject_org_id);
	} else {
		view_text(names, "SUBJECT_NAME", info->subject_cn);
	}
	view_text(instance, "SUBJECT", info->subject);
	view_text(instance, "HOLDER", info->subject_holder);
}

static enum err add_instance(struct visit *v, const struct cert *cert)
{
	struct cert_file *files;
	struct view *instance;
	const char *issuers;
	size_t count;

	TRY(cert_files(&v->ctx, cert->id, &files, &count));
	if (!count)
		return OK;
	TRY(cert_issuers(&v->ctx, &issuers));
	instance = view_row(v->page, "INSTANCE");
	add_subject(instance, &files[0].info);
	view_int(instance, "INSTANCE_ID", cert->instance);
	view_text(instance, "ISSUERS", issuers);
	view_text(instance, "DEVICE_NAME", cert->device_name);
	for (size_t i = 0; i < count; i++)
		add_part(v, instance, &files[i]);
	return OK;
}

/* "a,b,c" as "A … A、B … B、C … C": enough to tell one from another; whole ones stand with the certificates. */
static const char *short_serials(struct arena *arena, const char *serials)
{
	struct buf out = buf_new(arena);

	while (serials && *serials) {
		size_t len = strcspn(serials, ",");

		buf_text(&out, out.len ? "、" : "");
		buf_text(&out, serial_short(arena, arena_text_n(arena, serials, len)));
		serials += len;
		serials += *serials == ',';
	}
	return out.data;
}

static enum err add_issuances(struct visit *v, const struct cert *cert)
{
	static const char *const kinds[] = {
		[ISSUANCE_FIRST] = "首次下载", [ISSUANCE_REISSUE] = "补发", [ISSUANCE_RENEWAL] = "更新"
	};
	static const char *const ends[] = {
		[ISSUANCE_INTENT] = "（签发中）", [ISSUANCE_ISSUED] = "", [ISSUANCE_FAILED] = "（没有成功，不计次数）"
	};
	struct issuance *list;
	size_t count;

	TRY(cert_issuances(&v->ctx, cert->id, &list, &count));
	view_show_if(v->page, "NO_ISSUANCE", !count);
	for (size_t i = 0; i < count; i++) {
		struct view *row = view_row(v->page, "ISSUANCE");

		view_text(row, "ISSUANCE_WORD",
			arena_printf(v->ctx.arena, "%s%s", kinds[list[i].kind], ends[list[i].state]));
		view_text(row, "ISSUANCE_DEVICE", list[i].device_name);
		view_text(row, "ISSUANCE_TIME", time_near(v->ctx.arena, v->ctx.now, list[i].made));
		view_text(row, "ISSUANCE_SERIAL", short_serials(v->ctx.arena, list[i].serials));
	}
	return OK;
}

static void add_reissues(struct visit *v, const struct cert *cert)
{
	struct view *left = view_row(v->page, "REISSUES");

	view_int(left, "REISSUES_LEFT", cert->free_left);
	view_int(left, "REISSUES_ALL", FREE_REISSUES);
	for (int i = 0; i < FREE_REISSUES; i++)
		view_show(view_row(left, "PIP"), i < cert->free_left ? "FULL" : "SPENT");
}

static bool is_revoked(const struct cert *cert)
{
	return cert->revoked || cert->state == INSTANCE_REVOKED;
}

/* What can be done now: exactly one section, as the template says. */
static void add_acts(struct visit *v, const struct cert *cert)
{
	bool reissuable = cert->free_left > 0;
	struct view *where;

	if (is_revoked(cert)) {
		view_text(view_row(v->page, "REVOKED"), "REVOKED_ON", time_date(v->ctx.arena, cert->revoked));
		return;
	}
	if (cert->ends <= v->ctx.now) {
		view_show(v->page, "EXPIRED");
		return;
	}
	view_show(v->page, "REVOCABLE");
	add_reissues(v, cert);
	if (cert->state == INSTANCE_ISSUING) {
		view_show(v->page, "ISSUING");
	} else if (!cert->instance || cert->state == INSTANCE_WAITING) {
		view_show(v->page, "INSTALLABLE");
	} else {
		where = view_row(v->page, cert->here ? "HERE" : "ELSEWHERE");
		view_text(where, "DEVICE_NAME", cert->device_name);
		view_text(
			where, "OPEN_URL", own_url(v, arena_printf(v->ctx.arena, "/certs/%lld", (long long)cert->id)));
		view_show_if(where, "REISSUABLE", reissuable);
	}
}

static const char *left_text(struct visit *v, const struct cert *cert)
{
	int64_t left = cert->ends - v->ctx.now;

	if (is_revoked(cert))
		return arena_printf(v->ctx.arena, "%s 吊销", time_date(v->ctx.arena, cert->revoked));
	return left > 0 ? arena_printf(v->ctx.arena, "还剩 %lld 天", (long long)((left + DAY - 1) / DAY)) : "已到期";
}

static const char *platforms_of(const struct cert *cert)
{
	return cert->platform ? cert->platform_name : "所有加入互认的交易平台";
}

static enum http cert_page(struct visit *v)
{
	struct frame frame = { .bottom = true };
	struct arena *arena = v->ctx.arena;
	struct state_words state;
	struct cert cert;

	SHOWN(v, cert_begin(v, &cert, &frame));
	frame.title = cert.kind == CERT_ORG ? "单位证书" : "个人证书";
	frame.back = list_path(v, &cert);
	state = cert_state(&v->ctx, &cert);
	if (cert.org)
		view_text(view_row(v->page, "OF_ORG"), "ORG_FULL_NAME", cert.org_name);
	else
		view_show(v->page, "PERSONAL");
	view_text(v->page, "STARTS", time_date(arena, cert.starts));
	view_text(v->page, "ENDS", time_date(arena, cert.ends));
	view_text(v->page, "LEFT", left_text(v, &cert));
	view_text(v->page, "STATE", state.state);
	view_text(v->page, "STATE_WORD", state.word);
	view_text(v->page, "PLATFORMS", platforms_of(&cert));
	view_show(v->page, "BUILT_IN_CA");
	add_acts(v, &cert);
	SHOWN(v, add_instance(v, &cert));
	SHOWN(v, add_issuances(v, &cert));
	return page(v, "portal/cert.tpl", &frame);
}

/* ---- files */

static enum err find_file(struct visit *v, const struct cert *cert, struct cert_file *out)
{
	int64_t wanted = path_id(v, "certificate");
	struct cert_file *files;
	size_t count;

	TRY(cert_files(&v->ctx, cert->id, &files, &count));
	for (size_t i = 0; i < count; i++)
		if (files[i].id == wanted) {
			*out = files[i];
			return OK;
		}
	return ERR_NOT_FOUND;
}

static enum err file_body(struct visit *v, const struct cert_file *file, const char *form, struct bytes *out)
{
	struct buf all = buf_new(v->ctx.arena);
	struct bytes chain[3];

	if (text_equal(form, "der")) {
		*out = file->info.der;
	} else if (text_equal(form, "pem")) {
		*out = pem_wrap(v->ctx.arena, "CERTIFICATE", file->info.der);
	} else if (text_equal(form, "chain")) {
		TRY(cert_chain(&v->ctx, file->id, chain));
		for (size_t i = 0; i < 3; i++)
			buf_bytes(&all, pem_wrap(v->ctx.arena, "CERTIFICATE", chain[i]));
		*out = buf_view(&all);
	} else {
		return ERR_NOT_FOUND;
	}
	return OK;
}

static enum http file_answer(struct visit *v)
{
	const char *form = match_part(&v->match, "form");
	bool der = text_equal(form, "der");
	struct frame frame = { 0 };
	struct cert_file file;
	struct bytes body;
	struct cert cert;

	SHOWN(v, cert_begin(v, &cert, &frame));
	SHOWN(v, find_file(v, &cert, &file));
	SHOWN(v, file_body(v, &file, form, &body));
	response_header(v->response, "Content-Disposition",
		arena_printf(v->ctx.arena, "attachment; filename=\"%s-%s.%s\"", key_kind_name(file.info.kind),
			file.info.serial, der ? "cer" : "pem"));
	return respond(v->response, HTTP_OK, der ? "application/pkix-cert" : "application/x-pem-file", body);
}

/* ---- revoking */

/* Whether the actor can use no other one of the same owner. */
static enum err is_last(struct visit *v, const struct cert *cert, bool *out)
{
	struct cert *certs;
	size_t count;

	*out = cert->usable;
	TRY(cert_list(&v->ctx, cert->org, &certs, &count));
	for (size_t i = 0; i < count; i++)
		*out = *out && (certs[i].id == cert->id || !certs[i].usable);
	return OK;
}

/* What is lost, by name. */
static enum err fill_revoke(struct visit *v, const struct cert *cert)
{
	struct arena *arena = v->ctx.arena;
	const char *name;
	bool last;

	TRY(cert_names(v, &name));
	TRY(is_last(v, cert, &last));
	view_text(v->page, "FOR", name);
	view_text(v->page, "ENDS", time_date(arena, cert->ends));
	view_text(v->page, "LEFT", left_text(v, cert));
	view_text(v->page, "PLATFORMS", platforms_of(cert));
	if (cert->device_name && *cert->device_name)
		view_text(view_row(v->page, "INSTALLED"), "DEVICE_NAME", cert->device_name);
	view_show(v->page, is_revoked(cert) ? "REVOKED" : "REVOCABLE");
	view_show(v->page, cert->org ? "OF_ORG" : "PERSONAL");
	if (last)
		view_show(v->page, cert->org ? "LAST_OF_ORG" : "LAST_PERSONAL");
	return OK;
}

static enum http revoke_page(struct visit *v)
{
	struct frame frame = { .title = "吊销证书" };
	struct cert cert;

	SHOWN(v, cert_begin(v, &cert, &frame));
	if (is_revoked(&cert) && !v->again) /* its page says since when */
		return go(v, "%s", frame.back);
	SHOWN(v, fill_revoke(v, &cert));
	return page(v, "portal/cert-revoke.tpl", &frame);
}

static enum http revoke_submit(struct visit *v)
{
	static const int codes[] = { 1, 5, 3, 0 }; /* RFC 5280 5.3.1, in the order of reasons */
	int64_t cert = path_id(v, "cert");
	size_t i = 0;
	enum err err;

	while (!text_equal(reasons[i], form_text(v, "reason")))
		i++;
	err = cert_revoke(&v->ctx, cert, codes[i]);
	if (err != OK)
		return back_with_fault(v, err);
	flash(v, "cert-revoke-done");
	return go(v, "/certs/%lld", (long long)cert);
}

#define CERT_NEEDS (REAL_NAME | FULL_SESSION)
const struct route cert_routes[] = {
	{ "GET", "/certs/:cert", SIGNED_IN, CERT_NEEDS, NO_BODY, cert_page },
	{ "GET", "/certs/:cert/files/:certificate/:form", SIGNED_IN, CERT_NEEDS, NO_BODY, file_answer },
	{ "GET", "/certs/:cert/revoke", SIGNED_IN, CERT_NEEDS, NO_BODY, revoke_page },
	{ "POST", "/certs/:cert/revoke", SIGNED_IN, CERT_NEEDS, FORM_BODY, revoke_submit, revoke_fields },
	ROUTES_END,
};
