/* The two hierarchies of the built-in CA: names, addresses, where keys lie, and the issuing keys opened (authority.h).
 */
#include "base/file.h"
#include "base/key_file.h"
#include "core/authority.h"

enum { PEM_MAX = 8192 };

const enum key_kind hierarchy_kinds[HIERARCHIES] = { KEY_SM2, KEY_P256 };

const char *hierarchy_word(enum key_kind hierarchy)
{
	return hierarchy == KEY_SM2 ? "sm2" : "p256";
}

enum key_kind hierarchy_of(enum key_kind end_entity)
{
	return end_entity == KEY_SM2 ? KEY_SM2 : KEY_P256;
}

struct hierarchy_urls hierarchy_urls(struct arena *arena, const struct settings *settings, enum key_kind hierarchy)
{
	const char *base = settings->pki_url, *word = hierarchy_word(hierarchy);

	return (struct hierarchy_urls){ .crl = arena_printf(arena, "%s/pki/crl/%s.crl", base, word),
		.ocsp = arena_printf(arena, "%s/pki/ocsp/%s", base, word),
		.issuing = arena_printf(arena, "%s/pki/ca/issuing-%s.cer", base, word),
		.root = arena_printf(arena, "%s/pki/ca/root-%s.cer", base, word) };
}

const char *authority_key_path(
	struct arena *arena, const struct settings *settings, enum certificate_role role, enum key_kind hierarchy)
{
	static const struct {
		const char *folder, *name; /* each program's own, so that it can be kept from the others */
	} keys[] = {
		[CERTIFICATE_ROOT] = { "root", "root" },
		[CERTIFICATE_ISSUING] = { "ca", "issuing" },
		[CERTIFICATE_OCSP] = { "api", "ocsp" },
	};

	return settings_path(arena, settings,
		arena_printf(
			arena, "keys/%s/%s-%s.pem", keys[role].folder, keys[role].name, hierarchy_word(hierarchy)));
}

const char *recovery_key_path(struct arena *arena, const struct settings *settings)
{
	return settings_path(arena, settings, "keys/ca/recovery.key");
}

enum err authority_key_read(struct arena *arena, struct arena *secret, const struct settings *settings,
	enum certificate_role role, enum key_kind hierarchy, struct key **out, const char **why)
{
	const char *path = authority_key_path(arena, settings, role, hierarchy);
	struct bytes pem;

	TRY(secret_file_read(arena, secret, path, PEM_MAX, &pem, why));
	*why = arena_printf(arena, "the key file %s does not hold a private key", path);
	TRY(key_from_private_pem(pem, out));
	*why = arena_printf(arena, "the key file %s holds a key of another kind", path);
	if (key_kind(*out) == hierarchy)
		return OK;
	key_free(out);
	return ERR_INVALID;
}

/* Whether the certificate is this key's. */
static enum err check_pair(struct bytes certificate, const struct key *key)
{
	struct key *certified;
	bool same;

	TRY(certificate_public(certificate, &certified));
	same = key_same_public(certified, key);
	key_free(&certified);
	return same ? OK : ERR_INVALID;
}

static enum err open_issuing(
	struct ctx *ctx, struct arena *arena, enum key_kind hierarchy, struct issuing *out, const char **why)
{
	struct certificate info;
	struct bytes der;

	out->hierarchy = hierarchy;
	out->urls = hierarchy_urls(arena, ctx->settings, hierarchy);
	*why = "there is no CA yet: call yinxinctl ca init";
	TRY(authority_certificate(ctx, CERTIFICATE_ISSUING, hierarchy, &der));
	out->certificate = arena_bytes(arena, der.data, der.len);
	TRY(authority_key_read(ctx->arena, arena, ctx->settings, CERTIFICATE_ISSUING, hierarchy, &out->key, why));
	*why = arena_printf(ctx->arena, "the issuing key %s is not that of the CA's certificate",
		authority_key_path(ctx->arena, ctx->settings, CERTIFICATE_ISSUING, hierarchy));
	TRY(check_pair(out->certificate, out->key));
	TRY(certificate_read(ctx->arena, out->certificate, &info));
	out->not_after = info.not_after;
	return OK;
}

enum err authority_open(struct ctx *ctx, struct authority **out, const char **why)
{
	struct arena *arena = arena_new(true);
	struct authority *authority = ARENA_NEW(arena, struct authority);
	enum err err = OK;

	authority->arena = arena;
	for (int i = 0; i < HIERARCHIES && err == OK; i++)
		err = open_issuing(ctx, arena, hierarchy_kinds[i], &authority->issuing[i], why);
	if (err == OK)
		err = key_file_read(ctx->arena, recovery_key_path(ctx->arena, ctx->settings), authority->recovery, why);
	if (err != OK)
		authority_close(&authority);
	*out = authority;
	return err;
}

void authority_close(struct authority **authority)
{
	struct arena *arena;

	if (!*authority)
		return;
	for (int i = 0; i < HIERARCHIES; i++)
		if ((*authority)->issuing[i].key)
			key_free(&(*authority)->issuing[i].key);
	arena = (*authority)->arena;
	*authority = NULL;
	arena_free(&arena);
}

const unsigned char *authority_recovery(const struct authority *authority)
{
	return authority->recovery;
}

enum err ocsp_key_read(struct arena *arena, const struct settings *settings, enum key_kind hierarchy, struct key **out,
	const char **why)
{
	struct arena *secret = arena_new(true);
	enum err err = authority_key_read(arena, secret, settings, CERTIFICATE_OCSP, hierarchy, out, why);

	arena_free(&secret);
	return err;
}
