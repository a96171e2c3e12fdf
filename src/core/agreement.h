/* What one agrees to, in versions (LOGIN-1, CERT-18). Writes agreement and agreement_yes. */
#pragma once
#include "core/ctx.h"

enum agreement_kind { AGREEMENT_USER, AGREEMENT_PRIVACY, AGREEMENT_CERTIFICATE };
struct agreement {
	int64_t id, published;
	enum agreement_kind kind;
	const char *version, *title, *body;
};
enum err agreement_current(struct ctx *, enum agreement_kind, struct agreement *out) CHECKED;
enum err agreement_publish(struct ctx *, enum agreement_kind, const char *version, const char *title, const char *body,
	int64_t *id) CHECKED; /* CLI only */
enum err agreement_give(
	struct ctx *, int64_t account, int64_t agreement) CHECKED; /* again is fine; in a write transaction */
