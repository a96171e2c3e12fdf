/* Seals of orgs: making, states, use (SEAL-1, SEAL-2, SEAL-4, SEAL-6, SEAL-7). Writes seal. */
#pragma once
#include "core/ctx.h"
#include "picture/seal.h"

enum seal_kind { SEAL_OFFICIAL, SEAL_FINANCE, SEAL_CONTRACT, SEAL_LEGAL_REP }; /* stored: never renumber */
enum seal_state { SEAL_ACTIVE, SEAL_VOIDED, SEAL_CLOSED };
struct seal {
	int64_t id, org, picture, bitmap, made, made_by, voided, voided_by;
	enum seal_kind kind;
	enum seal_state state;
	const char *name, *org_name, *made_by_name;
	int64_t uses;
	int64_t rank; /* the how-manieth of its kind that the org made, voided ones counted: never another's */
	struct seal_style style;
};
const char *seal_kind_name(enum seal_kind); /* 公章 … */
const char *seal_kind_word(enum seal_kind); /* official … : for URLs, platforms' takes_seals */
/* May the actor draw and make seals of this org? (SEAL-7) and what would be drawn, with its measure: text from verified
 * records. */
enum err seal_preview(struct ctx *, enum seal_kind, const struct seal_style *, struct bytes *svg) CHECKED;
/* The how-manieth of its kind the next seal of ctx->org will be. */
enum err seal_next_rank(struct ctx *, enum seal_kind, int64_t *rank) CHECKED;
/* Draws outside the transaction, stores the pictures as blobs, then the row. rank: the one that was confirmed, from
 * seal_next_rank; a form sent twice makes one seal, and both answers name it. ERR_CONFLICT "seal-made-meanwhile": that
 * one was made by somebody else or looks otherwise. ERR_INVALID "seal-glyph" with the character in fault.detail
 * (DRAW-2). */
enum err seal_make(struct ctx *, enum seal_kind, const struct seal_style *, int64_t rank, int64_t *id) CHECKED;
enum err seal_list(struct ctx *, bool voided, struct seal **out, size_t *count) CHECKED; /* of ctx->org */
enum err seal_load(struct ctx *, int64_t id, struct seal *out) CHECKED;
/* Whether the actor may administer this seal (SEAL-7). ERR_DENIED otherwise. */
enum err seal_may_administer(struct ctx *, const struct seal *) CHECKED;
/* Whether the actor may use it now; checked again inside the approval's transaction (SEAL-5). ERR_DENIED or
 * ERR_CONFLICT. */
enum err seal_check_use(struct ctx *, int64_t id) CHECKED;
/* The seal of a kind that the actor may use in org, newest first; ERR_NOT_FOUND: none. */
enum err seal_for_use(struct ctx *, int64_t org, enum seal_kind, struct seal *out) CHECKED;
/* 公章（第 2 枚）: how records name it, whoever reads them. */
enum err seal_record_name(struct ctx *, int64_t id, const char **out) CHECKED;
enum err seal_picture(struct ctx *, int64_t id, bool bitmap, struct bytes *out) CHECKED;
/* SEAL-4. Nobody can hold a grant yet, so a voided seal is closed at once. ERR_CONFLICT: voided already. */
enum err seal_void(struct ctx *, int64_t id) CHECKED;
/* Loads the faces that seals are drawn with, so that the first preview does not wait (SEAL-2). */
void seal_warm_up(void);
