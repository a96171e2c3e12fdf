/* The names of errors for logs. */
#include "base/err.h"
#include <stddef.h>

const char *err_name(enum err err)
{
	static const char *const names[] = {
		[OK] = "ok",
		[ERR_INVALID] = "invalid",
		[ERR_DENIED] = "denied",
		[ERR_NOT_FOUND] = "not-found",
		[ERR_CONFLICT] = "conflict",
		[ERR_LIMITED] = "limited",
		[ERR_UNAVAILABLE] = "unavailable",
		[ERR_BROKEN] = "broken",
		[ERR_UNSURE] = "unsure",
	};

	return (size_t)err < sizeof names / sizeof names[0] ? names[err] : "unknown";
}
