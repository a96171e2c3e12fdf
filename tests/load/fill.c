/* fill --data DIR --rows N [--accounts M] [--account ID --org ID --cert ID --seal ID]
 * Fills an instance with N records of the last two years, through the same calls that acts use. A tenth is the named
 * person's, with the org, cert and seal as participants; the rest is spread over M other accounts. The running log lane
 * numbers them. For benches; an instance so filled is nobody's. */
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "core/account.h"
#include "core/ctx.h"
#include "core/oplog.h"
#include <getopt.h>

enum { AT_ONCE = 1000, SPAN_DAYS = 365, OWN_SHARE = 10 };

struct fill {
	const char *data;
	int64_t rows, accounts;
	int64_t account, org, cert, seal; /* the person whose pages are measured */
	int64_t *others;
	int64_t done, begins; /* ms UTC of the first row */
};

static bool read_number(const char *text, int64_t *out)
{
	return parse_int(text, 0, INT64_MAX, out);
}

static bool read_arguments(int argc, char **argv, struct fill *f)
{
	static const struct option options[] = { { "data", required_argument, NULL, 'd' },
		{ "rows", required_argument, NULL, 'r' }, { "accounts", required_argument, NULL, 'a' },
		{ "account", required_argument, NULL, 'p' }, { "org", required_argument, NULL, 'o' },
		{ "cert", required_argument, NULL, 'c' }, { "seal", required_argument, NULL, 's' }, { NULL } };
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		int64_t *place = option == 'r' ? &f->rows
			: option == 'a'        ? &f->accounts
			: option == 'p'        ? &f->account
			: option == 'o'        ? &f->org
			: option == 'c'        ? &f->cert
			: option == 's'        ? &f->seal
					       : NULL;

		if (option == 'd')
			f->data = optarg;
		else if (!place || !read_number(optarg, place))
			return false;
	}
	return f->data && f->rows && f->accounts && optind == argc;
}

/* Phones of a range that is given to nobody: +86 100 … */
static enum err do_make_accounts(struct ctx *ctx, void *arg)
{
	struct fill *f = arg;
	bool made;

	for (int64_t i = 0; i < f->accounts; i++)
		TRY(account_find_or_make(
			ctx, arena_printf(ctx->arena, "+86100%08lld", (long long)i), &f->others[i], &made));
	return OK;
}

/* The i-th row of all: by turns logins, signatures and seals. */
static enum err add_row(struct ctx *ctx, const struct fill *f, int64_t i)
{
	static const enum oplog_action actions[] = { OPLOG_LOGIN, OPLOG_SCAN_LOGIN, OPLOG_SCAN_SIGN, OPLOG_SCAN_SEAL };
	bool own = f->account && i % OWN_SHARE == 0;
	enum oplog_action action = actions[i / OWN_SHARE % 4];
	bool uses = action == OPLOG_SCAN_SIGN || action == OPLOG_SCAN_SEAL;
	struct oplog_entry entry = {
		.action = action, .object_kind = OBJECT_ACCOUNT, .detail = "投标文件（正本）.pdf"
	};

	ctx->now = f->begins + i * (SPAN_DAYS * (int64_t)DAY / f->rows);
	ctx->actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = own ? f->account : f->others[i % f->accounts] };
	entry.object = ctx->actor.id;
	if (own && uses) {
		entry.org = f->org;
		entry.cert = f->cert;
		entry.seal = action == OPLOG_SCAN_SEAL ? f->seal : 0;
	}
	return oplog_add(ctx, &entry);
}

static enum err do_add_rows(struct ctx *ctx, void *arg)
{
	const struct fill *f = arg;

	for (int64_t i = f->done; i < f->done + AT_ONCE && i < f->rows; i++)
		TRY(add_row(ctx, f, i));
	return OK;
}

static enum err fill(struct fill *f, const struct house *house, struct arena *arena, struct arena *secret)
{
	struct ctx ctx = ctx_for(house, arena, secret, clock_now());

	ctx.actor.kind = ACTOR_SYSTEM;
	f->begins = ctx.now - SPAN_DAYS * (int64_t)DAY;
	TRY(ctx_transaction(&ctx, do_make_accounts, f));
	for (; f->done < f->rows; f->done += AT_ONCE) {
		ctx = ctx_for(house, arena, secret, clock_now());
		ctx.address = "203.0.113.7";
		ctx.agent = "Chrome，Windows";
		TRY(ctx_transaction(&ctx, do_add_rows, f));
		arena_reset(arena);
		arena_reset(secret);
	}
	return OK;
}

int main(int argc, char **argv)
{
	struct fill f = { .accounts = 1000 };
	struct arena *kept, *arena, *secret;
	struct settings settings;
	struct house house;
	const char *why = "";
	enum err err;

	if (!read_arguments(argc, argv, &f)) {
		fprintf(stderr,
			"usage: fill --data DIR --rows N [--accounts M] [--account ID --org ID --cert ID --seal ID]\n");
		return 2;
	}
	kept = arena_new(false), arena = arena_new(false), secret = arena_new(true);
	f.others = ARENA_ARRAY(kept, int64_t, (size_t)f.accounts);
	err = house_open(kept, f.data, &house, &settings, &why);
	if (err == OK) {
		err = fill(&f, &house, arena, secret);
		house_close(&house);
	}
	if (err != OK)
		fprintf(stderr, "fill: %s %s\n", err_name(err), why);
	arena_free(&secret);
	arena_free(&arena);
	arena_free(&kept);
	return err == OK ? 0 : 1;
}
