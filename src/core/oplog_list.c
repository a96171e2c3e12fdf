/* Reading the log: a person's, an org's, a seal's, a certificate's records, newest first. A request looks at OPLOG_LOOK
 * index rows at most, whatever the filter (OPS-10). */
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "core/account.h"
#include "core/oplog_row.h"
#include "core/org.h"

static enum err check_seal(struct ctx *ctx, int64_t id)
{
	int64_t org;

	TRY(store_one(ctx->store, "SELECT org FROM seal WHERE id = $1", V(id), INTO(&org)));
	return oplog_check_org(ctx, org);
}

static enum err check_cert(struct ctx *ctx, int64_t id)
{
	int64_t org, account;

	TRY(store_one(ctx->store, "SELECT org, account FROM cert WHERE id = $1", V(id), INTO(&org), INTO(&account)));
	if (org)
		return oplog_check_org(ctx, org);
	return account == ctx->actor.id ? OK : ERR_NOT_FOUND;
}

static enum err check_instance(struct ctx *ctx, int64_t id)
{
	int64_t cert, account;

	TRY(store_one(
		ctx->store, "SELECT cert, account FROM instance WHERE id = $1", V(id), INTO(&cert), INTO(&account)));
	return account == ctx->actor.id ? OK : check_cert(ctx, cert);
}

static enum err check_authority(struct ctx *ctx, const struct oplog_filter *filter)
{
	switch (filter->object_kind) {
	case OBJECT_ACCOUNT:
		return filter->object == ctx->actor.id ? OK : ERR_NOT_FOUND;
	case OBJECT_ORG:
		return oplog_check_org(ctx, filter->object);
	case OBJECT_SEAL:
		return check_seal(ctx, filter->object);
	case OBJECT_CERT:
		return check_cert(ctx, filter->object);
	case OBJECT_INSTANCE:
		return check_instance(ctx, filter->object);
	default:
		return ERR_NOT_FOUND;
	}
}

/* The ids between which the filter's rows lie; from is inside, before is not. */
struct range {
	int64_t from, before;
};

static struct range range_of(const struct oplog_filter *filter)
{
	struct range range = { 0, filter->after ? filter->after : INT64_MAX };

	if (filter->from)
		range.from = id_at(filter->from);
	if (filter->to && id_at(filter->to + ID_AHEAD_MS) < range.before)
		range.before = id_at(filter->to + ID_AHEAD_MS);
	return range;
}

/* One person's words in a row: of the actor, or of somebody the act is about. */
struct subject {
	int64_t key;
	struct bytes box;
};

/* The next one of the row's; false at the end. */
static bool next_subject(struct bytes *left, struct subject *out)
{
	enum { HEAD = 12 };
	size_t len = 0;

	out->key = 0;
	for (int i = 0; i < 8 && left->len >= HEAD; i++)
		out->key = out->key << 8 | left->data[i];
	for (int i = 8; i < HEAD && left->len >= HEAD; i++)
		len = len << 8 | left->data[i];
	if (left->len < HEAD || left->len - HEAD < len)
		return false;
	out->box = (struct bytes){ left->data + HEAD, len };
	*left = (struct bytes){ left->data + HEAD + len, left->len - HEAD - len };
	return true;
}

static enum err read_subject(struct ctx *ctx, const struct oplog_stored *stored, const struct subject *subject,
	bool is_actor, struct oplog_row *out)
{
	struct bytes text;
	json_t *words;

	TRY(subject_unseal(ctx, subject->key, oplog_subject_aad(ctx->arena, stored->id), subject->box, &text));
	TRY(json_read(text, &words));
	if (is_actor)
		out->actor_name = arena_text(ctx->arena, json_text(words, "name"));
	if (is_actor || stored->actor_kind == ACTOR_NOBODY) {
		out->address = arena_text(ctx->arena, json_text(words, "address"));
		out->agent = arena_text(ctx->arena, json_text(words, "agent"));
	}
	if (!out->detail)
		out->detail = arena_text(ctx->arena, json_text(words, "detail"));
	json_release(&words);
	return OK;
}

/* Where a person acted, that person's words come first (oplog.c). */
static enum err open_subjects(struct ctx *ctx, const struct oplog_stored *stored, struct oplog_row *out)
{
	struct bytes left = stored->subjects;
	bool is_actor = stored->actor_kind == ACTOR_ACCOUNT;
	struct subject subject;

	for (; next_subject(&left, &subject); is_actor = false) {
		enum err err = read_subject(ctx, stored, &subject, is_actor, out);

		if (err != OK && err != ERR_NOT_FOUND) /* not found: erased with the person */
			return err;
	}
	return left.len ? ERR_BROKEN : OK;
}

/* What a list's and a single row's statement give beside the row itself. */
#define SHOWN_COLUMNS OPLOG_ROW_COLUMNS ", platform.name, org.name, tree.place IS NOT NULL"
#define SHOWN_JOINS                                                                                                    \
	" LEFT JOIN platform ON platform.id = oplog.platform LEFT JOIN org ON org.id = oplog.org "                     \
	"LEFT JOIN tree ON tree.oplog = oplog.id "
#define SHOWN_INTO(s) OPLOG_ROW_INTO(&(s)->stored), INTO(&(s)->platform_name), INTO(&(s)->org_name), INTO(&(s)->proven)

