/* Redirects back to a platform (redirect.h). */
#include "base/buf.h"
#include "base/crypto.h"
#include "core/redirect.h"

const char *redirect_with(struct arena *arena, const char *uri, const struct redirect_part *parts)
{
	struct buf url = buf_new(arena);
	char join = strchr(uri, '?') ? '&' : '?';

	buf_text(&url, uri);
	for (; parts->name; parts++) {
		if (!parts->value)
			continue;
		buf_printf(&url, "%c%s=%s", join, parts->name, percent_encode(arena, parts->value));
		join = '&';
	}
	return url.data;
}
