/* CSRF tokens: HMAC of the session (or pre-session) under the web key, masked anew for each page; and signed texts for
 * small cookies (flash) and continuations. */
#pragma once
#include "base/crypto.h"

/* key: of data/keys/web. subject: the session's or visit cookie's value. */
char *csrf_token(struct arena *, struct hmac_key *key, const char *subject);
bool csrf_holds(struct hmac_key *key, const char *subject, const char *token);
/* text '.' mac, for a purpose. open: NULL when it does not hold. */
char *signed_text(struct arena *, struct hmac_key *key, const char *purpose, const char *text);
const char *signed_text_open(struct arena *, struct hmac_key *key, const char *purpose, const char *signed_);
