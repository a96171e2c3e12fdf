/* Numbers of identity documents (RN-2): the check of each kind. */
#pragma once
#include "core/realname.h"

/* The number as it is stored: trimmed, upper case. NULL: it is none of this kind. */
const char *document_read(struct arena *, enum doc_kind, const char *typed, int64_t now);
/* The first kind whose form a number has. ERR_INVALID: none. */
enum err document_kind(struct arena *, const char *number, int64_t now, enum doc_kind *out) CHECKED;
/* Full years of age, of the kinds whose numbers tell the birth date; -1: not told. */
int document_age(enum doc_kind, const char *number, int64_t now);
