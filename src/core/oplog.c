/* Adding to the log: one row, its refs and its place among the new, in the act's own transaction. */
#include "base/buf.h"
#include "base/id.h"
#include "base/json.h"
#include "core/account.h"
#include "core/oplog_row.h"
#include "core/realname.h"

enum record_kind oplog_record_kind(enum oplog_action action)
{
	switch (action) {
	case OPLOG_LOGIN:
	case OPLOG_LOGIN_REFUSED:
	case OPLOG_SCAN_LOGIN:
		return RECORD_LOGIN;
	case OPLOG_SEAL_MAKE:
	case OPLOG_SEAL_VOID:
		return RECORD_SEAL_CHANGE;
	case OPLOG_SCAN_SEAL:
		return RECORD_SEAL;
	case OPLOG_SCAN_SIGN:
		return RECORD_SIGN;
	default:
		return RECORD_OTHER;
	}
}

/* What of a person stands in a row: only sealed, never beside it. */
struct words {
	const char *name, *address, *agent, *detail;
};

static struct bytes write_words(struct arena *arena, const struct words *words)
{
	json_t *object = json_object();
	struct bytes text;

	json_put_text(object, "name", words->name);
	json_put_text(object, "address", words->address);
	json_put_text(object, "agent", words->agent);
	json_put_text(object, "detail", words->detail);
	text = bytes_of_text(json_write(arena, object));
	json_release(&object);
	return text;
}

static enum err add_subject(
	struct ctx *ctx, struct buf *subjects, int64_t row, int64_t account, const struct words *words)
{
	struct bytes box;
	int64_t key;

	TRY(subject_seal(
		ctx, account, oplog_subject_aad(ctx->arena, row), write_words(ctx->secret, words), &key, &box));
	buf_u64(subjects, (uint64_t)key);
	buf_part(subjects, box);
	return OK;
}

/* The actor first where a person acts, then the person whom the act is about. */
static enum err seal_subjects(
	struct ctx *ctx, const struct oplog_entry *entry, int64_t person, struct oplog_stored *row)
{
	struct words words = { .address = ctx->address, .agent = ctx->agent, .detail = entry->detail };
	struct buf subjects = buf_new(ctx->arena);
	bool acts = row->actor_kind == ACTOR_ACCOUNT, verified;

	if (acts) {
		TRY(person_called(ctx, row->actor, &words.name, &verified));
		TRY(add_subject(ctx, &subjects, row->id, row->actor, &words));
	}
	if (person && !(acts && person == row->actor)) {
		/* another's address is another's; whoever nobody knows may have been the person */
		if (row->actor_kind != ACTOR_NOBODY)
			words = (struct words){ .detail = entry->detail };
		TRY(person_called(ctx, person, &words.name, &verified));
		TRY(add_subject(ctx, &subjects, row->id, person, &words));
	}
	row->subjects = buf_view(&subjects);
	return OK;
}

static enum err add_row(struct ctx *ctx, const struct oplog_stored *row)
{
	TRY(store_add(ctx->store,
		"INSERT INTO oplog (id, time, actor_kind, actor, on_behalf, org, platform, ticket, instance, action, "
		"object_kind, object, result, digest, refs, subjects, leaf_hash, mac) VALUES ($1, $2, $3, $4, $5, $6, "
		"$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
		V(row->id), V(row->time), V(row->actor_kind), V(row->actor), V(row->on_behalf), V(row->org),
		V(row->platform), V(row->ticket), V(row->instance), V(row->action), V(row->object_kind), V(row->object),
		V(row->result), V(row->digest), V(row->refs), V(row->subjects), V(row->leaf_hash), V(row->mac)));
	return store_add(ctx->store, "INSERT INTO oplog_new (oplog) VALUES ($1)", V(row->id));
}

enum { MOST_REFS = 8 };
struct refs {
	struct oplog_ref list[MOST_REFS];
	size_t count;
};

static int compare(const struct oplog_ref *a, const struct oplog_ref *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->object == b->object ? 0 : a->object < b->object ? -1 : 1;
}

/* Puts it into its place, once. */
static void refer(struct refs *refs, enum object_kind kind, int64_t object)
{
	const struct oplog_ref ref = { kind, object };
	size_t at = 0;

	if (!object || kind < OBJECT_ACCOUNT || kind > OBJECT_PLATFORM)
		return;
	while (at < refs->count && compare(&refs->list[at], &ref) < 0)
		at++;
	if (at < refs->count && !compare(&refs->list[at], &ref))
		return;
	memmove(&refs->list[at + 1], &refs->list[at], (refs->count++ - at) * sizeof ref);
	refs->list[at] = ref;
}

/* Who and what the row is about, as the leaf holds it: rising, nobody twice. */
static struct bytes write_refs(
	struct arena *arena, const struct oplog_entry *entry, int64_t person, const struct oplog_stored *row)
{
	struct refs refs = { .count = 0 };
	struct buf text = buf_new(arena);

	refer(&refs, OBJECT_ACCOUNT, person);
	if (row->actor_kind == ACTOR_ACCOUNT)
		refer(&refs, OBJECT_ACCOUNT, row->actor);
	refer(&refs, OBJECT_ORG, row->org);
	refer(&refs, OBJECT_SEAL, entry->seal);
	refer(&refs, OBJECT_CERT, entry->cert);
	refer(&refs, OBJECT_INSTANCE, row->instance);
	refer(&refs, OBJECT_PLATFORM, row->platform);
	refer(&refs, row->object_kind, row->object);
	for (size_t i = 0; i < refs.count; i++) {
		buf_u64(&text, (uint64_t)refs.list[i].kind);
		buf_u64(&text, (uint64_t)refs.list[i].object);
	}
	return buf_view(&text);
}

static enum err add_refs(struct ctx *ctx, const struct oplog_stored *row)
{
	for (size_t i = 0; i < oplog_row_ref_count(row); i++) {
		struct oplog_ref ref = oplog_row_ref(row, i);

		TRY(store_add(ctx->store,
			"INSERT INTO oplog_ref (object_kind, object, kind, oplog, org) VALUES ($1, $2, $3, $4, $5)",
			V(ref.kind), V(ref.object), V(oplog_record_kind(row->action)), V(row->id), V(row->org)));
	}
	return OK;
}

enum err oplog_add(struct ctx *ctx, const struct oplog_entry *entry)
{
	int64_t person = entry->account;
	struct hash_value hash;
	struct oplog_stored row = {
		.id = id_new(ctx->now),
		.time = ctx->now,
		.actor_kind = ctx->actor.kind,
		.actor = ctx->actor.id,
		.on_behalf = ctx->actor.on_behalf,
		.org = entry->org ? entry->org : ctx->org,
		.platform = entry->platform,
		.ticket = entry->ticket,
		.instance = entry->instance,
		.action = entry->action,
		.object_kind = entry->object_kind,
		.object = entry->object,
		.result = entry->result,
		.digest = entry->digest,
	};

	if (entry->digest.len && entry->digest.len != HASH_LEN)
		return ERR_BROKEN;
	if (!person && row.actor_kind == ACTOR_ACCOUNT)
		person = row.actor;
	row.refs = write_refs(ctx->arena, entry, person, &row);
	TRY(seal_subjects(ctx, entry, person, &row));
	hash = oplog_row_hash(ctx->arena, &row);
	row.leaf_hash = BYTES_OF(hash.octets);
	row.mac = vault_log_mac(ctx->vault, ctx->arena, row.leaf_hash);
	TRY(add_row(ctx, &row));
	return add_refs(ctx, &row);
}
