/* Reading the log: a person's, an org's, a seal's, a certificate's records, newest first. A request looks at OPLOG_LOOK
 * index rows at most, whatever the filter (OPS-10). */
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "core/account.h"
#include "core/oplog_row.h"
#include "core/org.h"

enum { FURTHER = 500 /* index rows at a time, where the first of them did not fill a page */ };

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

/* Reading rows of one transaction: most of a list's are of one person. */
struct reading {
	struct ctx *ctx;
	struct subject_opened last;
};

static enum err read_subject(struct reading *r, const struct oplog_stored *stored, const struct subject *subject,
	bool is_actor, struct oplog_row *out)
{
	struct ctx *ctx = r->ctx;
	struct bytes text;
	json_t *words;

	TRY(subject_unseal(
		ctx, &r->last, subject->key, oplog_subject_aad(ctx->arena, stored->id), subject->box, &text));
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
static enum err open_subjects(struct reading *r, const struct oplog_stored *stored, struct oplog_row *out)
{
	struct bytes left = stored->subjects;
	bool is_actor = stored->actor_kind == ACTOR_ACCOUNT;
	struct subject subject;

	for (; next_subject(&left, &subject); is_actor = false) {
		enum err err = read_subject(r, stored, &subject, is_actor, out);

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

static enum err show(struct reading *r, const struct shown *shown, struct oplog_row *out)
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
	return open_subjects(r, s, out);
}

static enum err load_shown(struct ctx *ctx, int64_t id, struct shown *out)
{
	return store_one(ctx->store, "SELECT " SHOWN_COLUMNS " FROM oplog" SHOWN_JOINS "WHERE oplog.id = $1", V(id),
		SHOWN_INTO(out));
}

static size_t page_of(const struct oplog_filter *f)
{
	return f->most ? f->most : OPLOG_PAGE;
}

/* Between what a filter's records lie, ends inside; what it leaves open, between everything. */
struct bounds {
	int64_t kind[2], org[2], time[2], action[2];
};

static struct bounds bounds_of(const struct oplog_filter *f)
{
	struct bounds b = { { 0, INT64_MAX }, { 0, INT64_MAX }, { 0, INT64_MAX }, { 0, INT64_MAX } };

	if (f->kind != RECORD_ANY)
		b.kind[0] = b.kind[1] = f->kind;
	if (f->scope == SCOPE_ORG)
		b.org[0] = 1;
	if (f->scope == SCOPE_PERSONAL)
		b.org[1] = 0;
	if (f->from)
		b.time[0] = f->from;
	if (f->to)
		b.time[1] = f->to - 1;
	if (f->action_high) {
		b.action[0] = f->action_low;
		b.action[1] = f->action_high;
	}
	return b;
}

struct listing {
	struct reading reading;
	const struct oplog_filter *filter;
	struct oplog_page *out;
	bool more; /* a record beyond the page fits */
};

/* A page knows whether another follows; who asks for the newest few wants no more than them. */
static bool enough(const struct listing *l)
{
	return l->more || (l->filter->most && l->out->count == l->filter->most);
}

static enum err take(struct listing *l, const struct shown *shown)
{
	struct oplog_page *page = l->out;

	if (page->count < page_of(l->filter))
		return show(&l->reading, shown, &page->rows[page->count++]);
	l->more = true;
	return OK;
}

/* The next index rows before a record, most at most. */
#define NEXT_REFS                                                                                                      \
	"(SELECT oplog FROM oplog_ref WHERE object_kind = $1 AND object = $2 AND oplog >= $3 AND oplog < $4 "          \
	"ORDER BY oplog DESC LIMIT $5) AS looked"

/* Of the next so many index rows, the records that fit, no more than the page has room for and one beyond. */
static enum err take_fitting(struct listing *l, struct range left, int most)
{
	const struct oplog_filter *f = l->filter;
	struct bounds b = bounds_of(f);
	struct shown shown;
	struct rows rows;
	enum err err = OK;

	rows_open(l->reading.ctx->store, &rows,
		"SELECT " SHOWN_COLUMNS " FROM oplog_ref JOIN oplog ON oplog.id = oplog_ref.oplog" SHOWN_JOINS
		"WHERE oplog_ref.object_kind = $1 AND oplog_ref.object = $2 AND oplog_ref.oplog < $4 "
		"AND oplog_ref.oplog >= (SELECT coalesce(min(oplog), $4) FROM " NEXT_REFS ") "
		"AND oplog_ref.kind BETWEEN $6 AND $7 AND oplog_ref.org BETWEEN $8 AND $9 "
		"AND oplog.time BETWEEN $10 AND $11 AND oplog.action BETWEEN $12 AND $13 "
		"ORDER BY oplog_ref.oplog DESC LIMIT $14",
		V(f->object_kind), V(f->object), V(left.from), V(left.before), V(most), V(b.kind[0]), V(b.kind[1]),
		V(b.org[0]), V(b.org[1]), V(b.time[0]), V(b.time[1]), V(b.action[0]), V(b.action[1]),
		V((int64_t)(page_of(f) + !f->most - l->out->count)));
	while (err == OK && rows_next(&rows, SHOWN_INTO(&shown)))
		err = take(l, &shown);
	TRY(rows_close(&rows));
	return err;
}

/* How many index rows there are before that one, most at most, and where the last of them stands. */
static enum err look(struct listing *l, struct range range, int most, int *count, int64_t *lowest)
{
	return store_one(l->reading.ctx->store, "SELECT count(*), coalesce(min(oplog), 0) FROM " NEXT_REFS,
		V(l->filter->object_kind), V(l->filter->object), V(range.from), V(range.before), V(most), INTO(count),
		INTO(lowest));
}

/* Along the index, stretch by stretch: as many rows as a page has, and where few of them fit, more at a time. */
static enum err walk(struct listing *l)
{
	struct range left = range_of(l->filter);
	int most = (int)page_of(l->filter) + 1, looked = 0, count;
	int64_t lowest = 0;

	do {
		if (most > OPLOG_LOOK - looked)
			most = OPLOG_LOOK - looked;
		TRY(take_fitting(l, left, most));
		if (enough(l))
			break;
		TRY(look(l, left, most, &count, &lowest));
		looked += count;
		left.before = lowest;
		if (count < most)
			break;
		most = FURTHER;
	} while (looked < OPLOG_LOOK);
	l->out->looked_enough = !enough(l) && looked == OPLOG_LOOK;
	l->out->next = enough(l) ? l->out->rows[l->out->count - 1].id : l->out->looked_enough ? lowest : 0;
	return OK;
}

static enum err do_list(struct ctx *ctx, void *arg)
{
	struct listing *l = arg;

	l->reading.ctx = ctx;
	TRY(check_authority(ctx, l->filter));
	return walk(l);
}

enum err oplog_list(struct ctx *ctx, const struct oplog_filter *filter, struct oplog_page *out)
{
	*out = (struct oplog_page){ .count = 0 };
	return ctx_reading(ctx, do_list, &(struct listing){ .filter = filter, .out = out });
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
	return show(&(struct reading){ .ctx = ctx }, &shown, l->out);
}

enum err oplog_load(struct ctx *ctx, int64_t id, struct oplog_row *out)
{
	return ctx_reading(ctx, do_load, &(struct loading){ id, out });
}
