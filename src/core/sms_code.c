/* SMS codes (LOGIN-3). The rows are the counters of the limits too, and are counted in the transaction that adds one,
 * so that requests at once do not pass a limit together. */
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "core/job.h"
#include "core/login.h"
#include <arpa/inet.h>
#include <inttypes.h>

enum { CODE_LEN = 6, MOST_TRIES = 5 };
#define CODE_LIFE ((int64_t)5 * MINUTE)
#define CODE_KEPT ((int64_t)25 * HOUR) /* the longest limit's day, and some more */

static struct bytes code_hash(struct ctx *ctx, int64_t id, const char *code)
{
	return vault_hash_text(
		ctx->vault, ctx->arena, "sms_code", arena_printf(ctx->secret, "%" PRId64 "|%s", id, code));
}

struct sending {
	const char *e164;
	enum sms_purpose purpose;
	struct bytes phone, address; /* hashes */
};

/* One limit: how many codes to that phone, or for that address, may lie within the span. */
struct limit {
	enum { BY_PHONE, BY_ADDRESS } by;
	int64_t most, span;
	const char *word;
};

/* When the n-th newest within the span was made. A clock that was set back starts the counts anew. */
static enum err find_newest(struct ctx *ctx, const struct sending *s, const struct limit *limit, int64_t *made)
{
#define NEWEST(column)                                                                                                 \
	"SELECT made FROM sms_code WHERE " column                                                                      \
	" = $1 AND made > $2 AND made <= $3 ORDER BY made DESC LIMIT 1 OFFSET $4"
	struct bind after = V(ctx->now - limit->span), until = V(ctx->now + CLOCK_AHEAD), newer = V(limit->most - 1);

	if (limit->by == BY_PHONE)
		return store_one(ctx->store, NEWEST("phone_hash"), V(s->phone), after, until, newer, INTO(made));
	return store_one(ctx->store, NEWEST("address_hash"), V(s->address), after, until, newer, INTO(made));
#undef NEWEST
}

static enum err check_limit(struct ctx *ctx, const struct sending *s, const struct limit *limit)
{
	int64_t made;
	enum err err = find_newest(ctx, s, limit, &made);

	if (err == ERR_NOT_FOUND)
		return OK;
	if (err != OK)
		return err;
	return fault_number(ctx, ERR_LIMITED, NULL, limit->word, (made + limit->span - ctx->now + SECOND - 1) / SECOND);
}

static enum err check_limits(struct ctx *ctx, const struct sending *s)
{
	const struct settings *set = ctx->settings;
	const struct limit limits[] = {
		{ BY_PHONE, 1, set->sms_resend_s * SECOND, "code-wait" },
		{ BY_PHONE, set->sms_phone_hour, HOUR, "code-hour" },
		{ BY_PHONE, set->sms_phone_day, DAY, "code-day" },
		{ BY_ADDRESS, set->sms_address_hour, HOUR, "code-address" },
	};

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		TRY(check_limit(ctx, s, &limits[i]));
	return OK;
}

static enum err void_former(struct ctx *ctx, const struct sending *s)
{
	return store_change(ctx->store, NULL,
		"UPDATE sms_code SET code_hash = NULL WHERE phone_hash = $1 AND purpose = $2 AND code_hash IS NOT NULL",
		V(s->phone), V(s->purpose));
}

static enum err queue(struct ctx *ctx, const struct sending *s, int64_t id, const char *code)
{
	json_t *payload = json_object();
	struct bytes text;
	int64_t job;

	json_put_text(payload, "phone", s->e164);
	json_put_text(payload, "code", code);
	text = bytes_of_text(json_write(ctx->secret, payload));
	json_release(&payload);
	return job_add(ctx, JOB_SMS_CODE, id, text, &job);
}

static enum err do_send(struct ctx *ctx, void *arg)
{
	const struct sending *s = arg;
	int64_t id = id_new(ctx->now);
	const char *code = arena_printf(ctx->secret, "%06" PRIu32, crypto_random_below(1000000));

	TRY(check_limits(ctx, s));
	TRY(void_former(ctx, s));
	TRY(store_add(ctx->store,
		"INSERT INTO sms_code (id, phone_hash, address_hash, purpose, code_hash, tries, made) "
		"VALUES ($1, $2, $3, $4, $5, 0, $6)",
		V(id), V(s->phone), V(s->address), V(s->purpose), V(code_hash(ctx, id, code)), V(ctx->now)));
	return queue(ctx, s, id, code);
}

