/* The built-in CA (CERT-17, CERT-18): roots and issuing CAs for SM2 and P-256 over trust/ca. Root keys are used once,
 * at ca_init; issuing keys are read by the ca lane alone. */
#pragma once
#include "connect/ca.h"
#include "core/cert.h"

struct authority;
/* Makes roots and issuing CAs (keys under DATA/keys/root and DATA/keys/ca, the recovery key pair, certificates as rows
 * of certificate), OCSP responder keys under DATA/keys/api with their first certificates, and the first CRLs. One write
 * transaction; ERR_CONFLICT: there is a CA. */
enum err ca_init(struct ctx *, const char **why) CHECKED;
/* The issuing keys, and the recovery key. */
enum err authority_open(struct ctx *, struct authority **out, const char **why) CHECKED;
/* The recovery key's private half (CERT-6), for struct house; it goes with the authority. */
const unsigned char *authority_recovery(const struct authority *);
void authority_close(struct authority **);
/* A responder's key (DATA/keys/api), for openapi; its certificate: authority_certificate(CERTIFICATE_OCSP). */
enum err ocsp_key_read(
	struct arena *, const struct settings *, enum key_kind hierarchy, struct key **out, const char **why) CHECKED;
/* The way that the ca lane uses. */
struct ca_way *ca_builtin(struct arena *, struct authority *);
