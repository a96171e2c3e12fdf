/* Which documents a ticket's items are digests of (SCAN-3, SCAN-10). */
#include "base/buf.h"
#include "base/text.h"
#include "core/ticket_row.h"

enum { LABELS_SHOWN = 3 };

/* A table of labels with a number: open addressing, at most half full. */
struct slot {
	const char *label; /* NULL: free */
	uint64_t number;
	size_t value;
};
struct slots {
	struct slot *list;
	size_t size; /* a power of two */
};

static struct slots slots_for(struct arena *arena, size_t count)
{
	struct slots slots = { NULL, 2 };

	while (slots.size < 2 * count)
		slots.size *= 2;
	slots.list = ARENA_ARRAY(arena, struct slot, slots.size);
	return slots;
}

static uint64_t hash_of(const char *label, uint64_t number) /* FNV-1a */
{
	uint64_t hash = 0xcbf29ce484222325 ^ number;

	for (; *label; label++)
		hash = (hash ^ (unsigned char)*label) * 0x100000001b3;
	return hash ^ hash >> 32;
}

/* The slot of this pair, made where there is none yet: its value is then 0, and *made true. */
static struct slot *slot_of(struct slots *slots, const char *label, uint64_t number, bool *made)
{
	size_t i = hash_of(label, number) & (slots->size - 1);

	while (slots->list[i].label && (slots->list[i].number != number || !text_equal(slots->list[i].label, label)))
		i = (i + 1) & (slots->size - 1);
	*made = !slots->list[i].label;
	if (*made)
		slots->list[i] = (struct slot){ label, number, 0 };
	return &slots->list[i];
}

struct ticket_documents ticket_documents(struct arena *arena, const struct ticket_item *items, size_t count)
{
	struct ticket_documents out = { ARENA_ARRAY(arena, const char *, count), 0, ARENA_ARRAY(arena, size_t, count) };
	struct slots ranks = slots_for(arena, count), documents = slots_for(arena, count);

	for (size_t i = 0; i < count; i++) {
		bool made;
		/* the how-manieth of its label among the items of its key */
		size_t rank = slot_of(&ranks, items[i].label, (uint64_t)items[i].credential, &made)->value++;
		struct slot *document = slot_of(&documents, items[i].label, rank, &made);

		if (made) {
			document->value = out.count;
			out.labels[out.count++] = items[i].label;
		}
		out.of[i] = document->value;
	}
	return out;
}

/* Only what belongs to a key; all where it is 0. */
static struct ticket_documents documents_of(
	struct arena *arena, const struct ticket_item *items, size_t count, int64_t credential)
{
	struct ticket_item *own;
	size_t owned = 0, first = 0;

	while (first < count && (!credential || items[first].credential == credential))
		first++;
	if (first == count)
		return ticket_documents(arena, items, count);
	own = ARENA_ARRAY(arena, struct ticket_item, count);
	for (size_t i = 0; i < count; i++)
		if (items[i].credential == credential)
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
