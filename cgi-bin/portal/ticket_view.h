/* What the asking browser's page and the claimer's page of a ticket share. */
#pragma once
#include "cgi-bin/site/visit.h"
#include "core/ticket.h"

/* The documents behind the items: one that has a hash for each of several keys is one document. */
struct documents {
	const char **labels;
	size_t count;
};
struct documents ticket_documents(struct arena *, const struct ticket_item *, size_t count);
void ticket_add_document(struct view *list, const char *label);
/* TICKET, PLATFORM_NAME, PLATFORM_AVATAR. */
void ticket_add_head(struct visit *, const struct ticket *);
void ticket_add_scopes(struct view *, const char *scopes);
/* Which section tells how a ticket ended that brought nothing. */
const char *ticket_end_section(const struct ticket *);
/* 9 分 28 秒 */
const char *ticket_time_left(struct arena *, int64_t ms);
/* The claimer's page once the ticket is decided (ticket_done.c). */
enum http ticket_done_page(struct visit *, const struct ticket *);
