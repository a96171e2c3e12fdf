/* Every sentence that a person reads and that stands in no template. One table; keys are what core's fault() and the
 * pages' flash() name. */
#pragma once
#include "base/arena.h"

struct word {
	const char *key, *text; /* {n} a number, {c} a character, {d} the fault's detail, {t} a time */
	const char *state;      /* of flashes: ok, wait, info, off, bad; NULL: not a flash */
};
const struct word *word_find(const char *key); /* NULL: none */
/* The sentence of a key, filled. An unknown key is logged and gives a general sentence. */
const char *word_text(struct arena *, const char *key, int64_t number, const char *detail, int64_t now);

/* The four texts of an error page. */
struct error_words {
	int status;
	const char *word; /* NULL: for any word of this status */
	const char *title, *what, *not, *todo;
};
const struct error_words *error_words(int status, const char *word);
extern const struct word words_table[]; /* sorted by key, for tests */
extern const size_t words_count;
