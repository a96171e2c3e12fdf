/* The portal's route tables: one for each family of pages. */
#pragma once
#include "web/route.h"

extern const struct route *const portal_tables[];

extern const struct route login_routes[];   /* login, agreements, first steps, edition, logout */
