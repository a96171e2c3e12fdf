/* What a platform reads of a person: exactly the scopes that were approved (SCAN-5). */
#include "base/text.h"
#include "core/account.h"
#include "core/org.h"
#include "core/realname.h"
#include "core/token_row.h"

static bool opens(const struct token *token, const char *scope)
{
	return words_have(token->scope, scope, strlen(scope));
}

static enum err add_name(struct ctx *ctx, int64_t account, json_t *claims)
{
	struct realname realname;

	TRY(realname_load(ctx, account, &realname));
	if (realname.state == REALNAME_VERIFIED)
		json_put_text(claims, "name", realname.name);
	return OK;
}

static enum err add_phone(struct ctx *ctx, int64_t id, json_t *claims)
{
	struct account account;

	TRY(account_load(ctx, id, &account));
	json_put_text(claims, "phone_number", account.phone);
	json_put_flag(claims, "phone_number_verified", true);
	return OK;
}

static enum err add_orgs(struct ctx *ctx, int64_t account, json_t *claims)
{
	/* the person's own orgs, as the person would list them */
	struct ctx person = *ctx;
	json_t *list = json_array();
	struct org *orgs;
	size_t count;

	json_object_set_new(claims, "orgs", list);
	person.actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = account };
	TRY(org_list(&person, &orgs, &count));
	for (size_t i = 0; i < count; i++) {
		json_t *org;

		if (orgs[i].state != ORG_VERIFIED) /* what is not confirmed, or frozen, is not vouched for */
			continue;
		org = json_object();
		json_array_append_new(list, org);
		json_put_text(org, "uscc", orgs[i].uscc);
		json_put_text(org, "name", orgs[i].name);
		json_put_text(org, "role", role_name(orgs[i].role));
	}
	return OK;
}

static enum err add_opened(struct ctx *ctx, const struct token *token, json_t *claims)
{
	if (opens(token, "profile"))
		TRY(add_name(ctx, token->account, claims));
	if (opens(token, "phone"))
		TRY(add_phone(ctx, token->account, claims));
	return opens(token, "orgs") ? add_orgs(ctx, token->account, claims) : OK;
}

enum err token_claims(struct ctx *ctx, const struct api_keys *keys, const struct token *token, json_t **out)
{
	enum err err;

	if (token->kind != TOKEN_ACCESS || !opens(token, "openid"))
		return token_refuse(ctx, ERR_DENIED, "insufficient_scope", "The token was not granted openid");
	*out = json_object();
	json_put_text(*out, "sub", token_subject(ctx, keys, token->account, token->platform));
	err = add_opened(ctx, token, *out);
	if (err != OK)
		json_release(out);
	return err;
}
