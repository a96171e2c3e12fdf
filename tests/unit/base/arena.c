/* Arenas and buffers. */
#include "tests/unit/suite.h"
#include "base/buf.h"

TEST("arena: pieces are zeroed, aligned and apart")
{
	for (size_t size = 0; size < 100; size++) {
		unsigned char *piece = arena_alloc(test_arena(), size);

		assert_int_equal(0, (uintptr_t)piece % _Alignof(max_align_t));
		for (size_t i = 0; i < size; i++)
			assert_int_equal(0, piece[i]);
		memset(piece, 0xAA, size);
	}
}

TEST("arena: a piece larger than a block has its own")
{
	unsigned char *large = arena_alloc(test_arena(), 3000000), *small = arena_alloc(test_arena(), 10);

	memset(large, 1, 3000000);
	assert_int_equal(0, small[0]);
}

TEST("arena: rewind gives back what came after the mark and nothing before it, over several blocks")
{
	struct arena *arena = arena_new(false);
	char *kept = arena_text(arena, "kept"), *next;
	struct arena_mark mark = arena_mark(arena);

	next = arena_alloc(arena, 16);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 1000; i++)
			memset(arena_alloc(arena, 1000), 0xAA, 1000);
		arena_rewind(arena, mark);
		assert_string_equal("kept", kept);
		assert_ptr_equal(next, arena_alloc(arena, 16));
		assert_int_equal(0, next[0]);
		memset(next, 0xAA, 16);
	}
	arena_free(&arena);
	assert_null(arena);
	arena_free(&arena);
}

TEST("arena: what was emptied serves the next from its largest block, without asking for more")
{
	struct arena *arena = arena_new(false);
	struct arena_mark mark = arena_mark(arena);
	char *first, *large;

	arena_alloc(arena, 100);
	arena_alloc(arena, 100000);
	arena_rewind(arena, mark);
	first = arena_alloc(arena, 100);
	large = arena_alloc(arena, 90000);
	assert_in_range(large - first, 100, 200); /* of one block */
	arena_reset(arena);
	assert_ptr_equal(first, arena_alloc(arena, 100));
	arena_free(&arena);
}

