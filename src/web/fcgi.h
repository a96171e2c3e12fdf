/* The FastCGI loop over libfcgi: one request at a time in each process; many processes, forked by workers_run. */
#pragma once
#include "web/http.h"

struct fcgi_handler {
	void (*serve)(void *arg, const struct request *, struct response *);
	void *arg;
	size_t body_limit;     /* the largest any route takes; more is 413 without being read */
	const char *base_path; /* "" or "/yinxin": stripped; anything outside is 404 */
};
/* Runs until SIGTERM or SIGUSR1, on the listening socket that is file 0; the request that was taken is finished, from
 * its first byte on. The arena is the request's own. */
int fcgi_run(const struct fcgi_handler *);
