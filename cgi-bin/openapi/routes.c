/* Every address of the back channel (SEC-1). */
#include "cgi-bin/openapi/openapi.h"
#include "cgi-bin/site/site.h"

const struct route *const openapi_tables[] = { health_routes, metrics_routes, discovery_routes, oauth_routes,
	csc_routes, pki_routes, NULL };
