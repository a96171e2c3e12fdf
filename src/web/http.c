/* Pairs and responses. */
#include "base/log.h"
#include "web/http.h"

const char *pairs_get(const struct pairs *pairs, const char *name)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (!strcmp(pairs->list[i].name, name))
			return pairs->list[i].value;
	return NULL;
}

void response_init(struct response *response, struct arena *arena)
{
	*response = (struct response){
		.arena = arena, .status = HTTP_OK, .headers = buf_new(arena), .body = buf_new(arena)
	};
}

static void refuse(struct response *response)
{
	struct arena *arena = response->arena;

	response_init(response, arena);
	response->status = HTTP_BROKEN;
	response->refused = true;
}

static bool is_token(const char *text)
{
	/* RFC 9110 5.6.2 */
	return *text &&
		text[strspn(text, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] ==
		0;
}

static bool has_control(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (*c < 0x20 || *c == 0x7f)
			return true;
	return false;
}

void response_header(struct response *response, const char *name, const char *value)
{
	if (response->refused)
		return;
	if (!is_token(name) || has_control(value)) {
		LOG(LOG_ERROR, "header-refused", L("header", is_token(name) ? name : "?"));
		refuse(response);
		return;
	}
	buf_text(&response->headers, name);
	buf_text(&response->headers, ": ");
	buf_text(&response->headers, value);
	buf_text(&response->headers, "\r\n");
}

void response_lines(struct response *response, const char *lines)
{
	if (!response->refused)
		buf_text(&response->headers, lines);
}

enum http respond(struct response *response, enum http status, const char *content_type, struct bytes body)
{
	if (content_type)
		response_header(response, "Content-Type", content_type);
	if (response->refused)
		return response->status;
	response->status = status;
	buf_bytes(&response->body, body);
	return status;
}

enum http respond_redirect(struct response *response, const char *location)
{
	response_header(response, "Location", location);
	return respond(response, HTTP_SEE_OTHER, NULL, (struct bytes){ NULL, 0 });
}

/* RFC 6265 4.1.1: no space, quote, comma, semicolon, backslash. */
static bool is_cookie_value(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (*c <= 0x20 || *c >= 0x7f || strchr("\",;\\", *c))
			return false;
	return true;
}

void response_cookie(struct response *response, const struct cookie *cookie)
{
	struct buf line = buf_new(response->arena);
	const char *path = cookie->path && *cookie->path ? cookie->path : "/";

	if (!is_token(cookie->name) || !is_cookie_value(cookie->value) || strchr(path, ';')) {
		LOG(LOG_ERROR, "cookie-refused");
		refuse(response);
		return;
	}
	buf_printf(&line, "%s=%s; Path=%s; HttpOnly; SameSite=%s", cookie->name, cookie->value, path,
		cookie->strict ? "Strict" : "Lax");
	if (cookie->secure)
		buf_text(&line, "; Secure");
	if (cookie->max_age)
		buf_printf(&line, "; Max-Age=%lld", cookie->max_age < 0 ? 0 : (long long)cookie->max_age);
	response_header(response, "Set-Cookie", line.data);
}
