/* Memory that is taken piece by piece and given back as a whole. A request's memory lives in its arena and goes with
 * it; secrets live in an arena of their own that is wiped when it goes. */
#pragma once
#include "base/err.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run of bytes that somebody else owns. A NULL data with len 0 is the empty run. */
struct bytes {
	const unsigned char *data;
	size_t len;
};

#define BYTES_OF(array) ((struct bytes){ (const unsigned char *)(array), sizeof(array) })
struct bytes bytes_of_text(const char *text);     /* without the final NUL; NULL gives the empty run */
bool bytes_equal(struct bytes a, struct bytes b); /* not for secrets: see crypto_equal */

struct arena;

/* A new arena. A secret one is kept out of core dumps and overwritten by reset and free. Never NULL: a process that
 * cannot get memory for one request ends, and costs that request only. */
struct arena *arena_new(bool secret);
void arena_free(struct arena **);
void arena_reset(struct arena *); /* everything taken so far is given back; one block is kept for the next request */

/* Never NULL, zeroed, aligned for any type. */
void *arena_alloc(struct arena *, size_t size);
void *arena_raw(struct arena *, size_t size);                 /* not zeroed: for what is filled at once */
void *arena_array(struct arena *, size_t count, size_t size); /* checks the product */
char *arena_text(struct arena *, const char *text);           /* NULL stays NULL */
char *arena_text_n(struct arena *, const char *text, size_t len);
struct bytes arena_bytes(struct arena *, const void *data, size_t len);
char *arena_printf(struct arena *, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *, const char *format, va_list) __attribute__((format(printf, 2, 0)));

/* Makes data, taken from this arena with old bytes, hold size bytes (at least old); the new ones are zero. In place
 * where it was the last thing taken, else by copy. */
void *arena_grow(struct arena *, void *data, size_t old, size_t size);
void *arena_stretch(struct arena *, void *data, size_t old, size_t size); /* the new ones are not zeroed */

/* A list of count pieces with room for one more; NULL begins one. Where it is full (8, 16, 32 …) it gets twice the
 * room. */
void *arena_room(struct arena *, void *list, size_t count, size_t size);
#define ARENA_ROOM(arena, list, count) ((list) = arena_room(arena, list, count, sizeof *(list)))

/* What was taken since the mark is given back by rewind (a transaction's body that runs again). */
struct arena_mark {
	void *block;
	size_t used;
};
struct arena_mark arena_mark(struct arena *);
void arena_rewind(struct arena *, struct arena_mark);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc(arena, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array(arena, count, sizeof(type)))
