/* Which documents a ticket's items are digests of (SCAN-3, SCAN-10). */
#include "base/buf.h"
#include "base/text.h"
#include "core/ticket_row.h"
#include <stdlib.h>

enum { LABELS_SHOWN = 3 };

struct entry {
	const struct ticket_item *item; /* within one array: their order is the platform's */
	size_t rank;                    /* the how-manieth of its label among the items of its key */
};

static int by_place(const struct entry *a, const struct entry *b)
{
	return (a->item > b->item) - (a->item < b->item);
}

static int by_key(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = strcmp(a->item->label, b->item->label);

	if (!order)
		order = (a->item->credential > b->item->credential) - (a->item->credential < b->item->credential);
	return order ? order : by_place(a, b);
}

static int by_document(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int order = strcmp(a->item->label, b->item->label);

	if (!order)
		order = (a->rank > b->rank) - (a->rank < b->rank);
	return order ? order : by_place(a, b);
}

static bool same_key(const struct entry *a, const struct entry *b)
{
	return a->item->credential == b->item->credential && text_equal(a->item->label, b->item->label);
}

static bool same_document(const struct entry *a, const struct entry *b)
{
	return a->rank == b->rank && text_equal(a->item->label, b->item->label);
}

/* The items with those of one document beside each other, in the platform's order. */
static struct entry *sorted(struct arena *arena, const struct ticket_item *items, size_t count)
{
	struct entry *list = ARENA_ARRAY(arena, struct entry, count);

	for (size_t i = 0; i < count; i++)
		list[i].item = &items[i];
	qsort(list, count, sizeof *list, by_key);
	for (size_t i = 1; i < count; i++)
		list[i].rank = same_key(&list[i - 1], &list[i]) ? list[i - 1].rank + 1 : 0;
	qsort(list, count, sizeof *list, by_document);
	return list;
}

struct ticket_documents ticket_documents(struct arena *arena, const struct ticket_item *items, size_t count)
{
	struct ticket_documents out = { ARENA_ARRAY(arena, const char *, count), 0, ARENA_ARRAY(arena, size_t, count) };
	struct entry *list = sorted(arena, items, count);
	size_t *first = ARENA_ARRAY(arena, size_t, count); /* for each item, the first one of its document */

	for (size_t i = 0; i < count; i++)
		first[list[i].item - items] = i && same_document(&list[i - 1], &list[i])
			? first[list[i - 1].item - items]
			: (size_t)(list[i].item - items);
	for (size_t i = 0; i < count; i++) {
		if (first[i] == i)
			out.labels[out.count++] = items[i].label;
		out.of[i] = first[i] == i ? out.count - 1 : out.of[first[i]];
	}
	return out;
}

/* Only what belongs to a key; all where it is 0. */
static struct ticket_documents documents_of(
	struct arena *arena, const struct ticket_item *items, size_t count, int64_t credential)
{
	struct ticket_item *own = ARENA_ARRAY(arena, struct ticket_item, count);
	size_t owned = 0;

	for (size_t i = 0; i < count; i++)
		if (!credential || items[i].credential == credential)
			own[owned++] = items[i];
	return ticket_documents(arena, own, owned);
}

const char *ticket_labels(struct arena *arena, const struct ticket_item *items, size_t count, int64_t credential)
{
	struct ticket_documents documents = documents_of(arena, items, count, credential);
	struct buf text = buf_new(arena);
	size_t shown = 0;

	for (size_t i = 0; i < documents.count && shown < LABELS_SHOWN; i++)
		if (*documents.labels[i])
			buf_printf(&text, "%s%s", shown++ ? "、" : "", documents.labels[i]);
	if (documents.count > shown)
		buf_printf(&text, shown ? " 等 %zu 份" : "%zu 份文件", documents.count);
	return text.data;
}
