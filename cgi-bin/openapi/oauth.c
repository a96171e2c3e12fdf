/* The back channel of OAuth 2.0 and OpenID Connect: pushed requests, device grant, tokens, userinfo (API-1, API-3). */
#include "base/text.h"
#include "cgi-bin/openapi/openapi.h"
#include "cgi-bin/site/parameters.h"
#include "cgi-bin/site/site.h"

enum { PUSHED_MOST = 1024 * 1024, POLL_INTERVAL_S = 2 };

/* ---- asking without a browser */

static enum http push(struct visit *v)
{
	struct authorize_source source = parameters_of(&v->form.raw);
	struct platform platform;
	const char *handle;
	json_t *out;
	enum err err;

	if (api_client(v, &platform) != HTTP_OK)
		return v->response->status;
	err = authorize_push(&v->ctx, &platform, &source, &handle);
	if (err != OK)
		return api_failed(v, err);
	out = json_object();
	json_put_text(out, "request_uri", arena_printf(v->ctx.arena, "%s%s", REQUEST_URI_PREFIX, handle));
	json_put_int(out, "expires_in", TICKET_LIFE / SECOND);
	return api_json(v, HTTP_CREATED, out);
}

/* The code for typing is the link's own last part: there is no page for shorter ones, and the scanner is where they go.
 */
static enum http answer_device(struct visit *v, const char *device_code, const char *link)
{
	json_t *out = json_object();

	json_put_text(out, "device_code", device_code);
	json_put_text(out, "user_code", strrchr(link, '/') + 1);
	json_put_text(out, "verification_uri", arena_printf(v->ctx.arena, "%s/scan", v->ctx.settings->public_url));
	json_put_text(out, "verification_uri_complete", link);
	json_put_int(out, "expires_in", TICKET_LIFE / SECOND);
	json_put_int(out, "interval", POLL_INTERVAL_S);
	return api_json(v, HTTP_OK, out);
}

static enum http device_authorization(struct visit *v)
{
	struct authorize_source source = parameters_of(&v->form.raw);
	const char *device_code, *link;
	struct platform platform;
	int64_t ticket;
	enum err err;

	if (api_client(v, &platform) != HTTP_OK)
		return v->response->status;
	err = authorize_device(&v->ctx, &platform, &source, &ticket, &device_code);
	if (err == OK)
		err = ticket_link(&v->ctx, ticket, &link);
	return err == OK ? answer_device(v, device_code, link) : api_failed(v, err);
}

/* ---- tokens */

/* authorization_details as granted (RFC 9396 7): one entry for each credential. */
static json_t *details_entry(struct visit *v, const struct grant_answer *grant, int64_t credential)
{
	json_t *entry = json_object(), *digests = json_array();

	json_put_text(entry, "type", "credential");
	json_put_id(entry, "credentialID", credential);
	for (size_t i = 0; i < grant->count; i++) {
		const struct ticket_item *item = &grant->items[i];
		json_t *digest;

		if (item->credential != credential)
			continue;
		digest = json_object();
		json_put_text(digest, "hash", base64_encode(v->ctx.arena, item->hash));
		json_put_text(digest, "label", *item->label ? item->label : NULL);
		json_array_append_new(digests, digest);
		json_put_text(entry, "hashAlgorithmOID", item->hash_oid);
		json_put_text(entry, "signAlgo", item->sign_oid);
	}
	json_object_set_new(entry, "documentDigests", digests);
	if (grant->seal_kind >= 0)
		json_put_text(entry, "seal_kind", seal_kind_word((enum seal_kind)grant->seal_kind));
	return entry;
}

static void put_sad(struct visit *v, const struct grant_answer *grant, json_t *out)
{
	json_t *details = json_array();

	for (size_t i = 0; i < grant->count; i++)
		if (ticket_item_is_first(grant->items, i))
			json_array_append_new(details, details_entry(v, grant, grant->items[i].credential));
	if (json_array_size(details) == 1)
		json_put_id(out, "credentialID", grant->items[0].credential);
	json_object_set_new(out, "authorization_details", details);
}

static enum http answer_grant(struct visit *v, const struct grant_answer *grant)
{
	json_t *out = json_object();

	json_put_text(out, "access_token", grant->access_token);
	json_put_text(out, "token_type", grant->token_type);
	json_put_int(out, "expires_in", grant->expires_in);
	json_put_text(out, "scope", grant->scope);
	json_put_text(out, "refresh_token", grant->refresh_token);
	json_put_text(out, "id_token", grant->id_token);
	if (grant->count)
		put_sad(v, grant, out);
	return api_json(v, HTTP_OK, out);
}

static enum http missing(struct visit *v, const char *name)
{
	return api_error(v, HTTP_BAD_REQUEST, "invalid_request",
		arena_printf(v->ctx.arena, "Missing (or invalid type) string parameter %s", name));
}

static enum http finish(struct visit *v, enum err err, const struct grant_answer *grant)
{
	return err == OK ? answer_grant(v, grant) : api_failed(v, err);
}

static enum http by_code(struct visit *v, const struct grant_client *client)
{
	const char *code = api_field(v, "code");
	struct grant_answer grant;

	if (!code)
		return missing(v, "code");
	return finish(v,
		token_by_code(
			&v->ctx, client, code, api_field(v, "redirect_uri"), api_field(v, "code_verifier"), &grant),
		&grant);
}

static enum http by_refresh(struct visit *v, const struct grant_client *client)
{
	const char *token = api_field(v, "refresh_token");
	struct grant_answer grant;

	if (!token)
		return missing(v, "refresh_token");
	return finish(v, token_by_refresh(&v->ctx, client, token, api_field(v, "scope"), &grant), &grant);
}

