/* A small hierarchy for tests: root, issuing CA, a signing leaf and a responder, valid around PKI_NOW. */
#pragma once
#include "tests/unit/suite.h"
#include "base/clock.h"
#include "trust/ca.h"

#define PKI_NOW  INT64_C(1795503121000) /* 2026-11-24T06:52:01Z */
#define PKI_FROM (PKI_NOW - DAY)
#define PKI_TO   (PKI_NOW + DAY)

struct pki {
	struct key *root_key, *issuing_key, *leaf_key, *ocsp_key;
	struct bytes root, issuing, leaf, ocsp;
	struct issuer by_root, by_issuing, by_ocsp;
};

/* CA keys and responder of one kind, the leaf of another. pki_free gives the keys back. */
struct pki *pki_make(enum key_kind, enum key_kind leaf);
void pki_free(struct pki *);

/* What the leaf is issued with, to be varied. */
struct issue pki_issue(const struct pki *, enum profile);
struct bytes pki_certify(const struct issuer *, const struct issue *);
/* The issuing CA's CRL over these. */
struct bytes pki_crl(const struct pki *, const struct revoked *, size_t count);
enum chain_fault pki_check(const struct pki *, struct bytes leaf, int64_t when);
enum chain_fault pki_check_crl(const struct pki *, struct bytes crl, int64_t when);
struct bytes pki_serial(struct bytes certificate);
