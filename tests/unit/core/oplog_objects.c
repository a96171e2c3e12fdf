/* Whose the records of a seal, a cert and a cert's instance are: LOG-2. */
#include "tests/unit/core/ticket_world.h"

static enum err listed(struct ctx *ctx, enum object_kind kind, int64_t id)
{
	const struct oplog_filter filter = { .object_kind = kind, .object = id };
	struct oplog_page page;

	TRY(oplog_list(ctx, &filter, &page));
	assert_true(page.count > 0);
	return OK;
}

TEST("LOG-2: the records of a personal cert and of its instance are its owner's, and nobody else's")
{
	struct ticket_world *t = ticket_world();
	int64_t stranger;

	assert_ok(listed(phone(t), OBJECT_CERT, t->cert));
	assert_ok(listed(phone(t), OBJECT_INSTANCE, t->instance));
	stranger = world_account(t->w, LI);
	assert_err(ERR_NOT_FOUND, listed(as(t->w, stranger), OBJECT_CERT, t->cert));
	assert_err(ERR_NOT_FOUND, listed(as(t->w, stranger), OBJECT_INSTANCE, t->instance));
	assert_err(ERR_NOT_FOUND, listed(as(t->w, stranger), OBJECT_INSTANCE, 1));
	ticket_world_close(t);
}

TEST("LOG-2: the records of an org's seal, cert and instance are its legal representative's")
{
	struct ticket_world *t = seal_world();
	int64_t stranger;

	assert_ok(listed(phone(t), OBJECT_SEAL, t->seal));
	assert_ok(listed(phone(t), OBJECT_CERT, t->cert));
	assert_ok(listed(phone(t), OBJECT_INSTANCE, t->instance));
	stranger = world_account(t->w, LI);
	assert_err(ERR_NOT_FOUND, listed(as(t->w, stranger), OBJECT_SEAL, t->seal));
	assert_err(ERR_NOT_FOUND, listed(as(t->w, stranger), OBJECT_CERT, t->cert));
	assert_err(ERR_NOT_FOUND, listed(as(t->w, stranger), OBJECT_INSTANCE, t->instance));
	ticket_world_close(t);
}
