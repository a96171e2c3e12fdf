/* Sets of words in one text, separated by spaces. */
#include "base/buf.h"
#include "base/text.h"

/* The next word at *text and its length; 0 at the end. Moves *text behind it. */
static size_t next_word(const char **text, const char **word)
{
	size_t len;

	*text += strspn(*text, " ");
	*word = *text;
	len = strcspn(*text, " ");
	*text += len;
	return len;
}

bool words_have(const char *words, const char *word, size_t len)
{
	const char *other;
	size_t here;

	while ((here = next_word(&words, &other)))
		if (here == len && !memcmp(other, word, len))
			return true;
	return false;
}

bool words_within(const char *words, const char *of)
{
	const char *word;
	size_t len;

	while ((len = next_word(&words, &word)))
		if (!words_have(of, word, len))
			return false;
	return true;
}

char *words_joined(struct arena *arena, const char *a, const char *b)
{
	struct buf all = buf_new(arena);
	const char *word;
	size_t len;

	buf_text(&all, a);
	while ((len = next_word(&b, &word))) {
		if (words_have(all.data, word, len))
			continue;
		if (all.len)
			buf_char(&all, ' ');
		buf_add(&all, word, len);
	}
	return all.data;
}
