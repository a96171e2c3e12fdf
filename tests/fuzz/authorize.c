/* What an authorization request wants signed: plain parameters and authorization_details. Input: a query. */
#include "tests/fuzz/driver/fuzz.h"
#include "cgi-bin/site/parameters.h"
#include "core/authorize_items.h"
#include "core/redirect.h"
#include "web/urlencode.h"

enum { MOST_PAIRS = 200 };

static void check_items(const struct ticket_request *r)
{
	HOLDS(r->count <= TICKET_ITEMS_MAX && r->seal_kind >= -1 && r->seal_kind <= SEAL_LEGAL_REP);
	for (size_t i = 0; i < r->count; i++) {
		const struct ticket_item *item = &r->items[i];

		HOLDS(item->credential > 0 && (!item->hash.len || item->hash.data));
		HOLDS(!item->label || utf8_valid(item->label, strlen(item->label)));
		HOLDS(!item->sign_oid || utf8_valid(item->sign_oid, strlen(item->sign_oid)));
	}
}

static void check_scopes(const char *scope)
{
	const char *both = words_joined(fuzz_arena(), scope, "openid phone");

	HOLDS(words_within(scope, both) && words_within("openid phone", both) && words_within("", scope));
	HOLDS(text_equal(both, words_joined(fuzz_arena(), both, scope)));
}

/* No value that a stranger chose can add a parameter, a fragment or a line. */
static void check_redirect(const char *value)
{
	static const char uri[] = "https://platform.example/cb?from=yinxin";
	const char *location = redirect_with(fuzz_arena(), uri,
		(const struct redirect_part[]){ { "state", value }, { "iss", "https://p.example" }, { NULL, NULL } });
	size_t ands = 0;

	HOLDS(text_starts(location, uri));
	for (const char *c = location + sizeof uri - 1; *c; c++) {
		HOLDS(*c > ' ' && *c < 0x7f && !strchr("#<>\"?", *c));
		ands += *c == '&';
	}
	HOLDS(ands == 2);
}

FUZZ("authorize")
{
	struct ctx ctx = { .arena = fuzz_arena() };
	struct authorize_source source;
	struct ticket_request r = { .way = TICKET_PUSHED };
	struct parameters p = { .ctx = &ctx };
	struct pairs pairs;

	if (pairs_decode(fuzz_arena(), input, MOST_PAIRS, &pairs) != HTTP_OK)
		return;
	source = parameters_of(&pairs);
	p.source = &source;
	r.scope = parameter(&p, "scope");
	if (authorize_items(&p, &r) == OK)
		check_items(&r);
	else
		HOLDS(ctx.fault.word && ctx.fault.detail);
	if (r.scope)
		check_scopes(r.scope);
	if (parameter(&p, "state"))
		check_redirect(parameter(&p, "state"));
}
