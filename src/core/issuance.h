/* One issuance as the ca lane carries it: what issuance_read.c gathers and issuance.c acts on. Theirs alone. */
#pragma once
#include "base/clock.h"
#include "connect/ca.h"
#include "core/bundle.h"

struct issuance_key {
	int64_t id;
	enum key_use use;
	enum key_kind kind;
	struct bytes spki, request, der; /* der: what the CA answered */
};
struct issuing_act {
	int64_t id, instance, account, cert, org, device;
	enum issuance_kind kind;
	enum issuance_state state;
	const char *item_name, *device_name;
	struct ca_order order;           /* the subject, from verified records */
	struct issuance_key keys[BUNDLE_KEYS];
	const char *denied;              /* why it is refused for good, for operators; NULL: it is not */
};
/* A ctx_body: fills the act by its id, and denied where the entitlement or its holder is no longer what it takes. */
enum err issuance_read(struct ctx *, void *act) CHECKED;
/* Notes why and gives ERR_DENIED. */
enum err issuance_deny(struct issuing_act *, const char *why) CHECKED;
