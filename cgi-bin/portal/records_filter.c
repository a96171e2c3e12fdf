/* From a path and a query to the filter of the log. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "cgi-bin/portal/records.h"
#include "cgi-bin/site/site.h"
#include "core/cert.h"
#include "core/seal.h"

static const char *const days[] = { "1", "7", "30", "90", NULL };
/* In the order of enum record_kind and enum oplog_scope, from 1. */
static const char *const kinds[] = { "login", "seal", "sign", "encrypt", "decrypt", "other", "change", NULL };
static const char *const scopes[] = { "personal", "org", NULL };

const struct field records_fields[] = {
	{ "days", FIELD_WORD, 0, 0, days, true },
	{ "kind", FIELD_WORD, 0, 0, kinds, true },
	{ "scope", FIELD_WORD, 0, 0, scopes, true },
	{ "from", FIELD_TEXT, 0, 40, NULL, true },
	{ "to", FIELD_TEXT, 0, 40, NULL, true },
	{ "after", FIELD_ID, 0, 0, NULL, true },
	FIELDS_END,
};

static unsigned place_of(const char *const *words, const char *word)
{
	for (unsigned i = 0; word && words[i]; i++)
		if (text_equal(words[i], word))
			return i + 1;
	return 0;
}

/* ---- the query */

static void add_pair(struct buf *out, const char *name, const char *value)
{
	if (value && *value)
		buf_printf(out, "%s%s=%s", out->len ? "&" : "", name, percent_encode(out->arena, value));
}

const char *records_query(const struct visit *v, const char *with_days)
{
	struct buf out = buf_new(v->ctx.arena);

	add_pair(&out, "days", with_days ? with_days : form_text(v, "days"));
	add_pair(&out, "kind", form_text(v, "kind"));
	add_pair(&out, "scope", form_text(v, "scope"));
	if (!with_days) {
		add_pair(&out, "from", form_text(v, "from"));
		add_pair(&out, "to", form_text(v, "to"));
	}
	return out.data;
}

/* ---- the time */

/* "2026-11-24": that day's first moment in Beijing. */
static bool read_date(struct arena *arena, const char *text, int64_t *out)
{
	int64_t year, month, day;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' ||
		!parse_int(arena_text_n(arena, text, 4), 1970, 9999, &year) ||
		!parse_int(text[5] == '0' ? arena_text_n(arena, text + 6, 1) : arena_text_n(arena, text + 5, 2), 1, 12,
			&month) ||
		!parse_int(text[8] == '0' ? text + 9 : text + 8, 1, 31, &day) ||
		!civil_is_date((int)year, (int)month, (int)day))
		return false;
	*out = civil_to_ms_beijing((struct civil){ .year = (int)year, .month = (int)month, .day = (int)day });
	return true;
}

static void refuse(struct records *out, const char *field, const char *word)
{
	out->bad_field = field;
	out->bad_word = word;
}

/* From–to counts before the days; both of its ends are whole days. */
static void read_time(struct visit *v, struct records *out)
{
	const char *from = form_text(v, "from"), *to = form_text(v, "to");
	struct civil today = civil_beijing(v->ctx.now);
	int64_t number;

	if (from && !read_date(v->ctx.arena, from, &out->filter.from))
		refuse(out, "from", "date-form");
	else if (to && !read_date(v->ctx.arena, to, &out->filter.to))
		refuse(out, "to", "date-form");
	else if (from && to && out->filter.to < out->filter.from)
		refuse(out, "to", "dates-order");
	else if (to)
		out->filter.to += DAY;
	if (from || to || !form_text(v, "days") || !parse_int(form_text(v, "days"), 1, 90, &number))
		return;
	out->filter.from = civil_to_ms_beijing(
		(struct civil){ .year = today.year, .month = today.month, .day = today.day - (int)number + 1 });
}

/* ---- whose */

static void place_below(struct records *out, const char *path, const char *word)
{
	size_t i = 0;

	while (out->above[i].path)
		i++;
	out->above[i].path = path;
	out->above[i].word = word;
}

static const char *org_path(struct visit *v, int64_t org, const char *rest)
{
	return arena_printf(v->ctx.arena, "/orgs/%lld%s", (long long)org, rest);
}

static enum err find_mine(struct visit *v, struct records *out)
{
	place_below(out, "/me", "我的");
	out->filter.object = v->ctx.actor.id;
	out->title = out->page_title = "操作记录";
	out->at = "AT_ME";
	return OK;
}

static enum err find_org(struct visit *v, struct records *out)
{
	place_below(out, org_path(v, v->ctx.org, ""), "单位");
	out->filter.object = v->ctx.org;
	out->title = out->page_title = "操作记录";
	out->at = "AT_ORGS";
	out->at_org = "AT_ORG_RECORDS";
	return OK;
}

static enum err find_seal(struct visit *v, struct records *out)
{
	struct seal seal;

	TRY(seal_load(&v->ctx, path_id(v, "seal"), &seal));
	place_below(out, org_path(v, v->ctx.org, ""), "单位");
	place_below(out, org_path(v, v->ctx.org, "/seals"), "印章");
	place_below(out, out->back, seal_kind_name(seal.kind));
	out->filter.object = seal.id;
	out->page_title = "印章记录";
	out->title = arena_printf(v->ctx.arena, "%s的记录", seal_kind_name(seal.kind));
	out->at = "AT_ORGS";
	out->at_org = "AT_SEALS";
	return OK;
}

static enum err find_cert(struct visit *v, struct records *out)
{
	struct cert cert;

	TRY(cert_load(&v->ctx, path_id(v, "cert"), &cert));
	place_below(out, cert.org ? org_path(v, cert.org, "") : "/home", cert.org ? "单位" : "首页");
	place_below(out, cert.org ? org_path(v, cert.org, "/certs") : "/certs", cert.org ? "数字证书" : "个人证书");
	place_below(out, out->back, "证书详情");
	out->filter.object = cert.id;
	out->page_title = "证书记录";
	out->title = arena_printf(v->ctx.arena, "%s的记录", cert.item_name);
	out->at = cert.org ? "AT_ORGS" : "AT_HOME";
	return OK;
}

/* By the path's part; a seal's path holds the org's too, so the seal comes first. */
static const struct owner {
	const char *part;
	enum object_kind kind;
	enum err (*find)(struct visit *, struct records *);
} owners[] = {
	{ "seal", OBJECT_SEAL, find_seal },
	{ "cert", OBJECT_CERT, find_cert },
	{ "org", OBJECT_ORG, find_org },
	{ NULL, OBJECT_ACCOUNT, find_mine },
};

static char *without(struct arena *arena, const char *path, const char *end)
{
	return arena_text_n(arena, path, strlen(path) - (text_ends(path, end) ? strlen(end) : 0));
}

enum err records_read(struct visit *v, struct records *out)
{
	const struct owner *owner = owners;

	while (owner->part && !match_part(&v->match, owner->part))
		owner++;
	*out = (struct records){ .filter = { .object_kind = owner->kind,
					 .kind = place_of(kinds, form_text(v, "kind")),
					 .scope = owner->part ? SCOPE_ALL : place_of(scopes, form_text(v, "scope")),
					 .after = form_id(v, "after") } };
	out->list = without(v->ctx.arena, v->request->path, ".csv");
	out->back = without(v->ctx.arena, out->list, "/records");
	read_time(v, out);
	return owner->find(v, out);
}
