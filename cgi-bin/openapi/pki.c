/* What is published of the CAs and of the log (CERT-13, LOG-4): all of it is signed, so it goes over plain HTTP too. */
#include "base/text.h"
#include "cgi-bin/openapi/openapi.h"
#include "cgi-bin/site/site.h"
#include "core/authority.h"
#include "core/oplog.h"

#define OCSP_LIFE ((int64_t)HOUR)
#define OCSP_KEPT ((int64_t)5 * MINUTE) /* by caches, as long as a CRL: a revocation shows soon */

static enum http answer(struct visit *v, enum err err, const char *type, struct bytes data, const char *kept)
{
	if (err != OK)
		return failed(v, err);
	response_header(v->response, "Cache-Control", kept);
	return respond(v->response, HTTP_OK, type, data);
}

/* "sm2", "p256" and what stands behind them. */
static bool hierarchy_named(const char *name, const char *suffix, enum key_kind *out)
{
	for (int i = 0; name && i < HIERARCHIES; i++) {
		const char *word = hierarchy_word(hierarchy_kinds[i]);

		if (text_starts(name, word) && text_equal(name + strlen(word), suffix)) {
			*out = hierarchy_kinds[i];
			return true;
		}
	}
	return false;
}

static enum http crl(struct visit *v)
{
	enum key_kind hierarchy;
	struct bytes der = { NULL, 0 };
	enum err err = ERR_NOT_FOUND;

	if (hierarchy_named(match_part(&v->match, "file"), ".crl", &hierarchy))
		err = crl_newest(&v->ctx, hierarchy, &der);
	return answer(v, err, "application/pkix-crl", der, "public, max-age=300");
}

static enum http ca_certificate(struct visit *v)
{
	static const struct {
		const char *prefix;
		enum certificate_role role;
	} roles[] = { { "root-", CERTIFICATE_ROOT }, { "issuing-", CERTIFICATE_ISSUING } };
	const char *file = match_part(&v->match, "file");
	struct bytes der = { NULL, 0 };
	enum err err = ERR_NOT_FOUND;
	enum key_kind hierarchy;

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (text_starts(file, roles[i].prefix) &&
			hierarchy_named(file + strlen(roles[i].prefix), ".cer", &hierarchy))
			err = authority_certificate(&v->ctx, roles[i].role, hierarchy, &der);
	return answer(v, err, "application/pkix-cert", der, "public, max-age=86400");
}

/* ---- OCSP on demand, by the responder's own key */

struct asking {
	struct ctx *ctx;
	enum key_kind hierarchy;
	enum err err; /* the database's, where it did not answer */
};

static enum ocsp_state state_of(void *arg, struct bytes serial, int64_t *revoked, int *reason)
{
	struct asking *asking = arg;
	enum err err;

	*revoked = 0;
	err = certificate_state(asking->ctx, asking->hierarchy, serial, revoked, reason);
	if (err != OK && err != ERR_NOT_FOUND)
		asking->err = err;
	return err != OK ? OCSP_UNKNOWN : *revoked ? OCSP_REVOKED : OCSP_GOOD;
}

static enum err answer_ocsp(struct visit *v, enum key_kind hierarchy, struct bytes question, struct bytes *der)
{
	struct asking asking = { .ctx = &v->ctx, .hierarchy = hierarchy };
	struct issuer responder = { .key = openapi_ocsp_key(hierarchy) };
	struct bytes issuer;

	TRY(authority_certificate(&v->ctx, CERTIFICATE_ISSUING, hierarchy, &issuer));
	TRY(authority_certificate(&v->ctx, CERTIFICATE_OCSP, hierarchy, &responder.certificate));
	TRY(ocsp_answer(v->ctx.arena, issuer, &responder, question, &(struct ocsp_lookup){ state_of, &asking },
		v->ctx.now, v->ctx.now + OCSP_LIFE, der));
	/* "unknown" would be a lie where only the database was busy */
	return asking.err;
}

static enum http ocsp(struct visit *v)
{
	struct bytes der = { NULL, 0 };
	enum err err = ERR_NOT_FOUND;
	enum key_kind hierarchy;

	if (hierarchy_named(match_part(&v->match, "hierarchy"), "", &hierarchy))
		err = answer_ocsp(v, hierarchy, v->request->body, &der);
	return answer(v, err, "application/ocsp-response", der, "no-store");
}

