/* Blobs as they lie, sealed, from one place to another (blob.h), and the proof that both hold the same. */
#pragma once
#include "store/blob.h"
#include "store/copy.h"

/* Puts what `to` lacks there, and counts all of them. */
enum err blobs_copy(struct blobs *from, struct blobs *to, const struct copy_told *) CHECKED;
/* How many there are, and a sum over ids and boxes that does not depend on their order. */
enum err blobs_sum(struct blobs *, struct table_sum *out) CHECKED;
enum err blobs_are_none(struct blobs *, bool *none) CHECKED;
