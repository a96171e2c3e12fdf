/* Sweeping blobs. Every table that names blobs must be asked here, by an index of its own. */
#include "base/clock.h"
#include "core/blob_tidy.h"

static enum err drop_orphan(void *arg, int64_t id)
{
	struct ctx *ctx = arg;
	int64_t named;

	TRY(store_one(ctx->store,
		"SELECT (SELECT count(*) FROM seal WHERE picture = $1) + (SELECT count(*) FROM seal WHERE bitmap = $1)",
		V(id), INTO(&named)));
	return named ? OK : blob_drop(ctx->house->blobs, id);
}

enum err blob_tidy(struct ctx *ctx)
{
	return blob_walk(ctx->house->blobs, ctx->now - DAY, drop_orphan, ctx);
}
