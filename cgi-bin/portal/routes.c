/* Every page of the portal, by family (SEC-1). */
#include "cgi-bin/portal/portal.h"
#include "cgi-bin/site/site.h"

const struct route *const portal_tables[] = {
	health_routes,
	login_routes,
	home_routes,
	me_routes,
	pin_routes,
	records_routes,
	record_routes,
	message_routes,
	org_routes,
	certs_routes,
	cert_routes,
	cert_install_routes,
	seal_routes,
	seal_make_routes,
	scan_routes,
	ticket_routes,
	wait_routes,
	authorize_routes,
	NULL,
};
