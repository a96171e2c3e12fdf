/* Orgs and who belongs to them (ORG-*, MEM-*), as far as this slice needs. org.c writes org, member.c writes member. */
#pragma once
#include "core/ctx.h"

enum org_state { ORG_STARTED, ORG_VERIFIED, ORG_FROZEN };
enum role { ROLE_NONE, ROLE_LEGAL_REP, ROLE_ADMIN, ROLE_MEMBER };
struct org {
	int64_t id, made;
	const char *uscc, *name, *legal_name; /* legal_name clear: mask before showing */
	enum org_state state;
	enum role role; /* the actor's */
	int64_t joined; /* the actor's; 0: not a member */
};
bool uscc_holds(const char *uscc); /* GB 32100 form and check character */
/* An operator vouches for an org (yinxinctl org import): verified at once; when legal_doc is given, the account whose
 * document it is becomes its legal_rep (ORG-5). ERR_CONFLICT "org-known". */
enum err org_import(struct ctx *, const char *uscc, const char *name, const char *legal_name, const char *legal_doc,
	int64_t *id) CHECKED;
/* The other order: the orgs whose confirmed record names this verified person, by name and document, and in which the
 * account has no role yet, take it in as legal_rep. For operators, who vouch for both. */
enum err org_join_confirmed(struct ctx *, int64_t account) CHECKED;
/* An org of which the actor is a member. ERR_NOT_FOUND otherwise. */
enum err org_load(struct ctx *, int64_t id, struct org *out) CHECKED;
enum err org_list(struct ctx *, struct org **out, size_t *count) CHECKED; /* the actor's, oldest first, at most 100 */
void org_list_ahead(struct ctx *);                                        /* store_ahead */
enum err member_role(struct ctx *, int64_t org, int64_t account, enum role *out) CHECKED; /* ROLE_NONE: OK too */
const char *role_name(enum role); /* legal_rep, admin, member; none: for claims and records */
enum err member_join(struct ctx *, int64_t org, int64_t account, enum role) CHECKED;
/* At most 1,000, by account. */
enum err member_list(struct ctx *, int64_t org, int64_t **accounts, enum role **roles, size_t *count) CHECKED;
