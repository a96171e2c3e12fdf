/* Which certificate passwords may be chosen (PIN-1): shared by the files of pin alone. */
#pragma once
#include "core/ctx.h"

/* pin_weakness against the actor's own phone and document. */
enum err pin_rule_weakness(struct ctx *, const char *pin, const char **weakness) CHECKED;
