/* The verified identity of an account (RN-*), as far as an operator can vouch for it. Writes realname. */
#pragma once
#include "core/ctx.h"

enum realname_state { REALNAME_NONE, REALNAME_STARTED, REALNAME_REVIEW, REALNAME_VERIFIED, REALNAME_REFUSED };
enum realname_method { METHOD_NONE, METHOD_OPERATOR, METHOD_FACE };
enum doc_kind { DOC_RESIDENT, DOC_RESIDENCE_PERMIT, DOC_HM_PERMIT, DOC_TW_PERMIT, DOC_PERMANENT, DOC_PASSPORT };
struct realname {
	enum realname_state state;
	enum doc_kind doc_kind;
	enum realname_method method;
	const char *name, *doc; /* clear: mask before showing */
	int64_t verified;
};
/* No row: state REALNAME_NONE and OK. */
enum err realname_load(struct ctx *, int64_t account, struct realname *out) CHECKED;
/* What a person is called: the verified name, or the phone's masked form as long as nobody knows who it is. */
enum err person_called(struct ctx *, int64_t account, const char **name, bool *verified) CHECKED;
void person_called_ahead(struct ctx *, int64_t account); /* store_ahead */
bool realname_is_verified(struct ctx *, int64_t account);
/* ERR_DENIED "realname-needed" unless the actor's real name is verified (RN-1). */
enum err realname_require(struct ctx *) CHECKED;
/* An operator vouches (yinxinctl person verify): checks the number's form (GB 11643 for resident IDs, 18 years or
 * more). ERR_CONFLICT "document-taken" (RN-6). */
enum err realname_vouch(struct ctx *, int64_t account, const char *name, enum doc_kind, const char *doc) CHECKED;
bool resident_id_holds(const char *number, int64_t now);
struct bytes realname_doc_hash(struct ctx *, enum doc_kind, const char *doc);
