/* What can be bought or taken (ORD-1), as far as this slice needs. Writes catalogue_item. */
#pragma once
#include "core/ctx.h"
#include "trust/key.h"

enum cert_kind { CERT_PERSONAL, CERT_ORG };
struct catalogue_item {
	int64_t id, platform, price; /* platform 0: interconnect; price in fen */
	enum cert_kind kind;
	enum key_kind third;
	int years;
	const char *name, *platform_name;
	bool on_sale;
};
enum err catalogue_list(struct ctx *, enum cert_kind, struct catalogue_item **out, size_t *count) CHECKED;
enum err catalogue_load(struct ctx *, int64_t id, struct catalogue_item *out) CHECKED;
/* The trial items of a new instance: personal and org, interconnect, 1, 2 and 3 years, P-256 beside SM2, price 0.
 * Nothing where there are items already. */
enum err catalogue_seed(struct ctx *) CHECKED;
