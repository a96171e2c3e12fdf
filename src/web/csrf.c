/* Tokens for forms and signed texts for small cookies, both by HMAC-SHA-256 under the web key. */
#include "base/buf.h"
#include "web/csrf.h"

/* Each use of the key begins with its own word, so that a token of one use never serves another. */
static void mac(struct arena *arena, struct hmac_key *key, const char *use, const char *purpose, const char *text,
	unsigned char out[HASH_LEN])
{
	struct buf content = buf_new(arena);

	buf_add(&content, use, strlen(use) + 1);
	buf_add(&content, purpose, strlen(purpose) + 1);
	buf_text(&content, text);
	hmac_key_run(key, buf_view(&content), out);
}

/* The mask changes with each page, so that a compressed page never holds the same secret twice (BREACH). */
char *csrf_token(struct arena *arena, struct hmac_key *key, const char *subject)
{
	unsigned char masked[2 * HASH_LEN], *content = masked + HASH_LEN;

	crypto_random(masked, HASH_LEN);
	mac(arena, key, "csrf", "", subject, content);
	for (size_t i = 0; i < HASH_LEN; i++)
		content[i] ^= masked[i];
	return base64url_encode(arena, BYTES_OF(masked));
}

bool csrf_holds(struct hmac_key *key, const char *subject, const char *token)
{
	struct arena *arena = arena_new(false);
	unsigned char want[HASH_LEN];
	struct bytes sent;
	bool holds = false;

	if (token && strlen(token) <= 100 && base64url_decode(arena, token, &sent) && sent.len == 2 * HASH_LEN) {
		mac(arena, key, "csrf", "", subject, want);
		for (size_t i = 0; i < HASH_LEN; i++)
			want[i] ^= sent.data[i];
		holds = crypto_equal(want, sent.data + HASH_LEN, HASH_LEN);
	}
	arena_free(&arena);
	return holds;
}

char *signed_text(struct arena *arena, struct hmac_key *key, const char *purpose, const char *text)
{
	unsigned char sum[HASH_LEN];

	mac(arena, key, "text", purpose, text, sum);
	return arena_printf(arena, "%s.%s", text, base64url_encode(arena, BYTES_OF(sum)));
}

const char *signed_text_open(struct arena *arena, struct hmac_key *key, const char *purpose, const char *signed_)
{
	const char *dot = signed_ ? strrchr(signed_, '.') : NULL;
	unsigned char want[HASH_LEN];
	struct bytes sent;
	char *text;

	if (!dot || !base64url_decode(arena, dot + 1, &sent) || sent.len != HASH_LEN)
		return NULL;
	text = arena_text_n(arena, signed_, (size_t)(dot - signed_));
	mac(arena, key, "text", purpose, text, want);
	return crypto_equal(want, sent.data, HASH_LEN) ? text : NULL;
}