struct shown {
	struct oplog_stored stored;
	const char *platform_name, *org_name;
	bool proven;
};

static enum err show(struct ctx *ctx, const struct shown *shown, struct oplog_row *out)
{
	const struct oplog_stored *s = &shown->stored;

	*out = (struct oplog_row){
		.id = s->id,
		.time = s->time,
		.actor = s->actor,
		.on_behalf = s->on_behalf,
		.org = s->org,
		.platform = s->platform,
		.ticket = s->ticket,
		.instance = s->instance,
		.object = s->object,
		.actor_kind = s->actor_kind,
		.action = s->action,
		.object_kind = s->object_kind,
		.result = s->result,
		.digest = s->digest,
		.platform_name = shown->platform_name,
		.org_name = shown->org_name,
		.proven = shown->proven,
	};
	return open_subjects(ctx, s, out);
}

static enum err load_shown(struct ctx *ctx, int64_t id, struct shown *out)
{
	return store_one(ctx->store, "SELECT " SHOWN_COLUMNS " FROM oplog" SHOWN_JOINS "WHERE oplog.id = $1", V(id),
		SHOWN_INTO(out));
}

/* What an index row tells of its record, and what only the record tells. */
static bool indexed_fits(const struct oplog_filter *f, enum record_kind kind, int64_t org)
{
	return (f->kind == RECORD_ANY || f->kind == kind) &&
		(f->scope == SCOPE_ALL || (f->scope == SCOPE_ORG) == (org != 0));
}

static enum err record_fits(struct ctx *ctx, const struct oplog_filter *f, int64_t id, bool *out)
{
	int64_t time, action;

	*out = true;
	if (!f->from && !f->to && !f->action_high)
		return OK;
	TRY(store_one(ctx->store, "SELECT time, action FROM oplog WHERE id = $1", V(id), INTO(&time), INTO(&action)));
	*out = (!f->from || time >= f->from) && (!f->to || time < f->to) &&
		(!f->action_high || (action >= f->action_low && action <= f->action_high));
	return OK;
}

static size_t page_of(const struct oplog_filter *f)
{
	return f->most ? f->most : OPLOG_PAGE;
}

struct listing {
	const struct oplog_filter *filter;
	struct oplog_page *out;
	bool more; /* a record beyond the page fits */
};

static enum err take(struct ctx *ctx, struct listing *l, int64_t id)
{
	struct oplog_page *page = l->out;
	struct shown shown;
	bool fits;

	TRY(record_fits(ctx, l->filter, id, &fits));
	if (!fits)
		return OK;
	TRY(load_shown(ctx, id, &shown));
	if (page->count < page_of(l->filter))
		return show(ctx, &shown, &page->rows[page->count++]);
	l->more = true;
	return OK;
}

/* A page knows whether another follows; who asks for the newest few wants no more than them. */
static bool enough(const struct listing *l)
{
	return l->more || (l->filter->most && l->out->count == l->filter->most);
}

/* Along the index, record by record, and no further than the page needs: a join over all that may be looked at would be
 * sorted whole before its first row came out. */
static enum err walk(struct ctx *ctx, struct listing *l)
{
	const struct oplog_filter *f = l->filter;
	struct range range = range_of(f);
	int64_t id = 0, org;
	enum record_kind kind;
	enum err err = OK;
	struct rows rows;
	int looked = 0;

	rows_open(ctx->store, &rows,
		"SELECT oplog, kind, org FROM oplog_ref WHERE object_kind = $1 AND object = $2 AND oplog >= $3 "
		"AND oplog < $4 ORDER BY oplog DESC LIMIT $5",
		V(f->object_kind), V(f->object), V(range.from), V(range.before), V(OPLOG_LOOK));
	for (; err == OK && !enough(l) && rows_next(&rows, INTO(&id), INTO(&kind), INTO(&org)); looked++) {
		if (indexed_fits(f, kind, org))
			err = take(ctx, l, id);
	}
	TRY(rows_close(&rows));
	TRY(err);
	l->out->looked_enough = !enough(l) && looked == OPLOG_LOOK;
	l->out->next = enough(l) ? l->out->rows[l->out->count - 1].id : l->out->looked_enough ? id : 0;
	return OK;
}

static enum err do_list(struct ctx *ctx, void *arg)
{
	struct listing *l = arg;

	TRY(check_authority(ctx, l->filter));
	return walk(ctx, l);
}

enum err oplog_list(struct ctx *ctx, const struct oplog_filter *filter, struct oplog_page *out)
{
	*out = (struct oplog_page){ .count = 0 };
	return ctx_reading(ctx, do_list, &(struct listing){ filter, out, false });
}

struct loading {
	int64_t id;
	struct oplog_row *out;
};

static enum err do_load(struct ctx *ctx, void *arg)
{
	const struct loading *l = arg;
	struct shown shown;

	TRY(oplog_check_mine(ctx, l->id));
	TRY(load_shown(ctx, l->id, &shown));
	return show(ctx, &shown, l->out);
}

enum err oplog_load(struct ctx *ctx, int64_t id, struct oplog_row *out)
{
	return ctx_reading(ctx, do_load, &(struct loading){ id, out });
}
