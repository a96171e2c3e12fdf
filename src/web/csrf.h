/* CSRF tokens: HMAC of the session (or pre-session) under the web key, masked anew for each page; and signed texts for
 * small cookies (flash) and continuations. */
#pragma once
#include "base/crypto.h"

/* key: 32 bytes of data/keys/web. subject: the session's or visit cookie's value. */
char *csrf_token(struct arena *, const unsigned char key[KEY_LEN], const char *subject);
bool csrf_holds(const unsigned char key[KEY_LEN], const char *subject, const char *token);
/* text '.' mac, for a purpose. open: NULL when it does not hold. */
char *signed_text(struct arena *, const unsigned char key[KEY_LEN], const char *purpose, const char *text);
const char *signed_text_open(
	struct arena *, const unsigned char key[KEY_LEN], const char *purpose, const char *signed_);
