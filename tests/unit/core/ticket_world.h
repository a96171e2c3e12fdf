/* A world in which platforms ask and Zhang decides: a desktop browser (DESKTOP is its visit cookie), Zhang's phone with
 * an installed cert, a confidential platform that may ask for everything, and a public one. */
#pragma once
#include "core/authorize.h"
#include "core/token.h"
#include "tests/unit/core/pki_world.h"

#define DESKTOP    "desktop-visit-cookie-0000000000000000000000"
#define PHONE      "phone-visit-cookie-000000000000000000000000"
#define REDIRECT   "https://platform.example/cb?from=yinxin"
#define VERIFIER   "verifier-0123456789-0123456789-0123456789-01"
#define ALL_SCOPES "openid profile phone orgs offline_access service credential"

struct ticket_world {
	struct pki_world *p;
	struct world *w;
	struct ctx *ctx;
	const struct api_keys *keys;
	struct platform platform, other;
	int64_t cert;                /* installed; an org's where org is set */
	int64_t instance, sm2, p256; /* its credentials */
	int64_t org, seal;
};
struct ticket_world *ticket_world(void);                           /* a personal cert */
struct ticket_world *ticket_world_with(const char *const *values); /* as world_with */
struct ticket_world *seal_world(void);                             /* an org's cert and official seal */
void ticket_world_close(struct ticket_world *);

struct ctx *desktop(struct ticket_world *); /* nobody signed in, no device */
struct ctx *phone(struct ticket_world *);   /* Zhang, where the cert is */
struct ctx *client(struct ticket_world *);  /* the platform's server */
struct ctx *tidy_lane(struct ticket_world *);

const char *challenge(void); /* of VERIFIER */
/* Requests that are as they should be; tests spoil them. */
struct ticket_request login_request(struct ticket_world *, const char *scope);
struct ticket_request sign_request(struct ticket_world *, size_t count); /* so many hashes, by turns P-256 and SM2 */
int64_t asked(struct ticket_world *, const struct ticket_request *);     /* by the desktop */
int64_t claimed(struct ticket_world *, const struct ticket_request *);   /* and opened by Zhang's phone */
struct approval approval_of(struct ticket_world *, int64_t ticket);      /* right in everything */
enum err approve(struct ticket_world *, const struct approval *);
int64_t approved(struct ticket_world *, const struct ticket_request *);
const char *collected(struct ticket_world *, int64_t ticket); /* the code */
struct grant_answer granted(struct ticket_world *, const struct ticket_request *);
struct grant_client grant_client(struct ticket_world *);
size_t values_kept(struct ticket_world *); /* signatures in the database */
struct bytes value_of(struct ticket_world *, int64_t ticket, size_t place);
struct token the_token(struct ticket_world *, const char *text);

enum ticket_state state_of(struct ticket_world *, int64_t ticket); /* as stored */
const char *url_part(const char *url, const char *name);           /* a parameter's value as it stands; NULL: none */
void assert_refused(struct ticket_world *, enum err want, enum err got, const char *code, const char *description);
