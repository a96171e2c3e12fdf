/* What an authorization request wants signed; used by authorize.c alone. */
#pragma once
#include "core/authorize.h"

struct parameters {
	struct ctx *ctx;
	const struct authorize_source *source;
	bool twice; /* some name was sent more than once */
};
const char *parameter(struct parameters *, const char *name);
/* Fills items, count and seal_kind from authorization_details, or from credentialID, numSignatures and hash or
 * hashes. */
enum err authorize_items(struct parameters *, struct ticket_request *) CHECKED;
