/* The parameters of a query or form, for core/authorize. */
#include "base/text.h"
#include "cgi-bin/site/parameters.h"

static const char *get(const void *arg, const char *name, bool *twice)
{
	const struct pairs *pairs = arg;
	const char *value = NULL;

	for (size_t i = 0; i < pairs->count; i++) {
		if (!text_equal(pairs->list[i].name, name))
			continue;
		if (value)
			*twice = true;
		else
			value = pairs->list[i].value;
	}
	return value;
}

struct authorize_source parameters_of(const struct pairs *pairs)
{
	return (struct authorize_source){ get, pairs };
}
