/* Receipts: C2SP tlog-proof. */
#include "trust/checkpoint.h"
#include "base/buf.h"
#include "base/text.h"

#define RECEIPT_HEAD "c2sp.org/tlog-proof@v1"

enum { RECEIPT_MAX = 1024 * 1024 };

struct receipt {
	int64_t index;
	struct tree_proof proof;
	const char *note;
};

enum err receipt_write(struct arena *arena, struct bytes extra, int64_t index, const struct tree_proof *proof,
	const char *note, const char **out)
{
	struct buf text = buf_new(arena);

	if (index < 0 || proof->count > TREE_PROOF_MAX)
		return ERR_INVALID;
	buf_text(&text, RECEIPT_HEAD "\n");
	if (extra.len)
		buf_printf(&text, "extra %s\n", base64_encode(arena, extra));
	buf_printf(&text, "index %lld\n", (long long)index);
	for (size_t i = 0; i < proof->count; i++)
		buf_printf(&text, "%s\n", base64_encode(arena, BYTES_OF(proof->hashes[i].octets)));
	buf_char(&text, '\n');
	buf_text(&text, note);
	*out = text.data;
	return OK;
}

static char *next_line(char **at)
{
	char *line = *at, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = 0;
	*at = end + 1;
	return line;
}

static enum err read_index(const char *line, int64_t *out)
{
	if (!text_starts(line, "index "))
		return ERR_INVALID;
	line += strlen("index ");
	return parse_int(line, 0, INT64_MAX, out) && (line[0] != '0' || !line[1]) ? OK : ERR_INVALID;
}

static enum err read_proof(struct arena *arena, char **at, struct tree_proof *out)
{
	char *line;

	for (out->count = 0; (line = next_line(at)) && *line; out->count++) {
		struct bytes hash;

		if (out->count == TREE_PROOF_MAX || !base64_decode(arena, line, &hash) || hash.len != HASH_LEN)
			return ERR_INVALID;
		memcpy(out->hashes[out->count].octets, hash.data, HASH_LEN);
	}
	return line ? OK : ERR_INVALID;
}

static enum err read_receipt(struct arena *arena, struct bytes from, struct receipt *out)
{
	char *at, *line;
	struct bytes extra;

	if (!from.len || from.len > RECEIPT_MAX || memchr(from.data, 0, from.len))
		return ERR_INVALID;
	at = arena_text_n(arena, (const char *)from.data, from.len);
	line = next_line(&at);
	if (!text_equal(line, RECEIPT_HEAD))
		return ERR_INVALID;
	line = next_line(&at);
	if (line && text_starts(line, "extra ")) {
		if (!base64_decode(arena, line + strlen("extra "), &extra))
			return ERR_INVALID;
		line = next_line(&at);
	}
	if (!line)
		return ERR_INVALID;
	TRY(read_index(line, &out->index));
	TRY(read_proof(arena, &at, &out->proof));
	out->note = at;
	return OK;
}

enum err receipt_check(struct arena *arena, struct bytes receipt, struct bytes leaf, const char *verifier,
	int64_t *index, struct checkpoint *out)
{
	struct receipt *read = ARENA_NEW(arena, struct receipt);

	TRY(read_receipt(arena, receipt, read));
	TRY(checkpoint_open(arena, read->note, verifier, out));
	if (!tree_inclusion_holds(tree_leaf(leaf), read->index, out->size, &read->proof, out->root))
		return ERR_DENIED;
	*index = read->index;
	return OK;
}
