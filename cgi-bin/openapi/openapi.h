/* The open API's route tables: one for each family of answers. */
#pragma once
#include "web/route.h"

extern const struct route *const openapi_tables[];
extern const struct route metrics_routes[];
