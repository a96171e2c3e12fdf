/* CSC credentials/list and credentials/info: the signing keys of the instance that the person chose for this platform.
 */
#include "base/id.h"
#include "base/text.h"
#include "cgi-bin/openapi/csc.h"

/* ---- which credentials a token may know of */

static enum err known_to(struct visit *v, const struct token *token, int64_t id, struct credential *out)
{
	TRY(credential_load(&v->ctx, id, out));
	return out->account == token->account && token->instance && out->instance == token->instance ? OK
												     : ERR_NOT_FOUND;
}

enum http csc_credential(struct visit *v, const struct token *token, const json_t *body, struct credential *out)
{
	const char *text;
	enum err err;
	int64_t id;

	if (csc_text(v, body, "credentialID", &text) != HTTP_OK)
		return v->response->status;
	err = id_parse(text, &id) ? known_to(v, token, id, out) : ERR_NOT_FOUND;
	if (err == ERR_NOT_FOUND)
		return csc_invalid(v, "Invalid parameter credentialID");
	return err == OK ? HTTP_OK : api_failed(v, err);
}

/* ---- one credential in the standard's words */

/* What the caller wants to see of each. */
struct wanted {
	const char *certificates; /* none, single, chain */
	bool cert_info;
};

static enum http read_wanted(struct visit *v, const json_t *body, struct wanted *out)
{
	const char *certificates = json_text(body, "certificates");

	*out = (struct wanted){ .certificates = certificates ? arena_text(v->ctx.arena, certificates) : "single" };
	(void)json_flag(body, "certInfo", &out->cert_info);
	if (text_equal(out->certificates, "none") || text_equal(out->certificates, "single") ||
		text_equal(out->certificates, "chain"))
		return HTTP_OK;
	return csc_invalid(v, "Invalid parameter certificates");
}

static void put_key(const struct credential *key, json_t *out)
{
	json_t *object = json_object(), *algorithms = json_array();

	json_put_text(object, "status", key->usable ? "enabled" : "disabled");
	json_array_append_new(algorithms, json_string(key_signature_oid(key->kind)));
	json_object_set_new(object, "algo", algorithms);
	json_put_int(object, "len", key_bits(key->kind));
	if (key->kind == KEY_P256)
		json_put_text(object, "curve", "1.2.840.10045.3.1.7");
	else if (key->kind == KEY_SM2)
		json_put_text(object, "curve", "1.2.156.10197.1.301");
	json_object_set_new(out, "key", object);
}

static enum err cert_status(
	struct visit *v, const struct credential *key, const struct certificate *info, const char **out)
{
	enum key_kind hierarchy = info->kind == KEY_SM2 ? KEY_SM2 : KEY_P256;
	struct bytes serial;
	int64_t revoked = 0;
	int reason;
	enum err err;

	if (!hex_decode(v->ctx.arena, info->serial, &serial))
		return ERR_BROKEN;
	err = certificate_state(&v->ctx, hierarchy, serial, &revoked, &reason);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (err == ERR_NOT_FOUND || revoked)
		*out = "revoked";
	else if (v->ctx.now < info->not_before || certificate_ended(info, v->ctx.now))
		*out = "expired";
	else
		*out = key->usable ? "valid" : "suspended";
	return OK;
}

/* The chain is the holder's to hand on: read as the person who chose this credential for the platform. */
static enum err put_certificates(struct visit *v, const struct credential *key, const char *which, json_t *out)
{
	struct ctx person = v->ctx;
	json_t *list = json_array();
	struct bytes chain[3];
	size_t count = text_equal(which, "chain") ? 3 : 1;

	json_object_set_new(out, "certificates", list);
	person.actor = (struct actor){ .kind = ACTOR_ACCOUNT, .id = key->account };
	TRY(cert_chain(&person, key->certificate, chain));
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_string(base64_encode(v->ctx.arena, chain[i])));
	return OK;
}

static enum err put_cert(struct visit *v, const struct credential *key, const struct wanted *wanted, json_t *out)
{
	json_t *object = json_object();
	struct certificate info;
	const char *status;

	json_object_set_new(out, "cert", object);
	TRY(certificate_read(v->ctx.arena, key->certificate_der, &info));
	TRY(cert_status(v, key, &info, &status));
	json_put_text(object, "status", status);
	if (!text_equal(wanted->certificates, "none"))
		TRY(put_certificates(v, key, wanted->certificates, object));
	if (!wanted->cert_info)
		return OK;
	json_put_text(object, "issuerDN", info.issuer);
	json_put_text(object, "serialNumber", info.serial);
	json_put_text(object, "subjectDN", info.subject);
	json_put_text(object, "validFrom", time_asn1(v->ctx.arena, info.not_before));
	json_put_text(object, "validTo", time_asn1(v->ctx.arena, info.not_after));
	return OK;
}

