/* The Cloud Signature Consortium's API, v1.0.4.0 and v2 (API-2): what both versions share, info, and signHash.
 * Descriptions of errors are the standard's own words: clients compare them. */
#include "base/id.h"
#include "base/text.h"
#include "cgi-bin/openapi/csc.h"
#include "cgi-bin/site/site.h"
#include "core/authorize.h"

static const struct csc versions[] = {
	{ false, "1.0.4.0", "hash", "hashAlgo" },
	{ true, "2.0.0.2", "hashes", "hashAlgorithmOID" },
};

const struct csc *csc_of(const struct visit *v)
{
	return &versions[text_starts(v->request->path, "/csc/v2/")];
}

enum http csc_invalid(struct visit *v, const char *description)
{
	return api_error(v, HTTP_BAD_REQUEST, "invalid_request", description);
}

enum http csc_begin(struct visit *v, json_t **body)
{
	*body = NULL;
	if (json_read(v->request->body, body) == OK && json_is_object(*body))
		return HTTP_OK;
	json_release(body);
	return csc_invalid(v, "The body is not a JSON object");
}

enum http csc_text(struct visit *v, const json_t *body, const char *name, const char **out)
{
	*out = json_text(body, name);
	if (*out && **out)
		return HTTP_OK;
	return csc_invalid(v, arena_printf(v->ctx.arena, "Missing (or invalid type) string parameter %s", name));
}

/* ---- info: needs nobody's leave */

static json_t *list_of(const char *const *words)
{
	json_t *list = json_array();

	for (; *words; words++)
		json_array_append_new(list, json_string(*words));
	return list;
}

static void put_v2(struct visit *v, json_t *out)
{
	static const char *const algos[] = { "1.2.840.10045.4.3.2", "1.2.156.10197.1.501", NULL },
				 *const none[] = { NULL };
	json_t *algorithms = json_object(), *formats = json_object();

	json_put_text(out, "oauth2Issuer", v->ctx.settings->public_url);
	json_put_flag(out, "asynchronousOperationMode", false);
	json_object_set_new(algorithms, "algos", list_of(algos));
	json_object_set_new(algorithms, "algoParams", list_of(none));
	json_object_set_new(out, "signAlgorithms", algorithms);
	/* documents are not ours to format: hashes come in, values go out */
	json_object_set_new(formats, "formats", list_of(none));
	json_object_set_new(formats, "envelope_properties", list_of(none));
	json_object_set_new(out, "signature_formats", formats);
	json_object_set_new(out, "conformance_levels", list_of(none));
}

enum http csc_info(struct visit *v)
{
	static const char *const auth[] = { "oauth2code", NULL };
	static const char *const methods[] = { "credentials/list", "credentials/info", "signatures/signHash",
		"oauth2/authorize", "oauth2/token", "oauth2/revoke", "oauth2/pushed_authorize", NULL };
	const struct settings *s = v->ctx.settings;
	json_t *out = json_object();

	json_put_text(out, "specs", csc_of(v)->specs);
	json_put_text(out, "name", s->site_name);
	json_put_text(out, "logo", arena_printf(v->ctx.arena, "%s/static/mark.png", s->public_url));
	json_put_text(out, "region", "CN");
	json_put_text(out, "lang", "zh-CN");
	json_put_text(out, "description", *s->operator_name ? s->operator_name : s->site_name);
	json_object_set_new(out, "authType", list_of(auth));
	json_put_text(out, "oauth2", arena_printf(v->ctx.arena, "%s/csc", s->public_url));
	json_object_set_new(out, "methods", list_of(methods));
	if (csc_of(v)->v2)
		put_v2(v, out);
	return api_json(v, HTTP_OK, out);
}

/* ---- signatures/signHash */

/* The SAD stands in the body beside a service token, or is the bearer token itself (v2). */
static enum http find_sad(struct visit *v, const json_t *body, struct token *out)
{
	const char *text = json_text(body, "SAD");
	struct token bearer;
	enum err err;

	if (api_bearer(v, &bearer) != HTTP_OK)
		return v->response->status;
	*out = bearer;
	if (!text)
		return bearer.kind == TOKEN_SAD ? HTTP_OK
						: csc_invalid(v, "Missing (or invalid type) string parameter SAD");
	err = token_find(&v->ctx, text, out);
	if (err == ERR_DENIED)
		return csc_invalid(
			v, text_equal(v->ctx.fault.detail, "SAD expired") ? "SAD expired" : "Invalid parameter SAD");
	if (err != OK)
		return api_failed(v, err);
	return out->kind == TOKEN_SAD && out->platform == bearer.platform && out->account == bearer.account
		? HTTP_OK
		: csc_invalid(v, "Invalid parameter SAD");
}

