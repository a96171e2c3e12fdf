/* Codes and tokens as the files of token share them. */
#pragma once
#include "core/ticket_row.h"
#include "core/token.h"

struct bytes token_hash(struct ctx *, const char *text);
/* A new token in a write transaction; *text is stored nowhere. */
struct token_new {
	enum token_kind kind;
	int64_t platform, account, ticket, instance; /* instance 0: none */
	const char *scope, *text;
	int64_t life;
};
enum err token_add(struct ctx *, const struct token_new *) CHECKED;
/* Ends all that came of one approval. */
enum err token_end_family(struct ctx *, int64_t ticket, int64_t *changed) CHECKED;
/* As token_end_family, because somebody used what had been used: recorded where anything was still alive. Committed
 * though the call is refused with "invalid_grant". */
enum err token_reused(struct ctx *, int64_t platform, int64_t account, int64_t ticket);
enum err token_refuse(struct ctx *, enum err, const char *code, const char *description);
