/* What must hold of any input, tried over many: arenas, ids, UTF-8. */
#include "tests/unit/suite.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- arenas */

enum { PIECES = 60, ROUNDS = 40 };

struct piece {
	unsigned char *data;
	size_t size;
	unsigned char fill;
};

static size_t any_size(void)
{
	static const uint32_t bounds[] = { 1, 20, 300, 20000, 400000 };

	return test_random_below(bounds[test_random_below(5)]);
}

static void take(struct arena *arena, struct piece *piece)
{
	piece->size = any_size();
	piece->fill = (unsigned char)(1 + test_random_below(255));
	piece->data = arena_alloc(arena, piece->size);
	assert_int_equal(0, (uintptr_t)piece->data % _Alignof(max_align_t));
	for (size_t i = 0; i < piece->size; i++)
		if (piece->data[i])
			fail_msg("a byte of a new piece is not zero");
	memset(piece->data, piece->fill, piece->size);
}

static void grow(struct arena *arena, struct piece *piece)
{
	size_t size = piece->size + any_size();
	unsigned char *data = arena_grow(arena, piece->data, piece->size, size);

	assert_int_equal(0, (uintptr_t)data % _Alignof(max_align_t));
	for (size_t i = 0; i < size; i++)
		if (data[i] != (i < piece->size ? piece->fill : 0))
			fail_msg("growing changed a byte, or a new one is not zero");
	memset(data, piece->fill, size);
	*piece = (struct piece){ data, size, piece->fill };
}

static void check(const struct piece *pieces, size_t count)
{
	for (size_t p = 0; p < count; p++)
		for (size_t i = 0; i < pieces[p].size; i++)
			if (pieces[p].data[i] != pieces[p].fill)
				fail_msg("a piece was written over by another");
}

/* Pieces are taken and grown at any place; behind a mark all goes by a rewind, and what came before it stays. */
static void live(struct arena *arena)
{
	struct piece pieces[PIECES];
	size_t marked = test_random_below(PIECES);
	struct arena_mark mark = { NULL, 0 };

	for (size_t i = 0; i < PIECES; i++) {
		if (i == marked)
			mark = arena_mark(arena);
		take(arena, &pieces[i]);
		if (i < marked || test_random_below(2)) /* a piece of before the mark, grown behind it, would go too */
			grow(arena, &pieces[i < marked ? test_random_below((uint32_t)i + 1) : i]);
	}
	check(pieces, PIECES);
	arena_rewind(arena, mark);
	check(pieces, marked);
	take(arena, &pieces[marked]);
	check(pieces, marked + 1);
	arena_reset(arena);
}

TEST("arena: pieces of any size, grown and rewound in any order, are aligned, zero when new and keep what they hold")
{
	for (int secret = 0; secret < 2; secret++) {
		struct arena *arena = arena_new(secret);

		for (int round = 0; round < ROUNDS / (secret ? 4 : 1); round++)
			live(arena);
		arena_free(&arena);
	}
}

