/* A certificate authority's acts on given keys: certificates, CRLs, OCSP answers. Profiles of CERT-16 (RFC 5280,
 * GB/T 20518); SM2 and P-256. No files, no database. */
#pragma once
#include "trust/certificate.h"

struct issuer {
	const struct key *key;
	struct bytes certificate; /* DER; empty for a root that signs itself */
};

enum profile { PROFILE_ROOT, PROFILE_ISSUING, PROFILE_SIGNING, PROFILE_ENCRYPTION, PROFILE_OCSP };

struct issue {
	enum profile profile;
	const struct key *public_half;
	struct subject subject;
	int64_t not_before, not_after;               /* ms UTC, whole seconds in the certificate */
	const char *crl_url, *ocsp_url, *issuer_url; /* AIA and CRL DP; NULL: left out (roots) */
	const char *policy_oid;                      /* NULL: none */
	unsigned char serial[20];                    /* from serial_make */
};
/* 20 octets, positive: 159 random bits, drawn again while the first octet is zero, so that the DER has 20 octets
 * too. */
void serial_make(unsigned char out[20]);
/* Signing: critical keyUsage digitalSignature + nonRepudiation, EKU emailProtection + 1.3.6.1.5.5.7.3.36; encryption:
 * keyEncipherment + dataEncipherment + keyAgreement; OCSP: EKU OCSPSigning + nocheck; end entities without
 * BasicConstraints for SM2 (CA:FALSE is an empty SEQUENCE that other GM software refuses). SKI and AKI always. */
enum err ca_issue(struct arena *, const struct issuer *, const struct issue *, struct bytes *der) CHECKED;

struct revoked {
	struct bytes serial; /* octets */
	int64_t when;        /* ms UTC */
	int reason; /* RFC 5280 5.3.1: 1 keyCompromise, 3 affiliationChanged, 4 superseded, 5 cessation, 0 none */
};
enum err ca_crl(struct arena *, const struct issuer *, const struct revoked *, size_t count, int64_t number,
	int64_t this_update, int64_t next_update, struct bytes *der) CHECKED;

/* OCSP (RFC 6960). For each certificate asked about, lookup tells its state by the serial's octets; a foreign issuer's
 * certificate is unknown without being looked up. */
enum ocsp_state { OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN };
struct ocsp_lookup {
	enum ocsp_state (*state)(void *arg, struct bytes serial, int64_t *revoked, int *reason);
	void *arg;
};
/* One responder: its issuer's certificate and the delegated key and certificate. request of at most 4 KB and 16
 * questions; a malformed one gets the standard's malformedRequest answer, not an error. nonce echoed (1 to 32 octets).
 * Each CertID is matched by hashes of issuer name and key (SHA-1, SHA-256 or SM3). */
enum err ocsp_answer(struct arena *, struct bytes issuer_certificate, const struct issuer *responder,
	struct bytes request, const struct ocsp_lookup *, int64_t now, int64_t next_update, struct bytes *der) CHECKED;
/* Whether an answer to this question serves others who ask the same: it is well-formed and holds no nonce (RFC 5019
 * 4). */
bool ocsp_may_be_kept(struct bytes request);
/* For yinxinctl cert verify: checks a response for one certificate by our own code (both algorithms). ERR_DENIED:
 * bad. */
enum err ocsp_request_make(struct arena *, struct bytes certificate, struct bytes issuer, struct bytes *der) CHECKED;
enum err ocsp_check(struct bytes response, struct bytes certificate, struct bytes issuer, int64_t now,
	enum ocsp_state *out) CHECKED;
