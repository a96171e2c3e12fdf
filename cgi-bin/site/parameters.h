/* The parameters of a query or form, as core's authorization endpoint reads them. */
#pragma once
#include "core/authorize.h"
#include "web/http.h"

/* The pairs must stay while the source is used. */
struct authorize_source parameters_of(const struct pairs *);
