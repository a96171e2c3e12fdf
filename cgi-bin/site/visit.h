/* One call as the handler of a page sees it: the request, its checked form, who acts, and what answers. The dispatcher
 * has checked everything that the route's row declares before a handler runs. */
#pragma once
#include "core/org.h"
#include "core/session.h"
#include "web/form.h"
#include "web/view.h"

struct site;

struct visit {
	const struct site *site;
	const struct request *request;
	struct response *response;
	struct match match;
	struct form form;
	struct ctx ctx;
	bool signed_in;
	struct session session;     /* where signed_in */
	enum role role;             /* the account's in the org of the path */
	const char *visit;          /* the pre-session cookie's value; never NULL where the program has pages */
	struct view *layout, *page; /* the frame, and the page's own values; NULL where the program has no pages */
	bool again;                 /* the form is shown again: page() fills in what was typed */
	struct fault refused;       /* why; the page's own reads refuse and forget faults of their own */
	enum http status;           /* what page() answers with */
	bool new_visit;
	const char *called; /* the answers of visit_person, visit_orgs and visit_unread, looked up once */
	bool verified, unread_counted;
	int64_t unread;
	struct org *orgs;
	size_t org_count;
	bool has_token; /* the page's values hold its CSRF token */
	enum http form_fault;
};

/* The id behind ":name" of the path; 0, which no row has, where it is none. */
int64_t path_id(const struct visit *, const char *name);
/* Values of the declared form (form.h). */
const char *form_text(const struct visit *, const char *name);
int64_t form_int(const struct visit *, const char *name, int64_t fallback);
int64_t form_id(const struct visit *, const char *name); /* 0: absent */
bool form_flag(const struct visit *, const char *name);

/* What the person is called (core/realname.h), the person's orgs (core/org.h) and the number of unread messages
 * (core/message.h): the frame shows them on every page. */
/* Says that a page will ask for person, messages and orgs (store_ahead). */
void visit_ahead(struct visit *);
enum err visit_person(struct visit *, const char **called, bool *verified) CHECKED;
enum err visit_orgs(struct visit *, struct org **out, size_t *count) CHECKED;
enum err visit_unread(struct visit *, int64_t *out) CHECKED;

/* Answers. Each returns the status for the handler to return. */

/* How the frame around a page looks; the head comment of each template says it. */
struct frame {
	const char *title;
	const char *back;   /* path of the page above, without base; NULL: one of the root pages */
	const char *at;     /* "AT_HOME", "AT_ORGS", "AT_WORK", "AT_ME" or NULL */
	const char *at_org; /* place in the org's own navigation: "AT_OVERVIEW", "AT_SEALS" …; NULL: without it */
	bool bottom;        /* the bottom bar; not on pages with a decision */
	bool gate;          /* the layout without navigation */
	bool refresh;       /* browsers without script load it again */
};
enum http page(struct visit *, const char *file, const struct frame *);
enum http fragment(struct visit *, const char *file); /* the page's own part alone, for htmx */
/* 303 to a path below the base, which must begin with one '/'. For a fragment the browser is told by HX-Redirect. */
enum http go(struct visit *, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *own_url(const struct visit *, const char *path); /* absolute, to be copied into another browser (CERT-7) */
bool path_is_own(const char *path); /* may be gone to: "/x", not "//x", no backslash or control */
/* Shown once at the top of the next page: a key of the table of flashes. */
void flash(struct visit *, const char *key);

/* What the forms of a fragment or an include need as their CSRF; a page has it by itself. */
void add_form_fields(struct visit *, struct view *);
/* In a chat app's own browser, which holds no certificates: the notice that names the URL of path to open elsewhere. */
void add_in_app(struct visit *, const char *path);

/* What a core call refused. back_with_fault: the same page again with the right status, what was typed and the messages
 * at the fields; where no word says what to mend, and for what is not there or broken, the error page. */
enum http back_with_fault(struct visit *, enum err);
enum http failed(struct visit *, enum err);
/* An error page: what happened, what did not, what to do, and the reference (HELP-3). word: a key of the table of
 * errors for a more exact one, or NULL. */
enum http error_page(struct visit *, enum http, const char *word);
enum http http_of(enum err);
/* Inside a handler that shows a page. */
#define SHOWN(v, call)                                                                                                 \
	do {                                                                                                           \
		enum err shown_ = (call);                                                                              \
		if (shown_ != OK)                                                                                      \
			return failed(v, shown_);                                                                      \
	} while (0)

/* Cookies of the portal, all below the base path. The device secret alone is Strict and goes to /keys only. */
#define COOKIE_SESSION       "session"
#define COOKIE_VISIT         "visit"
#define COOKIE_FLASH         "flash"
#define COOKIE_DEVICE        "device"
#define COOKIE_DEVICE_SECRET "device-secret"
const char *cookie_get(const struct visit *, const char *name);                          /* NULL: not sent */
void cookie_set(struct visit *, const char *name, const char *value, int64_t max_age_s); /* 0: session; -1: forget */
