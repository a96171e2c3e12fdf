/* A whole installation in the test's folder, and requests from memory against it. Opened at the first use of a test. */
#pragma once
#include "tests/unit/suite.h"
#include "cgi-bin/site/site.h"

struct instance {
	struct site site;
	struct arena *arena;
	int64_t account, org;
	const char *session; /* the account's cookie */
};
/* tables: what the dispatcher serves. base_path "" or "/yinxin". The account is signed in, with phone
 * +8613800138000. */
void instance_open(struct instance *, const struct route *const *tables, const char *base_path);
void instance_close(struct instance *);
struct ctx instance_ctx(struct instance *);         /* as the account */
int64_t instance_org(struct instance *, enum role); /* an org in which the account has this role; ROLE_NONE: none */
void instance_real_name(struct instance *);

struct ask {
	const char *method, *path, *body, *origin, *host, *session, *visit, *flash, *type, *fragment;
	int64_t arrived;
	bool gone;
};
struct answer {
	enum http status;
	const char *headers, *body;
};
/* Fields left out: GET, own host, own origin of a POST, no cookies, a form's content type. */
struct answer instance_ask(struct instance *, struct ask);
/* A form's body with the tokens of who sends it: session, else visit. */
const char *instance_form(struct instance *, const char *subject, const char *edition, const char *fields);
bool answer_has(struct answer, const char *header); /* "Location: /x" */
