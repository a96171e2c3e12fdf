/* The built-in CA as a way to issue (connect/ca.h): a signature of the issuing key over what the lane has verified.
 * Idempotent by nature: what it answers is a certificate only once the lane's transaction has stored it. */
#include "base/log.h"
#include "core/authority.h"

/* Our certificate policy: an arc of our own under 2.25 (X.667), made once from a random UUID. */
#define POLICY_OID "2.25.297885894568030735554640389094327048198"

static const struct issuing *issuing_for(const struct authority *authority, const struct key *public_half)
{
	enum key_kind hierarchy = hierarchy_of(key_kind(public_half));

	return authority->issuing[0].hierarchy == hierarchy ? &authority->issuing[0] : &authority->issuing[1];
}

static enum err sign(const struct issuing *issuing, struct arena *arena, const struct ca_order *order,
	const struct key *public_half, struct bytes *der)
{
	const struct issuer issuer = { issuing->key, issuing->certificate };
	struct issue issue = { .profile = order->encryption ? PROFILE_ENCRYPTION : PROFILE_SIGNING,
		.public_half = public_half,
		.subject = { "CN", order->org, order->org_id, order->common_name, order->holder, order->id_hash },
		.not_before = order->not_before,
		.not_after = order->not_after,
		.crl_url = issuing->urls.crl,
		.ocsp_url = issuing->urls.ocsp,
		.issuer_url = issuing->urls.issuing,
		.policy_oid = POLICY_OID };

	if (order->not_after > issuing->not_after) {
		LOG(LOG_ERROR, "issuing-ca-ends-first", L("transaction", order->transaction));
		return ERR_DENIED;
	}
	serial_make(issue.serial);
	return ca_issue(arena, &issuer, &issue, der);
}

static enum err issue(const struct ca_way *way, struct arena *arena, const struct ca_order *order, struct bytes *der)
{
	const struct authority *authority = way->state;
	struct key *public_half;
	enum err err;

	if (request_check(order->request, &public_half) != OK)
		return ERR_DENIED;
	err = sign(issuing_for(authority, public_half), arena, order, public_half, der);
	key_free(&public_half);
	return err == ERR_INVALID ? ERR_DENIED : err; /* a name that no certificate can hold */
}

struct ca_way *ca_builtin(struct arena *arena, struct authority *authority)
{
	struct ca_way *way = ARENA_NEW(arena, struct ca_way);

	*way = (struct ca_way){ .name = "builtin", .issue = issue, .state = authority };
	return way;
}
