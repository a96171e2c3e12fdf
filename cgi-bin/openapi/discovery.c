/* What a standard client needs to know of us (OpenID Connect Discovery 1.0, RFC 8414), and our public keys. */
#include "cgi-bin/openapi/openapi.h"
#include "cgi-bin/site/site.h"

static void put_list(json_t *object, const char *name, const char *const *words)
{
	json_t *list = json_array();

	for (; *words; words++)
		json_array_append_new(list, json_string(*words));
	json_object_set_new(object, name, list);
}
#define LIST(object, name, ...) put_list(object, name, (const char *const[]){ __VA_ARGS__, NULL })

static void put_addresses(struct visit *v, json_t *out)
{
	static const struct {
		const char *name, *path;
	} addresses[] = { { "issuer", "" }, { "authorization_endpoint", "/oauth2/authorize" },
		{ "token_endpoint", "/oauth2/token" }, { "userinfo_endpoint", "/oauth2/userinfo" },
		{ "jwks_uri", "/oauth2/jwks" }, { "pushed_authorization_request_endpoint", "/oauth2/par" },
		{ "device_authorization_endpoint", "/oauth2/device_authorization" },
		{ "revocation_endpoint", "/oauth2/revoke" }, { "introspection_endpoint", "/oauth2/introspect" } };

	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
		json_put_text(out, addresses[i].name,
			arena_printf(v->ctx.arena, "%s%s", v->ctx.settings->public_url, addresses[i].path));
}

static enum http configuration(struct visit *v)
{
	json_t *out = json_object();

	put_addresses(v, out);
	LIST(out, "response_types_supported", "code");
	LIST(out, "response_modes_supported", "query");
	LIST(out, "grant_types_supported", "authorization_code", "refresh_token",
		"urn:ietf:params:oauth:grant-type:device_code");
	LIST(out, "code_challenge_methods_supported", "S256");
	LIST(out, "scopes_supported", "openid", "profile", "phone", "orgs", "offline_access", "service", "credential");
	LIST(out, "authorization_details_types_supported", "credential");
	LIST(out, "subject_types_supported", "pairwise");
	LIST(out, "id_token_signing_alg_values_supported", "RS256", "ES256");
	LIST(out, "claims_supported", "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name",
		"phone_number", "phone_number_verified", "orgs");
	LIST(out, "token_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post", "none");
	LIST(out, "revocation_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post", "none");
	LIST(out, "introspection_endpoint_auth_methods_supported", "client_secret_basic", "client_secret_post", "none");
	LIST(out, "ui_locales_supported", "zh-CN");
	json_put_flag(out, "authorization_response_iss_parameter_supported", true);
	json_put_flag(out, "require_pushed_authorization_requests", false);
	json_put_flag(out, "request_parameter_supported", false);
	json_put_flag(out, "request_uri_parameter_supported", false);
	return api_json(v, HTTP_OK, out);
}

static enum http jwks(struct visit *v)
{
	const char *json;
	enum err err = api_jwks(v->ctx.arena, openapi_keys(), &json);

	return err == OK ? respond(v->response, HTTP_OK, "application/json", bytes_of_text(json)) : api_failed(v, err);
}

const struct route discovery_routes[] = { { "GET", "/.well-known/openid-configuration", ANYONE, 0, NO_BODY,
						  configuration },
	{ "GET", "/.well-known/oauth-authorization-server", ANYONE, 0, NO_BODY, configuration },
	{ "GET", "/oauth2/jwks", ANYONE, 0, NO_BODY, jwks }, ROUTES_END };
