/* Whose records a page shows, and which of them: what the list and its export share (LOG-2, SEAL-6, CERT-15). */
#pragma once
#include "cgi-bin/site/visit.h"
#include "core/oplog.h"

enum { RECORDS_ABOVE = 3 };
struct records {
	struct {
		const char *path, *word;
	} above[RECORDS_ABOVE]; /* the pages above the list, outermost first; path NULL: no more */
	struct oplog_filter filter;
	const char *title, *page_title;   /* 公章的记录; 印章记录 */
	const char *list;                 /* path of the list, without base */
	const char *back, *at, *at_org;   /* of the frame */
	const char *bad_field, *bad_word; /* a date that is none; NULL: fine */
};
extern const struct field records_fields[];
/* ERR_NOT_FOUND: no such seal, cert or org, or none of the actor's business. */
enum err records_read(struct visit *, struct records *out) CHECKED;
/* The filter as a query without "?"; days NULL: as it stands, else with this time instead ("" for any). */
const char *records_query(const struct visit *, const char *days);

enum http records_csv(struct visit *); /* records_csv.c */
