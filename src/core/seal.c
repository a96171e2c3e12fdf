/* Seals of orgs (SEAL-1, SEAL-2, SEAL-4, SEAL-6, SEAL-7): who may make, see, use and void which. */
#include "core/seal.h"
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "core/message.h"
#include "core/oplog.h"
#include "core/org.h"
#include "core/realname.h"

enum { BITMAP_DPI = 300, MOST_SEALS = 200, MOST_USES = 1000 };

static const struct {
	const char *name, *word;
} kinds[] = {
	[SEAL_OFFICIAL] = { "公章", "official" },
	[SEAL_FINANCE] = { "财务章", "finance" },
	[SEAL_CONTRACT] = { "合同章", "contract" },
	[SEAL_LEGAL_REP] = { "法定代表人章", "legal_rep" },
};

/* ---- who may (SEAL-7) */

static enum err may_administer(struct ctx *ctx, int64_t org, enum seal_kind kind)
{
	enum role role;

	TRY(member_role(ctx, org, ctx->actor.id, &role));
	if (role == ROLE_LEGAL_REP || (role == ROLE_ADMIN && kind != SEAL_LEGAL_REP))
		return OK;
	return fault(ctx, ERR_DENIED, NULL, "seal-not-yours");
}

enum err seal_may_administer(struct ctx *ctx, const struct seal *seal)
{
	return may_administer(ctx, seal->org, seal->kind);
}

/* ---- the style as it stands in the row */

static const char *style_text(struct ctx *ctx, const struct seal_style *style)
{
	json_t *object = json_object();
	const char *text;

	json_put_int(object, "template", style->template);
	json_put_int(object, "diameter", style->diameter_mm10);
	json_put_int(object, "ring", style->ring_mm10);
	json_put_int(object, "letter", style->letter_percent);
	json_put_int(object, "colour", style->colour);
	text = json_write(ctx->arena, object);
	json_release(&object);
	return text;
}

static enum err style_read(const char *text, struct seal_style *out)
{
	int64_t template = 0, diameter = 0, ring = 0, letter = 0, colour = 0;
	json_t *object;
	bool whole;

	TRY(json_read(bytes_of_text(text), &object));
	whole = json_int(object, "template", &template) && json_int(object, "diameter", &diameter) &&
		json_int(object, "ring", &ring) && json_int(object, "letter", &letter) &&
		json_int(object, "colour", &colour);
	json_release(&object);
	*out = (struct seal_style){ (enum seal_template) template, (int)diameter, (int)ring, (int)letter,
		(uint32_t)colour };
	return whole ? OK : ERR_BROKEN;
}

/* ---- reading */

#define SEAL_COLUMNS                                                                                                   \
	"id, org, kind, state, name, style, picture, bitmap, made, made_by, COALESCE(voided, 0), COALESCE(voided_by, " \
	"0)"
#define INTO_SEAL(s, style)                                                                                            \
	INTO(&(s)->id), INTO(&(s)->org), INTO(&(s)->kind), INTO(&(s)->state), INTO(&(s)->name), INTO(style),           \
		INTO(&(s)->picture), INTO(&(s)->bitmap), INTO(&(s)->made), INTO(&(s)->made_by), INTO(&(s)->voided),    \
		INTO(&(s)->voided_by)

static enum err find_rank(struct ctx *ctx, struct seal *seal)
{
	return store_one(ctx->store, "SELECT count(*) FROM seal WHERE org = $1 AND kind = $2 AND id <= $3",
		V(seal->org), V(seal->kind), V(seal->id), INTO(&seal->rank));
}

/* How records name it. */
static const char *record_name(struct ctx *ctx, const struct seal *seal)
{
	return arena_printf(ctx->arena, "%s（第 %lld 枚）", seal_kind_name(seal->kind), (long long)seal->rank);
}

enum err seal_record_name(struct ctx *ctx, int64_t id, const char **out)
{
	struct seal seal = { .id = id };

