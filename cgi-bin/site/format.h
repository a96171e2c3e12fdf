/* How values look on a page: masked, in Beijing time, in people's units (design/README 5). */
#pragma once
#include "base/arena.h"

char *mask_name(struct arena *, const char *name);       /* 陈*远, 王* */
char *mask_document(struct arena *, const char *number); /* 1306**********2519 */
char *avatar_person(struct arena *, const char *name);   /* the last two characters */
char *avatar_org(struct arena *, const char *name);      /* the first two */

char *time_near(
	struct arena *, int64_t now, int64_t ms); /* 刚刚, 9 分钟前, 今天 09:31, 昨天 16:20, 11-14, 2025-03-06 */
char *time_evidence(struct arena *, int64_t ms); /* 2026-11-24 14:52:01 北京时间（+08:00） (LOG-5) */
char *time_date(struct arena *, int64_t ms);     /* 2026-11-24 */
