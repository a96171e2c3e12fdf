/* Arenas: a chain of blocks, the newest first. Each block is twice the last one's size up to a bound; something larger
 * than that gets a block of its own size. Secret blocks are pages of their own, so that they can be kept out of core
 * dumps and, as far as the limit on locked memory allows, out of swap. */
#include "base/arena.h"
#include "base/log.h"
#include <openssl/crypto.h>
#include <stdalign.h>
#include <sys/mman.h>
#ifdef __has_feature /* clang's way of saying it */
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif

enum {
	FIRST_BLOCK = 16 * 1024,
	LARGEST_STEP = 1024 * 1024,
	LARGEST_KEPT = 256 * 1024,
	ALIGN = alignof(max_align_t),
#ifdef __SANITIZE_ADDRESS__
	GAP = ALIGN /* a poisoned strip behind each piece lets the sanitizer see an overrun inside a block */
#else
	GAP = 0
#endif
};

struct block {
	struct block *prev;
	size_t size, used; /* of data */
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *top;
	bool secret;
};

static void forbid(const void *data, size_t size)
{
#ifdef __SANITIZE_ADDRESS__
	ASAN_POISON_MEMORY_REGION(data, size);
#else
	(void)data;
	(void)size;
#endif
}

static void permit(const void *data, size_t size)
{
#ifdef __SANITIZE_ADDRESS__
	ASAN_UNPOISON_MEMORY_REGION(data, size);
#else
	(void)data;
	(void)size;
#endif
}

/* The leak checker does not look into pages that were mapped: what hangs on them alone would count as lost. */
static void tell_leak_checker(const struct block *block, size_t whole, bool mapped)
{
#ifdef __SANITIZE_ADDRESS__
	(mapped ? __lsan_register_root_region : __lsan_unregister_root_region)(block, whole);
#else
	(void)block;
	(void)whole;
	(void)mapped;
#endif
}

static size_t rounded(size_t size)
{
	if (size > PTRDIFF_MAX / 4)
		log_die("memory-request-absurd");
	return (size + ALIGN - 1) / ALIGN * ALIGN;
}

static struct block *block_new(const struct arena *arena, size_t size)
{
	size_t whole = sizeof(struct block) + size;
	struct block *block;

	if (arena->secret) {
		block = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (block == MAP_FAILED)
			log_die("out-of-memory");
		madvise(block, whole, MADV_DONTDUMP);
		(void)!mlock(block, whole);
		tell_leak_checker(block, whole, true);
	} else {
		block = malloc(whole);
		if (!block)
			log_die("out-of-memory");
	}
	*block = (struct block){ .size = size };
	forbid(block->data, size);
	return block;
}

/* Gives back what lies behind used in this block. */
static void block_cut(const struct arena *arena, struct block *block, size_t used)
{
	if (arena->secret) {
		permit(block->data + used, block->used - used);
		OPENSSL_cleanse(block->data + used, block->used - used);
	}
	forbid(block->data + used, block->size - used);
	block->used = used;
}

static void block_free(const struct arena *arena, struct block *block)
{
	size_t whole = sizeof(struct block) + block->size;

	block_cut(arena, block, 0);
	permit(block->data, block->size);
	if (arena->secret) {
		tell_leak_checker(block, whole, false);
		munmap(block, whole);
	} else {
		free(block);
	}
}

struct arena *arena_new(bool secret)
{
	struct arena *arena = malloc(sizeof *arena);

	if (!arena)
		log_die("out-of-memory");
	*arena = (struct arena){ .secret = secret };
	return arena;
}

static void drop_top(struct arena *arena)
{
	struct block *prev = arena->top->prev;

	block_free(arena, arena->top);
	arena->top = prev;
}

/* Back to empty. The newest block of fair size, and so the largest, is kept for what comes next: the pages of a request
 * are not given back to the system only to be asked for again by the next one. */
