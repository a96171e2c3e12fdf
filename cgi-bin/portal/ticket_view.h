/* What the asking browser's page and the claimer's page of a ticket share. */
#pragma once
#include "cgi-bin/site/visit.h"
#include "core/ticket.h"

/* Adds ITEM with ITEM_LABEL. */
struct view *ticket_add_document(struct view *list, const char *label);
/* The same for the first `most` documents, and a HASH for each digest of theirs: HASH_KEY (SM2), HASH_ALGORITHM (SM3),
 * HASH_HEX. */
void ticket_add_digests(struct view *list, struct arena *, const struct ticket_item *, size_t count,
	const struct ticket_documents *, size_t most);
/* TICKET, PLATFORM_NAME, PLATFORM_AVATAR. */
void ticket_add_head(struct visit *, const struct ticket *);
void ticket_add_scopes(struct view *, const char *scopes);
/* Which section tells how a ticket ended that brought nothing. */
const char *ticket_end_section(const struct ticket *);
/* 9 分 28 秒 */
const char *ticket_time_left(struct arena *, int64_t ms);
/* The claimer's page once the ticket is decided (ticket_done.c). */
enum http ticket_done_page(struct visit *, const struct ticket *);