/* RFC 5019 6.2. */
static void let_keep(struct visit *v, struct bytes der)
{
	unsigned char hash[HASH_LEN];
	struct arena *arena = v->ctx.arena;

	crypto_hash(HASH_SHA256, der, hash);
	response_header(v->response, "ETag", arena_printf(arena, "\"%s\"", hex_encode(arena, BYTES_OF(hash))));
	response_header(v->response, "Last-Modified", time_http(arena, v->ctx.now));
	response_header(v->response, "Expires", time_http(arena, v->ctx.now + OCSP_KEPT));
}

/* The front server hands the path's end over as a parameter. There a plus that nobody escaped has become a space. */
static enum http ocsp_by_get(struct visit *v)
{
	char *text = arena_text(v->ctx.arena, pairs_get(&v->request->query, "request"));
	struct bytes question = { NULL, 0 }, der = { NULL, 0 };
	enum err err = ERR_NOT_FOUND;
	enum key_kind hierarchy;
	bool keep;

	for (char *c = text; c && *c; c++)
		*c = *c == ' ' ? '+' : *c;
	if (text && !base64_decode(v->ctx.arena, text, &question))
		question = (struct bytes){ NULL, 0 }; /* which is malformed, as the answer says */
	if (text && hierarchy_named(match_part(&v->match, "hierarchy"), "", &hierarchy))
		err = answer_ocsp(v, hierarchy, question, &der);
	keep = err == OK && ocsp_may_be_kept(question);
	if (keep)
		let_keep(v, der);
	return answer(v, err, "application/ocsp-response", der,
		keep ? "public, max-age=300, no-transform, must-revalidate" : "no-store");
}

/* ---- the log's checkpoints */

static enum http note(struct visit *v, enum err err, const char *text, const char *kept)
{
	return answer(v, err, "text/plain; charset=utf-8", bytes_of_text(err == OK ? text : NULL), kept);
}

static enum http newest_checkpoint(struct visit *v)
{
	const char *text = NULL;
	enum err err = oplog_newest_checkpoint(&v->ctx, &text);

	return note(v, err, text, "no-cache");
}

static enum http checkpoint_of_size(struct visit *v)
{
	const char *text = NULL;
	enum err err = ERR_NOT_FOUND;
	int64_t size;

	if (parse_int(match_part(&v->match, "size"), 1, INT64_MAX, &size))
		err = oplog_checkpoint_at(&v->ctx, size, &text);
	return note(v, err, text, "public, max-age=86400, immutable");
}

static enum http log_key(struct visit *v)
{
	return note(v, OK, openapi_log_key(), "public, max-age=86400");
}

/* ---- what there is */

static void add_address(json_t *list, struct visit *v, const char *path)
{
	json_array_append_new(
		list, json_string(arena_printf(v->ctx.arena, "%s/pki/%s", v->ctx.settings->pki_url, path)));
}

/* The addresses of all of it, so that who has only this one finds the others. */
static enum http directory(struct visit *v)
{
	json_t *out = json_object(), *certificates = json_array(), *lists = json_array(), *log = json_array();

	for (int i = 0; i < HIERARCHIES; i++) {
		struct hierarchy_urls urls = hierarchy_urls(v->ctx.arena, v->ctx.settings, hierarchy_kinds[i]);

		json_array_append_new(certificates, json_string(urls.root));
		json_array_append_new(certificates, json_string(urls.issuing));
		json_array_append_new(lists, json_string(urls.crl));
	}
	add_address(log, v, "log/checkpoint");
	add_address(log, v, "log/key");
	json_object_set_new(out, "certificates", certificates);
	json_object_set_new(out, "revocation_lists", lists);
	json_object_set_new(out, "log", log);
	return api_json(v, HTTP_OK, out);
}

const struct route pki_routes[] = { { "GET", "/pki", ANYONE, 0, NO_BODY, directory },
	{ "GET", "/pki/crl/:file", ANYONE, 0, NO_BODY, crl },
	{ "GET", "/pki/ca/:file", ANYONE, 0, NO_BODY, ca_certificate },
	{ "GET", "/pki/ocsp/:hierarchy", ANYONE, 0, NO_BODY, ocsp_by_get },
	{ "POST", "/pki/ocsp/:hierarchy", ANYONE, 0, OCSP_BODY, ocsp, NULL, 4096 },
	{ "GET", "/pki/log/checkpoint", ANYONE, 0, NO_BODY, newest_checkpoint },
	{ "GET", "/pki/log/checkpoint/:size", ANYONE, 0, NO_BODY, checkpoint_of_size },
	{ "GET", "/pki/log/key", ANYONE, 0, NO_BODY, log_key }, ROUTES_END };
