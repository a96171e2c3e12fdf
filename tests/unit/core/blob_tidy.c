/* Blobs that no row names. */
#include "core/blob_tidy.h"
#include "base/id.h"
#include "tests/unit/core/world.h"

TEST("a blob that no row names goes after a day, a seal's pictures stay")
{
	struct world *w = world();
	int64_t now = clock_now(), orphan = id_new(now), picture = id_new(now), bitmap = id_new(now), account;
	struct bytes out;

	world_org(w, &account);
	for (const int64_t *id = (const int64_t[]){ orphan, picture, bitmap, 0 }; *id; id++)
		assert_ok(blob_put(w->house.blobs, *id, bytes_of_text("x")));
	world_tamper(w,
		arena_printf(test_arena(),
			"INSERT INTO seal (id, org, kind, state, name, style, picture, bitmap, made, made_by) "
			"SELECT 1, id, 0, 0, 'x', '{}', %lld, %lld, 0, 0 FROM org",
			(long long)picture, (long long)bitmap));
	w->ctx.now = now + DAY - MINUTE;
	assert_ok(blob_tidy(&w->ctx));
	assert_ok(blob_get(w->house.blobs, test_arena(), orphan, &out));
	w->ctx.now = now + DAY + MINUTE;
	assert_ok(blob_tidy(&w->ctx));
	assert_err(ERR_NOT_FOUND, blob_get(w->house.blobs, test_arena(), orphan, &out));
	assert_ok(blob_get(w->house.blobs, test_arena(), picture, &out));
	assert_ok(blob_get(w->house.blobs, test_arena(), bitmap, &out));
	world_close(w);
}