	TRY(store_one(
		ctx->store, "SELECT org, kind FROM seal WHERE id = $1", V(id), INTO(&seal.org), INTO(&seal.kind)));
	TRY(find_rank(ctx, &seal));
	*out = record_name(ctx, &seal);
	return OK;
}

/* What a list and a page show beside the row. */
static enum err fill(struct ctx *ctx, struct seal *seal, const char *style)
{
	struct realname maker;

	TRY(style_read(style, &seal->style));
	TRY(store_one(ctx->store, "SELECT name FROM org WHERE id = $1", V(seal->org), INTO(&seal->org_name)));
	TRY(realname_load(ctx, seal->made_by, &maker));
	seal->made_by_name = maker.name;
	TRY(find_rank(ctx, seal));
	/* A use is a ticket that was approved, however many keys signed in it; making and refusals are none. */
	return store_one(ctx->store,
		"SELECT count(*) FROM (SELECT DISTINCT oplog.ticket FROM oplog_ref JOIN oplog ON oplog.id = "
		"oplog_ref.oplog WHERE oplog_ref.object_kind = $1 AND oplog_ref.object = $2 AND oplog_ref.kind = $3 "
		"AND oplog.action = $4 AND oplog.result = $5 LIMIT $6) AS u",
		V(OBJECT_SEAL), V(seal->id), V(RECORD_SEAL), V(OPLOG_SCAN_SEAL), V(OK), V(MOST_USES),
		INTO(&seal->uses));
}

static enum err find(struct ctx *ctx, int64_t id, struct seal *out)
{
	const char *style;

	*out = (struct seal){ 0 };
	TRY(store_one(ctx->store, "SELECT " SEAL_COLUMNS " FROM seal WHERE id = $1", V(id), INTO_SEAL(out, &style)));
	return fill(ctx, out, style);
}

enum err seal_load(struct ctx *ctx, int64_t id, struct seal *out)
{
	TRY(find(ctx, id, out));
	if (!ctx->org || out->org != ctx->org)
		return ERR_NOT_FOUND;
	return seal_may_administer(ctx, out) == OK ? OK : ERR_NOT_FOUND;
}

enum err seal_list(struct ctx *ctx, bool voided, struct seal **out, size_t *count)
{
	struct seal *list = NULL;
	const char **styles = NULL;
	size_t n = 0, kept = 0;
	struct rows rows;

	/* Active seals stand in state order first; "voided" takes both voided and closed ones. */
	rows_open(ctx->store, &rows,
		"SELECT " SEAL_COLUMNS
		" FROM seal WHERE org = $1 AND state >= $2 AND state <= $3 ORDER BY id DESC LIMIT $4",
		V(ctx->org), V(voided ? SEAL_VOIDED : SEAL_ACTIVE), V(voided ? SEAL_CLOSED : SEAL_ACTIVE),
		V(MOST_SEALS));
	while (ARENA_ROOM(ctx->arena, list, n), ARENA_ROOM(ctx->arena, styles, n),
		rows_next(&rows, INTO_SEAL(&list[n], &styles[n])))
		n++;
	TRY(rows_close(&rows));
	for (size_t i = 0; i < n; i++) {
		if (seal_may_administer(ctx, &list[i]) != OK)
			continue;
		TRY(fill(ctx, &list[i], styles[i]));
		list[kept++] = list[i];
	}
	ctx->fault = (struct fault){ 0 };
	*out = list;
	*count = kept;
	return OK;
}

enum err seal_picture(struct ctx *ctx, int64_t id, bool bitmap, struct bytes *out)
{
	struct seal seal;

	TRY(seal_load(ctx, id, &seal));
	return blob_get(ctx->house->blobs, ctx->arena, bitmap ? seal.bitmap : seal.picture, out);
}

/* ---- use (SEAL-5: asked again inside the approval's transaction) */

enum err seal_check_use(struct ctx *ctx, int64_t id)
{
	struct seal seal = { 0 };
	enum org_state org;
	const char *style;

