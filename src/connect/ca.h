/* A certification authority that issues for us (CERT-17): one interface; built in over trust (core/ca_builtin), others
 * by CMP. Called from the ca lane alone. Idempotent by transaction id. */
#pragma once
#include "base/arena.h"

struct ca_order {
	int64_t transaction;  /* the issuance's id */
	struct bytes request; /* PKCS#10, proof of possession checked by the caller */
	bool encryption;      /* for an encryption key */
	const char *org, *org_id, *common_name, *holder, *id_hash; /* subject from verified records */
	int64_t not_before, not_after;                             /* ms UTC */
};
struct ca_way {
	const char *name;
	/* ERR_UNAVAILABLE: again later. ERR_DENIED: refused for good. */
	enum err (*issue)(const struct ca_way *, struct arena *, const struct ca_order *, struct bytes *der);
	void *state;
};
