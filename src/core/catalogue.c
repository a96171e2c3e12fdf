/* The catalogue: what is on sale, and the trial items that a new instance begins with. */
#include "base/id.h"
#include "core/catalogue.h"

enum { MOST_ITEMS = 200, TRIAL_YEARS = 3 };

static const char *const trial_names[] = { [CERT_PERSONAL] = "个人证书 · 互连", [CERT_ORG] = "单位证书 · 互连" };

#define ITEM_COLUMNS                                                                                                   \
	"i.id, i.kind, i.platform, i.name, i.years, i.price, i.third, i.on_sale, p.name FROM catalogue_item i "        \
	"LEFT JOIN platform p ON p.id = i.platform "
#define ITEM_INTO(item)                                                                                                \
	INTO(&(item)->id), INTO(&(item)->kind), INTO(&(item)->platform), INTO(&(item)->name), INTO(&(item)->years),    \
		INTO(&(item)->price), INTO(&(item)->third), INTO(&(item)->on_sale), INTO(&(item)->platform_name)

enum err catalogue_list(struct ctx *ctx, enum cert_kind kind, struct catalogue_item **out, size_t *count)
{
	struct catalogue_item *list = ARENA_ARRAY(ctx->arena, struct catalogue_item, MOST_ITEMS + 1);
	struct rows rows;
	size_t n = 0;

	rows_open(ctx->store, &rows,
		"SELECT " ITEM_COLUMNS "WHERE i.kind = $1 AND i.on_sale = 1 "
		"ORDER BY COALESCE(i.platform, 0), i.years, i.id LIMIT $2",
		V(kind), V(MOST_ITEMS));
	while (rows_next(&rows, ITEM_INTO(&list[n])))
		n++;
	TRY(rows_close(&rows));
	*out = list;
	*count = n;
	return OK;
}

enum err catalogue_load(struct ctx *ctx, int64_t id, struct catalogue_item *out)
{
	*out = (struct catalogue_item){ 0 };
	return store_one(ctx->store, "SELECT " ITEM_COLUMNS "WHERE i.id = $1", V(id), ITEM_INTO(out));
}

static enum err add_trial(struct ctx *ctx, enum cert_kind kind, int years)
{
	return store_add(ctx->store,
		"INSERT INTO catalogue_item (id, kind, name, years, price, third, on_sale) "
		"VALUES ($1, $2, $3, $4, 0, $5, 1)",
		V(id_new(ctx->now)), V(kind), V(arena_printf(ctx->arena, "%s · %d 年", trial_names[kind], years)),
		V(years), V(KEY_P256));
}

static enum err do_seed(struct ctx *ctx, void *arg)
{
	int64_t there;

	(void)arg;
	TRY(store_one(ctx->store, "SELECT count(*) FROM catalogue_item", INTO(&there)));
	for (int years = 1; !there && years <= TRIAL_YEARS; years++) {
		TRY(add_trial(ctx, CERT_PERSONAL, years));
		TRY(add_trial(ctx, CERT_ORG, years));
	}
	return OK;
}

enum err catalogue_seed(struct ctx *ctx)
{
	return ctx_transaction(ctx, do_seed, NULL);
}
