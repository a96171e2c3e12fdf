/* What the files of the built-in CA and of cert share: the two hierarchies, the issuing keys, and rows of certificate
 * and crl. Pages and programs use cert.h and ca_builtin.h. */
#pragma once
#include "core/ca_builtin.h"
#include "trust/ca.h"

/* A hierarchy is named by the key kind of its CAs: KEY_SM2 or KEY_P256. */
enum { HIERARCHIES = 2 };
extern const enum key_kind hierarchy_kinds[HIERARCHIES];
const char *hierarchy_word(enum key_kind);            /* "sm2", "p256": in file names and URLs */
enum key_kind hierarchy_of(enum key_kind end_entity); /* who certifies such keys */
/* <pki_url><path>: "/pki/crl/sm2.crl", "/pki/ocsp/sm2", "/pki/ca/issuing-sm2.cer", "/pki/ca/root-sm2.cer". */
struct hierarchy_urls {
	const char *crl, *ocsp, *issuing, *root;
};
struct hierarchy_urls hierarchy_urls(struct arena *, const struct settings *, enum key_kind);
/* Where the private key of a CA or responder lies: role ROOT, ISSUING or OCSP. */
const char *authority_key_path(struct arena *, const struct settings *, enum certificate_role, enum key_kind);
enum err authority_key_read(struct arena *, struct arena *secret, const struct settings *, enum certificate_role,
	enum key_kind, struct key **out, const char **why) CHECKED;

struct issuing {
	enum key_kind hierarchy;
	struct key *key;
	struct bytes certificate;
	int64_t not_after; /* of the certificate */
	struct hierarchy_urls urls;
};
struct authority {
	struct arena *arena; /* secret */
	struct issuing issuing[HIERARCHIES];
	unsigned char recovery[KEY_LEN]; /* private half (CERT-6) */
};
const char *recovery_key_path(struct arena *, const struct settings *); /* its file */

/* ---- rows */

struct certificate_new {
	enum certificate_role role;
	enum key_kind hierarchy;
	int64_t instance_key, issuance; /* 0: a CA's own */
	struct bytes der;
};
enum err certificate_add(struct ctx *, const struct certificate_new *, int64_t *id) CHECKED;
/* chain_check of an end entity against our issuing CA and root of that hierarchy at the time `when`; revocation is not
 * asked. key: whose public half it has to certify, NULL: whoever's. */
enum err certificate_trusted(struct ctx *, enum key_kind hierarchy, struct bytes der, const struct key *key,
	int64_t when, enum chain_fault *out) CHECKED;

struct crl_new {
	enum key_kind hierarchy;
	int64_t number, this_update, next_update;
	struct bytes der;
};
/* Signs the list of what stands revoked now, with that number. */
enum err crl_make(struct ctx *, const struct issuing *, int64_t number, struct crl_new *out) CHECKED;
enum err crl_add(struct ctx *, const struct crl_new *) CHECKED;
/* A responder's certificate for this public half, from now on (30 days). */
enum err ocsp_certificate_make(
	struct ctx *, const struct issuing *, const struct key *public_half, struct bytes *der) CHECKED;