static struct bytes phone_hash(struct ctx *ctx, const char *e164)
{
	return vault_hash_text(ctx->vault, ctx->arena, "sms_code.phone", e164);
}

/* Who asks: an IPv4 address, or the /64 of an IPv6 one, which is one subscriber's. */
static struct bytes asker_hash(struct ctx *ctx)
{
	enum { NETWORK = 8 };
	struct in6_addr six;
	struct bytes asker = bytes_of_text(ctx->address ? ctx->address : "");

	if (ctx->address && inet_pton(AF_INET6, ctx->address, &six) == 1 && !IN6_IS_ADDR_V4MAPPED(&six))
		asker = (struct bytes){ six.s6_addr, NETWORK };
	return vault_hash(ctx->vault, ctx->arena, "sms_code.address", asker);
}

enum err sms_code_send(struct ctx *ctx, const char *e164, enum sms_purpose purpose, int64_t *resend_s)
{
	struct sending s = {
		.e164 = e164, .purpose = purpose, .phone = phone_hash(ctx, e164), .address = asker_hash(ctx)
	};

	TRY(ctx_transaction(ctx, do_send, &s));
	*resend_s = ctx->settings->sms_resend_s;
	return OK;
}

struct checking {
	struct bytes phone;
	enum sms_purpose purpose;
	/* out */
	int64_t id;
	struct bytes hash;
	int tries; /* this one included */
};

/* A try is taken before anything is compared: eight workers at once still have five together. Only the newest code has
 * a hash, whatever the clock said when it was made. */
static enum err do_reserve(struct ctx *ctx, void *arg)
{
	struct checking *c = arg;
	int64_t made;
	enum err err = store_one(ctx->store,
		"SELECT id, code_hash, tries, made FROM sms_code WHERE phone_hash = $1 AND purpose = $2 "
		"ORDER BY code_hash IS NULL, made DESC, id DESC LIMIT 1",
		V(c->phone), V(c->purpose), INTO(&c->id), INTO(&c->hash), INTO(&c->tries), INTO(&made));

	if (err == ERR_NOT_FOUND)
		return fault(ctx, ERR_INVALID, "code", "code-none");
	if (err != OK)
		return err;
	if (!c->hash.data)
		return fault(ctx, ERR_INVALID, "code", "code-used");
	if (ctx->now - made >= CODE_LIFE)
		return fault(ctx, ERR_INVALID, "code", "code-expired");
	if (c->tries >= MOST_TRIES)
		return fault(ctx, ERR_LIMITED, "code", "code-void");
	c->tries++;
	return store_change_one(ctx->store, "UPDATE sms_code SET tries = tries + 1 WHERE id = $1 AND tries < $2",
		V(c->id), V(MOST_TRIES));
}

bool sms_code_has_form(const char *code)
{
	return code && strlen(code) == CODE_LEN && strspn(code, "0123456789") == CODE_LEN;
}

enum err sms_code_check(struct ctx *ctx, const char *e164, enum sms_purpose purpose, const char *code, int64_t *id)
{
	struct checking c = { .phone = phone_hash(ctx, e164), .purpose = purpose };
	struct bytes hash;

	if (!sms_code_has_form(code))
		return fault(ctx, ERR_INVALID, "code", "code-form");
	TRY(ctx_transaction(ctx, do_reserve, &c));
	hash = code_hash(ctx, c.id, code);
	*id = c.id;
	if (c.hash.len == hash.len && crypto_equal(c.hash.data, hash.data, hash.len))
		return OK;
	if (c.tries >= MOST_TRIES)
		return fault(ctx, ERR_LIMITED, "code", "code-void");
	return fault_number(ctx, ERR_INVALID, "code", "code-wrong", MOST_TRIES - c.tries);
}

static enum err do_use(struct ctx *ctx, void *arg)
{
	const int64_t *id = arg;

	return store_change_one(
		ctx->store, "UPDATE sms_code SET code_hash = NULL WHERE id = $1 AND code_hash IS NOT NULL", V(*id));
}

enum err sms_code_use(struct ctx *ctx, int64_t id)
{
	return ctx_transaction(ctx, do_use, &id);
}

static enum err do_tidy(struct ctx *ctx, void *arg)
{
	(void)arg;
	return store_change(ctx->store, NULL, "DELETE FROM sms_code WHERE made <= $1", V(ctx->now - CODE_KEPT));
}

enum err sms_code_tidy(struct ctx *ctx)
{
	return ctx_transaction(ctx, do_tidy, NULL);
}