static void want_absurd(struct arena *arena, size_t count, size_t size)
{
	pid_t child = fork();
	int status;

	if (!child) {
		signal(SIGABRT, SIG_DFL);
		close(STDERR_FILENO);
		(void)!arena_array(arena, count, size);
		_exit(0);
	}
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

TEST("arena: a size that no memory has, or a product that wraps, ends the process and never gives a smaller piece")
{
	want_absurd(test_arena(), 1, SIZE_MAX);
	want_absurd(test_arena(), 1, (size_t)PTRDIFF_MAX + 1);
	want_absurd(test_arena(), SIZE_MAX / 2 + 1, 2);
	want_absurd(test_arena(), SIZE_MAX / 16 + 2, 16);
	for (int i = 0; i < 10; i++)
		want_absurd(
			test_arena(), SIZE_MAX / 1000 + test_random_below(1U << 30), 1001 + test_random_below(5000));
	assert_non_null(arena_array(test_arena(), 0, SIZE_MAX));
}

/* ---- ids */

/* Mostly some ms forwards, now and then back: by seconds, rarely by an hour or two. */
static int64_t any_step(void)
{
	if (test_random_below(20))
		return test_random_below(500);
	return -(int64_t)test_random_below(test_random_below(100) ? 10 * SECOND : 2 * HOUR);
}

TEST("ids: whatever the clock does, each is above the last, reads back and tells its time; a long step back is "
     "followed")
{
	int64_t now = civil_to_ms_utc((struct civil){ 2026, 11, 24, 6, 52, 1, 0 }), last = id_new(now), followed = 0;

	for (int i = 0; i < 100000; i++) {
		bool follows = last >= id_at((now += any_step()) + ID_AHEAD_MS);
		int64_t id = id_new(now), again;

		assert_true(follows ? id_time(id) == now : id > last);
		/* 2^22 ids of one ms would be needed to run ahead of clock and last id by more than one */
		assert_true(id_time(id) >= now && (id_time(id) <= now || id_time(id) <= id_time(last) + 1));
		assert_true(id_at(id_time(id)) <= id && id_time(id_at(now)) == now);
		assert_true(id_parse(id_text(test_arena(), id), &again) && again == id);
		followed += follows;
		last = id;
		if (i % 1000 == 0)
			arena_reset(test_arena());
	}
	assert_in_range(followed, 1, 1000);
}

TEST("ids: any number above zero reads back, and nothing else that looks like one")
{
	for (int i = 0; i < 100000; i++) {
		int64_t id = (int64_t)(test_random() >> (1 + test_random_below(63))), again;
		char *text = id_text(test_arena(), id);

		assert_true(id ? id_parse(text, &again) && again == id : !id_parse(text, &again));
		assert_false(id_parse(arena_printf(test_arena(), "0%s", text), &again));
		assert_false(id_parse(arena_printf(test_arena(), "-%s", text), &again));
		assert_false(id_parse(arena_printf(test_arena(), "%s ", text), &again));
		text[test_random_below((uint32_t)strlen(text))] = (char)(':' + test_random_below(100));
		assert_false(id_parse(text, &again));
		if (i % 1000 == 0)
			arena_reset(test_arena());
	}
}

/* ---- UTF-8 */

/* RFC 3629 3, by its table of ranges and bits. */
static size_t encode(uint32_t code, char out[5])
{
	memset(out, 0, 5);
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

TEST("SEC-5: every code point but the surrogates is valid UTF-8, reads back, and is not valid when cut")
{
	for (uint32_t code = 1; code < 0x110100; code++) {
		bool valid = (code < 0xD800 || code > 0xDFFF) && code <= 0x10FFFF;
		const char *at;
		char text[5];
		size_t len = encode(code, text);

		if (utf8_valid(text, len) != valid || (len > 1 && utf8_valid(text, len - 1)))
			fail_msg("U+%04X", code);
		at = text;
		if (valid && (utf8_next(&at) != code || at != text + len || utf8_next(&at) || utf8_count(text) != 1))
			fail_msg("U+%04X does not read back", code);
	}
}

/* A whole character at the start by encoding every candidate again: only one spelling is a character's. */
static size_t character_at(const unsigned char *text, size_t len)
{
	for (size_t size = 1; size <= 4 && size <= len; size++) {
		uint32_t code = size == 1 ? text[0] : text[0] & (0x7FU >> size);
		char again[5];

		for (size_t i = 1; i < size; i++)
			code = code << 6 | (text[i] & 0x3F);
		if (code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF) && encode(code, again) == size &&
			!memcmp(again, text, size))
			return size;
	}
	return 0;
}

static bool valid_by_encoding(const unsigned char *text, size_t len)
{
	while (len) {
		size_t size = character_at(text, len);

		if (!size)
			return false;
		text += size;
		len -= size;
	}
	return true;
}

TEST("SEC-5: of all runs of four bytes at the borders of RFC 3629 those are valid that encoding gives")
{
	static const unsigned char border[] = { 0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
		0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFE, 0xFF };
	enum { BORDERS = sizeof border };

	for (uint32_t n = 0; n < BORDERS * BORDERS * BORDERS * BORDERS; n++) {
		const unsigned char text[] = { border[n % BORDERS], border[n / BORDERS % BORDERS],
			border[n / BORDERS / BORDERS % BORDERS], border[n / BORDERS / BORDERS / BORDERS] };

		for (size_t len = 1; len <= sizeof text; len++)
			if (utf8_valid((const char *)text, len) != valid_by_encoding(text, len))
				fail_msg("%02x %02x %02x %02x, %zu bytes", text[0], text[1], text[2], text[3], len);
	}
}
