/* Whether a database is one of the keys that lie here. With others no phone would be found again, and who signs in
 * would get a second account: so a further machine that was given the database but not its keys is refused. Writes the
 * table key_check. */
#pragma once
#include "store/store.h"
#include "store/vault.h"

/* ERR_INVALID: other keys, or the database has not been told its keys yet. */
enum err key_check(struct arena *, struct store *, struct vault *, const char **why) CHECKED;
/* For who makes a database, again as well: tells it its keys, those in folder, once and for all. Then as key_check. */
enum err key_check_make(struct arena *, const struct store_conf *, const char *folder, const char **why) CHECKED;
