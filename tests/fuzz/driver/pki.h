/* A small hierarchy whose keys are small numbers, so that certificates and questions of the corpora fit it in each
 * run. */
#pragma once
#include "tests/fuzz/driver/fuzz.h"
#include "trust/ca.h"

#define PKI_NOW INT64_C(1795503121000) /* 2026-11-24T06:52:01Z */

struct fuzz_pki {
	struct key *root_key, *issuing_key, *leaf_key, *ocsp_key;
	struct bytes root, issuing, leaf, ocsp;
};
const struct fuzz_pki *fuzz_pki(enum key_kind); /* KEY_SM2 or KEY_P256; made once */
