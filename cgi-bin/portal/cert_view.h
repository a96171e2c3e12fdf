/* What the pages about certificates share: how a cert is called, and how the pages of one begin. */
#pragma once
#include "cgi-bin/site/visit.h"
#include "core/cert.h"

struct state_words {
	const char *state, *word; /* ok, wait, info, off, bad; 有效 … */
};
struct state_words cert_state(const struct ctx *, const struct cert *);
const char *price_text(struct arena *, int64_t fen); /* 免费试用, ¥120.00 */
/* The names of the CAs that issue, for CERT-18. */
enum err cert_issuers(struct ctx *, const char **out) CHECKED;
/* Loads the cert of the path, fills CERT and CERT_NAME, and frames the page in the place of its owner; back leads to
 * the page of the cert. */
enum err cert_begin(struct visit *, struct cert *, struct frame *) CHECKED;
/* Whom a cert of this page's owner names: the org of the path or of the cert, else the person. */
enum err cert_names(struct visit *, const char **out) CHECKED;
/* A serial as people compare it: upper case in fours; and its two ends alone. */
const char *serial_in_fours(struct arena *, const char *hex);
const char *serial_short(struct arena *, const char *hex);
