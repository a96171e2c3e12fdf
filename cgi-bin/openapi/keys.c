/* The program's keys (DATA/keys/api): ID tokens, pairwise subjects, OCSP responders; and the log's verifier key, which
 * is public (DATA/log.pub). */
#include "base/file.h"
#include "cgi-bin/openapi/openapi.h"
#include "core/ca_builtin.h"

static struct {
	struct api_keys *api;
	struct key *sm2, *p256;
	const char *log;
} keys;

enum { VERIFIER_MOST = 1024 };

static enum err read_verifier(struct arena *arena, const struct settings *settings, const char **why)
{
	struct bytes text;

	*why = "log.pub cannot be read";
	TRY(file_read(arena, settings_path(arena, settings, "log.pub"), VERIFIER_MOST, &text));
	keys.log = arena_text_n(arena, (const char *)text.data, text.len);
	return OK;
}

enum err openapi_read_keys(struct arena *arena, const struct settings *settings, const char **why)
{
	TRY(api_keys_read(arena, settings, &keys.api, why));
	TRY(ocsp_key_read(arena, settings, KEY_SM2, &keys.sm2, why));
	TRY(ocsp_key_read(arena, settings, KEY_P256, &keys.p256, why));
	return read_verifier(arena, settings, why);
}

const char *openapi_log_key(void)
{
	return keys.log;
}

const struct api_keys *openapi_keys(void)
{
	return keys.api;
}

const struct key *openapi_ocsp_key(enum key_kind hierarchy)
{
	return hierarchy == KEY_SM2 ? keys.sm2 : keys.p256;
}

void openapi_wipe_keys(void)
{
	api_keys_close(&keys.api);
	if (keys.sm2)
		key_free(&keys.sm2);
	if (keys.p256)
		key_free(&keys.p256);
}
