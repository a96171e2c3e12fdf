/* Subject keys: making them is the account's affair alone; using them stands in account.h. */
#pragma once
#include "core/ctx.h"

enum err subject_make(struct ctx *, int64_t account) CHECKED; /* in the transaction that makes the account */
