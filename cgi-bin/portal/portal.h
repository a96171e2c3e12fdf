/* The portal's route tables, one for each family of pages; and the keys pool's secrets. */
#pragma once
#include "core/pin.h"
#include "web/route.h"

extern const struct route *const portal_tables[];

extern const struct route login_routes[]; /* login, agreements, first steps, edition, logout */
extern const struct route home_routes[];
extern const struct route me_routes[]; /* one's own page, sessions, devices, consents */
extern const struct route pin_routes[];
extern const struct route records_routes[]; /* lists of records */
extern const struct route record_routes[];  /* one record with its receipt */
extern const struct route message_routes[];
extern const struct route org_routes[];
extern const struct route certs_routes[]; /* lists of certs, catalogue, taking one */
extern const struct route cert_routes[];  /* one cert: details, files, revoking */
extern const struct route cert_install_routes[];
extern const struct route seal_routes[]; /* an org's seals, one seal, its pictures, voiding */
extern const struct route seal_make_routes[];
extern const struct route scan_routes[];      /* the scanner, and what a scanned link opens */
extern const struct route ticket_routes[];    /* a request on the side of who decides it */
extern const struct route wait_routes[];      /* and on the side of the browser that asked */
extern const struct route authorize_routes[]; /* where browsers come from platforms and go back */

/* Keys pool: read before the program is confined, wiped at its end. Handlers behind KEYS_POOL ask for them; in the
 * other pool they are all zero and open nothing. */
enum err portal_read_pin_keys(struct arena *, const struct settings *, const char **why) CHECKED;
const struct pin_keys *portal_pin_keys(void);
void portal_wipe_pin_keys(void);

/* Sets the device's secret, anew where the browser has it: 400 days later it would forget it (CERT-7). */
void device_secret_keep(struct visit *, const char *secret);
