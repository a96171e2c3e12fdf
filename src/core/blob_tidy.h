/* Blobs that no row names: written for an act that was then refused, or cut off (store/blob.h). */
#pragma once
#include "core/ctx.h"

enum err blob_tidy(struct ctx *) CHECKED; /* drops those that are a day old */
