/* Checkpoints: C2SP signed-note and tlog-checkpoint. */
#include "trust/libcrypto.h"
#include "trust/checkpoint.h"
#include "base/buf.h"
#include "base/text.h"

/* The em dash U+2014 and a space begin every signature line. */
#define SIGNATURE_MARK "\xe2\x80\x94 "

enum { ED25519_NOTE = 1, KEY_ID_LEN = 4, RAW_LEN = 32, NOTE_MAX = 64 * 1024 };

struct verifier {
	const char *name;
	unsigned char id[KEY_ID_LEN];
	unsigned char raw[1 + RAW_LEN]; /* algorithm, key */
};

static bool is_name(const char *name)
{
	return *name && utf8_valid(name, strlen(name)) && text_is_plain(name) && !strpbrk(name, " +");
}

static void key_id(const char *name, const unsigned char raw[1 + RAW_LEN], unsigned char out[KEY_ID_LEN])
{
	const struct bytes parts[] = { bytes_of_text(name), bytes_of_text("\n"), { raw, 1 + RAW_LEN } };
	unsigned char digest[HASH_LEN];

	crypto_sha256_of(parts, 3, digest);
	memcpy(out, digest, KEY_ID_LEN);
}

static enum err verifier_of(const char *name, const struct key *key, struct verifier *out)
{
	if (!is_name(name))
		return ERR_INVALID;
	out->name = name;
	out->raw[0] = ED25519_NOTE;
	TRY(key_ed25519_raw(key, out->raw + 1));
	key_id(name, out->raw, out->id);
	return OK;
}

/* NAME+hash+key; the key's own base64 may hold '+' too. */
static enum err verifier_read(struct arena *arena, const char *text, struct verifier *out)
{
	const char *first = strchr(text, '+'), *second = first ? strchr(first + 1, '+') : NULL;
	struct bytes id, raw;
	unsigned char want[KEY_ID_LEN];

	if (!second)
		return ERR_INVALID;
	out->name = arena_text_n(arena, text, (size_t)(first - text));
	if (!is_name(out->name) ||
		!hex_decode(arena, arena_text_n(arena, first + 1, (size_t)(second - first - 1)), &id) ||
		!base64_decode(arena, second + 1, &raw) || id.len != KEY_ID_LEN || raw.len != sizeof out->raw ||
		raw.data[0] != ED25519_NOTE)
		return ERR_INVALID;
	memcpy(out->id, id.data, KEY_ID_LEN);
	memcpy(out->raw, raw.data, sizeof out->raw);
	key_id(out->name, out->raw, want);
	return memcmp(want, out->id, KEY_ID_LEN) ? ERR_INVALID : OK;
}

static enum err verify(const struct verifier *verifier, struct bytes text, struct bytes signature)
{
	struct key *key;
	enum err err;

	TRY(key_adopt(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, verifier->raw + 1, RAW_LEN), &key));
	err = key_verify(key, text, signature);
	key_free(&key);
	return err;
}

/* One "— NAME base64" line: its name and what it holds. */
static enum err read_line(struct arena *arena, const char *line, const char **name, struct bytes *value)
{
	const char *space;

	if (!text_starts(line, SIGNATURE_MARK))
		return ERR_INVALID;
	line += sizeof SIGNATURE_MARK - 1;
	space = strchr(line, ' ');
	if (!space)
		return ERR_INVALID;
	*name = arena_text_n(arena, line, (size_t)(space - line));
	if (!is_name(*name) || !base64_decode(arena, space + 1, value) || value->len <= KEY_ID_LEN)
		return ERR_INVALID;
	return OK;
}

/* All lines must be well-formed; the first that names this key decides. */
static enum err check_lines(struct arena *arena, const char *lines, const struct verifier *verifier, struct bytes text)
{
	enum err verdict = ERR_DENIED;
	bool found = false;