	TRY(store_one(ctx->store, "SELECT " SEAL_COLUMNS " FROM seal WHERE id = $1", V(id), INTO_SEAL(&seal, &style)));
	TRY(seal_may_administer(ctx, &seal));
	if (seal.state != SEAL_ACTIVE)
		return fault(ctx, ERR_CONFLICT, NULL, "seal-voided-already");
	TRY(store_one(ctx->store, "SELECT state FROM org WHERE id = $1", V(seal.org), INTO(&org)));
	return org == ORG_VERIFIED ? OK : fault(ctx, ERR_CONFLICT, NULL, "org-not-verified");
}

enum err seal_for_use(struct ctx *ctx, int64_t org, enum seal_kind kind, struct seal *out)
{
	const char *style;

	TRY(may_administer(ctx, org, kind));
	*out = (struct seal){ 0 };
	TRY(store_one(ctx->store,
		"SELECT " SEAL_COLUMNS
		" FROM seal WHERE org = $1 AND state = $2 AND kind = $3 ORDER BY id DESC LIMIT 1",
		V(org), V(SEAL_ACTIVE), V(kind), INTO_SEAL(out, &style)));
	return fill(ctx, out, style);
}

/* ---- making (SEAL-2) */

/* The text is the org's verified name and can't be typed. */
static enum err seal_words(struct ctx *ctx, enum seal_kind kind, struct seal_text *out)
{
	struct org org;

	if (kind != SEAL_OFFICIAL)
		return fault(ctx, ERR_INVALID, "kind", "seal-kind-not-yet");
	TRY(realname_require(ctx));
	TRY(org_load(ctx, ctx->org, &org));
	TRY(may_administer(ctx, org.id, kind));
	if (org.state != ORG_VERIFIED)
		return fault(ctx, ERR_CONFLICT, NULL, "org-not-verified");
	*out = (struct seal_text){ .name = org.name };
	return OK;
}

static enum err say_missing(struct ctx *ctx, enum err err, const struct seal_missing *missing)
{
	if (err != ERR_INVALID)
		return err;
	if (!missing->character)
		return fault(ctx, err, NULL, "seal-name-length");
	ctx->fault.detail = arena_printf(ctx->arena, "U+%04X", missing->character);
	(void)fault_number(ctx, err, NULL, "seal-glyph", missing->character);
	return err;
}

enum err seal_preview(struct ctx *ctx, enum seal_kind kind, const struct seal_style *style, struct bytes *svg)
{
	struct seal_missing missing = { 0 };
	struct seal_text words;

	TRY(seal_words(ctx, kind, &words));
	TRY(say_missing(ctx, seal_svg(ctx->arena, &words, style, &missing, svg), &missing));
	*svg = seal_svg_measured(ctx->arena, *svg, style);
	return OK;
}

struct making {
	struct seal seal;
	const char *style;
};

enum err seal_next_rank(struct ctx *ctx, enum seal_kind kind, int64_t *rank)
{
	return store_one(ctx->store, "SELECT count(*) + 1 FROM seal WHERE org = $1 AND kind = $2", V(ctx->org), V(kind),
		INTO(rank));
}

/* The seal that stands where this one was to be. */
static enum err made_before(struct ctx *ctx, struct making *m)
{
	int64_t id, made_by;
	const char *style;

	TRY(store_one(ctx->store,
		"SELECT id, made_by, style FROM seal WHERE org = $1 AND kind = $2 ORDER BY id LIMIT 1 OFFSET $3",
		V(ctx->org), V(m->seal.kind), V(m->seal.rank - 1), INTO(&id), INTO(&made_by), INTO(&style)));
	if (made_by != ctx->actor.id || !text_equal(style, m->style))
		return fault(ctx, ERR_CONFLICT, NULL, "seal-made-meanwhile");
	m->seal.id = id;
	return OK;
}

static enum err do_make(struct ctx *ctx, void *arg)
{
	struct making *m = arg;
	struct seal_text words;
	int64_t rank;