/* match_number is our addition: the number that the platform's screen shows beside the code (API-3). */
static enum http by_device(struct visit *v, const struct grant_client *client)
{
	const char *code = api_field(v, "device_code");
	struct grant_answer grant;
	json_t *out;
	enum err err;
	int number;

	if (!code)
		return missing(v, "device_code");
	err = token_by_device(&v->ctx, client, code, &number, &grant);
	if (err == OK || number < 0)
		return finish(v, err, &grant);
	out = json_object();
	json_put_text(out, "error", v->ctx.fault.word);
	json_put_text(out, "error_description", v->ctx.fault.detail);
	json_put_int(out, "match_number", number);
	return api_json(v, HTTP_BAD_REQUEST, out);
}

static const struct {
	const char *type;
	enum http (*grant)(struct visit *, const struct grant_client *);
} grants[] = {
	{ "authorization_code", by_code },
	{ "refresh_token", by_refresh },
	{ "urn:ietf:params:oauth:grant-type:device_code", by_device },
};

static enum http token(struct visit *v)
{
	const char *type = api_field(v, "grant_type");
	struct platform platform;
	struct grant_client client = { .keys = openapi_keys(),
		.platform = &platform,
		.es256 = text_equal(api_field(v, "id_token_signed_response_alg"), "ES256") };

	if (api_client(v, &platform) != HTTP_OK)
		return v->response->status;
	if (!type)
		return missing(v, "grant_type");
	for (size_t i = 0; i < sizeof grants / sizeof *grants; i++)
		if (text_equal(type, grants[i].type))
			return grants[i].grant(v, &client);
	return api_error(v, HTTP_BAD_REQUEST, "unsupported_grant_type", "Only code, refresh token and device code");
}

/* ---- revoking and looking at tokens */

static enum err revoke_given(struct visit *v, enum http *status)
{
	const char *text = api_field(v, "token");
	struct platform platform;

	*status = api_client(v, &platform);
	if (*status != HTTP_OK)
		return OK;
	if (!text) {
		*status = missing(v, "token");
		return OK;
	}
	return token_revoke(&v->ctx, &platform, text);
}

/* RFC 7009 2.2 answers 200, the CSC 204. */
static enum http revoke_with(struct visit *v, enum http done)
{
	enum http status;
	enum err err = revoke_given(v, &status);

	if (err != OK)
		return api_failed(v, err);
	return status == HTTP_OK ? respond(v->response, done, NULL, (struct bytes){ NULL, 0 }) : status;
}

static enum http revoke(struct visit *v)
{
	return revoke_with(v, HTTP_OK);
}

static enum http csc_revoke(struct visit *v)
{
	return revoke_with(v, HTTP_NO_CONTENT);
}

static void put_token(struct visit *v, const struct platform *platform, const struct token *token, json_t *out)
{
	json_put_text(out, "scope", token->scope);
	json_put_text(out, "client_id", platform->client);
	json_put_text(out, "token_type", token->kind == TOKEN_REFRESH ? "refresh_token" : "Bearer");
	json_put_int(out, "iat", token->made / SECOND);
	json_put_int(out, "exp", token->expires / SECOND);
	json_put_text(out, "iss", v->ctx.settings->public_url);
	json_put_text(out, "sub", token_subject(&v->ctx, openapi_keys(), token->account, token->platform));
}

/* A token of another client is as inactive as none (RFC 7662 2.2). */
static enum http introspect(struct visit *v)
{
	const char *text = api_field(v, "token");
	struct platform platform;
	struct token found;
	json_t *out;
	enum err err;

	if (api_client(v, &platform) != HTTP_OK)
		return v->response->status;
	if (!text)
		return missing(v, "token");
	err = token_find(&v->ctx, text, &found);
	if (err != OK && err != ERR_DENIED)
		return api_failed(v, err);
	out = json_object();
	json_put_flag(out, "active", err == OK && found.platform == platform.id);
	if (json_is_true(json_object_get(out, "active")))
		put_token(v, &platform, &found, out);
	return api_json(v, HTTP_OK, out);
}

static enum http userinfo(struct visit *v)
{
	struct token token;
	json_t *claims;
	enum err err;

	if (api_bearer(v, &token) != HTTP_OK)
		return v->response->status;
	err = token_claims(&v->ctx, openapi_keys(), &token, &claims);
	if (err == ERR_DENIED) {
		response_header(v->response, "WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
		return api_error(v, HTTP_FORBIDDEN, "insufficient_scope", v->ctx.fault.detail);
	}
	return err == OK ? api_json(v, HTTP_OK, claims) : api_failed(v, err);
}

const struct route oauth_routes[] = { { "POST", "/oauth2/par", CLIENT, 0, FORM_BODY, push, NULL, PUSHED_MOST },
	{ "POST", "/oauth2/device_authorization", CLIENT, 0, FORM_BODY, device_authorization, NULL, PUSHED_MOST },
	{ "POST", "/oauth2/token", CLIENT, 0, FORM_BODY, token },
	{ "POST", "/oauth2/revoke", CLIENT, 0, FORM_BODY, revoke },
	{ "POST", "/oauth2/introspect", CLIENT, 0, FORM_BODY, introspect },
	{ "GET", "/oauth2/userinfo", CLIENT, 0, NO_BODY, userinfo },
	{ "POST", "/oauth2/userinfo", CLIENT, 0, NO_BODY, userinfo },
	{ "POST", "/csc/oauth2/pushed_authorize", CLIENT, 0, FORM_BODY, push, NULL, PUSHED_MOST },
	{ "POST", "/csc/oauth2/token", CLIENT, 0, FORM_BODY, token },
	{ "POST", "/csc/oauth2/revoke", CLIENT, 0, FORM_BODY, csc_revoke }, ROUTES_END };
