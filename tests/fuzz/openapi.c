/* The back channel as a whole: who asks, what JSON and forms hold, OCSP, all behind the dispatcher. Input: a request
 * (driver/site.h); its words are a client's credentials, tokens and ids. */
#include "tests/fuzz/driver/site.h"
#include "base/file.h"
#include "base/id.h"
#include "base/json.h"
#include "cgi-bin/openapi/openapi.h"

static struct fuzz_site s;

static enum http json_error(struct visit *v, enum http status, const char *word)
{
	json_t *object = json_object();
	const char *text;

	json_put_text(object, "error", word ? word : "refused");
	text = json_write(v->ctx.arena, object);
	json_release(&object);
	return respond(v->response, status, "application/json", bytes_of_text(text));
}

static void add_client(struct ticket_world *t)
{
	const struct platform_new new = {
		.name = "平台", .redirect_uris = REDIRECT, .scopes = ALL_SCOPES, .takes_seals = "official"
	};
	const char *client, *secret;
	int64_t id;

	HOLDS(platform_add(as_cli(t->w), &new, &id, &client, &secret) == OK);
	HOLDS(platform_load(t->ctx, id, &t->platform) == OK);
	s.words[1] = client;
	s.words[2] = base64_encode(fuzz_kept(), bytes_of_text(arena_printf(fuzz_kept(), "%s:%s", client, secret)));
	s.words[14] = secret;
}

static void add_tokens(struct ticket_world *t)
{
	struct ticket_request login = login_request(t, "openid profile phone orgs offline_access service"),
			      sign = sign_request(t, 1);
	struct grant_answer answer = granted(t, &login);

	s.words[3] = answer.access_token;
	s.words[7] = answer.refresh_token;
	s.words[4] = granted(t, &sign).access_token;
	s.words[8] = collected(t, approved(t, &login));
	s.words[5] = id_text(fuzz_kept(), t->p256);
	s.words[6] = id_text(fuzz_kept(), t->sm2);
	s.words[11] = base64_encode(fuzz_kept(), sign.items[0].hash);
	s.words[12] = t->other.client;
	s.words[15] = VERIFIER;
}

/* The world has made one already, which takes its time. */
static void keep_rsa_key(const struct settings *settings)
{
	struct bytes key;

	HOLDS(file_read(fuzz_kept(), path_join(fuzz_kept(), fuzz_folder(), "keys/api/id-rs256.jwk"), 8192, &key) == OK);
	HOLDS(file_create(settings_path(fuzz_kept(), settings, "keys/api/id-rs256.jwk"), key, 0600) == OK);
}

static void make_installation(void)
{
	struct ticket_world *t = ticket_world();
	struct settings settings = t->w->settings;
	const char *why = "";

	add_client(t);
	add_tokens(t);
	keep_rsa_key(&settings);
	HOLDS(api_keys_create(settings_path(fuzz_kept(), &settings, "keys/api")) == OK);
	HOLDS(file_write(settings_path(fuzz_kept(), &settings, "log.pub"), bytes_of_text("none\n"), 0644) == OK);
	s.site = (struct site){ .program = "openapi", .tables = openapi_tables, .error = json_error };
	fuzz_site_open(&s, t);
	HOLDS(openapi_read_keys(s.site.arena, &s.site.settings, &why) == OK);
}

FUZZ_PREPARED("openapi", make_installation)
{
	if (fuzz_site_ask(&s, input))
		fuzz_site_check(&s);
}