static void put_auth(struct visit *v, json_t *out)
{
	json_t *auth;

	/* sole control level 2: a SAD opens exactly the hashes that the person saw */
	json_put_text(out, "SCAL", "2");
	json_put_int(out, "multisign", TICKET_ITEMS_MAX);
	json_put_text(out, "lang", "zh-CN");
	if (!csc_of(v)->v2) {
		json_put_text(out, "authMode", "oauth2code");
		return;
	}
	auth = json_object();
	json_put_text(auth, "mode", "oauth2code");
	json_object_set_new(out, "auth", auth);
}

static enum err put_credential(struct visit *v, const struct credential *key, const struct wanted *wanted, json_t *out)
{
	put_key(key, out);
	put_auth(v, out);
	return put_cert(v, key, wanted, out);
}

/* ---- credentials/info */

static enum http answer_info(struct visit *v, const struct credential *key, const struct wanted *wanted)
{
	json_t *out = json_object();
	enum err err = put_credential(v, key, wanted, out);

	if (err == OK)
		return api_json(v, HTTP_OK, out);
	json_release(&out);
	return api_failed(v, err);
}

static enum http read_info(
	struct visit *v, const json_t *body, const struct token *token, struct credential *key, struct wanted *wanted)
{
	enum http status = csc_credential(v, token, body, key);

	return status == HTTP_OK ? read_wanted(v, body, wanted) : status;
}

enum http csc_credentials_info(struct visit *v)
{
	struct credential key;
	struct wanted wanted;
	struct token token;
	enum http status;
	json_t *body;

	if (api_bearer(v, &token) != HTTP_OK || csc_begin(v, &body) != HTTP_OK)
		return v->response->status;
	status = read_info(v, body, &token, &key, &wanted);
	json_release(&body);
	return status == HTTP_OK ? answer_info(v, &key, &wanted) : status;
}

/* ---- credentials/list: at most three keys, so there are no pages */

struct listing {
	struct wanted wanted;
	bool infos, only_valid;
};

static enum http read_listing(struct visit *v, const json_t *body, struct listing *out)
{
	const json_t *user = json_object_get(body, "userID");

	*out = (struct listing){ .infos = false };
	if (user && !json_is_null(user))
		return csc_invalid(v, "userID parameter MUST be null");
	if (csc_of(v)->v2) {
		(void)json_flag(body, "credentialInfo", &out->infos);
		(void)json_flag(body, "onlyValid", &out->only_valid);
	}
	return read_wanted(v, body, &out->wanted);
}

static enum err add_listed(
	struct visit *v, const struct listing *listing, const struct credential *key, json_t *ids, json_t *infos)
{
	json_t *info;

	if (listing->only_valid && !key->usable)
		return OK;
	json_array_append_new(ids, json_string(id_text(v->ctx.arena, key->id)));
	if (!listing->infos)
		return OK;
	info = json_object();
	json_array_append_new(infos, info);
	json_put_id(info, "credentialID", key->id);
	return put_credential(v, key, &listing->wanted, info);
}

static enum err list_keys(struct visit *v, const struct token *token, const struct listing *listing, json_t *out)
{
	json_t *ids = json_array(), *infos = json_array();
	struct credential *keys;
	size_t count;

	json_object_set_new(out, "credentialIDs", ids);
	json_object_set_new(out, "credentialInfos", infos);
	TRY(credential_list(&v->ctx, token->instance, &keys, &count));
	for (size_t i = 0; i < count; i++)
		TRY(add_listed(v, listing, &keys[i], ids, infos));
	if (!listing->infos)
		json_object_del(out, "credentialInfos");
	return OK;
}

enum http csc_credentials_list(struct visit *v)
{
	struct listing listing;
	struct token token;
	enum http status;
	json_t *body, *out;
	enum err err;

	if (api_bearer(v, &token) != HTTP_OK || csc_begin(v, &body) != HTTP_OK)
		return v->response->status;
	status = read_listing(v, body, &listing);
	json_release(&body);
	if (status != HTTP_OK)
		return status;
	if (token.kind != TOKEN_ACCESS || !token.instance)
		return api_error(v, HTTP_FORBIDDEN, "access_denied", "The token was not granted the scope service");
	out = json_object();
	err = list_keys(v, &token, &listing, out);
	if (err == OK)
		return api_json(v, HTTP_OK, out);
	json_release(&out);
	return api_failed(v, err);
}
