/* Answers for programs, and who is asking: client credentials and bearer tokens. */
#include "base/text.h"
#include "cgi-bin/openapi/openapi.h"
#include "cgi-bin/site/site.h"
#include "web/urlencode.h"

enum http api_json(struct visit *v, enum http status, json_t *object)
{
	const char *text = json_write(v->ctx.arena, object);

	json_release(&object);
	return respond(v->response, status, "application/json", bytes_of_text(text));
}

enum http api_error(struct visit *v, enum http status, const char *code, const char *description)
{
	json_t *object = json_object();

	json_put_text(object, "error", code);
	json_put_text(object, "error_description", description);
	return api_json(v, status, object);
}

enum http api_failed(struct visit *v, enum err err)
{
	const struct fault *fault = &v->ctx.fault;

	if (err == ERR_UNAVAILABLE)
		return api_error(v, HTTP_UNAVAILABLE, "temporarily_unavailable", "Try again in a few seconds");
	if (err == ERR_BROKEN)
		return api_error(v, HTTP_BROKEN, "server_error", v->request->id);
	if (err == ERR_UNSURE)
		return api_error(
			v, HTTP_BROKEN, "server_error", "It may have been done or not: look before you ask again");
	return api_error(v, HTTP_BAD_REQUEST, fault->word ? fault->word : "invalid_request", fault->detail);
}

const char *api_field(const struct visit *v, const char *name)
{
	const char *value = pairs_get(&v->form.raw, name);

	return value && *value ? value : NULL;
}

/* What stands behind the scheme of the Authorization header; NULL: another scheme or none. */
static const char *authorization(const struct visit *v, const char *scheme)
{
	const char *header = pairs_get(&v->request->headers, "authorization");
	size_t len = strlen(scheme);

	if (!header || strncasecmp(header, scheme, len) || header[len] != ' ')
		return NULL;
	return header + len + strspn(header + len, " ");
}

/* ---- clients */

struct credentials {
	const char *client, *secret;
};

/* Both halves are form-urlencoded before they are joined (RFC 6749 2.3.1). */
static bool read_basic(struct visit *v, const char *given, struct credentials *out)
{
	struct arena *arena = v->ctx.secret;
	struct bytes pair;
	const unsigned char *colon;

	if (!base64_decode(arena, given, &pair) || !pair.len || !(colon = memchr(pair.data, ':', pair.len)))
		return false;
	out->client = percent_decode(arena, (struct bytes){ pair.data, (size_t)(colon - pair.data) }, true);
	out->secret = percent_decode(
		arena, (struct bytes){ colon + 1, pair.len - (size_t)(colon - pair.data) - 1 }, true);
	return out->client && out->secret;
}

/* One way to authenticate a request, not two (RFC 6749 2.3). */
static bool read_credentials(struct visit *v, struct credentials *out)
{
	const char *basic = authorization(v, "Basic"), *client = api_field(v, "client_id");

	*out = (struct credentials){ client, api_field(v, "client_secret") };
	if (!basic)
		return out->client != NULL;
	if (out->secret || !read_basic(v, basic, out))
		return false;
	return !client || text_equal(client, out->client);
}

static enum http refuse_client(struct visit *v)
{
	response_header(v->response, "WWW-Authenticate", "Basic realm=\"oauth2\"");
	return api_error(v, HTTP_UNAUTHORIZED, "invalid_client", "Client authentication failed");
}

enum http api_client(struct visit *v, struct platform *out)
{
	struct credentials given;
	enum err err;

	if (!read_credentials(v, &given))
		return refuse_client(v);
	err = platform_authenticate(&v->ctx, given.client, given.secret, out);
	if (err == ERR_DENIED)
		return refuse_client(v);
	if (err != OK)
		return api_failed(v, err);
	v->ctx.actor = (struct actor){ .kind = ACTOR_CLIENT, .id = out->id };
	v->ctx.platform = out->id;
	return HTTP_OK;
}

/* ---- bearer tokens */

enum http api_bearer(struct visit *v, struct token *out)
{
	const char *text = authorization(v, "Bearer");
	enum err err;

	if (!text) {
		response_header(v->response, "WWW-Authenticate", "Bearer");
		return api_error(v, HTTP_UNAUTHORIZED, "invalid_token", "A bearer token is needed");
	}
	err = token_find(&v->ctx, text, out);
	if (err == OK && out->kind == TOKEN_REFRESH) { /* for the token endpoint alone (RFC 6749 1.5) */
		v->ctx.fault.detail = "A refresh token opens nothing by itself";
		err = ERR_DENIED;
	}
	if (err == ERR_DENIED) {
		response_header(v->response, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
		return api_error(v, HTTP_UNAUTHORIZED, "invalid_token", v->ctx.fault.detail);
	}
	if (err != OK)
		return api_failed(v, err);
	v->ctx.actor = (struct actor){ .kind = ACTOR_CLIENT, .id = out->platform };
	v->ctx.platform = out->platform;
	return HTTP_OK;
}
