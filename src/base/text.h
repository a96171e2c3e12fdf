/* Text from strangers: UTF-8 by RFC 3629, what a name may hold, numbers. */
#pragma once
#include "base/arena.h"

bool utf8_valid(const char *text, size_t len); /* no overlong forms, surrogates, or beyond U+10FFFF */
size_t utf8_count(const char *text);           /* code points of valid text */
uint32_t utf8_next(const char **text);         /* next code point, 0 at the end; U+FFFD for a byte that is not UTF-8 */
char *utf8_cut(struct arena *, const char *text, size_t code_points); /* the first so many, whole characters */

/* One line without control characters (C0, C1, U+2028/9) and without bidirectional overrides and isolates
 * (U+202A-E, U+2066-9, U+200E/F, U+061C): names, reasons, document labels. */
bool text_is_plain(const char *text);
/* As above, but line feeds are allowed. */
bool text_is_plain_lines(const char *text);
char *text_plain_part(struct arena *, const char *text); /* one plain line: text without what must not stand in it */
char *text_trim(struct arena *, const char *text);       /* without ASCII and ideographic spaces at both ends */

/* Whole decimal numbers, no sign but a leading '-', no spaces; false when out of range or anything else stands
 * there. */
bool parse_int(const char *text, int64_t min, int64_t max, int64_t *out);

bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* Sets of words in one text, separated by spaces (scopes, kinds). */
bool words_have(const char *words, const char *word, size_t len);
bool words_within(const char *words, const char *of); /* every word of the first stands in the second */
/* The words of a, then those of b that a lacks. */
char *words_joined(struct arena *, const char *a, const char *b);
