/* How a message reads, by kind, and what it leads to (MSG-1). */
#pragma once
#include "core/message.h"

struct message_words {
	enum message_kind kind;
	const char *title, *text;     /* text: {0} … {3} the message's words */
	const char *link, *link_word; /* link: a path; {o} the object, {g} the org; NULL: leads nowhere */
};
extern const struct message_words message_table[];
extern const size_t message_count;
/* NULL: a kind that a newer program wrote. */
const struct message_words *message_words(enum message_kind);
char *message_text(struct arena *, const struct message *);
/* The path that the message leads to, without base; NULL: none. */
const char *message_link(struct arena *, const struct message *);