static void empty(struct arena *arena)
{
	struct block *kept = NULL;

	while (arena->top) {
		if (kept || arena->top->size > LARGEST_KEPT) {
			drop_top(arena);
			continue;
		}
		kept = arena->top;
		arena->top = kept->prev;
		block_cut(arena, kept, 0);
		kept->prev = NULL;
	}
	arena->top = kept;
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	if (!mark.block) {
		empty(arena);
		return;
	}
	while (arena->top != mark.block)
		drop_top(arena);
	block_cut(arena, arena->top, mark.used);
}

struct arena_mark arena_mark(struct arena *arena)
{
	return (struct arena_mark){ arena->top, arena->top ? arena->top->used : 0 };
}

void arena_reset(struct arena *arena)
{
	arena_rewind(arena, (struct arena_mark){ NULL, 0 });
}

void arena_free(struct arena **arena)
{
	if (!*arena)
		return;
	while ((*arena)->top)
		drop_top(*arena);
	free(*arena);
	*arena = NULL;
}

/* A top block with room for size more bytes. */
static struct block *with_room(struct arena *arena, size_t size)
{
	struct block *top = arena->top, *block;
	size_t step = FIRST_BLOCK;

	if (top && top->size - top->used >= size)
		return top;
	if (top)
		step = top->size < LARGEST_STEP / 2 ? top->size * 2 : LARGEST_STEP;
	block = block_new(arena, size > step ? size : step);
	block->prev = top;
	return arena->top = block;
}

void *arena_raw(struct arena *arena, size_t size)
{
	size_t taken = rounded(size ? size : 1) + GAP;
	struct block *block = with_room(arena, taken);
	unsigned char *data = block->data + block->used;

	block->used += taken;
	permit(data, size);
	return data;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(arena_raw(arena, size), 0, size);
}

void *arena_stretch(struct arena *arena, void *data, size_t old, size_t size)
{
	struct block *top = arena->top;
	size_t before = rounded(old ? old : 1) + GAP, after = rounded(size ? size : 1) + GAP;

	if (top && (unsigned char *)data + before == top->data + top->used && top->size - top->used >= after - before) {
		top->used += after - before;
		permit(data, size);
		return data;
	}
	return memcpy(arena_raw(arena, size), data, old);
}

void *arena_grow(struct arena *arena, void *data, size_t old, size_t size)
{
	unsigned char *grown = arena_stretch(arena, data, old, size);

	memset(grown + old, 0, size - old);
	return grown;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t whole;

	if (__builtin_mul_overflow(count, size, &whole))
		log_die("memory-request-absurd");
	return arena_alloc(arena, whole);
}

void *arena_room(struct arena *arena, void *list, size_t count, size_t size)
{
	enum { FIRST_ROOM = 8 };

	if (!list)
		return arena_array(arena, FIRST_ROOM, size);
	if (count < FIRST_ROOM || (count & (count - 1)))
		return list;
	return arena_grow(arena, list, count * size, 2 * count * size);
}

char *arena_text_n(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_raw(arena, len + 1);

	if (len)
		memcpy(copy, text, len);
	copy[len] = 0;
	return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
	return text ? arena_text_n(arena, text, strlen(text)) : NULL;
}

struct bytes arena_bytes(struct arena *arena, const void *data, size_t len)
{
	unsigned char *copy = arena_raw(arena, len);

	if (len)
		memcpy(copy, data, len);
	return (struct bytes){ copy, len };
}

char *arena_vprintf(struct arena *arena, const char *format, va_list values)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, values);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		log_die("format-refused");
	text = arena_raw(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, values);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list values;
	char *text;

	va_start(values, format);
	text = arena_vprintf(arena, format, values);
	va_end(values);
	return text;
}

struct bytes bytes_of_text(const char *text)
{
	return text ? (struct bytes){ (const unsigned char *)text, strlen(text) } : (struct bytes){ NULL, 0 };
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
