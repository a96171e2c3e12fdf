/* What the pages about seals share. */
#pragma once
#include "cgi-bin/site/visit.h"
#include "core/seal.h"

/* 圆形 42 mm，五角星 */
const char *seal_shape(struct arena *, const struct seal_style *);
/* 标准边框，标准字宽 */
const char *seal_strokes(struct arena *, const struct seal_style *);
/* 第 2 枚: seals of a kind are told apart by it. */
const char *seal_rank(struct arena *, const struct seal *);
