/* What several pages say at a glance: how a person's certificate and password stand, and an org in one row. */
#pragma once
#include "cgi-bin/site/visit.h"

struct glance {
	const char *cert, *pin;     /* 有效，到 2026-03-06; 已设置 */
	bool cert_waits, pin_waits; /* it wants attention */
	bool pin_unset;
};
enum err glance(struct visit *, struct glance *out) CHECKED;
void glance_ahead(struct visit *); /* store_ahead */
/* ORG_ID, ORG_NAME, ORG_AVATAR, ORG_LINE, STATE, STATE_WORD in a row ORG of view. */
void add_org_row(struct visit *, struct view *, const struct org *);
