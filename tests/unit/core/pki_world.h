/* A world with certificate passwords and the built-in CA. Worlds of one person: Zhang, verified, with a password, in
 * one browser. */
#pragma once
#include "core/ca_builtin.h"
#include "core/cert.h"
#include "tests/unit/core/world.h"

#define PIN       "correct horse 7"
#define WRONG_PIN "battery staple 8"

struct pki_world {
	struct world *w;
	struct pin_keys keys;
	struct authority *authority;
	int64_t account, other; /* Zhang, and Li once another_person was called */
	int64_t device;
	const char *secret; /* the browser's device-secret cookie */
};
struct pki_world *pki_world(void); /* a verified person without a password */
struct pki_world *pki_world_with(const char *const *values);
struct pki_world *pin_world(void); /* with PIN set */
void pki_close(struct pki_world *);

struct ctx *zhang(struct pki_world *);      /* at the browser */
void another_browser(struct pki_world *);   /* Zhang goes to one that holds nothing */
int64_t another_person(struct pki_world *); /* Li, verified, with the same PIN; Zhang acts on */

int64_t trial_item(struct pki_world *, enum cert_kind);
int64_t taken(struct pki_world *);                  /* a personal cert, waiting */
enum err install(struct pki_world *, int64_t cert); /* with PIN; keeps a new device secret */
void run_ca_lane(struct pki_world *);               /* until it has nothing due */
int64_t installed(struct pki_world *);              /* taken, installed, issued */
int64_t org_cert(struct pki_world *, int64_t *org); /* Zhang is its legal representative */
struct cert the_cert(struct pki_world *, int64_t id);
/* The certificate in use for that use, as DER. */
struct bytes current_certificate(struct pki_world *, int64_t cert, enum key_use);
int64_t current_credential(struct pki_world *, int64_t cert, enum key_use);
/* Opens the keys as an approval does. */
enum err open_instance(struct pki_world *, int64_t cert, const char *pin, const char *secret, struct opened *);
struct bytes authority_der(struct pki_world *, enum certificate_role, enum key_kind hierarchy);
struct bytes newest_crl(struct pki_world *, enum key_kind hierarchy);
enum chain_fault checked(struct pki_world *, struct bytes der); /* certificate_check */