TEST("arena: a list grows by doubling and keeps what it holds")
{
	struct arena *arena = arena_new(false);
	int *list = NULL;

	for (int i = 0; i < 1000; i++) {
		ARENA_ROOM(arena, list, (size_t)i);
		assert_int_equal(0, list[i]);
		list[i] = i + 1;
		arena_alloc(arena, 1); /* so that it has to move */
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(i + 1, list[i]);
	arena_free(&arena);
}

#ifndef __SANITIZE_ADDRESS__ /* looks at memory that was given back */
TEST("arena: a secret arena overwrites what rewind and reset give back")
{
	struct arena *arena = arena_new(true);
	char *kept = arena_text(arena, "kept");
	struct arena_mark mark = arena_mark(arena);
	volatile char *secret = arena_text(arena, "secret");

	arena_rewind(arena, mark);
	for (int i = 0; i < 6; i++)
		assert_int_equal(0, secret[i]);
	assert_string_equal("kept", kept);
	secret = kept;
	arena_reset(arena);
	assert_int_equal(0, secret[0]);
	arena_free(&arena);
}
#endif

TEST("arena: text, bytes and printf are copies; NULL text stays NULL")
{
	char source[] = "abc";
	char *text = arena_text(test_arena(), source), *part = arena_text_n(test_arena(), source, 2);
	struct bytes bytes = arena_bytes(test_arena(), source, 3);

	source[0] = 'x';
	assert_string_equal("abc", text);
	assert_string_equal("ab", part);
	assert_true(bytes_equal(bytes_of_text("abc"), bytes));
	assert_null(arena_text(test_arena(), NULL));
	assert_string_equal("7-seven", arena_printf(test_arena(), "%d-%s", 7, "seven"));
	assert_true(bytes_equal(bytes_of_text(NULL), arena_bytes(test_arena(), NULL, 0)));
	assert_false(bytes_equal(bytes_of_text("ab"), bytes_of_text("ac")));
	assert_false(bytes_equal(bytes_of_text("ab"), bytes_of_text("abc")));
}

TEST("arena: grow keeps the content, in place at the top, by copy below it")
{
	char *top = arena_text(test_arena(), "1234567"), *grown = arena_grow(test_arena(), top, 8, 200);
	char *moved;

	assert_ptr_equal(top, grown);
	assert_string_equal("1234567", grown);
	assert_int_equal(0, grown[199]);
	arena_alloc(test_arena(), 1);
	moved = arena_grow(test_arena(), grown, 200, 400);
	assert_ptr_not_equal(grown, moved);
	assert_string_equal("1234567", moved);
	assert_int_equal(0, moved[399]);
}

TEST("arena: what is taken where others wrote before is zero where that is promised, and texts end")
{
	enum { USED = 4096 };
	struct arena *arena = arena_new(false);
	struct arena_mark mark;
	unsigned char *zero, *grown;
	struct buf buf;

	arena_alloc(arena, 1);
	mark = arena_mark(arena);
	memset(arena_raw(arena, USED), 0xff, USED);
	arena_rewind(arena, mark);
	zero = arena_alloc(arena, 64);
	for (int i = 0; i < 64; i++)
		assert_int_equal(0, zero[i]);
	assert_ptr_equal(zero, arena_stretch(arena, zero, 64, 128));
	grown = arena_grow(arena, zero, 128, 512);
	for (int i = 128; i < 512; i++)
		assert_int_equal(0, grown[i]);
	assert_string_equal("ab", arena_text_n(arena, "abc", 2));
	assert_string_equal("7", arena_printf(arena, "%d", 7));
	buf = buf_new(arena);
	assert_string_equal("", buf.data);
	buf_add(&buf, "x", 1);
	assert_string_equal("x", buf.data);
	arena_free(&arena);
}

TEST("buf: is NUL-terminated from the start and grows by single bytes past many blocks")
{
	struct buf buf = buf_new(test_arena());

	assert_string_equal("", buf.data);
	for (size_t i = 0; i < 100000; i++) {
		buf_char(&buf, (char)('a' + i % 26));
		if (i % 1000 == 0)
			arena_alloc(test_arena(), 8);
		assert_int_equal(0, buf.data[buf.len]);
	}
	assert_int_equal(100000, buf.len);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal('a' + i % 26, buf.data[i]);
}

TEST("buf: printf that just fits, that does not, and that is long")
{
	for (int len = 50; len < 80; len++) {
		struct buf buf = buf_new(test_arena());

		buf_printf(&buf, "%*s", len, "x");
		assert_int_equal(len, buf.len);
		assert_int_equal(len, strlen(buf.data));
		buf_printf(&buf, "%*s|%d", 5000, "y", 42);
		assert_int_equal(len + 5003, strlen(buf.data));
		assert_string_equal("y|42", buf.data + buf.len - 4);
	}
}

TEST("buf: numbers are big-endian")
{
	struct buf buf = buf_new(test_arena());
	static const unsigned char want[] = { 1, 2, 3, 4, 5, 6, 7, 0xF1, 2, 3, 4, 5, 6, 7, 8 };

	buf_u8(&buf, 1);
	buf_u16(&buf, 0x0203);
	buf_u32(&buf, 0x04050607);
	buf_u64(&buf, 0xF102030405060708);
	assert_true(bytes_equal(BYTES_OF(want), buf_view(&buf)));
}

TEST("buf: takes bytes with NULs, and nothing from empty runs")
{
	struct buf buf = buf_new(test_arena());

	buf_bytes(&buf, (struct bytes){ NULL, 0 });
	buf_text(&buf, NULL);
	buf_add(&buf, "a\0b", 3);
	assert_int_equal(3, buf_view(&buf).len);
	assert_memory_equal("a\0b", buf.data, 4);
}
