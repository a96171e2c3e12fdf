/* Reading the log: a person's, an org's, a seal's, a certificate's records, newest first. A request looks at OPLOG_LOOK
 * index rows at most, whatever the filter (OPS-10). */
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "core/account.h"
#include "core/oplog_row.h"
#include "core/org.h"

/* Ids rise with time, but a process whose clock was set back goes on from its last id for a while. */
#define CLOCK_SLACK ((int64_t)HOUR)

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
	if (filter->to && id_at(filter->to + CLOCK_SLACK) < range.before)
		range.before = id_at(filter->to + CLOCK_SLACK);
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

/* The OPLOG_LOOK newest index rows of the range, of which the filter then takes what fits. */
#define LOOKED                                                                                                         \
	"(SELECT oplog, kind, org FROM oplog_ref WHERE object_kind = $1 AND object = $2 AND oplog >= $3 "              \
	"AND oplog < $4 ORDER BY oplog DESC LIMIT $5) AS looked"

static enum err find_rows(
	struct ctx *ctx, const struct oplog_filter *f, struct range range, struct shown *found, size_t *count)
{
	struct rows rows;

	rows_open(ctx->store, &rows,
		"SELECT " SHOWN_COLUMNS " FROM " LOOKED " JOIN oplog ON oplog.id = looked.oplog" SHOWN_JOINS
		"WHERE ($6 = 0 OR looked.kind = $6) AND ($7 = 0 OR ($7 = 1 AND looked.org = 0) OR ($7 = 2 AND "
		"looked.org <> 0)) "
		"AND ($8 = 0 OR oplog.time >= $8) AND ($9 = 0 OR oplog.time < $9) "
		"AND ($11 = 0 OR (oplog.action >= $10 AND oplog.action <= $11)) "
		"ORDER BY looked.oplog DESC LIMIT $12",
		V(f->object_kind), V(f->object), V(range.from), V(range.before), V(OPLOG_LOOK), V(f->kind), V(f->scope),
		V(f->from), V(f->to), V(f->action_low), V(f->action_high), V(OPLOG_PAGE + 1));
	*count = 0;
	while (*count <= OPLOG_PAGE && rows_next(&rows, SHOWN_INTO(&found[*count])))
		(*count)++;
	return rows_close(&rows);
}

/* The last index row that was looked at, where the look ended before the range did; 0: the range's end was reached. */
static enum err looked_until(struct ctx *ctx, const struct oplog_filter *f, struct range range, int64_t *out)
{
	enum err err = store_one(ctx->store,
		"SELECT oplog FROM oplog_ref WHERE object_kind = $1 AND object = $2 AND oplog >= $3 AND oplog < $4 "
		"ORDER BY oplog DESC LIMIT 1 OFFSET $5",
		V(f->object_kind), V(f->object), V(range.from), V(range.before), V(OPLOG_LOOK - 1), INTO(out));

	if (err == ERR_NOT_FOUND)
		*out = 0;
	return err == ERR_NOT_FOUND ? OK : err;
}

struct listing {
	const struct oplog_filter *filter;
	struct oplog_page *out;
};

static enum err do_list(struct ctx *ctx, void *arg)
{
	const struct listing *l = arg;
	struct range range = range_of(l->filter);
	struct shown *found = ARENA_ARRAY(ctx->arena, struct shown, OPLOG_PAGE + 1);
	struct oplog_page *page = l->out;
	size_t count;

	TRY(check_authority(ctx, l->filter));
	TRY(find_rows(ctx, l->filter, range, found, &count));
	for (; page->count < count && page->count < OPLOG_PAGE; page->count++)
		TRY(show(ctx, &found[page->count], &page->rows[page->count]));
	if (count > OPLOG_PAGE) {
		page->next = page->rows[OPLOG_PAGE - 1].id;
		return OK;
	}
	TRY(looked_until(ctx, l->filter, range, &page->next));
	page->looked_enough = page->next != 0;
	return OK;
}

enum err oplog_list(struct ctx *ctx, const struct oplog_filter *filter, struct oplog_page *out)
{
	*out = (struct oplog_page){ .count = 0 };
	return ctx_reading(ctx, do_list, &(struct listing){ filter, out });
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
	TRY(store_one(ctx->store, "SELECT " SHOWN_COLUMNS " FROM oplog" SHOWN_JOINS "WHERE oplog.id = $1", V(l->id),
		SHOWN_INTO(&shown)));
	return show(ctx, &shown, l->out);
}

enum err oplog_load(struct ctx *ctx, int64_t id, struct oplog_row *out)
{
	return ctx_reading(ctx, do_load, &(struct loading){ id, out });
}
