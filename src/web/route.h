/* The route table: each row declares method, pattern, who may come in, what the body may be and which fields it holds.
 * The dispatcher enforces the row; a handler never re-types it. */
#pragma once
#include "web/http.h"

struct visit; /* request, response, form and ctx of one call: defined by cgi-bin/site */
struct route;

enum {                      /* roles, a bit set: any of these may come in */
	ANYONE = 1 << 0,    /* also without a session */
	SIGNED_IN = 1 << 1, /* any account */
	LEGAL_REP = 1 << 2, /* of the org in the path */
	ADMIN = 1 << 3,
	MEMBER = 1 << 4,
	CLIENT = 1 << 5 /* openapi: a platform by its own credentials or a token, checked by the handler's module */
};
enum {                         /* needs, a bit set: all of these must hold */
	REAL_NAME = 1 << 0,    /* RN-1 */
	FULL_SESSION = 1 << 1, /* not a kept one */
	FRESH_CODE = 1 << 2,   /* an SMS code within 5 minutes */
	KEYS_POOL = 1 << 3,    /* served by the pool that reads the pepper */
	WRITES = 1 << 4,       /* a GET that writes: authorize, claim, collect */
	ANY_EDITION = 1 << 5,  /* a form that a page of the other edition may send: the switch itself, logout */
	PLAIN = 1 << 6,        /* health and metrics: under any Host, without session, cookies or database */
	FROM_ELSEWHERE = 1
		<< 7 /* a form that pages of other sites send, and that changes nothing: no CSRF token, and no
				   cookie is set, for our own did not come along */
};
enum body { NO_BODY, FORM_BODY, JSON_BODY, MULTIPART_BODY, OCSP_BODY };

enum field_kind {
	FIELD_TEXT,   /* one line of plain text, trimmed; min..max code points, max 0: 200 */
	FIELD_SECRET, /* as typed, into the secret arena, min..max bytes, max 0: 200; never handed back */
	FIELD_FLAG,   /* present or not */
	FIELD_INT,    /* whole number min..max */
	FIELD_ID,
	FIELD_WORD /* one of words */
};
struct field {
	const char *name;
	enum field_kind kind;
	int64_t min, max;
	const char *const *words;
	bool optional;
};
#define FIELDS_END                                                                                                     \
	{                                                                                                              \
		NULL, FIELD_TEXT, 0, 0, NULL, false                                                                    \
	}

struct route {
	const char *method, *pattern;
	unsigned roles, needs;
	enum body body;
	enum http (*handler)(struct visit *);
	const struct field *fields;
	size_t body_limit; /* 0: the default of its kind (form 64 KB, JSON 256 KB) */
	enum http (*page)(
		struct visit *);       /* shows the form again when it is refused; NULL: the GET row of the same path */
	void (*check)(struct visit *); /* notes (form_fault) what else is wrong or missing and cheap to see, so that all
					  of it is told at once; the handler's rules decide. NULL: nothing */
};
#define ROUTES_END                                                                                                     \
	{                                                                                                              \
		NULL, NULL, 0, 0, NO_BODY, NULL, NULL, 0                                                               \
	}

enum { PATH_PARTS = 6 };
struct match {
	const struct route *route;
	struct pair parts[PATH_PARTS]; /* ":org" -> { "org", "123" } */
	size_t count;
};
/* Finds the row for method and path among tables (ended by NULL; static, for they are sorted once when first seen).
 * HTTP_OK, HTTP_NOT_FOUND or HTTP_NOT_ALLOWED (the Allow header's value in *allow). Words in a pattern win over parts,
 * the leftmost first; a path belongs to one pattern, whose rows alone decide the methods. HEAD takes GET's row. */
enum http route_find(const struct route *const *tables, const char *method, const char *path, struct arena *,
	struct match *out, const char **allow);
const char *match_part(const struct match *, const char *name);
