/* Authorization requests: parsed, checked in the order of the standards, turned into tickets (API-1 to API-3). Before
 * client and redirect_uri are known to belong together, nothing is redirected anywhere (RFC 6749 4.1.2.1). */
#include "base/text.h"
#include "core/ask_items.h"
#include "core/authorize_items.h"
#include "core/redirect.h"

const char *parameter(struct parameters *p, const char *name)
{
	const char *value = p->source->get(p->source->arg, name, &p->twice);

	return value && *value ? value : NULL;
}

static enum err refuse(struct ctx *ctx, const char *code, const char *description)
{
	return ask_refuse(ctx, ERR_INVALID, code, description);
}

/* ---- one request, whatever its way */

static enum err read_code_flow(struct parameters *p, struct ticket_request *r)
{
	const char *type = parameter(p, "response_type"), *mode = parameter(p, "response_mode");
	const char *method = parameter(p, "code_challenge_method");

	r->state = parameter(p, "state");
	r->nonce = parameter(p, "nonce");
	r->challenge = parameter(p, "code_challenge");
	if (!type)
		return refuse(p->ctx, "invalid_request", "Missing (or invalid type) string parameter response_type");
	if (!text_equal(type, "code"))
		return refuse(p->ctx, "unsupported_response_type", "Only code is supported");
	if (mode && !text_equal(mode, "query"))
		return refuse(p->ctx, "invalid_request", "Only the response_mode query is supported");
	if (parameter(p, "request"))
		return refuse(p->ctx, "request_not_supported", "Request objects are not supported");
	if (r->challenge && !text_equal(method, "S256"))
		return refuse(p->ctx, "invalid_request", "Only the code_challenge_method S256 is supported");
	/* a person always decides on the phone */
	if (text_equal(parameter(p, "prompt"), "none"))
		return refuse(p->ctx, "interaction_required", "Every request is decided by a person");
	return OK;
}

static enum err read_request(struct parameters *p, struct ticket_request *r)
{
	bool details = parameter(p, "authorization_details") != NULL;

	r->scope = parameter(p, "scope");
	if (!r->scope)
		r->scope = details ? "credential" : "";
	if (r->way != TICKET_DEVICE)
		TRY(read_code_flow(p, r));
	TRY(authorize_items(p, r));
	return p->twice ? refuse(p->ctx, "invalid_request", "A parameter was sent more than once") : OK;
}

/* ---- the endpoint */

static enum err error_page(struct ctx *ctx, const char *word)
{
	return fault(ctx, ERR_INVALID, NULL, word);
}

/* The browser goes back with what the fault says; a failure of ours stays here. */
static enum err go_back(struct ctx *ctx, enum err err, const struct ticket_request *r, const char **location)
{
	if (err != ERR_INVALID && err != ERR_DENIED)
		return err;
	*location = redirect_with(ctx->arena, r->redirect_uri,
		(const struct redirect_part[]){ { "error", ctx->fault.word },
			{ "error_description", ctx->fault.detail }, { "state", r->state },
			{ "iss", ctx->settings->public_url }, { NULL, NULL } });
	return OK;
}

static enum err present(struct parameters *p, const char *uri, const char *client, const char *visit, int64_t *ticket)
{
	struct ctx *ctx = p->ctx;
	enum err err = ERR_NOT_FOUND;

	if (text_starts(uri, REQUEST_URI_PREFIX))
		err = ticket_present(ctx, uri + strlen(REQUEST_URI_PREFIX), client, visit, ticket);
	return err == ERR_NOT_FOUND || err == ERR_CONFLICT ? error_page(ctx, "authorize-handle") : err;
}

enum err authorize(struct ctx *ctx, const struct authorize_source *source, const char *visit, int64_t *ticket,
	const char **location)
{
	struct parameters p = { .ctx = ctx, .source = source };
	const char *client = parameter(&p, "client_id"), *uri = parameter(&p, "request_uri");
	struct ticket_request r = { .way = TICKET_PAGE, .redirect_uri = parameter(&p, "redirect_uri") };
	struct platform platform;
	const char *handle;
	enum err err;

	*ticket = 0;
	*location = NULL;
	err = client && !p.twice ? platform_by_client(ctx, client, &platform) : ERR_NOT_FOUND;
	if (err == ERR_NOT_FOUND)
		return error_page(ctx, "authorize-client");
	TRY(err);
	if (uri)
		return present(&p, uri, client, visit, ticket);
	if (!r.redirect_uri || !platform_redirect_allowed(&platform, r.redirect_uri))
		return error_page(ctx, "authorize-redirect");
	r.platform = platform.id;
	err = read_request(&p, &r);
	if (err == OK)
		err = ticket_ask(ctx, &r, visit, ticket, &handle);
	return err == OK ? OK : go_back(ctx, err, &r, location);
}

enum err authorize_push(
	struct ctx *ctx, const struct platform *platform, const struct authorize_source *source, const char **handle)
{
	struct parameters p = { .ctx = ctx, .source = source };
	struct ticket_request r = { .way = TICKET_PUSHED, .platform = platform->id };
	int64_t ticket;

	if (parameter(&p, "request_uri"))
		return refuse(ctx, "invalid_request", "A pushed request holds no request_uri");
	r.redirect_uri = parameter(&p, "redirect_uri");
	TRY(read_request(&p, &r));
	return ticket_ask(ctx, &r, NULL, &ticket, handle);
}

enum err authorize_device(struct ctx *ctx, const struct platform *platform, const struct authorize_source *source,
	int64_t *ticket, const char **device_code)
{
	struct parameters p = { .ctx = ctx, .source = source };
	struct ticket_request r = { .way = TICKET_DEVICE, .platform = platform->id };

	TRY(read_request(&p, &r));
	return ticket_ask(ctx, &r, NULL, ticket, device_code);
}
