/* What portal and openapi share between web and core: opening, dispatching, guards, answers. */
#pragma once
#include "base/crypto.h"
#include "cgi-bin/site/visit.h"

struct site {
	const char *program; /* in logs and metrics */
	const struct route *const *tables;
	const char *const *key_folders; /* below DATA/keys, the only ones this program reads */
	bool pages;                     /* sessions, cookies, CSRF, templates, one Host */
	bool keys_pool;                 /* serves the rows with KEYS_POOL, and only those */
	enum http (*error)(struct visit *, enum http, const char *word); /* response is empty; status already set */
	size_t body_limit;
	/* keys of the program's own, read by each worker before it shuts itself off; NULL: none */
	enum err (*read_keys)(struct site *, const char **why);
	void (*wipe_keys)(void);

	struct settings settings;
	struct house house;
	struct arena *arena, *secret; /* the process's; each request's secrets */
	struct hmac_key *web_key;     /* CSRF, flash; pages only */
};

/* What all workers of a program share: reads DATA/yinxin.conf (path of that file), checks the tables, loads templates.
 * No secret is read. *why tells a person. */
enum err site_load(struct site *, const char *config, const char **why) CHECKED;
/* What a worker has for itself: database, keys, counters. */
enum err site_open(struct site *, const char **why) CHECKED;
/* The value of --workers; -1: no number of processes. */
int site_workers(const char *value);
/* From now on the process opens only what a running program still needs: its keys, database and files, and fonts and
 * libraries for drawing seals. */
enum err site_confine(struct site *, const char **why) CHECKED;
void site_close(struct site *);
/* All of it: loads, and has as many workers (0: this process) open what is theirs, shut themselves off, and serve until
 * told to end. command: the program's own command line (workers_run). The program's exit status. */
int site_run(struct site *, char *const *command, const char *config, int workers);
/* One request through guards and handler; what site_run gives to the FastCGI loop. */
void site_serve(void *site, const struct request *, struct response *);

/* The guards behind a row, in the order of SEC-1: session, org and role, edition, real name, session's level, CSRF and
 * Origin, body. HTTP_OK: come in. Otherwise the answer is made. */
enum http guards_pass(struct visit *);
/* Ends the process when a row cannot be enforced: org roles without ":org", a pattern without handler, a page's
 * POST that is no form and so carries no token. */
void guards_check_tables(const struct route *const *tables, bool pages);
/* --routes: every row on standard output, a JSON array of { method, pattern, roles, needs, body, fields }. The
 * program's exit status. */
int routes_print(const struct route *const *tables);

enum http page_again(struct visit *, enum http status);             /* the form's page again; answer.c */
void headers_add(struct visit *);                                   /* SEC-2, on every answer */
enum err layout_fill(struct visit *, const struct frame *) CHECKED; /* the values of the frame; layout.c */
enum http page_error(struct visit *, enum http, const char *word);  /* the error hook of programs with pages */

extern const struct route health_routes[]; /* /healthz, /readyz */