	if (!*lines)
		return ERR_INVALID;
	while (*lines) {
		const char *end = strchr(lines, '\n'), *name;
		struct bytes value;

		if (!end)
			return ERR_INVALID;
		TRY(read_line(arena, arena_text_n(arena, lines, (size_t)(end - lines)), &name, &value));
		if (!found && text_equal(name, verifier->name) && !memcmp(value.data, verifier->id, KEY_ID_LEN)) {
			found = true;
			verdict = verify(
				verifier, text, (struct bytes){ value.data + KEY_ID_LEN, value.len - KEY_ID_LEN });
		}
		lines = end + 1;
	}
	return verdict;
}

static bool is_note_text(const char *note)
{
	if (!utf8_valid(note, strlen(note)))
		return false;
	for (; *note; note++)
		if ((unsigned char)*note < ' ' && *note != '\n')
			return false;
	return true;
}

/* Cuts one line off and steps behind its end; NULL when no line is left. */
static char *next_line(char **at)
{
	char *line = *at, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = 0;
	*at = end + 1;
	return line;
}

/* origin, size, root, then lines of extensions, which are signed and otherwise not ours to read. */
static enum err read_text(struct arena *arena, const char *from, struct checkpoint *out)
{
	char *at = arena_text(arena, from), *origin = next_line(&at), *size, *root;
	struct bytes octets;

	size = origin ? next_line(&at) : NULL;
	root = size ? next_line(&at) : NULL;
	if (!root || !parse_int(size, 0, INT64_MAX, &out->size) || (size[0] == '0' && size[1]) ||
		!base64_decode(arena, root, &octets) || octets.len != HASH_LEN)
		return ERR_INVALID;
	out->origin = origin;
	memcpy(out->root.octets, octets.data, HASH_LEN);
	return OK;
}

static const char *write_text(struct arena *arena, const struct checkpoint *checkpoint)
{
	return arena_printf(arena, "%s\n%lld\n%s\n", checkpoint->origin, (long long)checkpoint->size,
		base64_encode(arena, BYTES_OF(checkpoint->root.octets)));
}

/* The last blank line parts text from signatures. */
static const char *last_blank_line(const char *note)
{
	const char *found = NULL;

	for (const char *at = note; (at = strstr(at, "\n\n")); at++)
		found = at;
	return found;
}

enum err checkpoint_sign(
	struct arena *arena, const struct key *key, const struct checkpoint *checkpoint, const char **note)
{
	struct verifier verifier;
	struct bytes signature;
	const char *text;
	struct buf line;

	TRY(verifier_of(checkpoint->origin, key, &verifier));
	if (checkpoint->size < 0)
		return ERR_INVALID;
	text = write_text(arena, checkpoint);
	TRY(key_sign(key, arena, bytes_of_text(text), &signature));
	line = buf_new(arena);
	buf_add(&line, verifier.id, KEY_ID_LEN);
	buf_bytes(&line, signature);
	*note = arena_printf(
		arena, "%s\n" SIGNATURE_MARK "%s %s\n", text, verifier.name, base64_encode(arena, buf_view(&line)));
	return OK;
}

enum err checkpoint_open(struct arena *arena, const char *note, const char *verifier, struct checkpoint *out)
{
	const char *blank = last_blank_line(note), *text;
	struct verifier want;

	TRY(verifier_read(arena, verifier, &want));
	if (!blank || strlen(note) > NOTE_MAX || !is_note_text(note))
		return ERR_INVALID;
	text = arena_text_n(arena, note, (size_t)(blank + 1 - note));
	TRY(check_lines(arena, blank + 2, &want, bytes_of_text(text)));
	TRY(read_text(arena, text, out));
	return text_equal(out->origin, want.name) ? OK : ERR_DENIED;
}

enum err checkpoint_verifier(struct arena *arena, const char *name, const struct key *key, const char **out)
{
	struct verifier verifier;

	TRY(verifier_of(name, key, &verifier));
	*out = arena_printf(arena, "%s+%s+%s", name, hex_encode(arena, BYTES_OF(verifier.id)),
		base64_encode(arena, BYTES_OF(verifier.raw)));
	return OK;
}