	/* What was drawn must still be the org's verified name. */
	TRY(seal_words(ctx, m->seal.kind, &words));
	if (!text_equal(words.name, m->seal.name))
		return fault(ctx, ERR_CONFLICT, NULL, "seal-name-changed");
	TRY(seal_next_rank(ctx, m->seal.kind, &rank));
	if (m->seal.rank < rank)
		return made_before(ctx, m);
	if (m->seal.rank > rank)
		return ERR_INVALID; /* no page offered it */
	TRY(store_add(ctx->store,
		"INSERT INTO seal (id, org, kind, state, name, style, picture, bitmap, made, made_by) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		V(m->seal.id), V(ctx->org), V(m->seal.kind), V(SEAL_ACTIVE), V(m->seal.name), V(m->style),
		V(m->seal.picture), V(m->seal.bitmap), V(ctx->now), V(ctx->actor.id)));
	TRY(message_add(ctx, ctx->actor.id, MESSAGE_SEAL_MADE, m->seal.id,
		(const char *[4]){ m->seal.name, seal_kind_name(m->seal.kind) }));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_SEAL_MAKE,
			.object_kind = OBJECT_SEAL,
			.object = m->seal.id,
			.org = ctx->org,
			.seal = m->seal.id,
			.detail = record_name(ctx, &m->seal) });
}

enum err seal_make(struct ctx *ctx, enum seal_kind kind, const struct seal_style *style, int64_t rank, int64_t *id)
{
	struct making m = { .seal = { .kind = kind, .rank = rank } };
	struct seal_missing missing = { 0 };
	struct seal_text words;
	struct bytes svg, png;

	TRY(seal_words(ctx, kind, &words));
	TRY(say_missing(ctx, seal_svg(ctx->arena, &words, style, &missing, &svg), &missing));
	TRY(say_missing(ctx, seal_png(ctx->arena, &words, style, BITMAP_DPI, &missing, &png), &missing));
	m.style = style_text(ctx, style);
	m.seal.name = words.name;
	m.seal.id = id_new(ctx->now);
	m.seal.picture = id_new(ctx->now);
	m.seal.bitmap = id_new(ctx->now);
	TRY(blob_put(ctx->house->blobs, m.seal.picture, svg));
	TRY(blob_put(ctx->house->blobs, m.seal.bitmap, png));
	TRY(ctx_transaction(ctx, do_make, &m));
	*id = m.seal.id;
	return OK;
}

/* ---- voiding (SEAL-4) */

struct voiding {
	int64_t seal;
};

static enum err do_void(struct ctx *ctx, void *arg)
{
	const struct voiding *want = arg;
	struct seal seal;

	TRY(seal_load(ctx, want->seal, &seal));
	if (seal.state != SEAL_ACTIVE)
		return fault(ctx, ERR_CONFLICT, NULL, "seal-voided-already");
	/* The state stands in the condition: of two people who void at once, one is told so on either engine. Nobody
	 * holds a grant, so the seal is closed. */
	TRY(store_change_one(ctx->store,
		"UPDATE seal SET state = $2, voided = $3, voided_by = $4 WHERE id = $1 AND state = $5", V(seal.id),
		V(SEAL_CLOSED), V(ctx->now), V(ctx->actor.id), V(SEAL_ACTIVE)));
	TRY(message_add(ctx, ctx->actor.id, MESSAGE_SEAL_VOIDED, seal.id,
		(const char *[4]){ seal.name, seal_kind_name(seal.kind) }));
	return oplog_add(ctx,
		&(struct oplog_entry){ .action = OPLOG_SEAL_VOID,
			.object_kind = OBJECT_SEAL,
			.object = seal.id,
			.org = seal.org,
			.seal = seal.id,
			.detail = record_name(ctx, &seal) });
}

enum err seal_void(struct ctx *ctx, int64_t id)
{
	TRY(realname_require(ctx));
	return ctx_transaction(ctx, do_void, &(struct voiding){ id });
}

const char *seal_kind_name(enum seal_kind kind)
{
	return kinds[kind].name;
}

const char *seal_kind_word(enum seal_kind kind)
{
	return kinds[kind].word;
}

void seal_warm_up(void)
{
	picture_warm_up();
}
