/* A whole program over a made installation, and requests to it as text. What an act writes is rolled back, so that each
 * input finds the same. The installation's clock stands still. */
#pragma once
#include "tests/fuzz/driver/fuzz.h"
#include "cgi-bin/site/site.h"
#include "tests/unit/core/ticket_world.h"

struct fuzz_site {
	struct site site;
	struct ticket_world *world;
	const char
		*words[32]; /* what a byte below 32 stands for in a request: tokens and ids, which no input can know */
	struct request request;
	struct response response;
};
/* Finishes the site's opening (tables, pages and the like are set) over the world's folder. */
void fuzz_site_open(struct fuzz_site *, struct ticket_world *);
/* Input: "METHOD URI", lines of headers, an empty line, the body. false: not so, nothing was asked. */
bool fuzz_site_ask(struct fuzz_site *, struct bytes input);
/* What every answer holds: no server error, well-formed headers, a body of the kind that it says. */
void fuzz_site_check(const struct fuzz_site *);
const char *fuzz_site_header(const struct fuzz_site *, const char *name); /* NULL: not sent */
