/* person verify: an operator vouches for a person's identity (RN-2, RN-6). */
#include "base/json.h"
#include "base/text.h"
#include "bin/yinxinctl/cli.h"
#include "core/account.h"
#include "core/org.h"
#include "core/realname.h"
#include <inttypes.h>

static const struct {
	const char *name;
	enum doc_kind kind;
} doc_kinds[] = {
	{ "resident", DOC_RESIDENT },
	{ "residence-permit", DOC_RESIDENCE_PERMIT },
	{ "hm-permit", DOC_HM_PERMIT },
	{ "tw-permit", DOC_TW_PERMIT },
	{ "permanent", DOC_PERMANENT },
	{ "passport", DOC_PASSPORT },
};

static bool read_kind(const char *name, enum doc_kind *out)
{
	for (size_t i = 0; i < sizeof doc_kinds / sizeof doc_kinds[0]; i++) {
		if (text_equal(doc_kinds[i].name, name)) {
			*out = doc_kinds[i].kind;
			return true;
		}
	}
	cli_error("--doc-kind takes resident, residence-permit, hm-permit, tw-permit, permanent or passport");
	return false;
}

struct vouching {
	const char *phone, *name, *doc;
	enum doc_kind kind;
	int64_t account;
	bool made;
};

/* With the account, where the phone is new: all or nothing. */
static enum err do_vouch(struct ctx *ctx, void *arg)
{
	struct vouching *v = arg;

	TRY(account_find_or_make(ctx, v->phone, &v->account, &v->made));
	TRY(realname_vouch(ctx, v->account, v->name, v->kind, v->doc));
	return org_join_confirmed(ctx, v->account);
}

/* "+8613800138000" as region and number. */
static enum err read_phone(struct cli *cli, struct vouching *v)
{
	for (const struct region *region = phone_regions; region->code; region++) {
		if (text_starts(v->phone, "+") && text_starts(v->phone + 1, region->code) &&
			phone_read(&cli->ctx, region->code, v->phone, &v->phone) == OK)
			return OK;
	}
	return fault(&cli->ctx, ERR_INVALID, "phone", "phone-form");
}

static int verify(struct cli *cli, int argc, char **argv)
{
	struct vouching v = { 0 };
	const char *kind = "resident";
	const struct option_place options[] = { NEEDED("phone", &v.phone), NEEDED("name", &v.name),
		VALUE("doc-kind", &kind), NEEDED("doc", &v.doc), OPTIONS_END };
	json_t *answer;
	enum err err;

	if (!cli_options(cli, argc, argv, options, NULL, 0) || !read_kind(kind, &v.kind) || !cli_open(cli))
		return MISUSED;
	err = read_phone(cli, &v);
	if (err == OK)
		err = ctx_transaction(&cli->ctx, do_vouch, &v);
	if (err != OK)
		return cli_refused(cli, err, "the person was not verified");
	if (!cli->json) {
		printf("verified: account %" PRId64 "%s\n", v.account, v.made ? ", made now" : "");
		return DONE;
	}
	answer = json_object();
	json_put_id(answer, "account", v.account);
	json_put_flag(answer, "made", v.made);
	cli_json(cli, answer);
	return DONE;
}

const struct command person_commands[] = {
	{ "person verify", "--phone +86… --name NAME [--doc-kind KIND] --doc NUMBER [--json]",
		"vouches for a person's real name\n"
		"The account is made where the phone has none. KIND: resident (the usual one), residence-permit,\n"
		"hm-permit, tw-permit, permanent, passport. The legal representative of an org that was imported\n"
		"with this name and document joins it at once.",
		verify },
	{ NULL },
};
