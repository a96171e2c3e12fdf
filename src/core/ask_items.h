/* What the items of a request must be before they are asked for; used by ask.c alone. */
#pragma once
#include "core/ticket_row.h"

struct asked {
	struct ticket_item *items; /* OIDs and labels filled */
	size_t count;
	int64_t instance, org; /* whose keys they are; 0 without items */
};
/* Credentials usable now, of one instance, and open to this platform; hashes, OIDs and labels in form; seal kind
 * taken. */
enum err ask_items_check(
	struct ctx *, const struct platform *, const struct ticket_request *, struct asked *out) CHECKED;
/* Notes an error of the standards: OAuth's code, and a description for programs. */
enum err ask_refuse(struct ctx *, enum err, const char *code, const char *description);