struct signing {
	struct token sad;
	int64_t credential;
	const char *sign_oid;
	struct bytes *hashes, *values;
	size_t count;
};

static enum http read_hashes(struct visit *v, const json_t *body, struct signing *s)
{
	const char *name = csc_of(v)->hash;
	const json_t *list = json_list(body, name);

	if (!list)
		return csc_invalid(v, arena_printf(v->ctx.arena, "Missing (or invalid type) array parameter %s", name));
	s->count = json_array_size(list);
	if (!s->count)
		return csc_invalid(v, arena_printf(v->ctx.arena, "Empty %s array", name));
	if (s->count > TICKET_ITEMS_MAX)
		return csc_invalid(v, "Numbers of signatures is too high");
	s->hashes = ARENA_ARRAY(v->ctx.arena, struct bytes, s->count);
	s->values = ARENA_ARRAY(v->ctx.arena, struct bytes, s->count);
	for (size_t i = 0; i < s->count; i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (!text || !authorize_hash(v->ctx.arena, text, &s->hashes[i]))
			return csc_invalid(v, arena_printf(v->ctx.arena, "Invalid Base64 %s string parameter", name));
	}
	return HTTP_OK;
}

/* The hash algorithm is part of signAlgo for all our keys; where it is named all the same, it must be theirs. */
static enum http check_hash_oid(struct visit *v, const json_t *body, const struct credential *key)
{
	const char *name = csc_of(v)->hash_oid, *oid = json_text(body, name);

	if (!oid || text_equal(oid, key_hash_oid(key->kind)))
		return HTTP_OK;
	return csc_invalid(v, arena_printf(v->ctx.arena, "Invalid parameter %s", name));
}

static enum http read_signing(struct visit *v, const json_t *body, struct signing *s)
{
	const char *sign_oid, *mode = json_text(body, "operationMode");
	struct credential key;

	if (find_sad(v, body, &s->sad) != HTTP_OK || csc_credential(v, &s->sad, body, &key) != HTTP_OK ||
		read_hashes(v, body, s) != HTTP_OK || csc_text(v, body, "signAlgo", &sign_oid) != HTTP_OK)
		return v->response->status;
	s->credential = key.id;
	s->sign_oid = arena_text(v->ctx.arena, sign_oid);
	if (mode && !text_equal(mode, "S"))
		return csc_invalid(v, "Invalid parameter operationMode");
	return check_hash_oid(v, body, &key);
}

static enum http answer_signing(struct visit *v, struct signing *s)
{
	enum err err = token_sign_hashes(&v->ctx, &s->sad, s->credential, s->sign_oid, s->hashes, s->count, s->values);
	json_t *out, *list;

	if (err != OK)
		return api_failed(v, err);
	out = json_object();
	list = json_array();
	for (size_t i = 0; i < s->count; i++)
		json_array_append_new(list, json_string(base64_encode(v->ctx.arena, s->values[i])));
	json_object_set_new(out, "signatures", list);
	return api_json(v, HTTP_OK, out);
}

enum http csc_sign_hash(struct visit *v)
{
	struct signing s = { .count = 0 };
	enum http status;
	json_t *body;

	if (csc_begin(v, &body) != HTTP_OK)
		return v->response->status;
	status = read_signing(v, body, &s);
	json_release(&body);
	return status == HTTP_OK ? answer_signing(v, &s) : status;
}

#define VERSION_ROUTES(base)                                                                                           \
	{ "POST", base "/info", ANYONE, 0, JSON_BODY, csc_info },                                                      \
		{ "POST", base "/credentials/list", CLIENT, 0, JSON_BODY, csc_credentials_list },                      \
		{ "POST", base "/credentials/info", CLIENT, 0, JSON_BODY, csc_credentials_info },                      \
	{                                                                                                              \
		"POST", base "/signatures/signHash", CLIENT, 0, JSON_BODY, csc_sign_hash                               \
	}

const struct route csc_routes[] = { VERSION_ROUTES("/csc/v1"), VERSION_ROUTES("/csc/v2"), ROUTES_END };
