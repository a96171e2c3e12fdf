/* Sending an SMS: one interface, picked by configuration (CON-2). The built-in way (core/sms_held) holds it for the
 * outbox; the others call a service from the out lane. */
#pragma once
#include "base/arena.h"

struct sms {
	int64_t job;          /* idempotency key */
	const char *phone;    /* E.164 */
	const char *template; /* "code": key of the provider's template table */
	const char *code;     /* the bounded variable of template "code" */
	const char *text;     /* the whole sentence, for providers without templates and for the held way */
};
enum sms_end { SMS_SENT, SMS_HELD, SMS_AGAIN, SMS_REFUSED };
struct sms_way {
	const char *name;
	/* error: for operators, from the arena, without phone or code. */
	enum sms_end (*send)(const struct sms_way *, struct arena *, const struct sms *, const char **error);
	const char *url, *secret; /* of ways over the network */
};
/* POST of {"id","phone","template","code","text"} as JSON to url, Authorization: Bearer secret; 2xx sent, 4xx refused
 * (408 and 429 again), anything else again. Connect 2 s, total 5 s, no redirects (CON-1). */
struct sms_way *sms_http(struct arena *, const char *url, const char *secret);
